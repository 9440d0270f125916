//! A phone whose app was not updated: what the app of a day said to the endpoint of that day, word for word, is said to today's, which
//! has to answer as that one did. One file a frozen app (`tests/fixtures/traffic`); how one is made is told in
//! `tests/browser/specs/traffic.record.mjs`.

use crate::common::{NOON, Program, command, file};
use biaochi::{
    domain::{BranchCode, ContentHash},
    protocol::{ActivationCode, paths},
    server::database::Database,
};
use reqwest::{Client, Method};
use serde_json::Value;

/// The branch whose phone it is, in the demonstration roster.
const BRANCH: &str = "210726117203";
/// The stories' morning: 2026-11-24 10:00 in Shanghai.
const MORNING: u64 = NOON - 2 * 3_600_000;

/// Numbers that are instants: they are of another moment each time.
fn is_instant(value: &Value) -> bool {
    value.as_u64().is_some_and(|number| number > 1_500_000_000_000)
}

/// What is not the same in two answers, but for instants. Members that are new since are passed over, as the phone does.
fn difference(frozen: &Value, now: &Value, at: &str) -> Option<String> {
    match (frozen, now) {
        (Value::Object(a), Value::Object(b)) => a.iter().find_map(|(name, was)| {
            difference(was, b.get(name).unwrap_or(&Value::Null), &format!("{at}.{name}"))
        }),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).zip(0..).find_map(|((a, b), i)| difference(a, b, &format!("{at}[{i}]")))
        }
        _ => (frozen != now && !(is_instant(frozen) && is_instant(now)))
            .then(|| format!("{at}: {frozen} became {now}")),
    }
}

#[tokio::test]
async fn the_app_of_another_day_is_answered_as_it_was_then() {
    let traffic: Vec<Value> =
        serde_json::from_str(include_str!("../fixtures/traffic/2026-12-01.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = file(&folder);
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let run = |words: &[&str]| {
        let mut command = command(&place);
        let done = command.args(words).output().unwrap();
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    run(&["standard", "publish", &format!("{fixtures}/standards/2026.1")]);
    run(&["roster", "import", &format!("{fixtures}/demo-roster.csv")]);
    let body = |one: &Value| match one["hex"].as_str() {
        Some(hex) => {
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
        }
        None => one["body"].as_str().unwrap_or_default().as_bytes().to_vec(),
    };
    let activation = traffic.iter().find(|one| one["path"] == paths::ACTIVATE).unwrap();
    let activation: Value = serde_json::from_slice(&body(activation)).unwrap();
    let code = ActivationCode::parse(activation["code"].as_str().unwrap()).unwrap();
    let database = Database::open(&place).await.unwrap();
    database.issue_code(&code, &BranchCode::new(BRANCH).unwrap(), u64::MAX / 4).await.unwrap();
    database.close().await;
    let program = Program::start_at(MORNING, &place, &[]);
    let client = Client::new();
    let mut said = 0;
    for one in &traffic {
        if let Some(words) = one["command"].as_array() {
            run(&words.iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>());
            continue;
        }
        let (method, path) = (one["method"].as_str().unwrap(), one["path"].as_str().unwrap());
        let mut request =
            client.request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", program.base));
        for (header, name) in
            [("authorization", "authorization"), ("content-type", "type"), ("if-none-match", "tag")]
        {
            if let Some(value) = one[name].as_str() {
                request = request.header(header, value);
            }
        }
        let answer = request.body(body(one)).send().await.unwrap();
        let told = format!("{method} {path}, number {said}");
        // A tag is of the whole answer, instants too: what was known then may have to be told once more.
        let known_then = one["status"] == 304;
        let status = u64::from(answer.status().as_u16());
        assert!(
            one["status"] == status || known_then && status == 200,
            "{told}: {} became {status}",
            one["status"]
        );
        let now = answer.bytes().await.unwrap();
        said += 1;
        if known_then {
            continue;
        }
        let Some(frozen) = one["answer"].as_str() else {
            assert!(path.ends_with(ContentHash::of(&now).as_str()), "{told}: what lies under a hash has it");
            continue;
        };
        match (serde_json::from_str::<Value>(frozen), serde_json::from_slice::<Value>(&now)) {
            (Ok(frozen), Ok(now)) => assert_eq!(difference(&frozen, &now, ""), None, "{told}"),
            _ => assert_eq!(frozen.len(), now.len(), "{told}"),
        }
    }
    assert!(said > 20, "{said} requests: a whole road");
}
