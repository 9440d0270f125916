//! Pieces that several pages share.

#![expect(clippy::needless_pass_by_value, reason = "a component owns what it is given")]

pub mod answer;
pub mod figures;
pub mod frame;
pub mod icon;
pub mod light;
pub mod message;
pub mod photo;
pub mod photo_store;
pub mod photos;
pub mod qr;
pub mod radar;
