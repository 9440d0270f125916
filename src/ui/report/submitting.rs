//! 上报: freezing a snapshot and queueing it, in one transaction; taking it back.

use crate::{
    browser,
    domain::{Declaration, SubmissionId},
    phone::submitting::{self, Frozen, Reported, freeze},
    store::StoreError,
    sync::{OutboxEntry, OutboxId, OutboxRequest},
    ui::app::session::Session,
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
        // Where they cannot be read they are only named: the endpoint counts them all the same. First of all: nothing is waited for
        // between the look at what is saved and the freezing of it.
        let photos =
            repository.photos(&work.draft.branch).await.map_or_else(|_| Vec::new(), |found| found.records);
        if !self.is_settled() {
            return Err(NotSubmitted::NotSaved);
        }
        let work = self.work.get_untracked().map_err(|_| NotSubmitted::NoWork)?;
        let laid = self.derived.laid.get_untracked().ok_or(NotSubmitted::NoWork)?;
        self.look_at_clock();
        let frozen = {
            let (ledger, now) = (self.ledger.get_untracked(), self.now());
            let (submissions, outbox) = (self.submissions.get_untracked(), self.outbox.get_untracked());
            let reported = Reported {
                work: &work,
                laid: &laid,
                ledger: &ledger.ledger,
                submissions: &submissions,
                outbox: &outbox,
                photos: &photos,
                device,
                now,
                random: [random()?, random()?],
            };
            freeze(&reported, declaration)?
        };
        // Everything that was on the screen, no more: what she answers while this is written is not reported.
        let carried = work.assessment.entries().to_vec();
        let Frozen { submission, row, replaced } = frozen;
        repository.submit(&work.draft, &carried, &submission, &row, &replaced).await?;
        self.reload().await;
        self.tell_other_tabs();
        leptos::task::spawn_local(self.send_now());
        Ok(submission.id)
    }

    /// The submissions of the period that none of the others replaces: more than one means that two phones reported apart.
    pub fn heads_of_period(self) -> Vec<SubmissionId> {
        let work = self.work.read();
        let Ok(work) = work.as_ref() else { return Vec::new() };
        submitting::heads_of_period(work, &self.submissions.read(), &self.outbox.read())
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
