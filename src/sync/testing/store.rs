//! The phone's storage in memory, which can fail at any step.

use super::{
    super::{
        Binding, BindingState, Delivery, FetchedChecklist, HeardFindings, Local, LocalFindings, OutboxEntry,
        OutboxId, OutboxRequest, OutboxState, Postponement, Pulled, Rejection, StandardCopy, Store, Token,
    },
    branch, info, token,
};
use crate::{
    domain::{Assessment, BranchCode, FindingEntry, Open, SubmissionId, Unread},
    protocol::{BranchFindings, BranchInfo, ProblemKind, Receipt, SubmissionSummary},
    sync::KnownTime,
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

/// Storage in memory.
#[derive(Default)]
pub(crate) struct MemoryStore {
    pub(crate) local: RefCell<Local>,
    pub(crate) receipts: RefCell<BTreeMap<SubmissionId, Receipt>>,
    pub(crate) pulled: RefCell<BTreeMap<SubmissionId, String>>,
    pub(crate) draft: RefCell<Assessment>,
    pub(crate) findings: RefCell<BTreeMap<BranchCode, BranchFindings>>,
    pub(crate) findings_refused: RefCell<Vec<(BranchCode, ProblemKind)>>,
    /// The next call of this name fails, as if the page had been closed before its commit.
    pub(crate) fails_at: Cell<Option<&'static str>>,
}

impl MemoryStore {
    /// A phone that looks after these branches, each with the token of the same number as the phone plus the branch's.
    pub(crate) fn phone(phone: u8, branches: &[u8]) -> Self {
        let store = Self::default();
        let bound = |number: &u8| Binding {
            info: info(*number),
            token: token(phone + number),
            state: BindingState::Bound,
        };
        store.local.borrow_mut().bindings = branches.iter().map(bound).collect();
        store
    }

    /// 上报: the submission and its row.
    pub(crate) fn put(&self, entry: OutboxEntry) {
        let mut local = self.local.borrow_mut();
        if let OutboxRequest::Submit { submission, .. } = entry.request {
            local.bodies.insert(submission);
        }
        local.outbox.push(entry);
    }

    /// Words on findings of the branch, for which no report has to be waited.
    pub(crate) fn write_findings(&self, of: u8, entries: &[FindingEntry]) {
        self.write_unreported(of, entries);
        let mut local = self.local.borrow_mut();
        let known: &mut LocalFindings = local.findings.entry(branch(of)).or_default();
        known.released.extend(entries.iter().map(|entry| entry.finding));
    }

    /// Words on problems that the branch has found itself and not reported.
    pub(crate) fn write_unreported(&self, of: u8, entries: &[FindingEntry]) {
        let mut local = self.local.borrow_mut();
        let known: &mut LocalFindings = local.findings.entry(branch(of)).or_default();
        known.unsent.extend(entries.iter().cloned());
    }

    pub(crate) fn states(&self) -> Vec<OutboxState> {
        self.local.borrow().outbox.iter().map(|entry| entry.state.clone()).collect()
    }

    fn step(&self, name: &'static str) -> Result<(), &'static str> {
        if self.fails_at.get() == Some(name) {
            self.fails_at.set(None);
            return Err(name);
        }
        Ok(())
    }

    fn change(&self, id: OutboxId, change: impl FnOnce(&mut OutboxEntry)) {
        if let Some(entry) = self.local.borrow_mut().outbox.iter_mut().find(|entry| entry.id == id) {
            change(entry);
        }
    }
}

impl Store for MemoryStore {
    type Error = &'static str;

    async fn local(&self) -> Result<Local, Self::Error> {
        self.step("local")?;
        Ok(self.local.borrow().clone())
    }

    async fn mark_sending(&self, id: OutboxId) -> Result<(), Self::Error> {
        self.step("mark_sending")?;
        self.change(id, |entry| entry.state = OutboxState::Sending);
        Ok(())
    }

    async fn record_delivery(&self, id: OutboxId, delivery: &Delivery) -> Result<(), Self::Error> {
        self.step("record_delivery")?;
        if let Delivery::Submitted(receipt) = delivery {
            self.receipts.borrow_mut().insert(receipt.submission, receipt.clone());
        }
        self.local.borrow_mut().outbox.retain(|entry| entry.id != id);
        Ok(())
    }

    async fn record_rejection(&self, id: OutboxId, rejection: &Rejection) -> Result<(), Self::Error> {
        self.step("record_rejection")?;
        let Rejection { kind, detail, faults } = rejection.clone();
        self.change(id, |entry| entry.state = OutboxState::Rejected { kind, detail, faults });
        Ok(())
    }

    async fn record_postponement(&self, id: OutboxId, to: Postponement) -> Result<(), Self::Error> {
        self.step("record_postponement")?;
        self.change(id, |entry| {
            entry.state = OutboxState::Queued { not_before: to.not_before };
            entry.attempts = to.attempts;
        });
        Ok(())
    }

    async fn record_revoked(&self, branch: &BranchCode, token: &Token) -> Result<(), Self::Error> {
        self.step("record_revoked")?;
        let mut local = self.local.borrow_mut();
        for binding in local.bindings.iter_mut() {
            if &binding.info.code == branch && &binding.token == token {
                binding.state = BindingState::Revoked;
            }
        }
        for entry in local.outbox.iter_mut().filter(|entry| &entry.branch == branch) {
            if entry.state == OutboxState::Sending {
                entry.state = OutboxState::Queued { not_before: None };
            }
        }
        Ok(())
    }

    async fn record_accepted(&self, branch: &BranchCode) -> Result<(), Self::Error> {
        self.step("record_accepted")?;
        let mut local = self.local.borrow_mut();
        for binding in local.bindings.iter_mut().filter(|binding| &binding.info.code == branch) {
            binding.state = BindingState::Bound;
        }
        Ok(())
    }

    async fn save_summaries(
        &self,
        branch: &BranchCode,
        list: &[SubmissionSummary],
    ) -> Result<(), Self::Error> {
        self.step("save_summaries")?;
        self.local.borrow_mut().summaries.insert(branch.clone(), list.to_vec());
        Ok(())
    }

    async fn save_pulled(&self, pulled: &Pulled) -> Result<(), Self::Error> {
        self.step("save_pulled")?;
        self.local.borrow_mut().bodies.insert(pulled.submission.id);
        let mut draft = self.draft.borrow_mut();
        draft.merge(pulled.submission.answers.iter().cloned());
        draft.keep_unread(pulled.submission.unread_entries());
        self.pulled.borrow_mut().insert(pulled.submission.id, pulled.body.clone());
        Ok(())
    }

    async fn save_findings(&self, branch: &BranchCode, heard: &HeardFindings) -> Result<(), Self::Error> {
        self.step("save_findings")?;
        let has = |entry: &FindingEntry| heard.all.entries.contains(entry);
        let mut local = self.local.borrow_mut();
        let known = local.findings.entry(branch.clone()).or_default();
        let has_unread = |one: &Unread| heard.all.entries.unread().any(|heard| heard == one);
        let (mut unsent, mut unread) = std::mem::take(&mut known.unsent).into_parts();
        unsent.retain(|entry| !has(entry));
        unread.retain(|one| !has_unread(one));
        known.unsent = Open::from(unsent).with_unread(unread);
        known.etag.clone_from(&heard.etag);
        self.findings.borrow_mut().insert(branch.clone(), heard.all.clone());
        Ok(())
    }

    async fn record_findings_refused(
        &self,
        branch: &BranchCode,
        rejection: &Rejection,
    ) -> Result<(), Self::Error> {
        self.step("record_findings_refused")?;
        self.findings_refused.borrow_mut().push((branch.clone(), rejection.kind));
        Ok(())
    }

    async fn save_standard(&self, standard: &StandardCopy) -> Result<(), Self::Error> {
        self.step("save_standard")?;
        self.local.borrow_mut().standard = Some(standard.clone());
        Ok(())
    }

    async fn save_checklist(&self, fetched: &FetchedChecklist) -> Result<(), Self::Error> {
        self.step("save_checklist")?;
        self.local.borrow_mut().checklists.insert(fetched.hash.clone());
        Ok(())
    }

    async fn save_branch(&self, info: &BranchInfo) -> Result<(), Self::Error> {
        self.step("save_branch")?;
        let mut local = self.local.borrow_mut();
        for binding in local.bindings.iter_mut().filter(|binding| binding.info.code == info.code) {
            binding.info = info.clone();
        }
        Ok(())
    }

    async fn save_clock(&self, known: KnownTime) -> Result<(), Self::Error> {
        self.step("save_clock")?;
        self.local.borrow_mut().clock = known;
        Ok(())
    }
}
