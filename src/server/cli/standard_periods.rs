//! Which periods that branches work on, or have reported for, a version would leave out.

use super::error::CliError;
use crate::{
    authoring::Package,
    domain::{Period, PeriodId, period::shanghai_date},
    server::{database::Database, host::clock::SystemClock, office::clock::Clock as _},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Says which periods of the version in force a package no longer has although branches report for them.
pub(super) async fn left_out(database: &Database, package: &Package) -> Result<Option<String>, CliError> {
    let Some(published) = database.version_in_force().await? else { return Ok(None) };
    let reported = database.reports_by_period().await?;
    // All sectors of a version have the same periods.
    let (Some(before), Some(now)) = (published.checklists.first(), package.checklists.first()) else {
        return Ok(None);
    };
    let today = shanghai_date(SystemClock.now_ms());
    Ok(said(&before.periods, &now.periods, &reported, today))
}

/// What is said of the periods before that are not among those now: one that runs or waits for reports, or has some.
fn said(
    before: &[Period],
    now: &[Period],
    reported: &BTreeMap<PeriodId, usize>,
    today: Date,
) -> Option<String> {
    let gone = before.iter().filter(|period| !now.iter().any(|kept| kept.id == period.id));
    let gone = gone.filter_map(|period| {
        let Period { id, name, starts, ends, submit_by } = period;
        let reports = reported.get(id).copied().unwrap_or(0);
        let runs = *starts <= today && today <= (*submit_by).max(*ends);
        let told = match reports {
            0 => "还没有支部上报".to_owned(),
            reports => format!("已经有{reports}个支部上报"),
        };
        (runs || reports > 0)
            .then(|| format!("{id}“{name}”（{starts}至{ends}，上报截止{submit_by}，{told}）"))
    });
    let gone: Vec<String> = gone.collect();
    (!gone.is_empty()).then(|| format!("这一版里没有正在用的考核周期{}", gone.join("、")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_period_that_runs_or_has_reports_is_missed_and_no_other() {
        let period = |id: &str, starts, ends, submit_by| Period {
            id: PeriodId::new(id).unwrap(),
            name: "下半年".into(),
            starts,
            ends,
            submit_by,
        };
        let running = period("2026-H2", date(2026, 6, 1), date(2026, 11, 30), date(2026, 12, 5));
        let next = period("2027-H1", date(2026, 12, 1), date(2027, 5, 31), date(2027, 6, 5));
        let before = [running.clone(), next.clone()];
        let other_id = [Period { id: PeriodId::new("2026b").unwrap(), ..running.clone() }];
        let none = BTreeMap::new();

        let told = said(&before, &other_id, &none, date(2026, 11, 30)).unwrap();
        assert!(
            told.ends_with("2026-H2“下半年”（2026-06-01至2026-11-30，上报截止2026-12-05，还没有支部上报）"),
            "{told}"
        );
        assert!(!told.contains("2027-H1"), "it has not begun: {told}");
        assert!(said(&before, &other_id, &none, date(2026, 12, 5)).unwrap().contains("2026-H2"));
        assert!(!said(&before, &other_id, &none, date(2026, 12, 6)).unwrap().contains("2026-H2"), "over");
        assert_eq!(said(&before, &before, &none, date(2026, 11, 30)), None);
        let reported = BTreeMap::from([(running.id, 3)]);
        let told = said(&before, &[next], &reported, date(2027, 3, 1)).unwrap();
        assert!(told.contains("2026-H2") && told.contains("已经有3个支部上报"), "{told}");
    }
}
