//! 现场查阅: what is shown to somebody who looks at the screen.

pub mod inspection;

#[cfg(feature = "web")]
pub mod item;
#[cfg(feature = "web")]
pub mod list;
