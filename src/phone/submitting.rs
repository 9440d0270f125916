//! 上报 as it is frozen: what is answered, with the ledger that the period judges and the photos that either names.

use super::{
    ledger::{newest_first, that_fits},
    work::{Work, of_period, waiting_for},
};
use crate::{
    domain::{
        Assessment, Declaration, DeviceId, Ledger, Open, Submission, SubmissionId,
        ledger::check::MAX_RECORDS,
        submission::{Attachment, FORMAT, heads},
    },
    protocol::MAX_BODY_BYTES,
    store::{LocalSubmission, PhotoRecord, StoreError},
    sync::{OutboxEntry, OutboxId, OutboxRequest, OutboxState},
};

/// What a submission is made of.
#[derive(Debug)]
pub struct Reported<'a> {
    /// What is worked on.
    pub work: &'a Work,
    /// The answers as they stand and count.
    pub laid: &'a Assessment,
    /// The branch's ledger.
    pub ledger: &'a Ledger,
    /// What was submitted before.
    pub submissions: &'a [LocalSubmission],
    /// What waits to be sent.
    pub outbox: &'a [OutboxEntry],
    /// What is known of the branch's photos.
    pub photos: &'a [PhotoRecord],
    /// This phone.
    pub device: DeviceId,
    /// Milliseconds since 1970-01-01 UTC.
    pub now: u64,
    /// Random bytes, for the submission and for its row.
    pub random: [[u8; 10]; 2],
}

/// What is stored of it, in one transaction.
#[derive(Debug)]
pub struct Frozen {
    /// The submission with its bytes.
    pub submission: LocalSubmission,
    /// What sends them.
    pub row: OutboxEntry,
    /// The refused requests that this one replaces; their records stay in the history.
    pub replaced: Vec<OutboxId>,
}

/// Freezes what is answered with this declaration.
///
/// # Errors
/// When it cannot be written as JSON, which no type of ours should cause.
pub fn freeze(reported: &Reported<'_>, declaration: Declaration) -> Result<Frozen, StoreError> {
    let Reported { work, laid, ledger, submissions, outbox, photos, device, now, random } = *reported;
    let draft = &work.draft;
    let [random_id, random_row] = &random;
    let earlier = submissions.iter().filter(|sent| sent.branch == draft.branch).map(|sent| sent.id);
    let records = ledger.reported(&work.checklist, &work.period);
    let is_few = records.len() + ledger.unread().len() <= MAX_RECORDS;
    let mut submission = Submission {
        format: FORMAT,
        id: SubmissionId::after(earlier, now, random_id),
        parents: heads_of_period(work, submissions, outbox),
        branch: draft.branch.clone(),
        period: draft.period.clone(),
        sector: draft.sector.clone(),
        checklist: draft.checklist.clone(),
        device,
        made_at: now,
        declaration: declaration.cleaned(),
        // What no longer fits stays here, to be read.
        answers: Submission::with_unread(
            Submission::packed(laid.winners(), &draft.checklist),
            work.assessment.unread(),
            &draft.checklist,
        ),
        ledger: Open::from(records).with_unread(newest_first(ledger.unread()).cloned()),
        attachments: Vec::new(),
    };
    // The endpoint counts those that are only named as well, so that none is forgotten.
    let named = submission.named_photos();
    let listed = photos.iter().map(|photo| photo.facts.clone()).filter(|photo| photo.bytes > 0);
    let listed = listed.filter(|photo| named.contains(&photo.sha256));
    submission.attachments = listed.map(Attachment::from).collect();
    let written = |submission: &Submission| {
        serde_json::to_string(submission).map_err(|error| StoreError::Failed(error.to_string()))
    };
    let mut body = written(&submission)?;
    if !is_few || body.len() + 4_096 > MAX_BODY_BYTES {
        let (records, _) = std::mem::take(&mut submission.ledger).into_parts();
        let rest = written(&submission)?.len();
        submission.ledger = that_fits(records, ledger.unread(), rest);
        let named = submission.named_photos();
        submission.attachments.retain(|listed| named.contains(&listed.sha256));
        body = written(&submission)?;
    }
    let request = OutboxRequest::submit(submission.id, body.clone());
    let row = OutboxEntry::new(OutboxId::from_parts(now, random_row), draft.branch.clone(), request, now);
    let of_period = |id| submissions.iter().any(|sent| sent.id == id && sent.period == draft.period);
    let refused = outbox.iter().filter(|row| {
        row.branch == draft.branch
            && matches!(row.state, OutboxState::Rejected { .. })
            && row.request.submission().is_some_and(of_period)
    });
    let replaced = refused.map(|row| row.id).collect();
    Ok(Frozen { submission: LocalSubmission::made_here(&submission, body), row, replaced })
}

/// The submissions of the period that none of the others replaces: more than one means that two phones reported apart.
pub fn heads_of_period(
    work: &Work,
    submissions: &[LocalSubmission],
    outbox: &[OutboxEntry],
) -> Vec<SubmissionId> {
    let stands = |sent: &&LocalSubmission| {
        sent.receipt.is_some() || waiting_for(outbox, sent.id).is_some_and(OutboxEntry::is_waiting)
    };
    let known = of_period(work, submissions).into_iter().filter(stands);
    heads(&known.map(|sent| (sent.id, sent.parents.clone())).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            ContentHash,
            ledger::testing::{meeting, record},
            testing::{device, full_assessment},
        },
        phone::testing::work,
        protocol::ProblemKind,
        store::testing::{attach, photo, report},
        sync::testing::{NOON, submission as sent_before},
    };
    use jiff::civil::date;

    fn frozen(ledger: &Ledger, submissions: &[LocalSubmission], outbox: &[OutboxEntry]) -> Frozen {
        let all = work(1, Assessment::default());
        let mut laid = full_assessment(&all.checklist, &all.period);
        laid.apply(attach("yes", b"one", true, NOON));
        let photos = [photo(1, b"one").record, photo(1, b"two").record];
        let reported = Reported {
            work: &all,
            laid: &laid,
            ledger,
            submissions,
            outbox,
            photos: &photos,
            device: device(1),
            now: NOON + 100,
            random: [[1; 10], [2; 10]],
        };
        freeze(&reported, sent_before(1, 1, 1).declaration).unwrap()
    }

    #[test]
    fn a_report_names_what_it_follows_and_carries_only_photos_that_it_names() {
        let (_, first, row) = report(1, 1, 1);
        let frozen_one = frozen(&Ledger::default(), std::slice::from_ref(&first), std::slice::from_ref(&row));
        let sent = frozen_one.submission.snapshot().unwrap();
        assert_eq!((&sent.parents, sent.id > first.id), (&vec![first.id], true));
        let listed: Vec<_> = sent.attachments.iter().map(|listed| listed.sha256.clone()).collect();
        assert_eq!(listed, [ContentHash::of(b"one")]);
        let OutboxRequest::Submit { body, sha256, .. } = &frozen_one.row.request else { panic!("no report") };
        assert_eq!(
            (Some(body), sha256),
            (frozen_one.submission.body.as_ref(), &ContentHash::of(body.as_bytes()))
        );
        assert_eq!(frozen_one.replaced, []);
        let rejected =
            OutboxState::Rejected { kind: ProblemKind::Refused, detail: String::new(), faults: Vec::new() };
        let refused = OutboxEntry { state: rejected, ..row };
        let again = frozen(&Ledger::default(), &[first], std::slice::from_ref(&refused));
        assert_eq!((again.replaced, again.submission.parents), (vec![refused.id], Vec::new()));
    }

    #[test]
    fn a_ledger_that_is_too_large_is_cut_and_a_small_one_goes_whole() {
        let day = date(2026, 11, 20);
        let mut long = meeting(day);
        long.resolution = "决".repeat(400);
        let ledger = |many: u8| Ledger::new((1..=many).map(|number| record(number, long.clone(), day, 0)));
        let carried = |frozen: &Frozen| frozen.submission.snapshot().unwrap().ledger.len();
        let reported = ledger(20)
            .reported(&work(1, Assessment::default()).checklist, &work(1, Assessment::default()).period);
        assert_eq!(carried(&frozen(&ledger(20), &[], &[])), reported.len());
        let most = frozen(&ledger(255), &[], &[]);
        assert!(most.submission.body.unwrap().len() < MAX_BODY_BYTES);
    }
}
