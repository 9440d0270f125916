//! The endpoint: activation, the standard, submissions and their receipts, over HTTP and SQLite; and the app's own files.

pub mod api;
pub mod cli;
pub mod database;
pub mod host;
pub mod office;
pub mod serve;
mod tables;
