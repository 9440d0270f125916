//! Photos: taking them, one of them, what it belongs to, and all that are on this phone.

pub mod all;
pub mod photo;
pub mod rows;
pub mod session;
pub mod store;
pub mod uses;
