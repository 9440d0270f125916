//! How many submissions a second the endpoint puts on disk, and how much memory it holds when idle.
//!
//! The real program serves a real file. So many clients send distinct whole submissions of the built-in standard over
//! loopback, each on its own kept-alive connection, the next one when the last is acknowledged. Then the program is killed
//! (`kill -9`), and every acknowledged submission is looked up in the file.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot go on fails here"
)]

#[path = "../common/mod.rs"]
mod common;

use biaochi::{
    domain::{ContentHash, SubmissionId},
    protocol::{Receipt, paths},
    server::database::{Database, Place},
};
use common::{Program, activation, branch, builtin, file, honest, prepare, token};
use reqwest::{Client, StatusCode};
use std::time::{Duration, Instant};

const CLIENTS: usize = 32;
const EACH: usize = 150;
/// The real villages and communities of the city.
const BRANCHES: usize = 1_414;
/// Nobody waits longer for a bench.
const AT_MOST: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() {
    let folder =
        tempfile::tempdir_in(std::env::var_os("BENCH_FOLDER").unwrap_or_else(|| "target".into())).unwrap();
    let database = file(&folder);
    prepare(&database, BRANCHES).await;
    let mut program = Program::start(&database, &[]);
    let health = reqwest::get(format!("{}{}", program.base, paths::HEALTH)).await.unwrap();
    assert_eq!(health.status(), StatusCode::OK);
    println!(
        "idle memory: {:.1} MB resident, {BRANCHES} branches and the built-in standard",
        resident_mb(&program)
    );

    let checklist = builtin();
    let example = honest(&checklist, 0, 0);
    let size = serde_json::to_vec(&example).unwrap().len();
    println!("one submission: {} entries, {size} bytes of JSON", example.answers.len());
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let client = Client::new();
        let activate = client.post(format!("{}{}", program.base, paths::ACTIVATE)).json(&activation(number));
        assert_eq!(activate.send().await.unwrap().status(), StatusCode::OK);
        let bodies: Vec<(SubmissionId, Vec<u8>)> = (0..EACH)
            .map(|round| {
                let submission = honest(&checklist, number, (number * EACH + round) as u64);
                (submission.id, serde_json::to_vec(&submission).unwrap())
            })
            .collect();
        clients.push((number, client, bodies));
    }

    let started = Instant::now();
    let tasks = clients.into_iter().map(|(number, client, bodies)| {
        tokio::spawn(send_all(client, program.base.clone(), number, bodies, started))
    });
    let mut acknowledged = Vec::new();
    let mut waits = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        for (number, receipt, wait) in task.await.unwrap() {
            acknowledged.push((number, receipt));
            waits.push(wait);
        }
    }
    let took = started.elapsed();
    println!("memory after it: {:.1} MB resident", resident_mb(&program));
    program.kill();
    let count = acknowledged.len();
    verify(&database, acknowledged).await;
    waits.sort_unstable();
    println!(
        "{:.0} submissions a second: {count} from {CLIENTS} clients in {:.2} s, each acknowledged one on disk after kill -9",
        count as f64 / took.as_secs_f64(),
        took.as_secs_f64(),
    );
    println!("a phone waited {:?} (median), {:?} (99 of 100)", waits[count / 2], waits[count * 99 / 100]);
}

async fn send_all(
    client: Client,
    base: String,
    number: usize,
    bodies: Vec<(SubmissionId, Vec<u8>)>,
    started: Instant,
) -> Vec<(usize, Receipt, Duration)> {
    let mut receipts = Vec::with_capacity(bodies.len());
    for (id, body) in bodies {
        if started.elapsed() > AT_MOST {
            break;
        }
        let sent = Instant::now();
        let request = client.put(format!("{base}{}", paths::submission(id))).bearer_auth(token(number));
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED, "{:?}", answer.text().await);
        receipts.push((number, answer.json().await.unwrap(), sent.elapsed()));
    }
    receipts
}

/// Every acknowledged submission is in the file with the very bytes of its receipt.
async fn verify(file: &Place, acknowledged: Vec<(usize, Receipt)>) {
    let database = Database::open(file).await.unwrap();
    for (number, receipt) in acknowledged {
        let bytes = database.submission(&branch(number), receipt.submission).await.unwrap();
        let bytes =
            bytes.unwrap_or_else(|| panic!("{} was acknowledged and is not there", receipt.submission));
        assert_eq!(ContentHash::of(&bytes), receipt.sha256);
    }
}

/// The resident memory of the program, in MB (10^6 bytes).
fn resident_mb(program: &Program) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap() * 1_024.0 / 1e6
}
