//! Scoring: what the answers amount to, with the figures behind every lost point.
//!
//! A pure function of checklist, period and answers: it does not know today's date, so phone and server agree. Each part is
//! rounded once, to hundredths; what does not apply leaves numerator and denominator, and the rest of its aspect is rescaled
//! exactly; a wholly inapplicable aspect is spread over the others; the total is rounded once.

use super::{
    answer::{NotApplicable, PartAnswer, Stance},
    assessment::Assessment,
    checklist::{Aspect, Checklist, Combine, Item, Part},
    grade::Estimate,
    ids::{AspectId, FactId, ItemId, PartId},
    period::{Period, Window},
    points::{Exact, Points},
    rule::{CountCredit, Rule, ShareCredit},
};
use jiff::civil::Date;
use num_traits::CheckedAdd as _;
use serde::{Deserialize, Serialize};

/// Raised whenever the same answers could score differently; stored beside every score.
pub const ENGINE_VERSION: u16 = 1;

/// The whole result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ScoreSheet {
    /// The aspects in order.
    pub aspects: Vec<AspectScore>,
    /// Out of the checklist's points, bonus left out.
    pub base: Points,
    /// What bonus parts add, capped.
    pub bonus: Points,
}

/// One aspect's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AspectScore {
    /// The aspect.
    pub aspect: AspectId,
    /// What it is worth after the points of wholly inapplicable aspects were spread; zero if it is one of them.
    pub full: Points,
    /// What was earned of it.
    pub got: Points,
    /// The items in order.
    pub items: Vec<ItemScore>,
}

/// One item's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ItemScore {
    /// The item.
    pub item: ItemId,
    /// Why it counts or not.
    pub state: ItemState,
    /// What its due parts are worth; zero unless the item counts.
    pub points: Points,
    /// What they earned.
    pub got: Points,
    /// The parts in order.
    pub parts: Vec<PartScore>,
}

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Every due part is answered.
    Answered,
    /// Some due part, or some window of one, is not.
    Unanswered,
    /// 拿不准: counts as unanswered.
    Unsure,
    /// Declared not applicable.
    NotApplicable {
        /// Why.
        reason: NotApplicable,
    },
    /// The branch profile excludes it (本支部不设).
    Excluded,
    /// 由上级评
    JudgedAbove,
    /// 还没到时候: no window of it ends in this period.
    NotDue,
}

impl ItemState {
    /// Whether the item counts in numerator and denominator.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, Self::Answered | Self::Unanswered | Self::Unsure)
    }

    /// Whether the branch still owes an answer.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Unanswered | Self::Unsure)
    }
}

/// One part's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PartScore {
    /// The part.
    pub part: PartId,
    /// What it is worth; zero when it is not due.
    pub points: Points,
    /// What it earned.
    pub got: Points,
    /// The figures that explain it.
    pub detail: PartDetail,
}

/// The figures behind a part's points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartDetail {
    /// No window of it ends in this period.
    NotDue {
        /// When the running window ends.
        #[serde(default, with = "crate::domain::day::option")]
        until: Option<Date>,
    },
    /// Due, and nothing usable was answered.
    Unanswered,
    /// Counts window by window.
    Counts {
        /// Asked for in each window.
        minimum: u32,
        /// The judged windows.
        windows: Vec<WindowCount>,
    },
    /// How many of how many.
    Share {
        /// How many.
        numerator: u32,
        /// Out of how many.
        denominator: u32,
    },
    /// Facts that were not ticked.
    Facts {
        /// The missing ones.
        missing: Vec<FactId>,
    },
    /// The answer itself says all (yes/no, level, occurrences).
    Answer {
        /// As given.
        answer: PartAnswer,
    },
}

/// One judged window of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WindowCount {
    /// First day.
    #[serde(with = "crate::domain::day")]
    pub starts: Date,
    /// Last day.
    #[serde(with = "crate::domain::day")]
    pub ends: Date,
    /// The count; `None` when not answered.
    pub count: Option<u32>,
}

impl ScoreSheet {
    /// What the branch has by its own account, bonus included.
    #[must_use]
    pub fn total(&self) -> Points {
        self.base.saturating_add(self.bonus)
    }

    /// All items in order.
    pub fn items(&self) -> impl Iterator<Item = &ItemScore> {
        self.aspects.iter().flat_map(|aspect| &aspect.items)
    }

    /// What the answers amount to as a grade, with the limits that hold.
    #[must_use]
    pub fn estimate(&self, checklist: &Checklist) -> Estimate {
        let by_score = checklist.grading.by_score(self.total());
        let mut grade = by_score;
        let mut limits = Vec::new();
        for ((_, item), scored) in checklist.items().zip(self.items()) {
            for limit in item.limits.iter().filter(|_| scored.state.counts()) {
                let answered = scored.parts.iter().find(|part| part.part == limit.part);
                if answered
                    .and_then(|part| part.detail.as_answer(item, &part.part))
                    .is_some_and(|a| limit.when.holds(&a))
                {
                    grade = grade.min(limit.at_most);
                    limits.push((item.id.clone(), limit.id.clone()));
                }
            }
        }
        Estimate { by_score, limits, grade }
    }
}

impl PartDetail {
    /// The answer again, for the limits that look at it.
    fn as_answer(&self, item: &Item, part: &PartId) -> Option<PartAnswer> {
        match self {
            Self::Answer { answer } => Some(answer.clone()),
            Self::Share { numerator, denominator } => {
                Some(PartAnswer::Share { numerator: *numerator, denominator: *denominator })
            }
            Self::Facts { missing } => {
                let Rule::Facts { facts } = &item.part(part)?.rule else { return None };
                let met =
                    facts.iter().map(|fact| fact.id.clone()).filter(|id| !missing.contains(id)).collect();
                Some(PartAnswer::Facts { met })
            }
            Self::NotDue { .. } | Self::Unanswered | Self::Counts { .. } => None,
        }
    }
}

/// Scores an assessment. See the module's text for the rules.
#[must_use]
pub fn score(checklist: &Checklist, period: &Period, assessment: &Assessment) -> ScoreSheet {
    let scored: Vec<Vec<(ItemScore, Points)>> = checklist
        .aspects
        .iter()
        .map(|aspect| aspect.items.iter().map(|item| score_item(item, period, assessment)).collect())
        .collect();
    let applicable =
        |items: &[(ItemScore, Points)]| items.iter().map(|(item, _)| item.points).sum::<Points>();
    let whole: Points = checklist.aspects.iter().map(Aspect::points).sum();
    let alive: Points = checklist
        .aspects
        .iter()
        .zip(&scored)
        .filter(|(_, items)| applicable(items) > Points::ZERO)
        .map(|(aspect, _)| aspect.points())
        .sum();
    let exact = |points: Points| Exact::from_integer(i128::from(points.hundredths()));
    let mut total = Exact::from_integer(0);
    let mut bonus = Points::ZERO;
    let mut aspects = Vec::with_capacity(scored.len());
    for (aspect, items) in checklist.aspects.iter().zip(scored) {
        let (of, got) = (applicable(&items), items.iter().map(|(item, _)| item.got).sum::<Points>());
        let (full, earned) = if of == Points::ZERO {
            (Exact::from_integer(0), Exact::from_integer(0))
        } else {
            let full = exact(aspect.points()) * exact(whole) / exact(alive);
            (full, full * exact(got) / exact(of))
        };
        // Denominators are bounded by the checklist's points, so this cannot overflow for a checked checklist; for any
        // other one a rounded sum is better than a panic.
        total = total.checked_add(&earned).unwrap_or_else(|| Exact::from_integer((total + 0).to_integer()));
        bonus = bonus.saturating_add(items.iter().map(|(_, bonus)| *bonus).sum());
        let items = items.into_iter().map(|(item, _)| item).collect();
        aspects.push(AspectScore {
            aspect: aspect.id.clone(),
            full: Points::rounded(full),
            got: Points::rounded(earned),
            items,
        });
    }
    ScoreSheet { aspects, base: Points::rounded(total), bonus: bonus.min(checklist.bonus_cap) }
}

/// The item's score and the bonus it earns.
fn score_item(item: &Item, period: &Period, assessment: &Assessment) -> (ItemScore, Points) {
    let parts: Vec<(&Part, PartScore)> =
        item.parts.iter().map(|part| (part, score_part(item, part, period, assessment))).collect();
    let state = item_state(item, &parts, assessment);
    let (points, got, bonus) = if state.counts() {
        let pick = |value: fn(&PartScore) -> Points| {
            let values = parts.iter().filter(|(part, _)| !part.bonus).map(|(_, score)| value(score));
            match item.combine {
                Combine::All => values.sum(),
                Combine::Any => values.max().unwrap_or(Points::ZERO),
            }
        };
        let bonus = parts.iter().filter(|(part, _)| part.bonus).map(|(_, score)| score.got).sum();
        (pick(|score| score.points), pick(|score| score.got), bonus)
    } else {
        (Points::ZERO, Points::ZERO, Points::ZERO)
    };
    let parts = parts.into_iter().map(|(_, score)| score).collect();
    (ItemScore { item: item.id.clone(), state, points, got, parts }, bonus)
}

fn item_state(item: &Item, parts: &[(&Part, PartScore)], assessment: &Assessment) -> ItemState {
    if item.judged_above {
        return ItemState::JudgedAbove;
    }
    if item.only_if.is_some_and(|only| assessment.profile().is_some_and(|profile| !only.holds(profile))) {
        return ItemState::Excluded;
    }
    let mut due =
        parts.iter().filter(|(_, score)| !matches!(score.detail, PartDetail::NotDue { .. })).peekable();
    if due.peek().is_none() {
        return ItemState::NotDue;
    }
    match assessment.stance(&item.id) {
        Stance::NotApplicable { reason: NotApplicable::AbsentHere } if item.may_be_absent => {
            return ItemState::NotApplicable { reason: NotApplicable::AbsentHere };
        }
        Stance::NotApplicable { reason: NotApplicable::NoOccurrence } if item.may_not_occur => {
            return ItemState::NotApplicable { reason: NotApplicable::NoOccurrence };
        }
        Stance::Unsure => return ItemState::Unsure,
        Stance::Applies | Stance::NotApplicable { .. } => {}
    }
    // A bonus is offered, not asked for; and one of several alternative ways is enough.
    let mut asked = due.filter(|(part, _)| !part.bonus);
    let complete = match item.combine {
        Combine::All => asked.all(|(_, score)| score.detail.is_complete()),
        Combine::Any => asked.any(|(_, score)| score.detail.is_complete()),
    };
    if complete { ItemState::Answered } else { ItemState::Unanswered }
}

impl PartDetail {
    fn is_complete(&self) -> bool {
        match self {
            Self::Unanswered | Self::NotDue { .. } => false,
            Self::Counts { windows, .. } => windows.iter().all(|window| window.count.is_some()),
            Self::Share { .. } | Self::Facts { .. } | Self::Answer { .. } => true,
        }
    }
}

fn score_part(item: &Item, part: &Part, period: &Period, assessment: &Assessment) -> PartScore {
    let result = |points, share, detail| PartScore { part: part.id.clone(), points, got: share, detail };
    let spans = period.judged(part.window);
    if spans.is_empty() {
        let until = running_end(period, part.window);
        return result(Points::ZERO, Points::ZERO, PartDetail::NotDue { until });
    }
    let answer = assessment.part(&item.id, &part.id);
    let Some((got, detail)) = answer.and_then(|answer| part_points(part, period, answer)) else {
        return result(part.points, Points::ZERO, PartDetail::Unanswered);
    };
    result(part.points, got.min(part.points), detail)
}

fn running_end(period: &Period, window: Window) -> Option<Date> {
    period.still_running(window).map(|span| span.ends)
}

/// What one answer earns in its part; `None` when it does not fit the rule or says nothing.
#[must_use]
pub fn score_answer(part: &Part, period: &Period, answer: &PartAnswer) -> Option<PartScore> {
    let (got, detail) = part_points(part, period, answer)?;
    Some(PartScore { part: part.id.clone(), points: part.points, got: got.min(part.points), detail })
}

/// Points and figures of an answer; `None` when the answer does not fit the rule or says nothing.
fn part_points(part: &Part, period: &Period, answer: &PartAnswer) -> Option<(Points, PartDetail)> {
    let given = PartDetail::Answer { answer: answer.clone() };
    match (&part.rule, answer) {
        (Rule::YesNo, PartAnswer::YesNo { yes }) => {
            Some((if *yes { part.points } else { Points::ZERO }, given))
        }
        (Rule::Count { minimum, credit, .. }, PartAnswer::Counts { counts }) => {
            let minimum = (*minimum).max(1);
            let windows: Vec<WindowCount> = period
                .judged(part.window)
                .into_iter()
                .map(|span| {
                    let count = counts.get(&span.key).copied();
                    WindowCount { starts: span.starts, ends: span.ends, count }
                })
                .collect();
            if windows.iter().all(|window| window.count.is_none()) {
                return None;
            }
            let earned: u64 = windows
                .iter()
                .map(|window| match (window.count.unwrap_or(0).min(minimum), credit) {
                    (count, CountCredit::Proportional) => u64::from(count),
                    (count, CountCredit::AllOrNothing) if count == minimum => u64::from(minimum),
                    (_, CountCredit::AllOrNothing) => 0,
                })
                .sum();
            let asked = i128::from(minimum) * windows.len() as i128;
            let got = part.points.share(Exact::new(i128::from(earned), asked));
            Some((got, PartDetail::Counts { minimum, windows }))
        }
        (Rule::Share { credit, .. }, PartAnswer::Share { numerator, denominator }) if *denominator > 0 => {
            let numerator_capped = i128::from((*numerator).min(*denominator));
            let share = Exact::new(numerator_capped, i128::from(*denominator));
            let percent = |value: u8| Exact::new(i128::from(value), 100);
            let got = match credit {
                ShareCredit::Proportional { floor, .. } if share < percent(*floor) => Points::ZERO,
                ShareCredit::Proportional { target, .. } => {
                    part.points.share(share / percent((*target).max(1)))
                }
                ShareCredit::Bands { bands } => bands
                    .iter()
                    .filter(|band| share >= percent(band.at_least))
                    .map(|band| band.points)
                    .max()
                    .unwrap_or(Points::ZERO),
            };
            Some((got, PartDetail::Share { numerator: *numerator, denominator: *denominator }))
        }
        (Rule::Level { choices }, PartAnswer::Level { choice }) => {
            choices.iter().find(|offered| &offered.id == choice).map(|offered| (offered.points, given))
        }
        (Rule::Deduction { occurrences }, PartAnswer::Occurrences { counts }) => {
            let lost: Points = occurrences
                .iter()
                .map(|kind| kind.each.times(counts.get(&kind.id).copied().unwrap_or(0)))
                .sum();
            Some((part.points.saturating_sub(lost), given))
        }
        (Rule::Facts { facts }, PartAnswer::Facts { met }) => {
            let missing: Vec<_> = facts.iter().filter(|fact| !met.contains(&fact.id)).collect();
            let lost: Points = missing.iter().map(|fact| fact.deducts).sum();
            let missing = missing.into_iter().map(|fact| fact.id.clone()).collect();
            Some((part.points.saturating_sub(lost), PartDetail::Facts { missing }))
        }
        _ => None,
    }
}
