//! 自查: home, the list of items, one item with its control and how it stands, 支部基本情况, and activation.

pub mod activate;
pub mod after_move;
pub mod answer;
pub mod answer_history;
pub mod controls;
pub mod evidence;
pub mod home;
pub mod list;
pub mod profile;
pub mod question;
pub mod spoken;
