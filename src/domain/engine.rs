//! Versions of scoring. A checklist says which one it asks for; what was scored by an earlier one scores so for ever.
//!
//! - **1** knows yes/no, counts in proportion or all or nothing, shares in whole percent (in proportion, in bands), levels,
//!   deductions, facts, alternative ways of the same worth, and limits on yes/no, a share that is too low, occurrences, facts and
//!   levels.
//! - **2** adds: each missing one of a count costs; each step of a share below its target costs; fractions; deductions from the
//!   total; alternative ways of unequal worth; limits on counts and on a share that is too high; full points other than 100, own
//!   grades, limits on the whole.

use super::{
    checklist::{Checklist, Combine, Item},
    grade::LimitTest,
    points::Points,
    proportion::Proportion,
    rule::{CountCredit, Rule, ShareCredit},
};
use serde::{Deserialize as _, Deserializer, de};

/// The latest version of scoring that this program knows; it knows all earlier ones.
pub const ENGINE_VERSION: u16 = 2;

impl Checklist {
    /// The lowest version of scoring that can say what this checklist says.
    pub fn needs(&self) -> u16 {
        // What a program of the first version would pass over: it would show 100 points, other grades or a better one.
        let of_the_whole =
            self.full != Points::HUNDRED || !self.grading.names.is_empty() || !self.limits.is_empty();
        let of_items = self.items().map(|(_, item)| item.needs()).max().unwrap_or(first());
        if of_the_whole { of_items.max(2) } else { of_items }
    }
}

impl Item {
    /// The lowest version of scoring that can say what this item says.
    pub fn needs(&self) -> u16 {
        if is_of_second(self) { 2 } else { first() }
    }
}

fn is_of_second(item: &Item) -> bool {
    let mut worth = item.parts.iter().filter(|part| !part.bonus).map(|part| part.points);
    let first = worth.next();
    let is_unequal = item.combine == Combine::Any && worth.any(|points| Some(points) != first);
    let fraction = |share: &Proportion| share.whole_percent().is_none();
    let rules = item.parts.iter().any(|part| match &part.rule {
        Rule::FromTotal { .. }
        | Rule::Count { credit: CountCredit::EachMissing { .. }, .. }
        | Rule::Share { credit: ShareCredit::EachBelow { .. }, .. } => true,
        Rule::Share { credit: ShareCredit::Proportional { target, floor }, .. } => {
            fraction(target) || fraction(floor)
        }
        Rule::Share { credit: ShareCredit::Bands { bands }, .. } => {
            bands.iter().any(|band| fraction(&band.at_least))
        }
        Rule::YesNo
        | Rule::Count { .. }
        | Rule::Level { .. }
        | Rule::Deduction { .. }
        | Rule::Facts { .. } => false,
    });
    let limits = item.limits.iter().any(|limit| match &limit.when {
        LimitTest::CountBelow { .. } | LimitTest::ShareAbove { .. } => true,
        LimitTest::ShareBelow { percent } => fraction(percent),
        LimitTest::Occurrences { .. } => {
            item.part(&limit.part).is_some_and(|part| matches!(part.rule, Rule::Count { .. }))
        }
        LimitTest::No | LimitTest::FactMissing { .. } | LimitTest::LevelIs { .. } => false,
    });
    is_unequal || rules || limits
}

/// What a checklist asks for that says nothing of it.
pub(super) const fn first() -> u16 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) fn is_first(engine: &u16) -> bool {
    *engine == first()
}

/// Reads the version, and refuses those that this program does not know.
pub(super) fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let engine = u16::deserialize(deserializer)?;
    if (first()..=ENGINE_VERSION).contains(&engine) {
        Ok(engine)
    } else {
        Err(de::Error::custom(format_args!(
            "scoring of version {engine} is not known here; update the program"
        )))
    }
}
