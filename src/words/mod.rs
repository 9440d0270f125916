//! Chinese that both the app and the endpoint's command line say. What only one of them says stands with it: `ui/words`,
//! `server/cli`. Knows the domain alone.

pub mod dates;
pub mod difference;
#[cfg(test)]
mod difference_tests;
pub mod explain;
pub mod findings;
pub mod terms;
pub mod units;
pub mod whole;
