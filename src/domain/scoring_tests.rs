//! What scoring promises, by named cases and by properties.

use super::{
    testing::{checklist, full, full_assessment, part_entry, period, points, stamp, stance_entry},
    *,
};
use crate::domain::outcome::judge_item;
use jiff::civil::date;
use proptest::prelude::*;
use scoring::ItemState;
use std::collections::{BTreeMap, BTreeSet};

const WINDOWS: [&str; 6] = ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"];

fn months(counts: [u32; 6]) -> PartAnswer {
    let counts = WINDOWS.iter().zip(counts).map(|(key, n)| (WindowKey((*key).into()), n)).collect();
    PartAnswer::Counts { counts }
}

/// The full assessment with the answer to one item's only part replaced.
fn with(item: &str, answer: PartAnswer) -> Assessment {
    let list = checklist();
    let (_, _, item) = list.find(&ItemId::new(item).unwrap()).unwrap();
    let mut assessment = full_assessment(&list, &period());
    assessment.merge([part_entry(item, &item.parts[0], answer, stamp(5_000, 1))]);
    assessment
}

fn of<'a>(sheet: &'a ScoreSheet, item: &str) -> &'a scoring::ItemScore {
    sheet.items().find(|score| score.item.as_str() == item).unwrap()
}

#[test]
fn each_rule_gives_the_points_it_says() {
    let share = |numerator, denominator| PartAnswer::Share { numerator, denominator };
    let level = |id: &str| PartAnswer::Level { choice: ChoiceId::new(id).unwrap() };
    let happened =
        |n| PartAnswer::Occurrences { counts: BTreeMap::from([(OccurrenceId::new("o1").unwrap(), n)]) };
    let ticked = |ids: &[&str]| PartAnswer::Facts {
        met: ids.iter().map(|id| FactId::new(*id).unwrap()).collect::<BTreeSet<_>>(),
    };
    let cases = [
        ("no meeting in two of six months", "counted", months([1, 1, 0, 1, 0, 1]), 1_000),
        ("twelve meetings in one month are one month", "counted", months([0, 0, 0, 0, 0, 12]), 250),
        ("a no", "yes", PartAnswer::YesNo { yes: false }, 0),
        ("half the members", "shared", share(4, 5), 1_040),
        ("below the floor", "shared", share(59, 100), 0),
        ("more than all counts as all", "shared", share(9, 5), 1_300),
        ("the second band", "banded", share(89, 100), 400),
        ("below all bands", "banded", share(1, 100), 0),
        ("a middle level", "level", level("half"), 750),
        ("two offences", "offence", happened(2), 700),
        ("more offences than points", "offence", happened(u32::MAX), 0),
        ("one fact missing", "facts", ticked(&["f1"]), 500),
        ("no fact at all", "facts", ticked(&[]), 0),
        ("an alternative fails, the other holds", "any", PartAnswer::YesNo { yes: false }, 500),
    ];
    for (name, item, answer, expected) in cases {
        let sheet = score(&checklist(), &period(), &with(item, answer));
        assert_eq!(of(&sheet, item).got, points(expected), "{name}");
        assert_eq!(of(&sheet, item).state, ItemState::Answered, "{name}");
    }
}

#[test]
fn an_answer_that_says_nothing_or_does_not_fit_is_no_answer() {
    let cases = [
        ("counted", PartAnswer::YesNo { yes: true }),
        ("counted", PartAnswer::Counts { counts: BTreeMap::new() }),
        ("shared", PartAnswer::Share { numerator: 0, denominator: 0 }),
        ("level", PartAnswer::Level { choice: ChoiceId::new("gone").unwrap() }),
    ];
    for (item, answer) in cases {
        let sheet = score(&checklist(), &period(), &with(item, answer));
        assert_eq!(
            (of(&sheet, item).state, of(&sheet, item).got),
            (ItemState::Unanswered, Points::ZERO),
            "{item}"
        );
    }
}

#[test]
fn a_yearly_duty_is_not_due_in_november() {
    let list = checklist();
    let sheet = score(&list, &period(), &full_assessment(&list, &period()));
    assert_eq!(of(&sheet, "yearly").state, ItemState::NotDue);
    let (_, _, item) = list.find(&ItemId::new("yearly").unwrap()).unwrap();
    assert_eq!(
        judge_item(item, of(&sheet, "yearly"), &period(), date(2026, 11, 24)),
        Some(Outcome::NotDue { until: date(2026, 12, 31) })
    );
}

#[test]
fn a_shortfall_is_judged_by_what_can_still_honestly_be_done() {
    let offence = PartAnswer::Occurrences { counts: BTreeMap::from([(OccurrenceId::new("o1").unwrap(), 1)]) };
    let possible = |day| Some(Outcome::StillPossible { until: day });
    let end = date(2026, 11, 30);
    let cases = [
        ("this month is still open", "counted", months([1, 1, 1, 1, 1, 0]), possible(end)),
        ("a past month is gone", "counted", months([1, 0, 1, 1, 1, 1]), Some(Outcome::Missed)),
        ("of both, what can be done comes first", "counted", months([1, 0, 1, 1, 1, 0]), possible(end)),
        (
            "a state can be mended until the period ends",
            "yes",
            PartAnswer::YesNo { yes: false },
            possible(end),
        ),
        ("what happened has happened", "offence", offence, Some(Outcome::Missed)),
        ("met", "yes", PartAnswer::YesNo { yes: true }, Some(Outcome::Met)),
    ];
    let list = checklist();
    for (name, id, answer, expected) in cases {
        let sheet = score(&list, &period(), &with(id, answer));
        let (_, _, item) = list.find(&ItemId::new(id).unwrap()).unwrap();
        assert_eq!(judge_item(item, of(&sheet, id), &period(), date(2026, 11, 24)), expected, "{name}");
    }
    let late = score(&list, &period(), &with("counted", months([1, 1, 1, 1, 1, 0])));
    let (_, _, item) = list.find(&ItemId::new("counted").unwrap()).unwrap();
    assert_eq!(judge_item(item, of(&late, "counted"), &period(), date(2026, 12, 1)), Some(Outcome::Missed));
}

#[test]
fn a_veto_holds_the_grade_down_and_says_which() {
    let list = checklist();
    let vetoed = score(&list, &period(), &with("yes", PartAnswer::YesNo { yes: false })).estimate(&list);
    assert_eq!(vetoed.by_score, Grade::Qualified);
    assert_eq!(vetoed.grade, Grade::Unqualified);
    assert_eq!(vetoed.limits, [(ItemId::new("yes").unwrap(), LimitId::new("v1").unwrap())]);
    let good = score(&list, &period(), &full_assessment(&list, &period())).estimate(&list);
    assert_eq!((good.grade, good.limits.len()), (Grade::Model, 0));
}

#[test]
fn nothing_answered_is_zero_and_no_veto() {
    let list = checklist();
    let sheet = score(&list, &period(), &Assessment::default());
    assert_eq!(sheet.total(), Points::ZERO);
    assert!(sheet.estimate(&list).limits.is_empty());
}

#[test]
fn an_excuse_that_the_standard_does_not_allow_is_no_answer() {
    let mut list = checklist();
    list.aspects[0].items[1].may_be_absent = false;
    let stance = Stance::NotApplicable { reason: NotApplicable::AbsentHere };
    let facts = ItemId::new("facts").unwrap();
    let assessment = Assessment::new([stance_entry(&facts, stance, stamp(1, 1))], None);
    assert_eq!(of(&score(&list, &period(), &assessment), "facts").state, ItemState::Unanswered);
}

/// Six of the checklist's items with the rules of the second version, worth what they were.
fn second() -> Checklist {
    let mut list = checklist();
    let third = |part| Proportion::new(part, 3).unwrap();
    let mut change = |id: &str, change: &dyn Fn(&mut Item)| {
        let mut items = list.aspects.iter_mut().flat_map(|aspect| &mut aspect.items);
        change(items.find(|item| item.id.as_str() == id).unwrap());
    };
    // 每缺一次扣2.5分: 15 points, two a month.
    change("counted", &|item| {
        let credit = CountCredit::EachMissing { costs: points(250) };
        item.parts[0].rule = Rule::Count { minimum: 2, credit, unit: "次".into() };
        item.limits = vec![GradeLimit {
            id: LimitId::new("few").unwrap(),
            text: "少于4次不得评优".into(),
            at_most: Grade::Qualified,
            part: item.parts[0].id.clone(),
            when: LimitTest::CountBelow { fewer_than: 4 },
        }];
    });
    // 90%起满分，每低5个百分点扣2分，低于三分之一不得分: 13 points.
    change("shared", &|item| {
        let credit = ShareCredit::EachBelow {
            target: Proportion::percent(90),
            floor: third(1),
            step: 5,
            costs: points(200),
        };
        let Rule::Share { credit: old, .. } = &mut item.parts[0].rule else { unreachable!("a share") };
        *old = credit;
        item.limits = vec![
            GradeLimit {
                id: LimitId::new("low").unwrap(),
                text: "不到三分之二".into(),
                at_most: Grade::Qualified,
                part: item.parts[0].id.clone(),
                when: LimitTest::ShareBelow { percent: third(2) },
            },
            GradeLimit {
                id: LimitId::new("high").unwrap(),
                text: "高于95%".into(),
                at_most: Grade::Excellent,
                part: item.parts[0].id.clone(),
                when: LimitTest::ShareAbove { share: Proportion::percent(95) },
            },
        ];
    });
    change("banded", &|item| {
        let Rule::Share { credit, .. } = &mut item.parts[0].rule else { unreachable!("a share") };
        let band = |at_least, worth| ShareBand { at_least, points: points(worth) };
        *credit = ShareCredit::Bands { bands: vec![band(third(2), 1_000), band(third(1), 400)] };
    });
    // 5分或者3分, 取最高.
    change("any", &|item| item.parts[1].points = points(300));
    // 10 points, and beyond them from the total.
    change("offence", &|item| {
        let occurrences = item.parts[0].rule.occurrences().unwrap().to_vec();
        item.parts[0].rule = Rule::FromTotal { occurrences };
    });
    list.engine = list.needs();
    list
}

fn second_with(item: &str, part: usize, answer: PartAnswer) -> ScoreSheet {
    let list = second();
    let (_, _, item) = list.find(&ItemId::new(item).unwrap()).unwrap();
    let mut assessment = full_assessment(&list, &period());
    assessment.merge([part_entry(item, &item.parts[part], answer, stamp(5_000, 1))]);
    score(&list, &period(), &assessment)
}

#[test]
fn the_rules_of_the_second_version_give_the_points_they_say() {
    assert_eq!((checklist().needs(), second().engine), (1, 2));
    let share = |numerator, denominator| PartAnswer::Share { numerator, denominator };
    let happened =
        |n| PartAnswer::Occurrences { counts: BTreeMap::from([(OccurrenceId::new("o1").unwrap(), n)]) };
    let cases = [
        ("none missing", "counted", months([2, 2, 2, 2, 2, 2]), 1_500, 0),
        ("two missing in two months", "counted", months([2, 1, 2, 1, 2, 2]), 1_000, 0),
        ("more than enough mends no other month", "counted", months([9, 1, 2, 1, 2, 2]), 1_000, 0),
        ("six missing cost all", "counted", months([1, 1, 1, 1, 1, 1]), 0, 0),
        ("no more than all", "counted", months([0, 0, 0, 0, 0, 0]), 0, 0),
        ("the target", "shared", share(9, 10), 1_300, 0),
        ("less than a step costs nothing", "shared", share(86, 100), 1_300, 0),
        ("one step", "shared", share(85, 100), 1_100, 0),
        ("one step and a little more", "shared", share(81, 100), 1_100, 0),
        ("two steps exactly", "shared", share(8, 10), 900, 0),
        ("a third: eleven steps of 56.66 points", "shared", share(1, 3), 0, 0),
        ("below the floor", "shared", share(33, 100), 0, 0),
        ("two thirds exactly", "banded", share(2, 3), 1_000, 0),
        ("a hair below two thirds", "banded", share(66_666, 99_999 + 1), 400, 0),
        ("a third exactly", "banded", share(1, 3), 400, 0),
        ("within its own points", "offence", happened(2), 700, 0),
        ("beyond them", "offence", happened(8), 0, 200),
        ("beyond everything", "offence", happened(u32::MAX), 0, u32::MAX - 1_000),
    ];
    for (name, item, answer, got, taken) in cases {
        let sheet = second_with(item, 0, answer);
        let scored = of(&sheet, item);
        assert_eq!((scored.got, scored.taken), (points(got), points(taken)), "{name}");
        assert_eq!(scored.state, ItemState::Answered, "{name}");
        let expected = sheet.base.hundredths().saturating_sub(taken);
        assert_eq!(sheet.total(), points(expected), "{name}");
    }
    let beyond = second_with("offence", 0, happened(8));
    let (list, today) = (second(), date(2026, 11, 24));
    let (_, _, item) = list.find(&ItemId::new("offence").unwrap()).unwrap();
    assert_eq!(judge_item(item, of(&beyond, "offence"), &period(), today), Some(Outcome::Missed));
}

#[test]
fn of_several_ways_of_unequal_worth_the_best_counts_and_none_that_is_worth_more_stays_open() {
    let list = second();
    let id = ItemId::new("any").unwrap();
    let (_, _, item) = list.find(&id).unwrap();
    let yes = |yes| Some(PartAnswer::YesNo { yes });
    let count = |n: u32| {
        let spans = period().judged(Window::Quarter);
        Some(PartAnswer::Counts { counts: spans.into_iter().map(|span| (span.key, n)).collect() })
    };
    let cases = [
        ("the better way", yes(true), None, ItemState::Answered, 500),
        ("the lesser one alone leaves the better one open", None, count(2), ItemState::Unanswered, 300),
        ("both, the lesser one met", yes(false), count(2), ItemState::Answered, 300),
        ("both, the lesser one half met", yes(false), count(1), ItemState::Answered, 150),
        ("the better one failed, the lesser one is open", yes(false), None, ItemState::Unanswered, 0),
        ("both failed", yes(false), count(0), ItemState::Answered, 0),
    ];
    for (name, first, second, state, got) in cases {
        let answers = item.parts.iter().zip([first, second]);
        let entries =
            answers.filter_map(|(part, answer)| Some(part_entry(item, part, answer?, stamp(1_000, 1))));
        let sheet = score(&list, &period(), &Assessment::new(entries, None));
        let scored = of(&sheet, "any");
        assert_eq!((scored.state, scored.points, scored.got), (state, points(500), points(got)), "{name}");
        if state == ItemState::Answered && got < 500 {
            let short: Vec<usize> = scored.short(item).map(|(place, ..)| place).collect();
            assert_eq!(short, if got < 300 { vec![0, 1] } else { vec![0] }, "{name}");
            assert!(judge_item(item, scored, &period(), date(2026, 11, 24)).is_some(), "{name}");
        }
    }
    assert_eq!(judged::judged(&list, &period()).all(), list.aspects.iter().map(Aspect::points).sum());
}

#[test]
fn a_limit_looks_at_counts_and_shares_and_never_at_what_is_not_answered() {
    let list = second();
    let held = |item: &str, answer| {
        let limits = second_with(item, 0, answer).estimate(&list).limits;
        limits.into_iter().map(|(_, limit)| limit.to_string()).collect::<Vec<_>>()
    };
    let share = |numerator, denominator| PartAnswer::Share { numerator, denominator };
    assert_eq!(held("counted", months([1, 1, 1, 0, 0, 0])), ["few", "high"], "three in all");
    assert_eq!(held("counted", months([0, 0, 4, 0, 0, 0])), ["high"], "four in all");
    assert_eq!(held("shared", share(2, 3)), [""; 0]);
    assert_eq!(held("shared", share(66, 100)), ["low"]);
    assert_eq!(held("shared", share(95, 100)), [""; 0], "not above 95%");
    assert_eq!(held("shared", share(96, 100)), ["high"]);
    // One month is open: the count is not answered.
    let PartAnswer::Counts { mut counts } = months([0; 6]) else { unreachable!("counts") };
    counts.remove(&WindowKey(WINDOWS[0].into()));
    assert_eq!(held("counted", PartAnswer::Counts { counts }), ["high"]);
    let nothing = score(&list, &period(), &Assessment::default());
    assert!(nothing.estimate(&list).limits.is_empty());
}

/// What the first version scored, by the program of that time, to the letter: do not write it again.
#[test]
fn what_the_first_version_scored_scores_so_for_ever() {
    #[derive(serde::Deserialize)]
    struct Golden {
        checklist: String,
        period: Period,
        cases: Vec<Case>,
    }
    #[derive(serde::Deserialize)]
    struct Case {
        answers: Vec<Entry>,
        sheet: String,
        estimate: Said,
    }
    #[derive(serde::Deserialize)]
    struct Said {
        by_score: Grade,
        grade: Grade,
        limits: Vec<(ItemId, LimitId)>,
    }
    let golden: Golden = serde_json::from_str(include_str!("golden/engine-1.json")).unwrap();
    let list: Checklist = serde_json::from_str(&golden.checklist).unwrap();
    assert_eq!((list.engine, list.needs()), (1, 1));
    assert_eq!(serde_json::to_string(&list).unwrap(), golden.checklist, "the content keeps its hash");
    assert_eq!(golden.cases.len(), 12);
    for (number, case) in golden.cases.into_iter().enumerate() {
        let sheet = score(&list, &golden.period, &Assessment::new(case.answers, None));
        assert_eq!(serde_json::to_string(&sheet).unwrap(), case.sheet, "case {number}");
        let estimate = sheet.estimate(&list);
        let said = (case.estimate.by_score, case.estimate.grade, case.estimate.limits);
        assert_eq!((estimate.by_score, estimate.grade, estimate.limits), said, "case {number}");
        assert_eq!(serde_json::from_str::<ScoreSheet>(&case.sheet).unwrap(), sheet, "case {number}");
    }
}

#[test]
fn a_checklist_of_a_later_version_of_scoring_is_not_read() {
    let mut list = second();
    let json = serde_json::to_string(&list).unwrap();
    assert!(json.ends_with("\"engine\":2}"), "{json}");
    assert_eq!(serde_json::from_str::<Checklist>(&json).unwrap(), list);
    for engine in [0, ENGINE_VERSION + 1] {
        list.engine = engine;
        let error = serde_json::from_str::<Checklist>(&serde_json::to_string(&list).unwrap()).unwrap_err();
        assert!(error.to_string().contains("update the program"), "{error}");
    }
    let first = serde_json::to_string(&checklist()).unwrap();
    assert!(!first.contains("engine"), "what is of the first version does not say so");
}

/// How much of an item is complied with, from 0 to 6; higher is never worse.
fn graded(item: &Item, part: &Part, level: u32) -> PartAnswer {
    match &part.rule {
        Rule::YesNo => PartAnswer::YesNo { yes: level >= 3 },
        Rule::Count { .. } => {
            let spans = period().judged(part.window);
            let counts = spans.into_iter().enumerate();
            PartAnswer::Counts { counts: counts.map(|(i, s)| (s.key, (level + i as u32) / 2)).collect() }
        }
        Rule::Share { .. } => PartAnswer::Share { numerator: level, denominator: 6 },
        Rule::Level { choices } => {
            let worst_first: Vec<_> = choices.iter().rev().collect();
            PartAnswer::Level { choice: worst_first[(level as usize / 2).min(choices.len() - 1)].id.clone() }
        }
        Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
            let counts = BTreeMap::from([(occurrences[0].id.clone(), 6 - level)]);
            PartAnswer::Occurrences { counts }
        }
        Rule::Facts { facts } => {
            let met = facts.iter().take(level as usize / 3).map(|fact| fact.id.clone()).collect();
            assert!(!item.parts.is_empty());
            PartAnswer::Facts { met }
        }
    }
}

fn graded_assessment(list: &Checklist, levels: &[u32], excused: &[bool]) -> Assessment {
    let mut entries = Vec::new();
    for (index, (_, item)) in list.items().enumerate() {
        for part in &item.parts {
            entries.push(part_entry(item, part, graded(item, part, levels[index]), stamp(10, 1)));
        }
        if excused[index] {
            let stance = Stance::NotApplicable { reason: NotApplicable::NoOccurrence };
            entries.push(stance_entry(&item.id, stance, stamp(11, 1)));
        }
    }
    Assessment::new(entries, None)
}

const ITEMS: usize = 9;

proptest! {
    #[test]
    fn no_score_leaves_its_bounds(
        levels in prop::collection::vec(0_u32..=6, ITEMS),
        excused in prop::collection::vec(any::<bool>(), ITEMS),
    ) {
        for list in [checklist(), second()] {
        let sheet = score(&list, &period(), &graded_assessment(&list, &levels, &excused));
        prop_assert!(sheet.base <= Points::HUNDRED && sheet.total() <= sheet.base);
        for aspect in &sheet.aspects {
            prop_assert!(aspect.got <= aspect.full);
            for item in &aspect.items {
                prop_assert!(item.got <= item.points);
                for part in &item.parts {
                    prop_assert!(part.got <= part.points);
                }
            }
        }
        }
    }

    #[test]
    fn more_compliance_never_scores_less(
        levels in prop::collection::vec(0_u32..6, ITEMS),
        excused in prop::collection::vec(any::<bool>(), ITEMS),
        better in 0..ITEMS,
    ) {
        let mut improved = levels.clone();
        improved[better] += 1;
        for list in [checklist(), second()] {
            let before = score(&list, &period(), &graded_assessment(&list, &levels, &excused));
            let after = score(&list, &period(), &graded_assessment(&list, &improved, &excused));
            prop_assert!(after.base >= before.base && after.total() >= before.total());
        }
    }

    /// Whatever does not apply, whole aspects included, full compliance with the rest is everything, exactly.
    #[test]
    fn full_compliance_is_the_whole_whatever_does_not_apply(excused in prop::collection::vec(any::<bool>(), ITEMS)) {
        let list = checklist();
        let mut assessment = full_assessment(&list, &period());
        for ((_, item), excused) in list.items().zip(&excused) {
            if *excused {
                let stance = Stance::NotApplicable { reason: NotApplicable::AbsentHere };
                assessment.merge([stance_entry(&item.id, stance, stamp(2_000, 1))]);
            }
        }
        let sheet = score(&list, &period(), &assessment);
        let whole: Points = list.aspects.iter().map(Aspect::points).sum();
        let none_left = sheet.items().all(|item| !item.state.counts());
        prop_assert_eq!(sheet.base, if none_left { Points::ZERO } else { whole });
    }

    #[test]
    fn merging_is_commutative_associative_and_idempotent(
        edits in prop::collection::vec((0_usize..3, 0_usize..ITEMS, 0_u32..=6, 0_u64..4), 0..40),
    ) {
        let list = checklist();
        let mut phones = [Assessment::default(), Assessment::default(), Assessment::default()];
        for (phone, index, level, ms) in edits {
            let (_, item) = list.items().nth(index).unwrap();
            let answer = graded(item, &item.parts[0], level);
            phones[phone].merge([part_entry(item, &item.parts[0], answer, stamp(ms, phone as u8))]);
        }
        let merged = |order: [usize; 3]| {
            let mut into = phones[order[0]].clone();
            into.merge(phones[order[1]].entries().iter().cloned());
            into.merge(phones[order[2]].entries().iter().cloned());
            into
        };
        let all = merged([0, 1, 2]);
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            prop_assert_eq!(merged(order).winners(), all.winners());
        }
        let mut right = phones[1].clone();
        right.merge(phones[2].entries().iter().cloned());
        let mut grouped = phones[0].clone();
        grouped.merge(right.entries().iter().cloned());
        prop_assert_eq!(&grouped, &all);
        let mut again = all.clone();
        again.merge(all.entries().iter().cloned());
        prop_assert_eq!(&again, &all);
    }
}

#[test]
fn a_correction_replaces_only_what_nobody_else_has_seen() {
    let list = checklist();
    let item = &list.aspects[0].items[0];
    let key = AnswerKey::Part { item: item.id.clone(), part: item.parts[0].id.clone() };
    let say = |yes, stamp| Entry {
        key: key.clone(),
        stamp,
        value: AnswerValue::part(Some(PartAnswer::YesNo { yes })),
        under: None,
    };
    let mut draft = Assessment::default();
    for (yes, ms) in [(true, 1_000), (false, 2_000)] {
        draft.apply(draft.edit(say(yes, stamp(ms, 1))));
    }
    assert_eq!(draft.history(&key).count(), 1, "a slip of the finger leaves no trace");
    draft.mark_shared();
    draft.apply(draft.edit(say(true, stamp(3_000, 1))));
    assert_eq!(draft.history(&key).count(), 2, "what was sent stays in the history");
    let later = stamp(3_000 + assessment::SAME_VISIT_MS, 1);
    draft.apply(draft.edit(say(false, later)));
    assert_eq!(draft.history(&key).count(), 3, "a later change of mind stays in the history");
    assert_eq!(draft.part(&item.id, &item.parts[0].id), Some(&PartAnswer::YesNo { yes: false }));
    assert_eq!(full(&item.parts[0], &period()), PartAnswer::YesNo { yes: true });
}
