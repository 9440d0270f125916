//! What a branch is told of itself, and 支部基本情况, which its phones share.

use super::{
    actor::{Phone, Sender},
    clock::Clock,
};
use crate::{
    domain::{
        above::latest,
        check::{AnswerFault, profile_fault},
        finding::check::LATEST_STAMP_MS,
        time_check::{EndpointClock, TimeFault},
    },
    protocol::{BranchInfo, StampedProfile},
    server::database::{Database, DatabaseError},
};

/// Why a profile is not kept.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It says what cannot be.
    #[error("the profile holds what cannot be; see the faults")]
    Faulty(
        /// What.
        ProfileFault,
    ),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// What is wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileFault {
    /// A figure or a text.
    #[error(transparent)]
    Figure(AnswerFault),
    /// A day.
    #[error(transparent)]
    Day(TimeFault),
    /// When it was written. The highest stamp is kept: one that no clock can show would stay for ever.
    #[error("the stamp lies beyond the year 2100; correct it")]
    Stamp,
}

/// What the roster says of a phone's branch, and what the upper level gave it for the items that it judges; `None` when the branch
/// is no longer in the roster.
pub async fn branch(database: &Database, phone: &Phone) -> Result<Option<BranchInfo>, DatabaseError> {
    let Some(mut info) = database.branch(&phone.branch).await? else { return Ok(None) };
    info.judged = latest(database.given_to(&phone.branch).await?).into();
    Ok(Some(info))
}

/// The profile of a phone's branch, as its phones wrote it last.
pub async fn kept(database: &Database, phone: &Phone) -> Result<Option<StampedProfile>, DatabaseError> {
    database.profile(&phone.branch).await
}

/// Keeps a profile unless one with a higher stamp is there; answers with the one that is kept.
pub async fn keep(
    database: &Database,
    clock: &dyn Clock,
    phone: &Sender,
    sent: StampedProfile,
) -> Result<StampedProfile, Refusal> {
    let now = EndpointClock { now_ms: clock.now_ms() };
    let fault = profile_fault(&sent.profile).map(ProfileFault::Figure);
    let fault = fault.or_else(|| now.profile_fault(&sent.profile).map(ProfileFault::Day));
    let fault = fault.or_else(|| (sent.stamp.ms > LATEST_STAMP_MS).then_some(ProfileFault::Stamp));
    if let Some(fault) = fault {
        // What is kept already was taken once: the same again is success.
        let is_kept = database.profile(&phone.branch).await?.is_some_and(|kept| kept == sent);
        return if is_kept { Ok(sent) } else { Err(Refusal::Faulty(fault)) };
    }
    Ok(database.put_profile(&phone.branch, sent).await?)
}
