//! 支部基本情况 on its way between the phones of one branch.

use crate::{
    domain::{BranchProfile, Stamp},
    json::FromJson,
};
use serde::{Deserialize, Serialize};

/// A profile with the moment it was written. Ordered by that moment first: the endpoint keeps the highest, so that a second
/// phone of the branch gets the figures and need not type them twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct StampedProfile {
    /// When and on which phone.
    pub stamp: Stamp,
    /// The figures.
    pub profile: BranchProfile,
}
