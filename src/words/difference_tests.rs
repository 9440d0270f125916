//! What a card says of each kind of change.

use super::difference::{Card, card, summary};
use crate::domain::{
    Checklist, Citation, CountCredit, Evidence, Grade, Item, Mark, MarkKind, PeriodId, Points, ProfileNumber,
    Proportion, Quota, QuotaSize, Rule, ShareCredit, StandardId, differences, testing::checklist,
};

/// The one card that says what this change does.
fn told(change: impl FnOnce(&mut Checklist)) -> Card {
    told_from(&checklist(), change)
}

/// The one card that says what this change to this checklist does.
fn told_from(old: &Checklist, change: impl FnOnce(&mut Checklist)) -> Card {
    let mut new = old.clone();
    change(&mut new);
    let all = differences(old, &new);
    assert_eq!(all.len(), 1, "{all:?}");
    card(old, &new, &all[0])
}

/// What was and what is, in one line.
fn turned(card: &Card) -> String {
    format!("{} → {}", card.was.join("；"), card.is.join("；"))
}

#[test]
fn a_card_says_what_was_what_is_and_what_it_means() {
    let said = told(|list| {
        if let Rule::Count { minimum, .. } = &mut list.aspects[1].items[0].parts[0].rule {
            *minimum = 2;
        }
    });
    assert_eq!((said.title().as_str(), said.kind), ("第3条 counted", "改了"));
    assert_eq!(said.was, ["每月至少1次，不够的按比例得分"]);
    assert_eq!(said.is, ["每月至少2次，不够的按比例得分"]);
    assert!(said.means.starts_with("要重新看一遍"));
    let said = told(|list| list.aspects[0].items[0].parts[0].points = Points::HUNDRED);
    assert_eq!((said.was, said.is), (vec!["20分".to_owned()], vec!["100分".to_owned()]));
    assert_eq!(said.means, "答案带过来，分数按新的算。");
    let said = told(|list| list.aspects[0].items[0].guidance.push("再看一眼".into()));
    assert_eq!(said.means, "答案带过来，不用动。");
    assert_eq!((said.was.len(), said.is), (0, vec!["怎么抓：再看一眼".to_owned()]));
    let said = told(|list| drop(list.aspects[0].items.remove(0)));
    assert_eq!((said.title().as_str(), said.kind), ("原第1条 yes", "不再要求"));
    assert!(said.is.is_empty() && said.was.contains(&"一票否决：未批未换届".to_owned()));
    let said = told(|list| list.aspects[0].items[0].judged_above = true);
    assert_eq!((said.is, said.means.contains("不用填了")), (vec!["由上级评".to_owned()], true));
    let said = told(|list| list.grading.thresholds.truncate(2));
    assert_eq!((said.was, said.is.len()), (vec!["达标60分".to_owned()], 0));
    let said = told(|list| list.full = Points::from_hundredths(12_000));
    assert_eq!((said.was.len(), said.is), (0, vec!["总分120分".to_owned()]));
    let said = told(|list| {
        let most = QuotaSize::Percent(30);
        list.grading.quotas = vec![Quota { grade: Grade::Model, most }];
    });
    assert_eq!((said.was.len(), said.is), (0, vec!["标兵不超过参评支部的30%".to_owned()]));
    let said = told(|list| list.periods[0].submit_by = list.periods[0].ends);
    assert_eq!(said.is, ["上报截止2026年11月30日"]);
    assert_eq!(said.means, "答案不动，照新的日子上报。");
}

#[test]
fn a_question_in_other_words_is_said_once_and_a_step_alone() {
    let mut old = checklist();
    let item = &mut old.aspects[0].items[0];
    let mut second = item.parts[0].clone();
    second.id = crate::domain::PartId::new("p2").unwrap();
    second.text = "另一问".into();
    item.parts.push(second);
    item.parts[0].text = "原来的问".into();
    item.guidance = vec!["先看".into(), "再问".into()];
    let card = told_from(&old, |list| {
        list.aspects[0].items[0].parts[0].text = "换了说法".into();
        list.aspects[0].items[0].guidance[1] = "再查".into();
    });
    assert_eq!(card.was, ["问：原来的问", "怎么抓：再问"]);
    assert_eq!(card.is, ["问：换了说法", "怎么抓：再查"]);
    // What else changed with the question is still said, each side by its own words.
    let card = told_from(&old, |list| {
        let part = &mut list.aspects[0].items[0].parts[0];
        part.text = "换了说法".into();
        part.mendable = !part.mendable;
    });
    let both = [card.was.len(), card.is.len()];
    assert_eq!(both.iter().sum::<usize>(), 3, "{card:?}");
    let mendable = "没做到的不能再办".to_owned();
    let told =
        if card.was.len() == 2 { (&card.was, "原来的问：") } else { (&card.is, "换了说法：") };
    let begins = format!("{}{mendable}", told.1);
    assert!(told.0.iter().any(|line| line.starts_with(&begins)), "{card:?}");
}

#[test]
fn one_more_question_leaves_the_others_as_they_read() {
    let said = told(|list| {
        let mut second = list.aspects[0].items[0].parts[0].clone();
        second.id = crate::domain::PartId::new("p2").unwrap();
        second.text = "另一问".into();
        list.aspects[0].items[0].parts.push(second);
    });
    assert_eq!(said.was, [] as [String; 0]);
    assert_eq!(said.is[..2], ["问：另一问".to_owned(), "另一问：20分".to_owned()]);
    let said = told(|list| {
        let kinds = [crate::domain::ActivityKind::PartyClass].into();
        list.aspects[1].items[0].parts[0].from_ledger = Some(crate::domain::LedgerSource::Count { kinds });
    });
    assert_eq!((said.was.len(), said.is), (0, vec!["登了台账的，照台账数：党课".to_owned()]));
}

#[test]
fn what_an_item_rests_on_and_what_proves_it_is_said_to_the_letter() {
    let mut old = checklist();
    let item = &mut old.aspects[0].items[0];
    item.citations = vec![Citation {
        document: "《条例》".into(),
        article: "第十六条".into(),
        article_checked: false,
        effective_from: Some(jiff::civil::date(2018, 10, 28)),
        effective_to: None,
    }];
    item.marks = vec![Mark { kind: MarkKind::Suggested, text: "每月1次".into() }];
    item.evidence = vec![Evidence { name: "名册".into(), never_photographed: true }];
    let said = |change: fn(&mut Item)| {
        let card = told_from(&old, |list| change(&mut list.aspects[0].items[0]));
        assert_eq!(card.means, "答案带过来，不用动。");
        turned(&card)
    };
    let was = "依据：《条例》第十六条（条号待核），2018年10月28日起";
    assert_eq!(
        said(|item| item.citations[0].article_checked = true),
        format!("{was} → 依据：《条例》第十六条，2018年10月28日起")
    );
    assert_eq!(
        said(|item| item.citations[0].article = "第十七条".into()),
        format!("{was} → 依据：《条例》第十七条（条号待核），2018年10月28日起")
    );
    assert_eq!(
        said(|item| item.citations[0].effective_from = None),
        format!("{was} → 依据：《条例》第十六条（条号待核）")
    );
    assert_eq!(
        said(|item| item.citations[0].effective_to = Some(jiff::civil::date(2026, 5, 31))),
        format!("{was} → {was}，2026年5月31日止")
    );
    assert_eq!(said(|item| item.marks[0].kind = MarkKind::Assumed), "建议：每月1次 → 假定：每月1次");
    assert_eq!(
        said(|item| item.evidence[0].never_photographed = false),
        "佐证材料：名册（不拍） → 佐证材料：名册"
    );
    assert_eq!(said(|item| item.methods.clear()), "考核方式：查阅资料 → ");
}

#[test]
fn the_figure_that_is_offered_and_what_the_standard_is_called_are_said() {
    let card = told(|list| {
        if let Rule::Share { from_profile, .. } = &mut list.aspects[2].items[1].parts[0].rule {
            *from_profile = Some(ProfileNumber::FullMembers);
        }
    });
    assert_eq!(turned(&card), " → “应谈”取支部基本情况里的正式党员数");
    let card = told(|list| list.standard = StandardId::new("other").unwrap());
    assert_eq!(turned(&card), "标准编号：test → 标准编号：other");
    let card = told(|list| list.title.push('改'));
    assert_eq!(turned(&card), "名称：标准 → 名称：标准改");
    let card = told(|list| list.methods[0].name = "看资料".into());
    assert_eq!(turned(&card), "考核方式：查阅资料 → 考核方式：看资料");
    let card = told(|list| list.marks.push(Mark { kind: MarkKind::Local, text: "全市统一".into() }));
    assert_eq!(turned(&card), " → 本地要求：全市统一");
}

#[test]
fn only_what_no_line_says_is_a_detail() {
    let card = told(|list| {
        if let Rule::Facts { facts } = &mut list.aspects[0].items[1].parts[0].rule {
            facts.reverse();
        }
    });
    assert_eq!(turned(&card), " → 只动了顺序或者细节");
    let card = told(|list| list.aspects[0].items.swap(0, 1));
    assert_eq!(turned(&card), " → 只动了顺序或者细节");
}

#[test]
fn a_card_reads_alike_wherever_its_item_stands() {
    let named = |card: Card| (card.place, card.about);
    let pair = |place: &str, about: &str| (place.to_owned(), about.to_owned());
    assert_eq!(named(told(|list| list.aspects[1].items[0].plain.push('改'))), pair("第3条", "counted"));
    assert_eq!(named(told(|list| drop(list.aspects[0].items.remove(0)))), pair("原第1条", "yes"));
    let whole = told(|list| list.title.push('改'));
    assert_eq!(whole.title(), "标准的名称、说明和顺序");
    assert_eq!(named(whole), pair("", "标准的名称、说明和顺序"));
}

#[test]
fn many_differences_are_counted_in_one_line() {
    let old = checklist();
    let mut new = old.clone();
    new.aspects[0].items.remove(0);
    new.aspects[0].items[0].requirement.push('改');
    new.aspects[1].items[0].guidance.clear();
    new.grading.thresholds.remove(0);
    assert_eq!(summary(&differences(&old, &new)), "改1条，减1条，等次线变了");
    new = old.clone();
    new.aspects[1].items[0].guidance.clear();
    assert_eq!(summary(&differences(&old, &new)), "只改了说明，答案不用动");
    new.standard = StandardId::new("other").unwrap();
    assert_eq!(summary(&differences(&old, &new)), "只改了名称、说明或者顺序，答案不用动");
}

#[test]
fn a_change_of_rule_is_said_in_the_words_of_the_rule() {
    let third = Proportion::new(1, 3).unwrap();
    let said = told(|list| {
        if let Rule::Count { credit, .. } = &mut list.aspects[1].items[0].parts[0].rule {
            *credit = CountCredit::EachMissing { costs: Points::from_hundredths(50) };
        }
    });
    assert_eq!(turned(&said), "每月至少1次，不够的按比例得分 → 每月至少1次，不够的每缺1次扣0.5分，扣完为止");
    let said = told(|list| {
        if let Rule::Share { credit, .. } = &mut list.aspects[2].items[1].parts[0].rule {
            *credit = ShareCredit::EachBelow {
                target: Proportion::percent(90),
                floor: third,
                step: 1,
                costs: Points::from_hundredths(50),
            };
        }
    });
    assert_eq!(
        turned(&said),
        "已谈占应谈的比例，达到100%得满分，不到60%不得分 → \
         已谈占应谈的比例，达到90%得满分，每低1个百分点扣0.5分，扣完为止，不到三分之一不得分"
    );
    let said = told(|list| {
        let part = &mut list.aspects[2].items[0].parts[0];
        let occurrences = part.rule.occurrences().unwrap().to_vec();
        part.rule = Rule::FromTotal { occurrences };
    });
    assert_eq!(turned(&said), "“不够人数就表决”每次扣1.5分 → “不够人数就表决”每次从总分里扣1.5分");
    // What one costs is points, not a question.
    let mut old = checklist();
    let cost = |list: &mut Checklist, hundredths| {
        if let Rule::Count { credit, .. } = &mut list.aspects[1].items[0].parts[0].rule {
            *credit = CountCredit::EachMissing { costs: Points::from_hundredths(hundredths) };
        }
    };
    cost(&mut old, 50);
    let said = told_from(&old, |list| cost(list, 100));
    assert_eq!(said.means, "答案带过来，分数按新的算。");
    assert!(turned(&said).contains("每缺1次扣1分"), "{said:?}");
}

#[test]
fn of_two_periods_of_one_name_the_id_tells_which_came_and_which_went() {
    let old = checklist();
    let mut new = old.clone();
    new.periods[0].id = PeriodId::new("2026b").unwrap();
    let said: Vec<_> = differences(&old, &new).iter().map(|one| card(&old, &new, one)).collect();
    let (name, id) = (&old.periods[0].name, &old.periods[0].id);
    let about = |kind| said.iter().find(|card| card.kind == kind).map(|card| card.about.clone());
    assert_eq!(about("新增"), Some(format!("考核周期 {name}（2026b）")));
    assert_eq!(about("不再有"), Some(format!("考核周期 {name}（{id}）")));
}
