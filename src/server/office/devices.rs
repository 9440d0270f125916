//! The phones that are bound, and taking a lost one's token away.

use super::{
    actor::Actor,
    clock::Clock,
    log::Deed,
    people::{
        Act, Denied,
        authority::{denies, must},
    },
    scope,
};
use crate::{
    domain::{DeviceId, period::shanghai_date},
    server::database::{Database, DatabaseError, Unit, devices::BoundDevice},
};
use std::collections::BTreeSet;

/// Why no phone is listed or revoked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is not clear whose.
    #[error(transparent)]
    Scope(#[from] scope::Refusal),
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// So many phones of the branch begin like what was named, where it should be one.
    #[error("{0} phones of the branch are meant, not one")]
    NotOne(usize),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// What came of revoking.
#[derive(Debug)]
pub(crate) struct Revoked {
    /// Whose phones.
    pub(crate) branch: Unit,
    /// How many tokens were still good.
    pub(crate) phones: u64,
    /// How many codes that nobody had used were voided along with them.
    pub(crate) codes: u64,
}

/// The phones of the branches below a unit, or of all.
pub(crate) async fn below(database: &Database, unit: Option<&str>) -> Result<Vec<BoundDevice>, Refusal> {
    let branches = scope::branches(database, unit).await?;
    let branches: BTreeSet<_> = branches.iter().map(|branch| &branch.code).collect();
    let mut devices = database.devices().await?;
    devices.retain(|device| branches.contains(&device.branch));
    Ok(devices)
}

/// The phones of a branch.
pub(crate) async fn of_branch(database: &Database, branch: &str) -> Result<Vec<BoundDevice>, Refusal> {
    scope::branch(&database.units().await?, branch)?;
    below(database, Some(branch)).await
}

/// Takes the token of the phone whose id begins so; without one, those of all phones of the branch, and the codes that could bind
/// another one. What lies on the phones stays.
pub(crate) async fn revoke(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    branch: &str,
    device: Option<&str>,
) -> Result<Revoked, Refusal> {
    let branch = scope::branch(&database.units_called(branch).await?, branch)?.clone();
    let now = clock.now_ms();
    must(database, actor, Act::Admit, &branch.code, shanghai_date(now)).await?;
    let known = database.devices().await?;
    let of_branch = known.iter().filter(|bound| bound.branch == branch.code).map(|bound| bound.device);
    let mut meant: Vec<DeviceId> = of_branch
        .filter(|id| device.is_none_or(|start| id.to_string().starts_with(&start.to_lowercase())))
        .collect();
    meant.dedup();
    if device.is_some() && meant.len() != 1 {
        return Err(Refusal::NotOne(meant.len()));
    }
    let record = |device: Option<DeviceId>| match device {
        Some(device) => actor.record(now, Deed::PhoneRevoked, Some(&branch.code), device),
        None => actor.record(now, Deed::CodesVoided, Some(&branch.code), ""),
    };
    let (phones, codes) = database.revoke_of(&branch.code, &meant, device.is_none(), now, record).await?;
    Ok(Revoked { branch, phones, codes })
}
