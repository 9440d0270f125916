//! 台账: the year, the list, one entry, its form, and what it counts.

pub mod ics;
pub mod prefill;
pub mod ring;

#[cfg(feature = "web")]
pub mod counted;
#[cfg(feature = "web")]
pub mod entry;
#[cfg(feature = "web")]
pub mod form;
#[cfg(feature = "web")]
pub mod list;
#[cfg(feature = "web")]
pub mod session;
#[cfg(feature = "web")]
pub mod year;
