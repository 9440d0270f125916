//! 限制 that can never hold a grade down: whoever wrote them trusts in something that will not happen.

use super::{
    answer::MAX_FIGURE,
    checklist::{Checklist, Item},
    grade::{GradeLimit, LimitTest},
    rule::Rule,
};

/// Why a limit can never hold a grade down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// More occurrences are asked for than the answer can hold.
    TooMany {
        /// The most that it can.
        most: u64,
    },
    /// No score reaches a better grade than the one that the limit leaves.
    NothingBetter,
}

/// The limits of a checklist that can never hold a grade down, with their items.
pub fn idle_limits(checklist: &Checklist) -> Vec<(&Item, &GradeLimit, Idle)> {
    let limits = checklist.items().flat_map(|(_, item)| item.limits.iter().map(move |limit| (item, limit)));
    limits.filter_map(|(item, limit)| Some((item, limit, idle(checklist, item, limit)?))).collect()
}

fn idle(checklist: &Checklist, item: &Item, limit: &GradeLimit) -> Option<Idle> {
    if checklist.grading.thresholds.iter().all(|line| line.grade <= limit.at_most) {
        return Some(Idle::NothingBetter);
    }
    if item.judged_above {
        // Whether it holds, the upper level says: whatever its figure is.
        return None;
    }
    let part = item.part(&limit.part)?;
    let LimitTest::Occurrences { at_least } = &limit.when else { return None };
    let figures = match &part.rule {
        Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => occurrences.len(),
        // As many windows as any period judges.
        Rule::Count { .. } => {
            let windows = checklist.periods.iter().map(|period| period.judged(part.window).len());
            windows.max().unwrap_or_default()
        }
        _ => return None,
    };
    let most = u64::from(MAX_FIGURE).saturating_mul(figures as u64);
    (u64::from(*at_least) > most).then_some(Idle::TooMany { most })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Grade, testing::checklist};

    /// Why the limits of the checklist are idle, after a change to it.
    fn after(change: impl Fn(&mut Checklist)) -> Vec<Idle> {
        let mut list = checklist();
        change(&mut list);
        idle_limits(&list).into_iter().map(|(.., why)| why).collect()
    }

    #[test]
    fn a_limit_that_can_never_hold_is_known_with_its_reason() {
        assert_eq!(after(|_| ()), []);
        let own = |list: &Checklist| list.aspects[0].items[0].limits.len();
        assert!(own(&checklist()) > 0);
        let above = after(|list| list.aspects[0].items[0].judged_above = true);
        assert_eq!(above, [], "the upper level says whether it holds");
        let nothing_better = after(|list| list.aspects[0].items[0].limits[0].at_most = Grade::Model);
        assert_eq!(nothing_better, [Idle::NothingBetter]);
        // A standard that ends at 优秀: what leaves 优秀 leaves everything.
        let short = after(|list| {
            list.grading.thresholds.retain(|line| line.grade < Grade::Model);
            list.aspects[0].items[0].limits[0].at_most = Grade::Excellent;
        });
        assert!(short.contains(&Idle::NothingBetter), "{short:?}");
    }

    #[test]
    fn more_than_an_answer_can_hold_never_happens() {
        let with = |at_least: u32| {
            after(move |list| {
                let items = list.aspects.iter_mut().flat_map(|aspect| &mut aspect.items);
                let counted = |item: &&mut Item| matches!(item.parts[0].rule, Rule::Deduction { .. });
                let item = items.into_iter().find(counted).unwrap();
                let mut limit = checklist().aspects[0].items[0].limits[0].clone();
                limit.part = item.parts[0].id.clone();
                limit.when = LimitTest::Occurrences { at_least };
                if let Rule::Deduction { occurrences } = &mut item.parts[0].rule {
                    occurrences.truncate(1);
                }
                item.limits = vec![limit];
            })
        };
        assert_eq!(with(MAX_FIGURE), []);
        assert_eq!(with(MAX_FIGURE + 1), [Idle::TooMany { most: MAX_FIGURE.into() }]);
    }
}
