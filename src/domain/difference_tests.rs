//! What a list of differences promises, by named cases and by properties over random versions.

use super::{
    difference::item_changes,
    random_edits::{any_edits, edited},
    testing::{checklist, count, item, part, points},
    *,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn id(text: &str) -> ItemId {
    ItemId::new(text).unwrap()
}

fn changes_of(change: impl FnOnce(&mut Item)) -> Vec<ItemChange> {
    let old = checklist().aspects.remove(0).items.remove(1);
    let mut new = old.clone();
    change(&mut new);
    item_changes(&old, &new)
}

#[test]
fn what_came_and_went_stands_where_it_stood() {
    let old = checklist();
    let mut new = old.clone();
    new.version = "2".into();
    assert_eq!(differences(&old, &new), [], "another version of the same");
    new.aspects[0].items.remove(0);
    new.aspects[1].items.remove(1);
    new.aspects[1].items.insert(0, item("fresh", vec![part("p1", 100, count(1), Window::Month)]));
    new.aspects[2].items[0].requirement = "另一个要求".into();
    new.aspects[2].items[0].guidance.clear();
    new.aspects[2].items.pop();
    let changed = vec![ItemChange::Requirement, ItemChange::Guidance];
    let expected = [
        Difference::Removed { item: id("yes") },
        Difference::Added { item: id("fresh") },
        Difference::Removed { item: id("level") },
        Difference::Changed { item: id("offence"), changes: changed },
        Difference::Removed { item: id("any") },
    ];
    assert_eq!(differences(&old, &new), expected);
}

#[test]
fn the_whole_differs_after_the_items() {
    let old = checklist();
    let mut new = old.clone();
    new.grading.thresholds.remove(0);
    new.bonus_cap = points(500);
    new.periods[0].submit_by = new.periods[0].ends;
    new.notice = "示例".into();
    new.aspects[0].items[0].title = "另一个名字".into();
    let all = differences(&old, &new);
    let titled = Difference::Changed { item: id("yes"), changes: vec![ItemChange::Title] };
    let period = Difference::Period { period: testing::period().id };
    let expected = [titled, Difference::ScoreLines, Difference::BonusCap, period, Difference::Frame];
    assert_eq!(all, expected);
    let mut swapped = old.clone();
    swapped.aspects[0].items.swap(0, 1);
    assert_eq!(differences(&old, &swapped), [Difference::Frame]);
    let mut renamed = old.clone();
    renamed.standard = StandardId::new("other").unwrap();
    assert_eq!(differences(&old, &renamed), [Difference::Frame]);
}

#[test]
fn an_answer_is_touched_by_what_is_asked_and_not_by_what_it_is_worth() {
    let p1 = || PartId::new("p1").unwrap();
    let facts = |item: &mut Item, change: fn(&mut Vec<Fact>)| match &mut item.parts[0].rule {
        Rule::Facts { facts } => change(facts),
        _ => unreachable!("the tests' checklist has facts here"),
    };
    type Case = (Vec<ItemChange>, ItemChange, Effect);
    let cases: [Case; 9] = [
        (
            changes_of(|item| facts(item, |facts| facts[0].deducts = Points::ZERO)),
            ItemChange::Points { part: p1() },
            Effect::Points,
        ),
        (
            changes_of(|item| facts(item, |facts| facts[0].text = "别的".into())),
            ItemChange::Rule { part: p1() },
            Effect::Answer,
        ),
        (changes_of(|item| facts(item, |facts| facts.reverse())), ItemChange::Minor, Effect::None),
        (
            changes_of(|item| item.parts[0].window = Window::Year),
            ItemChange::Window { part: p1() },
            Effect::Answer,
        ),
        (
            changes_of(|item| item.parts[0].text = "问".into()),
            ItemChange::Question { part: p1() },
            Effect::Answer,
        ),
        (changes_of(|item| item.judged_above = true), ItemChange::JudgedAbove { now: true }, Effect::Points),
        (changes_of(|item| item.may_be_absent = false), ItemChange::Applicability, Effect::Answer),
        (
            changes_of(|item| {
                let kinds = [ActivityKind::MemberMeeting].into();
                item.parts[0].from_ledger = Some(LedgerSource::Count { kinds });
            }),
            ItemChange::Ledger { part: p1() },
            Effect::Points,
        ),
        (
            changes_of(|item| item.parts[0].mendable = false),
            ItemChange::Mendable { part: p1() },
            Effect::None,
        ),
    ];
    let part = |part: &str| AnswerKey::Part { item: id("facts"), part: PartId::new(part).unwrap() };
    for (changes, expected, effect) in cases {
        assert_eq!(changes, std::slice::from_ref(&expected));
        assert_eq!(expected.effect(), effect, "{expected:?}");
        let touched = effect == Effect::Answer;
        assert_eq!(expected.touches(&part("p1")), touched, "{expected:?}");
        assert_eq!(expected.touches(&AnswerKey::Stance { item: id("facts") }), touched);
        assert!(!expected.touches(&AnswerKey::Note { item: id("facts") }));
    }
    assert!(!ItemChange::Rule { part: p1() }.touches(&part("p2")), "the other question is as it was");
    assert!(!ItemChange::PartAdded { part: PartId::new("p2").unwrap() }.touches(&part("p1")));
}

proptest! {
    #[test]
    fn no_difference_means_the_same(edits in any_edits()) {
        let (old, mut new) = (checklist(), edited(&checklist(), &edits));
        new.version.clone_from(&old.version);
        prop_assert_eq!(differences(&old, &new).is_empty(), old == new);
        prop_assert_eq!(differences(&new, &new), []);
    }

    #[test]
    fn each_item_is_named_once_and_only_if_it_differs(edits in any_edits()) {
        let (old, new) = (checklist(), edited(&checklist(), &edits));
        let all = differences(&old, &new);
        let named: Vec<&ItemId> = all.iter().filter_map(Difference::item).collect();
        prop_assert_eq!(named.iter().collect::<BTreeSet<_>>().len(), named.len());
        for (aspect, item) in old.items().chain(new.items()) {
            let of = |list: &Checklist| list.find(&item.id).map(|(_, a, i)| (a.id.clone(), i.clone()));
            let differs = of(&old) != of(&new);
            prop_assert_eq!(named.contains(&&item.id), differs, "{} in {}", &item.id, &aspect.id);
        }
        let backwards = differences(&new, &old);
        prop_assert_eq!(all.len(), backwards.len(), "what differs one way differs the other way");
    }
}
