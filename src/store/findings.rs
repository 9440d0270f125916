//! 问题和整改 on this phone: each word written here under its own key, and beside it all that the endpoint was last heard to have.
//!
//! What has not arrived is worked out from the two, never marked: a word counts as delivered while the endpoint's own answer
//! holds it, and an endpoint that was restored from an old backup gets again what it lost.

use super::{
    atomic::Change,
    backend::{Backend, Table},
    error::StoreError,
    photos,
    records::{KeptFinding, RefusedFindings},
    repository::{Repository, read, unless_spoilt},
};
use crate::{
    domain::{
        BranchCode, ContentHash, FindingEntry, FindingId, Findings, Stamp, Verdict,
        finding::check::{finding_fault, verdict_fault},
    },
    protocol::BranchFindings,
    sync::{HeardFindings, Rejection},
};
use std::collections::BTreeSet;

/// A word's key: its content, so that no word ever takes another's place.
pub(super) fn own_key(branch: &BranchCode, entry: &FindingEntry) -> Result<String, StoreError> {
    let text = serde_json::to_string(entry).map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(format!("{branch}/own/{}", ContentHash::of(text.as_bytes())))
}

fn heard_key(branch: &BranchCode) -> String {
    format!("{branch}/heard")
}

fn carried_key(branch: &BranchCode) -> String {
    format!("{branch}/carried")
}

fn refused_key(branch: &BranchCode) -> String {
    format!("{branch}/refused")
}

/// All that is stored of a branch's findings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredFindings {
    /// What was written here, or came from a backup.
    pub kept: Vec<KeptFinding>,
    /// What the endpoint was last heard to have, with what it had before and the upper level has not said again.
    pub heard: HeardFindings,
    /// What a backup says that the upper level said, as long as the endpoint has neither confirmed it nor spoken after it.
    pub carried: BranchFindings,
    /// Why the endpoint refused the last words, if it did.
    pub refused: Option<RefusedFindings>,
}

impl StoredFindings {
    /// Everything together.
    #[must_use]
    pub fn all(&self) -> Findings {
        let mut all = Findings::from(self.heard.all.clone());
        all.merge(self.carried.clone().into());
        for kept in &self.kept {
            all.write(kept.entry.clone());
        }
        all
    }

    fn not_heard(&self) -> impl Iterator<Item = &KeptFinding> {
        let heard: BTreeSet<&FindingEntry> = self.heard.all.entries.iter().collect();
        self.kept.iter().filter(move |kept| !kept.entry.is_from_above() && !heard.contains(&kept.entry))
    }

    /// What was written here and the endpoint does not have.
    #[must_use]
    pub fn unsent(&self) -> Vec<FindingEntry> {
        self.not_heard().map(|kept| kept.entry.clone()).collect()
    }

    /// The photos whose attaching word the endpoint has: these may go up. A word that takes one off counts at once.
    #[must_use]
    pub fn photos_delivered(&self) -> BTreeSet<ContentHash> {
        let heard: BTreeSet<&FindingEntry> = self.heard.all.entries.iter().collect();
        let all = self.all();
        let delivered = all.attached().filter(|(word, _)| heard.contains(word));
        delivered.map(|(_, sha256)| sha256.clone()).collect()
    }

    /// The findings with words that neither the endpoint nor a backup has.
    #[must_use]
    pub fn only_here(&self) -> BTreeSet<FindingId> {
        self.not_heard().filter(|kept| !kept.backed_up).map(|kept| kept.entry.finding).collect()
    }
}

/// Sorts what lies in the table. What the endpoint said can be had again: spoilt, it counts as nothing.
fn sorted(
    branch: &BranchCode,
    texts: Vec<(String, String)>,
) -> Result<(StoredFindings, Vec<StoreError>), StoreError> {
    let own = format!("{branch}/own/");
    let (mut found, mut unreadable) = (StoredFindings::default(), Vec::new());
    for (key, text) in texts {
        if key.starts_with(&own) {
            match read(Table::Findings, &key, &text) {
                Ok(KeptFinding { entry, backed_up }) => {
                    // Written before texts were filtered: the endpoint takes it, and has it, only so.
                    found.kept.push(KeptFinding { entry: entry.cleaned(), backed_up });
                }
                Err(error) => unreadable.push(error),
            }
        } else if key == heard_key(branch) {
            let heard = unless_spoilt(read(Table::Findings, &key, &text).map(Some))?;
            found.heard = heard.unwrap_or_default();
            let entries = std::mem::take(&mut found.heard.all.entries);
            found.heard.all.entries = entries.into_iter().map(FindingEntry::cleaned).collect();
        } else if key == carried_key(branch) {
            let carried = unless_spoilt(read(Table::Findings, &key, &text).map(Some))?;
            found.carried = carried.unwrap_or_default();
        } else if key == refused_key(branch) {
            found.refused = unless_spoilt(read(Table::Findings, &key, &text).map(Some))?;
        }
    }
    Ok((found, unreadable))
}

pub(super) async fn stored<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
) -> Result<StoredFindings, StoreError> {
    let texts = change.texts(Table::Findings, &format!("{branch}/")).await?;
    Ok(sorted(branch, texts)?.0)
}

/// Keeps words that are not here yet. Returns which findings they concern.
pub(super) async fn keep<'a, B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    entries: impl IntoIterator<Item = &'a FindingEntry>,
) -> Result<BTreeSet<FindingId>, StoreError> {
    let mut new = BTreeSet::new();
    for entry in entries {
        let key = own_key(branch, entry)?;
        let known = change.text(Table::Findings, &key).await?;
        if known.is_none_or(|text| serde_json::from_str::<KeptFinding>(&text).is_err()) {
            new.insert(entry.finding);
            change.put(Table::Findings, &key, &KeptFinding { entry: entry.clone(), backed_up: false })?;
        }
    }
    Ok(new)
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
    let sound = |entry: &&FindingEntry| finding_fault(entry).is_none() && !before.entries().contains(*entry);
    let (above, ours): (Vec<&FindingEntry>, Vec<&FindingEntry>) =
        carried.entries.iter().filter(sound).partition(|entry| entry.is_from_above());
    let mut new = keep(change, branch, ours).await?;
    let sound =
        |verdict: &&Verdict| verdict_fault(verdict).is_none() && !before.verdicts().contains(*verdict);
    let verdicts: Vec<&Verdict> = carried.verdicts.iter().filter(sound).collect();
    if !above.is_empty() || !verdicts.is_empty() {
        new.extend(above.iter().map(|entry| entry.finding));
        new.extend(verdicts.iter().map(|verdict| verdict.finding));
        let mut all = Findings::from(known.carried);
        all.merge(Findings::new(above.into_iter().cloned(), verdicts.into_iter().cloned()));
        change.put(Table::Findings, &carried_key(branch), &BranchFindings::from(all))?;
        // Whether the endpoint says the same is not known: it is asked for all of it.
        known.heard.etag = None;
        change.put(Table::Findings, &heard_key(branch), &known.heard)?;
    }
    Ok(new.len())
}

/// Marks these as carried away in a backup.
pub(super) async fn mark<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    carried: &BranchFindings,
) -> Result<(), StoreError> {
    let carried: BTreeSet<&FindingEntry> = carried.entries.iter().collect();
    for kept in stored(change, branch).await?.kept {
        if !kept.backed_up && carried.contains(&kept.entry) {
            let key = own_key(branch, &kept.entry)?;
            change.put(Table::Findings, &key, &KeptFinding { backed_up: true, ..kept })?;
        }
    }
    Ok(())
}

/// What of a backup the endpoint may have forgotten: it has said nothing since. What it has, or passes over while it knows of
/// something later, needs no backup, or was never said.
fn still_carried(carried: BranchFindings, said: &Findings) -> BranchFindings {
    let entries = said.entries().iter().filter(|entry| entry.is_from_above()).map(|entry| entry.stamp);
    let latest = entries.chain(said.verdicts().iter().map(|verdict| verdict.stamp)).max();
    let is_later = |stamp: Stamp| latest.is_none_or(|latest| stamp > latest);
    BranchFindings {
        entries: carried.entries.into_iter().filter(|entry| is_later(entry.stamp)).collect(),
        verdicts: carried.verdicts.into_iter().filter(|verdict| is_later(verdict.stamp)).collect(),
    }
}

/// The endpoint's new word takes the old one's place, and nothing of the old one is lost.
pub(super) async fn hear<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    heard: &HeardFindings,
) -> Result<(), StoreError> {
    let mut known = stored(change, branch).await?;
    let now: BTreeSet<&FindingEntry> = heard.all.entries.iter().collect();
    let forgotten = known.heard.all.entries.iter().filter(|entry| !now.contains(entry));
    let (above, ours): (Vec<&FindingEntry>, Vec<&FindingEntry>) =
        forgotten.partition(|entry| entry.is_from_above());
    keep(change, branch, ours.iter().copied()).await?;
    photos::doubt(change, branch, ours.iter().filter_map(|entry| entry.field.photo())).await?;
    let mut all = Findings::from(heard.all.clone());
    all.merge(Findings::new(above.into_iter().cloned(), known.heard.all.verdicts.iter().cloned()));
    let carried = still_carried(known.carried, &Findings::from(heard.all.clone()));
    if carried.is_empty() {
        change.delete(Table::Findings, &carried_key(branch));
    } else {
        change.put(Table::Findings, &carried_key(branch), &carried)?;
    }
    known.carried = carried;
    let is_complete = ours.is_empty();
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
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn findings(
        &self,
        branch: &BranchCode,
    ) -> Result<(StoredFindings, Vec<StoreError>), StoreError> {
        sorted(branch, self.backend().scan(Table::Findings, &format!("{branch}/")).await?)
    }

    /// Makes words durable, all or none.
    ///
    /// # Errors
    /// When the storage fails; then none of them is stored.
    pub async fn save_finding_words(
        &self,
        branch: &BranchCode,
        entries: &[FindingEntry],
    ) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| keep(change, branch, entries).await.map(drop))
            .await
    }
}
