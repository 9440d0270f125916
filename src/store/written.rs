//! What was just written: an answer, a version of a ledger entry, a word on a finding. There is one way to make it durable, alone or
//! with the photo that it attaches, and one way to add what was written elsewhere.

use super::{
    atomic::Change,
    backend::{Backend, Batch, Seen, Table},
    error::StoreError,
    findings::own_key,
    ledger::ledger_key,
    photos::{NewPhoto, keep},
    records::{Draft, KeptFinding, KeptRecord},
    repository::{Repository, draft_key, stamp_key, unless_spoilt},
};
use crate::{
    domain::{BranchCode, Entry, FindingEntry, HybridClock, LedgerRecord, Stamp, assessment::Edit},
    json::{self, FromJson},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Something that was just written, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// An answer, and what it replaces. Its draft is stored with the first of them.
    Answer(Draft, Edit),
    /// A version of an entry of the branch's ledger.
    Record(BranchCode, LedgerRecord),
    /// A word on a finding of the branch.
    Word(BranchCode, FindingEntry),
}

/// A word as it lies in its table, under a key of its own.
pub(super) trait Kept: Ord + Clone {
    /// The table.
    const TABLE: Table;
    /// Whether the key is made of the content: then nothing but a spoilt record of the same can lie there.
    const IS_BY_CONTENT: bool = false;
    /// What lies there: the word, or the word with what earlier versions said beside it.
    type Record: Serialize + FromJson + From<Self> + Into<Self>;

    /// The key, in the run of a draft or a branch.
    fn key(&self, run: &str) -> Result<String, StoreError>;
    /// When and on which phone it was written.
    fn stamp(&mut self) -> &mut Stamp;
}

impl Kept for Entry {
    const TABLE: Table = Table::Entries;
    type Record = Self;

    fn key(&self, run: &str) -> Result<String, StoreError> {
        Ok(format!("{run}/{}/{}", self.key.path(), stamp_key(self.stamp)))
    }

    fn stamp(&mut self) -> &mut Stamp {
        &mut self.stamp
    }
}

impl Kept for LedgerRecord {
    const TABLE: Table = Table::Ledger;
    type Record = KeptRecord;

    fn key(&self, run: &str) -> Result<String, StoreError> {
        Ok(ledger_key(run, self))
    }

    fn stamp(&mut self) -> &mut Stamp {
        &mut self.stamp
    }
}

impl Kept for FindingEntry {
    const TABLE: Table = Table::Findings;
    const IS_BY_CONTENT: bool = true;
    type Record = KeptFinding;

    fn key(&self, run: &str) -> Result<String, StoreError> {
        own_key(run, self)
    }

    fn stamp(&mut self) -> &mut Stamp {
        &mut self.stamp
    }
}

fn read<W: Kept>(text: &str) -> Option<W> {
    json::from_str::<W::Record>(text).ok().map(Into::into)
}

/// Adds what was written elsewhere; what is here already stays. Answers what of it was new.
pub(super) async fn add<B: Backend, W: Kept>(
    change: &mut Change<'_, B>,
    run: &str,
    words: impl IntoIterator<Item = W>,
) -> Result<Vec<W>, StoreError> {
    let stored: BTreeMap<String, String> =
        change.texts(W::TABLE, &format!("{run}/")).await?.into_iter().collect();
    let mut new = Vec::new();
    for word in words {
        let key = word.key(run)?;
        // Of two values under one stamp the greater one stays, so that phones agree in whatever order they meet.
        if stored.get(&key).and_then(|text| read::<W>(text)).is_none_or(|known| known < word) {
            change.put(W::TABLE, &key, &W::Record::from(word.clone()))?;
            new.push(word);
        }
    }
    Ok(new)
}

/// Stores a word of this phone, under the next free stamp where another value has its own: two tabs share one device. Whether that
/// was needed.
async fn put<B: Backend, W: Kept>(
    change: &mut Change<'_, B>,
    run: &str,
    mut word: W,
) -> Result<bool, StoreError> {
    let given = *word.stamp();
    let mut clock = HybridClock::new(given.device);
    while let Some(text) = change.text(W::TABLE, &word.key(run)?).await?
        && read::<W>(&text).map_or(!W::IS_BY_CONTENT, |known| known != word)
    {
        clock.observe(*word.stamp());
        *word.stamp() = clock.tick(given.ms);
    }
    change.put(W::TABLE, &word.key(run)?, &W::Record::from(word.clone()))?;
    Ok(*word.stamp() != given)
}

/// The same in the usual case, stated without reading first: its key is free.
fn put_as_new<W: Kept>(batch: &mut Batch, run: &str, word: &W) -> Result<(), StoreError> {
    let key = word.key(run)?;
    batch.put(W::TABLE, &key, &W::Record::from(word.clone()))?;
    batch.seen.push(Seen::One(W::TABLE, key, None));
    Ok(())
}

impl Written {
    /// Whose it is.
    pub fn branch(&self) -> &BranchCode {
        match self {
            Self::Answer(draft, _) => &draft.branch,
            Self::Record(branch, _) | Self::Word(branch, _) => branch,
        }
    }

    async fn put<B: Backend>(&self, change: &mut Change<'_, B>) -> Result<bool, StoreError> {
        match self {
            Self::Answer(draft, edit) => put_edit(change, draft, edit).await,
            Self::Record(branch, record) => put(change, branch.as_str(), record.clone()).await,
            Self::Word(branch, word) => put(change, branch.as_str(), word.clone()).await,
        }
    }
}

/// An answer on top of what is stored. What has left the phone meanwhile is not dropped, and what is saved after it counts as new.
async fn put_edit<B: Backend>(
    change: &mut Change<'_, B>,
    draft: &Draft,
    edit: &Edit,
) -> Result<bool, StoreError> {
    let run = draft_key(&draft.key());
    let stored = unless_spoilt(change.one::<Draft>(Table::Drafts, &run).await)?;
    if stored.is_none() {
        change.put(Table::Drafts, &run, draft)?;
    }
    let shared = stored.and_then(|draft| draft.shared_until);
    let mut differs = false;
    for old in &edit.drop {
        if Some(old.stamp) > shared {
            change.delete(Table::Entries, &Kept::key(old, &run)?);
        } else {
            differs = true;
        }
    }
    let mut word = edit.put.clone();
    if let Some(shared) = shared.filter(|shared| word.stamp <= *shared) {
        let mut clock = HybridClock::new(word.stamp.device);
        clock.observe(shared);
        word.stamp = clock.tick(word.stamp.ms);
        differs = true;
    }
    Ok(put(change, &run, word).await? || differs)
}

/// The usual case of [`Repository::save`]: the stored draft is the one on the screen, and the stamps are free. `None` where it is
/// known not to be so.
fn as_known(all: &[Written]) -> Result<Option<Batch>, StoreError> {
    let mut batch = Batch::default();
    for written in all {
        match written {
            Written::Answer(draft, edit) => {
                let is_new = |entry: &Entry| Some(entry.stamp) > draft.shared_until;
                if !is_new(&edit.put) || !edit.drop.iter().all(is_new) {
                    return Ok(None);
                }
                let text =
                    serde_json::to_string(draft).map_err(|error| StoreError::Failed(error.to_string()))?;
                let run = draft_key(&draft.key());
                for old in &edit.drop {
                    batch.delete(Table::Entries, &Kept::key(old, &run)?);
                }
                put_as_new(&mut batch, &run, &edit.put)?;
                batch.seen.push(Seen::One(Table::Drafts, run, Some(text)));
            }
            Written::Record(branch, record) => put_as_new(&mut batch, branch.as_str(), record)?,
            Written::Word(branch, word) => put_as_new(&mut batch, branch.as_str(), word)?,
        }
    }
    Ok(Some(batch))
}

impl<B: Backend> Repository<B> {
    /// Makes all of it durable.
    ///
    /// Two tabs share one device and may give one stamp to two values, or an earlier one to what is saved after a report: such
    /// a value gets the next free stamp, so that a stamp and a register name one value, and everything saved after a report
    /// counts as new. What has been reported meanwhile is not dropped. Returns whether anything of this was needed, so that
    /// what is on the screen must be read again.
    ///
    /// In the usual case nothing is read first: what it rests on is stated, and compared in the writing transaction itself, so a tap
    /// costs one transaction and nothing is risked.
    ///
    /// # Errors
    /// When the storage fails; then nothing of it is stored.
    pub async fn save(&self, all: &[Written]) -> Result<bool, StoreError> {
        if let Some(batch) = as_known(all)? {
            match self.backend().commit(batch).await {
                Err(StoreError::Changed) => {}
                outcome => return outcome.map(|()| false),
            }
        }
        self.atomically(async |change: &mut Change<'_, B>| {
            let mut differs = false;
            for written in all {
                differs |= written.put(change).await?;
            }
            Ok(differs)
        })
        .await
    }

    /// A photo and what attaches it become durable together, as [`Repository::save`] does.
    ///
    /// # Errors
    /// When the storage fails; then nothing of either is stored.
    pub async fn save_photo(&self, written: &Written, photo: &NewPhoto) -> Result<bool, StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            keep(change, photo).await?;
            written.put(change).await
        })
        .await
    }
}
