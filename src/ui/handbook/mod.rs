//! 一编一册: the books and the search in them, and one section.

pub mod item_text;

#[cfg(feature = "web")]
pub mod books;
#[cfg(feature = "web")]
pub mod section;
