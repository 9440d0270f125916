//! What the machine and the network are to the endpoint: its clock and randomness, addresses and those who try too often,
//! certificates, the app's own files, and listening. Knows nothing of what is served but that it is a router, and what a clock and
//! randomness are to it.

pub mod address;
pub mod clock;
pub(crate) mod etag;
pub(crate) mod heard_out;
pub mod listen;
mod old_engines;
pub mod random;
pub mod static_app;
pub(crate) mod throttle;
pub(crate) mod tls;
