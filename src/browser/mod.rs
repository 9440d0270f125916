//! The browser, one capability a file, each wrapping one API once. No domain rules: what to do with a capability, and what to
//! say where it is missing, is decided above.
//!
//! What listens is a guard: dropping it stops listening. Whatever some phones lack is looked for before it is used and its
//! absence is an ordinary result. How each fails is told by the error's type.

pub mod agent;
pub mod attributes;
pub mod channel;
pub mod clipboard;
pub mod clock;
pub mod fetch;
pub mod files;
pub mod helper;
pub mod history;
pub mod image;
pub mod in_view;
pub mod input;
mod js;
pub mod leave;
pub mod locks;
pub mod online;
pub mod persistence;
pub mod print;
pub mod random;
pub mod timer;
pub mod visibility;
pub mod worker;

/// The browser refused or lacks something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the browser cannot do this ({0}); try another way or another browser")]
pub struct BrowserError(
    /// What the browser says, for logs.
    pub String,
);
