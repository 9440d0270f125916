//! 支部标尺 (Biaochi): the branch's yardstick.
//!
//! One pure core under every artefact; dependencies point one way:
//!
//! ```text
//! domain ← protocol ← sync ← store ← phone, browser ← ui     (the app, feature `web`)
//! paper ← ui; paper                                          (forms on paper; their files are written by a worker, feature `paper`)
//! domain ← authoring, domain ← protocol ← server             (the endpoint, feature `server`)
//! domain ← sheets ← authoring, server                        (tables of people's computers, feature `server`)
//! domain ← words ← ui, server                                (Chinese that both say)
//! ```
//!
//! Without features only the pure core (`domain`, `protocol`, `sync`) compiles, which is what keeps it pure. Of the app, whatever
//! needs no browser (`store` over memory, `phone`, the words and computations of `ui`) compiles for native tests as well.

#[cfg(feature = "server")]
pub mod authoring;
#[cfg(feature = "web")]
pub mod browser;
pub mod domain;
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
