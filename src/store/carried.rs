//! Carrying everything of a branch away: what goes into a backup, which table does not and why, and what became of the file.
//!
//! A browser does not say whether it has saved a file, and whoever has one on the phone loses it with the phone. So a backup counts
//! as a file only when she has seen it, and as carried away only when she says that she has sent it.

use super::{
    atomic::Change,
    backend::{Backend, Table},
    backup::{Backup, FORMAT, KIND, SavedDraft, SavedPaper, SavedText},
    error::StoreError,
    excerpt::runs_of,
    findings::own_key,
    ledger::ledger_key,
    paper,
    records::{DraftKey, LocalSubmission},
    repository::{CLOCK, LOOKS, Repository, submission_key, unless_spoilt},
    unfinished,
    whereabouts::{Place, answers},
    work::{mark, stock_of},
};
use crate::{
    domain::{Assessment, BranchCode, Open},
    json::FromJson,
    sync::{OutboxEntry, OutboxRequest},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a backup does with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// What belongs to the branch goes along.
    Carried,
    /// It stays, for this reason.
    Left(&'static str),
}

/// What a backup does with each table. Of the settings see [`of_setting`].
pub const fn fate(table: Table) -> Fate {
    match table {
        Table::Drafts
        | Table::Entries
        | Table::Submissions
        | Table::Outbox
        | Table::Ledger
        | Table::Photos
        | Table::Findings
        | Table::Unfinished
        | Table::Settings => Fate::Carried,
        Table::Bindings => Fate::Left("the token: whoever finds the file could report in the branch's name"),
        Table::Checklists | Table::Documents => Fate::Left("published: they are fetched again"),
        Table::PhotoBytes => {
            Fate::Left("a hundred times as large as all else; the page says so, and counts them")
        }
        Table::Thumbnails => Fate::Left("made again from the photos"),
    }
}

/// What a backup does with a setting, by its key; `None` of one that is not known.
pub fn of_setting(key: &str) -> Option<Fate> {
    Some(match key {
        "phone" | CLOCK | LOOKS => Fate::Left("facts of this phone"),
        "standard" => Fate::Left("published: it is fetched again"),
        "pending-activation" => Fate::Left("holds a token"),
        _ if key.starts_with("code/") => Fate::Left("which slips this phone has used up"),
        _ if key.starts_with("backup/") => Fate::Left("of what became of backups of this phone"),
        _ if key.starts_with("paper/") => Fate::Carried,
        _ => return None,
    })
}

/// What became of backups of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, FromJson)]
pub struct Carried {
    /// The newest file that she has seen on this phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Held>,
    /// The newest that she says she has sent away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<Held>,
}

/// What a backup held.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, FromJson)]
pub struct Held {
    /// When it was made, milliseconds since 1970-01-01 UTC.
    pub made_at: u64,
    /// The names of the records, without those that the endpoint had already.
    pub names: BTreeSet<String>,
}

impl Carried {
    /// Where the record of this name has been carried.
    pub fn place(&self, name: &str) -> Place {
        let holds = |held: &Option<Held>| held.as_ref().is_some_and(|held| held.names.contains(name));
        if holds(&self.away) {
            Place::SentAway
        } else if holds(&self.file) {
            Place::InFile
        } else {
            Place::OnlyHere
        }
    }
}

/// What became of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It is a file, and lies on this phone.
    File,
    /// She says that it is elsewhere.
    SentAway,
}

pub(super) fn key(branch: &BranchCode) -> String {
    format!("backup/{branch}")
}

pub(super) async fn stored<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
) -> Result<Carried, StoreError> {
    Ok(unless_spoilt(change.one(Table::Settings, &key(branch)).await)?.unwrap_or_default())
}

/// The names of what a backup holds.
fn names(backup: &Backup) -> Result<BTreeSet<String>, StoreError> {
    let branch = &backup.branch;
    let mut names = BTreeSet::new();
    for saved in &backup.drafts {
        names.extend(answers(&saved.draft.key(), &Assessment::new(saved.entries.iter().cloned(), None)));
    }
    names.extend(backup.ledger.iter().map(|record| ledger_key(branch.as_str(), record)));
    for word in backup.findings.entries.iter().filter(|word| !word.is_from_above()) {
        names.insert(own_key(branch.as_str(), word)?);
    }
    for word in backup.findings.entries.unread() {
        names.insert(own_key(branch.as_str(), word)?);
    }
    let unsent = backup.submissions.iter().filter(|sent| sent.receipt.is_none() && sent.body.is_some());
    names.extend(unsent.map(|sent| submission_key(branch, sent.id)));
    names.extend(backup.requests.iter().map(|row| row.id.to_string()));
    names.extend(backup.unfinished.iter().map(|saved| unfinished::name(&saved.key, &saved.unfinished)));
    names.extend(backup.papers.iter().map(|saved| paper::name(branch, &saved.period, &saved.trail)));
    Ok(names)
}

impl<B: Backend> Repository<B> {
    /// Everything of a branch that a backup carries, as it is stored. `None` when the phone does not look after it.
    pub async fn backup(&self, branch: &BranchCode, made_at: u64) -> Result<Option<Backup>, StoreError> {
        let mut runs = runs_of(branch);
        runs.push((Table::Bindings, branch.to_string()));
        let excerpt = self.excerpt(runs).await?;
        let Some(bound) = excerpt.binding(branch) else { return Ok(None) };
        let drafts = excerpt.drafts(branch).records.into_iter().map(|draft| {
            let found = excerpt.entries(&draft.key());
            SavedDraft { entries: Open::from(found.records).with_unread(found.unread), draft }
        });
        let kept = excerpt.ledger(branch);
        let ledger = kept.records.into_iter().map(|kept| kept.record).collect::<Open<_>>();
        let found = excerpt.findings(branch).0;
        // A report is queued again from its submission.
        let is_carried = |row: &OutboxEntry| {
            &row.branch == branch && row.is_waiting() && !matches!(row.request, OutboxRequest::Submit { .. })
        };
        let papers = excerpt.paper_trails(branch).into_iter();
        let unfinished = excerpt.unfinished().into_iter();
        Ok(Some(Backup {
            kind: KIND.into(),
            format: FORMAT,
            branch: branch.clone(),
            branch_name: bound.branch.name,
            made_at,
            drafts: drafts.collect(),
            submissions: excerpt.submissions(branch).records,
            ledger: ledger.with_unread(kept.unread),
            photos: excerpt.photos(branch).records.into(),
            heard_of: found.known().into_iter().collect(),
            findings: found.all().into(),
            requests: excerpt.outbox().records.into_iter().filter(is_carried).collect(),
            papers: papers.map(|(period, trail)| SavedPaper { period, trail }).collect(),
            unfinished: unfinished.map(|(key, unfinished)| SavedText { key, unfinished }).collect(),
        }))
    }

    /// A backup has become a file, or has been sent away. What was written since stays where it is.
    ///
    /// # Errors
    /// When the storage fails; then everything still counts as before.
    pub async fn mark_carried(&self, backup: &Backup, became: Became) -> Result<(), StoreError> {
        let names = names(backup)?;
        self.atomically(async |change: &mut Change<'_, B>| {
            let reached = stock_of(change, &backup.branch).await?.reached();
            let undelivered = names.iter().filter(|name| reached.place(name) != Place::Delivered);
            let held = Held { made_at: backup.made_at, names: undelivered.cloned().collect() };
            // What is in a file may come back from it: a correction does not replace it any more.
            for saved in &backup.drafts {
                mark(change, &saved.draft, &saved.entries).await?;
            }
            let mut carried = stored(change, &backup.branch).await?;
            match became {
                Became::File => carried.file = Some(held),
                Became::SentAway => carried.away = Some(held),
            }
            change.put(Table::Settings, &key(&backup.branch), &carried)
        })
        .await
    }

    /// She says that she has sent the file away.
    ///
    /// # Errors
    /// When the storage fails; then everything still counts as before.
    pub async fn mark_sent_away(&self, branch: &BranchCode) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            let mut carried = stored(change, branch).await?;
            match carried.file.take() {
                Some(file) => {
                    carried.away = Some(file);
                    change.put(Table::Settings, &key(branch), &carried)
                }
                // Another tab was faster.
                None => Ok(()),
            }
        })
        .await
    }
}

/// Puts requests back that waited when a backup was made. The same request again is success; one whose report is known to be taken
/// back, or looked at from above, is over.
pub(super) async fn restore_requests<B: Backend>(
    change: &mut Change<'_, B>,
    backup: &Backup,
    here: &[LocalSubmission],
) -> Result<(), StoreError> {
    for row in &backup.requests {
        let is_over = |sent: &LocalSubmission| {
            Some(sent.id) == row.request.submission() && (sent.withdrawn || !sent.reviews.is_empty())
        };
        if !here.iter().any(is_over) && change.text(Table::Outbox, &row.id.to_string()).await?.is_none() {
            change.put(Table::Outbox, &row.id.to_string(), row)?;
        }
    }
    Ok(())
}

/// Puts texts back that were not entered when a backup was made, where nothing is being typed now. Returns how many.
pub(super) async fn restore_unfinished<B: Backend>(
    change: &mut Change<'_, B>,
    backup: &Backup,
) -> Result<usize, StoreError> {
    let mut new = 0;
    for saved in &backup.unfinished {
        if change.text(Table::Unfinished, &saved.key).await?.is_none() {
            change.put(Table::Unfinished, &saved.key, &saved.unfinished)?;
            new += 1;
        }
    }
    Ok(new)
}

/// Lays the paper of a backup beside what is noted here: what was ticked stays ticked, and a text that was edited here is kept.
/// Returns in how many periods something was new.
pub(super) async fn restore_papers<B: Backend>(
    change: &mut Change<'_, B>,
    backup: &Backup,
) -> Result<usize, StoreError> {
    let mut new = 0;
    for saved in &backup.papers {
        let of = DraftKey { branch: backup.branch.clone(), period: saved.period.clone() };
        let here = paper::stored(change, &of).await?;
        let merged = here.clone().and(&saved.trail);
        if merged != here {
            change.put(Table::Settings, &paper::key(&of), &merged)?;
            new += 1;
        }
    }
    Ok(new)
}
