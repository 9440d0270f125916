//! Pieces that several pages share.

#![expect(clippy::needless_pass_by_value, reason = "a component owns what it is given")]

pub mod answer;
pub mod answer_history;
pub mod carry;
pub mod clock;
pub mod confirm;
mod controls;
pub mod counted;
pub mod ended;
pub mod evidence;
pub mod field;
pub mod finding_fields;
pub mod finding_history;
pub mod finding_photos;
pub mod frame;
pub mod icon;
pub mod ledger_form;
pub mod light;
pub mod message;
pub mod paper_files;
pub mod photo;
pub mod photo_store;
pub mod photo_uses;
pub mod photos;
pub mod qr;
pub mod radar;
pub mod raise;
pub mod sheet;
