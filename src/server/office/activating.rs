//! How a phone comes to a branch and leaves it: by a code of the upper level or of another phone (启用), until it is unbound.

use super::{
    actor::{Ended, Phone, Sender},
    clock::{Clock, Random},
};
use crate::{
    protocol::{ActivateRequest, ActivationCode, BranchInfo, DeviceCode, TokenHash},
    server::database::{Activation, Bound, Database, DatabaseError},
};

/// So long a code that one phone gets for another is good; ten minutes in milliseconds.
pub(crate) const PHONE_CODE_MS: u64 = 10 * 60 * 1000;
/// For so long an unused code is told to have expired rather than to be wrong; 30 days in milliseconds.
const REMEMBERED_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Why a phone is not let in.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No such code.
    #[error("no such code; check its 12 digits")]
    Wrong,
    /// Another phone used it.
    #[error("another phone used this code; ask for a new one")]
    Used,
    /// Too late.
    #[error("this code has expired; ask for a new one")]
    Expired,
    /// The phone was bound by this very code and unbound since.
    #[error("this phone was unbound after it used this code; ask for a new one")]
    UnboundSince,
    /// The token is bound already, by another code.
    #[error("this token is bound already; make a new one for each code")]
    TokenTaken,
    /// The branch has ended since the code was issued.
    #[error(transparent)]
    Ended(#[from] Ended),
    /// The code was good, but its branch is not there.
    #[error("the branch of this code is no longer in the roster")]
    NotInRoster,
    /// No phone has this token.
    #[error("activate this phone with a code of its branch")]
    Unknown,
    /// The phone of this token was unbound.
    #[error("this phone was unbound; ask for a new code")]
    Unbound,
    /// A code cannot be drawn.
    #[error("no randomness to be had; try again later")]
    NoRandomness,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Refusal {
    /// Whether the code itself was refused: what somebody who tries codes would get.
    pub fn is_of_code(&self) -> bool {
        !matches!(self, Self::NotInRoster | Self::Database(_))
    }
}

/// Binds a phone to the branch of a code. The same code, phone and token again succeed.
pub async fn activate(
    database: &Database,
    clock: &dyn Clock,
    request: &ActivateRequest,
) -> Result<BranchInfo, Refusal> {
    let ActivateRequest { code, device, token_hash } = request;
    let branch = match database.activate(code, *device, token_hash, clock.now_ms()).await? {
        Activation::Bound(branch) => branch,
        Activation::Wrong => return Err(Refusal::Wrong),
        Activation::Used => return Err(Refusal::Used),
        Activation::Expired => return Err(Refusal::Expired),
        Activation::Revoked => return Err(Refusal::UnboundSince),
        Activation::TokenTaken => return Err(Refusal::TokenTaken),
        Activation::Ended => return Err(Ended.into()),
    };
    database.branch(&branch).await?.ok_or(Refusal::NotInRoster)
}

/// The phone that shows a token.
pub async fn recognise(database: &Database, token: &TokenHash) -> Result<Phone, Refusal> {
    match database.device(token).await? {
        None => Err(Refusal::Unknown),
        Some(Bound { is_revoked: true, .. }) => Err(Refusal::Unbound),
        Some(Bound { branch, device, has_ended, .. }) => Ok(Phone { branch, device, has_ended }),
    }
}

/// A short code, by which another phone comes to the branch of this one.
pub async fn code_for_another(
    database: &Database,
    clock: &dyn Clock,
    random: &mut dyn Random,
    phone: &Sender,
) -> Result<DeviceCode, Refusal> {
    let code = draw(random).ok_or(Refusal::NoRandomness)?;
    let now = clock.now_ms();
    let expires_at = now + PHONE_CODE_MS;
    database.forget_expired_codes(&phone.branch, now.saturating_sub(REMEMBERED_MS)).await?;
    database.issue_code(&code, &phone.branch, expires_at).await?;
    Ok(DeviceCode { code, expires_at })
}

/// A code that nobody can guess; `None` where there is no randomness.
pub(crate) fn draw(random: &mut dyn Random) -> Option<ActivationCode> {
    let mut bytes = [0; 8];
    random.fill(&mut bytes).then(|| ActivationCode::from_random(bytes))
}

/// Unbinds a phone from its branch, by its own wish; its other branches stay.
pub async fn unbind(database: &Database, clock: &dyn Clock, phone: &Phone) -> Result<(), DatabaseError> {
    database.revoke(&phone.branch, phone.device, clock.now_ms()).await
}
