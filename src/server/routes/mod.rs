//! One endpoint a file.

pub(super) mod activate;
mod auth;
mod body;
pub(super) mod branch;
pub(super) mod checklist;
pub(super) mod device_codes;
pub(super) mod document;
pub(super) mod findings;
pub(super) mod health;
pub(super) mod photo;
pub(super) mod profile;
mod revalidate;
pub(super) mod standard;
pub(super) mod submission;
pub(super) mod submissions;
pub(super) mod this_device;
pub(super) mod withdrawal;

pub(super) use revalidate::is_known;
