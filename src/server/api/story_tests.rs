//! Stories over real HTTP with a real database file.

use super::{Endpoint, router::router};
use crate::{
    domain::{
        self, BranchCode, Checklist, ContentHash, Grade, ItemId, Submission, check::tests::submission,
        submission::FORMAT,
    },
    protocol::{
        ActivationCode, BranchInfo, DeviceCode, Level, MAX_BODY_BYTES, Problem, ProblemKind,
        PublishedStandard, Receipt, Review, ReviewItem, ReviewState, SERVER_HEADER, SubmissionSummary, paths,
    },
    server::{
        database::{Database, From, Tree, Unit, reviews::Decision, testing::noted},
        office::clock::Clock,
    },
};
use jiff::civil::date;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tempfile::TempDir;

/// 2026-11-24 12:00 in Shanghai.
const NOON: u64 = 1_795_492_800_000;
const CODE: &str = "123456789012";
const TOKEN: &str = "a-token-of-256-bits";

struct SetClock(AtomicU64);

impl Clock for SetClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A running endpoint with one branch, one code and one published checklist.
struct Stage {
    folder: TempDir,
    clock: Arc<SetClock>,
    database: Database,
    address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
    client: Client,
    checklist: Checklist,
}

impl Stage {
    /// The upper level says something of what it has said nothing of.
    async fn says(&self, submission: domain::SubmissionId, review: &Review) {
        let decision = Decision { submission, after: 0, review: review.clone(), record: noted() };
        assert_eq!(self.database.decide(&[decision]).await.unwrap(), []);
    }

    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SetClock(AtomicU64::new(NOON)));
        let (database, address, task) = start(&folder, &clock).await;
        let unit = |code: &str, parent: Option<&str>, level, name: &str| Unit {
            code: BranchCode::new(code).unwrap(),
            parent: parent.map(|code| BranchCode::new(code).unwrap()),
            level,
            name: name.into(),
            sector: if level == Level::Branch { "rural".into() } else { String::new() },
            telephone: "0416-0000000".into(),
        };
        let township = "210726105";
        let units = [
            unit(township, None, Level::Township, "镇安镇党委"),
            unit("210726105203-01", Some(township), Level::Branch, "十里村党支部"),
            unit("210726105204-01", Some(township), Level::Branch, "邻村党支部"),
        ];
        database.import_units(&Tree::default(), &units, From::Ever, None, &[]).await.unwrap().unwrap();
        let checklist = domain::testing::checklist();
        database.publish(std::slice::from_ref(&checklist), &[], &[]).await.unwrap();
        let code = ActivationCode::parse(CODE).unwrap();
        let branch = BranchCode::new("210726105203-01").unwrap();
        database.issue_code(&code, &branch, NOON + 1_000).await.unwrap();
        Self { folder, clock, database, address, task, client: Client::new(), checklist }
    }

    /// Cuts every connection at once, as a killed process does, and starts again on the same file.
    async fn kill_and_restart(&mut self) {
        self.task.abort();
        let (database, address, task) = start(&self.folder, &self.clock).await;
        (self.database, self.address, self.task) = (database, address, task);
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address)).bearer_auth(TOKEN)
    }

    async fn activate(&self, code: &str, device: u8, token: &str) -> Response {
        let body = json!({
            "code": code,
            "device": domain::testing::device(device),
            "token_hash": ContentHash::of(token.as_bytes()),
        });
        self.request(Method::POST, paths::ACTIVATE).json(&body).send().await.unwrap()
    }

    fn submission(&self) -> Submission {
        Submission { checklist: self.checklist.hash().unwrap(), made_at: NOON, ..submission() }
    }

    async fn put(&self, submission: &Submission) -> Response {
        self.put_bytes(&paths::submission(submission.id), serde_json::to_vec(submission).unwrap()).await
    }

    async fn put_bytes(&self, path: &str, bytes: Vec<u8>) -> Response {
        let request = self.request(Method::PUT, path).header("content-type", "application/json");
        request.body(bytes).send().await.unwrap()
    }

    async fn list(&self) -> Vec<SubmissionSummary> {
        self.request(Method::GET, paths::SUBMISSIONS).send().await.unwrap().json().await.unwrap()
    }
}

async fn start(
    folder: &TempDir,
    clock: &Arc<SetClock>,
) -> (Database, SocketAddr, tokio::task::JoinHandle<()>) {
    let database = crate::server::database::testing::database(folder).await;
    let photos =
        crate::server::office::evidence::files::Photos::in_folder(&folder.path().join("photos")).unwrap();
    let endpoint = Endpoint::new(database.clone(), photos, clock.clone());
    let app = router(endpoint, crate::server::host::static_app::absent(folder.path()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await.unwrap();
    });
    (database, address, task)
}

async fn refused(response: Response, kind: ProblemKind) -> Problem {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    assert_eq!(headers["content-type"], "application/problem+json", "{text}");
    assert_eq!(headers[SERVER_HEADER], "1");
    let problem: Problem = serde_json::from_str(&text).unwrap();
    assert_eq!((problem.kind, problem.status), (kind, status.as_u16()), "{text}");
    assert!(!problem.detail.is_empty());
    problem
}

async fn receipt(response: Response, status: StatusCode) -> Receipt {
    let (got, text) = (response.status(), response.text().await.unwrap());
    assert_eq!(got, status, "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn the_whole_road_of_one_branch() {
    let mut stage = Stage::new().await;
    let bound: Value = stage.activate(CODE, 1, TOKEN).await.json().await.unwrap();
    assert_eq!(bound["branch"]["reports_to"]["name"], "镇安镇党委");
    let branch: BranchInfo =
        stage.request(Method::GET, paths::BRANCH).send().await.unwrap().json().await.unwrap();
    assert_eq!((branch.name.as_str(), branch.telephone.as_str()), ("十里村党支部", "0416-0000000"));

    let standard = stage.request(Method::GET, paths::STANDARD).send().await.unwrap();
    let etag = standard.headers()["etag"].clone();
    let standard: PublishedStandard = standard.json().await.unwrap();
    let again =
        stage.request(Method::GET, paths::STANDARD).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let hash = &standard.checklists[0].hash;
    let pulled = stage.request(Method::GET, &paths::checklist(hash)).send().await.unwrap();
    assert!(pulled.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let bytes = pulled.bytes().await.unwrap();
    assert_eq!(&ContentHash::of(&bytes), hash);
    assert_eq!(serde_json::from_slice::<Checklist>(&bytes).unwrap(), stage.checklist);

    let first = stage.submission();
    let got = receipt(stage.put(&first).await, StatusCode::CREATED).await;
    assert_eq!((got.score, got.late), (domain::Points::HUNDRED, false));

    stage.kill_and_restart().await;
    let repeated = receipt(stage.put(&first).await, StatusCode::OK).await;
    assert_eq!(repeated, got, "the same bytes give the same receipt, over a killed process too");
    let back = stage.request(Method::GET, &paths::submission(first.id)).send().await.unwrap();
    assert_eq!(back.bytes().await.unwrap(), serde_json::to_vec(&first).unwrap());

    let returned = Review {
        state: ReviewState::Returned,
        at: NOON,
        by: "镇安镇党委".into(),
        reason: String::new(),
        items: vec![ReviewItem { item: ItemId::new("facts").unwrap(), reason: "缺签到表".into() }],
        due: Some(date(2026, 11, 27)),
    };
    stage.says(first.id, &returned).await;
    assert_eq!(*stage.list().await[0].reviews, *std::slice::from_ref(&returned));

    let mut second = stage.submission();
    second.id = domain::SubmissionId::from_parts(NOON, &[9; 10]);
    second.parents = vec![first.id];
    receipt(stage.put(&second).await, StatusCode::CREATED).await;
    let approved = Review { state: ReviewState::Approved, items: Vec::new(), due: None, ..returned };
    stage.says(second.id, &approved).await;
    let mut third = stage.submission();
    third.id = domain::SubmissionId::from_parts(NOON + 1, &[9; 10]);
    refused(stage.put(&third).await, ProblemKind::Closed).await;
    receipt(stage.put(&second).await, StatusCode::OK).await;
    assert_eq!(stage.list().await.len(), 2);
}

#[tokio::test]
async fn a_code_binds_one_phone_and_a_lost_answer_burns_nothing() {
    let stage = Stage::new().await;
    refused(stage.activate("999999999999", 1, TOKEN).await, ProblemKind::CodeWrong).await;
    refused(stage.activate("12345", 1, TOKEN).await, ProblemKind::Malformed).await;
    for _ in 0..2 {
        assert_eq!(stage.activate(CODE, 1, TOKEN).await.status(), StatusCode::OK);
    }
    stage.clock.0.store(NOON + 5_000, Ordering::Relaxed);
    assert_eq!(stage.activate(CODE, 1, TOKEN).await.status(), StatusCode::OK, "even after its time");
    refused(stage.activate(CODE, 2, "another").await, ProblemKind::CodeUsed).await;
    let late = ActivationCode::parse("111122223333").unwrap();
    let branch = BranchCode::new("210726105203-01").unwrap();
    stage.database.issue_code(&late, &branch, NOON).await.unwrap();
    refused(stage.activate(late.digits(), 2, "another").await, ProblemKind::CodeExpired).await;
}

#[tokio::test]
async fn a_second_phone_joins_by_a_code_of_the_first_and_either_can_leave() {
    let stage = Stage::new().await;
    stage.activate(CODE, 1, TOKEN).await;
    let code: DeviceCode =
        stage.request(Method::POST, paths::DEVICE_CODES).send().await.unwrap().json().await.unwrap();
    assert_eq!(code.expires_at, NOON + 600_000);
    assert_eq!(stage.activate(code.code.digits(), 2, "second").await.status(), StatusCode::OK);
    let left = stage.request(Method::DELETE, paths::THIS_DEVICE).send().await.unwrap();
    assert_eq!(left.status(), StatusCode::NO_CONTENT);
    refused(stage.put(&stage.submission()).await, ProblemKind::Revoked).await;
    let second = stage.client.get(format!("http://{}{}", stage.address, paths::BRANCH)).bearer_auth("second");
    assert_eq!(second.send().await.unwrap().status(), StatusCode::OK);
    let nobody = stage.client.get(format!("http://{}{}", stage.address, paths::BRANCH));
    refused(nobody.send().await.unwrap(), ProblemKind::Unauthorised).await;
}

#[tokio::test]
async fn fifty_phones_behind_one_address_get_in_but_guessing_is_slowed() {
    let stage = Stage::new().await;
    let branch = BranchCode::new("210726105203-01").unwrap();
    for phone in 0..50_u8 {
        let code = ActivationCode::parse(&format!("2000000000{phone:02}")).unwrap();
        stage.database.issue_code(&code, &branch, NOON + 60_000).await.unwrap();
        let answer = stage.activate(code.digits(), phone, &format!("token {phone}")).await;
        assert_eq!(answer.status(), StatusCode::OK, "phone {phone}");
    }
    for guess in 0..30 {
        refused(stage.activate(&format!("3000000000{guess:02}"), 1, TOKEN).await, ProblemKind::CodeWrong)
            .await;
    }
    let slowed = stage.activate(CODE, 1, TOKEN).await;
    assert!(slowed.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() <= 601);
    refused(slowed, ProblemKind::TooManyAttempts).await;
    stage.clock.0.store(NOON + 11 * 60_000, Ordering::Relaxed);
    refused(stage.activate(CODE, 1, TOKEN).await, ProblemKind::CodeExpired).await;
}

#[tokio::test]
async fn other_bytes_under_the_same_id_are_put_aside() {
    let stage = Stage::new().await;
    stage.activate(CODE, 1, TOKEN).await;
    let first = stage.submission();
    let kept = receipt(stage.put(&first).await, StatusCode::CREATED).await;
    let mut other = first.clone();
    other.declaration.secretary = "另一位书记".into();
    refused(stage.put(&other).await, ProblemKind::DifferentBytes).await;
    assert_eq!(receipt(stage.put(&first).await, StatusCode::OK).await, kept);
    assert_eq!(stage.list().await.len(), 1);
}

#[tokio::test]
async fn a_submission_can_be_withdrawn_until_a_review_begins() {
    let stage = Stage::new().await;
    stage.activate(CODE, 1, TOKEN).await;
    let withdraw = |id| stage.request(Method::PUT, &paths::withdrawal(id)).send();
    let mut sent = stage.submission();
    refused(withdraw(sent.id).await.unwrap(), ProblemKind::NotFound).await;
    stage.put(&sent).await;
    for _ in 0..2 {
        assert_eq!(withdraw(sent.id).await.unwrap().status(), StatusCode::NO_CONTENT);
    }
    assert!(stage.list().await[0].withdrawn);
    sent.id = domain::SubmissionId::from_parts(NOON, &[3; 10]);
    stage.put(&sent).await;
    let begun = Review {
        state: ReviewState::InReview,
        at: NOON,
        by: "镇安镇党委".into(),
        reason: String::new(),
        items: Vec::new(),
        due: None,
    };
    stage.says(sent.id, &begun).await;
    refused(withdraw(sent.id).await.unwrap(), ProblemKind::ReviewBegun).await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_reason_and_nothing_is_stored() {
    let stage = Stage::new().await;
    stage.activate(CODE, 1, TOKEN).await;
    type Break = fn(&mut Submission);
    let cases: [(Break, ProblemKind); 7] = [
        (|s| s.format = FORMAT + 1, ProblemKind::UnknownFormat),
        (|s| s.branch = BranchCode::new("210726105204-01").unwrap(), ProblemKind::Refused),
        (|s| s.period = domain::PeriodId::new("1999").unwrap(), ProblemKind::Refused),
        (|s| s.checklist = ContentHash::of(b"never published"), ProblemKind::Refused),
        (|s| s.sector = domain::SectorId::new("school").unwrap(), ProblemKind::Refused),
        (|s| s.declaration.reporter = "\u{7}".into(), ProblemKind::Refused),
        (|s| s.answers.extend_from_within(..1), ProblemKind::Refused),
    ];
    for (index, (break_it, kind)) in cases.into_iter().enumerate() {
        let mut broken = stage.submission();
        break_it(&mut broken);
        let problem = refused(stage.put(&broken).await, kind).await;
        assert_eq!(problem.faults.is_empty(), index < 5, "case {index}: {problem:?}");
    }
    let path = paths::submission(stage.submission().id);
    refused(stage.put_bytes(&path, b"{".to_vec()).await, ProblemKind::Malformed).await;
    refused(stage.put_bytes(&path, vec![b' '; MAX_BODY_BYTES + 1]).await, ProblemKind::TooLarge).await;
    let html = stage
        .request(Method::PUT, &path)
        .header("content-type", "text/html")
        .body("<p>")
        .send()
        .await
        .unwrap();
    refused(html, ProblemKind::WrongContentType).await;
    let other_id = paths::submission(domain::SubmissionId::from_parts(1, &[0; 10]));
    let elsewhere = stage.put_bytes(&other_id, serde_json::to_vec(&stage.submission()).unwrap());
    refused(elsewhere.await, ProblemKind::Refused).await;
    refused(stage.request(Method::GET, "/api/v1/nothing").send().await.unwrap(), ProblemKind::NotFound).await;
    assert!(stage.list().await.is_empty());
}

#[tokio::test]
async fn a_late_report_is_taken_and_labelled_by_the_day_it_was_made() {
    let stage = Stage::new().await;
    stage.activate(CODE, 1, TOKEN).await;
    stage.clock.0.store(NOON + 40 * 86_400_000, Ordering::Relaxed);
    let in_time = receipt(stage.put(&stage.submission()).await, StatusCode::CREATED).await;
    assert!(!in_time.late, "made in November, delivered in January");
    let mut late = stage.submission();
    late.id = domain::SubmissionId::from_parts(NOON, &[4; 10]);
    late.made_at = NOON + 12 * 86_400_000;
    assert!(receipt(stage.put(&late).await, StatusCode::CREATED).await.late);
}

#[tokio::test]
async fn the_endpoint_scores_for_itself_and_dates_its_answers() {
    let stage = Stage::new().await;
    stage.activate(CODE, 1, TOKEN).await;
    let mut empty = stage.submission();
    empty.answers.clear();
    empty.declaration.claimed_grade = domain::ClaimedGrade::Model;
    assert_eq!(receipt(stage.put(&empty).await, StatusCode::CREATED).await.score, domain::Points::ZERO);
    assert_eq!(Grade::from(domain::ClaimedGrade::Model), Grade::Model);
    let health = stage.request(Method::GET, paths::HEALTH).send().await.unwrap();
    assert_eq!(health.headers()["date"], "Tue, 24 Nov 2026 04:00:00 GMT");
    let health: Value = health.json().await.unwrap();
    assert_eq!((&health["service"], &health["standard_published"]), (&json!("biaochi"), &json!(true)));
}
