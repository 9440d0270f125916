//! What follows from the shared state: score, rows, next step. Worked out when needed, never stored.

use crate::{
    domain::{
        AnswerKey, Assessment, Checklist, Entry, Estimate, ItemId, ScoreSheet, Submission, ledger::derive,
        score,
    },
    phone::{
        ledger::HeldLedger,
        mending::{Mending, pressing},
        next_step::{NextStep, Sent, next_step},
        overview::{ItemRow, mark_doubtful, rows},
        reading::Elsewhere,
        work::{NoWork, Work, waiting_for},
    },
    store::{Count, LocalSubmission, Whereabouts},
    sync::{OutboxEntry, OutboxState},
    ui::app::session::erased::memo,
};
use jiff::civil::Date;
use leptos::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

/// The memos.
#[derive(Clone, Copy)]
pub struct Derived {
    /// The checklist on the screen: what follows it alone is not worked out again at every tap.
    pub checklist: Memo<Option<Arc<Checklist>>>,
    /// What the ledger answers: one entry for each register it speaks for.
    pub counted: Memo<Arc<Vec<Entry>>>,
    /// The answers as they stand and count: those that the pinned checklist can take, with what the ledger answers.
    pub laid: Memo<Option<Arc<Assessment>>>,
    /// The registers to be looked at again (待复核).
    pub doubtful: Memo<BTreeSet<AnswerKey>>,
    /// The newest submission of the period that was not taken back, and what it says.
    pub newest: Memo<Option<(LocalSubmission, Option<Submission>)>>,
    /// The score with every lost point explained.
    pub sheet: Memo<Option<Arc<ScoreSheet>>>,
    /// 自评估算
    pub estimate: Memo<Option<Estimate>>,
    /// One row for each item.
    pub rows: Memo<Vec<ItemRow>>,
    /// How the newest submission of the period stands.
    pub sent: Memo<Sent>,
    /// 下一步
    pub next: Memo<Option<NextStep>>,
    /// Where all of the branch is.
    pub whereabouts: Memo<Whereabouts>,
    /// How much exists on this phone alone that a backup would carry: answers, ledger entries, findings, paper.
    pub unshared: Memo<usize>,
}

impl Derived {
    /// Over these signals.
    pub(super) fn new(
        work: RwSignal<Result<Work, NoWork>>,
        ledger: RwSignal<Arc<HeldLedger>>,
        mending: RwSignal<Arc<Mending>>,
        submissions: RwSignal<Vec<LocalSubmission>>,
        outbox: RwSignal<Vec<OutboxEntry>>,
        elsewhere: RwSignal<Elsewhere>,
        today: RwSignal<Date>,
    ) -> Self {
        let checklist = memo(move || work.read().as_ref().ok().map(|work| work.checklist.clone()));
        let counted = memo(move || {
            let (work, held) = (work.read(), ledger.read());
            Arc::new(match work.as_ref() {
                Ok(work) => derive::derived(&work.assessment, &held.ledger, &work.pinned()),
                Err(_) => Vec::new(),
            })
        });
        let laid = memo(move || {
            let work = work.read();
            let work = work.as_ref().ok()?;
            let fitting = work.pinned().fitting(&work.assessment);
            Some(Arc::new(derive::lay_over(&fitting, &counted.read())))
        });
        let doubtful = memo(move || match work.read().as_ref() {
            Ok(work) => work.doubtful(&counted.read()),
            Err(_) => BTreeSet::new(),
        });
        let sheet = memo(move || {
            let (work, laid) = (work.read(), laid.get()?);
            let work = work.as_ref().ok()?;
            Some(Arc::new(score(&work.checklist, &work.period, &laid)))
        });
        let estimate = memo(move || {
            let work = work.read();
            Some(sheet.get()?.estimate(&work.as_ref().ok()?.checklist))
        });
        let rows = memo(move || {
            let work = work.read();
            match (work.as_ref(), sheet.get()) {
                (Ok(work), Some(sheet)) => {
                    let mut rows = rows(&work.checklist, &sheet, &work.period, today.get());
                    mark_doubtful(&mut rows, &doubtful.read());
                    rows
                }
                _ => Vec::new(),
            }
        });
        let period = memo(move || work.read().as_ref().ok().map(|work| work.draft.period.clone()));
        // Read from its bytes once, not at every tap.
        let newest = memo(move || {
            let period = period.get()?;
            let all = submissions.read();
            let newest = all.iter().rfind(|sent| sent.period == period && !sent.withdrawn)?.clone();
            let snapshot = newest.snapshot();
            Some((newest, snapshot))
        });
        let sent = memo(move || match (work.read().as_ref(), laid.get(), newest.read().as_ref()) {
            (Ok(work), Some(laid), Some((newest, snapshot))) => {
                sent(work, &laid, newest, snapshot.as_ref(), &outbox.read())
            }
            _ => Sent::Nothing,
        });
        let pressing = memo(move || pressing(&mending.read().findings, today.get()));
        let next = memo(move || {
            let work = work.read();
            let work = work.as_ref().ok()?;
            let has_profile = work.assessment.profile().is_some();
            let (rows, sent, pressing) = (rows.read(), sent.read(), pressing.read());
            Some(next_step(&rows, &sent, &pressing, has_profile, &work.period, today.get()))
        });
        // Each by itself: a tap on an answer counts neither ledger nor findings again.
        let of_ledger = memo(move || Whereabouts::of_ledger(&ledger.read().places));
        let of_findings = memo(move || {
            let mending = mending.read();
            Whereabouts::of_findings(mending.findings.all().len(), &mending.unsent)
        });
        let of_answers = memo(move || match work.read().as_ref() {
            Ok(work) => elsewhere.read().reached.of_answers(&work.draft.key(), &work.assessment),
            Err(_) => Whereabouts::default(),
        });
        let whereabouts = memo(move || {
            elsewhere.read().beside.and(of_answers.get()).and(of_ledger.get()).and(of_findings.get())
        });
        let unshared = memo(move || {
            let Count { answers, ledger, findings, papers, .. } = whereabouts.read().only_here;
            answers + ledger + findings + papers
        });
        Self {
            checklist,
            counted,
            laid,
            doubtful,
            newest,
            sheet,
            estimate,
            rows,
            sent,
            next,
            whereabouts,
            unshared,
        }
    }
}

fn sent(
    work: &Work,
    laid: &Assessment,
    newest: &LocalSubmission,
    snapshot: Option<&Submission>,
    outbox: &[OutboxEntry],
) -> Sent {
    match waiting_for(outbox, newest.id) {
        Some(row) if matches!(row.state, OutboxState::Rejected { .. }) => return Sent::Rejected,
        Some(_) => return Sent::Waiting,
        // Not there, or there no more.
        None if newest.receipt.is_none() || newest.unlisted => return Sent::Nothing,
        None => {}
    }
    let mut changed: Vec<Option<ItemId>> = Vec::new();
    // A report of another phone may answer a newer version than the draft.
    let mut moved = false;
    if let Some(snapshot) = snapshot {
        moved = work.offer.is_none() && snapshot.checklist != work.draft.checklist;
        // Under which version an answer was given is said in another way there.
        let says = |sent: &Entry, now: &Entry| {
            (&sent.key, sent.stamp, &sent.value) == (&now.key, now.stamp, &now.value)
        };
        let now = Submission::packed(laid.winners(), &snapshot.checklist);
        let now = Submission::with_unread(now, work.assessment.unread(), &snapshot.checklist);
        for entry in &now {
            let item = entry.key.item().cloned();
            if !snapshot.answers.iter().any(|sent| says(sent, entry)) && !changed.contains(&item) {
                changed.push(item);
            }
        }
    }
    Sent::Delivered { review: newest.reviews.last().cloned(), changed: changed.len(), moved }
}
