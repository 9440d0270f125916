//! 问题和整改 as the upper level sees them: how they stand, closing them (销号), sending them back (退回), adding what inspectors
//! found. What phones write of them is not here.

pub(crate) mod adding;
pub(crate) mod counts;
pub(crate) mod inherited;
pub(crate) mod items;
#[cfg(test)]
mod tests;

use super::{
    actor::{Actor, Unheard},
    clock::Clock,
    scope::{self, Gone},
};
use crate::{
    domain::{
        BranchCode, Finding, FindingId, FindingState, Ruling,
        answer::MAX_TEXT_CHARS,
        check::is_plain_text,
        finding::check::{FindingFault, MAX_FINDING_ENTRIES},
    },
    server::database::{
        Database, DatabaseError, Unit,
        findings::{FromAbove, Said, SoFar, Word},
    },
};
use inherited::is_passed_on;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// So many digits a number has at least.
const NUMBER_DIGITS: usize = 8;
/// Phones may add something while something is worked out from what was read: then it is read once more, so often.
pub(super) const MOST_TRIES: usize = 5;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is not clear of which units.
    #[error(transparent)]
    Scope(#[from] scope::Refusal),
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

/// Why words of the upper level were not stored; then none of them was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsaid {
    /// Phones write faster than can be read here.
    #[error("phones are writing all the time; try again later")]
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
    let backwards = |id: FindingId| digits(id).chars().rev().collect::<String>();
    let ends: BTreeMap<String, FindingId> = ids.map(|id| (backwards(id), id)).collect();
    let shared = |one: &str, other: &str| one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let mut numbers = BTreeMap::new();
    let (mut before, mut after) = (0, ends.keys().skip(1));
    for (end, id) in &ends {
        // In this order, an end has most in common with its neighbours.
        let next = after.next().map_or(0, |next| shared(end, next));
        let length = NUMBER_DIGITS.max(before.max(next) + 1);
        numbers.insert(*id, end.chars().take(length).collect::<Vec<_>>().into_iter().rev().collect());
        before = next;
    }
    numbers
}

/// All findings below a unit, by branch, the oldest of each first.
pub(crate) async fn list(database: &Database, under: Option<&str>) -> Result<Vec<Row>, Refusal> {
    let tree = database.tree().await?;
    let (all, _) = database.all_findings().await?;
    let mut rows = Vec::new();
    let ids = all.values().flat_map(|findings| findings.entries().iter().map(|entry| entry.finding));
    let numbers = numbers(ids);
    let only = scope::above(&tree, under)?;
    for branch in scope::branches(database, under).await? {
        let Some(findings) = all.get(&branch.code) else { continue };
        let above = tree.above(&branch).map(|unit| unit.name.clone()).unwrap_or_default();
        let ended = tree.get(&branch.code).and_then(|member| member.ended.as_ref());
        let gone = ended.map(|ended| Gone::of(ended, &tree));
        // What the branch wrote by mistake concerns nobody.
        let shown = findings.all().into_iter().filter(|finding| finding.state != FindingState::Withdrawn);
        // What went over to another branch is listed there; here only where somebody asks for this one.
        let asked = only.as_ref() == Some(&branch.code);
        let shown = shown.filter(|finding| asked || !is_passed_on(finding.id, ended, &all));
        rows.extend(shown.map(|finding| Row {
            branch: branch.clone(),
            above: above.clone(),
            number: numbers.get(&finding.id).cloned().unwrap_or_else(|| digits(finding.id)),
            finding,
            gone: gone.clone(),
        }));
    }
    Ok(rows)
}

/// The finding that is meant by its number, or by more of the end of its id, up to the whole.
fn find<'a>(rows: &'a [Row], text: &str) -> Result<&'a Row, Refusal> {
    let wanted = text.trim().to_lowercase().replace('-', "");
    let is_meant = |row: &&Row| wanted.len() >= NUMBER_DIGITS && digits(row.finding.id).ends_with(&wanted);
    let meant: Vec<&Row> = rows.iter().filter(is_meant).collect();
    match meant[..] {
        [row] => Ok(row),
        [] => Err(Refusal::Unknown(text.into())),
        [..] => Err(Refusal::Ambiguous(text.into(), meant.len())),
    }
}

/// Closes findings by their numbers (销号), all or none: such as the branch has mended, or others too where that is meant.
pub(crate) async fn close(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    numbers: &[String],
    others_too: bool,
) -> Result<Vec<Decided>, Refusal> {
    let speakers = actor.speakers(database).await?;
    for _ in 0..MOST_TRIES {
        let (_, seen) = database.all_findings().await?;
        let rows = list(database, None).await?;
        let (mut words, mut decided) = (BTreeMap::new(), Vec::new());
        for number in numbers {
            let row = find(&rows, number)?;
            let finding = &row.finding;
            if finding.state == FindingState::Closed {
                decided.push(Decided::of(row, false));
                continue;
            }
            if finding.state != FindingState::Mended && !others_too {
                return Err(Refusal::NotMended {
                    branch: row.branch.name.clone(),
                    number: number.clone(),
                    state: finding.state,
                });
            }
            let by = speakers.to(&row.branch.code);
            words.insert(finding.id, decision(row, by, Ruling::Closed));
            decided.push(Decided::of(row, true));
        }
        if say(database, clock, words.into_values().collect(), seen).await? {
            return Ok(decided);
        }
    }
    Err(Unsaid::Overtaken.into())
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
    for _ in 0..MOST_TRIES {
        let (_, seen) = database.all_findings().await?;
        let rows = list(database, None).await?;
        let row = find(&rows, number)?;
        let finding = &row.finding;
        let is_said = finding.state == FindingState::Returned
            && finding.verdict.as_ref().is_some_and(|verdict| verdict.ruling == ruling);
        if is_said {
            return Ok(Decided::of(row, false));
        }
        let by = actor.speaker(database, &row.branch.code).await?;
        if say(database, clock, vec![decision(row, by, ruling.clone())], seen).await? {
            return Ok(Decided::of(row, true));
        }
    }
    Err(Unsaid::Overtaken.into())
}

fn decision(row: &Row, by: String, ruling: Ruling) -> FromAbove {
    FromAbove { branch: row.branch.code.clone(), finding: row.finding.id, word: Word::Decide(by, ruling) }
}

/// Whether it was stored; not if something was written since.
async fn say(
    database: &Database,
    clock: &dyn Clock,
    words: Vec<FromAbove>,
    seen: SoFar,
) -> Result<bool, Refusal> {
    if words.is_empty() {
        return Ok(true);
    }
    Ok(is_stored(database.say_from_above(&words, seen, clock.now_ms()).await?)?)
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
