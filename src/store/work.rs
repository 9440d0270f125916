//! What is done to the work itself: answering, merging, reporting, carrying away and back, and letting go of a branch.

use super::{
    atomic::Change,
    backend::{Backend, Table},
    backup::Backup,
    carried,
    error::StoreError,
    excerpt::runs_of,
    findings, ledger, paper,
    photos::photo_key,
    records::{Binding, Draft, LocalSubmission, Phone, PhotoRecord},
    repository::{CODES, PHONE, Repository, draft_key, submission_key, unless_spoilt},
    whereabouts::{Stock, Whereabouts},
    written::add,
};
use crate::{
    domain::{BranchCode, ContentHash, Entry, Stamp, Unread},
    json,
    sync::{OutboxEntry, OutboxId, OutboxRequest},
};
use std::collections::BTreeSet;

/// How far the mark on a draft may move when `carried` has left the phone: to the highest stamp of it below everything stored
/// that has *not* left. (Another tab may have saved an answer meanwhile, and not always under a later stamp.)
fn shared_until(before: Option<Stamp>, stored: &[Entry], carried: &BTreeSet<&Entry>) -> Option<Stamp> {
    let left_behind = stored.iter().filter(|entry| Some(entry.stamp) > before && !carried.contains(entry));
    let limit = left_behind.map(|entry| entry.stamp).min();
    let stamps = carried.iter().map(|entry| entry.stamp);
    before.max(stamps.filter(|stamp| limit.is_none_or(|limit| *stamp < limit)).max())
}

/// Says of a draft that these entries may be elsewhere.
pub(super) async fn mark<B: Backend>(
    change: &mut Change<'_, B>,
    draft: &Draft,
    carried: &[Entry],
) -> Result<(), StoreError> {
    let key = draft_key(&draft.key());
    let stored = unless_spoilt(change.one::<Draft>(Table::Drafts, &key).await)?;
    let mut draft = stored.unwrap_or_else(|| draft.clone());
    let entries = change.run::<Entry>(Table::Entries, &format!("{key}/")).await?.records;
    draft.shared_until = shared_until(draft.shared_until, &entries, &carried.iter().collect());
    change.put(Table::Drafts, &key, &draft)
}

/// Adds the draft where there is none, and entries; what is there already stays. Returns how many entries were new.
pub(super) async fn merge<B: Backend>(
    change: &mut Change<'_, B>,
    draft: &Draft,
    entries: &[Entry],
) -> Result<usize, StoreError> {
    let key = draft.key();
    if unless_spoilt(change.one::<Draft>(Table::Drafts, &draft_key(&key)).await)?.is_none() {
        change.put(Table::Drafts, &draft_key(&key), draft)?;
    }
    Ok(add(change, &draft_key(&key), entries.iter().cloned()).await?.len())
}

/// Adds answers of later kinds.
pub(super) async fn keep_unread<B: Backend>(
    change: &mut Change<'_, B>,
    draft: &Draft,
    unread: impl IntoIterator<Item = Unread>,
) -> Result<(), StoreError> {
    change.keep_unread(Table::Entries, &draft_key(&draft.key()), unread, |one| one).await
}

/// Reads all that is stored of a branch, as far as it is counted.
pub(super) async fn stock_of<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
) -> Result<Stock, StoreError> {
    Ok(change.excerpt(runs_of(branch)).await?.stock(branch, &mut Vec::new()))
}

impl<B: Backend> Repository<B> {
    /// 上报: snapshot, outbox row and the mark on the draft become durable together, and the refused requests that this one
    /// replaces are gone. `carried` is everything that was on the screen when the snapshot was frozen: what was saved since
    /// does not count as reported. The problems that the branch found itself go up with it: which, is written with it.
    ///
    /// # Errors
    /// When the storage fails; then nothing was submitted.
    pub async fn submit(
        &self,
        draft: &Draft,
        carried: &[Entry],
        submission: &LocalSubmission,
        request: &OutboxEntry,
        replaced: &[OutboxId],
    ) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            mark(change, draft, carried).await?;
            let findings = findings::stored(change, &draft.branch).await?.to_report();
            let made = LocalSubmission { findings, ..submission.clone() };
            change.put(Table::Submissions, &submission_key(&made.branch, made.id), &made)?;
            change.put(Table::Outbox, &request.id.to_string(), request)?;
            for refused in replaced {
                change.delete(Table::Outbox, &refused.to_string());
            }
            Ok(())
        })
        .await
    }

    /// Merges a backup into what is here; nothing here is overwritten or lost. A submission in it that never arrived is queued
    /// again with its frozen bytes, unless a later one of its period is known: the same again is success. Returns how many
    /// answers, entries of the ledger and findings were new.
    ///
    /// # Errors
    /// When the storage fails; then nothing was restored.
    pub async fn restore(&self, backup: &Backup, now_ms: u64) -> Result<usize, StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            let mut new = ledger::merge(change, &backup.branch, &backup.ledger).await?;
            new += findings::merge(change, &backup.branch, &backup.findings).await?;
            findings::know(change, &backup.branch, backup.heard_of.iter().copied()).await?;
            new += carried::restore_papers(change, backup).await?;
            new += carried::restore_unfinished(change, backup).await?;
            for saved in &backup.drafts {
                let given = saved.entries.iter().map(|entry| entry.clone().under_or(&saved.draft.checklist));
                new += merge(change, &saved.draft, &given.collect::<Vec<_>>()).await?;
                let unread = saved.entries.unread().filter_map(|one| one.under_or(&saved.draft.checklist));
                keep_unread(change, &saved.draft, unread).await?;
            }
            for photo in &backup.photos {
                let key = photo_key(&photo.branch, &photo.facts.sha256);
                if change.text(Table::Photos, &key).await?.is_none() {
                    // No backup holds its bytes: they come from the endpoint, if it has them.
                    change.put(
                        Table::Photos,
                        &key,
                        &PhotoRecord { here: false, refused: None, ..photo.clone() },
                    )?;
                }
            }
            let run = format!("{}/", backup.branch);
            let here = change.run::<LocalSubmission>(Table::Submissions, &run).await?.records;
            carried::restore_requests(change, backup, &here).await?;
            for carried in &backup.submissions {
                if here.iter().any(|known| known.id == carried.id && known.body.is_some()) {
                    continue;
                }
                let known = here.iter().find(|known| known.id == carried.id);
                // The endpoint's word on it is newer here; its bytes are only in the backup.
                let merged = match known {
                    Some(known) => {
                        let is_it = |body: &&String| {
                            let receipt = known.receipt.as_ref();
                            receipt.is_none_or(|receipt| receipt.sha256 == ContentHash::of(body.as_bytes()))
                        };
                        let body = carried.body.as_ref().filter(is_it).cloned();
                        LocalSubmission { body, findings: carried.findings.clone(), ..known.clone() }
                    }
                    None => LocalSubmission { unlisted: false, ..carried.clone() },
                };
                change.put(Table::Submissions, &submission_key(&merged.branch, merged.id), &merged)?;
                let is_last = !here
                    .iter()
                    .chain(&backup.submissions)
                    .any(|other| other.period == merged.period && other.id > merged.id);
                if let (true, false, None, Some(body)) =
                    (is_last, merged.withdrawn, &merged.receipt, &merged.body)
                {
                    let request = OutboxRequest::submit(merged.id, body.clone());
                    // The submission's own random bytes: restoring twice at once makes one row.
                    let (_, random) = merged.id.0.as_bytes().split_at(6);
                    let mut bytes = [0; 10];
                    bytes.copy_from_slice(random);
                    let id = OutboxId::from_parts(merged.id.made_at_ms(), &bytes);
                    let row = OutboxEntry::new(id, merged.branch.clone(), request, now_ms);
                    change.put(Table::Outbox, &row.id.to_string(), &row)?;
                }
            }
            Ok(new)
        })
        .await
    }

    /// Where what is stored of a branch is.
    pub async fn whereabouts(&self, branch: &BranchCode) -> Result<Whereabouts, StoreError> {
        let stock = self.excerpt(runs_of(branch)).await?.stock(branch, &mut Vec::new());
        Ok(stock.whereabouts(&stock.reached()))
    }

    /// Removes a branch with all that is stored of it, and shows another.
    ///
    /// # Errors
    /// [`StoreError::OnlyHere`] while anything of it would be lost with this phone (invariant 5): what the endpoint does not have, and
    /// she has not said that she sent away; or when the storage fails; then nothing was removed.
    pub async fn unbind(&self, branch: &BranchCode, shown: &Phone) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            let stock = stock_of(change, branch).await?;
            let lost = stock.whereabouts(&stock.reached()).lost_with_the_phone();
            if !lost.is_nothing() {
                return Err(StoreError::OnlyHere(lost));
            }
            let prefix = format!("{branch}/");
            for table in Table::ALL {
                match table {
                    Table::PhotoBytes | Table::Thumbnails => {
                        let keys = self.backend().keys(table).await?;
                        keys.iter()
                            .filter(|key| key.starts_with(&prefix))
                            .for_each(|key| change.delete(table, key));
                    }
                    Table::Drafts
                    | Table::Entries
                    | Table::Submissions
                    | Table::Ledger
                    | Table::Photos
                    | Table::Findings
                    | Table::Unfinished => {
                        for (key, _) in change.texts(table, &prefix).await? {
                            change.delete(table, &key);
                        }
                    }
                    Table::Bindings => change.delete(table, branch.as_str()),
                    Table::Outbox => {
                        for row in change.run::<OutboxEntry>(table, "").await?.records {
                            if &row.branch == branch {
                                change.delete(table, &row.id.to_string());
                            }
                        }
                    }
                    Table::Settings => {
                        change.delete(table, &carried::key(branch));
                        for (key, _) in change.texts(table, &paper::prefix(branch)).await? {
                            change.delete(table, &key);
                        }
                        for (key, text) in change.texts(table, CODES).await? {
                            if json::from_str::<BranchCode>(&text).is_ok_and(|of| &of == branch) {
                                change.delete(table, &key);
                            }
                        }
                    }
                    // Of all branches.
                    Table::Checklists | Table::Documents => {}
                }
            }
            let bindings = change.run::<Binding>(Table::Bindings, "").await?.records;
            let next = bindings.into_iter().map(|binding| binding.branch.code).find(|code| code != branch);
            let stored = unless_spoilt(change.one::<Phone>(Table::Settings, PHONE).await)?;
            let phone = Phone { active: next, ..stored.unwrap_or_else(|| shown.clone()) };
            change.put(Table::Settings, PHONE, &phone)
        })
        .await
    }
}
