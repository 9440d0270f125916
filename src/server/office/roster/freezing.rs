//! On which day a period takes the tree as it stands.

use super::Refusal;
use crate::{
    domain::{PeriodId, period::shanghai_date},
    server::{
        database::Database,
        office::{
            actor::Actor,
            clock::Clock,
            log::Deed,
            people::{Act, authority::must_for_all},
            scope,
        },
    },
};
use jiff::civil::Date;

/// The day on which a period takes the tree as it stands.
pub(crate) async fn frozen_on(database: &Database, period: &PeriodId) -> Result<Date, Refusal> {
    scope::freeze_day(database, period).await?.ok_or_else(|| Refusal::NoPeriod(period.clone()))
}

/// Sets that day; it does not lie before the period.
pub(crate) async fn freeze(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    period: &PeriodId,
    on: Date,
) -> Result<(), Refusal> {
    let at = clock.now_ms();
    must_for_all(database, actor, Act::Arrange, shanghai_date(at)).await?;
    frozen_on(database, period).await?;
    let lists = database.ever_published().await?;
    let starts = lists.iter().filter_map(|list| list.period(period)).map(|period| period.starts).min();
    if let Some(starts) = starts.filter(|starts| on < *starts) {
        return Err(Refusal::BeforePeriod { period: period.clone(), on, starts });
    }
    let record = actor.record(at, Deed::PeriodFrozen, None, format!("{period} {on}"));
    Ok(database.set_freeze(period, on, &[record]).await?)
}
