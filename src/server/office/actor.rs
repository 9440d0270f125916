//! Who acts.

use crate::domain::{BranchCode, DeviceId};

/// Who acts, as far as the endpoint knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A phone of a branch.
    Phone(
        /// Which.
        Phone,
    ),
    /// Whoever sits at the server's command line.
    Operator {
        /// The name on paper that is acted in; without it that of the unit right above the branch concerned.
        by: Option<String>,
    },
}

/// A phone of a branch, known by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// The branch.
    pub branch: BranchCode,
    /// The phone.
    pub device: DeviceId,
    /// Whether the branch has ended. Its phones still read, and learn so by it.
    pub has_ended: bool,
}

/// A phone whose branch may still send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Phone);

/// The branch has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this branch has ended; its phones keep what they have: ask for a code of the branch that it went into"
)]
pub struct Ended;

impl Phone {
    /// It, if its branch may still send.
    pub fn sender(self) -> Result<Sender, Ended> {
        if self.has_ended { Err(Ended) } else { Ok(Sender(self)) }
    }
}

impl std::ops::Deref for Sender {
    type Target = Phone;

    fn deref(&self) -> &Phone {
        &self.0
    }
}
