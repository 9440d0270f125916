//! 不用本系统: a branch whose matters are secret hands everything in on paper. It counts as any other, has no codes and no phones.

use super::{
    Refusal,
    changes::{is_overtaken, is_there},
    has_come,
};
use crate::{
    domain::{BranchCode, day, period::shanghai_date},
    protocol::Level,
    server::{
        database::Database,
        office::{
            actor::Actor,
            again::anew,
            clock::Clock,
            log::Deed,
            people::{Act, authority::must},
            scope,
        },
    },
};
use jiff::civil::Date;

/// Notes since when a branch does not use the system, or that it does again; gives how many phones it had. Their tokens, and the codes
/// that nobody used, end with it.
pub(crate) async fn set(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    branch: &BranchCode,
    since: Option<Date>,
) -> Result<u64, Refusal> {
    anew(is_overtaken, || note(database, clock, actor, branch, since)).await
}

async fn note(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    branch: &BranchCode,
    since: Option<Date>,
) -> Result<u64, Refusal> {
    let now = clock.now_ms();
    let today = shanghai_date(now);
    must(database, actor, Act::Arrange, branch, today).await?;
    let tree = database.tree().await?;
    let unknown = || scope::Refusal::UnknownUnit(branch.to_string());
    let member = tree.get(branch).ok_or_else(unknown)?;
    if member.unit.level != Level::Branch {
        return Err(Refusal::NotABranch(member.unit.name.clone()));
    }
    is_there(member)?;
    if let Some(day) = since {
        has_come(day, today)?;
    }
    if member.off_system == since {
        return Ok(0);
    }
    let record = actor.record(now, Deed::UseChanged, Some(branch), since.map(day::text).unwrap_or_default());
    database.set_off_system(&tree, branch, since, now, &record).await?.ok_or(Refusal::Overtaken)
}
