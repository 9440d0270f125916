//! 由上级评: what the upper level gives for the items that it judges itself (打分).

use super::{
    actor::{Actor, Unheard},
    clock::Clock,
    log::Deed,
    people::{
        Act, Denied,
        authority::{denies, must_each},
    },
    results::{self, Results},
    reviewing, scope,
};
use crate::{
    domain::{
        BranchCode, Checklist, ItemId, LimitId, Period, PeriodId, Points, ValueAbove,
        above::{AskedAbove, asked_above},
        answer::MAX_TEXT_CHARS,
        check::is_plain_text,
        period::shanghai_date,
    },
    server::database::{Database, DatabaseError, Unit, values_above::Giving},
};
use std::collections::BTreeMap;

/// Why nothing was given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// What was named cannot be judged.
    #[error(transparent)]
    Results(#[from] reviewing::Refusal),
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The item is not judged above in the period.
    #[error("{title:?} is not judged above in this period")]
    NotJudged {
        /// Its title.
        title: String,
        /// Those that are, with their numbers.
        judged: Vec<(usize, String)>,
    },
    /// Nothing is published for the branch of this name.
    #[error("nothing is published for {0:?}")]
    NoStandard(String),
}

denies!(Refusal);

impl From<scope::Refusal> for Refusal {
    fn from(refusal: scope::Refusal) -> Self {
        Self::Results(refusal.into())
    }
}

impl From<Unheard> for Refusal {
    fn from(refusal: Unheard) -> Self {
        Self::Results(refusal.into())
    }
}

impl From<DatabaseError> for Refusal {
    fn from(error: DatabaseError) -> Self {
        Self::Results(error.into())
    }
}

/// Why something cannot be given for an item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsound {
    /// More points than there are.
    #[error("{0} points are more than there are")]
    TooMany(Points),
    /// The item has limits, and nobody said which of them hold. Nobody is let off, or held down, by saying nothing.
    #[error("nobody said which limits hold")]
    LimitsUnsaid,
    /// The item has no such limit.
    #[error("there is no limit {0:?}")]
    NoLimit(String),
    /// The reason is too long, or no plain text.
    #[error("this is no reason to read")]
    UnfitReason,
    /// Something was given that its reader has not seen.
    #[error("somebody gave something since")]
    Newer,
}

/// An item of a branch that the upper level judges, with what was given for it.
pub(crate) struct Row<'a> {
    /// The branch.
    pub(crate) branch: &'a Unit,
    /// The name of whom it reports to.
    pub(crate) above: &'a str,
    /// The item, as the branch's checklist asks it in the period.
    pub(crate) asked: AskedAbove<'a>,
    /// The period.
    pub(crate) period: &'a Period,
    /// What was given, oldest first.
    pub(crate) given: Vec<&'a ValueAbove>,
}

impl Row<'_> {
    /// The value that counts: the last one, as long as the item is the one that it was given for.
    pub(crate) fn counting(&self) -> Option<&ValueAbove> {
        self.given.last().copied().filter(|value| self.asked.takes(value))
    }
}

/// Every item that is judged above, branch by branch.
pub(crate) fn rows(results: &Results) -> impl Iterator<Item = Row<'_>> {
    results.branches.iter().flat_map(move |branch| {
        let list = results.checklist(&branch.code);
        let found = list.and_then(|list| Some((list, list.period(&results.period)?)));
        let given = results.given.get(&branch.code).map_or(&[][..], Vec::as_slice);
        let asked = found.map(|(list, period)| (asked_above(list, period), period));
        let (asked, period) = asked.map_or((Vec::new(), None), |(asked, period)| (asked, Some(period)));
        asked.into_iter().filter_map(move |asked| {
            let given = given.iter().filter(|value| value.item == asked.item.id).collect();
            let above = results.above.get(&branch.code).map_or("", String::as_str);
            Some(Row { branch, above, asked, period: period?, given })
        })
    })
}

/// One branch, as far as one must know it to judge it.
pub(crate) struct Judged {
    branch: Unit,
    results: Results,
}

/// The branch that is meant, in a period.
pub(crate) async fn branch(database: &Database, period: &PeriodId, text: &str) -> Result<Judged, Refusal> {
    let branch = scope::branch(&database.units_called(text).await?, text)?.clone();
    let results = results::of(database, period, Some(branch.code.as_str())).await?;
    Ok(Judged { branch, results })
}

impl Judged {
    /// The checklist that it stands under.
    pub(crate) fn checklist(&self) -> Result<&Checklist, Refusal> {
        let list = self.results.checklist(&self.branch.code);
        list.ok_or_else(|| Refusal::NoStandard(self.branch.name.clone()))
    }

    /// What of it is judged above.
    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        rows(&self.results).collect()
    }

    /// An item of it that is judged above in the period; refused for any other.
    pub(crate) fn row(&self, item: &ItemId) -> Result<Row<'_>, Refusal> {
        let mut rows = self.rows();
        match rows.iter().position(|row| row.asked.item.id == *item) {
            Some(place) => Ok(rows.swap_remove(place)),
            None => {
                let title = self.checklist()?.find(item).map(|(.., item)| item.title.clone());
                let judged = rows.iter().map(|row| (row.asked.number, row.asked.item.title.clone()));
                let judged = judged.collect();
                Err(Refusal::NotJudged { title: title.unwrap_or_else(|| item.to_string()), judged })
            }
        }
    }
}

/// What is judged above in several periods, by period, branch and item.
pub(crate) struct Periods(Vec<Results>);

impl Periods {
    /// Those of these periods that there are.
    pub(crate) async fn of(
        database: &Database,
        periods: impl IntoIterator<Item = PeriodId>,
    ) -> Result<Self, Refusal> {
        let mut all = Vec::new();
        for period in periods {
            match results::of(database, &period, None).await {
                Ok(results) => all.push(results),
                Err(reviewing::Refusal::Scope(scope::Refusal::NoPeriod(..))) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self(all))
    }

    /// What is judged above.
    pub(crate) fn rows(&self) -> BTreeMap<(&PeriodId, &BranchCode, &ItemId), Row<'_>> {
        let rows = self.0.iter().flat_map(rows);
        rows.map(|row| ((&row.period.id, &row.branch.code, &row.asked.item.id), row)).collect()
    }
}

/// The limits of an item that were said to hold: only [`holds`] answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holding(Vec<LimitId>);

impl Holding {
    /// Those that hold.
    pub(crate) fn limits(&self) -> &[LimitId] {
        &self.0
    }
}

/// The limits of an item that are said to hold; `None` where nothing is said of them.
pub(crate) fn holds(asked: &AskedAbove<'_>, said: Option<&[&str]>) -> Result<Holding, Unsound> {
    let limits = &asked.item.limits;
    let Some(said) = said else {
        return if limits.is_empty() { Ok(Holding(Vec::new())) } else { Err(Unsound::LimitsUnsaid) };
    };
    let is_one = |text: &&&str| limits.iter().any(|limit| limit.id.as_str() == **text);
    if let Some(unknown) = said.iter().find(|text| !is_one(text)) {
        return Err(Unsound::NoLimit((*unknown).to_owned()));
    }
    let held = limits.iter().filter(|limit| said.contains(&limit.id.as_str()));
    Ok(Holding(held.map(|limit| limit.id.clone()).collect()))
}

/// Points that may be given for an item.
pub(crate) fn points(asked: &AskedAbove<'_>, points: Points) -> Result<Points, Unsound> {
    if points > asked.most() { Err(Unsound::TooMany(points)) } else { Ok(points) }
}

/// What somebody gives for an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// Bonus included.
    pub(crate) points: Points,
    /// The limits that hold.
    pub(crate) holds: Holding,
    /// Why.
    pub(crate) reason: String,
}

impl Value {
    fn is(&self, given: &ValueAbove) -> bool {
        (given.points, &given.holds, &given.reason) == (self.points, &self.holds.0, &self.reason)
    }
}

/// What may be given: only [`check`] and [`check_now`] answer it.
#[derive(Debug, Clone)]
pub(crate) struct Sound {
    branch: BranchCode,
    period: PeriodId,
    item: ItemId,
    of: Points,
    after: usize,
    value: Value,
}

/// Whether something may be given for an item that nobody else looks at; `None` when it counts already.
pub(crate) fn check_now(row: &Row<'_>, value: Value) -> Result<Option<Sound>, Unsound> {
    if row.counting().is_some_and(|counting| value.is(counting)) {
        return Ok(None);
    }
    check(row, row.given.len(), value)
}

/// Whether something may be given for an item by somebody who saw it with so many values; `None` when it was given then already.
pub(crate) fn check(row: &Row<'_>, after: usize, value: Value) -> Result<Option<Sound>, Unsound> {
    points(&row.asked, value.points)?;
    let given = row.given.get(after).copied();
    if given.is_some_and(|given| row.asked.takes(given) && value.is(given)) {
        return Ok(None);
    }
    if after != row.given.len() {
        return Err(Unsound::Newer);
    }
    if !is_plain_text(&value.reason, MAX_TEXT_CHARS, true) {
        return Err(Unsound::UnfitReason);
    }
    // Said of another item.
    if let Some(other) =
        value.holds.0.iter().find(|id| !row.asked.item.limits.iter().any(|limit| limit.id == **id))
    {
        return Err(Unsound::NoLimit(other.to_string()));
    }
    Ok(Some(Sound {
        branch: row.branch.code.clone(),
        period: row.period.id.clone(),
        item: row.asked.item.id.clone(),
        of: row.asked.most(),
        after,
        value,
    }))
}

/// Gives it, each an act of its own, and answers in whose name; `None` where somebody was quicker: of these nothing was given.
pub(crate) async fn give(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    sound: &[&Sound],
) -> Result<Vec<Option<String>>, Refusal> {
    let at = clock.now_ms();
    must_each(database, actor, Act::Judge, sound.iter().map(|one| &one.branch), shanghai_date(at)).await?;
    let speakers = actor.speakers(database, sound.iter().map(|one| &one.branch)).await?;
    let giving = |one: &&Sound| {
        let Value { points, holds: Holding(holds), reason } = one.value.clone();
        let (period, item, of, by) = (one.period.clone(), one.item.clone(), one.of, speakers.to(&one.branch));
        let what = format!("{period} {item}");
        let record = actor.record(at, Deed::ValueGiven, Some(&one.branch), what);
        let value = ValueAbove { period, item, points, of, holds, reason, at, by };
        Giving { branch: one.branch.clone(), after: one.after, value, record }
    };
    let givings: Vec<Giving> = sound.iter().map(giving).collect();
    let overtaken = database.give(&givings).await?;
    let given = givings.into_iter().enumerate();
    Ok(given.map(|(place, one)| (!overtaken.contains(&place)).then_some(one.value.by)).collect())
}
