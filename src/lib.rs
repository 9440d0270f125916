//! 支部标尺 (Biaochi): the branch's yardstick.
//!
//! One pure core under every artefact; dependencies point one way:
//!
//! ```text
//! domain ← authoring                  (standards as tables, feature `server`)
//! domain ← protocol ← server          (the endpoint, feature `server`)
//! domain ← protocol ← sync ← browser  (phone and endpoint brought together; the browser: feature `web`)
//! ```
//!
//! Without features only the pure core (`domain`, `protocol`, `sync`) compiles, which is what keeps it pure. The app for the phone
//! stands on the same core.

#[cfg(feature = "server")]
pub mod authoring;
#[cfg(feature = "web")]
pub mod browser;
pub mod domain;
pub mod protocol;
#[cfg(feature = "server")]
pub mod server;
#[cfg(any(feature = "web", test))]
pub mod store;
pub mod sync;
#[cfg(any(feature = "web", test))]
pub mod ui;
