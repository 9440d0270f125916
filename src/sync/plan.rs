//! What a round has to do: pure functions from what the phone knows and what the endpoint says to a sorted list.

use super::{
    outbox::{OutboxEntry, OutboxId, OutboxRequest},
    store::{BindingState, HeardFindings, Local, StandardCopy},
};
use crate::{
    domain::{
        BranchCode, ContentHash, FindingEntry, Open, SectorId, SubmissionId, Unread,
        finding::{
            FindingHead,
            check::{finding_fault, impossible_deadlines, is_to_be_kept},
        },
    },
    protocol::{BranchInfo, MAX_FINDINGS_PER_REQUEST, SubmissionSummary},
};
use std::collections::{BTreeMap, BTreeSet};

/// What the endpoint said in this round; what it did not say is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remote {
    /// The standard in force, when it is another than the phone knows.
    pub standard: Option<StandardCopy>,
    /// What the roster says of each branch.
    pub branches: BTreeMap<BranchCode, BranchInfo>,
    /// Each branch's submissions.
    pub summaries: BTreeMap<BranchCode, Vec<SubmissionSummary>>,
    /// Each branch's findings, where they are others than the phone knows.
    pub findings: BTreeMap<BranchCode, HeardFindings>,
}

/// One step of pulling, in the order in which steps are taken: an interrupted round leaves nothing that refers to what is not
/// there yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Store what the roster now says.
    SaveBranch(BranchCode),
    /// Store receipts and reviews: a return from above is seen first.
    SaveSummaries(BranchCode),
    /// Store what the endpoint has of findings.
    SaveFindings(BranchCode),
    /// Fetch a checklist.
    FetchChecklist(ContentHash),
    /// Store the standard in force, once its checklists are here.
    SaveStandard,
    /// Fetch and merge what another phone of the branch sent.
    PullSubmission {
        /// Of which branch.
        branch: BranchCode,
        /// Which; older ones first, as their ids are in the order of time.
        submission: SubmissionId,
        /// What its bytes must hash to.
        sha256: ContentHash,
    },
}

/// The rows to send now, in order: for each branch oldest first, withdrawals last and only once their submission is
/// gone. Rows of a branch whose token is not accepted, or that has ended, wait (invariant 5).
pub fn sends(local: &Local, now: u64) -> Vec<OutboxId> {
    in_order(local).into_iter().filter(|entry| entry.is_due(now)).map(|entry| entry.id).collect()
}

/// When a row may be sent next, milliseconds by the phone's clock: `now` if one may at once, `None` if nothing waits.
pub fn next_send_at(local: &Local, now: u64) -> Option<u64> {
    let due_at = |entry: &OutboxEntry| match entry.state {
        super::OutboxState::Queued { not_before: Some(until) } if !entry.is_due(now) => until,
        _ => now,
    };
    in_order(local).into_iter().map(due_at).min()
}

/// The rows that may be sent as far as other rows and the binding are concerned.
fn in_order(local: &Local) -> Vec<&OutboxEntry> {
    let is_withdrawal = |entry: &OutboxEntry| matches!(entry.request, OutboxRequest::Withdraw { .. });
    let waiting = || local.outbox.iter().filter(|entry| entry.is_waiting());
    let unsent: BTreeSet<SubmissionId> = waiting()
        .filter(|entry| !is_withdrawal(entry))
        .filter_map(|entry| entry.request.submission())
        .collect();
    let mut rows: Vec<&OutboxEntry> = waiting()
        .filter(|entry| local.sender(&entry.branch).is_some())
        // A withdrawal waits until its submission has been sent.
        .filter(|entry| {
            !is_withdrawal(entry) || entry.request.submission().is_none_or(|id| !unsent.contains(&id))
        })
        .collect();
    rows.sort_by_key(|entry| (&entry.branch, is_withdrawal(entry), entry.made_at, entry.id));
    rows
}

/// The words on findings to send, a request each, after the rows of the outbox. What the endpoint would refuse is not sent, and
/// nothing in the upper level's name. A problem that the branch found itself waits for the report that carries it: nothing of it
/// leaves the phone before; once the endpoint has heard of it, whatever else is written on it goes by itself. Words that only a
/// newer version can read go last, by themselves.
pub fn findings(local: &Local) -> Vec<(BranchCode, Open<FindingEntry>)> {
    let mut requests = Vec::new();
    for branch in askable(local) {
        let Some(known) = local.findings.get(branch).filter(|_| local.sender(branch).is_some()) else {
            continue;
        };
        let impossible = impossible_deadlines(&known.unsent);
        let is_sound = |entry: &&FindingEntry| {
            known.released.contains(&entry.finding)
                && !entry.is_from_above()
                && finding_fault(entry).is_none()
                && !impossible.iter().any(|(deadline, _)| deadline == entry)
        };
        let mut unsent: Vec<FindingEntry> = known.unsent.iter().filter(is_sound).cloned().collect();
        // Older ones first: a cut-off round leaves what an earlier moment looked like.
        unsent.sort_by(|a, b| (a.stamp, a).cmp(&(b.stamp, b)));
        let is_released = |one: &&Unread| {
            one.read::<FindingHead>().is_some_and(|head| known.released.contains(&head.finding))
        };
        let unread = known.unsent.unread().filter(|one| is_to_be_kept(one)).filter(is_released);
        let unread: Vec<Unread> = unread.cloned().collect();
        let readable = unsent.chunks(MAX_FINDINGS_PER_REQUEST).map(|some| some.to_vec().into());
        let unreadable = unread
            .chunks(MAX_FINDINGS_PER_REQUEST)
            .map(|some| Open::default().with_unread(some.iter().cloned()));
        requests.extend(readable.chain(unreadable).map(|some| (branch.clone(), some)));
    }
    requests
}

/// What to store and fetch.
pub fn pulls(local: &Local, remote: &Remote) -> Vec<Operation> {
    let mut operations = BTreeSet::new();
    for binding in &local.bindings {
        let branch = &binding.info.code;
        if remote.branches.get(branch).is_some_and(|info| info != &binding.info) {
            operations.insert(Operation::SaveBranch(branch.clone()));
        }
        if remote.findings.contains_key(branch) {
            operations.insert(Operation::SaveFindings(branch.clone()));
        }
        let Some(listed) = remote.summaries.get(branch) else { continue };
        if local.summaries.get(branch).map_or(!listed.is_empty(), |known| known != listed) {
            operations.insert(Operation::SaveSummaries(branch.clone()));
        }
        operations.extend(
            listed.iter().filter(|summary| !local.bodies.contains(&summary.receipt.submission)).map(
                |summary| Operation::PullSubmission {
                    branch: branch.clone(),
                    submission: summary.receipt.submission,
                    sha256: summary.receipt.sha256.clone(),
                },
            ),
        );
    }
    if remote.standard.is_some() {
        operations.insert(Operation::SaveStandard);
    }
    let wanted = published_for_our_sectors(local, remote).chain(&local.pinned);
    let missing = wanted.filter(|hash| !local.checklists.contains(hash));
    operations.extend(missing.cloned().map(Operation::FetchChecklist));
    operations.into_iter().collect()
}

/// The checklists in force for the sectors of the bound branches. The standard is public: a refused token changes nothing here.
fn published_for_our_sectors<'a>(
    local: &'a Local,
    remote: &'a Remote,
) -> impl Iterator<Item = &'a ContentHash> {
    let sectors: BTreeSet<&SectorId> = local
        .bindings
        .iter()
        .map(|binding| &remote.branches.get(&binding.info.code).unwrap_or(&binding.info).sector)
        .collect();
    let standard = remote.standard.as_ref().or(local.standard.as_ref());
    let checklists = standard.into_iter().flat_map(|copy| &copy.published.checklists);
    checklists.filter(move |checklist| sectors.contains(&checklist.sector)).map(|checklist| &checklist.hash)
}

/// The branches to ask about.
pub fn askable(local: &Local) -> impl Iterator<Item = &BranchCode> {
    let bound = local.bindings.iter().filter(|binding| binding.state == BindingState::Bound);
    bound.map(|binding| &binding.info.code)
}
