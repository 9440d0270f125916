//! What came in, and what the upper level says of it (审核).

pub(crate) mod browsing;
pub(crate) mod pages;
mod reported;

pub(crate) use crate::server::database::pages::{ReportCounts as Counts, ReportFilter as Filter, Stage};
pub(crate) use pages::{Due, beside, by_unit, page};
pub(crate) use reported::Reported;

use super::{
    actor::{Actor, Unheard},
    clock::Clock,
    log::Deed,
    people::{Act, Denied, authority::denies},
    scope::{self, Gone, Trees},
};
use crate::{
    domain::{
        BranchCode, Checklist, ClaimedGrade, Grading, ItemId, PeriodId, SubmissionId,
        above::{self, NotTheirs},
        answer::MAX_TEXT_CHARS,
        check::is_plain_text,
        period::shanghai_date,
    },
    protocol::{Review, ReviewItem, ReviewState},
    server::database::{Database, DatabaseError, Unit, results::Counting, reviews::Decision},
    words::terms,
};
use jiff::civil::Date;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Why nothing was listed or said.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// What was named is no unit or period.
    #[error(transparent)]
    Scope(#[from] scope::Refusal),
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Nobody can speak so.
    #[error(transparent)]
    Unheard(#[from] Unheard),
    /// Not one submission is meant by this, but so many.
    #[error("{0:?} means {1} submissions")]
    NotOne(String, usize),
    /// It was withdrawn, or the branch has sent another one since.
    #[error("{0:?} does not count any more")]
    Replaced(String),
    /// Once something was said of it, a review does not begin any more.
    #[error("this is reviewed already")]
    Reviewed(ReviewState),
    /// What is said cannot stand.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// It was withdrawn or reviewed this very moment.
    #[error("somebody was quicker")]
    Overtaken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// A submission that counts, with what is needed to show it.
pub(crate) struct Row {
    /// Its branch.
    pub(crate) branch: Unit,
    /// The name of the unit it reports to.
    pub(crate) above: String,
    /// How it stands.
    pub(crate) counting: Counting,
    /// 申报等次, as the standard that it answers calls it.
    pub(crate) claimed: String,
    /// That the branch has ended since.
    pub(crate) gone: Option<Gone>,
}

impl Row {
    /// The day by which the branch was to answer, when that has passed.
    pub(crate) fn overdue(&self, today: Date) -> Option<Date> {
        self.counting.reviews.last().and_then(|last| overdue(last.state, last.due, today))
    }

    /// How far its review is; `None` before it begins.
    pub(crate) fn state(&self) -> Option<ReviewState> {
        self.counting.reviews.last().map(|review| review.state)
    }
}

/// What counts below a unit, in the order of branch codes; each with the names and the superior that its period has.
pub(crate) async fn list(
    database: &Database,
    period: Option<&PeriodId>,
    under: Option<&str>,
) -> Result<Vec<Row>, Refusal> {
    let root = scope::root(database, under).await?.map(|unit| unit.code);
    let mut trees = Trees::below(database, root.clone());
    let counting = match &root {
        None => database.counting(period).await?,
        Some(root) => counting_below(database, &mut trees, period, root).await?,
    };
    let mut rows = Vec::with_capacity(counting.len());
    for counting in counting {
        let tree = &trees.of(&counting.period).await?.tree;
        let Some(member) = tree.get(&counting.branch) else { continue };
        rows.push(Row {
            branch: member.unit.clone(),
            above: tree.above(&member.unit).map(|unit| unit.name.clone()).unwrap_or_default(),
            claimed: claimed(database, &counting).await?,
            counting,
            gone: member.ended.as_ref().map(|ended| Gone::of(ended, tree)),
        });
    }
    if let (true, Some(_)) = (rows.is_empty(), under) {
        // A unit with no branch below it is a slip, not an empty answer.
        scope::branches(database, under).await?;
    }
    if let Some(period) = period.filter(|_| rows.is_empty()) {
        // So is a period that no version has.
        let lists = database.ever_published().await?;
        let periods = lists.iter().flat_map(|list| &list.periods);
        let known: BTreeSet<PeriodId> = periods.map(|period| period.id.clone()).collect();
        if !known.contains(period) {
            return Err(scope::Refusal::NoPeriod(period.clone(), known).into());
        }
    }
    Ok(rows)
}

/// What counts of those that lay below a unit when their periods took the tree as it stood, in the order of branch codes.
async fn counting_below(
    database: &Database,
    trees: &mut Trees<'_>,
    period: Option<&PeriodId>,
    root: &BranchCode,
) -> Result<Vec<Counting>, DatabaseError> {
    let periods = match period {
        Some(period) => vec![period.clone()],
        None => database.reports_by_period().await?.into_keys().collect(),
    };
    let mut counting = Vec::new();
    for period in &periods {
        let tree = &trees.of(period).await?.tree;
        let codes = tree.all().map(|member| &member.unit.code);
        let below: Vec<BranchCode> = codes.filter(|code| tree.is_answered_by(code, root)).cloned().collect();
        counting.append(&mut database.counting_of(period, &below).await?);
    }
    counting.sort_by(|one, other| (&one.branch, &one.period).cmp(&(&other.branch, &other.period)));
    Ok(counting)
}

async fn claimed(database: &Database, counting: &Counting) -> Result<String, DatabaseError> {
    let claimed = counting.claimed;
    Ok(match claimed {
        ClaimedGrade::Own(_) => {
            let list = database.named_checklist(&counting.checklist).await?;
            terms::grade(&list.grading, claimed.into()).to_owned()
        }
        // The usual names need no standard.
        _ => terms::grade(&Grading::default(), claimed.into()).to_owned(),
    })
}

/// A submission, as far as one must know it to say something of it.
pub(crate) struct Known {
    /// Its id.
    pub(crate) id: SubmissionId,
    /// Its branch.
    pub(crate) branch: BranchCode,
    /// Its period.
    pub(crate) period: PeriodId,
    /// Its 回执码.
    pub(crate) receipt: String,
    /// The checklist that it answers.
    pub(crate) checklist: Arc<Checklist>,
    /// What was said of it, oldest first.
    pub(crate) reviews: Vec<Review>,
    /// Whether it is the one that counts for its branch and period.
    counts: bool,
    /// Whether its branch has ended: its phones send nothing more.
    has_ended: bool,
}

impl Known {
    /// Whether it is the one that counts for its branch and period.
    pub(crate) fn counts(&self) -> bool {
        self.counts
    }

    /// Whether its branch has ended: nothing is asked of it any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// By which it is told who answers for it.
    pub(crate) fn reported(&self) -> Reported {
        let ends = self.checklist.period(&self.period).map(|period| period.ends);
        Reported { branch: self.branch.clone(), period: self.period.clone(), ends }
    }
}

/// Those of these submissions that there are.
pub(crate) async fn known(
    database: &Database,
    ids: impl IntoIterator<Item = SubmissionId>,
) -> Result<BTreeMap<SubmissionId, Known>, DatabaseError> {
    let ids: BTreeSet<SubmissionId> = ids.into_iter().collect();
    let ids: Vec<SubmissionId> = ids.into_iter().collect();
    let mut known = BTreeMap::new();
    let found = database.known_of(&ids).await?;
    let branches: BTreeSet<BranchCode> = found.values().map(|one| one.branch.clone()).collect();
    let members = database.members(&branches.into_iter().collect::<Vec<_>>()).await?;
    let ended = members.into_iter().filter(|member| member.ended.is_some());
    let ended: BTreeSet<BranchCode> = ended.map(|member| member.unit.code).collect();
    for (id, one) in found {
        let checklist = database.named_checklist(&one.checklist).await?;
        let (branch, period, receipt) = (one.branch, one.period, one.code);
        let (reviews, counts) = (one.reviews, one.counts);
        let has_ended = ended.contains(&branch);
        known.insert(id, Known { id, branch, period, receipt, checklist, reviews, counts, has_ended });
    }
    Ok(known)
}

/// The submission that counts and is meant by a receipt code or the beginning of an id.
pub(crate) async fn find(database: &Database, text: &str) -> Result<Known, Refusal> {
    let wanted = text.trim().to_lowercase();
    let digits: String = wanted.chars().filter(|c| *c != '-' && *c != ' ').collect();
    // Of the id's first digits so many at least.
    let beginning = (digits.len() >= 4).then_some(wanted.as_str());
    let code = digits.split_at_checked(4).map(|(one, other)| format!("{one}-{other}")).unwrap_or_default();
    let meant = database.submissions_called(&code, beginning).await?;
    let [id] = meant[..] else { return Err(Refusal::NotOne(text.into(), meant.len())) };
    let found = known(database, [id]).await?.remove(&id).filter(|known| known.counts);
    found.ok_or_else(|| Refusal::Replaced(text.into()))
}

/// What somebody says of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opinion {
    /// The step.
    pub(crate) state: ReviewState,
    /// Why.
    pub(crate) reason: String,
    /// Why, item by item.
    pub(crate) items: Vec<ReviewItem>,
    /// By when the branch is to answer.
    pub(crate) due: Option<Date>,
}

impl Opinion {
    /// The day by which the branch is to answer, when that has passed already: it is entered as it is.
    pub(crate) fn overdue(&self, today: Date) -> Option<Date> {
        overdue(self.state, self.due, today)
    }

    /// Whether this was said there.
    pub(crate) fn is(&self, said: &Review) -> bool {
        let Self { state, reason, items, due } = self;
        (&said.state, &said.reason, &said.items, &said.due) == (state, reason, items, due)
    }
}

/// The day by which a branch was to answer what was said of its report, when that has passed: only a return asks for an answer.
fn overdue(state: ReviewState, due: Option<Date>, today: Date) -> Option<Date> {
    let asks = matches!(state, ReviewState::Returned | ReviewState::Incomplete);
    due.filter(|due| asks && *due < today)
}

impl From<ReviewState> for Opinion {
    /// A step that needs no reason.
    fn from(state: ReviewState) -> Self {
        Self { state, reason: String::new(), items: Vec::new(), due: None }
    }
}

/// Why something cannot be said of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsound {
    /// It never had as many reviews as its reader is said to have seen.
    #[error("it had {0} reviews")]
    NeverSo(usize),
    /// Something was said of it that its reader has not seen.
    #[error("somebody said something since")]
    Newer,
    /// It was withdrawn, or the branch has sent another one.
    #[error("it does not count any more")]
    Replaced,
    /// The branch has ended: it can send nothing that is asked for.
    #[error("the branch has ended")]
    Gone,
    /// Who asks a branch for something says why.
    #[error("there is no reason")]
    NoReason,
    /// The reason is too long, or no plain text.
    #[error("this is no reason to read")]
    UnfitReason,
    /// The reason of an item is.
    #[error("an item has no reason to read")]
    UnfitItem,
    /// There is nothing for the branch to mend in the item of this number.
    #[error("there is nothing to mend for the branch in item {0}: {1:?}")]
    NotTheirs(usize, NotTheirs),
}

/// What may be said: only [`check`] answers it.
#[derive(Debug, Clone)]
pub(crate) struct Sound {
    submission: SubmissionId,
    reported: Reported,
    after: usize,
    opinion: Opinion,
}

impl Sound {
    /// Of whose submission.
    pub(crate) fn branch(&self) -> &BranchCode {
        &self.reported.branch
    }

    /// What is said.
    pub(crate) fn opinion(&self) -> &Opinion {
        &self.opinion
    }
}

/// The number of an item in which there is nothing to mend for the branch in a period, and why. Of a period that the checklist has no
/// more, nobody knows what it judges.
pub(crate) fn not_theirs(
    checklist: &Checklist,
    period: &PeriodId,
    item: &ItemId,
) -> Option<(usize, NotTheirs)> {
    let (number, _, found) = checklist.find(item)?;
    let why = match checklist.period(period) {
        Some(period) => above::not_theirs(found, period),
        None => found.judged_above.then_some(NotTheirs::JudgedAbove),
    };
    why.map(|why| (number, why))
}

/// Whether something may be said of a submission by somebody who saw it with so many reviews; `None` when it was said then already.
pub(crate) fn check(known: &Known, after: usize, opinion: Opinion) -> Result<Option<Sound>, Unsound> {
    if known.reviews.get(after).is_some_and(|said| opinion.is(said)) {
        return Ok(None);
    }
    if after > known.reviews.len() {
        return Err(Unsound::NeverSo(known.reviews.len()));
    }
    if after != known.reviews.len() {
        return Err(Unsound::Newer);
    }
    if !known.counts {
        return Err(Unsound::Replaced);
    }
    let asks = matches!(opinion.state, ReviewState::Returned | ReviewState::Incomplete);
    if asks && known.has_ended {
        return Err(Unsound::Gone);
    }
    if asks && opinion.reason.is_empty() && opinion.items.is_empty() {
        return Err(Unsound::NoReason);
    }
    if !is_reason(&opinion.reason) {
        return Err(Unsound::UnfitReason);
    }
    if !opinion.items.iter().all(|item| is_reason(&item.reason)) {
        return Err(Unsound::UnfitItem);
    }
    let not_theirs = |one: &ReviewItem| not_theirs(&known.checklist, &known.period, &one.item);
    if let Some((number, why)) = opinion.items.iter().find_map(not_theirs) {
        return Err(Unsound::NotTheirs(number, why));
    }
    Ok(Some(Sound { submission: known.id, reported: known.reported(), after, opinion }))
}

/// Says it, each an act of its own, and answers the places of those where somebody was quicker: of these nothing was said.
pub(crate) async fn say(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    sound: &[&Sound],
) -> Result<BTreeSet<usize>, Refusal> {
    let at = clock.now_ms();
    for one in sound {
        one.reported.must(database, actor, Act::Review, shanghai_date(at)).await?;
    }
    let decision = |one: &Sound, by| {
        let Opinion { state, reason, items, due } = one.opinion.clone();
        let record = actor.record(at, deed(state), Some(one.branch()), one.submission);
        let review = Review { state, at, by, reason, items, due };
        Decision { submission: one.submission, after: one.after, review, record }
    };
    let decisions: Vec<Decision> = match sound {
        [] => return Ok(BTreeSet::new()),
        [one] => vec![decision(one, actor.speaker(database, one.branch()).await?)],
        [..] => {
            let speakers = actor.speakers(database, sound.iter().map(|one| one.branch())).await?;
            sound.iter().map(|one| decision(one, speakers.to(one.branch()))).collect()
        }
    };
    let overtaken = database.decide(&decisions).await?;
    let places = sound.iter().enumerate().filter(|(_, one)| overtaken.contains(&one.submission));
    Ok(places.map(|(place, _)| place).collect())
}

/// What is noted of a step.
fn deed(state: ReviewState) -> Deed {
    match state {
        ReviewState::InReview => Deed::ReviewBegun,
        ReviewState::Returned => Deed::Returned,
        ReviewState::Incomplete => Deed::FoundIncomplete,
        ReviewState::Approved => Deed::Approved,
    }
}

/// What came of a review.
pub(crate) enum Done {
    /// It stands so already.
    Unchanged,
    /// It was said to the branch of this name.
    Said {
        /// The branch's name.
        branch: String,
    },
}

/// Begins the review: from then on the branch cannot withdraw by itself.
pub(crate) async fn begin(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    known: &Known,
) -> Result<Done, Refusal> {
    may(database, clock, actor, known).await?;
    match known.reviews.last().map(|review| review.state) {
        None | Some(ReviewState::InReview) => {
            step(database, clock, actor, known, ReviewState::InReview).await
        }
        Some(other) => Err(Refusal::Reviewed(other)),
    }
}

/// Approves what a branch has sent.
pub(crate) async fn approve(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    known: &Known,
) -> Result<Done, Refusal> {
    may(database, clock, actor, known).await?;
    step(database, clock, actor, known, ReviewState::Approved).await
}

async fn step(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    known: &Known,
    state: ReviewState,
) -> Result<Done, Refusal> {
    if known.reviews.last().map(|review| review.state) == Some(state) {
        return Ok(Done::Unchanged);
    }
    one(database, clock, actor, known, state.into()).await
}

/// Sends it back to be changed or completed. The same again, in the same name, is nothing new.
pub(crate) async fn give_back(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    known: &Known,
    opinion: Opinion,
) -> Result<Done, Refusal> {
    may(database, clock, actor, known).await?;
    if let Some(last) = known.reviews.last().filter(|last| opinion.is(last))
        && last.by == actor.speaker(database, &known.branch).await?
    {
        return Ok(Done::Unchanged);
    }
    one(database, clock, actor, known, opinion).await
}

/// Fails where who acts may not review this, also where there would be nothing to do.
async fn may(database: &Database, clock: &dyn Clock, actor: &Actor, known: &Known) -> Result<(), Refusal> {
    Ok(known.reported().must(database, actor, Act::Review, shanghai_date(clock.now_ms())).await?)
}

/// Whether a branch can read this as a reason.
pub(crate) fn is_reason(text: &str) -> bool {
    is_plain_text(text, MAX_TEXT_CHARS, true)
}

async fn one(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    known: &Known,
    opinion: Opinion,
) -> Result<Done, Refusal> {
    let Some(sound) = check(known, known.reviews.len(), opinion)? else { return Ok(Done::Unchanged) };
    if !say(database, clock, actor, &[&sound]).await?.is_empty() {
        return Err(Refusal::Overtaken);
    }
    let branch = database.branch(&known.branch).await?.map(|info| info.name).unwrap_or_default();
    Ok(Done::Said { branch })
}
