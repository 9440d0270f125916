//! Who sits at the desks above the branches, what each of them may do, and how they come and go.

pub(crate) mod accounts;
pub(crate) mod authority;
pub(crate) mod passwords;
mod secret;
pub(crate) mod sessions;

pub(crate) use authority::{Act, Denied, Grant, Person, PersonId, Role};
pub(crate) use secret::Secret;
