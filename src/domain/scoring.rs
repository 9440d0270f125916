//! Scoring: what the answers amount to, with the figures behind every lost point.
//!
//! A pure function of checklist, period and answers: it does not know today's date, so phone and server agree. Each part is
//! rounded once, to hundredths; what does not apply leaves numerator and denominator, and the rest of its aspect is rescaled
//! exactly; a wholly inapplicable aspect is spread over the others; the total is rounded once. What is taken from the total (倒扣)
//! is taken last, as the standard says it, never rescaled.

use super::{
    answer::{NotApplicable, PartAnswer, Stance},
    assessment::Assessment,
    checklist::{Aspect, Checklist, Combine, Item, Part},
    ids::{AspectId, FactId, ItemId, PartId},
    period::{Period, Window},
    points::{Exact, Points},
    proportion::Proportion,
    rule::{self, CountCredit, Rule, ShareCredit},
};
use crate::json::FromJson;
use jiff::civil::Date;
use num_traits::CheckedAdd as _;
use serde::{Deserialize, Serialize};

/// The whole result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ScoreSheet {
    /// The aspects in order.
    pub aspects: Vec<AspectScore>,
    /// Out of the checklist's points, bonus left out.
    pub base: Points,
    /// What bonus parts add, capped.
    pub bonus: Points,
    /// 倒扣: what is taken from the two.
    #[serde(default, skip_serializing_if = "Points::is_zero")]
    pub taken: Points,
}

/// One aspect's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
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
    /// What they take from the total.
    #[serde(default, skip_serializing_if = "Points::is_zero")]
    pub taken: Points,
    /// The parts in order.
    pub parts: Vec<PartScore>,
}

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
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
    pub fn counts(self) -> bool {
        matches!(self, Self::Answered | Self::Unanswered | Self::Unsure)
    }

    /// Whether the branch still owes an answer.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Unanswered | Self::Unsure)
    }
}

/// One part's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PartScore {
    /// The part.
    pub part: PartId,
    /// What it is worth; zero when it is not due.
    pub points: Points,
    /// What it earned.
    pub got: Points,
    /// What it takes from the total.
    #[serde(default, skip_serializing_if = "Points::is_zero")]
    pub taken: Points,
    /// The figures that explain it.
    pub detail: PartDetail,
}

/// The figures behind a part's points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
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
    /// What the branch has by its own account, bonus included, less what is taken from it; never below zero.
    pub fn total(&self) -> Points {
        self.base.saturating_add(self.bonus).saturating_sub(self.taken)
    }

    /// All items in order.
    pub fn items(&self) -> impl Iterator<Item = &ItemScore> {
        self.aspects.iter().flat_map(|aspect| &aspect.items)
    }
}

impl ItemScore {
    /// What it cost: the points it did not earn, and those it takes from the total.
    pub fn lost(&self) -> Points {
        self.points.saturating_sub(self.got).saturating_add(self.taken)
    }

    /// Whether it is open although what is answered of it counts already.
    pub fn is_half_answered(&self) -> bool {
        self.state == ItemState::Unanswered && self.got > Points::ZERO
    }

    /// The parts because of which points were lost, with their places in the item. Of several ways of which the best counts, those
    /// that could have been worth more than it was.
    pub fn short<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = (usize, &'a Part, &'a PartScore)> {
        let parts = item.parts.iter().zip(&self.parts).enumerate();
        parts.map(|(place, (part, score))| (place, part, score)).filter(|(_, part, score)| {
            let matters = match item.combine {
                Combine::All => true,
                Combine::Any => score.points > self.got,
            };
            !part.bonus && matters && score.lost() > Points::ZERO
        })
    }
}

impl PartScore {
    /// What it cost: the points it did not earn, and those it takes from the total.
    pub fn lost(&self) -> Points {
        self.points.saturating_sub(self.got).saturating_add(self.taken)
    }
}

/// Scores an assessment. See the module's text for the rules.
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
    let (mut bonus, mut taken) = (Points::ZERO, Points::ZERO);
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
        taken = taken.saturating_add(items.iter().map(|(item, _)| item.taken).sum());
        let items = items.into_iter().map(|(item, _)| item).collect();
        aspects.push(AspectScore {
            aspect: aspect.id.clone(),
            full: Points::rounded(full),
            got: Points::rounded(earned),
            items,
        });
    }
    ScoreSheet { aspects, base: Points::rounded(total), bonus: bonus.min(checklist.bonus_cap), taken }
}

/// The item's score and the bonus it earns.
fn score_item(item: &Item, period: &Period, assessment: &Assessment) -> (ItemScore, Points) {
    let parts: Vec<(&Part, PartScore)> =
        item.parts.iter().map(|part| (part, score_part(item, part, period, assessment))).collect();
    let state = item_state(item, &parts, assessment);
    let mut score = ItemScore {
        item: item.id.clone(),
        state,
        points: Points::ZERO,
        got: Points::ZERO,
        taken: Points::ZERO,
        parts: Vec::new(),
    };
    let mut bonus = Points::ZERO;
    if state.counts() {
        let pick = |value: fn(&PartScore) -> Points| {
            let values = parts.iter().filter(|(part, _)| !part.bonus).map(|(_, score)| value(score));
            match item.combine {
                Combine::All => values.sum(),
                Combine::Any => values.max().unwrap_or(Points::ZERO),
            }
        };
        (score.points, score.got) = (pick(|score| score.points), pick(|score| score.got));
        score.taken = parts.iter().map(|(_, score)| score.taken).sum();
        bonus = parts.iter().filter(|(part, _)| part.bonus).map(|(_, score)| score.got).sum();
    }
    score.parts = parts.into_iter().map(|(_, score)| score).collect();
    (score, bonus)
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
    // A bonus is offered, not asked for.
    let asked: Vec<&PartScore> = due.filter(|(part, _)| !part.bonus).map(|(_, score)| score).collect();
    let complete = match item.combine {
        Combine::All => asked.iter().all(|score| score.detail.is_complete()),
        // One of several ways is enough, unless one that is not answered could be worth more.
        Combine::Any => {
            let alike = asked.windows(2).all(|ways| ways[0].points == ways[1].points);
            let answered = asked.iter().filter(|score| score.detail.is_complete());
            let best = answered.map(|score| score.got).max();
            best.is_some_and(|best| {
                alike || asked.iter().all(|score| score.detail.is_complete() || score.points <= best)
            })
        }
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
    let nothing = |points, detail| PartScore {
        part: part.id.clone(),
        points,
        got: Points::ZERO,
        taken: Points::ZERO,
        detail,
    };
    if period.judged(part.window).is_empty() {
        let until = running_end(period, part.window);
        return nothing(Points::ZERO, PartDetail::NotDue { until });
    }
    let answer = assessment.part(&item.id, &part.id);
    let scored = answer.and_then(|answer| score_answer(part, period, answer));
    scored.unwrap_or_else(|| nothing(part.points, PartDetail::Unanswered))
}

fn running_end(period: &Period, window: Window) -> Option<Date> {
    period.still_running(window).map(|span| span.ends)
}

/// What one answer earns in its part; `None` when it does not fit the rule or says nothing.
fn score_answer(part: &Part, period: &Period, answer: &PartAnswer) -> Option<PartScore> {
    let (worth, detail) = part_points(part, period, answer)?;
    let (got, taken) = match worth {
        Worth::Earned(got) => (got.min(part.points), Points::ZERO),
        Worth::Lost(lost) if matches!(part.rule, Rule::FromTotal { .. }) => {
            (part.points.saturating_sub(lost), lost.saturating_sub(part.points))
        }
        Worth::Lost(lost) => (part.points.saturating_sub(lost), Points::ZERO),
    };
    Some(PartScore { part: part.id.clone(), points: part.points, got, taken, detail })
}

/// What an answer does to the points of its part.
enum Worth {
    /// So many are earned.
    Earned(Points),
    /// So many are lost, which may be more than there are.
    Lost(Points),
}

/// Worth and figures of an answer; `None` when the answer does not fit the rule or says nothing.
fn part_points(part: &Part, period: &Period, answer: &PartAnswer) -> Option<(Worth, PartDetail)> {
    let given = PartDetail::Answer { answer: answer.clone() };
    Some(match (&part.rule, answer) {
        (Rule::YesNo, PartAnswer::YesNo { yes }) => {
            (Worth::Earned(if *yes { part.points } else { Points::ZERO }), given)
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
            (count_worth(part.points, minimum, *credit, &windows), PartDetail::Counts { minimum, windows })
        }
        (Rule::Share { credit, .. }, PartAnswer::Share { numerator, denominator }) if *denominator > 0 => {
            let numerator_capped = i128::from((*numerator).min(*denominator));
            let share = Exact::new(numerator_capped, i128::from(*denominator));
            let detail = PartDetail::Share { numerator: *numerator, denominator: *denominator };
            (share_worth(part.points, credit, share), detail)
        }
        (Rule::Level { choices }, PartAnswer::Level { choice }) => {
            let chosen = choices.iter().find(|offered| &offered.id == choice)?;
            (Worth::Earned(chosen.points), given)
        }
        (
            Rule::Deduction { occurrences } | Rule::FromTotal { occurrences },
            PartAnswer::Occurrences { counts },
        ) => {
            let each = |kind: &rule::Occurrence| kind.each.times(counts.get(&kind.id).copied().unwrap_or(0));
            (Worth::Lost(occurrences.iter().map(each).sum()), given)
        }
        (Rule::Facts { facts }, PartAnswer::Facts { met }) => {
            let missing: Vec<_> = facts.iter().filter(|fact| !met.contains(&fact.id)).collect();
            let lost = missing.iter().map(|fact| fact.deducts).sum();
            let missing = missing.into_iter().map(|fact| fact.id.clone()).collect();
            (Worth::Lost(lost), PartDetail::Facts { missing })
        }
        _ => return None,
    })
}

fn count_worth(points: Points, minimum: u32, credit: CountCredit, windows: &[WindowCount]) -> Worth {
    let done = windows.iter().map(|window| window.count.unwrap_or(0).min(minimum));
    let full = match credit {
        CountCredit::EachMissing { costs } => return Worth::Lost(costs.times(missing(minimum, windows))),
        CountCredit::Proportional => done.map(u64::from).sum(),
        CountCredit::AllOrNothing => done.filter(|count| *count == minimum).map(u64::from).sum::<u64>(),
    };
    let asked = i128::from(minimum) * windows.len() as i128;
    Worth::Earned(points.share(Exact::new(full.into(), asked)))
}

/// How many are missing in all judged windows together.
pub fn missing(minimum: u32, windows: &[WindowCount]) -> u32 {
    let short = windows.iter().map(|window| minimum.saturating_sub(window.count.unwrap_or(0)));
    short.fold(0, u32::saturating_add)
}

fn share_worth(points: Points, credit: &ShareCredit, share: Exact) -> Worth {
    match credit {
        ShareCredit::Proportional { floor, .. } | ShareCredit::EachBelow { floor, .. }
            if share < floor.exact() =>
        {
            Worth::Earned(Points::ZERO)
        }
        ShareCredit::Proportional { target, .. } if *target > Proportion::NONE => {
            Worth::Earned(points.share(share / target.exact()))
        }
        ShareCredit::Proportional { .. } => Worth::Earned(points),
        ShareCredit::EachBelow { target, step, costs, .. } => {
            Worth::Lost(costs.times(rule::steps_below(*target, *step, share)))
        }
        ShareCredit::Bands { bands } => {
            let reached = bands.iter().filter(|band| share >= band.at_least.exact());
            Worth::Earned(reached.map(|band| band.points).max().unwrap_or(Points::ZERO))
        }
    }
}
