//! 上报: the result, handing it in, and what was handed in.

pub mod result;
pub mod submission;
pub mod submissions;
pub mod submit;
pub mod submitting;
