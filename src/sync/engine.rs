//! One round: send what waits, then pull what is new. Decides nothing that [`super::plan`] can decide.
//!
//! A round may be cut off anywhere (the page closes, the network goes, storage fails): every step is one transaction, and the
//! next round does again what was not recorded. Doing it again is success (invariant 3).

use super::{
    api::{Api, ApiError},
    backoff,
    client::{Client, StandardAnswer},
    clock::KnownTime,
    outbox::{OutboxEntry, OutboxId, OutboxRequest},
    plan::{self, Operation, Remote},
    store::{BindingState, Delivery, FetchedChecklist, Local, Postponement, Pulled, Rejection, Store},
    token::Token,
};
use crate::{
    domain::{BranchCode, ContentHash, Open, Submission, SubmissionId, submission::FORMAT},
    json,
    protocol::ProblemKind,
};
use std::{collections::BTreeSet, rc::Rc};

/// What came of a round.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoundOutcome {
    /// Whether our endpoint answered at all (invariant 7).
    pub reached_server: bool,
    /// Whether something in storage is other than before the round.
    pub changed: bool,
    /// Whether another version of the standard is in force now.
    pub has_new_standard: bool,
    /// What is known of the time by now, where the round has learned of it.
    pub learned: Option<KnownTime>,
    /// When to run the next round unless something else calls for one, milliseconds by the phone's own clock.
    pub next_attempt_at: Option<u64>,
    /// How many rounds in a row have failed by now; to be passed on to the next one.
    pub failures: u32,
    /// The branches whose token was refused in this round.
    pub revoked: Vec<BranchCode>,
    /// Something was heard that only a newer version of the app can read. What can be kept is kept as it came; a checklist or a
    /// submission stays where it is until then.
    pub needs_update: bool,
    /// The texts, by hash, that were fetched and left where they are: not to be fetched again by this version. To be passed on to
    /// the next round, like `failures`.
    pub left: BTreeSet<ContentHash>,
}

/// Runs one round. `now` is the phone's own clock (milliseconds since 1970-01-01 UTC), `random` any random numbers, `last` the
/// outcome of the round before.
///
/// # Errors
/// Whatever storage fails with; everything recorded until then stays.
pub async fn round<S: Store, A: Api>(
    store: &S,
    api: &A,
    now: impl Fn() -> u64,
    mut random: impl FnMut() -> u64,
    last: &RoundOutcome,
) -> Result<RoundOutcome, S::Error> {
    let local = store.local().await?;
    if local.bindings.is_empty() {
        return Ok(RoundOutcome::default());
    }
    let clock = local.clock;
    let client = Client::new(api, &now, clock.offset);
    let mut round = Round {
        store,
        client: &client,
        now: &now,
        random: &mut random,
        outcome: RoundOutcome { left: last.left.clone(), ..RoundOutcome::default() },
        refused: BTreeSet::new(),
        trouble: None,
        known: Some(Rc::new(local)),
    };
    match round.run().await {
        Ok(()) => {}
        Err(Stop::Offline) => round.trouble = Some(round.trouble.flatten()),
        Err(Stop::Store(error)) => return Err(error),
    }
    let next_send_at = match round.trouble {
        Some(_) => None,
        None => plan::next_send_at(&*round.local().await?, now()),
    };
    let Round { mut outcome, trouble, .. } = round;
    outcome.reached_server = client.reached();
    let known = clock.heard(client.clock(), client.confirmed(), now());
    // Written whenever somebody answered, so that the day is known on a morning without a network; a change for the other tabs
    // is only another difference.
    if outcome.reached_server && known.is_news_after(clock) {
        store.save_clock(known).await?;
        outcome.changed |= known.offset != clock.offset;
        outcome.learned = Some(known);
    }
    outcome.next_attempt_at = if let Some(retry_after_s) = trouble {
        outcome.failures = last.failures.saturating_add(1);
        Some(now().saturating_add(backoff::delay_ms(outcome.failures, retry_after_s, random())))
    } else {
        next_send_at
    };
    Ok(outcome)
}

/// Why a round ends early.
enum Stop<E> {
    Offline,
    Store(E),
}

struct Round<'a, S, A, N, R> {
    store: &'a S,
    client: &'a Client<'a, A, &'a N>,
    now: &'a N,
    random: &'a mut R,
    outcome: RoundOutcome,
    /// The branches not to ask for any more in this round.
    refused: BTreeSet<BranchCode>,
    /// Set when pulling failed or the network went, with the longest `Retry-After`.
    trouble: Option<Option<u64>>,
    /// What the phone knows, as long as this round has written nothing since it was read. What another tab writes meanwhile calls
    /// for a round of its own; what is written here rests on what is stored then, not on this.
    known: Option<Rc<Local>>,
}

impl<S: Store, A: Api, N: Fn() -> u64, R: FnMut() -> u64> Round<'_, S, A, N, R> {
    async fn run(&mut self) -> Result<(), Stop<S::Error>> {
        self.knock().await?;
        let mut tried = BTreeSet::new();
        // Asked anew for each row: what was just recorded may change what comes next.
        while let Some((entry, local)) = self.next_row(&tried).await? {
            tried.insert(entry.id);
            self.send(&entry, &local).await?;
        }
        self.send_findings().await?;
        let local = self.local().await.map_err(Stop::Store)?;
        let remote = self.listen(&local).await?;
        self.pull(&local, &remote).await
    }

    /// What the phone knows: read once, and again only where this round has written something.
    async fn local(&mut self) -> Result<Rc<Local>, S::Error> {
        let local = match self.known.take() {
            Some(known) => known,
            None => Rc::new(self.store.local().await?),
        };
        self.known = Some(local.clone());
        Ok(local)
    }

    /// Sends what was written on findings. There is no row for it: it waits as long as it is not among what the endpoint has.
    async fn send_findings(&mut self) -> Result<(), Stop<S::Error>> {
        let local = self.local().await.map_err(Stop::Store)?;
        let mut stopped = BTreeSet::new();
        for (branch, entries) in plan::findings(&local) {
            let Some(token) = local.token(&branch).filter(|_| !stopped.contains(&branch)) else { continue };
            match self.client.put_findings(token, entries).await {
                Ok(heard) => self.stored(self.store.save_findings(&branch, &heard).await)?,
                Err(ApiError::Problem { problem, .. })
                    if !problem.kind.retry_helps()
                        && !ApiError::refuses_token(problem.kind)
                        && problem.kind != ProblemKind::NotFound =>
                {
                    let rejection =
                        Rejection { kind: problem.kind, detail: problem.detail, faults: problem.faults };
                    self.stored(self.store.record_findings_refused(&branch, &rejection).await)?;
                    stopped.insert(branch);
                }
                Err(error) => {
                    self.refused_or_failed(&branch, token, &error).await?;
                    stopped.insert(branch);
                }
            }
        }
        Ok(())
    }

    /// Asks for the branches whose token was refused: a revocation by mistake heals as soon as it is taken back.
    async fn knock(&mut self) -> Result<(), Stop<S::Error>> {
        for binding in &self.local().await.map_err(Stop::Store)?.bindings {
            if binding.state == BindingState::Bound {
                continue;
            }
            match self.client.branch(&binding.token).await {
                Ok(info) if info.code == binding.info.code => {
                    self.stored(self.store.record_accepted(&info.code).await)?;
                }
                Err(ApiError::Offline(_)) => return Err(Stop::Offline),
                // Still refused, or no answer that could be relied on: it stays as it is.
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }

    async fn next_row(
        &mut self,
        tried: &BTreeSet<OutboxId>,
    ) -> Result<Option<(OutboxEntry, Rc<Local>)>, Stop<S::Error>> {
        let local = self.local().await.map_err(Stop::Store)?;
        let next = plan::sends(&local, (self.now)()).into_iter().find(|id| !tried.contains(id));
        let row = next.and_then(|id| local.outbox.iter().find(|entry| entry.id == id).cloned());
        Ok(row.map(|entry| (entry, local)))
    }

    async fn send(&mut self, entry: &OutboxEntry, local: &Local) -> Result<(), Stop<S::Error>> {
        let Some(token) = local.token(&entry.branch) else { return Ok(()) };
        self.stored(self.store.mark_sending(entry.id).await)?;
        let sent = match &entry.request {
            OutboxRequest::Submit { submission, body, .. } => {
                self.client.submit(token, *submission, body).await.map(Delivery::Submitted)
            }
            OutboxRequest::Withdraw { submission } => {
                self.client.withdraw(token, *submission).await.map(|()| Delivery::Withdrawn(*submission))
            }
            OutboxRequest::Profile { body } => {
                self.client.put_profile(token, body).await.map(|()| Delivery::Profile)
            }
        };
        let attempts = entry.attempts.saturating_add(1);
        match sent {
            Ok(delivery) => self.stored(self.store.record_delivery(entry.id, &delivery).await),
            Err(ApiError::Offline(_)) => {
                // The network is at fault, not the row: the whole round backs off.
                let postponement = Postponement { not_before: None, attempts };
                self.stored(self.store.record_postponement(entry.id, postponement).await)?;
                Err(Stop::Offline)
            }
            Err(error) if error.token_refused() => self.pause(&entry.branch, token).await,
            Err(ApiError::Problem { problem, .. }) if !problem.kind.retry_helps() => {
                let rejection =
                    Rejection { kind: problem.kind, detail: problem.detail, faults: problem.faults };
                self.stored(self.store.record_rejection(entry.id, &rejection).await)
            }
            Err(error @ (ApiError::Problem { .. } | ApiError::Unreadable(_))) => {
                let wait = backoff::delay_ms(attempts, error.retry_after_s(), (self.random)());
                let not_before = Some((self.now)().saturating_add(wait));
                let postponement = Postponement { not_before, attempts };
                self.stored(self.store.record_postponement(entry.id, postponement).await)
            }
        }
    }

    /// Asks the endpoint where things stand.
    async fn listen(&mut self, local: &Local) -> Result<Remote, Stop<S::Error>> {
        let mut remote = Remote::default();
        let etag = local.standard.as_ref().and_then(|copy| copy.etag.as_deref());
        match self.client.standard(etag).await {
            Ok(StandardAnswer::Published(copy)) if Some(&copy) != local.standard.as_ref() => {
                self.heard(&copy.published.checklists);
                self.heard(&copy.published.documents);
                remote.standard = Some(copy);
            }
            Ok(_) => {}
            Err(error) => self.pull_failed(&error)?,
        }
        for branch in plan::askable(local) {
            let Some(token) = local.token(branch) else { continue };
            match self.client.submissions(token).await {
                Ok(summaries) => {
                    self.heard(&summaries);
                    for summary in &summaries {
                        self.heard(&summary.reviews);
                    }
                    remote.summaries.insert(branch.clone(), summaries.into_parts().0);
                }
                Err(error) => {
                    self.refused_or_failed(branch, token, &error).await?;
                    continue;
                }
            }
            let etag = local.findings.get(branch).and_then(|known| known.etag.as_deref());
            match self.client.findings(token, etag).await {
                Ok(Some(heard)) => {
                    self.heard(&heard.all.entries);
                    self.heard(&heard.all.verdicts);
                    remote.findings.insert(branch.clone(), heard);
                }
                Ok(None) => {}
                Err(error) => self.refused_or_failed(branch, token, &error).await?,
            }
            match self.client.branch(token).await {
                // A roster that answers for another branch is not believed.
                Ok(info) if &info.code == branch => {
                    remote.branches.insert(branch.clone(), info);
                }
                Ok(_) => {}
                Err(error) => self.refused_or_failed(branch, token, &error).await?,
            }
        }
        Ok(remote)
    }

    async fn pull(&mut self, local: &Local, remote: &Remote) -> Result<(), Stop<S::Error>> {
        let mut checklists = local.checklists.clone();
        let mut all_checklists_here = true;
        for operation in plan::pulls(local, remote) {
            match operation {
                Operation::SaveBranch(branch) => {
                    if let Some(info) = remote.branches.get(&branch) {
                        self.stored(self.store.save_branch(info).await)?;
                    }
                }
                Operation::SaveSummaries(branch) => {
                    if let Some(summaries) = remote.summaries.get(&branch) {
                        self.stored(self.store.save_summaries(&branch, summaries).await)?;
                    }
                }
                Operation::SaveFindings(branch) => {
                    if let Some(heard) = remote.findings.get(&branch) {
                        self.stored(self.store.save_findings(&branch, heard).await)?;
                    }
                }
                Operation::FetchChecklist(hash) => {
                    all_checklists_here &= self.fetch_checklist(hash, &mut checklists).await?;
                }
                Operation::SaveStandard => {
                    if let Some(copy) = remote.standard.as_ref().filter(|_| all_checklists_here) {
                        self.stored(self.store.save_standard(copy).await)?;
                        self.outcome.has_new_standard = true;
                    }
                }
                Operation::PullSubmission { branch, submission, sha256 } => {
                    if !self.refused.contains(&branch) {
                        self.pull_submission(local, &branch, submission, &sha256, &mut checklists).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the checklist is here now.
    async fn fetch_checklist(
        &mut self,
        hash: ContentHash,
        here: &mut BTreeSet<ContentHash>,
    ) -> Result<bool, Stop<S::Error>> {
        if here.contains(&hash) {
            return Ok(true);
        }
        if self.outcome.left.contains(&hash) {
            self.outcome.needs_update = true;
            return Ok(false);
        }
        let body = match self.client.checklist(&hash).await {
            Ok(body) => body,
            Err(error) => return self.pull_failed(&error).map(|()| false),
        };
        // The hash has proven the text: if it cannot be read, it is newer than this app.
        let Ok(checklist) = json::from_str(&body) else {
            self.leave(hash);
            return Ok(false);
        };
        here.insert(hash.clone());
        self.stored(self.store.save_checklist(&FetchedChecklist { hash, body, checklist }).await)?;
        Ok(true)
    }

    async fn pull_submission(
        &mut self,
        local: &Local,
        branch: &BranchCode,
        id: SubmissionId,
        sha256: &ContentHash,
        checklists: &mut BTreeSet<ContentHash>,
    ) -> Result<(), Stop<S::Error>> {
        let Some(token) = local.token(branch) else { return Ok(()) };
        if self.outcome.left.contains(sha256) {
            self.outcome.needs_update = true;
            return Ok(());
        }
        let body = match self.client.submission_body(token, id, sha256).await {
            Ok(body) => body,
            Err(error) => return self.refused_or_failed(branch, token, &error).await,
        };
        let Some(submission) = readable(&body).filter(|found| found.id == id && &found.branch == branch)
        else {
            self.leave(sha256.clone());
            return Ok(());
        };
        self.heard(&submission.answers);
        self.heard(&submission.ledger);
        let mut pinned_is_here = true;
        // The others are only needed to tell what has changed since an answer was given.
        for hash in submission.checklists() {
            let is_pinned = hash == submission.checklist;
            pinned_is_here &= self.fetch_checklist(hash, checklists).await? || !is_pinned;
        }
        if pinned_is_here {
            self.stored(self.store.save_pulled(&Pulled { body, submission }).await)?;
        }
        Ok(())
    }

    /// Takes note that something in a list is of a later kind.
    fn heard<T>(&mut self, list: &Open<T>) {
        self.outcome.needs_update |= list.has_unread();
    }

    /// Leaves a text that is newer than this app where it is.
    fn leave(&mut self, hash: ContentHash) {
        self.outcome.left.insert(hash);
        self.outcome.needs_update = true;
    }

    async fn refused_or_failed(
        &mut self,
        branch: &BranchCode,
        token: &Token,
        error: &ApiError,
    ) -> Result<(), Stop<S::Error>> {
        if error.token_refused() { self.pause(branch, token).await } else { self.pull_failed(error) }
    }

    async fn pause(&mut self, branch: &BranchCode, token: &Token) -> Result<(), Stop<S::Error>> {
        if self.refused.insert(branch.clone()) {
            self.outcome.revoked.push(branch.clone());
        }
        self.stored(self.store.record_revoked(branch, token).await)
    }

    fn pull_failed(&mut self, error: &ApiError) -> Result<(), Stop<S::Error>> {
        // A branch that left the roster, or ended, is for people to mend: asking again soon does not help.
        if matches!(error.kind(), Some(ProblemKind::NotFound | ProblemKind::BranchEnded)) {
            return Ok(());
        }
        self.trouble = Some(self.trouble.flatten().max(error.retry_after_s()));
        if matches!(error, ApiError::Offline(_)) { Err(Stop::Offline) } else { Ok(()) }
    }

    fn stored(&mut self, result: Result<(), S::Error>) -> Result<(), Stop<S::Error>> {
        result.map_err(Stop::Store)?;
        self.known = None;
        self.outcome.changed = true;
        Ok(())
    }
}

fn readable(body: &str) -> Option<Submission> {
    json::from_str::<Submission>(body).ok().filter(|submission| submission.format <= FORMAT)
}
