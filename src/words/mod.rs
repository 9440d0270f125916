//! Chinese that two speakers share: the app and the upper level, the command line and the tables of a standard. What only one of them
//! says stands with it: `ui/words` and the pages beside it, `server/cli`, `server/tables`. Knows the domain and what travels, no more.

pub mod answers;
pub mod dates;
pub mod difference;
#[cfg(test)]
mod difference_tests;
pub mod explain;
pub mod findings;
pub mod standard;
pub mod terms;
pub mod units;
pub mod versions;
pub mod whole;
