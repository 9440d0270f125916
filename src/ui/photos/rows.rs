//! 照片 of one thing: a row of small pictures and the two quiet buttons that add one. Never compulsory.
//!
//! [`ItemPhotos`] is the row of an item, [`EntryPhotos`] that of an entry of the ledger; those of a finding are in
//! [`crate::ui::mending::photos`]. Each is a [`PhotoRow`]: it is given the photos, what a new one will belong to, and a way to take one off. What is
//! taken is the session's, so that leaving the page loses nothing.

#![expect(clippy::needless_pass_by_value, reason = "a component owns what it is given")]

use super::photo::Shots;
use crate::{
    browser::files::Choosing,
    domain::{ContentHash, Item, LedgerId},
    phone::darkroom::{Standing, Target},
    ui::{
        app::session::session,
        kit::message::{Note, Trouble},
        words::errors,
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// The photos of an item.
#[component]
pub fn ItemPhotos(
    /// Which.
    item: Arc<Item>,
) -> impl IntoView {
    let session = session();
    session.open_photos();
    let id = item.id.clone();
    let photos = Memo::new(move |_| {
        let work = session.work.read();
        let Ok(work) = work.as_ref() else { return Vec::new() };
        let of_item = work.assessment.photos().filter(|(item, _)| **item == id);
        of_item.map(|(_, sha256)| sha256.clone()).collect::<Vec<_>>()
    });
    let id = item.id.clone();
    let target = Memo::new(move |_| {
        let draft = session.work.read().as_ref().ok()?.draft.clone();
        Some(Target::Item { draft, item: id.clone() })
    });
    let id = item.id.clone();
    let remove = Callback::new(move |sha256: ContentHash| session.attach_photo(id.clone(), sha256, false));
    view! { <PhotoRow photos=photos target=target remove=remove forbidden=item.is_never_photographed() /> }
}

/// The photos of an entry of the ledger.
#[component]
pub fn EntryPhotos(
    /// Which.
    id: LedgerId,
) -> impl IntoView {
    let session = session();
    session.open_photos();
    let photos = Memo::new(move |_| {
        session.ledger.read().ledger.photos_of(id).into_iter().cloned().collect::<Vec<_>>()
    });
    let forbidden = Memo::new(move |_| {
        let held = session.ledger.read();
        held.ledger.find(id).is_some_and(|live| live.entry.is_never_photographed())
    });
    let remove = Callback::new(move |sha256: ContentHash| session.attach_to_entry(id, sha256, false));
    let target = Memo::new(move |_| {
        let branch = session.ledger.read().branch.clone()?;
        Some(Target::Entry { branch, entry: id })
    });
    move || view! { <PhotoRow photos=photos target=target remove=remove forbidden=forbidden.get() /> }
}

/// Photos that are only looked at, as inspectors do: a tap shows one large, and nothing can be changed.
#[component]
pub fn StillPhotos(
    /// Which.
    photos: Vec<ContentHash>,
) -> impl IntoView {
    session().open_photos();
    view! {
        <p class="muted">"照片，点一下看大的"</p>
        <div data-testid="shown-photos">
            <Shots photos=Signal::stored(photos) still=true />
        </div>
    }
}

/// Said where no photo may be taken.
#[component]
pub fn NoPhotos() -> impl IntoView {
    view! {
        <Note>
            <p>"这类材料不能拍照，只写原件放在哪。"</p>
        </Note>
    }
}

/// The photos of something.
#[component]
pub fn PhotoRow(
    /// Which photos, in their order.
    #[prop(into)]
    photos: Signal<Vec<ContentHash>>,
    /// What a new one will belong to; nothing can be taken while that is not known.
    target: Memo<Option<Target>>,
    /// Takes one off.
    remove: Callback<ContentHash>,
    /// Of this kind no photo may be taken; the row then says so.
    forbidden: bool,
) -> impl IntoView {
    let any = Memo::new(move |_| !photos.read().is_empty());
    let session = session();
    let standing = Memo::new(move |_| {
        target.read().as_ref().map_or_else(Standing::default, |target| session.photos_standing(target))
    });
    let busy = Memo::new(move |_| standing.read().making);
    let fails = Memo::new(move |_| standing.read().failed.is_some());
    let trouble = move || {
        let Standing { failed, fault, .. } = standing.get();
        failed.as_ref().map(errors::photo_not_stored).or_else(|| fault.as_ref().map(errors::photo))
    };
    let take = move |choosing: Choosing| {
        if let Some(target) = target.get_untracked() {
            session.take_photos(target, choosing);
        }
    };
    view! {
        <div class="photos" data-testid="photos">
            <Show when=move || any.get()>
                <Shots photos=photos remove=remove />
            </Show>
            {if forbidden {
                view! { <NoPhotos /> }.into_any()
            } else {
                view! {
                    <div class="quiets" data-testid="take-photo">
                        <button
                            type="button"
                            class="quiet"
                            disabled=move || busy.read().is_some()
                            on:click=move |_| take(Choosing::Camera)
                        >
                            "拍照"
                        </button>
                        <button
                            type="button"
                            class="quiet"
                            disabled=move || busy.read().is_some()
                            on:click=move |_| take(Choosing::Several)
                        >
                            "选照片"
                        </button>
                        <small class="muted">"不拍也行。名册、谈话记录、测评票不要拍。"</small>
                    </div>
                }
                    .into_any()
            }}
            {move || {
                let (place, of) = busy.get()?;
                let said = if of == 1 { "正在处理照片…".into() } else { format!("正在处理第{place}张，共{of}张…") };
                Some(view! { <p role="status">{said}</p> })
            }}
            {move || trouble().map(|told| view! { <Trouble told=told /> })}
            <Show when=move || fails.get()>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| leptos::task::spawn_local(session.store_made())
                >
                    "再存一次照片"
                </button>
            </Show>
        </div>
    }
}
