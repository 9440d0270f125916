//! A city's lists in milliseconds: every branch of an invented city has reported, inspectors have found 15,000 problems, and the
//! commands that the upper level runs over it are run as processes. `make bench-city`.
//!
//! Printed are the median time of three runs and the most memory of any, beside what each may cost, and how much it grows from a
//! city of 1,000 branches to one of 6,767. Then the desk's pages are asked for. Afterwards 32 phones write as fast as they can while problems are closed and imported.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot go on fails here"
)]

#[expect(dead_code, reason = "the tests of the desk do more with it")]
#[path = "../../server/desk/clerk.rs"]
mod clerk;
#[expect(dead_code, reason = "stories and the other bench share it")]
#[path = "../../common/mod.rs"]
mod common;
mod contention;
mod desk;
mod invent;
mod pages;
mod process;

use biaochi::server::database::{Database, Place};
use invent::City;
use process::{Program, Run, median};
use serde_json::Value;
use std::{process::Command, time::Instant};
use tempfile::TempDir;

/// The branches of the real city, in all sectors.
const BRANCHES: usize = 6_767;
const FEW_BRANCHES: usize = 1_000;
const FINDINGS: usize = 15_000;
const ROWS_OF_A_REVIEW: usize = 500;

/// What a command may cost.
struct Budget {
    what: &'static str,
    ms: u32,
    mb: Option<u32>,
}

const BUDGETS: [Budget; 13] = [
    budget("review list, city", 500, Some(60)),
    budget("review list, one town", 50, Some(60)),
    budget("review approve, one", 50, None),
    budget("review import, 500 rows", 500, None),
    budget("results export, city", 5_000, Some(150)),
    budget("results export, one town", 300, Some(150)),
    budget("findings import, 15,000", 3_000, None),
    budget("findings list, city", 200, Some(80)),
    budget("findings list, one town", 50, Some(80)),
    budget("findings export, city", 800, Some(80)),
    budget("findings export, one town", 300, Some(80)),
    budget("findings close, one", 50, None),
    budget("codes issue --slips, city", 10_000, None),
];

const fn budget(what: &'static str, ms: u32, mb: Option<u32>) -> Budget {
    Budget { what, ms, mb }
}

#[tokio::main]
async fn main() {
    let folder =
        tempfile::tempdir_in(std::env::var_os("BENCH_FOLDER").unwrap_or_else(|| "target".into())).unwrap();
    let homes = [(); 2].map(|()| tempfile::tempdir_in(&folder).unwrap());
    let (few, _) = measured(&homes[0], FEW_BRANCHES).await;
    let (all, (program, city)) = measured(&homes[1], BRANCHES).await;
    table(&few, &all);
    pages::ask(&program.database, &city).await;
    desk::look(&program, &city).await;
    contention::contend(&program, &city).await;
}

/// A copy of a database that nobody uses, standing for this folder.
fn copy(from: &Place, folder: &TempDir) -> Place {
    let to = common::file(folder);
    match (from, &to) {
        (Place::File(from), Place::File(to)) => drop(std::fs::copy(from, to).unwrap()),
        (Place::Postgres(from), Place::Postgres(to)) => {
            let (server, from) = from.rsplit_once('/').unwrap();
            let (_, to) = to.rsplit_once('/').unwrap();
            for text in [format!("DROP DATABASE {to}"), format!("CREATE DATABASE {to} TEMPLATE {from}")] {
                let done = Command::new("psql").args(["-qX", "-c", &text, server]).output().unwrap();
                assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            }
        }
        _ => panic!("{from} and {to} are of two kinds"),
    }
    to
}

/// Has PostgreSQL count what lies in its tables, as its autovacuum does within a minute of a change; the private server of the tests
/// has none.
fn analyze(place: &Place) {
    if let Place::Postgres(url) = place {
        let done = Command::new("psql").args(["-qX", "-c", "ANALYZE", url]).status().unwrap();
        assert!(done.success(), "ANALYZE");
    }
}

/// Builds a city of this size and measures each command.
async fn measured(home: &TempDir, size: usize) -> (Vec<Run>, (Program, City)) {
    let (place, folder) = (common::file(home), home.path().to_owned());
    let started = Instant::now();
    let database = Database::open(&place).await.unwrap();
    let city = invent::build(&database, size).await;
    database.close().await;
    let kind = match &place {
        Place::File(file) => format!("SQLite, {} MB", std::fs::metadata(file).unwrap().len() / 1_000_000),
        Place::Postgres(_) => "PostgreSQL".to_owned(),
    };
    println!("{kind}: {size} branches, built in {:.1} s", started.elapsed().as_secs_f64());
    analyze(&place);
    let program = Program { database: place.clone(), folder: folder.clone() };
    let findings = FINDINGS * size / BRANCHES;
    let list = program.table("findings.csv", &invent::table_of_findings(&city, findings, 0));
    let copies = [(); 2].map(|()| tempfile::tempdir_in(&folder).unwrap());
    let places = [copy(&place, &copies[0]), copy(&place, &copies[1]), place.clone()];
    let imported = places
        .map(|database| Program { database, folder: folder.clone() }.must(&["findings", "import", &list]));
    let database = Database::open(&place).await.unwrap();
    invent::mend(&database, &city).await;
    database.close().await;
    analyze(&place);
    let (town, root) = (city.town.as_str(), city.root.as_str());
    let thrice = |arguments: &[&str]| median([0; 3].map(|_| program.must(arguments)));
    let written = |name: &str, arguments: &[&str]| {
        median([0; 3].map(|_| program.must(&[arguments, &["--output", &program.fresh(name)]].concat())))
    };
    let reports = reports(&program);
    let findings = open_findings(&program);
    let runs = vec![
        thrice(&["review", "list"]),
        thrice(&["review", "list", "--under", town]),
        median([0, 1, 2].map(|place| program.must(&["review", "approve", &reports[place].receipt]))),
        median([0, 1, 2].map(|place| {
            let each = ROWS_OF_A_REVIEW.min((reports.len() - 3) / 3);
            let table = reviews(&reports[3 + place * each..][..each]);
            program.must(&["review", "import", &program.table("reviews.csv", &table)])
        })),
        written("results.xlsx", &["results", "export", "--period", city.period.id.as_str()]),
        written("results.xlsx", &["results", "export", "--period", city.period.id.as_str(), "--under", town]),
        median(imported),
        thrice(&["findings", "list"]),
        thrice(&["findings", "list", "--under", town]),
        written("findings.xlsx", &["findings", "export"]),
        written("findings.xlsx", &["findings", "export", "--under", town]),
        median(
            [0, 1, 2].map(|place| program.must(&["findings", "close", &findings[place], "--yes-not-mended"])),
        ),
        median([0; 3].map(|_| {
            let base = ["--base-url", "https://biaochi.example.cn"];
            let whom = ["codes", "issue", "--under", root, "--slips"];
            program.must(&[&whom[..], &[&program.fresh("slips")], &base].concat())
        })),
    ];
    (runs, (program, city))
}

/// A report that nobody has reviewed.
struct Reported {
    id: String,
    receipt: String,
    branch: String,
}

fn reports(program: &Program) -> Vec<Reported> {
    let list: Value = serde_json::from_str(&program.must(&["review", "list", "--json"]).said).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let open = list.as_array().unwrap().iter().filter(|one| one["reviews"].as_array().unwrap().is_empty());
    open.map(|one| Reported {
        id: text(&one["submission"]),
        receipt: text(&one["receipt"]["code"]),
        branch: text(&one["branch"]),
    })
    .collect()
}

/// 审核表, filled in.
fn reviews(rows: &[Reported]) -> String {
    let mut table = String::from("上报编号,回执码,支部编号,已审次数,审核意见,原因,条目与原因,截止日期\n");
    for Reported { id, receipt, branch } in rows {
        table.push_str(&format!(
            "{id},{receipt},{branch},0,退回修改,,第1条：缺签到表；第2条：照片看不清,2026-12-20\n"
        ));
    }
    table
}

/// The numbers of problems that are not closed, those of the first towns first.
fn open_findings(program: &Program) -> Vec<String> {
    let list: Value = serde_json::from_str(&program.must(&["findings", "list", "--json"]).said).unwrap();
    let open = list.as_array().unwrap().iter().filter(|one| one["state"] != "已销号");
    open.map(|one| one["number"].as_str().unwrap().to_owned()).collect()
}

fn table(few: &[Run], all: &[Run]) {
    println!();
    println!("| command | budget | {FEW_BRANCHES} branches | {BRANCHES} branches | growth |");
    println!("|---|---|---|---|---|");
    for ((Budget { what, ms, mb }, few), all) in BUDGETS.iter().zip(few).zip(all) {
        let figure = |run: &Run| format!("{:.0} ms, {:.0} MB", run.took.as_secs_f64() * 1_000.0, run.peak_mb);
        let is_over =
            all.took.as_millis() > u128::from(*ms) || mb.is_some_and(|mb| all.peak_mb > f64::from(mb));
        let memory = mb.map(|mb| format!(", {mb} MB")).unwrap_or_default();
        println!(
            "| {what} | {ms} ms{memory} | {} | {}{} | {:.1}× |",
            figure(few),
            figure(all),
            if is_over { " **over**" } else { "" },
            all.took.as_secs_f64() / few.took.as_secs_f64(),
        );
    }
    println!();
}
