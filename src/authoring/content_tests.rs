//! What the built-in standard promises: its shape, its honesty about what is not regulation, and words that fit a phone.

use super::{builtin, words};
use crate::domain::{
    Aspect, Checklist, Grade, Item, LimitTest, MarkKind, Part, Points, ProfileNumber, Rule, SectorId, Window,
    check::checklist_faults,
};
use std::collections::BTreeSet;

/// The built-in rural checklist.
pub(super) fn rural() -> Checklist {
    let package = builtin().unwrap_or_else(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n"));
    });
    package.checklist(&SectorId::new("rural").unwrap()).unwrap().clone()
}

#[test]
fn the_built_in_standard_has_fifty_items_and_a_hundred_points() {
    let list = rural();
    assert_eq!(checklist_faults(&list), []);
    assert_eq!(list.items().count(), 50);
    let aspects: Vec<String> = list.aspects.iter().map(|aspect| aspect.points().to_string()).collect();
    assert_eq!(aspects, ["18", "12", "20", "22", "10", "18"]);
    assert_eq!(list.aspects.iter().map(Aspect::points).sum::<Points>(), Points::HUNDRED);
    assert_eq!(list.sector_name, "农村");
    assert_eq!(list.notice, "示例标准，以市委组织部正式文件为准");
    let ends: Vec<String> = list.periods.iter().map(|p| format!("{} {}", p.id, p.ends)).collect();
    assert_eq!(ends[0], "2026-H2 2026-11-30");
    assert_eq!(ends.len(), 5);
}

#[test]
fn every_built_in_item_helps_and_keeps_private_papers_off_the_camera() {
    for (_, item) in rural().items() {
        let id = &item.id;
        assert!((2..=4).contains(&item.guidance.len()), "{id}");
        assert!(!item.plain.is_empty() && !item.methods.is_empty() && !item.evidence.is_empty(), "{id}");
        for evidence in &item.evidence {
            let secret = [
                "名册",
                "名单",
                "发展党员档案",
                "换届档案",
                "谈话记录",
                "联系记录",
                "转接登记",
                "测评",
                "评定",
                "选票",
                "处分",
                "处置",
                "核实意见",
                "后备人选",
                "党费收缴台账",
                "党费收缴登记",
                "走访登记",
                "诉求",
                "接待登记",
            ];
            let secret = secret.iter().any(|word| evidence.name.contains(word)) && id.as_str() != "NC-A8";
            assert_eq!(secret, evidence.never_photographed, "{id}: {}", evidence.name);
        }
        // What is judged from facts can be lost and earned in whole.
        for part in &item.parts {
            if let Rule::Facts { facts } = &part.rule {
                let lost: Points = facts.iter().map(|fact| fact.deducts).sum();
                assert_eq!(lost, part.points, "{id} {}", part.id);
            }
        }
    }
}

#[test]
fn the_built_in_exceptions_are_where_they_belong() {
    let list = rural();
    let ids = |is: fn(&Item) -> bool| -> Vec<String> {
        list.items().filter(|(_, item)| is(item)).map(|(_, item)| item.id.to_string()).collect()
    };
    let vetoes = ids(|item| item.limits.iter().any(|limit| limit.at_most == Grade::Unqualified));
    assert_eq!(vetoes, ["NC-A3", "NC-C3", "NC-C4"]);
    assert_eq!(ids(|item| item.judged_above), ["NC-F1", "NC-F5", "NC-F7"]);
    assert_eq!(ids(|item| item.may_not_occur), ["NC-C3", "NC-C4", "NC-E3", "NC-E6"]);
    assert_eq!(ids(|item| item.may_be_absent), ["NC-A6", "NC-F6"]);
    assert_eq!(ids(|item| item.only_if.is_some()), ["NC-C2", "NC-C6", "NC-D2", "NC-D3"]);
}

/// Parts as `NC-A1 p1`, those that are meant.
fn parts_that(is: impl Fn(&Item, &Part) -> bool) -> Vec<String> {
    let list = rural();
    let parts = list.items().flat_map(|(_, item)| item.parts.iter().map(move |part| (item, part)));
    let parts = parts.filter(|(item, part)| is(item, part));
    parts.map(|(item, part)| format!("{} {}", &item.id.as_str()[3..], part.id)).collect()
}

#[test]
fn a_monthly_duty_is_counted_by_the_month_and_a_yearly_one_by_the_year() {
    let of = |window| parts_that(|_, part| part.window == window).join(", ");
    assert_eq!(of(Window::Month), "D2 p1, D3 p1, D5 p1");
    assert_eq!(of(Window::Quarter), "C8 p2, D1 p1, D4 p1, F3 p1");
    assert_eq!(of(Window::HalfYear), "C6 p2, F4 p1");
    let yearly = "A10 p1, A10 p2, B7 p1, B7 p2, C9 p1, D4 p2, D6 p1, D6 p2, D7 p1, D8 p1, D9 p1";
    assert_eq!(of(Window::Year), yearly);
    assert_eq!(of(Window::Term), "A3 p1, A3 p2, E4 p1");
    assert_eq!(parts_that(|_, part| part.window == Window::PeriodEnd).len(), 41);
    // A calendar word in a question names the part's own window, and "this period" is not asked of a calendar window.
    for (window, word) in [
        (Window::Month, "每月"),
        (Window::Quarter, "每季"),
        (Window::HalfYear, "每半年"),
        (Window::Year, "这一年"),
    ] {
        let strange = parts_that(|_, part| part.text.contains(word) != (part.window == window));
        assert_eq!(strange, <[String; 0]>::default(), "{word}");
    }
    let strange = parts_that(|_, part| {
        part.text.contains("本期") && part.window != Window::PeriodEnd || part.text.contains("本年")
    });
    assert_eq!(strange, <[String; 0]>::default());
}

/// What was done wrongly when it was done stays wrong; no advice may ask to make it good.
#[test]
fn what_is_over_is_not_offered_for_mending() {
    let over = "A3 p2, A4 p1, B7 p1, C1 p1, C2 p1, C3 p1, C3 p2, C4 p1, C4 p2, D10 p1, E1 p1, E3 p1, E4 p1, E4 p2, \
                E6 p1, F1 p1, F5 p1, F7 p1";
    assert_eq!(parts_that(|_, part| !part.mendable).join(", "), over);
    for (_, item) in rural().items() {
        for step in &item.guidance {
            for word in ["补会", "补票", "补记", "补写", "补造", "补材料", "补签", "倒填", "事后编"]
            {
                let told = step.match_indices(word);
                let forbidden = told.filter(|(at, _)| !step[..*at].ends_with(['不', '后'])).count();
                assert_eq!(forbidden, 0, "{}: {step}", item.id);
            }
        }
    }
}

/// A veto is asked as a question of its own: no count, share or missing paper fails a branch by itself.
#[test]
fn a_veto_stands_on_a_yes_or_no_of_its_own() {
    let list = rural();
    let mut found = Vec::new();
    for (_, item) in list.items() {
        for limit in &item.limits {
            let part = item.part(&limit.part).unwrap();
            assert!(
                limit.is_veto() && part.rule == Rule::YesNo && limit.when == LimitTest::No,
                "{}",
                item.id
            );
            assert!(item.parts.len() > 1 && item.marks.iter().any(|mark| mark.text.contains("一票否决")));
            found.push(format!("{} {} {}", item.id, part.id, part.points));
        }
    }
    assert_eq!(found, ["NC-A3 p1 1", "NC-C3 p2 0", "NC-C4 p2 0"]);
}

#[test]
fn shares_are_taken_of_those_who_are_meant() {
    let list = rural();
    let of = |id: &str| {
        let (_, item) = list.items().find(|(_, item)| item.id.as_str() == id).unwrap();
        let share = item.parts.iter().find_map(|part| match &part.rule {
            Rule::Share { numerator, denominator, from_profile, .. } => {
                Some((numerator.clone(), denominator.clone(), *from_profile))
            }
            _ => None,
        });
        share.unwrap()
    };
    let all = Some(ProfileNumber::AllMembers);
    assert_eq!(of("NC-D10"), ("实到人次".into(), "应到人次（不含外出流动、经批准免到）".into(), None));
    assert_eq!(of("NC-D8"), ("已谈人数".into(), "应谈人数".into(), all));
    assert_eq!(of("NC-C5"), ("党费交清的党员".into(), "应交党员（不含经批准免交的）".into(), all));
    assert_eq!(of("NC-D9").1, "应学党员（不含年老体弱的）");
    assert_eq!(of("NC-F2").1, "有能力的党员（不含年老体弱、长期外出）");
    assert_eq!(of("NC-C3").1, of("NC-E6").1);
}

/// What the facts sheet calls assumed, suggested or outside practice says so; what rests on a rule carries no mark.
#[test]
fn what_is_not_regulation_is_marked() {
    use MarkKind::{Assumed, Local, Suggested};
    let expected: [(&[&str], &[MarkKind]); 6] = [
        (&["A4", "A6", "A8", "A10", "B5", "C2", "D7", "F6"], &[Assumed]),
        (&["A7", "B1", "C3", "C6", "D3", "D10", "E2", "F2", "F3", "F4", "F7"], &[Suggested]),
        (&["A5", "B3", "B6", "B7", "C8", "C9", "E5", "E6"], &[Local]),
        (&["A3", "C4", "C5", "F1"], &[Assumed, Suggested]),
        (&["D4", "F5"], &[Suggested, Local]),
        (&["D11", "E4"], &[Assumed, Local]),
    ];
    let list = rural();
    for (_, item) in list.items() {
        let id = item.id.as_str();
        let wanted =
            expected.iter().find(|(ids, _)| ids.contains(&&id[3..])).map_or(&[][..], |(_, kinds)| kinds);
        let own = item.marks.iter().filter(|mark| mark.text != words::NO_CITATION);
        let kinds: Vec<MarkKind> = own.map(|mark| mark.kind).collect();
        let has = |kind: MarkKind| kinds.contains(&kind);
        for kind in [Assumed, Suggested, Local] {
            assert_eq!(has(kind), wanted.contains(&kind), "{id}: {kind:?}");
        }
        let honest = item.marks.iter().any(|mark| mark.text == words::NO_CITATION);
        assert_eq!(item.citations.is_empty(), honest, "{id}");
    }
    let whole: Vec<MarkKind> = list.marks.iter().map(|mark| mark.kind).collect();
    assert_eq!(whole, [Suggested, Suggested, Assumed]);
    for word in ["分值", "分数线", "考核周期"] {
        assert!(list.marks.iter().any(|mark| mark.text.contains(word)), "{word}");
    }
}

#[test]
fn citations_are_in_force_and_only_articles_that_were_read_count_as_checked() {
    let list = rural();
    for (_, item) in list.items() {
        for citation in &item.citations {
            let (id, name) = (&item.id, citation.document.as_str());
            assert!(name.starts_with('《'), "{id}");
            assert!(!citation.article_checked || !citation.article.is_empty(), "{id}");
            assert!(citation.effective_from <= Some(list.periods[0].starts), "{id}: {name}");
            assert_eq!(citation.effective_to, None, "{id}: {name}");
            if name.contains("发展党员工作细则") {
                assert_eq!(citation.effective_from, Some(jiff::civil::date(2026, 5, 11)));
                assert!(citation.article_checked, "{id}");
            }
            let unread = match name {
                "《中国共产党支部工作条例（试行）》" => citation.article != "第十四条",
                "《中国共产党基层组织选举工作条例》" => citation.article != "第三条",
                "《中国共产党农村基层组织工作条例》" | "《关于中国共产党党费收缴、使用和管理的规定》" => {
                    true
                }
                _ => false,
            };
            assert_eq!(citation.article_checked, !unread, "{id}: {name}{}", citation.article);
        }
    }
}

/// Every text of the checklist that a phone shows, with where it stands and the most characters it may have.
fn texts(list: &Checklist) -> Vec<(String, &str, usize)> {
    let mut all = vec![("声明".to_owned(), list.notice.as_str(), 40)];
    all.extend(list.marks.iter().map(|mark| ("标记".to_owned(), mark.text.as_str(), 60)));
    for (_, item) in list.items() {
        let mut add = |what: &str, text, most| all.push((format!("{} {what}", item.id), text, most));
        add("标题", item.title.as_str(), 12);
        add("抓什么", &item.requirement, 80);
        add("通俗说法", &item.plain, 20);
        item.guidance.iter().for_each(|step| add("怎么抓", step, 45));
        item.evidence.iter().for_each(|evidence| add("佐证材料", &evidence.name, 12));
        item.marks.iter().for_each(|mark| add("标记", &mark.text, 55));
        item.limits.iter().for_each(|limit| add("限制", &limit.text, 40));
        for part in &item.parts {
            add("问题", &part.text, 36);
            match &part.rule {
                Rule::YesNo => {}
                Rule::Count { unit, .. } => add("单位", unit, 2),
                Rule::Share { numerator, denominator, .. } => {
                    add("分子", numerator, 12);
                    add("分母", denominator, 22);
                }
                Rule::Level { choices } => choices.iter().for_each(|choice| add("选项", &choice.text, 32)),
                Rule::Deduction { occurrences } => {
                    occurrences.iter().for_each(|kind| add("选项", &kind.text, 32));
                }
                Rule::Facts { facts } => facts.iter().for_each(|fact| add("选项", &fact.text, 32)),
            }
        }
    }
    all
}

#[test]
fn the_words_fit_a_phone_and_are_plain() {
    let list = rural();
    for (place, text, most) in texts(&list) {
        let length = text.chars().count();
        assert!((1..=most).contains(&length), "{place}: {length} characters: {text}");
        let strange = text.chars().find(|&c| {
            let word = ('\u{4e00}'..='\u{9fff}').contains(&c) || c.is_ascii_digit();
            !word && !"，。：；、？（）“”《》%.".contains(c)
        });
        assert_eq!(strange, None, "{place}: {text}");
        for word in [
            "您",
            "凭什么",
            "丢分",
            "预评",
            "检查组",
            "待上报",
            "销号",
            "整改单",
            "痕迹",
            "迎检",
            "高质量",
            "确保",
        ] {
            assert!(!text.contains(word), "{place}: {text}");
        }
        // A full stop inside numbers only.
        for (at, _) in text.match_indices('.') {
            assert!(text[at + 1..].starts_with(|c: char| c.is_ascii_digit()), "{place}: {text}");
        }
        assert_eq!(text.matches('“').count(), text.matches('”').count(), "{place}: {text}");
        assert_eq!(text.matches('（').count(), text.matches('）').count(), "{place}: {text}");
    }
}

/// Each part can stand alone on a screen: it asks something of its own, and says how.
#[test]
fn every_part_asks_its_own_question() {
    let list = rural();
    let mut seen = BTreeSet::new();
    for (_, item) in list.items() {
        for part in &item.parts {
            let place = format!("{} {}", item.id, part.id);
            assert!(seen.insert(part.text.as_str()), "{place}: {}", part.text);
            let asks = match &part.rule {
                Rule::YesNo => !part.text.contains('？'),
                Rule::Count { unit, .. } => {
                    part.text.contains(&format!("几{}", if unit == "人" { "名" } else { unit }))
                }
                Rule::Share { .. } => {
                    part.text.contains("有几人？")
                        || part.text.contains("有几件？")
                        || part.text.contains("各多少？")
                }
                Rule::Level { .. } => part.text.contains("哪种情况？") || part.text.contains("怎么样？"),
                Rule::Deduction { .. } => part.text.ends_with("没有就填0"),
                Rule::Facts { .. } => part.text.contains('勾'),
            };
            assert!(asks, "{place}: {}", part.text);
        }
    }
}

/// The identity of the built-in rural checklist. Drafts pin it and servers have published it: change it only together
/// with a new 版本 in the sheet 标准, once a version with this content has been published anywhere.
#[test]
fn the_built_in_content_is_frozen() {
    assert_eq!(rural().hash().unwrap().as_str(), include_str!("golden/rural-hash.txt").trim());
}
