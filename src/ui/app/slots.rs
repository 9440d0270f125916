//! The slots on the pages that are fetched first: other folders fill them, when they are there, and the pages stand without them.

use crate::domain::{Item, ItemId, Part};
use leptos::prelude::*;
use std::sync::Arc;

/// What fills the slots; an empty one shows nothing.
#[derive(Clone, Copy, Default)]
pub struct Slots {
    /// Beneath the control of a part: what the ledger counts of it.
    pub counted: Option<fn(ItemId, Part) -> AnyView>,
    /// Among an item's evidence: its photos.
    pub photos: Option<fn(Arc<Item>) -> AnyView>,
    /// Beneath an item that lost points: making a finding of it.
    pub finding: Option<fn(ItemId) -> AnyView>,
    /// Beneath an item: what 一编一册 says of it.
    pub sections: Option<fn(ItemId) -> AnyView>,
    /// At home: that there is another version of the standard.
    pub offer: Option<fn() -> AnyView>,
    /// At home: the row of the ledger.
    pub ledger_row: Option<fn() -> AnyView>,
}

/// The slots, from the context that the app provides.
pub fn slots() -> Slots {
    use_context().unwrap_or_default()
}
