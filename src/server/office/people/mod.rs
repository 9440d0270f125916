//! Who sits at the desks above the branches, what each of them may do, and how they come and go.

pub(crate) mod accounts;
pub(crate) mod authority;
pub(crate) mod handing_over;
pub(crate) mod listing;
pub(crate) mod own_password;
pub(crate) mod passwords;
pub(crate) mod roles;
mod secret;
pub(crate) mod sessions;
#[cfg(test)]
mod tests;

pub(crate) use authority::{Act, Denied, Grant, Person, PersonId, Role};
pub(crate) use secret::Secret;
