//! Which of the photos that are on this phone alone have been reported: they go up by themselves, and 上报 need not be said again.

use crate::{
    domain::ContentHash,
    store::LocalSubmission,
    sync::{OutboxEntry, OutboxRequest},
};
use std::collections::BTreeSet;

/// Those of `photos` that belong to a submission that has arrived, or that waits for nothing but a network.
pub fn reported(
    photos: &[ContentHash],
    submissions: &[LocalSubmission],
    outbox: &[OutboxEntry],
) -> BTreeSet<ContentHash> {
    let is_queued = |sent: &LocalSubmission| {
        outbox.iter().any(|row| {
            row.is_waiting()
                && matches!(row.request, OutboxRequest::Submit { submission, .. } if submission == sent.id)
        })
    };
    let standing = submissions.iter().filter(|sent| !sent.withdrawn);
    let mut found = BTreeSet::new();
    for sent in standing.filter(|sent| sent.receipt.is_some() || is_queued(sent)) {
        // Most of it is a frozen body: read only where one of them stands in it.
        let stands = |photo: &&ContentHash| {
            sent.body.as_deref().is_some_and(|body| body.contains(photo.as_str())) && !found.contains(*photo)
        };
        let wanted: Vec<&ContentHash> = photos.iter().filter(stands).collect();
        if let Some(snapshot) = (!wanted.is_empty()).then(|| sent.snapshot()).flatten() {
            let named = snapshot.photos();
            found.extend(wanted.into_iter().filter(|photo| named.contains(photo)).cloned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::ProblemKind,
        store::testing::{attach, photo, report},
        sync::{OutboxState, testing::NOON},
    };

    #[test]
    fn a_photo_is_reported_while_its_report_waits_for_a_network_and_not_before() {
        let (on, off, other) = (b"on".as_slice(), b"off".as_slice(), b"other".as_slice());
        let hashes = [on, off, other].map(ContentHash::of);
        let (mut sent, _, mut row) = report(1, 1, 1);
        sent.answers = vec![attach("yes", on, true, NOON).put, attach("yes", off, false, NOON).put].into();
        sent.attachments = vec![photo(1, on).record.facts.into()];
        let mut local = LocalSubmission::made_here(&sent, serde_json::to_string(&sent).unwrap());
        let said = |local: &LocalSubmission, outbox: &[OutboxEntry]| {
            reported(&hashes, std::slice::from_ref(local), outbox).into_iter().collect::<Vec<_>>()
        };
        assert_eq!(reported(&hashes, &[], &[]), BTreeSet::new(), "a draft");
        assert_eq!(said(&local, std::slice::from_ref(&row)), [ContentHash::of(on)], "it waits for a network");
        row.state =
            OutboxState::Rejected { kind: ProblemKind::Refused, detail: String::new(), faults: vec![] };
        assert_eq!(said(&local, &[row]), [], "the endpoint would not have it");
        local.withdrawn = true;
        assert_eq!(said(&local, &[report(1, 1, 1).2]), [], "taken back");
    }
}
