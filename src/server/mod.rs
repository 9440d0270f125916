//! The endpoint: activation, the standard, submissions and their receipts, over HTTP and out of SQLite or
//! PostgreSQL; the app's own files; and the upper level's command line.

pub mod api;
pub mod cli;
pub mod database;
pub mod desk;
pub mod host;
pub mod office;
pub mod serve;
mod tables;
