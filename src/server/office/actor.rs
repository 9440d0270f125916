//! Who acts.

use crate::domain::{BranchCode, DeviceId};

/// Who acts, as far as the endpoint knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A phone of a branch, by its token.
    Phone {
        /// The branch.
        branch: BranchCode,
        /// The phone.
        device: DeviceId,
    },
    /// Whoever sits at the server's command line.
    Operator {
        /// The name on paper that is acted in; without it that of the unit right above the branch concerned.
        by: Option<String>,
    },
}
