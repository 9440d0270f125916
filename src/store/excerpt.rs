//! Records that were read in one transaction, and so as one state: whatever is decided over them is a plain function, and waits for
//! nothing.

use super::{
    backend::Table,
    carried::{self, Carried},
    error::StoreError,
    findings::{self, StoredFindings},
    ledger::unread_record,
    paper::{self, PaperTrail},
    records::{Binding, Draft, DraftKey, KeptRecord, LocalSubmission, PhotoRecord},
    repository::{CLOCK, Found, LOOKS, STANDARD, draft_key, read_words, unread_entry},
    unfinished::{self, Unfinished},
    whereabouts::Stock,
};
use crate::{
    domain::{Assessment, BranchCode, ContentHash, Entry, Ledger, PeriodId},
    json::{self, FromJson},
    sync::{KnownTime, OutboxEntry, StandardCopy},
};
use std::collections::BTreeMap;

/// A table and what the keys begin with of which records are read.
pub type Run = (Table, String);

/// All that belongs to a branch alone and is counted when it is asked what would be lost with the phone.
pub(super) fn runs_of(branch: &BranchCode) -> Vec<Run> {
    let tables =
        [Table::Drafts, Table::Entries, Table::Submissions, Table::Ledger, Table::Photos, Table::Findings]
            .map(|table| (table, format!("{branch}/")));
    let beside = [
        (Table::Unfinished, format!("{branch}/")),
        (Table::Outbox, String::new()),
        (Table::Settings, paper::prefix(branch)),
        (Table::Settings, carried::key(branch)),
    ];
    tables.into_iter().chain(beside).collect()
}

/// The records.
#[derive(Debug, Clone, Default)]
pub struct Excerpt(BTreeMap<(Table, String), String>);

impl Excerpt {
    /// From runs as a storage answers them.
    pub(super) fn new(runs: impl IntoIterator<Item = (Table, Vec<(String, String)>)>) -> Self {
        let records = runs
            .into_iter()
            .flat_map(|(table, run)| run.into_iter().map(move |(key, text)| ((table, key), text)));
        Self(records.collect())
    }

    /// The records whose key starts with `prefix`, by key.
    pub(super) fn texts(&self, table: Table, prefix: &str) -> Vec<(&str, &str)> {
        let from = self.0.range((table, prefix.to_owned())..);
        let run = from.take_while(|((of, key), _)| *of == table && key.starts_with(prefix));
        run.map(|((_, key), text)| (key.as_str(), text.as_str())).collect()
    }

    /// Those that can be read, with what is said of the others.
    pub(super) fn run<T: FromJson>(&self, table: Table, prefix: &str) -> Found<T> {
        read_words(table, &self.texts(table, prefix), |_| None)
    }

    /// What can be had again elsewhere: spoilt, it counts as none.
    fn one<T: FromJson>(&self, table: Table, key: &str) -> Option<T> {
        json::from_str(self.0.get(&(table, key.to_owned()))?).ok()
    }

    /// The branches this phone looks after.
    pub fn bindings(&self) -> Found<Binding> {
        self.run(Table::Bindings, "")
    }

    /// One of them.
    pub(super) fn binding(&self, branch: &BranchCode) -> Option<Binding> {
        self.one(Table::Bindings, branch.as_str())
    }

    /// What is known of the time.
    pub fn clock(&self) -> KnownTime {
        KnownTime {
            offset: self.one(Table::Settings, CLOCK).unwrap_or_default(),
            looks: self.one(Table::Settings, LOOKS).unwrap_or_default(),
        }
    }

    /// The standard in force, as last heard.
    pub fn standard(&self) -> Option<StandardCopy> {
        self.one(Table::Settings, STANDARD)
    }

    /// The text of a checklist that was fetched.
    pub fn checklist(&self, hash: &ContentHash) -> Option<&str> {
        self.0.get(&(Table::Checklists, hash.to_string())).map(String::as_str)
    }

    /// What waits to be sent, of all branches, oldest first.
    pub fn outbox(&self) -> Found<OutboxEntry> {
        self.run(Table::Outbox, "")
    }

    /// What was typed and not entered, of all branches, by key. What cannot be read is passed over.
    pub fn unfinished(&self) -> Vec<(String, Unfinished)> {
        unfinished::readable(&self.texts(Table::Unfinished, ""))
    }

    /// The drafts of a branch, oldest period first.
    pub fn drafts(&self, branch: &BranchCode) -> Found<Draft> {
        self.run(Table::Drafts, &format!("{branch}/"))
    }

    /// The answers of a draft.
    pub fn entries(&self, key: &DraftKey) -> Found<Entry> {
        let run = format!("{}/", draft_key(key));
        read_words(Table::Entries, &self.texts(Table::Entries, &run), unread_entry)
    }

    /// The submissions of a branch, oldest first (their ids are ordered by time).
    pub fn submissions(&self, branch: &BranchCode) -> Found<LocalSubmission> {
        self.run(Table::Submissions, &format!("{branch}/"))
    }

    /// The ledger of a branch, every version of every entry.
    pub fn ledger(&self, branch: &BranchCode) -> Found<KeptRecord> {
        read_words(Table::Ledger, &self.texts(Table::Ledger, &format!("{branch}/")), unread_record)
    }

    /// What is known of the photos of a branch.
    pub fn photos(&self, branch: &BranchCode) -> Found<PhotoRecord> {
        self.run(Table::Photos, &format!("{branch}/"))
    }

    /// The findings of a branch, and what of them cannot be read.
    pub fn findings(&self, branch: &BranchCode) -> (StoredFindings, Vec<StoreError>) {
        findings::sorted(branch, &self.texts(Table::Findings, &format!("{branch}/")))
    }

    /// How far the paper of each period has come.
    pub(super) fn paper_trails(&self, branch: &BranchCode) -> Vec<(PeriodId, PaperTrail)> {
        paper::by_period(branch, &self.texts(Table::Settings, &paper::prefix(branch)))
    }

    /// What became of backups of a branch.
    pub(super) fn carried(&self, branch: &BranchCode) -> Carried {
        self.one(Table::Settings, &carried::key(branch)).unwrap_or_default()
    }

    /// All that is stored of a branch, as far as it is counted; `unreadable` is told what is not.
    pub fn stock(&self, branch: &BranchCode, unreadable: &mut Vec<StoreError>) -> Stock {
        let submissions = self.submissions(branch);
        unreadable.extend(submissions.unreadable);
        let stored = self.drafts(branch);
        unreadable.extend(stored.unreadable);
        let mut drafts = Vec::new();
        for draft in stored.records {
            let entries = self.entries(&draft.key());
            unreadable.extend(entries.unreadable);
            let mut assessment = Assessment::new(entries.records, draft.shared_until);
            assessment.keep_unread(entries.unread);
            drafts.push((draft, assessment));
        }
        let kept = self.ledger(branch);
        unreadable.extend(kept.unreadable);
        let mut ledger = Ledger::new(kept.records.into_iter().map(|kept| kept.record));
        ledger.keep_unread(kept.unread);
        let photos = self.photos(branch);
        unreadable.extend(photos.unreadable);
        let (findings, spoilt) = self.findings(branch);
        unreadable.extend(spoilt);
        let of_branch = self.texts(Table::Unfinished, &format!("{branch}/"));
        Stock {
            branch: branch.clone(),
            drafts,
            submissions: submissions.records,
            outbox: self.outbox().records,
            ledger,
            findings,
            photos: photos.records,
            papers: self.paper_trails(branch),
            unfinished: unfinished::readable(&of_branch),
            carried: self.carried(branch),
        }
    }
}
