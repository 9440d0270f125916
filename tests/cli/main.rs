//! The command line, run as a process on real files, as the upper level's clerk runs it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod backup;
mod codes;
mod demo;
mod findings;
mod judge;
mod kinds;
mod libreoffice;
mod log;
mod manual;
mod people;
mod places;
mod results;
mod review;
mod roster;
mod stage;
mod standard;
mod tables;
mod terminal;
mod told;
mod units;
mod versions;
mod whole;
mod workbook;
