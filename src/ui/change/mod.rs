//! A new version of the standard: what it changes, and moving to it.

pub mod moving;
pub mod page;
