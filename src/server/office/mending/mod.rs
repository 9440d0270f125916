//! 问题和整改 as the upper level sees them: how they stand, closing them (销号), sending them back (退回), adding what inspectors
//! found. What phones write of them is not here.

pub(crate) mod adding;
pub(crate) mod counts;
pub(crate) mod deciding;
#[cfg(test)]
mod desk_tests;
pub(crate) mod inherited;
pub(crate) mod items;
pub(crate) mod kinds;
mod pages;
mod reach;
#[cfg(test)]
mod tests;

pub(crate) use crate::server::database::pages::{FindingCounts, FindingFilter as Filter};
#[cfg(test)]
pub(crate) use pages::page;
pub(crate) use pages::{by_unit, seen};

use super::{
    actor::{Actor, Unheard},
    clock::Clock,
    log::Deed,
    people::{
        Act, Denied,
        authority::{denies, must},
    },
    scope::{self, Gone},
};
use crate::{
    domain::{
        BranchCode, Finding, FindingId, FindingState, Ruling,
        answer::MAX_TEXT_CHARS,
        check::is_plain_text,
        finding::check::{FindingFault, MAX_FINDING_ENTRIES},
        period::shanghai_date,
    },
    server::database::{
        Database, DatabaseError, Tree, Unit,
        findings::{Said, Standing},
    },
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// So many digits a number has at least.
const NUMBER_DIGITS: usize = 8;
/// Somebody else of the upper level may say something while something is worked out from what was read: then it is read once more,
/// so often.
const MOST_TRIES: usize = 5;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is not clear of which units.
    #[error(transparent)]
    Scope(#[from] scope::Refusal),
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Nobody can decide in this name.
    #[error(transparent)]
    Unheard(#[from] Unheard),
    /// No finding has this number.
    #[error("no finding has the number {0:?}")]
    Unknown(String),
    /// The number is that of several.
    #[error("{1} findings have the number {0:?}")]
    Ambiguous(
        /// The number.
        String,
        /// How many.
        usize,
    ),
    /// The branch has not said that it is mended.
    #[error("{branch}: {number:?} is not mended but {state:?}")]
    NotMended {
        /// The branch's name.
        branch: String,
        /// The number, as it was given.
        number: String,
        /// How it stands.
        state: FindingState,
    },
    /// The branch has found it itself, and closes it itself.
    #[error("{branch}: {number:?} is the branch's own")]
    Own {
        /// The branch's name.
        branch: String,
        /// The number, as it was given.
        number: String,
    },
    /// Its branch was merged, and another one has to mend it now.
    #[error("{branch} was merged: {into} has to mend it now")]
    PassedOn {
        /// The branch's name.
        branch: String,
        /// The name of what it was merged into.
        into: String,
    },
    /// No such kind is given to problems of this branch.
    #[error("no kind that is given here")]
    NoKind,
    /// A kind cannot be called so.
    #[error("a kind has a name of one line, of up to {MAX_KIND_CHARS} characters", MAX_KIND_CHARS = kinds::MAX_NAME_CHARS)]
    KindName,
    /// The day cannot be meant.
    #[error("{0} cannot be meant")]
    Day(Date),
    /// The reason is missing, too long, or holds what is no text.
    #[error("a reason is a text of up to {MAX_TEXT_CHARS} characters")]
    Reason,
    /// It cannot be stored.
    #[error(transparent)]
    Unsaid(#[from] Unsaid),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// Why words of the upper level were not stored; then none of them was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsaid {
    /// The upper level itself writes faster than can be read here.
    #[error("somebody else is writing of the same findings; try again later")]
    Overtaken,
    /// One of them is none that anybody may write. Whoever asks for something looks at its texts first; this is the last door.
    #[error("a word cannot be written: {0}")]
    Faulty(FindingFault),
    /// The branch would have too many.
    #[error("branch {0} would have more than {MAX_FINDING_ENTRIES} entries of findings")]
    Full(BranchCode),
}

/// A finding with what is needed to show it.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its branch.
    pub(crate) branch: Unit,
    /// The name of the unit that the branch reports to.
    pub(crate) above: String,
    /// 编号: see [`numbers`].
    pub(crate) number: String,
    /// The finding.
    pub(crate) finding: Finding,
    /// That the branch has ended, and how.
    pub(crate) gone: Option<Gone>,
}

/// A finding that something was decided of.
#[derive(Debug)]
pub(crate) struct Decided {
    /// The name of its branch.
    pub(crate) branch: String,
    /// 编号
    pub(crate) number: String,
    /// Whether it was not so before.
    pub(crate) is_new: bool,
}

impl Decided {
    fn of(row: &Row, is_new: bool) -> Self {
        Self { branch: row.branch.name.clone(), number: row.number.clone(), is_new }
    }
}

/// The hexadecimal digits of an id, without dashes.
fn digits(id: FindingId) -> String {
    id.0.simple().to_string()
}

/// 编号 of findings, by which everybody above knows them: the last eight digits of the id, which are not of its time; more of them
/// where another finding ends the same way, so that what is printed always tells which one is meant.
fn numbers(ids: impl Iterator<Item = FindingId>) -> BTreeMap<FindingId, String> {
    const DIGITS: u128 = 0x0f0f_0f0f_0f0f_0f0f_0f0f_0f0f_0f0f_0f0f;
    // From the last digit to the first.
    let backwards = |id: FindingId| {
        let bytes = id.0.as_u128().swap_bytes();
        (bytes & DIGITS) << 4 | (bytes >> 4) & DIGITS
    };
    let ends: BTreeMap<u128, FindingId> = ids.map(|id| (backwards(id), id)).collect();
    let shared = |one: &u128, other: &u128| (one ^ other).leading_zeros() as usize / 4;
    let mut numbers = BTreeMap::new();
    let (mut before, mut after) = (0, ends.keys().skip(1));
    for (end, id) in &ends {
        // In this order, an end has most in common with its neighbours.
        let next = after.next().map_or(0, |next| shared(end, next));
        let (length, whole) = (NUMBER_DIGITS.max(before.max(next) + 1), digits(*id));
        numbers.insert(*id, whole.get(whole.len().saturating_sub(length)..).unwrap_or(&whole).to_owned());
        before = next;
    }
    numbers
}

/// All findings below a unit, by branch, the oldest of each first.
pub(crate) async fn list(database: &Database, under: Option<&str>) -> Result<Vec<Row>, Refusal> {
    let root = scope::root(database, under).await?.map(|unit| unit.code);
    let tree = database.tree_of(root.as_ref(), None).await?;
    let branches: Vec<BranchCode> =
        scope::branches_in(&tree, root.as_ref()).map(|unit| unit.code.clone()).collect();
    if let (true, Some(under)) = (branches.is_empty(), under) {
        return Err(scope::Refusal::NoBranches(under.into()).into());
    }
    let (standing, alike) = match &root {
        Some(_) => (database.standing(Some(&branches)).await?, database.that_end_alike(&branches).await?),
        // All are there already.
        None => (database.standing(None).await?, Vec::new()),
    };
    Ok(rows(database, &tree, standing, &alike, root.as_ref()).await?)
}

/// Those that concern anybody; beside `alike`, which end like one of them. What a branch wrote by mistake does not; what went over to another branch is listed there, here only
/// where somebody asks for this one.
async fn rows(
    database: &Database,
    tree: &Tree,
    standing: Vec<Standing>,
    alike: &[FindingId],
    asked: Option<&BranchCode>,
) -> Result<Vec<Row>, DatabaseError> {
    let passed_on = |one: &Standing| {
        let ended = tree.get(&one.branch)?.ended.as_ref().filter(|_| asked != Some(&one.branch))?;
        let into = ended.into.clone()?;
        let finding = FindingId::passed_on(&into, one.finding.id);
        Some((into, finding))
    };
    let elsewhere: Vec<_> = standing.iter().filter_map(passed_on).collect();
    let elsewhere = database.which_are_there(&elsewhere).await?;
    let numbers = numbers(standing.iter().map(|one| one.finding.id).chain(alike.iter().copied()));
    let concerns = |one: &Standing| {
        let is_elsewhere = passed_on(one).is_some_and(|there| elsewhere.contains(&there));
        !is_elsewhere && one.finding.state != FindingState::Withdrawn
    };
    let standing = standing.into_iter().filter(concerns);
    Ok(standing.filter_map(|one| row(tree, one, &numbers)).collect())
}

fn row(tree: &Tree, one: Standing, numbers: &BTreeMap<FindingId, String>) -> Option<Row> {
    let member = tree.get(&one.branch)?;
    Some(Row {
        branch: member.unit.clone(),
        above: tree.above(&member.unit).map(|unit| unit.name.clone()).unwrap_or_default(),
        number: numbers.get(&one.finding.id).cloned().unwrap_or_else(|| digits(one.finding.id)),
        finding: one.finding,
        gone: member.ended.as_ref().map(|ended| Gone::of(ended, tree)),
    })
}

/// The finding that is meant by its number, or by more of the end of its id, up to the whole. Where two branches have one of the same id,
/// as no honest phone makes them, the code of the branch tells which: 210726117203:1a2b3c4d.
async fn find(database: &Database, text: &str) -> Result<Row, Refusal> {
    let (branch, number) = match text.rsplit_once([':', '：']) {
        Some((branch, number)) => (Some(branch.trim()), number),
        None => (None, text),
    };
    let wanted = number.trim().to_lowercase().replace('-', "");
    let mut meant = Vec::new();
    if wanted.len() >= NUMBER_DIGITS {
        let mut standing = database.standing_that_end(&wanted).await?;
        standing.retain(|one| branch.is_none_or(|branch| one.branch.as_str() == branch));
        for one in standing {
            let tree = database.tree_of(Some(&one.branch), None).await?;
            let alike = database.that_end_alike(std::slice::from_ref(&one.branch)).await?;
            meant.append(&mut rows(database, &tree, vec![one], &alike, None).await?);
        }
    }
    match (meant.pop(), meant.len()) {
        (Some(row), 0) => Ok(row),
        (None, _) => Err(Refusal::Unknown(text.into())),
        (Some(_), others) => Err(Refusal::Ambiguous(text.into(), others + 1)),
    }
}

/// Closes findings by their numbers (销号), all or none: such as the branch has mended, or others too where that is meant; never what it
/// found itself. What a phone writes meanwhile comes before or after it.
pub(crate) async fn close(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    numbers: &[String],
    others_too: bool,
) -> Result<Vec<Decided>, Refusal> {
    let at = clock.now_ms();
    let mut meant: BTreeMap<(BranchCode, FindingId), (&String, Row, String)> = BTreeMap::new();
    let mut order = Vec::with_capacity(numbers.len());
    for number in numbers {
        let row = find(database, number).await?;
        must(database, actor, Act::Rule, &row.branch.code, shanghai_date(at)).await?;
        let by = actor.speaker(database, &row.branch.code).await?;
        let key = (row.branch.code.clone(), row.finding.id);
        order.push(key.clone());
        meant.entry(key).or_insert((number, row, by));
    }
    let keys: Vec<(BranchCode, FindingId)> = meant.keys().cloned().collect();
    let mut closed_before = BTreeSet::new();
    let decide = |branch: &BranchCode, finding: &Finding| {
        let key = (branch.clone(), finding.id);
        let Some((number, row, by)) = meant.get(&key) else { return Ok(None) };
        must_be_from_above(finding, row, number)?;
        match finding.state {
            FindingState::Closed => {
                closed_before.insert(key);
                Ok(None)
            }
            state if state != FindingState::Mended && !others_too => {
                Err(Refusal::NotMended { branch: row.branch.name.clone(), number: (*number).clone(), state })
            }
            _ => {
                let record = actor.record(at, Deed::FindingClosed, Some(branch), finding.id);
                Ok(Some((by.clone(), Ruling::Closed, record)))
            }
        }
    };
    if !is_stored(database.rule(&keys, at, decide).await??)? {
        return Err(Unsaid::Overtaken.into());
    }
    let decided = order.iter().filter_map(|key| {
        let (_, row, _) = meant.get(key)?;
        Some(Decided::of(row, !closed_before.contains(key)))
    });
    Ok(decided.collect())
}

/// Sends a finding back to its branch by its number (退回), for a reason, and until a new day where one is set. One that was closed
/// is open again.
pub(crate) async fn send_back(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    number: &str,
    reason: &str,
    until: Option<Date>,
) -> Result<Decided, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() || !is_plain_text(reason, MAX_TEXT_CHARS, true) {
        return Err(Refusal::Reason);
    }
    let ruling = Ruling::Returned { reason: reason.into(), until };
    let (row, at) = (find(database, number).await?, clock.now_ms());
    must(database, actor, Act::Rule, &row.branch.code, shanghai_date(at)).await?;
    let by = actor.speaker(database, &row.branch.code).await?;
    let mut is_said = false;
    let decide = |branch: &BranchCode, finding: &Finding| {
        must_be_from_above(finding, &row, number)?;
        is_said = finding.state == FindingState::Returned
            && finding.verdict.as_ref().is_some_and(|verdict| verdict.ruling == ruling);
        let record = actor.record(at, Deed::FindingReturned, Some(branch), finding.id);
        Ok::<_, Refusal>((!is_said).then(|| (by.clone(), ruling.clone(), record)))
    };
    let key = (row.branch.code.clone(), row.finding.id);
    if !is_stored(database.rule(&[key], at, decide).await??)? {
        return Err(Unsaid::Overtaken.into());
    }
    Ok(Decided::of(&row, !is_said))
}

fn must_be_from_above(finding: &Finding, row: &Row, number: &str) -> Result<(), Refusal> {
    if finding.is_own() {
        return Err(Refusal::Own { branch: row.branch.name.clone(), number: number.into() });
    }
    Ok(())
}

/// Whether words were stored; `false` when something was written since they were worked out.
pub(super) fn is_stored(said: Said) -> Result<bool, Unsaid> {
    match said {
        Said::Stored => Ok(true),
        Said::Overtaken => Ok(false),
        Said::Faulty(fault) => Err(Unsaid::Faulty(fault)),
        Said::Full(branch) => Err(Unsaid::Full(branch)),
    }
}

#[cfg(test)]
mod number_tests {
    use super::*;

    #[test]
    fn what_is_printed_of_an_id_tells_it_from_every_other() {
        let ids: Vec<FindingId> = [
            "019ab000-0000-7000-8000-00001a2b3c4d",
            "019ab000-0000-7000-8000-00021a2b3c4d",
            "019ab000-0000-7000-9000-00001a2b3c4d",
            "019ab000-0000-7000-8000-0000ffffffff",
        ]
        .map(|id| id.parse().unwrap())
        .into();
        let numbers = numbers(ids.iter().chain(&ids).copied());
        let expected = ["800000001a2b3c4d", "21a2b3c4d", "900000001a2b3c4d", "ffffffff"];
        assert_eq!(ids.iter().map(|id| numbers[id].as_str()).collect::<Vec<_>>(), expected);
        for (id, number) in &numbers {
            assert!(ids.iter().all(|other| other == id || !digits(*other).ends_with(number)), "{number}");
        }
    }
}
