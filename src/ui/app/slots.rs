//! The slots on pages: other folders fill them, when they are there, and the pages stand without them. What two folders show is shown
//! by the one to which it belongs, and the other has a slot for it.

use crate::{
    domain::{ContentHash, Item, ItemId, Part},
    phone::darkroom::Target,
};
use leptos::prelude::*;
use std::sync::Arc;

/// The photos of something, as a page wants them shown.
pub struct Photos {
    /// Which, in their order.
    pub photos: Signal<Vec<ContentHash>>,
    /// What a new one will belong to; without it none can be taken.
    pub target: Option<Memo<Option<Target>>>,
    /// Takes one off; without it they are only looked at.
    pub remove: Option<Callback<ContentHash>>,
    /// Of this kind no photo may be taken; that is then said.
    pub forbidden: bool,
}

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
    /// Wherever something has photos.
    pub photos_of: Option<fn(Photos) -> AnyView>,
    /// In 我的资料在哪: what photos take.
    pub photo_store: Option<fn() -> AnyView>,
}

/// The slots, from the context that the app provides.
pub fn slots() -> Slots {
    use_context().unwrap_or_default()
}
