//! What phones write of 问题和整改. Words are only ever added.

use super::actor::{Phone, Sender};
use crate::{
    domain::{
        FindingEntry, FindingId, Findings, Open,
        finding::check::{
            FindingFault, MAX_FINDING_ENTRIES, finding_fault, impossible_deadlines, is_to_be_kept,
        },
        time_check::{TimeCode, TimeFault},
    },
    protocol::MAX_FINDINGS_PER_REQUEST,
    server::database::{Database, DatabaseError},
};

/// Why words are not taken; then none of them is.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// More than may come at once.
    #[error("a request carries at most {MAX_FINDINGS_PER_REQUEST} entries; send several")]
    TooManyAtOnce,
    /// Some say what cannot be.
    #[error("some entries hold what cannot be; see the faults, nothing was stored")]
    Faulty(
        /// What is wrong with them.
        Vec<WordFault>,
    ),
    /// The branch would have too many.
    #[error("the branch would have more than {MAX_FINDING_ENTRIES} entries of findings; ask the upper level")]
    Full,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// What is wrong with words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordFault {
    /// A deadline that nobody means.
    #[error(transparent)]
    Deadline(TimeFault),
    /// One that no phone may write.
    #[error(transparent)]
    Unfit(FindingFault),
    /// One in the upper level's name.
    #[error("finding {0}: only the endpoint writes in the upper level's name")]
    Forged(FindingId),
    /// Some that nobody could read later either.
    #[error("{0} entries are of no kind known here, and lack a finding and a phone's stamp, or are too long")]
    Unreadable(usize),
}

/// All that is there of a phone's branch: what its phones and the upper level wrote, and what was decided.
pub async fn all(database: &Database, phone: &Phone) -> Result<Findings, DatabaseError> {
    database.findings(&phone.branch).await
}

/// Adds what a phone wrote and answers, when it is on disk, with all that is there now. What is there already changes nothing, so
/// the same again is success.
pub async fn add(
    database: &Database,
    phone: &Sender,
    sent: &Open<FindingEntry>,
) -> Result<Findings, Refusal> {
    if sent.len() + sent.unread().count() > MAX_FINDINGS_PER_REQUEST {
        return Err(Refusal::TooManyAtOnce);
    }
    let mut faults = faults_of(sent);
    if !faults.is_empty() {
        // What is here already was taken once, whatever is asked of a word today: the same again is success.
        let known = database.findings(&phone.branch).await?;
        let new = sent.iter().filter(|entry| !known.entries.has(entry));
        faults = faults_of(&new.cloned().collect::<Vec<_>>());
    }
    // Words of a kind that came later, from a phone whose app is newer than this endpoint, are kept and given to the other phones:
    // refused, they would hold up every other word of their branch until the endpoint is brought up to date.
    let unreadable = sent.unread().filter(|one| !is_to_be_kept(one)).count();
    if unreadable > 0 {
        faults.push(WordFault::Unreadable(unreadable));
    }
    if !faults.is_empty() {
        return Err(Refusal::Faulty(faults));
    }
    database.add_findings(&phone.branch, sent).await?.ok_or(Refusal::Full)
}

/// Everything wrong with what a phone wrote.
fn faults_of(entries: &[FindingEntry]) -> Vec<WordFault> {
    let impossible = impossible_deadlines(entries).into_iter().map(|(_, day)| {
        let remedy = "correct the year of the deadline";
        WordFault::Deadline(TimeFault { code: TimeCode::DeadlineImpossible, day, remedy })
    });
    let unfit = entries.iter().filter_map(finding_fault).map(WordFault::Unfit);
    let forged = entries.iter().filter(|entry| entry.is_from_above());
    impossible.chain(unfit).chain(forged.map(|entry| WordFault::Forged(entry.finding))).collect()
}
