//! 我的: where the data is, branches, phones, display, what the app is, and letting go of a branch.

pub mod about;
pub mod add_phone;
pub mod branches;
pub mod carry;
pub mod carrying;
pub mod display;
pub mod menu;
pub mod session;
pub mod storage;
pub mod unbind;
pub mod unbinding;
