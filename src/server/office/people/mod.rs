//! Who sits at the desks above the branches, and what each of them may do.

pub(crate) mod authority;

pub(crate) use authority::{Act, Denied, Grant, Person, PersonId, Role};
