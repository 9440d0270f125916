//! 问题和整改 on this phone: each word written here under its own key, and beside it all that the endpoint was last heard to have.
//!
//! What has not arrived is worked out from the two, never marked: a word counts as delivered while the endpoint's own answer
//! holds it, and an endpoint that was restored from an old backup gets again what it lost.
//!
//! The difference is sent after submissions; a `PUT` is a union, so the same again is success. A problem that the branch found itself waits
//! for the report that carries it, and is named in it: until its receipt is here, nothing of it leaves the phone.

use super::{
    atomic::Change,
    backend::{Backend, Table},
    error::StoreError,
    photos,
    records::{KeptFinding, LocalSubmission, RefusedFindings},
    repository::{Repository, read},
    written::add,
};
use crate::{
    domain::{
        BranchCode, ContentHash, FindingEntry, FindingId, FindingState, Findings, Open, Stamp, Unread,
        Verdict,
        finding::{
            FindingHead,
            check::{finding_fault, verdict_fault},
        },
    },
    json,
    protocol::BranchFindings,
    sync::{HeardFindings, OutboxEntry, OutboxRequest, Rejection},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// A word's key: its content, so that no word ever takes another's place, and one that cannot be read yet has the key that it will
/// have then.
pub(super) fn own_key<W: Serialize>(branch: &str, entry: &W) -> Result<String, StoreError> {
    let text = serde_json::to_string(entry).map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(format!("{branch}/own/{}", ContentHash::of(text.as_bytes())))
}

fn heard_key(branch: &BranchCode) -> String {
    format!("{branch}/heard")
}

fn carried_key(branch: &BranchCode) -> String {
    format!("{branch}/carried")
}

fn known_key(branch: &BranchCode) -> String {
    format!("{branch}/known")
}

fn refused_key(branch: &BranchCode) -> String {
    format!("{branch}/refused")
}

/// All that is stored of a branch's findings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredFindings {
    /// What was written here, or came from a backup.
    pub kept: Vec<KeptFinding>,
    /// The same of what only a newer app can read.
    pub kept_unread: Vec<KeptFinding<Unread>>,
    /// What the endpoint was last heard to have, with what it had before and the upper level has not said again.
    pub heard: HeardFindings,
    /// What a backup says that the upper level said, as long as the endpoint has neither confirmed it nor spoken after it.
    pub carried: BranchFindings,
    /// The findings that the endpoint was ever heard to have: one that it has lost by now goes up again by itself.
    pub ever_known: BTreeSet<FindingId>,
    /// Why the endpoint refused the last words, if it did.
    pub refused: Option<RefusedFindings>,
}

impl StoredFindings {
    /// Everything together.
    pub fn all(&self) -> Findings {
        let mut all = Findings::from(self.heard.all.clone());
        all.merge(self.carried.clone().into());
        all.entries.merge(self.kept.iter().map(|kept| kept.entry.clone()));
        all.entries.keep_unread(self.kept_unread.iter().map(|kept| kept.entry.clone()));
        all
    }

    fn not_heard(&self) -> impl Iterator<Item = &KeptFinding> {
        let heard: BTreeSet<&FindingEntry> = self.heard.all.entries.iter().collect();
        self.kept.iter().filter(move |kept| !kept.entry.is_from_above() && !heard.contains(&kept.entry))
    }

    fn unread_not_heard(&self) -> impl Iterator<Item = (FindingHead, &KeptFinding<Unread>)> {
        let heard: BTreeSet<&Unread> = self.heard.all.entries.unread().collect();
        let heads =
            self.kept_unread.iter().filter_map(|kept| Some((kept.entry.read::<FindingHead>()?, kept)));
        heads.filter(move |(head, kept)| !head.is_from_above() && !heard.contains(&kept.entry))
    }

    /// What was written here and the endpoint does not have.
    pub fn unsent(&self) -> Open<FindingEntry> {
        let unread = self.unread_not_heard().map(|(_, kept)| kept.entry.clone());
        Open::from_iter(self.not_heard().map(|kept| kept.entry.clone())).with_unread(unread)
    }

    /// The photos whose attaching word the endpoint has: these may go up. A word that takes one off counts at once.
    pub fn photos_delivered(&self) -> BTreeSet<ContentHash> {
        let heard: BTreeSet<&FindingEntry> = self.heard.all.entries.iter().collect();
        let all = self.all();
        let delivered = all.attached().filter(|(word, _)| heard.contains(word));
        delivered.map(|(_, sha256)| sha256.clone()).collect()
    }

    /// The findings that the endpoint has heard of, or has told of.
    pub fn known(&self) -> BTreeSet<FindingId> {
        let of = |said: &BranchFindings| {
            let words = said.entries.iter().map(|entry| entry.finding);
            let verdicts = said.verdicts.iter().map(|verdict| verdict.finding);
            let unread = said.entries.unread().chain(said.verdicts.unread());
            let heads = unread.filter_map(|one| Some(one.read::<FindingHead>()?.finding));
            words.chain(verdicts).chain(heads).collect::<BTreeSet<_>>()
        };
        let mut known = of(&self.heard.all);
        known.extend(of(&self.carried));
        known.extend(&self.ever_known);
        known
    }

    /// The findings of which whatever is written here may go up at once: those that the endpoint knows, and those that went up with
    /// a report which has arrived and was not taken back.
    pub fn released(&self, submissions: &[LocalSubmission], outbox: &[OutboxEntry]) -> BTreeSet<FindingId> {
        let is_taken_back = |sent: &LocalSubmission| {
            let takes_back = |row: &OutboxEntry| {
                row.is_waiting() && row.request == OutboxRequest::Withdraw { submission: sent.id }
            };
            sent.withdrawn || outbox.iter().any(takes_back)
        };
        let arrived = submissions.iter().filter(|sent| sent.receipt.is_some() && !is_taken_back(sent));
        let mut released = self.known();
        released.extend(arrived.flat_map(|sent| &sent.findings));
        released
    }

    /// The findings that were written by mistake and taken back before the endpoint heard of them: nothing is left of them to be lost.
    pub fn never_were(&self) -> BTreeSet<FindingId> {
        let known = self.known();
        let mut all = self.all().all();
        all.retain(|finding| finding.state == FindingState::Withdrawn && !known.contains(&finding.id));
        all.into_iter().map(|finding| finding.id).collect()
    }

    /// The findings of the branch's own that the next report has to carry: those that the endpoint does not know. What was written by
    /// mistake and taken back stays here.
    pub fn to_report(&self) -> Vec<FindingId> {
        let known = self.known();
        let mut all = self.all().all();
        all.retain(|finding| finding.state != FindingState::Withdrawn && !known.contains(&finding.id));
        all.into_iter().map(|finding| finding.id).collect()
    }
}

/// Sorts what lies in the table. What the endpoint said can be had again: spoilt, it counts as nothing.
pub(super) fn sorted(branch: &BranchCode, texts: &[(&str, &str)]) -> (StoredFindings, Vec<StoreError>) {
    let own = format!("{branch}/own/");
    let (mut found, mut unreadable) = (StoredFindings::default(), Vec::new());
    for (key, text) in texts.iter().copied() {
        if key.starts_with(&own) {
            match read::<KeptFinding>(Table::Findings, key, text) {
                Ok(KeptFinding { entry, backed_up }) => {
                    // Written before texts were filtered: the endpoint takes it, and has it, only so.
                    found.kept.push(KeptFinding { entry: entry.cleaned(), backed_up });
                }
                Err(error) => match json::from_str::<KeptFinding<Unread>>(text) {
                    Ok(kept) if kept.entry.read::<FindingHead>().is_some() => found.kept_unread.push(kept),
                    _ => unreadable.push(error),
                },
            }
        } else if key == heard_key(branch) {
            found.heard = json::from_str(text).unwrap_or_default();
            let entries = std::mem::take(&mut found.heard.all.entries);
            found.heard.all.entries = entries.map(FindingEntry::cleaned);
        } else if key == carried_key(branch) {
            found.carried = json::from_str(text).unwrap_or_default();
        } else if key == known_key(branch) {
            found.ever_known = json::from_str(text).unwrap_or_default();
        } else if key == refused_key(branch) {
            found.refused = json::from_str(text).ok();
        }
    }
    (found, unreadable)
}

pub(super) async fn stored<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
) -> Result<StoredFindings, StoreError> {
    Ok(change.excerpt(vec![(Table::Findings, format!("{branch}/"))]).await?.findings(branch).0)
}

/// Keeps words that only a newer app can read.
async fn keep_unread<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    entries: impl IntoIterator<Item = Unread>,
) -> Result<(), StoreError> {
    for entry in entries {
        let key = own_key(branch.as_str(), &entry)?;
        if change.text(Table::Findings, &key).await?.is_none() {
            change.put(Table::Findings, &key, &KeptFinding { entry, backed_up: false })?;
        }
    }
    Ok(())
}

/// Words of later kinds, the upper level's apart from the branch's own. What does not even say which finding it is about is none.
fn sides(unread: &Open<FindingEntry>) -> (Vec<Unread>, Vec<Unread>) {
    let heads = unread.unread().filter_map(|one| Some((one.read::<FindingHead>()?, one.clone())));
    let (above, ours): (Vec<_>, Vec<_>) = heads.partition(|(head, _)| head.is_from_above());
    let words = |side: Vec<(FindingHead, Unread)>| side.into_iter().map(|(_, one)| one).collect();
    (words(above), words(ours))
}

/// Adds what a backup holds; what is here already stays. Returns how many findings it has something new on.
pub(super) async fn merge<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    carried: &BranchFindings,
) -> Result<usize, StoreError> {
    if carried.is_empty() {
        return Ok(0);
    }
    let mut known = stored(change, branch).await?;
    let before = known.all();
    let sound = |entry: &&FindingEntry| finding_fault(entry).is_none() && !before.entries.has(entry);
    let (above, ours): (Vec<&FindingEntry>, Vec<&FindingEntry>) =
        carried.entries.iter().filter(sound).partition(|entry| entry.is_from_above());
    let new = add(change, branch.as_str(), ours.into_iter().cloned()).await?;
    let mut new: BTreeSet<FindingId> = new.iter().map(|entry| entry.finding).collect();
    let (unread_above, unread_ours) = sides(&carried.entries);
    keep_unread(change, branch, unread_ours).await?;
    let is_verdict = |one: &&Unread| one.read().is_some_and(|head: FindingHead| head.is_from_above());
    let unread_verdicts = carried.verdicts.unread().filter(is_verdict);
    let unread_verdicts: Vec<&Unread> =
        unread_verdicts.filter(|one| !before.verdicts.unread().contains(one)).collect();
    let unread_above: Vec<Unread> =
        unread_above.into_iter().filter(|one| !before.entries.unread().contains(one)).collect();
    let sound = |verdict: &&Verdict| verdict_fault(verdict).is_none() && !before.verdicts.has(verdict);
    let verdicts: Vec<&Verdict> = carried.verdicts.iter().filter(sound).collect();
    if !(above.is_empty() && verdicts.is_empty() && unread_above.is_empty() && unread_verdicts.is_empty()) {
        new.extend(above.iter().map(|entry| entry.finding));
        new.extend(verdicts.iter().map(|verdict| verdict.finding));
        let mut all = Findings::from(known.carried);
        all.merge(Findings::new(above.into_iter().cloned(), verdicts.into_iter().cloned()));
        all.entries.keep_unread(unread_above);
        all.verdicts.keep_unread(unread_verdicts.into_iter().cloned());
        change.put(Table::Findings, &carried_key(branch), &BranchFindings::from(all))?;
        // Whether the endpoint says the same is not known: it is asked for all of it.
        known.heard.etag = None;
        change.put(Table::Findings, &heard_key(branch), &known.heard)?;
    }
    Ok(new.len())
}

/// Remembers that the endpoint has heard of these.
pub(super) async fn know<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    heard_of: impl IntoIterator<Item = FindingId>,
) -> Result<(), StoreError> {
    let before = stored(change, branch).await?.ever_known;
    let known: BTreeSet<FindingId> = before.iter().copied().chain(heard_of).collect();
    if known == before { Ok(()) } else { change.put(Table::Findings, &known_key(branch), &known) }
}

/// What of a backup the endpoint may have forgotten: it has said nothing since. What it has, or passes over while it knows of
/// something later, needs no backup, or was never said.
fn still_carried(carried: BranchFindings, said: &Findings) -> BranchFindings {
    let entries = said.entries().iter().filter(|entry| entry.is_from_above()).map(|entry| entry.stamp);
    let unread = said.entries.unread().iter().chain(said.verdicts.unread()).filter_map(Unread::read);
    let unread = unread.filter(FindingHead::is_from_above).map(|head| head.stamp);
    let latest = entries.chain(said.verdicts().iter().map(|verdict| verdict.stamp)).chain(unread).max();
    let is_later = |stamp: Stamp| latest.is_none_or(|latest| stamp > latest);
    let stays = |one: &Unread| one.stamp().is_some_and(is_later);
    let ((entries, unread_entries), (verdicts, unread_verdicts)) =
        (carried.entries.into_parts(), carried.verdicts.into_parts());
    BranchFindings {
        entries: Open::from_iter(entries.into_iter().filter(|entry| is_later(entry.stamp)))
            .with_unread(unread_entries.into_iter().filter(stays)),
        verdicts: Open::from_iter(verdicts.into_iter().filter(|verdict| is_later(verdict.stamp)))
            .with_unread(unread_verdicts.into_iter().filter(stays)),
    }
}

/// The endpoint's new word takes the old one's place, and nothing of the old one is lost.
pub(super) async fn hear<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    heard: &HeardFindings,
) -> Result<(), StoreError> {
    let mut known = stored(change, branch).await?;
    know(
        change,
        branch,
        known.known().into_iter().chain(heard.all.entries.iter().map(|entry| entry.finding)),
    )
    .await?;
    let now: BTreeSet<&FindingEntry> = heard.all.entries.iter().collect();
    let forgotten = known.heard.all.entries.iter().filter(|entry| !now.contains(entry));
    let (above, ours): (Vec<&FindingEntry>, Vec<&FindingEntry>) =
        forgotten.partition(|entry| entry.is_from_above());
    add(change, branch.as_str(), ours.iter().map(|entry| (*entry).clone())).await?;
    // The same of what only a newer app can read: without a word of its own it is neither side's to forget.
    let (unread_above, mut unread_ours) = sides(&known.heard.all.entries);
    unread_ours.retain(|one| heard.all.entries.unread().all(|now| now != one));
    let is_complete = ours.is_empty() && unread_ours.is_empty();
    keep_unread(change, branch, unread_ours).await?;
    photos::doubt(change, branch, ours.iter().filter_map(|entry| entry.field.photo())).await?;
    let mut all = Findings::from(heard.all.clone());
    all.merge(Findings::new(above.into_iter().cloned(), known.heard.all.verdicts.iter().cloned()));
    all.entries.keep_unread(unread_above);
    all.verdicts.keep_unread(known.heard.all.verdicts.unread().cloned());
    let carried = still_carried(known.carried, &Findings::from(heard.all.clone()));
    if carried.is_empty() {
        change.delete(Table::Findings, &carried_key(branch));
    } else {
        change.put(Table::Findings, &carried_key(branch), &carried)?;
    }
    known.carried = carried;
    known.heard = HeardFindings { etag: heard.etag.clone(), all: all.into() };
    if is_complete && known.unsent().is_empty() {
        change.delete(Table::Findings, &refused_key(branch));
    }
    change.put(Table::Findings, &heard_key(branch), &known.heard)
}

/// The endpoint refused; its reason stands until everything has arrived.
pub(super) fn refuse<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    rejection: &Rejection,
) -> Result<(), StoreError> {
    let Rejection { kind, detail, faults } = rejection.clone();
    change.put(Table::Findings, &refused_key(branch), &RefusedFindings { kind, detail, faults })
}

impl<B: Backend> Repository<B> {
    /// The findings of a branch, and what of them cannot be read.
    pub async fn findings(
        &self,
        branch: &BranchCode,
    ) -> Result<(StoredFindings, Vec<StoreError>), StoreError> {
        Ok(self.excerpt(vec![(Table::Findings, format!("{branch}/"))]).await?.findings(branch))
    }
}
