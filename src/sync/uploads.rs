//! Photos go up apart from the answers: one at a time, named by the hash of their bytes, so that an interrupted upload goes on
//! where it stopped and none travels twice. Runs after the round; answers never wait for it. Only what belongs to a submission
//! that has arrived goes up, or to a finding by a word that has arrived: a draft stays on the phone.

use super::{
    api::{Api, ApiError},
    client::Client,
    token::Token,
};
use crate::{
    domain::{BranchCode, ContentHash},
    protocol::ProblemKind,
};
use std::collections::BTreeSet;

/// What the phone knows of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Whose.
    pub branch: BranchCode,
    /// Its name.
    pub sha256: ContentHash,
    /// `image/jpeg` or `image/webp`.
    pub media_type: String,
    /// Whether its bytes are here and the endpoint has not refused them.
    pub may_go: bool,
    /// Whether the endpoint has said that it has it.
    pub uploaded: bool,
}

/// Something that has arrived and names photos: a submission, or what was written on findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Whose.
    pub branch: BranchCode,
    /// The branch's secret.
    pub token: Token,
    /// The photos that belong to it.
    pub photos: BTreeSet<ContentHash>,
    /// Those that the endpoint says it lacks; it says so of submissions only.
    pub missing: BTreeSet<ContentHash>,
}

/// A photo that has to go up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Whose.
    pub branch: BranchCode,
    /// The branch's secret.
    pub token: Token,
    /// Its name.
    pub sha256: ContentHash,
    /// `image/jpeg` or `image/webp`.
    pub media_type: String,
}

/// What has to go up: each photo once, in the order in which `sent` names them. One that the endpoint had and lacks now goes up
/// again as long as it is here.
pub fn plan(known: &[Known], sent: &[Sent]) -> Vec<Waiting> {
    let mut planned = BTreeSet::new();
    let mut waiting = Vec::new();
    for Sent { branch, token, photos, missing } in sent {
        let of_it = known.iter().filter(|photo| &photo.branch == branch && photos.contains(&photo.sha256));
        for photo in of_it.filter(|p| p.may_go && (!p.uploaded || missing.contains(&p.sha256))) {
            if planned.insert((branch, &photo.sha256)) {
                let (sha256, media_type) = (photo.sha256.clone(), photo.media_type.clone());
                waiting.push(Waiting { branch: branch.clone(), token: token.clone(), sha256, media_type });
            }
        }
    }
    waiting
}

/// Where the photos lie on the phone. Each method is one transaction.
#[expect(async_fn_in_trait, reason = "wasm has one thread: no future needs to be Send")]
pub trait Pile {
    /// Why storage failed.
    type Error;

    /// What has to go up, as [`plan`] says.
    async fn waiting(&self) -> Result<Vec<Waiting>, Self::Error>;

    /// Whether she wants it to wait, as stored: she may have said so in another tab.
    async fn paused(&self) -> Result<bool, Self::Error>;

    /// The bytes of a photo; `None` when they are gone.
    async fn bytes(&self, waiting: &Waiting) -> Result<Option<Vec<u8>>, Self::Error>;

    /// The endpoint has said, by hash, that it has it. Nothing is deleted by this (invariant 2).
    async fn record_uploaded(&self, waiting: &Waiting) -> Result<(), Self::Error>;

    /// The endpoint will not have it: it stays here, with the reason, until she wants it tried again.
    async fn record_refused(&self, waiting: &Waiting, kind: ProblemKind) -> Result<(), Self::Error>;
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Arrived in this run.
    pub done: usize,
    /// All that had to go up when it began.
    pub wanted: usize,
}

/// How uploading ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uploaded {
    /// Nothing waits any more, but what was refused.
    Complete,
    /// She wants it to wait.
    Paused,
    /// The rest goes up another time.
    Interrupted(ApiError),
}

/// Sends what waits. Whether it is paused is asked before each photo; `tell` hears of each that has arrived.
///
/// # Errors
/// Whatever storage fails with; what was recorded until then stays.
pub async fn upload<P: Pile, A: Api, N: Fn() -> u64>(
    pile: &P,
    client: &Client<'_, A, N>,
    mut tell: impl FnMut(Progress),
) -> Result<Uploaded, P::Error> {
    let waiting = pile.waiting().await?;
    let mut progress = Progress { done: 0, wanted: waiting.len() };
    let mut trouble: Option<(BranchCode, ApiError)> = None;
    for photo in waiting {
        if pile.paused().await? {
            return Ok(Uploaded::Paused);
        }
        tell(progress);
        // Another branch's token may still be good.
        if trouble.as_ref().is_some_and(|(branch, _)| *branch == photo.branch) {
            continue;
        }
        match bring(pile, client, &photo).await? {
            Ok(()) => {
                pile.record_uploaded(&photo).await?;
                progress.done += 1;
                tell(progress);
            }
            Err(ApiError::Problem { problem, .. })
                if !problem.kind.retry_helps()
                    && !matches!(problem.kind, ProblemKind::Revoked | ProblemKind::Unauthorised) =>
            {
                pile.record_refused(&photo, problem.kind).await?;
            }
            Err(error) if error.token_refused() => trouble = Some((photo.branch, error)),
            Err(error) => return Ok(Uploaded::Interrupted(error)),
        }
    }
    Ok(trouble.map_or(Uploaded::Complete, |(_, error)| Uploaded::Interrupted(error)))
}

/// Asks, and sends only what is not there: an answer that was lost must not cost the photo's bytes again.
async fn bring<P: Pile, A: Api, N: Fn() -> u64>(
    pile: &P,
    client: &Client<'_, A, N>,
    photo: &Waiting,
) -> Result<Result<(), ApiError>, P::Error> {
    match client.has_photo(&photo.token, &photo.sha256).await {
        Ok(true) => return Ok(Ok(())),
        Ok(false) => {}
        Err(error) => return Ok(Err(error)),
    }
    let bytes = pile.bytes(photo).await?.unwrap_or_default();
    Ok(client.put_photo(&photo.token, &photo.sha256, &photo.media_type, &bytes).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::photo::tests::jpeg_with,
        sync::{
            ClockOffset,
            testing::{FakeEndpoint, Line, NOON, branch, refusal, token},
        },
    };
    use pollster::block_on;
    use std::cell::{Cell, RefCell};

    struct Photos {
        known: RefCell<Vec<Known>>,
        sent: Vec<Sent>,
        refused: RefCell<Vec<(ContentHash, ProblemKind)>>,
        /// After so many photos she wants it to wait.
        pause_after: Cell<usize>,
    }

    fn picture(number: u16) -> Vec<u8> {
        jpeg_with(100 + number, 100, &[])
    }

    fn hash(number: u16) -> ContentHash {
        ContentHash::of(&picture(number))
    }

    fn known(of: u8, number: u16) -> Known {
        let media_type = "image/jpeg".into();
        Known { branch: branch(of), sha256: hash(number), media_type, may_go: true, uploaded: false }
    }

    fn sent(of: u8, photos: &[u16], missing: &[u16]) -> Sent {
        let all = |numbers: &[u16]| numbers.iter().map(|number| hash(*number)).collect();
        Sent { branch: branch(of), token: token(of), photos: all(photos), missing: all(missing) }
    }

    impl Photos {
        fn three() -> Self {
            let known = vec![known(1, 1), known(1, 2), known(1, 3)];
            Self::of(known, vec![sent(1, &[1, 2, 3], &[])])
        }

        fn of(known: Vec<Known>, sent: Vec<Sent>) -> Self {
            let pause_after = Cell::new(usize::MAX);
            Self { known: known.into(), sent, refused: RefCell::default(), pause_after }
        }
    }

    impl Pile for Photos {
        type Error = &'static str;

        async fn waiting(&self) -> Result<Vec<Waiting>, Self::Error> {
            Ok(plan(&self.known.borrow(), &self.sent))
        }

        async fn paused(&self) -> Result<bool, Self::Error> {
            let left = self.pause_after.get();
            self.pause_after.set(left.saturating_sub(1));
            Ok(left == 0)
        }

        async fn bytes(&self, waiting: &Waiting) -> Result<Option<Vec<u8>>, Self::Error> {
            Ok((1..9).map(picture).find(|bytes| ContentHash::of(bytes) == waiting.sha256))
        }

        async fn record_uploaded(&self, waiting: &Waiting) -> Result<(), Self::Error> {
            for photo in self.known.borrow_mut().iter_mut().filter(|photo| photo.sha256 == waiting.sha256) {
                photo.uploaded = true;
            }
            Ok(())
        }

        async fn record_refused(&self, waiting: &Waiting, kind: ProblemKind) -> Result<(), Self::Error> {
            self.refused.borrow_mut().push((waiting.sha256.clone(), kind));
            for photo in self.known.borrow_mut().iter_mut().filter(|photo| photo.sha256 == waiting.sha256) {
                photo.may_go = false;
            }
            Ok(())
        }
    }

    fn upload_now(photos: &Photos, endpoint: &FakeEndpoint) -> (Uploaded, Vec<(usize, usize)>) {
        let client = Client::new(endpoint, || NOON, ClockOffset::default());
        let told = RefCell::new(Vec::new());
        let tell = |progress: Progress| {
            let now = (progress.done, progress.wanted);
            if told.borrow().last() != Some(&now) {
                told.borrow_mut().push(now);
            }
        };
        let ended = block_on(upload(photos, &client, tell)).unwrap();
        (ended, told.into_inner())
    }

    #[test]
    fn what_goes_up() {
        let mut elsewhere = known(1, 2);
        elsewhere.may_go = false;
        let mut there = known(1, 3);
        there.uploaded = true;
        let all = [known(1, 1), elsewhere, there, known(2, 1), known(1, 4)];
        let named = |sent: &[Sent]| -> Vec<(BranchCode, ContentHash)> {
            plan(&all, sent).into_iter().map(|waiting| (waiting.branch, waiting.sha256)).collect()
        };
        assert_eq!(named(&[]), [], "a draft stays on the phone");
        assert_eq!(named(&[sent(1, &[1, 2, 3], &[])]), [(branch(1), hash(1))]);
        let lost = [sent(1, &[3], &[3]), sent(1, &[1, 3], &[1, 3])];
        assert_eq!(named(&lost), [(branch(1), hash(3)), (branch(1), hash(1))], "each once, oldest first");
        let two = [sent(2, &[1, 9], &[1, 9]), sent(1, &[1], &[1])];
        assert_eq!(named(&two), [(branch(2), hash(1)), (branch(1), hash(1))], "one photo of two branches");
    }

    #[test]
    fn an_interrupted_upload_goes_on_where_it_stopped() {
        let (photos, endpoint) = (Photos::three(), FakeEndpoint::with(&[(1, 1)]));
        let waiting = block_on(photos.waiting()).unwrap();
        let path = |at: usize| crate::protocol::paths::photo(&waiting[at].sha256);
        // The second arrives but its answer is lost; the third finds no line.
        endpoint.next(&format!("PUT {}", path(1)), Line::AnswerLost);
        let (ended, told) = upload_now(&photos, &endpoint);
        assert!(matches!(ended, Uploaded::Interrupted(ApiError::Offline(_))), "{ended:?}");
        assert_eq!(told, [(0, 3), (1, 3)]);
        endpoint.next(&format!("HEAD {}", path(2)), Line::Portal);
        let (ended, told) = upload_now(&photos, &endpoint);
        assert!(matches!(ended, Uploaded::Interrupted(ApiError::Offline(_))), "{ended:?}");
        assert_eq!(told, [(0, 2), (1, 2)]);
        assert_eq!(upload_now(&photos, &endpoint), (Uploaded::Complete, vec![(0, 1), (1, 1)]));
        assert_eq!(endpoint.heard("PUT /api/v1/photos/"), 3, "none travelled twice");
        assert_eq!(endpoint.photos.borrow().len(), 3);
        assert_eq!(upload_now(&photos, &endpoint), (Uploaded::Complete, vec![]));
    }

    #[test]
    fn what_is_refused_stays_with_its_reason_and_holds_nothing_up() {
        let (photos, endpoint) = (Photos::three(), FakeEndpoint::with(&[(1, 1)]));
        for kind in [ProblemKind::TooLarge, ProblemKind::WrongHash] {
            endpoint.next("PUT /api/v1/photos/", Line::Says(refusal(kind)));
        }
        assert_eq!(upload_now(&photos, &endpoint).0, Uploaded::Complete);
        let kinds: Vec<ProblemKind> = photos.refused.borrow().iter().map(|(_, kind)| *kind).collect();
        assert_eq!(kinds, [ProblemKind::TooLarge, ProblemKind::WrongHash]);
        assert_eq!(endpoint.photos.borrow().len(), 1);
        assert_eq!(upload_now(&photos, &endpoint).0, Uploaded::Complete, "not tried by itself again");
        assert_eq!(endpoint.heard("PUT /api/v1/photos/"), 3);
    }

    #[test]
    fn a_refused_token_stops_its_branch_only_and_trouble_there_stops_all() {
        let endpoint = FakeEndpoint::with(&[(1, 1), (2, 2)]);
        let photos = Photos::of(
            vec![known(1, 1), known(1, 2), known(2, 3)],
            vec![sent(1, &[1, 2], &[]), sent(2, &[3], &[])],
        );
        endpoint.revoke(1);
        let (ended, _) = upload_now(&photos, &endpoint);
        assert!(matches!(ended, Uploaded::Interrupted(error) if error.token_refused()));
        assert_eq!((endpoint.photos.borrow().len(), endpoint.heard("HEAD ")), (1, 2));
        endpoint.reinstate(1);
        endpoint.next("HEAD ", Line::Says(refusal(ProblemKind::Internal)));
        let (ended, _) = upload_now(&photos, &endpoint);
        assert!(matches!(ended, Uploaded::Interrupted(ApiError::Problem { .. })));
        assert!(photos.refused.borrow().is_empty());
        assert_eq!(upload_now(&photos, &endpoint).0, Uploaded::Complete);
    }

    #[test]
    fn a_pause_lets_the_one_under_way_arrive() {
        let (photos, endpoint) = (Photos::three(), FakeEndpoint::with(&[(1, 1)]));
        let client = Client::new(&endpoint, || NOON, ClockOffset::default());
        photos.pause_after.set(1);
        assert_eq!(block_on(upload(&photos, &client, |_| {})), Ok(Uploaded::Paused));
        assert_eq!(endpoint.photos.borrow().len(), 1);
    }

    #[test]
    fn bytes_that_are_gone_or_spoilt_are_never_sent_for_what_they_are_not() {
        let endpoint = FakeEndpoint::with(&[(1, 1)]);
        let photos = Photos::of(vec![known(1, 50)], vec![sent(1, &[50], &[])]);
        assert_eq!(upload_now(&photos, &endpoint).0, Uploaded::Complete);
        assert_eq!(*photos.refused.borrow(), [(hash(50), ProblemKind::WrongHash)]);
        assert_eq!(endpoint.heard("PUT "), 0, "the phone sees it itself");
    }
}
