//! Phones write without a pause while the upper level decides and adds: nobody gives up, and what is decided is decided of what
//! stood there.

use crate::{
    Stage,
    common::{self, NOON, branch, device, file, token},
};
use biaochi::{
    domain::{BranchCode, FindingEntry, FindingField, FindingId, FindingState, Findings, Progress, Stamp},
    protocol::{BranchFindings, NewFindings, paths},
};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    process::{Command, Output},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

const PHONES: usize = 32;
const EACH: usize = 4;

/// The command line, on the database that is served.
fn command(stage: &Stage, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_biaochi"));
    command.env("NO_COLOR", "1").env("BIAOCHI_CLOCK_OFFSET_MS", common::offset_to(NOON).to_string());
    command.arg("--database").arg(file(&stage.folder).to_string()).args(arguments).output().unwrap()
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A table of so many problems at each branch, numbered from here on.
fn table(stage: &Stage, name: &str, from: usize, each: usize) -> String {
    let mut table = String::from("支部编号,存在问题,整改时限\n");
    for phone in 0..PHONES {
        for number in from..from + each {
            table.push_str(&format!("{},第{number}处缺签到表,2026-12-20\n", branch(phone)));
        }
    }
    let path = stage.folder.path().join(name);
    std::fs::write(&path, table).unwrap();
    path.to_str().unwrap().into()
}

/// Writes now that a problem is mended, now that it is not, one problem after the other, until it is over.
async fn write(
    client: reqwest::Client,
    base: String,
    phone: usize,
    findings: Vec<FindingId>,
    is_over: Arc<AtomicBool>,
) -> usize {
    let mut count = 0;
    while !is_over.load(Ordering::Relaxed) {
        let progress = if (count / EACH).is_multiple_of(2) { Progress::Mended } else { Progress::UnderWay };
        let finding = findings[count % findings.len()];
        let stamp = Stamp { ms: NOON + 1_000_000 + count as u64, count: 0, device: device(phone) };
        let value = Findings::default().progress(finding, progress);
        let entry = FindingEntry { finding, field: FindingField::Progress, stamp, value };
        let request = client.put(format!("{base}{}", paths::FINDINGS)).bearer_auth(token(phone));
        let answer = request.json(&NewFindings { entries: vec![entry].into() }).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
        count += 1;
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn the_upper_level_closes_and_adds_while_every_phone_writes() {
    let stage = Arc::new(Stage::new(PHONES, &[]).await);
    for phone in 0..PHONES {
        stage.activate(phone).await;
    }
    told(&command(&stage, &["findings", "import", &table(&stage, "first.csv", 0, EACH)]));
    let listed: Vec<Value> =
        serde_json::from_str(&told(&command(&stage, &["findings", "list", "--json"]))).unwrap();
    let mut of_branch: BTreeMap<BranchCode, Vec<(FindingId, String)>> = BTreeMap::new();
    for one in &listed {
        let branch = BranchCode::new(one["branch"].as_str().unwrap()).unwrap();
        let number = one["number"].as_str().unwrap().to_owned();
        of_branch
            .entry(branch)
            .or_default()
            .push((one["finding"].as_str().unwrap().parse().unwrap(), number));
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let writing: Vec<_> = (0..PHONES)
        .map(|phone| {
            let findings = of_branch[&branch(phone)].iter().map(|(id, _)| *id).collect();
            let (client, base) = (reqwest::Client::new(), stage.program.base.clone());
            tokio::spawn(write(client, base, phone, findings, is_over.clone()))
        })
        .collect();
    let numbers = |place: usize| -> Vec<String> {
        (0..PHONES).map(|phone| of_branch[&branch(phone)][place].1.clone()).collect()
    };
    let (one_by_one, together) = (numbers(0).split_off(PHONES / 2), numbers(1));
    let added = {
        let (stage, list) = (stage.clone(), table(&stage, "more.csv", EACH, 40));
        tokio::task::spawn_blocking(move || command(&stage, &["findings", "import", &list]))
    };
    let closed = {
        let (stage, one_by_one) = (stage.clone(), one_by_one.clone());
        tokio::task::spawn_blocking(move || {
            let all: Vec<&str> = ["findings", "close", "--yes-not-mended"]
                .into_iter()
                .chain(together.iter().map(String::as_str))
                .collect();
            told(&command(&stage, &all));
            for number in one_by_one {
                // Only what the branch says is mended at that moment.
                let done = (0..100).any(|_| {
                    let output = command(&stage, &["findings", "close", &number]);
                    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
                    assert!(output.status.success() || complaint.contains("支部没有说整改好"), "{complaint}");
                    output.status.success()
                });
                assert!(done, "{number} is mended half of the time");
            }
        })
    };
    told(&added.await.unwrap());
    closed.await.unwrap();
    is_over.store(true, Ordering::Relaxed);
    let mut written = Vec::new();
    for phone in writing {
        written.push(phone.await.unwrap());
    }
    for (phone, count) in written.into_iter().enumerate() {
        let all = stage.phone(phone, Method::GET, paths::FINDINGS).send().await.unwrap();
        let all: Findings = all.json::<BranchFindings>().await.unwrap().into();
        let own = all.entries().iter().filter(|entry| !entry.is_from_above()).count();
        assert_eq!(own, count, "every word that was acknowledged is there");
        assert_eq!(all.ids().len(), EACH + 40);
        for (place, (id, number)) in of_branch[&branch(phone)].iter().enumerate() {
            let verdicts: Vec<_> = all.verdicts().iter().filter(|verdict| verdict.finding == *id).collect();
            let is_closed = place == 1 || (place == 0 && one_by_one.contains(number));
            assert_eq!(verdicts.len(), usize::from(is_closed), "{number}");
            if let (0, [verdict]) = (place, &verdicts[..]) {
                let before = all.entries().iter().filter(|entry| entry.stamp < verdict.stamp).cloned();
                let stood = Findings::new(before, []).find(*id).unwrap().state;
                assert_eq!(stood, FindingState::Mended, "{number} when it was closed");
            }
        }
    }
}
