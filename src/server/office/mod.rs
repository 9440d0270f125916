//! What may be done at the endpoint, by whom, and what comes of it: one use case a function, over the database, the clock, whoever
//! acts, and what is asked for. What it answers and refuses are data; the words for it belong to whoever speaks to the person.

#[cfg(test)]
mod acting_tests;
pub mod activating;
pub mod actor;
mod again;
pub mod burden;
pub mod clock;
pub(crate) mod codes;
pub mod demonstration;
pub(crate) mod devices;
pub(crate) mod editions;
pub mod evidence;
pub(crate) mod judging;
#[cfg(test)]
mod judging_tests;
pub(crate) mod log;
pub(crate) mod mending;
pub(crate) mod modules;
pub(crate) mod orders;
#[cfg(test)]
mod paging_tests;
pub(crate) mod papers;
pub(crate) mod people;
pub(crate) mod places;
pub mod profiles;
pub(crate) mod publishing;
pub(crate) mod quicker;
#[cfg(test)]
mod races_tests;
pub(crate) mod reading;
pub(crate) mod results;
pub(crate) mod reviewing;
#[cfg(test)]
mod reviewing_tests;
pub(crate) mod roster;
pub(crate) mod scope;
pub mod standards;
pub mod submitting;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod today;
pub mod words_of_phones;

pub(crate) use crate::server::database::pages::{Page, Paged};
