//! 一份上报 as whoever reviews it reads it: what the branch said, item by item, beside what its ledger counted, what it had for the
//! period before, and what it said before the last return.

pub(crate) mod deciding;
mod items;
#[cfg(test)]
mod tests;

pub(crate) use items::{Difference, Flag, PartSeen, Seen, Was, items};

use super::{
    actor::Actor,
    people::{
        Act, Denied,
        authority::{self, denies, must},
    },
    reviewing::{self, Filter, Known, Stage},
    scope::Gone,
};
use crate::{
    domain::{BranchCode, ContentHash, Period, PeriodId, SubmissionId, ValueAbove},
    protocol::{Receipt, Review, ReviewState, SubmissionSummary},
    server::database::{Database, DatabaseError, Unit, papers::Paper, results::Report},
    words::terms,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// There is no such submission.
    #[error("there is no such submission")]
    Unknown,
    /// Whoever asks may not see it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// Another submission of the same branch.
pub(crate) struct Other {
    /// What it said.
    pub(crate) report: Report,
    /// For which period.
    pub(crate) period: Period,
}

/// A submission with what it is read beside.
pub(crate) struct Reading {
    /// Its branch, with the name that it has in the period.
    pub(crate) branch: Unit,
    /// The name of whom it reports to.
    pub(crate) above: String,
    /// That the branch has ended since.
    pub(crate) gone: Option<Gone>,
    /// What is said of it, and of what.
    pub(crate) known: Known,
    /// For which period, as its checklist has it.
    pub(crate) period: Period,
    /// Its receipt.
    pub(crate) receipt: Receipt,
    /// 申报等次, as its standard calls it.
    pub(crate) claimed: String,
    /// What it says, and what that scored.
    pub(crate) report: Report,
    /// Its photos that are not here.
    pub(crate) missing: BTreeSet<ContentHash>,
    /// How many submissions nothing follows: more than one means that two phones reported apart.
    pub(crate) heads: usize,
    /// The one that was reviewed before, which this one answers.
    pub(crate) before: Option<Other>,
    /// What was asked of the branch then.
    pub(crate) asked: Vec<Review>,
    /// What counted for the period before.
    pub(crate) last_period: Option<Other>,
    /// 由上级评: what was given for the period, oldest first.
    pub(crate) given: Vec<ValueAbove>,
    /// Whether whoever reads may say something of it.
    pub(crate) may_review: bool,
    /// What came on paper beside it, if anything did.
    pub(crate) paper: Option<Paper>,
}

impl Reading {
    /// How far its review is; `None` before it begins.
    pub(crate) fn state(&self) -> Option<ReviewState> {
        self.known.reviews.last().map(|review| review.state)
    }

    /// Whether somebody has still to say what comes of it.
    pub(crate) fn waits(&self) -> bool {
        self.known.counts() && matches!(self.state(), None | Some(ReviewState::InReview))
    }
}

/// A submission, read by somebody who may see its branch.
pub(crate) async fn read(
    database: &Database,
    actor: &Actor,
    id: SubmissionId,
    today: Date,
) -> Result<Reading, Refusal> {
    let known = seen(database, actor, id, today).await?;
    let report = database.report(id).await?.ok_or(Refusal::Unknown)?;
    let period = known.checklist.period(&known.period).cloned();
    let period = period.ok_or_else(|| DatabaseError::Missing(report.submission.checklist.clone()))?;
    let all = database.submissions(&known.branch).await?;
    let own = all.iter().find(|one| one.receipt.submission == id).ok_or(Refusal::Unknown)?;
    let (receipt, missing) = (own.receipt.clone(), own.missing.iter().cloned().collect());
    let (before, asked) = match reviewed_before(&all, &known.period, id) {
        Some(one) => {
            let asked = one.reviews.iter().filter(|review| asks(review.state)).cloned().collect();
            (other(database, one.receipt.submission).await?, asked)
        }
        None => (None, Vec::new()),
    };
    let last_period = last_period(database, &all, &period).await?;
    let day = database.freeze(&known.period).await?.unwrap_or(period.ends);
    let tree = database.tree_of(Some(&known.branch), Some(day)).await?;
    let member = tree.get(&known.branch).ok_or(Refusal::Unknown)?;
    let above = tree.above(&member.unit).map(|unit| unit.name.clone()).unwrap_or_default();
    let claimed = report.submission.declaration.claimed_grade;
    let mut papers = database.papers_of(&known.period, std::slice::from_ref(&known.branch)).await?;
    let given = database.given_to(&known.branch).await?.into_iter();
    Ok(Reading {
        branch: member.unit.clone(),
        above,
        gone: member.ended.as_ref().map(|ended| Gone::of(ended, &tree)),
        claimed: terms::grade(&known.checklist.grading, claimed.into()).to_owned(),
        heads: heads(&all, &known.period),
        given: given.filter(|value| value.period == known.period).collect(),
        paper: papers.remove(&known.branch),
        may_review: may_review(database, actor, &known, today).await?,
        known,
        period,
        receipt,
        report,
        missing,
        before,
        asked,
        last_period,
    })
}

/// Of whom a submission is, if whoever asks may see it.
pub(crate) async fn seen(
    database: &Database,
    actor: &Actor,
    id: SubmissionId,
    today: Date,
) -> Result<Known, Refusal> {
    let known = reviewing::known(database, [id]).await?.remove(&id).ok_or(Refusal::Unknown)?;
    known.reported().must(database, actor, Act::See, today).await?;
    Ok(known)
}

async fn may_review(
    database: &Database,
    actor: &Actor,
    known: &Known,
    today: Date,
) -> Result<bool, DatabaseError> {
    match known.reported().must(database, actor, Act::Review, today).await {
        Ok(()) => Ok(true),
        Err(authority::Refusal::Denied(_)) => Ok(false),
        Err(authority::Refusal::Database(error)) => Err(error),
    }
}

/// The reports before and after one, in the order of codes, that wait for a review, of those that a list shows which it was opened from.
pub(crate) async fn beside(
    database: &Database,
    actor: &Actor,
    filter: Filter,
    id: SubmissionId,
    today: Date,
) -> Result<[Option<SubmissionId>; 2], Refusal> {
    let known = seen(database, actor, id, today).await?;
    let scope = match (&filter.under, actor) {
        (Some(unit), _) => Some(unit.clone()),
        (None, Actor::Person(person)) => person.reaches(Act::See, today).into_iter().next(),
        (None, _) => database.tops().await?.into_iter().next(),
    };
    let (Some(scope), Some(period)) = (scope, known.checklist.period(&known.period)) else {
        return Ok([None, None]);
    };
    must(database, actor, Act::See, &scope, today).await?;
    let stage = match filter.stage {
        Some(Stage::Reviewed(ReviewState::InReview)) => filter.stage,
        _ => Some(Stage::Waiting),
    };
    let period = Some(period.id.clone());
    let filter = Filter { period, under: None, stage, overdue_on: None, ..filter };
    let day =
        database.freeze(&known.period).await?.or(known.checklist.period(&known.period).map(|it| it.ends));
    Ok(reviewing::beside(database, &scope, &filter, (&known.branch, day)).await?)
}

/// The branch of a submission that names this photo, if whoever asks may see it.
pub(crate) async fn photo_of(
    database: &Database,
    actor: &Actor,
    id: SubmissionId,
    photo: &ContentHash,
    today: Date,
) -> Result<BranchCode, Refusal> {
    let known = seen(database, actor, id, today).await?;
    let names = database.names_photo(id, photo).await?;
    if names { Ok(known.branch) } else { Err(Refusal::Unknown) }
}

fn asks(state: ReviewState) -> bool {
    matches!(state, ReviewState::Returned | ReviewState::Incomplete)
}

/// The newest one before it of which something was said: what was taken back or followed before anybody looked is nobody's business.
fn reviewed_before<'a>(
    all: &'a [SubmissionSummary],
    period: &PeriodId,
    id: SubmissionId,
) -> Option<&'a SubmissionSummary> {
    let earlier = all.iter().filter(|one| one.period == *period && one.receipt.submission < id);
    earlier.filter(|one| !one.reviews.is_empty()).max_by_key(|one| one.receipt.submission)
}

fn heads(all: &[SubmissionSummary], period: &PeriodId) -> usize {
    let counting = all.iter().filter(|one| one.period == *period && !one.withdrawn);
    let counting: Vec<_> = counting.map(|one| (one.receipt.submission, one.parents.clone())).collect();
    crate::domain::submission::heads(&counting).len()
}

async fn other(database: &Database, id: SubmissionId) -> Result<Option<Other>, DatabaseError> {
    let Some(report) = database.report(id).await? else { return Ok(None) };
    let list = database.named_checklist(&report.submission.checklist).await?;
    let period = list.period(&report.submission.period).cloned();
    Ok(period.map(|period| Other { report, period }))
}

/// What counted for the period that ended last before this one.
async fn last_period(
    database: &Database,
    all: &[SubmissionSummary],
    this: &Period,
) -> Result<Option<Other>, DatabaseError> {
    let elsewhere = all.iter().filter(|one| one.period != this.id && !one.withdrawn);
    let ids: Vec<SubmissionId> = elsewhere.map(|one| one.receipt.submission).collect();
    let mut last: Option<(Date, SubmissionId)> = None;
    for (id, one) in database.known_of(&ids).await?.into_iter().filter(|(_, one)| one.counts) {
        let list = database.named_checklist(&one.checklist).await?;
        let Some(period) = list.period(&one.period) else { continue };
        if period.ends < this.ends && last.is_none_or(|(ends, _)| ends < period.ends) {
            last = Some((period.ends, id));
        }
    }
    match last {
        Some((_, id)) => other(database, id).await,
        None => Ok(None),
    }
}
