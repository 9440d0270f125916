//! What the sending engine asks of the storage, carried out on the same tables. One transaction for each method.

use super::{
    backend::{Backend, Batch, Table},
    error::StoreError,
    records::{Draft, LocalSubmission},
    repository::{CLOCK, Repository, STANDARD, draft_key, entry_key, read, submission_key},
};
use crate::{
    domain::BranchCode,
    protocol::{BranchInfo, SubmissionSummary},
    sync::{
        Binding, BindingState, ClockOffset, Delivery, FetchedChecklist, Local, OutboxEntry, OutboxId,
        OutboxState, Postponement, Pulled, Rejection, StandardCopy, Store,
    },
};

impl<B: Backend> Repository<B> {
    async fn change_outbox(
        &self,
        id: OutboxId,
        change: impl FnOnce(&mut OutboxEntry),
    ) -> Result<(), StoreError> {
        let Some(mut row) = self.one::<OutboxEntry>(Table::Outbox, &id.to_string()).await? else {
            return Ok(());
        };
        change(&mut row);
        self.save_outbox(&row).await
    }

    async fn stored_submission(
        &self,
        branch: &BranchCode,
        id: crate::domain::SubmissionId,
    ) -> Result<Option<LocalSubmission>, StoreError> {
        let key = submission_key(branch, id);
        self.backend()
            .get(Table::Submissions, &key)
            .await?
            .map(|text| read(Table::Submissions, &key, &text))
            .transpose()
    }
}

impl<B: Backend> Store for Repository<B> {
    type Error = StoreError;

    async fn local(&self) -> Result<Local, StoreError> {
        let mut local = Local {
            outbox: self.outbox().await?.records,
            standard: self.standard().await?,
            checklists: self.checklist_hashes().await?.into_iter().collect(),
            clock: self.clock().await?,
            ..Local::default()
        };
        for binding in self.bindings().await?.records {
            let branch = binding.branch.code.clone();
            let submissions = self.submissions(&branch).await?.records;
            local
                .bodies
                .extend(submissions.iter().filter(|known| known.body.is_some()).map(|known| known.id));
            let listed = submissions.iter().filter_map(LocalSubmission::summary).collect();
            local.summaries.insert(branch.clone(), listed);
            local.pinned.extend(self.drafts(&branch).await?.records.into_iter().map(|draft| draft.checklist));
            local.bindings.push(Binding { info: binding.branch, token: binding.token, state: binding.state });
        }
        Ok(local)
    }

    async fn mark_sending(&self, id: OutboxId) -> Result<(), StoreError> {
        self.change_outbox(id, |row| row.state = OutboxState::Sending).await
    }

    async fn record_delivery(&self, id: OutboxId, delivery: &Delivery) -> Result<(), StoreError> {
        let Some(row) = self.one::<OutboxEntry>(Table::Outbox, &id.to_string()).await? else {
            return Ok(());
        };
        let mut batch = Batch::default();
        let concerned = match delivery {
            Delivery::Submitted(receipt) => Some(receipt.submission),
            Delivery::Withdrawn(submission) => Some(*submission),
            Delivery::Profile => None,
        };
        if let Some(submission) = concerned
            && let Some(mut known) = self.stored_submission(&row.branch, submission).await?
        {
            match delivery {
                Delivery::Submitted(receipt) => known.receipt = Some(receipt.clone()),
                Delivery::Withdrawn(_) => known.withdrawn = true,
                Delivery::Profile => {}
            }
            batch.put(Table::Submissions, &submission_key(&row.branch, submission), &known)?;
        }
        batch.delete(Table::Outbox, &id.to_string());
        self.backend().commit(batch).await
    }

    async fn record_rejection(&self, id: OutboxId, rejection: &Rejection) -> Result<(), StoreError> {
        self.change_outbox(id, |row| {
            let Rejection { kind, detail, faults } = rejection.clone();
            row.state = OutboxState::Rejected { kind, detail, faults };
        })
        .await
    }

    async fn record_postponement(&self, id: OutboxId, postponement: Postponement) -> Result<(), StoreError> {
        self.change_outbox(id, |row| {
            row.state = OutboxState::Queued { not_before: postponement.not_before };
            row.attempts = postponement.attempts;
        })
        .await
    }

    async fn record_revoked(&self, branch: &BranchCode) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        for mut binding in self.bindings().await?.records {
            if &binding.branch.code == branch {
                binding.state = BindingState::Revoked;
                batch.put(Table::Bindings, branch.as_str(), &binding)?;
            }
        }
        for mut row in self.outbox().await?.records {
            if &row.branch == branch && row.state == OutboxState::Sending {
                row.state = OutboxState::Queued { not_before: None };
                batch.put(Table::Outbox, &row.id.to_string(), &row)?;
            }
        }
        self.backend().commit(batch).await
    }

    async fn save_summaries(
        &self,
        branch: &BranchCode,
        summaries: &[SubmissionSummary],
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        for summary in summaries {
            let id = summary.receipt.submission;
            let heard = LocalSubmission::from_summary(branch, summary);
            let known = match self.stored_submission(branch, id).await? {
                Some(mine) => LocalSubmission { body: mine.body, made_at: mine.made_at, ..heard },
                None => heard,
            };
            batch.put(Table::Submissions, &submission_key(branch, id), &known)?;
        }
        self.backend().commit(batch).await
    }

    async fn save_pulled(&self, pulled: &Pulled) -> Result<(), StoreError> {
        let submission = &pulled.submission;
        let Some(mut known) = self.stored_submission(&submission.branch, submission.id).await? else {
            return Ok(());
        };
        known.body = Some(pulled.body.clone());
        known.made_at = submission.made_at;
        let mut batch = Batch::default();
        batch.put(Table::Submissions, &submission_key(&submission.branch, submission.id), &known)?;
        let begun = Draft {
            branch: submission.branch.clone(),
            period: submission.period.clone(),
            sector: submission.sector.clone(),
            checklist: submission.checklist.clone(),
            begun_at: submission.made_at,
            shared_until: None,
        };
        let key = begun.key();
        let draft = self.draft(&key).await?.unwrap_or(begun);
        batch.put(Table::Drafts, &draft_key(&key), &draft)?;
        for entry in &submission.answers {
            batch.put(Table::Entries, &entry_key(&key, entry), entry)?;
        }
        self.backend().commit(batch).await
    }

    async fn save_standard(&self, standard: &StandardCopy) -> Result<(), StoreError> {
        self.put(Table::Settings, STANDARD, standard).await
    }

    async fn save_checklist(&self, fetched: &FetchedChecklist) -> Result<(), StoreError> {
        Self::save_checklist(self, &fetched.hash, &fetched.body).await
    }

    async fn save_branch(&self, info: &BranchInfo) -> Result<(), StoreError> {
        let known: Option<super::records::Binding> = self.one(Table::Bindings, info.code.as_str()).await?;
        match known {
            Some(mut binding) => {
                binding.branch = info.clone();
                self.save_binding(&binding).await
            }
            None => Ok(()),
        }
    }

    async fn save_clock_offset(&self, offset: ClockOffset) -> Result<(), StoreError> {
        self.put(Table::Settings, CLOCK, &offset).await
    }
}
