//! What the built-in standard promises of its shape. Its honesty about what is not regulation is looked at in
//! `honesty_tests.rs`, its words in `wording_tests.rs`.

use super::builtin;
use crate::domain::{
    Aspect, AspectId, Checklist, Grade, Item, ItemId, LimitTest, Part, PartId, Points, ProfileNumber, Rule,
    Window, checklist_check::checklist_faults,
};
use std::collections::{BTreeMap, BTreeSet};

/// The built-in checklists, one a sector.
pub(super) fn all() -> Vec<Checklist> {
    let package = builtin().unwrap_or_else(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n"));
    });
    package.checklists
}

/// The built-in checklist of a sector.
fn of(sector: &str) -> Checklist {
    all().into_iter().find(|list| list.sector.as_str() == sector).unwrap()
}

/// The built-in rural checklist.
pub(super) fn rural() -> Checklist {
    of("rural")
}

#[test]
fn each_of_the_eight_sectors_has_its_items_and_a_hundred_points() {
    let lists = all();
    let sectors: Vec<(&str, &str, usize)> =
        lists.iter().map(|l| (l.sector.as_str(), l.sector_name.as_str(), l.items().count())).collect();
    let expected = [
        ("rural", "农村", 50),
        ("community", "社区", 51),
        ("government", "机关", 53),
        ("state_enterprise", "国企", 51),
        ("private_enterprise", "非公企业", 52),
        ("school", "学校", 52),
        ("hospital", "公立医院", 51),
        ("social_organisation", "社会组织", 52),
    ];
    assert_eq!(sectors, expected);
    for list in lists {
        let sector = &list.sector;
        assert_eq!(checklist_faults(&list), [], "{sector}");
        let aspects: Vec<String> = list.aspects.iter().map(|aspect| aspect.points().to_string()).collect();
        assert_eq!(aspects, ["18", "12", "20", "22", "10", "18"], "{sector}");
        assert_eq!(list.aspects.iter().map(Aspect::points).sum::<Points>(), Points::HUNDRED);
        assert_eq!(list.title, "党支部规范化建设考核标准");
        assert_eq!(list.notice, "示例标准，以市委组织部正式文件为准");
        let ends: Vec<String> = list.periods.iter().map(|p| format!("{} {}", p.id, p.ends)).collect();
        assert_eq!(ends[0], "2026-H2 2026-11-30");
        assert_eq!(ends.len(), 5);
    }
}

/// Wording may differ by sector; what an id stands for may not, or findings could not be compared.
#[test]
fn an_id_stands_for_one_thing_in_every_sector() {
    let mut known: BTreeMap<ItemId, (AspectId, Item)> = BTreeMap::new();
    for list in all() {
        for (aspect, item) in list.items() {
            let (known_aspect, first) =
                known.entry(item.id.clone()).or_insert_with(|| (aspect.id.clone(), item.clone()));
            let place = format!("{} {}", list.sector, item.id);
            assert_eq!(*known_aspect, aspect.id, "{place}");
            assert_eq!((&first.title, &first.methods), (&item.title, &item.methods), "{place}");
            assert_eq!(first.judged_above, item.judged_above, "{place}");
            assert_eq!(first.only_if, item.only_if, "{place}");
            let shape = |item: &Item| -> Vec<(PartId, Points, Window, core::mem::Discriminant<Rule>)> {
                let shape = |part: &Part| {
                    (part.id.clone(), part.points, part.window, core::mem::discriminant(&part.rule))
                };
                item.parts.iter().map(shape).collect()
            };
            assert_eq!(shape(first), shape(item), "{place}");
        }
    }
    let own = known.keys().filter(|id| !id.as_str().starts_with("NC-")).count();
    assert_eq!((known.len(), own), (135, 85));
}

#[test]
fn every_built_in_item_helps_and_keeps_private_papers_off_the_camera() {
    for (_, item) in all().iter().flat_map(Checklist::items) {
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
                "支部意见",
                "亲属",
                "把关记录",
                "师德记录",
                "廉洁档案",
                "党员档案",
                "争议",
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

/// Item ids without the rural prefix, separated by spaces.
fn ids(list: &Checklist, is: impl Fn(&Item) -> bool) -> String {
    let ids = list.items().filter(|(_, item)| is(item)).map(|(_, item)| short(item).to_owned());
    ids.collect::<Vec<_>>().join(" ")
}

/// `A1` for `NC-A1`; ids of the other sectors' own items stay whole.
pub(super) fn short(item: &Item) -> &str {
    item.id.as_str().trim_start_matches("NC-")
}

#[test]
fn the_built_in_exceptions_are_where_they_belong() {
    // sector, vetoes, judged above, may not occur, may be absent
    let expected = [
        ("rural", "A3 C3 C4", "F1 F5 F7", "C3 C4 E3 E6", "A6 F6"),
        ("community", "A3 C4", "F5 F7", "C4 SQ-C1 E3 SQ-F2", "A6 SQ-A1"),
        ("government", "A3 C4", "F7 JG-F1 JG-F2", "C4 JG-C1 E3", "A6 JG-B3 JG-C2 JG-E1"),
        ("state_enterprise", "A3 C4 GQ-C2", "GQ-C2 F7 GQ-F2 GQ-F3", "GQ-A3 C4 GQ-C1 E3", "A6 GQ-A4"),
        ("private_enterprise", "A3 C4", "F5 F7", "C4 E3 FG-F2", "A6"),
        ("school", "A3 C4", "F5 F7 XX-F1 XX-F2", "C4 XX-C2 XX-C3 E3", "A6 XX-A2 XX-B1 XX-C1 XX-C2"),
        ("hospital", "A3 C4 YY-C3", "YY-C3 F7 YY-F1 YY-F2", "C4 YY-C1 E3", "A6"),
        ("social_organisation", "A3 C4 SH-C4", "SH-C4 F5 F7 SH-F2", "C4 SH-C1 E3", "A6 SH-A3 SH-A4"),
    ];
    for (sector, vetoes, above, not_occurring, absent) in expected {
        let list = of(sector);
        let is_veto = |item: &Item| item.limits.iter().any(|limit| limit.at_most == Grade::Unqualified);
        assert_eq!(ids(&list, is_veto), vetoes, "{sector}");
        assert_eq!(ids(&list, |item| item.judged_above), above, "{sector}");
        assert_eq!(ids(&list, |item| item.may_not_occur), not_occurring, "{sector}");
        assert_eq!(ids(&list, |item| item.may_be_absent), absent, "{sector}");
        assert_eq!(ids(&list, |item| item.only_if.is_some()), "C2 C6 D2 D3", "{sector}");
        // What is judged above says so at its end.
        for (_, item) in list.items() {
            let says = item.guidance.last().is_some_and(|step| step.ends_with("支部不填。"));
            assert_eq!(says, item.judged_above, "{}", item.id);
            let says = item.guidance.iter().any(|step| step.contains("选“本支部不设”"));
            assert_eq!(says, item.may_be_absent, "{}", item.id);
        }
    }
}

/// Parts as `A1 p1`, those that are meant.
fn parts_that(list: &Checklist, is: impl Fn(&Item, &Part) -> bool) -> String {
    let parts = list.items().flat_map(|(_, item)| item.parts.iter().map(move |part| (item, part)));
    let parts = parts.filter(|(item, part)| is(item, part));
    parts.map(|(item, part)| format!("{} {}", short(item), part.id)).collect::<Vec<_>>().join(", ")
}

/// Parts of the items that only sectors other than the rural one have.
fn own_parts_that(is: impl Fn(&Item, &Part) -> bool) -> String {
    let of_list = |list: &Checklist| {
        parts_that(list, |item, part| !item.id.as_str().starts_with("NC-") && is(item, part))
    };
    let all: Vec<String> = all().iter().map(of_list).filter(|parts| !parts.is_empty()).collect();
    all.join(", ")
}

#[test]
fn a_monthly_duty_is_counted_by_the_month_and_a_yearly_one_by_the_year() {
    let of = |window| parts_that(&rural(), |_, part| part.window == window);
    assert_eq!(of(Window::Month), "D2 p1, D3 p1, D5 p1");
    assert_eq!(of(Window::Quarter), "C8 p2, D1 p1, D4 p1, F3 p1");
    assert_eq!(of(Window::HalfYear), "C6 p2, F4 p1");
    let yearly = "A10 p1, A10 p2, B7 p1, B7 p2, C5 p2, C9 p1, D4 p2, D6 p1, D6 p2, D7 p1, D8 p1, D9 p1";
    assert_eq!(of(Window::Year), yearly);
    assert_eq!(of(Window::Term), "A3 p1, A3 p2, E4 p1");
    assert_eq!(of(Window::PeriodEnd).split(", ").count(), 40);
    let own = |window| own_parts_that(|_, part| part.window == window);
    assert_eq!(own(Window::Month), "");
    let quarterly = "SQ-C2 p1, SQ-C2 p2, SQ-C3 p1, JG-C4 p1, FG-C1 p1, FG-C4 p1, YY-C2 p1, SH-C3 p1";
    assert_eq!(own(Window::Quarter), quarterly);
    assert_eq!(own(Window::HalfYear), "GQ-C3 p1, XX-C4 p1");
    let yearly = "JG-B3 p1, JG-C3 p1, JG-F3 p2, FG-A4 p1, FG-C3 p1, FG-C3 p2, YY-F3 p1";
    assert_eq!(own(Window::Year), yearly);
    assert_eq!(own(Window::Term), "");
    // A calendar word in a question names the part's own window, and "this period" is not asked of a calendar window.
    for list in all() {
        for (window, word) in [
            (Window::Month, "每月"),
            (Window::Quarter, "每季"),
            (Window::HalfYear, "每半年"),
            (Window::Year, "这一年"),
        ] {
            let strange = parts_that(&list, |_, part| part.text.contains(word) != (part.window == window));
            assert_eq!(strange, "", "{} {word}", list.sector);
        }
        let strange = parts_that(&list, |_, part| {
            part.text.contains("本期") && part.window != Window::PeriodEnd || part.text.contains("本年")
        });
        assert_eq!(strange, "", "{}", list.sector);
    }
}

/// What was done wrongly when it was done stays wrong; no advice may ask to make it good.
#[test]
fn what_is_over_is_not_offered_for_mending() {
    let over = "A3 p2, A4 p1, B7 p1, C1 p1, C2 p1, C3 p1, C3 p2, C4 p1, C4 p2, D10 p1, E1 p1, E3 p1, E4 p1, E4 p2, \
                E6 p1, F1 p1, F5 p1, F7 p1";
    assert_eq!(parts_that(&rural(), |_, part| !part.mendable), over);
    let over = "SQ-A3 p1, SQ-C1 p1, SQ-F2 p1, JG-C1 p1, JG-C2 p1, JG-E1 p1, JG-F1 p1, JG-F2 p1, GQ-C1 p1, GQ-C2 p1, GQ-C2 p2, \
                GQ-E1 p1, GQ-F2 p1, GQ-F3 p1, FG-C3 p1, FG-F2 p1, XX-C1 p1, XX-C2 p1, XX-C3 p1, XX-E1 p1, XX-F1 p1, \
                XX-F2 p1, YY-C1 p1, YY-C3 p1, YY-C3 p2, YY-E1 p1, YY-F1 p1, YY-F2 p1, SH-C1 p1, SH-C4 p1, SH-C4 p2, \
                SH-F2 p1";
    assert_eq!(own_parts_that(|_, part| !part.mendable), over);
    for (_, item) in all().iter().flat_map(Checklist::items) {
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
    let mut found = BTreeSet::new();
    for (_, item) in all().iter().flat_map(Checklist::items) {
        for limit in &item.limits {
            let part = item.part(&limit.part).unwrap();
            assert!(
                limit.is_veto() && part.rule == Rule::YesNo && limit.when == LimitTest::No,
                "{}",
                item.id
            );
            assert!(item.parts.len() > 1 && item.marks.iter().any(|mark| mark.text.contains("一票否决")));
            found.insert(format!("{} {} {}", item.id, part.id, part.points));
        }
    }
    let found: Vec<String> = found.into_iter().collect();
    let expected = ["GQ-C2 p2 0", "NC-A3 p1 1", "NC-C3 p2 0", "NC-C4 p2 0", "SH-C4 p2 0", "YY-C3 p2 0"];
    assert_eq!(found, expected);
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

/// The identities of the built-in checklists. Drafts pin them and servers have published them: change them only together
/// with a new 版本 in the sheet 标准, once a version with this content has been published anywhere, and keep what the version
/// before it was as `version_tests.rs` does.
#[test]
fn the_built_in_content_is_frozen() {
    let hashes = all().into_iter().map(|list| format!("{} {}\n", list.sector, list.hash().unwrap()));
    assert_eq!(hashes.collect::<String>(), include_str!("golden/hashes-2026.2.txt"));
}
