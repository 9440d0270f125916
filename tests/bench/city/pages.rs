//! What the desk's pages ask of the database, in a process that runs already: how every unit of the city stands, and pages of lists.

use crate::invent::City;
use biaochi::{
    domain::{BranchCode, FindingState, PeriodId, period::shanghai_date},
    protocol::ReviewState,
    server::database::{
        Database, Place,
        pages::{FindingFilter, Page, ReportFilter, Stage},
    },
};
use std::time::{Duration, Instant};

/// So often each is asked, after it was once.
const TIMES: usize = 40;
const SIZE: u32 = 50;

/// Prints how long each takes: half the time, and 19 times of 20.
pub(crate) async fn ask(place: &Place, city: &City) {
    let database = Database::open(place).await.unwrap();
    let (today, period, ends) = (shanghai_date(crate::common::NOON), &city.period.id, Some(city.period.ends));
    let roots = [&city.root];
    println!();
    println!("| page of {SIZE} rows, or counts | median | p95 |");
    println!("|---|---|---|");
    told("reports counted by town, city", async || {
        database.report_counts(period, ends, &roots, today).await.unwrap().len()
    })
    .await;
    told("problems counted by town, city", async || {
        database.finding_counts(&roots, today).await.unwrap().len()
    })
    .await;
    let reports = |stage, under: Option<&BranchCode>| {
        (
            ReportFilter {
                period: Some(period.clone()),
                stage,
                under: under.cloned(),
                ..ReportFilter::default()
            },
            1,
        )
    };
    let returned = Stage::Reviewed(ReviewState::Returned);
    let last = u32::try_from(city.branches.len()).unwrap() / SIZE;
    let whole = reports(None, None);
    for (what, (filter, number)) in [
        ("reports, city, first page", whole.clone()),
        ("reports, city, last page", (whole.0, last)),
        ("reports, city, returned", reports(Some(returned), None)),
        ("reports, city, not reported", reports(Some(Stage::Unreported), None)),
        ("reports, one town", reports(None, Some(&city.town))),
    ] {
        let days = [(PeriodId::clone(period), ends)].into();
        let page = Page { number, size: SIZE };
        told(what, async || database.reports_page(&days, &roots, &filter, page).await.unwrap().total).await;
    }
    let findings = |state, overdue_on, under: Option<&BranchCode>, number| {
        let filter = FindingFilter { state, overdue_on, under: under.cloned(), ..FindingFilter::default() };
        (filter, number)
    };
    for (what, (filter, number)) in [
        ("problems, city, first page", findings(None, None, None, 1)),
        ("problems, city, page 200", findings(None, None, None, 200)),
        ("problems, city, mended", findings(Some(FindingState::Mended), None, None, 1)),
        ("problems, city, overdue", findings(None, Some(today), None, 1)),
        ("problems, one town", findings(None, None, Some(&city.town), 1)),
    ] {
        let page = Page { number, size: SIZE };
        told(what, async || database.findings_page(&roots, &filter, page).await.unwrap().total).await;
    }
    println!();
    database.close().await;
}

async fn told(what: &str, ask: impl AsyncFn() -> usize) {
    let rows = ask().await;
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let started = Instant::now();
        assert_eq!(ask().await, rows);
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!("| {what} ({rows}) | {:.1} ms | {:.1} ms |", ms(times[TIMES / 2]), ms(times[TIMES * 19 / 20]));
}
