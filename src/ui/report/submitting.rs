//! 上报: freezing a snapshot and queueing it, in one transaction; taking it back.

use crate::{
    browser,
    domain::{
        BranchCode, Declaration, Open, Submission, SubmissionId,
        submission::{Attachment, FORMAT, heads},
    },
    phone::ledger::that_fits,
    store::{LocalSubmission, StoreError},
    sync::{OutboxEntry, OutboxId, OutboxRequest, OutboxState},
    ui::app::session::{Session, derived},
};
use leptos::prelude::*;

/// Why nothing was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSubmitted {
    /// There is nothing to submit.
    NoWork,
    /// Answers are not on disk yet: what is sent must not be more than what is kept.
    NotSaved,
    /// The phone's storage failed; nothing was submitted.
    Store(StoreError),
}

impl From<StoreError> for NotSubmitted {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn random() -> Result<[u8; 10], StoreError> {
    browser::random::bytes().map_err(|error| StoreError::Unavailable(error.0))
}

impl Session {
    /// Freezes what is answered with this declaration and queues it for sending.
    ///
    /// # Errors
    /// [`NotSubmitted`]; then nothing has changed.
    pub async fn submit(self, declaration: Declaration) -> Result<SubmissionId, NotSubmitted> {
        let repository = self.repository().ok_or(NotSubmitted::NoWork)?;
        let work = self.work.get_untracked().map_err(|_| NotSubmitted::NoWork)?;
        let device =
            self.phone.read_untracked().as_ref().map(|phone| phone.device).ok_or(NotSubmitted::NoWork)?;
        if !self.queue.with_value(crate::phone::unsaved::Queue::is_empty) {
            self.write();
            return Err(NotSubmitted::NotSaved);
        }
        let laid = self.derived.laid.get_untracked().ok_or(NotSubmitted::NoWork)?;
        self.look_at_clock();
        let now = self.now();
        let id = self.submissions.with_untracked(|all| {
            let earlier = all.iter().filter(|sent| sent.branch == work.draft.branch).map(|sent| sent.id);
            Ok::<_, NotSubmitted>(SubmissionId::after(earlier, now, &random()?))
        })?;
        let submission = Submission {
            format: FORMAT,
            id,
            parents: self.heads_of_period(),
            branch: work.draft.branch.clone(),
            period: work.draft.period.clone(),
            sector: work.draft.sector.clone(),
            checklist: work.draft.checklist.clone(),
            device,
            made_at: now,
            declaration: declaration.cleaned(),
            // What no longer fits stays here, to be read.
            answers: Submission::with_unread(
                Submission::packed(laid.winners(), &work.draft.checklist),
                work.assessment.unread(),
                &work.draft.checklist,
            ),
            ledger: Open::default(),
            attachments: Vec::new(),
        };
        let (reported, unread) = self.ledger.with_untracked(|held| {
            (held.ledger.reported(&work.checklist, &work.period), held.ledger.unread().clone())
        });
        let mut submission = self.with_photos(Submission { ledger: reported.into(), ..submission }).await;
        let (reported, _) = std::mem::take(&mut submission.ledger).into_parts();
        let rest = serde_json::to_string(&submission).map_or(0, |text| text.len());
        submission.ledger = that_fits(reported, &unread, rest);
        let named = submission.named_photos();
        submission.attachments.retain(|listed| named.contains(&listed.sha256));
        let body =
            serde_json::to_string(&submission).map_err(|error| StoreError::Failed(error.to_string()))?;
        let local = LocalSubmission::made_here(&submission, body.clone());
        let key = OutboxId::from_parts(now, &random()?);
        let row = OutboxEntry::new(key, submission.branch, OutboxRequest::submit(id, body), now);
        // What was refused is replaced by this one; its record stays in the history.
        let replaced = self.refused_of(&work.draft.branch, &work.draft.period);
        // Everything that was on the screen, no more: what she answers while this is written is not reported.
        let carried = work.assessment.entries().to_vec();
        repository.submit(&work.draft, &carried, &local, &row, &replaced).await?;
        self.reload().await;
        self.tell_other_tabs();
        leptos::task::spawn_local(self.send_now());
        Ok(id)
    }

    /// The same with the list of the photos that it names, as far as this phone knows them. (The endpoint counts those that are
    /// only named as well, so that none is forgotten.)
    async fn with_photos(self, mut submission: Submission) -> Submission {
        let named = submission.named_photos();
        if !named.is_empty()
            && let Some(repository) = self.repository()
            && let Ok(known) = repository.photos(&submission.branch).await
        {
            let known = known.records.into_iter().map(|photo| photo.facts);
            let listed = known.filter(|photo| photo.bytes > 0 && named.contains(&photo.sha256));
            submission.attachments = listed.map(Attachment::from).collect();
        }
        submission
    }

    /// The submissions of the period that none of the others replaces: more than one means that two phones reported apart.
    pub fn heads_of_period(self) -> Vec<SubmissionId> {
        let work = self.work.read();
        let Ok(work) = work.as_ref() else { return Vec::new() };
        let (all, outbox) = (self.submissions.read(), self.outbox.read());
        let known: Vec<_> = derived::of_period(work, &all)
            .into_iter()
            .filter(|sent| {
                sent.receipt.is_some()
                    || derived::waiting_for(&outbox, sent.id).is_some_and(OutboxEntry::is_waiting)
            })
            .map(|sent| (sent.id, sent.parents.clone()))
            .collect();
        heads(&known)
    }

    fn refused_of(self, branch: &BranchCode, period: &crate::domain::PeriodId) -> Vec<OutboxId> {
        let submissions = self.submissions.read_untracked();
        let of_period = |id| submissions.iter().any(|sent| sent.id == id && &sent.period == period);
        let outbox = self.outbox.read_untracked();
        let refused = outbox.iter().filter(|row| {
            &row.branch == branch
                && matches!(row.state, OutboxState::Rejected { .. })
                && row.request.submission().is_some_and(of_period)
        });
        refused.map(|row| row.id).collect()
    }

    /// 撤回. It is queued behind the submission itself, so that it also holds when that has not left the phone yet.
    pub async fn withdraw(self, id: SubmissionId) -> Result<(), StoreError> {
        let (Some(repository), Some(binding)) = (self.repository(), untrack(|| self.active())) else {
            return Ok(());
        };
        let now = self.now();
        let key = OutboxId::from_parts(now, &random()?);
        let request = OutboxRequest::Withdraw { submission: id };
        repository.save_outbox(&OutboxEntry::new(key, binding.branch.code, request, now)).await?;
        self.reload().await;
        self.tell_other_tabs();
        leptos::task::spawn_local(self.send_now());
        Ok(())
    }
}
