//! 整改: the findings, one of them, its fields, and what is drafted for it.

pub mod drafts;

#[cfg(feature = "web")]
pub mod fields;
#[cfg(feature = "web")]
pub mod history;
#[cfg(feature = "web")]
pub mod list;
#[cfg(feature = "web")]
pub mod of_item;
#[cfg(feature = "web")]
pub mod one;
#[cfg(feature = "web")]
pub mod photos;
#[cfg(feature = "web")]
pub mod session;
