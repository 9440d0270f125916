//! What becomes of a checklist's points in one period: judged by the branch's own account, judged above, or not judged at all.

use super::{
    checklist::{Checklist, Combine, Item},
    period::Period,
    points::Points,
};

/// The points of a checklist in one period, bonus left out; the three sums make up what the checklist is worth.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judged<'a> {
    /// What a branch can have by its own answers, where every item applies.
    pub own: Points,
    /// What the upper level judges.
    pub above: Points,
    /// What is not due: none of its windows ends in the period.
    pub not_due: Points,
    /// The items that the upper level judges, with their points.
    pub items_above: Vec<(&'a Item, Points)>,
    /// The items of which something is not due, with those points.
    pub items_not_due: Vec<(&'a Item, Points)>,
}

impl Judged<'_> {
    /// What the checklist is worth.
    pub fn all(&self) -> Points {
        [self.own, self.above, self.not_due].into_iter().sum()
    }
}

/// What the period judges.
pub fn judged<'a>(checklist: &'a Checklist, period: &Period) -> Judged<'a> {
    let mut told = Judged::default();
    for (_, item) in checklist.items() {
        let due = due(item, period);
        let not_due = item.points().saturating_sub(due);
        let (sum, named) = if item.judged_above {
            (&mut told.above, Some(&mut told.items_above))
        } else {
            (&mut told.own, None)
        };
        *sum = sum.saturating_add(due);
        if let Some(named) = named.filter(|_| due > Points::ZERO) {
            named.push((item, due));
        }
        told.not_due = told.not_due.saturating_add(not_due);
        if not_due > Points::ZERO {
            told.items_not_due.push((item, not_due));
        }
    }
    told
}

/// The points of an item that are judged in the period.
pub(super) fn due(item: &Item, period: &Period) -> Points {
    let parts = item.parts.iter().filter(|part| !part.bonus && !period.judged(part.window).is_empty());
    let parts = parts.map(|part| part.points);
    match item.combine {
        Combine::All => parts.sum(),
        Combine::Any => parts.max().unwrap_or(Points::ZERO),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Assessment, Window, score, testing};

    /// What the engine counts when nothing was answered and everything applies.
    fn counted(list: &Checklist) -> Points {
        let sheet = score(list, &testing::period(), &Assessment::default());
        sheet.items().map(|item| item.points).sum()
    }

    #[test]
    fn every_point_is_judged_here_or_above_or_not_due() {
        let mut list = testing::checklist();
        let whole: Points = list.aspects.iter().map(crate::domain::Aspect::points).sum();
        let before = judged(&list, &testing::period());
        assert_eq!((before.own, before.all()), (counted(&list), whole));
        let (own, not_due) = (before.own, before.not_due);
        // An item that the upper level judges, and one that is due once a year.
        let above = list.aspects[0].items[0].points();
        list.aspects[0].items[0].judged_above = true;
        for part in &mut list.aspects[0].items[1].parts {
            part.window = Window::Year;
        }
        let yearly = list.aspects[0].items[1].points();
        let after = judged(&list, &testing::period());
        assert_eq!((after.own, after.all()), (counted(&list), whole));
        assert_eq!(after.own, own.saturating_sub(above).saturating_sub(yearly));
        assert_eq!((after.above, after.not_due), (above, not_due.saturating_add(yearly)));
        let of = |items: &[(&Item, Points)], index: usize| {
            items.iter().any(|(item, _)| item.id == list.aspects[0].items[index].id)
        };
        assert!(of(&after.items_above, 0) && of(&after.items_not_due, 1));
    }
}
