//! The command line, run as a process on real files, as the upper level's clerk runs it.

mod backup;
mod codes;
mod results;
mod review;
mod roster;
mod stage;
mod standard;
