//! Evidence photos: taken only for what they are, kept only for their branch, and still there after a kill.

use crate::{
    Stage,
    common::{Program, branch, file, honest, token},
    receipt, refused,
};
use biaochi::{
    domain::{
        ActivityKind, AnswerKey, AnswerValue, ContentHash, Entry, LedgerEntry, LedgerId, LedgerRecord,
        Submission, period::shanghai_date, photo::MAX_BYTES, submission::Attachment,
    },
    protocol::{ProblemKind, SubmissionSummary, paths},
};
use reqwest::{Method, Response, StatusCode};
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    process::Command,
};

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], &length[..], content].concat()
}

/// A JPEG of so many pixels with so many bytes of coded picture, and whatever else is put into it.
fn jpeg(width: u16, height: u16, coded: usize, more: &[u8]) -> Vec<u8> {
    let (w, h) = (width.to_be_bytes(), height.to_be_bytes());
    [
        &[0xff, 0xd8][..],
        &segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        more,
        &segment(0xdb, &[1; 65]),
        &segment(0xc0, &[8, h[0], h[1], w[0], w[1], 1, 1, 0x11, 0]),
        &segment(0xc4, &[0; 20]),
        &segment(0xda, &[1, 1, 0, 0, 63, 0]),
        &vec![0x5a; coded],
        &[0xff, 0xd9],
    ]
    .concat()
}

/// A photo as the app makes them.
pub(crate) fn picture(number: u16) -> Vec<u8> {
    jpeg(1600, 100 + number, 60_000, &[])
}

impl Stage {
    async fn bring(&self, phone: usize, bytes: &[u8]) -> Response {
        self.bring_as(phone, &paths::photo(&ContentHash::of(bytes)), "image/jpeg", bytes).await
    }

    async fn bring_as(&self, phone: usize, path: &str, media_type: &str, bytes: &[u8]) -> Response {
        let request = self.phone(phone, Method::PUT, path).header("content-type", media_type);
        request.body(bytes.to_vec()).send().await.unwrap()
    }

    async fn has(&self, phone: usize, bytes: &[u8]) -> StatusCode {
        let path = paths::photo(&ContentHash::of(bytes));
        self.phone(phone, Method::HEAD, &path).send().await.unwrap().status()
    }

    /// What `review list` says.
    fn told_above(&self) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_biaochi"));
        let ran = command
            .arg("--database")
            .arg(file(&self.folder).to_string())
            .args(["review", "list"])
            .output()
            .unwrap();
        assert!(ran.status.success());
        String::from_utf8(ran.stdout).unwrap()
    }

    async fn listed(&self, phone: usize) -> Vec<SubmissionSummary> {
        self.phone(phone, Method::GET, paths::SUBMISSIONS).send().await.unwrap().json().await.unwrap()
    }
}

/// A submission with photos of which one belongs to two items.
fn with_photos(stage: &Stage, phone: usize, nonce: u64, photos: &[Vec<u8>]) -> Submission {
    let mut sent = honest(&stage.checklist, phone, nonce);
    let stamp = sent.answers[0].stamp;
    let items: Vec<_> = stage.checklist.items().map(|(_, item)| item.id.clone()).take(2).collect();
    for (number, photo) in photos.iter().enumerate() {
        let sha256 = ContentHash::of(photo);
        for item in items.iter().take(if number == 0 { 2 } else { 1 }) {
            let key = AnswerKey::Photo { item: item.clone(), sha256: sha256.clone() };
            sent.answers.push(Entry {
                key,
                stamp,
                value: AnswerValue::Attached { attached: true },
                under: None,
            });
        }
        let (bytes, media_type) = (photo.len() as u64, "image/jpeg".to_owned());
        sent.attachments.push(Attachment { sha256, bytes, media_type, captured_on: None, happened_on: None });
    }
    sent
}

/// A ledger of one entry with these photos.
fn ledger(sent: &Submission, photos: &[(ContentHash, bool)]) -> Vec<LedgerRecord> {
    let stamp = sent.answers[0].stamp;
    let entry = LedgerEntry {
        kinds: [ActivityKind::ThemedDay].into(),
        date: shanghai_date(stamp.ms),
        group: None,
        place: String::new(),
        host: String::new(),
        recorder: String::new(),
        attendance: None,
        topic: String::new(),
        resolution: String::new(),
        location: String::new(),
    };
    let id = LedgerId::from_parts(stamp.ms, &[1; 10]);
    vec![LedgerRecord { id, stamp, entry: Some(entry), photos: photos.iter().cloned().collect() }]
}

#[tokio::test]
async fn a_submission_is_complete_when_all_its_photos_are_here() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let photos = [picture(1), picture(2), picture(3)];
    // Photos may come before or after the answers; these do not wait for each other.
    assert_eq!(stage.has(0, &photos[0]).await, StatusCode::NOT_FOUND);
    assert_eq!(stage.bring(0, &photos[0]).await.status(), StatusCode::CREATED);
    let mut sent = with_photos(&stage, 0, 1, &photos);
    // One that only the ledger names, and one that it takes off again.
    let of_ledger = picture(4);
    sent.ledger =
        ledger(&sent, &[(ContentHash::of(&of_ledger), true), (ContentHash::of(&picture(5)), false)]).into();
    let answer = stage.put(0, &paths::submission(sent.id), serde_json::to_vec(&sent).unwrap()).await;
    receipt(answer, StatusCode::CREATED).await;
    let photos = [&photos[..], &[of_ledger]].concat();
    let mut expected: Vec<_> = photos[1..].iter().map(|bytes| ContentHash::of(bytes)).collect();
    expected.sort();
    assert_eq!(stage.listed(0).await[0].missing, expected);
    for photo in &photos[1..] {
        assert_eq!(stage.bring(0, photo).await.status(), StatusCode::CREATED);
        assert_eq!(stage.bring(0, photo).await.status(), StatusCode::OK, "the same again is success");
        assert_eq!(stage.has(0, photo).await, StatusCode::OK);
    }
    assert!(stage.listed(0).await[0].missing.is_empty());
}

#[tokio::test]
async fn a_submission_that_came_before_its_branch_ended_is_still_made_whole() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let photos = [picture(1), picture(2)];
    let sent = with_photos(&stage, 0, 1, &photos);
    let bytes = serde_json::to_vec(&sent).unwrap();
    receipt(stage.put(0, &paths::submission(sent.id), bytes).await, StatusCode::CREATED).await;
    assert_eq!(stage.bring(0, &photos[0]).await.status(), StatusCode::CREATED);
    let code = branch(0).to_string();
    let mut clerk = Command::new(env!("CARGO_BIN_EXE_biaochi"));
    clerk.arg("--database").arg(file(&stage.folder).to_string()).args([
        "roster",
        "end",
        &code,
        "--on",
        "2026-09-01",
    ]);
    assert!(clerk.output().unwrap().status.success());
    assert_eq!(stage.bring(0, &photos[1]).await.status(), StatusCode::CREATED);
    assert!(stage.listed(0).await[0].missing.is_empty());
    for photo in [&picture(3), &photos[1]] {
        refused(stage.bring(0, photo).await, ProblemKind::BranchEnded).await;
    }
    assert_eq!(stage.has(0, &photos[1]).await, StatusCode::OK, "what is there is said to be there");
}

#[tokio::test]
async fn a_photo_whose_file_is_gone_is_missing_from_the_next_start_or_look_on_and_comes_again() {
    let mut stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let photos = [picture(1), picture(2)];
    let sent = with_photos(&stage, 0, 1, &photos);
    let answer = stage.put(0, &paths::submission(sent.id), serde_json::to_vec(&sent).unwrap()).await;
    receipt(answer, StatusCode::CREATED).await;
    for photo in &photos {
        assert_eq!(stage.bring(0, photo).await.status(), StatusCode::CREATED);
    }
    assert!(stage.listed(0).await[0].missing.is_empty());
    let folder = std::fs::read_dir(stage.folder.path().join("photos")).unwrap().next().unwrap().unwrap();
    let lose = || std::fs::remove_file(folder.path().join(ContentHash::of(&photos[1]).as_str())).unwrap();
    for way in ["restart", "read"] {
        lose();
        if way == "restart" {
            // As after a restore that brought back the database and not this file.
            stage.program.kill();
            stage.program = Program::start(&file(&stage.folder), &[]);
        } else {
            let path = paths::photo(&ContentHash::of(&photos[1]));
            refused(stage.phone(0, Method::GET, &path).send().await.unwrap(), ProblemKind::NotFound).await;
        }
        assert_eq!(stage.listed(0).await[0].missing, [ContentHash::of(&photos[1])], "{way}");
        assert!(stage.told_above().contains("照片还差1张没有传上来"), "{way}: {}", stage.told_above());
        assert_eq!(stage.bring(0, &photos[1]).await.status(), StatusCode::OK);
        assert!(stage.listed(0).await[0].missing.is_empty(), "{way}");
        assert!(!stage.told_above().contains("照片还差"), "{way}: {}", stage.told_above());
        assert_eq!(stage.has(0, &photos[1]).await, StatusCode::OK);
    }
}

#[tokio::test]
async fn only_its_own_branch_is_given_a_photo_and_never_as_a_page() {
    let stage = Stage::new(2, &[]).await;
    stage.activate(0).await;
    stage.activate(1).await;
    let photo = picture(1);
    let path = paths::photo(&ContentHash::of(&photo));
    assert_eq!(stage.bring(0, &photo).await.status(), StatusCode::CREATED);
    let got = stage.phone(0, Method::GET, &path).header("accept-encoding", "br, gzip").send().await.unwrap();
    assert_eq!(got.status(), StatusCode::OK);
    let headers = got.headers().clone();
    assert_eq!(headers["content-type"], "image/jpeg");
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename="));
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.ends_with("sandbox"), "{policy}");
    assert_eq!(headers["cache-control"], "private, no-cache");
    assert!(headers.get("content-encoding").is_none(), "a photo is compressed already");
    assert_eq!(got.bytes().await.unwrap(), photo);
    let again = stage.phone(0, Method::GET, &path).header("if-none-match", &headers["etag"]);
    assert_eq!(again.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    // Another branch's phone, and nobody.
    assert_eq!(stage.has(1, &photo).await, StatusCode::NOT_FOUND);
    refused(stage.phone(1, Method::GET, &path).send().await.unwrap(), ProblemKind::NotFound).await;
    for method in [Method::GET, Method::PUT] {
        refused(stage.open(method, &path).send().await.unwrap(), ProblemKind::Unauthorised).await;
    }
    assert_eq!(stage.open(Method::HEAD, &path).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    // It may bring the same photo for itself.
    assert_eq!(stage.bring(1, &photo).await.status(), StatusCode::CREATED);
    assert_eq!(stage.has(1, &photo).await, StatusCode::OK);
    // Nothing outside of the API gives it away.
    for stray in ["/photos", "/photos/", "/data/photos"] {
        assert_eq!(stage.open(Method::GET, stray).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_is_no_finished_photo_is_refused_with_its_reason() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let exif = segment(0xe1, b"Exif\0\0MM\0*\0\0\0\x08\0\0");
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), vec![0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]].concat();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    let behind = |tail: &[u8]| [picture(1), tail.to_vec()].concat();
    let hidden = jpeg(16, 16, 9, &segment(0xfe, b"<script>alert(1)</script>"));
    for (name, bytes, kind) in [
        ("nothing", Vec::new(), ProblemKind::NotAPhoto),
        ("place and device", jpeg(16, 16, 9, &exif), ProblemKind::NotAPhoto),
        ("a script in a comment", hidden, ProblemKind::NotAPhoto),
        ("a page behind it", behind(b"<!doctype html><script>"), ProblemKind::NotAPhoto),
        ("a zip behind it", behind(b"PK\x05\x06"), ProblemKind::NotAPhoto),
        ("a pixel bomb", jpeg(60_000, 60_000, 9, &[]), ProblemKind::NotAPhoto),
        ("too wide", jpeg(4_097, 10, 9, &[]), ProblemKind::NotAPhoto),
        ("cut off", picture(1)[..30_000].to_vec(), ProblemKind::NotAPhoto),
        ("png", png, ProblemKind::NotAPhoto),
        ("svg", svg, ProblemKind::NotAPhoto),
        ("heic", heic, ProblemKind::NotAPhoto),
        ("a page", b"<!doctype html>".to_vec(), ProblemKind::NotAPhoto),
        ("too many bytes", jpeg(16, 16, MAX_BYTES, &[]), ProblemKind::TooLarge),
        ("far too many bytes", vec![0xff; 3 * MAX_BYTES], ProblemKind::TooLarge),
    ] {
        let problem = refused(stage.bring(0, &bytes).await, kind).await;
        assert!(!problem.detail.is_empty(), "{name}");
        assert_eq!(stage.has(0, &bytes).await, StatusCode::NOT_FOUND, "{name}");
    }
    let photo = picture(1);
    let path = paths::photo(&ContentHash::of(&photo));
    let other = paths::photo(&ContentHash::of(b"other"));
    refused(stage.bring_as(0, &other, "image/jpeg", &photo).await, ProblemKind::WrongHash).await;
    let nonsense = paths::PHOTO.replace("{sha256}", "..%2f..%2fetc");
    refused(stage.bring_as(0, &nonsense, "image/jpeg", &photo).await, ProblemKind::WrongHash).await;
    refused(stage.bring_as(0, &path, "image/webp", &photo).await, ProblemKind::NotAPhoto).await;
    for media_type in ["image/svg+xml", "text/html", "application/json", ""] {
        refused(stage.bring_as(0, &path, media_type, &photo).await, ProblemKind::WrongContentType).await;
    }
    assert_eq!(stage.bring(0, &photo).await.status(), StatusCode::CREATED);
    let folder = std::fs::read_dir(stage.folder.path().join("photos")).unwrap();
    let files: Vec<_> =
        folder.flat_map(|branch| std::fs::read_dir(branch.unwrap().path()).unwrap()).collect();
    assert_eq!(files.len(), 1, "nothing refused was left behind: {files:?}");
}

#[tokio::test]
async fn a_photo_cut_off_in_the_middle_is_not_there_and_one_acknowledged_survives_a_kill() {
    let mut stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let (whole, cut) = (picture(1), picture(2));
    assert_eq!(stage.bring(0, &whole).await.status(), StatusCode::CREATED);
    let mut line = TcpStream::connect(stage.program.base.trim_start_matches("http://")).unwrap();
    write!(
        line,
        "PUT {} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: image/jpeg\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        paths::photo(&ContentHash::of(&cut)),
        token(0),
        cut.len()
    )
    .unwrap();
    // "100 Continue": the request has reached its handler, which waits for the body.
    line.read_exact(&mut [0; 25]).unwrap();
    line.write_all(&cut[..20_000]).unwrap();
    stage.program.kill();
    stage.program = Program::start(&file(&stage.folder), &[]);
    assert_eq!(stage.has(0, &whole).await, StatusCode::OK);
    assert_eq!(stage.has(0, &cut).await, StatusCode::NOT_FOUND);
    assert_eq!(stage.bring(0, &cut).await.status(), StatusCode::CREATED);
    let got = stage.phone(0, Method::GET, &paths::photo(&ContentHash::of(&cut))).send().await.unwrap();
    assert_eq!(got.bytes().await.unwrap(), cut);
    // A file that was lost (a database restored without its photos) is asked for again.
    std::fs::remove_dir_all(stage.folder.path().join("photos")).unwrap();
    stage.program.kill();
    stage.program = Program::start(&file(&stage.folder), &[]);
    assert_eq!(stage.has(0, &whole).await, StatusCode::NOT_FOUND);
    assert_eq!(stage.bring(0, &whole).await.status(), StatusCode::OK);
    assert_eq!(stage.has(0, &whole).await, StatusCode::OK);
}
