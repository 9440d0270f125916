//! Which version of scoring a checklist needs: the lowest that can say what it says.

use super::{
    checklist::{Checklist, Combine, Item},
    engine::first,
    grade::LimitTest,
    points::Points,
    proportion::Proportion,
    rule::{CountCredit, Rule, ShareCredit},
};

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
