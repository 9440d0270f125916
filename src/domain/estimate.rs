//! 自评估算: what the branch's own answers amount to as a grade, and which limits hold.

use super::{
    answer::PartAnswer,
    checklist::Checklist,
    grade::{Grade, LimitTest},
    ids::{ItemId, LimitId},
    points::Exact,
    scoring::{PartDetail, ScoreSheet, WindowCount},
    whole::{WholeLimit, WholeTest},
};

/// 自评估算: what the branch's own answers amount to. Not a grade: only the upper level grades.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// What the score alone reaches.
    pub by_score: Grade,
    /// The limits that hold, as (item, limit).
    pub limits: Vec<(ItemId, LimitId)>,
    /// The limits on the whole that hold.
    pub whole: Vec<LimitId>,
    /// What is left.
    pub grade: Grade,
}

impl ScoreSheet {
    /// What the answers amount to as a grade, with the limits that hold.
    pub fn estimate(&self, checklist: &Checklist) -> Estimate {
        let by_score = checklist.grading.by_score(self.total());
        let mut grade = by_score;
        let mut limits = Vec::new();
        for ((_, item), scored) in checklist.items().zip(self.items()) {
            for limit in item.limits.iter().filter(|_| scored.state.counts()) {
                let answered = scored.parts.iter().find(|part| part.part == limit.part);
                if answered.is_some_and(|part| limit.when.holds(&part.detail)) {
                    grade = grade.min(limit.at_most);
                    limits.push((item.id.clone(), limit.id.clone()));
                }
            }
        }
        let whole: Vec<_> = checklist.limits.iter().filter(|limit| limit.holds(self)).collect();
        let grade = whole.iter().map(|limit| limit.at_most).fold(grade, Ord::min);
        let whole = whole.into_iter().map(|limit| limit.id.clone()).collect();
        Estimate { by_score, limits, whole, grade }
    }
}

impl LimitTest {
    /// Whether the condition holds for what was answered to its part. A count of which a judged window is open is not answered.
    pub fn holds(&self, answered: &PartDetail) -> bool {
        match (self, answered) {
            (Self::No, PartDetail::Answer { answer: PartAnswer::YesNo { yes } }) => !yes,
            (Self::ShareBelow { percent }, PartDetail::Share { numerator, denominator }) => {
                share(*numerator, *denominator).is_some_and(|share| share < percent.exact())
            }
            (Self::ShareAbove { share: most }, PartDetail::Share { numerator, denominator }) => {
                share(*numerator, *denominator).is_some_and(|share| share > most.exact())
            }
            (
                Self::Occurrences { at_least },
                PartDetail::Answer { answer: PartAnswer::Occurrences { counts } },
            ) => counts.values().fold(0_u32, |sum, n| sum.saturating_add(*n)) >= *at_least,
            (Self::Occurrences { at_least }, PartDetail::Counts { windows, .. }) => {
                in_all(windows).is_some_and(|sum| sum >= *at_least)
            }
            (Self::CountBelow { fewer_than }, PartDetail::Counts { windows, .. }) => {
                in_all(windows).is_some_and(|sum| sum < *fewer_than)
            }
            (Self::FactMissing { fact }, PartDetail::Facts { missing }) => missing.contains(fact),
            (
                Self::LevelIs { choice },
                PartDetail::Answer { answer: PartAnswer::Level { choice: given } },
            ) => choice == given,
            _ => false,
        }
    }
}

fn share(numerator: u32, denominator: u32) -> Option<Exact> {
    (denominator > 0).then(|| Exact::new(numerator.into(), denominator.into()))
}

/// All judged windows together; `None` while one is open.
fn in_all(windows: &[WindowCount]) -> Option<u32> {
    windows.iter().try_fold(0_u32, |sum, window| Some(sum.saturating_add(window.count?)))
}

impl WholeLimit {
    /// Whether it holds by what was earned.
    pub fn holds(&self, sheet: &ScoreSheet) -> bool {
        let WholeTest::AspectBelow { aspect, percent } = &self.when else { return false };
        let Some(scored) = sheet.aspects.iter().find(|scored| &scored.aspect == aspect) else { return false };
        let [got, full] = [scored.got, scored.full].map(|points| u64::from(points.hundredths()));
        let is_open = scored.items.iter().any(|item| item.state.is_open());
        !is_open && full > 0 && got * 100 < full * u64::from(*percent)
    }
}
