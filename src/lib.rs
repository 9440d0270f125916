//! 支部标尺 (Biaochi): the branch's yardstick.
//!
//! Two artefacts over one pure core:
//!
//! ```text
//! domain ← protocol ← sync ← store, browser ← ui            (app, feature `web`)
//! domain ← protocol ← server                                (endpoint, feature `server`)
//! ```
//!
//! `wording` turns the core's facts into Chinese sentences for both. With neither feature only the pure core compiles,
//! which is what keeps it pure.

pub mod domain;
pub mod protocol;
#[cfg(feature = "server")]
pub mod server;
