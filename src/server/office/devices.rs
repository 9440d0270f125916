//! The phones that are bound, and taking a lost one's token away.

use super::{clock::Clock, scope};
use crate::{
    domain::DeviceId,
    server::database::{Database, DatabaseError, Unit, devices::BoundDevice},
};
use std::collections::BTreeSet;

/// Why no phone is listed or revoked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is not clear whose.
    #[error(transparent)]
    Scope(#[from] scope::Refusal),
    /// So many phones of the branch begin like what was named, where it should be one.
    #[error("{0} phones of the branch are meant, not one")]
    NotOne(usize),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

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
    branch: &str,
    device: Option<&str>,
) -> Result<Revoked, Refusal> {
    let branch = scope::branch(&database.units().await?, branch)?.clone();
    let known = database.devices().await?;
    let of_branch = known.iter().filter(|bound| bound.branch == branch.code).map(|bound| bound.device);
    let mut meant: Vec<DeviceId> = of_branch
        .filter(|id| device.is_none_or(|start| id.to_string().starts_with(&start.to_lowercase())))
        .collect();
    meant.dedup();
    if device.is_some() && meant.len() != 1 {
        return Err(Refusal::NotOne(meant.len()));
    }
    let now = clock.now_ms();
    let phones = database.revoke_of(&branch.code, &meant, now).await?;
    let codes = if device.is_none() { database.void_codes(&branch.code, now).await? } else { 0 };
    Ok(Revoked { branch, phones, codes })
}
