//! The parts that pages are made of.

pub mod radar;

#[cfg(feature = "web")]
pub mod button;
#[cfg(feature = "web")]
pub mod confirm;
#[cfg(feature = "web")]
pub mod field;
#[cfg(feature = "web")]
pub mod icon;
#[cfg(feature = "web")]
pub mod message;
#[cfg(feature = "web")]
pub mod qr;
#[cfg(feature = "web")]
pub mod radar_view;
#[cfg(feature = "web")]
pub mod was_and_is;
