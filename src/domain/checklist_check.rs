//! Whether a checklist can be used: everything wrong with it in one run, before it is published.

use super::{
    answer::MAX_FIGURE,
    checklist::{Checklist, Combine, Item, Part},
    grade::LimitTest,
    ids::{ItemId, LimitId, MethodId, PartId},
    ledger::derive,
    points::Points,
    proportion::Proportion,
    rule::{CountCredit, Rule, ShareCredit},
    whole_check::{self, WholeFault},
};
use std::collections::BTreeSet;

/// Why a checklist cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChecklistFault {
    /// The aspects do not add up to the full points.
    #[error("the items add up to {0} points, not to {1}")]
    Total(Points, Points),
    /// What is said of the whole makes no sense.
    #[error("what is said of the whole makes no sense: {0:?}")]
    Whole(WholeFault),
    /// An id is used twice.
    #[error("item {0} occurs twice")]
    ItemTwice(ItemId),
    /// A part, choice, fact or occurrence id is used twice in its item.
    #[error("item {0} uses the id {1:?} twice")]
    NameTwice(ItemId, String),
    /// An item without parts cannot be answered.
    #[error("item {0} has no part")]
    NoPart(ItemId),
    /// A way of inspection is not defined.
    #[error("item {0} refers to the method {1}, which is not defined")]
    UnknownMethod(ItemId, MethodId),
    /// A rule lacks its figures, or they cannot be reached.
    #[error("item {0}, part {1}: the rule's figures are missing or contradict each other")]
    Figures(ItemId, PartId),
    /// What takes from the total is neither a bonus nor one of several ways of which the best counts.
    #[error("item {0}, part {1}: what takes from the total can be neither a bonus nor an alternative way")]
    FromTotal(ItemId, PartId),
    /// What the ledger is asked for does not fit the rule.
    #[error("item {0}, part {1}: what is taken from the ledger does not fit the rule")]
    Ledger(ItemId, PartId),
    /// A window ends in none of the periods.
    #[error("item {0}, part {1}: its window never ends in any period")]
    NeverDue(ItemId, PartId),
    /// A limit does not fit the part it looks at.
    #[error("item {0}, limit {1}: it does not fit the part it looks at")]
    Limit(ItemId, LimitId),
    /// The score lines do not fall.
    #[error("the score lines must fall from grade to grade")]
    Thresholds,
    /// A period ends before it starts, or does not follow its predecessor without a gap.
    #[error("period {0} is not in order with the one before it")]
    Period(super::ids::PeriodId),
}

/// Everything wrong with a checklist, or nothing.
pub fn checklist_faults(checklist: &Checklist) -> Vec<ChecklistFault> {
    let mut faults = Vec::new();
    let total: Points = checklist.aspects.iter().map(super::checklist::Aspect::points).sum();
    if total != checklist.full {
        faults.push(ChecklistFault::Total(total, checklist.full));
    }
    faults.extend(whole_check::faults(checklist).into_iter().map(ChecklistFault::Whole));
    let falling = checklist
        .grading
        .thresholds
        .windows(2)
        .all(|w| w[0].grade > w[1].grade && w[0].at_least > w[1].at_least);
    if checklist.grading.thresholds.is_empty() || !falling {
        faults.push(ChecklistFault::Thresholds);
    }
    for (index, period) in checklist.periods.iter().enumerate() {
        let follows = index.checked_sub(1).is_none_or(|before| {
            checklist.periods[before].ends.tomorrow().is_ok_and(|next| next == period.starts)
        });
        if period.starts > period.ends || !follows {
            faults.push(ChecklistFault::Period(period.id.clone()));
        }
    }
    let mut seen = BTreeSet::new();
    for (_, item) in checklist.items() {
        if !seen.insert(&item.id) {
            faults.push(ChecklistFault::ItemTwice(item.id.clone()));
        }
        faults.extend(item_faults(checklist, item));
    }
    faults
}

fn item_faults(checklist: &Checklist, item: &Item) -> Vec<ChecklistFault> {
    let id = || item.id.clone();
    let mut faults = Vec::new();
    if item.parts.is_empty() {
        faults.push(ChecklistFault::NoPart(id()));
    }
    for method in &item.methods {
        if !checklist.methods.iter().any(|known| &known.id == method) {
            faults.push(ChecklistFault::UnknownMethod(id(), method.clone()));
        }
    }
    let mut parts = BTreeSet::new();
    for part in &item.parts {
        if !parts.insert(part.id.as_str()) {
            faults.push(ChecklistFault::NameTwice(id(), part.id.to_string()));
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = rule_names(&part.rule).into_iter().find(|name| !names.insert(*name)) {
            faults.push(ChecklistFault::NameTwice(id(), twice.into()));
        }
        if !figures_fit(part) {
            faults.push(ChecklistFault::Figures(id(), part.id.clone()));
        }
        let aside = part.bonus || item.combine == Combine::Any;
        if aside && matches!(part.rule, Rule::FromTotal { .. }) {
            faults.push(ChecklistFault::FromTotal(id(), part.id.clone()));
        }
        if part.from_ledger.as_ref().is_some_and(|source| !derive::fits(source, &part.rule)) {
            faults.push(ChecklistFault::Ledger(id(), part.id.clone()));
        }
        if checklist.periods.iter().all(|period| period.judged(part.window).is_empty()) {
            faults.push(ChecklistFault::NeverDue(id(), part.id.clone()));
        }
    }
    for limit in &item.limits {
        let fits = item.part(&limit.part).is_some_and(|part| limit_fits(&limit.when, &part.rule));
        if !fits {
            faults.push(ChecklistFault::Limit(id(), limit.id.clone()));
        }
    }
    faults
}

fn rule_names(rule: &Rule) -> Vec<&str> {
    match rule {
        Rule::Level { choices } => choices.iter().map(|choice| choice.id.as_str()).collect(),
        Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
            occurrences.iter().map(|kind| kind.id.as_str()).collect()
        }
        Rule::Facts { facts } => facts.iter().map(|fact| fact.id.as_str()).collect(),
        Rule::YesNo | Rule::Count { .. } | Rule::Share { .. } => Vec::new(),
    }
}

/// Whether a rule has its figures, and full points can be reached but not exceeded.
fn figures_fit(part: &Part) -> bool {
    let best = |points: &mut dyn Iterator<Item = Points>| points.max() == Some(part.points);
    match &part.rule {
        Rule::YesNo => true,
        Rule::Count { minimum, credit, .. } => {
            let costs = match credit {
                CountCredit::EachMissing { costs } => !costs.is_zero(),
                CountCredit::Proportional | CountCredit::AllOrNothing => true,
            };
            (1..=MAX_FIGURE).contains(minimum) && costs
        }
        Rule::Share { credit: ShareCredit::Proportional { target, floor }, .. } => {
            *target > Proportion::NONE && floor <= target
        }
        Rule::Share { credit: ShareCredit::EachBelow { target, floor, step, costs }, .. } => {
            *target > Proportion::NONE && floor <= target && (1..=100).contains(step) && !costs.is_zero()
        }
        Rule::Share { credit: ShareCredit::Bands { bands }, .. } => {
            let falling =
                bands.windows(2).all(|w| w[0].at_least > w[1].at_least && w[0].points > w[1].points);
            falling && best(&mut bands.iter().map(|b| b.points))
        }
        Rule::Level { choices } => choices.len() > 1 && best(&mut choices.iter().map(|choice| choice.points)),
        Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => !occurrences.is_empty(),
        Rule::Facts { facts } => !facts.is_empty(),
    }
}

fn limit_fits(when: &LimitTest, rule: &Rule) -> bool {
    match (when, rule) {
        (LimitTest::No, Rule::YesNo) => true,
        (LimitTest::ShareBelow { percent }, Rule::Share { .. }) => *percent > Proportion::NONE,
        (LimitTest::ShareAbove { share }, Rule::Share { .. }) => *share < Proportion::ALL,
        (
            LimitTest::Occurrences { at_least },
            Rule::Deduction { .. } | Rule::FromTotal { .. } | Rule::Count { .. },
        ) => *at_least > 0,
        (LimitTest::CountBelow { fewer_than }, Rule::Count { .. }) => *fewer_than > 0,
        (LimitTest::FactMissing { fact }, Rule::Facts { facts }) => {
            facts.iter().any(|known| &known.id == fact)
        }
        (LimitTest::LevelIs { choice }, Rule::Level { choices }) => {
            choices.iter().any(|known| &known.id == choice)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Window,
        testing::{self, checklist, points},
    };

    #[test]
    fn a_faulty_checklist_is_told_what_is_wrong() {
        type Break = fn(&mut Checklist);
        type Named = fn(&ChecklistFault) -> bool;
        let cases: [(Break, Named); 9] = [
            (
                |l| l.aspects[0].items[0].parts[0].points = points(100),
                |f| matches!(f, ChecklistFault::Total(..)),
            ),
            (
                |l| l.aspects[0].items[1].id = l.aspects[0].items[0].id.clone(),
                |f| matches!(f, ChecklistFault::ItemTwice(_)),
            ),
            (|l| l.aspects[0].items[0].parts.clear(), |f| matches!(f, ChecklistFault::NoPart(_))),
            (|l| l.methods.clear(), |f| matches!(f, ChecklistFault::UnknownMethod(..))),
            (
                |l| l.aspects[1].items[0].parts[0].rule = testing::count(0),
                |f| matches!(f, ChecklistFault::Figures(..)),
            ),
            (
                |l| {
                    let taken = l.aspects[2].items[0].parts[0].rule.occurrences().unwrap().to_vec();
                    l.aspects[2].items[3].parts[0].rule = Rule::FromTotal { occurrences: taken };
                },
                |f| matches!(f, ChecklistFault::FromTotal(..)),
            ),
            (
                |l| l.aspects[0].items[0].parts[0].window = Window::Year,
                |f| matches!(f, ChecklistFault::NeverDue(..)),
            ),
            (
                |l| l.aspects[0].items[0].limits[0].when = LimitTest::Occurrences { at_least: 1 },
                |f| matches!(f, ChecklistFault::Limit(..)),
            ),
            (|l| l.grading.thresholds.reverse(), |f| matches!(f, ChecklistFault::Thresholds)),
        ];
        for (index, (break_it, named)) in cases.into_iter().enumerate() {
            let mut list = checklist();
            break_it(&mut list);
            assert!(checklist_faults(&list).iter().any(named), "case {index}: {:?}", checklist_faults(&list));
        }
    }
}
