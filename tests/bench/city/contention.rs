//! 32 phones write words on problems as fast as they can, while the upper level closes 200 and imports 15,000.

use crate::{
    FINDINGS, common,
    invent::{self, City, word},
    process::{Program, Run},
};
use biaochi::{
    domain::{ContentHash, FindingId},
    protocol::{NewFindings, paths},
};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

const PHONES: usize = 32;
const CLOSED: usize = 200;

/// A phone, and what it writes about.
struct Phone {
    number: usize,
    client: Client,
    base: String,
    findings: Vec<FindingId>,
}

impl Phone {
    /// Writes until it is told to stop, and gives back how often.
    async fn write(self, is_over: Arc<AtomicBool>) -> u64 {
        let mut count = 0;
        while !is_over.load(Ordering::Relaxed) {
            let finding = self.findings[usize::try_from(count).unwrap() % self.findings.len()];
            let body = NewFindings { entries: vec![word(finding, self.number, count)].into() };
            let request = self.client.put(format!("{}{}", self.base, paths::FINDINGS));
            let answer = request.bearer_auth(common::token(self.number)).json(&body).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
            count += 1;
        }
        count
    }
}

/// Runs it and prints how it went.
pub(crate) async fn contend(program: &Program, city: &City) {
    let listed = program.must(&["findings", "list", "--json"]).said;
    let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
    let open: Vec<&Value> = listed.iter().filter(|one| one["state"] != "已销号").collect();
    let mut server = common::Program::start(&program.database, &[]);
    let is_over = Arc::new(AtomicBool::new(false));
    let mut phones = Vec::new();
    for number in 0..city.branches.len() {
        let branch = city.branches[number].code.as_str();
        let own = open.iter().filter(|one| one["branch"] == branch);
        let findings: Vec<FindingId> =
            own.map(|one| one["finding"].as_str().unwrap().parse().unwrap()).collect();
        if findings.is_empty() {
            continue;
        }
        let issued = program.must(&["codes", "issue", "--branch", branch, "--json"]).said;
        let issued: Value = serde_json::from_str(&issued).unwrap();
        let client = Client::new();
        let body = json!({
            "code": issued[0]["code"], "device": common::device(number),
            "token_hash": ContentHash::of(common::token(number).as_bytes()),
        });
        let answer = client.post(format!("{}{}", server.base, paths::ACTIVATE)).json(&body).send().await;
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
        phones.push(Phone { number, client, base: server.base.clone(), findings });
        if phones.len() == PHONES {
            break;
        }
    }
    let started = Instant::now();
    let writing: Vec<_> =
        phones.into_iter().map(|phone| tokio::spawn(phone.write(is_over.clone()))).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    // Those that the phones write about come first.
    let numbers: Vec<&str> = open.iter().take(CLOSED).map(|one| one["number"].as_str().unwrap()).collect();
    let list = program.table("more.csv", &invent::table_of_findings(city, FINDINGS, FINDINGS));
    let import = async {
        let (database, folder) = (program.database.clone(), program.folder.join("importing"));
        std::fs::create_dir_all(&folder).unwrap();
        let program = Program { database, folder };
        tokio::task::spawn_blocking(move || program.run(&["findings", "import", &list])).await.unwrap()
    };
    let close = async {
        let mut runs = Vec::new();
        for number in numbers {
            let number = number.to_owned();
            let program = Program { database: program.database.clone(), folder: program.folder.clone() };
            let close = move || program.run(&["findings", "close", &number, "--yes-not-mended"]);
            runs.push(tokio::task::spawn_blocking(close).await.unwrap());
        }
        runs
    };
    let (imported, closed) = tokio::join!(import, close);
    let took = started.elapsed();
    is_over.store(true, Ordering::Relaxed);
    let mut words = 0;
    for phone in writing {
        words += phone.await.unwrap();
    }
    server.kill();
    let slowest = closed.iter().map(|run| run.took).max().unwrap_or_default();
    println!(
        "{PHONES} phones wrote {:.0} words a second meanwhile: {} of {} closings done, the slowest in {:.0} ms; import of {FINDINGS} {} in {:.1} s",
        words as f64 / took.as_secs_f64(),
        closed.iter().filter(|run| run.is_done).count(),
        closed.len(),
        slowest.as_secs_f64() * 1_000.0,
        if imported.is_done { "done" } else { "given up" },
        imported.took.as_secs_f64(),
    );
    for Run { said, .. } in closed.iter().chain([&imported]).filter(|run| !run.is_done).take(1) {
        println!("the first that gave up: {said}");
    }
}
