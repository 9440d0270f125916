//! One page a file.

pub mod about;
pub mod activate;
pub mod add_phone;
pub mod branches;
pub mod check;
pub mod display;
pub mod handbook;
pub mod home;
pub mod me;
pub mod notice;
pub mod photos;
pub mod profile;
pub mod question;
pub mod result;
pub mod section;
pub mod storage;
pub mod submission;
pub mod submissions;
pub mod submit;
pub mod unbind;
