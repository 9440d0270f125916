//! What the machine and the network are to the endpoint: its clock and randomness, addresses and those who try too often,
//! certificates, the app's own files. Knows nothing of what is served but what a clock and randomness are to it.

pub mod address;
pub mod clock;
pub(crate) mod etag;
mod old_engines;
pub mod random;
pub mod static_app;
pub(crate) mod throttle;
pub(crate) mod tls;
