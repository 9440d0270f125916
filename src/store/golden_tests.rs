//! What lies on phones stays readable: one of each stored record, frozen. Regenerate a golden file only before the first release;
//! afterwards fields are only added, optional ones, and the old file stays as a test of reading.

use super::{
    Binding, Display, Draft, LocalSubmission, Memory, PaperTrail, PendingActivation, Phone, TextSize, Theme,
    backup::{Backup, FORMAT, KIND, SavedDraft, SavedPaper},
    repository::{draft_key, entry_key, submission_key},
    testing::{binding, draft, everything, note, phone, report, run},
};
use crate::{
    domain::{
        ActivityKind, ContentHash, Entry, LedgerEntry, LedgerId, LedgerRecord, Open, Points,
        ledger::Attendance, testing::stamp,
    },
    json::{self, FromJson},
    protocol::{ActivationCode, Receipt, Review, ReviewState, UnitName},
    sync::testing::{NOON, branch, token, withdraw},
};
use jiff::civil::date;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

#[derive(Debug, PartialEq, Serialize, Deserialize, FromJson)]
struct Records {
    phone: Phone,
    binding: Binding,
    pending_activation: PendingActivation,
    draft: Draft,
    submission: LocalSubmission,
}

/// Not the hash of the tests' checklist: that may change.
fn begun() -> Draft {
    Draft { checklist: ContentHash::of(b"checklist"), ..draft(1) }
}

fn submission() -> LocalSubmission {
    let (sent, mut local, _) = report(1, 1, 1);
    local.body = Some(r#"{"format":1}"#.into());
    local.receipt = Some(Receipt {
        submission: sent.id,
        code: "1234-5678".into(),
        sha256: ContentHash::of(b"report"),
        received_at: NOON + 5,
        score: Points::from_hundredths(9_150),
        engine: 1,
        late: false,
    });
    local.reviews = vec![Review {
        state: ReviewState::Returned,
        at: NOON + 9,
        by: "镇安镇党委".into(),
        reason: "缺签到表".into(),
        items: Vec::new(),
        due: None,
    }]
    .into();
    local
}

fn records() -> Records {
    let mut binding = binding(1);
    binding.branch.reports_to = Some(UnitName { code: branch(9), name: "镇安镇党委".into() });
    Records {
        phone: Phone {
            active: Some(branch(1)),
            display: Display { size: TextSize::Huge, theme: Theme::Sunlight },
            notice_read_at: Some(NOON),
            backed_up_at: Some(NOON + 1),
            ..phone()
        },
        binding,
        pending_activation: PendingActivation { code: ActivationCode::from_random([7; 8]), token: token(7) },
        draft: Draft { shared_until: Some(stamp(NOON + 3, 1)), ..begun() },
        submission: submission(),
    }
}

fn backup() -> Backup {
    Backup {
        kind: KIND.into(),
        format: 1,
        branch: branch(1),
        branch_name: "十里村党支部".into(),
        made_at: NOON,
        drafts: vec![SavedDraft {
            draft: begun(),
            entries: vec![Entry { under: None, ..note("yes", "在铁柜二层", NOON, 1) }].into(),
        }],
        submissions: vec![submission()],
        ledger: Open::default(),
        photos: Open::default(),
        findings: crate::protocol::BranchFindings::default(),
        heard_of: Vec::new(),
        requests: Vec::new(),
        papers: Vec::new(),
        unfinished: Vec::new(),
    }
}

/// As it is written since nothing of a branch is left out: what waits besides submissions, paper, which findings the endpoint knows,
/// and which go up with a report.
fn backup_of_all() -> Backup {
    let finding = crate::sync::testing::finding_word(1, "缺签到表", NOON, 1).finding;
    let trail = PaperTrail {
        signed: true,
        stamped: false,
        copies: 2,
        report: Some("一、基本情况".into()),
        other: None,
    };
    Backup {
        format: FORMAT,
        drafts: Vec::new(),
        submissions: vec![LocalSubmission { findings: vec![finding], ..submission() }],
        heard_of: vec![finding],
        requests: vec![withdraw(3, 1, 1)],
        papers: vec![SavedPaper { period: draft(1).period, trail }],
        unfinished: vec![crate::store::backup::SavedText {
            key: "branch-1/2026-H2/check/yes/note".into(),
            unfinished: crate::store::Unfinished { text: "研究低保".into(), at: NOON },
        }],
        ..backup()
    }
}

/// As it is written since there is a ledger: every kind, every field, an entry that says least, one that was struck out.
fn backup_with_ledger() -> Backup {
    let whole = LedgerEntry {
        kinds: ActivityKind::ALL.into(),
        date: date(2026, 11, 20),
        group: Some(2),
        place: "村部会议室".into(),
        host: "李书记".into(),
        recorder: "王文书".into(),
        attendance: Some(Attendance { expected: 23, excused: 3, present: 19 }),
        topic: "研究低保评议".into(),
        resolution: "19票同意".into(),
        location: "村部铁柜".into(),
    };
    let least = LedgerEntry {
        kinds: [ActivityKind::Visit].into(),
        date: date(2026, 12, 1),
        group: None,
        place: String::new(),
        host: String::new(),
        recorder: String::new(),
        attendance: None,
        topic: String::new(),
        resolution: String::new(),
        location: String::new(),
    };
    let version = |number: u8, ms: u64, entry| LedgerRecord {
        id: LedgerId::from_parts(NOON + u64::from(number), &[number; 10]),
        stamp: stamp(NOON + ms, 1),
        entry,
        photos: std::collections::BTreeMap::new(),
    };
    let ledger = vec![version(1, 1, Some(whole)), version(2, 2, Some(least)), version(2, 3, None)].into();
    Backup { drafts: Vec::new(), submissions: Vec::new(), ledger, ..backup() }
}

/// Every object, however deep, gains a field of a later version.
fn from_the_future(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(from_the_future);
            // What is externally tagged is no record: {"part": {…}}.
            let is_tag = fields.len() == 1 && fields.values().all(serde_json::Value::is_object);
            if !is_tag {
                fields.insert("unheard_of".into(), serde_json::json!([{"x": 1}]));
            }
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(from_the_future),
        _ => {}
    }
}

fn is_frozen<T: Serialize + DeserializeOwned + FromJson + PartialEq + core::fmt::Debug>(
    value: &T,
    golden: &str,
) {
    assert_eq!(serde_json::to_string_pretty(value).unwrap(), golden.trim_end());
    assert_eq!(&json::from_str::<T>(golden).unwrap(), value);
    json::tests::alike::<T>(golden);
    let mut newer = serde_json::from_str(golden).unwrap();
    from_the_future(&mut newer);
    assert_eq!(&json::from_str::<T>(&newer.to_string()).unwrap(), value, "fields of a newer app are ignored");
}

#[test]
fn the_stored_records_are_frozen() {
    is_frozen(&records(), include_str!("golden/records-1.json"));
}

#[test]
fn the_backup_is_frozen_and_holds_no_token() {
    let golden = include_str!("golden/backup-1.json");
    is_frozen(&backup(), golden);
    is_frozen(&backup_with_ledger(), include_str!("golden/backup-ledger-1.json"));
    is_frozen(&backup_of_all(), include_str!("golden/backup-2.json"));
    assert!(!golden.contains(token(1).secret()) && !golden.contains("token"));
}

#[test]
fn the_record_of_a_photo_is_frozen() {
    let photo = super::PhotoRecord {
        refused: Some(crate::protocol::ProblemKind::TooManyPhotos),
        ..super::testing::photo(1, b"photo").record
    };
    is_frozen(&photo, include_str!("golden/photo-1.json"));
}

#[test]
fn records_of_the_first_version_can_be_read() {
    let device = phone().device;
    let old: Phone = serde_json::from_value(serde_json::json!({ "device": device })).unwrap();
    assert_eq!(old, phone());
    let begun = begun();
    let mut old = serde_json::to_value(&begun).unwrap();
    old.as_object_mut().unwrap().remove("shared_until");
    assert_eq!(serde_json::from_value::<Draft>(old).unwrap(), begun);
    let local = LocalSubmission { body: None, ..report(1, 1, 1).1 };
    let mut old = serde_json::to_value(&local).unwrap();
    for later in ["body", "receipt", "withdrawn", "reviews", "backed_up"] {
        assert!(old.as_object_mut().unwrap().remove(later).is_some(), "{later}");
    }
    assert_eq!(serde_json::from_value::<LocalSubmission>(old).unwrap(), local);
}

#[test]
fn the_keys_are_frozen() {
    let key = draft(1).key();
    assert_eq!(draft_key(&key), "branch-1/2026-H2");
    let entry = note("NC-A1", "", 1_795_000_000_000, 1);
    assert_eq!(
        entry_key(&key, &entry),
        "branch-1/2026-H2/note/NC-A1/001795000000000-0000000000-01010101-0101-4101-8101-010101010101"
    );
    let id = report(1, 1, 1).0.id;
    assert_eq!(submission_key(&branch(1), id), format!("branch-1/{id}"));
}

/// Which record lies where: a renamed table or key would leave what is stored behind.
#[test]
fn the_places_are_frozen() {
    let memory = Memory::default();
    let repository = super::testing::repository(&memory);
    run(repository.phone(phone().device)).unwrap();
    run(repository.save_pending_activation(&records().pending_activation)).unwrap();
    let places = |table: usize| -> Vec<String> {
        everything(&memory)[table].iter().map(|(key, _)| key.clone()).collect()
    };
    assert_eq!(places(0), ["pending-activation", "phone"]);
    run(repository.bind(&binding(1), &phone())).unwrap();
    assert_eq!(places(0), ["phone"]);
    assert_eq!(places(1), ["branch-1"]);
    let names: Vec<&str> = super::Table::ALL.iter().map(|table| table.name()).collect();
    assert_eq!(
        names,
        [
            "settings",
            "bindings",
            "checklists",
            "drafts",
            "entries",
            "submissions",
            "outbox",
            "documents",
            "ledger",
            "photos",
            "photo-bytes",
            "thumbnails",
            "findings",
            "unfinished",
        ]
    );
}
