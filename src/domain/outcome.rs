//! What can still honestly be done about a shortfall (还能办 / 已错过 / 还没到时候), judged by today's date.
//!
//! A missed month cannot be made up: only a window that has not ended, and a part that the standard calls mendable, leave
//! anything to do.

use super::{
    checklist::{Item, Part},
    period::Period,
    points::Points,
    scoring::{ItemScore, ItemState, PartDetail, PartScore},
};
use jiff::civil::Date;

/// How an answered, due item or part stands today. Ordered by how much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// 还能办: until this day, the earliest of them.
    StillPossible {
        /// The last day.
        until: Date,
    },
    /// 还没到时候: only windows that have not begun, or that end after the period.
    NotDue {
        /// When it falls due.
        until: Date,
    },
    /// 已错过: to be said as it is.
    Missed,
    /// 已做到
    Met,
}

impl Outcome {
    /// Whether something can still be done: 还能办, or 还没到时候.
    pub fn is_open(self) -> bool {
        matches!(self, Self::StillPossible { .. } | Self::NotDue { .. })
    }
}

/// How an item stands today; `None` while it is unanswered or does not count.
pub fn judge_item(item: &Item, score: &ItemScore, period: &Period, today: Date) -> Option<Outcome> {
    match score.state {
        ItemState::Answered => {}
        ItemState::NotDue => {
            let ends = score.parts.iter().filter_map(|part| match part.detail {
                PartDetail::NotDue { until } => until,
                _ => None,
            });
            return ends.min().map(|until| Outcome::NotDue { until });
        }
        _ => return None,
    }
    if score.lost() == Points::ZERO {
        return Some(Outcome::Met);
    }
    score.short(item).flat_map(|(_, part, score)| judge_part(part, score, period, today)).min()
}

/// What is short in one part: nothing when it is met, one outcome for each window that is short.
fn judge_part(part: &Part, score: &PartScore, period: &Period, today: Date) -> Vec<Outcome> {
    if score.lost() == Points::ZERO {
        return Vec::new();
    }
    let judge = |starts: Date, ends: Date| match () {
        () if !part.mendable || today > ends => Outcome::Missed,
        () if today < starts => Outcome::NotDue { until: ends },
        () => Outcome::StillPossible { until: ends },
    };
    match &score.detail {
        PartDetail::NotDue { .. } | PartDetail::Unanswered => Vec::new(),
        PartDetail::Counts { minimum, windows } => windows
            .iter()
            .filter(|window| window.count.is_some_and(|count| count < *minimum))
            .map(|window| judge(window.starts, window.ends))
            .collect(),
        PartDetail::Share { .. } | PartDetail::Facts { .. } | PartDetail::Answer { .. } => {
            period.judged(part.window).last().map(|span| judge(span.starts, span.ends)).into_iter().collect()
        }
    }
}
