//! The phone's REST: the router, to be read aloud, and one endpoint a file.

mod activate;
mod auth;
mod body;
mod branch;
mod device_codes;
mod docs;
mod endpoint;
mod error;
mod findings;
mod health;
mod openapi;
mod openapi_limits;
mod photo;
mod profile;
mod published;
mod revalidate;
pub mod router;
mod standard;
mod submission;
mod submissions;
mod this_device;
mod withdrawal;

#[cfg(test)]
mod story_tests;

pub use endpoint::Endpoint;
