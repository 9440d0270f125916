//! 问题和整改 between the phones of a branch and the endpoint.

use crate::{
    Stage,
    common::{Program, device, file, token},
    refused,
};
use biaochi::{
    domain::{
        ContentHash, FindingEntry, FindingField, FindingId, FindingValue, Stamp,
        finding::{check::MAX_FINDING_ENTRIES, endpoint_device},
    },
    protocol::{BranchFindings, DeviceCode, MAX_FINDINGS_PER_REQUEST, NewFindings, ProblemKind, paths},
};
use reqwest::{Method, StatusCode, header};
use serde_json::json;

fn entry(finding: u8, ms: u64, phone: usize, text: &str) -> FindingEntry {
    FindingEntry {
        finding: FindingId::from_parts(1, &[finding; 10]),
        field: FindingField::Measure,
        stamp: Stamp { ms, count: 0, device: device(phone) },
        value: FindingValue::Text { text: text.into() },
    }
}

async fn put(stage: &Stage, phone: usize, entries: &[FindingEntry]) -> reqwest::Response {
    let body = serde_json::to_vec(&NewFindings { entries: entries.to_vec().into() }).unwrap();
    stage.put(phone, paths::FINDINGS, body).await
}

#[tokio::test]
async fn two_phones_write_apart_and_each_gets_all_of_it() {
    let mut stage = Stage::new(2, &[]).await;
    stage.activate(0).await;
    stage.activate(1).await;
    let code = stage.phone(0, Method::POST, paths::DEVICE_CODES).send().await.unwrap();
    let code: DeviceCode = code.json().await.unwrap();
    let body =
        json!({ "code": code.code, "device": device(7), "token_hash": ContentHash::of(token(7).as_bytes()) });
    stage.open(Method::POST, paths::ACTIVATE).json(&body).send().await.unwrap();

    let (mine, theirs) = (entry(1, 10, 0, "补上签到表"), entry(1, 11, 7, "补上签到表，以后会前备好"));
    let first = put(&stage, 0, std::slice::from_ref(&mine)).await;
    assert_eq!(first.status(), StatusCode::OK);
    let tag = first.headers()[header::ETAG].clone();
    let all: BranchFindings = first.json().await.unwrap();
    assert_eq!(all, BranchFindings { entries: vec![mine.clone()].into(), ..BranchFindings::default() });
    let again = put(&stage, 0, std::slice::from_ref(&mine)).await;
    assert_eq!((again.status(), &again.headers()[header::ETAG]), (StatusCode::OK, &tag), "the same again");
    let asked = async |stage: &Stage| {
        let request = stage.phone(0, Method::GET, paths::FINDINGS);
        request.header(header::IF_NONE_MATCH, tag.clone()).send().await.unwrap()
    };
    assert_eq!(asked(&stage).await.status(), StatusCode::NOT_MODIFIED, "the tag is that of a GET");

    put(&stage, 7, std::slice::from_ref(&theirs)).await;
    // What was acknowledged survives a kill.
    stage.program.kill();
    stage.program = Program::start(&file(&stage.folder), &[]);
    let changed = asked(&stage).await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert_eq!(changed.json::<BranchFindings>().await.unwrap().entries, [mine, theirs]);
    let neighbour = stage.phone(1, Method::GET, paths::FINDINGS).send().await.unwrap();
    assert_eq!(neighbour.json::<BranchFindings>().await.unwrap(), BranchFindings::default());
}

#[tokio::test]
async fn what_cannot_be_is_refused_whole_and_nobody_writes_in_the_upper_levels_name() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let good = entry(1, 10, 0, "好");
    let long = entry(2, 10, 0, &"长".repeat(501));
    let wrong = FindingEntry { field: FindingField::Deadline, ..entry(3, 10, 0, "明天") };
    let mut forged = entry(4, 10, 0, "销号");
    forged.stamp.device = endpoint_device();
    let problem = refused(put(&stage, 0, &[good.clone(), long, wrong, forged]).await, ProblemKind::Refused);
    assert_eq!(problem.await.faults.len(), 3);
    let all = stage.phone(0, Method::GET, paths::FINDINGS).send().await.unwrap();
    assert_eq!(all.json::<BranchFindings>().await.unwrap().entries, []);
    let many = vec![good; MAX_FINDINGS_PER_REQUEST + 1];
    refused(put(&stage, 0, &many).await, ProblemKind::Refused).await;
    let verdict = json!({ "entries": [], "verdicts": [{ "ruling": "closed" }] });
    let answer = stage.put(0, paths::FINDINGS, serde_json::to_vec(&verdict).unwrap()).await;
    assert_eq!(answer.json::<BranchFindings>().await.unwrap().verdicts, [], "nor decides");
}

#[tokio::test]
async fn no_branch_fills_the_disk() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let all: Vec<FindingEntry> =
        (0..MAX_FINDING_ENTRIES as u64).map(|ms| entry(1, ms, 0, "又改了一次")).collect();
    for some in all.chunks(MAX_FINDINGS_PER_REQUEST) {
        assert_eq!(put(&stage, 0, some).await.status(), StatusCode::OK);
    }
    let problem = refused(put(&stage, 0, &[entry(1, 9_999_999, 0, "多")]).await, ProblemKind::Refused).await;
    assert!(problem.detail.contains("5000"), "{}", problem.detail);
    assert_eq!(put(&stage, 0, &all[..3]).await.status(), StatusCode::OK, "what is there is success");
}

/// What a phone writes whose app is newer than the endpoint: refusing it would hold up all other words of the branch.
#[tokio::test]
async fn words_of_a_later_kind_are_kept_and_given_back_as_they_came() {
    let mut stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let good = entry(1, 10, 0, "补上签到表");
    let mut later = serde_json::to_value(entry(1, 11, 0, "")).unwrap();
    later["field"] = json!({ "cost": { "currency": ["CNY"] } });
    later["value"] = json!({ "yuan": 1.50 });
    let send = async |stage: &Stage, entries: serde_json::Value| {
        stage.put(0, paths::FINDINGS, json!({ "entries": entries }).to_string().into_bytes()).await
    };
    let first = send(&stage, json!([later, good])).await;
    assert_eq!(first.status(), StatusCode::OK);
    let expected = json!({ "entries": [good, later] });
    assert_eq!(first.json::<serde_json::Value>().await.unwrap(), expected);
    assert_eq!(send(&stage, json!([later])).await.status(), StatusCode::OK, "the same again is success");

    let refuse = async |stage: &Stage, change: &dyn Fn(&mut serde_json::Value)| {
        let mut entry = later.clone();
        change(&mut entry);
        let problem = refused(send(stage, json!([good, entry])).await, ProblemKind::Refused).await;
        assert_eq!(problem.faults.len(), 1, "{:?}", problem.faults);
    };
    refuse(&stage, &|entry| entry["stamp"]["device"] = json!(endpoint_device())).await;
    refuse(&stage, &|entry| entry["stamp"]["ms"] = json!(u64::MAX)).await;
    refuse(&stage, &|entry| entry["stamp"] = json!("now")).await;
    refuse(&stage, &|entry| entry["finding"] = json!(7)).await;
    refuse(&stage, &|entry| entry["value"]["note"] = json!("长".repeat(2_000))).await;
    refuse(&stage, &|entry| *entry = json!([])).await;

    stage.program.kill();
    stage.program = Program::start(&file(&stage.folder), &[]);
    let all = stage.phone(0, Method::GET, paths::FINDINGS).send().await.unwrap();
    assert_eq!(all.json::<serde_json::Value>().await.unwrap(), expected);
}
