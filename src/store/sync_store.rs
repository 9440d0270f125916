//! What the sending engine asks of the storage, carried out on the same tables. One transaction for each method.

use super::{
    atomic::Change,
    backend::{Backend, Batch, Table},
    error::StoreError,
    findings, ledger,
    photos::{doubt, learn},
    records::{Binding as Bound, Draft, LocalSubmission},
    repository::{CLOCK, LOOKS, Repository, STANDARD, submission_key, unless_spoilt},
    work::{keep_unread, merge},
};
use crate::{
    domain::{BranchCode, Entry, Submission, SubmissionId, ledger::derive},
    json,
    protocol::{BranchInfo, SubmissionSummary},
    sync::{
        Binding, BindingState, Delivery, FetchedChecklist, HeardFindings, KnownTime, Local, LocalFindings,
        OutboxEntry, OutboxId, OutboxRequest, OutboxState, Postponement, Pulled, Rejection, StandardCopy,
        Store, Token,
    },
};

impl<B: Backend> Repository<B> {
    async fn change_outbox(
        &self,
        id: OutboxId,
        change_it: impl Fn(&mut OutboxEntry),
    ) -> Result<(), StoreError> {
        let key = id.to_string();
        self.atomically(async |change: &mut Change<'_, B>| {
            if let Some(mut row) = change.one::<OutboxEntry>(Table::Outbox, &key).await? {
                change_it(&mut row);
                change.put(Table::Outbox, &key, &row)?;
            }
            Ok(())
        })
        .await
    }

    async fn change_binding(
        &self,
        branch: &BranchCode,
        change_it: impl Fn(&mut Bound),
    ) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            if let Some(mut binding) = bound(change, branch).await? {
                change_it(&mut binding);
                change.put(Table::Bindings, branch.as_str(), &binding)?;
            }
            Ok(())
        })
        .await
    }
}

async fn bound<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
) -> Result<Option<Bound>, StoreError> {
    unless_spoilt(change.one(Table::Bindings, branch.as_str()).await)
}

async fn known<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    id: SubmissionId,
) -> Result<Option<LocalSubmission>, StoreError> {
    unless_spoilt(change.one(Table::Submissions, &submission_key(branch, id)).await)
}

/// What a row that carries a submission says of it, for a record that cannot be read any more.
fn from_row(row: &OutboxEntry) -> Option<LocalSubmission> {
    let OutboxRequest::Submit { body, .. } = &row.request else { return None };
    let submission: Submission = json::from_str(body).ok()?;
    Some(LocalSubmission::made_here(&submission, body.clone()))
}

impl<B: Backend> Store for Repository<B> {
    type Error = StoreError;

    async fn local(&self) -> Result<Local, StoreError> {
        let tables = [
            Table::Settings,
            Table::Bindings,
            Table::Outbox,
            Table::Drafts,
            Table::Submissions,
            Table::Findings,
        ];
        let excerpt = self.excerpt(tables.map(|table| (table, String::new())).into()).await?;
        let mut local = Local {
            outbox: excerpt.outbox().records,
            standard: excerpt.standard(),
            // Apart, because of these only the names are wanted: they are the longest texts on the phone.
            checklists: self.checklist_hashes().await?.into_iter().collect(),
            clock: excerpt.clock(),
            ..Local::default()
        };
        for binding in excerpt.bindings().records {
            let branch = binding.branch.code.clone();
            let submissions = excerpt.submissions(&branch).records;
            local
                .bodies
                .extend(submissions.iter().filter(|known| known.body.is_some()).map(|known| known.id));
            let listed = submissions.iter().filter_map(LocalSubmission::summary).collect();
            local.summaries.insert(branch.clone(), listed);
            let (known, _) = excerpt.findings(&branch);
            let released = known.released(&submissions, &local.outbox);
            let findings = LocalFindings { unsent: known.unsent(), etag: known.heard.etag, released };
            local.findings.insert(branch.clone(), findings);
            local.pinned.extend(excerpt.drafts(&branch).records.into_iter().map(|draft| draft.checklist));
            local.bindings.push(Binding { info: binding.branch, token: binding.token, state: binding.state });
        }
        Ok(local)
    }

    async fn mark_sending(&self, id: OutboxId) -> Result<(), StoreError> {
        self.change_outbox(id, |row| row.state = OutboxState::Sending).await
    }

    async fn record_delivery(&self, id: OutboxId, delivery: &Delivery) -> Result<(), StoreError> {
        let key = id.to_string();
        self.atomically(async |change: &mut Change<'_, B>| {
            let Some(row) = change.one::<OutboxEntry>(Table::Outbox, &key).await? else { return Ok(()) };
            let concerned = match delivery {
                Delivery::Submitted(receipt) => Some(receipt.submission),
                Delivery::Withdrawn(submission) => Some(*submission),
                Delivery::Profile => None,
            };
            if let Some(id) = concerned
                && let Some(mut known) = known(change, &row.branch, id).await?.or_else(|| from_row(&row))
            {
                match delivery {
                    Delivery::Submitted(receipt) => known.receipt = Some(receipt.clone()),
                    Delivery::Withdrawn(_) => known.withdrawn = true,
                    Delivery::Profile => {}
                }
                change.put(Table::Submissions, &submission_key(&row.branch, id), &known)?;
            }
            change.delete(Table::Outbox, &key);
            Ok(())
        })
        .await
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

    async fn record_revoked(&self, branch: &BranchCode, token: &Token) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            match bound(change, branch).await? {
                Some(mut binding) if binding.token == *token => {
                    binding.state = BindingState::Revoked;
                    change.put(Table::Bindings, branch.as_str(), &binding)?;
                }
                _ => {}
            }
            for mut row in change.run::<OutboxEntry>(Table::Outbox, "").await?.records {
                if &row.branch == branch && row.state == OutboxState::Sending {
                    row.state = OutboxState::Queued { not_before: None };
                    change.put(Table::Outbox, &row.id.to_string(), &row)?;
                }
            }
            Ok(())
        })
        .await
    }

    async fn record_accepted(&self, branch: &BranchCode) -> Result<(), StoreError> {
        self.change_binding(branch, |binding| binding.state = BindingState::Bound).await
    }

    async fn save_summaries(
        &self,
        branch: &BranchCode,
        summaries: &[SubmissionSummary],
    ) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            if bound(change, branch).await?.is_none() {
                return Ok(());
            }
            for summary in summaries {
                let id = summary.receipt.submission;
                let heard = LocalSubmission::from_summary(branch, summary);
                let merged = match known(change, branch, id).await? {
                    Some(mine) => LocalSubmission {
                        body: mine.body,
                        made_at: mine.made_at,
                        backed_up: mine.backed_up,
                        findings: mine.findings,
                        ..heard
                    },
                    None => heard,
                };
                change.put(Table::Submissions, &submission_key(branch, id), &merged)?;
                doubt(change, branch, &summary.missing).await?;
            }
            // It was restored from an older backup: its receipts stand, but it has these no more.
            let run = format!("{branch}/");
            for known in change.run::<LocalSubmission>(Table::Submissions, &run).await?.records {
                let is_listed = summaries.iter().any(|summary| summary.receipt.submission == known.id);
                if known.receipt.is_some() && !known.unlisted && !is_listed {
                    let photos = known.snapshot().map(|sent| sent.photos()).unwrap_or_default();
                    doubt(change, branch, &photos).await?;
                    let key = submission_key(branch, known.id);
                    change.put(Table::Submissions, &key, &LocalSubmission { unlisted: true, ..known })?;
                }
            }
            Ok(())
        })
        .await
    }

    async fn save_pulled(&self, pulled: &Pulled) -> Result<(), StoreError> {
        let submission = &pulled.submission;
        let begun = Draft {
            branch: submission.branch.clone(),
            period: submission.period.clone(),
            sector: submission.sector.clone(),
            checklist: submission.checklist.clone(),
            begun_at: submission.made_at,
            shared_until: None,
        };
        self.atomically(async |change: &mut Change<'_, B>| {
            let Some(known) = known(change, &submission.branch, submission.id).await? else { return Ok(()) };
            let known =
                LocalSubmission { body: Some(pulled.body.clone()), made_at: submission.made_at, ..known };
            change.put(Table::Submissions, &submission_key(&submission.branch, submission.id), &known)?;
            // What was counted from the ledger is counted here again, from the same entries.
            let said: Vec<Entry> = submission.entries().iter().filter_map(derive::said).collect();
            merge(change, &begun, &said).await?;
            keep_unread(change, &begun, submission.unread_entries()).await?;
            ledger::merge(change, &submission.branch, &submission.ledger).await?;
            learn(change, submission).await?;
            Ok(())
        })
        .await
    }

    async fn save_findings(&self, branch: &BranchCode, heard: &HeardFindings) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| match bound(change, branch).await? {
            Some(_) => findings::hear(change, branch, heard).await,
            None => Ok(()),
        })
        .await
    }

    async fn record_findings_refused(
        &self,
        branch: &BranchCode,
        rejection: &Rejection,
    ) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| match bound(change, branch).await? {
            Some(_) => findings::refuse(change, branch, rejection),
            None => Ok(()),
        })
        .await
    }

    async fn save_standard(&self, standard: &StandardCopy) -> Result<(), StoreError> {
        self.put(Table::Settings, STANDARD, standard).await
    }

    async fn save_checklist(&self, fetched: &FetchedChecklist) -> Result<(), StoreError> {
        Self::save_checklist(self, &fetched.hash, &fetched.body).await
    }

    async fn save_branch(&self, info: &BranchInfo) -> Result<(), StoreError> {
        self.change_binding(&info.code, |binding| binding.branch = info.clone()).await
    }

    async fn save_clock(&self, known: KnownTime) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put(Table::Settings, CLOCK, &known.offset)?;
        batch.put(Table::Settings, LOOKS, &known.looks)?;
        self.backend().commit(batch).await
    }
}
