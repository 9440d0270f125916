//! Pieces that several pages share.

pub mod answer;
pub mod figures;
pub mod frame;
pub mod icon;
pub mod light;
pub mod message;
pub mod qr;
pub mod radar;
