//! 支部标尺 (Biaochi): the branch's yardstick.
//!
//! One pure core under every artefact. Which room may know which is written in the README, in a table that `tests/tidy.rs` reads.
//!
//! Without features only the pure core (`domain`, `protocol`, `sync`) compiles, which is what keeps it pure. Of the app, whatever
//! needs no browser (`store` over memory, `phone`, the words and computations of `ui`) compiles for native tests as well.

#[cfg(feature = "server")]
pub mod authoring;
#[cfg(feature = "web")]
pub mod browser;
pub mod domain;
pub mod json;
#[cfg(any(feature = "web", feature = "paper", feature = "server", test))]
pub mod paper;
#[cfg(any(feature = "web", test))]
pub mod phone;
pub mod protocol;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod sheets;
#[cfg(any(feature = "web", test))]
pub mod store;
pub mod sync;
#[cfg(any(feature = "web", test))]
pub mod ui;
#[cfg(any(feature = "web", feature = "server", test))]
pub mod words;
