//! Paper: the forms filled in from what is on the phone, and their files, which a worker writes.

use super::{Form, Source, comparison::Earlier, frozen::Frozen};
use crate::phone::work::{of_period, waiting_for};
use crate::{
    browser::{
        self,
        files::{self, Shared},
        helper::NoHelp,
    },
    domain::{Assessment, Block, Checklist, PeriodId, ledger::derive, moving::Pinned, score},
    paper::{Kind, NotMade, Paper, READY, Request},
    store::{Draft, LocalSubmission, PaperTrail, StoreError},
    sync::OutboxEntry,
    ui::{app::session::Session, forms},
};
use leptos::prelude::*;
use std::sync::Arc;

/// The name in index.html under which the build says where the worker lies.
const WORKER: &str = "biaochi-paper";

/// A file that is ready to leave the phone.
#[derive(Clone, PartialEq, Eq)]
pub struct PaperFile {
    /// With its ending.
    pub name: String,
    media_type: &'static str,
    bytes: Arc<Vec<u8>>,
}

impl PaperFile {
    /// Its size in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the phone's own menu would take it.
    pub fn can_be_shared(&self) -> bool {
        files::can_share(&self.name, self.media_type)
    }

    /// Hands it to another app; to be called from a tap.
    pub async fn share(&self) -> Shared {
        files::share(&self.name, self.media_type, &self.bytes).await
    }

    /// Saves it on the phone.
    ///
    /// # Errors
    /// [`NotMade::NotSaved`].
    pub fn save(&self) -> Result<(), NotMade> {
        files::save(&self.name, self.media_type, &self.bytes).map_err(|_| NotMade::NotSaved)
    }
}

impl Session {
    /// Writes any form as a file, by the worker. Works without a network once the worker is on the phone.
    pub async fn paper(self, paper: &Paper, kind: Kind) -> Result<PaperFile, NotMade> {
        let script = browser::attributes::meta(WORKER).ok_or(NotMade::Absent)?;
        let request = Request { kind, paper: paper.clone() };
        let request = serde_json::to_string(&request).map_err(|error| NotMade::Failed(error.to_string()))?;
        let answer =
            browser::helper::ask(&script, READY, &request.into()).await.map_err(|error| match error {
                NoHelp::NotLoaded(_) => NotMade::Absent,
                error => NotMade::Failed(error.to_string()),
            })?;
        let bytes = browser::helper::bytes(&answer);
        let branch = untrack(|| self.active()).map(|binding| binding.branch.name).unwrap_or_default();
        let period = self.work.with_untracked(|work| Some(work.as_ref().ok()?.period.name.clone()));
        // A title may name the branch already; what is of no period, as a record, does not name one.
        let of = [
            Some(branch).filter(|branch| !paper.title.contains(branch)),
            period.filter(|period| paper.subtitle.iter().any(|line| line.contains(period))),
        ];
        let of: Vec<&str> = of.iter().flatten().map(String::as_str).collect();
        let name = format!("{}.{}", paper.file_name(&of), kind.extension());
        Ok(PaperFile { name, media_type: kind.media_type(), bytes: Arc::new(bytes) })
    }

    /// The same of a report, or of what is filled in now.
    pub fn from_basis<T>(self, report: Option<&Frozen>, make: impl FnOnce(&Source<'_>) -> T) -> Option<T> {
        let Some(frozen) = report else { return self.from_source(make) };
        let binding = self.active()?;
        let mending = self.mending.read();
        Some(make(&frozen.source(&binding.branch, &mending.findings, self.today.get())))
    }

    /// The newest report of the period on the screen that has arrived or is on its way, as far as it can be read here. One that was
    /// refused is none: nobody has taken what it says.
    pub async fn newest_report(self) -> Option<Frozen> {
        let sent = self.work.with_untracked(|work| {
            let (work, all) = (work.as_ref().ok()?, self.submissions.read_untracked());
            let outbox = self.outbox.read_untracked();
            let stands = |sent: &&LocalSubmission| {
                let waits = || waiting_for(&outbox, sent.id).is_some_and(OutboxEntry::is_waiting);
                !sent.withdrawn && (sent.receipt.is_some() || waits())
            };
            of_period(work, &all).into_iter().rfind(stands).cloned()
        })?;
        let snapshot = sent.snapshot()?;
        let checklist = self.repository()?.checklist(&snapshot.checklist).await.ok()??;
        Frozen::new(&sent, checklist)
    }

    /// A form, of a report or of what is filled in now; a comparison needs the period before.
    pub fn form(
        self,
        form: Form,
        basis: Option<&Frozen>,
        report: &str,
        earlier: Option<&Earlier>,
    ) -> Option<Paper> {
        self.from_basis(basis, |source| match earlier {
            Some(earlier) if form == Form::Comparison => Some(forms::comparison::paper(source, earlier)),
            _ => forms::paper(form, source, report),
        })?
    }

    /// The last period before the one on the screen that this phone knows, with what was answered or reported then.
    pub async fn earlier_period(self) -> Option<Earlier> {
        let repository = self.repository()?;
        let (branch, begins) = self.work.with_untracked(|work| {
            work.as_ref().ok().map(|work| (work.draft.branch.clone(), work.period.starts))
        })?;
        let mut found: Option<Earlier> = None;
        let mut take = |checklist: Checklist, period: &PeriodId, answers: Assessment, reported: bool| {
            let Some(period) = checklist.period(period).cloned() else { return };
            let newest = found.as_ref().is_none_or(|known| known.period.ends < period.ends);
            if period.ends < begins && newest && !answers.entries().is_empty() {
                let sheet = score(&checklist, &period, &answers);
                found = Some(Earlier { checklist, period, sheet, reported });
            }
        };
        // What was reported counts, the newest first; of a period that never was, what is filled in.
        let submissions = repository.submissions(&branch).await.ok()?.records;
        for sent in submissions.iter().rev().filter(|sent| !sent.withdrawn).filter_map(|sent| sent.snapshot())
        {
            if let Ok(Some(checklist)) = repository.checklist(&sent.checklist).await {
                take(checklist, &sent.period, Assessment::new(sent.answers.into_parts().0, None), true);
            }
        }
        for draft in repository.drafts(&branch).await.ok()?.records {
            let entries = repository.entries(&draft.key()).await.ok()?.records;
            if let Ok(Some(checklist)) = repository.checklist(&draft.checklist).await {
                let Some(period) = checklist.period(&draft.period).cloned() else { continue };
                let pinned = Pinned { hash: &draft.checklist, checklist: &checklist, period: &period };
                let ledger = &self.ledger.read_untracked().ledger;
                let answers = derive::overlay(&Assessment::new(entries, None), ledger, &pinned);
                take(checklist, &draft.period, answers, false);
            }
        }
        found
    }

    /// The record templates of the handbook that are on this phone, in the order of reading.
    pub async fn templates(self) -> Vec<Block> {
        if self.library.with_untracked(Option::is_none) {
            self.read_library().await;
        }
        let library = self.library.get_untracked();
        library.iter().flat_map(|library| library.templates()).map(|(_, block)| block.clone()).collect()
    }

    /// How far the paper of the period on the screen has come.
    pub async fn paper_trail(self) -> Result<PaperTrail, StoreError> {
        let (Some(repository), Some(draft)) = (self.repository(), self.shown_draft()) else {
            return Ok(PaperTrail::default());
        };
        repository.paper_trail(&draft.key()).await
    }

    /// Changes it; answers what is stored now.
    pub async fn change_paper_trail(
        self,
        change: impl Fn(&mut PaperTrail),
    ) -> Result<PaperTrail, StoreError> {
        let (Some(repository), Some(draft)) = (self.repository(), self.shown_draft()) else {
            return Ok(PaperTrail::default());
        };
        let stored = repository.change_paper_trail(&draft.key(), change).await?;
        // It is here alone now.
        leptos::task::spawn_local(self.reload());
        self.tell_other_tabs();
        Ok(stored)
    }

    fn shown_draft(self) -> Option<Draft> {
        self.work.with_untracked(|work| work.as_ref().ok().map(|work| work.draft.clone()))
    }
}
