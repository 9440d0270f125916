//! Where what this phone holds of a branch is besides: nowhere, in a file that lies on this phone too, somewhere she says she has
//! sent that file, or at the endpoint. Worked out anew each time from receipts and from what backups held, never marked on a record:
//! what was put into a report has not arrived with it, and what was offered as a file has not been saved.

use super::{
    carried::Carried,
    findings::{self, StoredFindings},
    paper::{self, PaperTrail},
    photos,
    records::{Draft, DraftKey, LocalSubmission, PhotoRecord},
    repository::{entry_key, submission_key},
    unfinished::{self, Unfinished},
};
use crate::{
    domain::{
        Assessment, BranchCode, Entry, FindingId, Ledger, LedgerId, PeriodId, SubmissionId,
        finding::FindingHead, ledger::derive,
    },
    sync::{OutboxEntry, OutboxRequest},
};
use std::collections::{BTreeMap, BTreeSet};

/// Where a record is besides on this phone, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// 只在这部手机里
    OnlyHere,
    /// 存成了文件（还在这部手机上）
    InFile,
    /// In a file that she says she has sent away.
    SentAway,
    /// 已送达: the endpoint has it, by its hash.
    Delivered,
}

/// How many of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Registers of answers, over all periods: by their newest value.
    pub answers: usize,
    /// Entries of the ledger.
    pub ledger: usize,
    /// Findings.
    pub findings: usize,
    /// Reports that have not arrived and that no later one replaces, and other requests that wait.
    pub requests: usize,
    /// Periods with something noted of their paper: the edited report, what is signed, stamped and handed in.
    pub papers: usize,
    /// Forms, and fields by themselves, with something typed that is not entered yet.
    pub unfinished: usize,
    /// Photos in use. No backup holds them.
    pub photos: usize,
}

impl Count {
    fn all(self) -> [usize; 7] {
        let Self { answers, ledger, findings, requests, papers, unfinished, photos } = self;
        [answers, ledger, findings, requests, papers, unfinished, photos]
    }

    /// All of them together.
    pub fn total(self) -> usize {
        self.all().into_iter().sum()
    }

    /// Whether there is nothing.
    pub fn is_nothing(self) -> bool {
        self.total() == 0
    }
}

impl core::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.answers += other.answers;
        self.ledger += other.ledger;
        self.findings += other.findings;
        self.requests += other.requests;
        self.papers += other.papers;
        self.unfinished += other.unfinished;
        self.photos += other.photos;
    }
}

/// What of a branch is where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Whereabouts {
    /// 只在这部手机里
    pub only_here: Count,
    /// 存成了文件（还在这部手机上）
    pub in_file: Count,
    /// In a file that she says she has sent away.
    pub sent_away: Count,
    /// 已送达
    pub delivered: Count,
}

impl Whereabouts {
    /// Those at this place.
    pub fn at(&mut self, place: Place) -> &mut Count {
        match place {
            Place::OnlyHere => &mut self.only_here,
            Place::InFile => &mut self.in_file,
            Place::SentAway => &mut self.sent_away,
            Place::Delivered => &mut self.delivered,
        }
    }

    /// Adds what is elsewhere.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.only_here += other.only_here;
        self.in_file += other.in_file;
        self.sent_away += other.sent_away;
        self.delivered += other.delivered;
        self
    }

    /// What would be lost with this phone: a file on it would go with it.
    pub fn lost_with_the_phone(self) -> Count {
        let mut lost = self.only_here;
        lost += self.in_file;
        lost
    }

    /// Of the ledger.
    pub fn of_ledger(places: &BTreeMap<LedgerId, Place>) -> Self {
        let mut all = Self::default();
        places.values().for_each(|place| all.at(*place).ledger += 1);
        all
    }

    /// Of findings, of which so many are here and these are not delivered.
    pub fn of_findings(all: usize, undelivered: &BTreeMap<FindingId, Place>) -> Self {
        let mut found = Self::default();
        undelivered.values().for_each(|place| found.at(*place).findings += 1);
        found.delivered.findings = all.saturating_sub(undelivered.len());
        found
    }
}

/// What has reached another place, by the names of records: the keys under which they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reached {
    delivered: BTreeSet<String>,
    carried: Carried,
}

/// The newest value of each register.
fn winners(assessment: &Assessment) -> impl Iterator<Item = &Entry> {
    assessment.entries().chunk_by(|one, other| one.key == other.key).filter_map(<[Entry]>::last)
}

/// The names of the answers that count.
pub(super) fn answers<'a>(
    key: &DraftKey,
    assessment: &'a Assessment,
) -> impl Iterator<Item = String> + use<'a> {
    let key = key.clone();
    winners(assessment).map(move |entry| entry_key(&key, entry))
}

impl Reached {
    /// Where the record of this name is.
    pub fn place(&self, name: &str) -> Place {
        if self.delivered.contains(name) { Place::Delivered } else { self.carried.place(name) }
    }

    /// Where a draft's answers are.
    pub fn of_answers(&self, key: &DraftKey, assessment: &Assessment) -> Whereabouts {
        let mut all = Whereabouts::default();
        answers(key, assessment).for_each(|name| all.at(self.place(&name)).answers += 1);
        all
    }

    /// Where each entry of the ledger is: where the version is that has come least far.
    pub fn of_ledger(&self, branch: &BranchCode, ledger: &Ledger) -> BTreeMap<LedgerId, Place> {
        let mut places = BTreeMap::new();
        for record in ledger.records() {
            let place = self.place(&super::ledger::ledger_key(branch.as_str(), record));
            places
                .entry(record.id)
                .and_modify(|worst: &mut Place| *worst = place.min(*worst))
                .or_insert(place);
        }
        places
    }

    /// Where the findings are that have words which the endpoint does not have: where the word is that has come least far.
    pub fn of_findings(&self, branch: &BranchCode, found: &StoredFindings) -> BTreeMap<FindingId, Place> {
        let mut places = BTreeMap::new();
        let unsent = found.unsent();
        let read = unsent.iter().map(|word| (word.finding, findings::own_key(branch.as_str(), word)));
        let unread = unsent.unread().filter_map(|word| {
            Some((word.read::<FindingHead>()?.finding, findings::own_key(branch.as_str(), word)))
        });
        for (finding, name) in read.chain(unread) {
            let place = self.place(&name.unwrap_or_default());
            places.entry(finding).and_modify(|worst: &mut Place| *worst = place.min(*worst)).or_insert(place);
        }
        let gone = found.never_were();
        places.retain(|finding, _| !gone.contains(finding));
        places
    }
}

/// All that is stored of a branch, as far as it is counted.
#[derive(Debug, Clone)]
pub struct Stock {
    /// Whose.
    pub branch: BranchCode,
    /// The drafts with their answers.
    pub drafts: Vec<(Draft, Assessment)>,
    /// The submissions, own and pulled.
    pub submissions: Vec<LocalSubmission>,
    /// What waits to be sent, of all branches.
    pub outbox: Vec<OutboxEntry>,
    /// The ledger.
    pub ledger: Ledger,
    /// The findings.
    pub findings: StoredFindings,
    /// What is known of photos.
    pub photos: Vec<PhotoRecord>,
    /// What is noted of paper.
    pub papers: Vec<(PeriodId, PaperTrail)>,
    /// What was typed and is not entered yet, by key.
    pub unfinished: Vec<(String, Unfinished)>,
    /// What backups held.
    pub carried: Carried,
}

impl Stock {
    /// What has reached another place.
    pub fn reached(&self) -> Reached {
        let mut wanted: BTreeSet<String> =
            self.drafts.iter().flat_map(|(draft, assessment)| answers(&draft.key(), assessment)).collect();
        let records = self.ledger.records().iter();
        wanted.extend(records.map(|record| super::ledger::ledger_key(self.branch.as_str(), record)));
        let mut delivered = BTreeSet::new();
        // The newest first: it mostly says all that the older ones say, and reading one takes a slow phone milliseconds.
        for sent in self.submissions.iter().rev() {
            if wanted.is_empty() {
                break;
            }
            let Some(snapshot) =
                Some(sent).filter(|sent| sent.is_delivered()).and_then(LocalSubmission::snapshot)
            else {
                continue;
            };
            let key = DraftKey { branch: sent.branch.clone(), period: sent.period.clone() };
            let said = snapshot.answers.iter().filter_map(derive::said);
            let names = said.map(|entry| entry_key(&key, &entry)).collect::<Vec<_>>();
            let records =
                snapshot.ledger.iter().map(|record| super::ledger::ledger_key(self.branch.as_str(), record));
            delivered.extend(names.into_iter().chain(records).filter(|name| wanted.remove(name)));
        }
        Reached { delivered, carried: self.carried.clone() }
    }

    /// Where all of it is.
    pub fn whereabouts(&self, reached: &Reached) -> Whereabouts {
        let drafts =
            self.drafts.iter().map(|(draft, assessment)| reached.of_answers(&draft.key(), assessment));
        let findings = reached.of_findings(&self.branch, &self.findings);
        drafts
            .fold(self.beside(reached), Whereabouts::and)
            .and(Whereabouts::of_ledger(&reached.of_ledger(&self.branch, &self.ledger)))
            .and(Whereabouts::of_findings(self.findings.all().all().len(), &findings))
    }

    /// The same without answers, ledger and findings, of which the screen may know more than the disk.
    pub fn beside(&self, reached: &Reached) -> Whereabouts {
        let mut all = Whereabouts::default();
        for name in self.requests() {
            all.at(reached.place(&name)).requests += 1;
        }
        all.delivered.requests += self.submissions.iter().filter(|sent| sent.is_delivered()).count();
        for (period, trail) in self.papers.iter().filter(|(_, trail)| *trail != PaperTrail::default()) {
            all.at(reached.place(&paper::name(&self.branch, period, trail))).papers += 1;
        }
        // A form is one thing, however many of its fields are kept.
        let mut unfinished = BTreeMap::new();
        for (key, text) in &self.unfinished {
            let place = reached.place(&unfinished::name(key, text));
            let form = key.split_once('#').map_or(key.as_str(), |(form, _)| form);
            unfinished
                .entry(form)
                .and_modify(|worst: &mut Place| *worst = place.min(*worst))
                .or_insert(place);
        }
        unfinished.into_values().for_each(|place| all.at(place).unfinished += 1);
        let (alone, delivered) =
            photos::in_use(&self.photos, &self.drafts, &self.submissions, &self.ledger, &self.findings);
        all.only_here.photos = alone;
        all.delivered.photos = delivered;
        all
    }

    /// The names of the reports that have not arrived, unless a later one of the period has, and of the other requests that wait.
    fn requests(&self) -> BTreeSet<String> {
        let rows = || self.outbox.iter().filter(|row| row.branch == self.branch);
        let is_replaced = |sent: &LocalSubmission| {
            self.submissions
                .iter()
                .any(|other| other.period == sent.period && other.id > sent.id && other.is_delivered())
        };
        let unsent = self.submissions.iter().filter(|sent| sent.receipt.is_none() && !is_replaced(sent));
        let mut reports: BTreeSet<SubmissionId> = unsent.map(|sent| sent.id).collect();
        let mut names = BTreeSet::new();
        for row in rows() {
            match &row.request {
                OutboxRequest::Submit { submission, .. } => {
                    reports.insert(*submission);
                }
                OutboxRequest::Withdraw { .. } | OutboxRequest::Profile { .. } => {
                    // A refused one waits for nothing.
                    if row.is_waiting() {
                        names.insert(row.id.to_string());
                    }
                }
            }
        }
        names.extend(reports.into_iter().map(|id| submission_key(&self.branch, id)));
        names
    }
}
