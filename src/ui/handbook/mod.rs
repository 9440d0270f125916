//! 一编一册: the books and the search in them, and one section.

pub mod books;
pub mod search;
pub mod section;
pub mod sections;
pub mod session;
