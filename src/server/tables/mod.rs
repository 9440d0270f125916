//! What goes out as a table or comes in as one. What does both (the reviews, the values from above, the roster) is described once,
//! written and read by the same description.

pub(crate) mod booklet;
pub(crate) mod codes;
pub(crate) mod columns;
pub(crate) mod findings;
pub(crate) mod items;
pub(crate) mod judge;
pub(crate) mod log;
pub(crate) mod mending_ledger;
pub(crate) mod modules;
pub(crate) mod results;
pub(crate) mod review;
pub(crate) mod roster;
pub(crate) mod roster_template;
pub(crate) mod row_by_row;
pub(crate) mod slips;
