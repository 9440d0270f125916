//! The app itself: what stands around every page, which page an address leads to, and the state that all pages share.

pub mod route;
pub mod source;
#[cfg(test)]
pub(super) mod testing;

#[cfg(feature = "web")]
pub mod clock;
#[cfg(feature = "web")]
pub mod ended;
#[cfg(feature = "web")]
pub mod frame;
#[cfg(feature = "web")]
pub mod light;
#[cfg(feature = "web")]
pub mod navigation;
#[cfg(feature = "web")]
pub mod nothing_yet;
#[cfg(feature = "web")]
pub mod notice;
#[cfg(feature = "web")]
pub mod session;
#[cfg(feature = "web")]
pub mod slots;
#[cfg(feature = "web")]
pub mod standing;
#[cfg(feature = "web")]
pub mod start;
