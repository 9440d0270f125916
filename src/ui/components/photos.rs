//! 照片 of one thing: a row of small pictures and the two quiet buttons that add one. Never compulsory.
//!
//! [`ItemPhotos`] is the row of an item, [`EntryPhotos`] that of an entry of the ledger; those of a finding are in
//! [`super::finding_photos`]. Each is a [`PhotoRow`]: it is given the photos, a way to store a new one together with what attaches it, and a way to take one off.

use super::{
    message::{Note, Trouble},
    photo::Shots,
};
use crate::{
    browser::{
        files::{self, Choosing},
        image::{self, Made, MakeError},
    },
    domain::{ContentHash, Item, LedgerId},
    store::StoreError,
    ui::{
        session::session,
        words::errors::{self, Told},
    },
};
use leptos::prelude::*;
use std::{collections::VecDeque, pin::Pin, sync::Arc};

/// Stores a photo together with what attaches it.
pub type Add = Arc<dyn Fn(Made) -> Pin<Box<dyn Future<Output = Result<(), StoreError>>>> + Send + Sync>;

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
    let add: Add = Arc::new(move |made| Box::pin(session.add_photo(id.clone(), made)));
    let id = item.id.clone();
    let remove = Callback::new(move |sha256: ContentHash| session.attach_photo(id.clone(), sha256, false));
    view! { <PhotoRow photos=photos add=add remove=remove forbidden=item.is_never_photographed() /> }
}

/// The photos of an entry of the ledger.
#[component]
pub fn EntryPhotos(
    /// Which.
    id: LedgerId,
) -> impl IntoView {
    let session = session();
    session.open_photos();
    let photos =
        Memo::new(move |_| session.book.read().ledger.photos_of(id).into_iter().cloned().collect::<Vec<_>>());
    let forbidden = Memo::new(move |_| {
        let book = session.book.read();
        book.ledger.find(id).is_some_and(|live| live.entry.is_never_photographed())
    });
    let remove = Callback::new(move |sha256: ContentHash| session.attach_to_entry(id, sha256, false));
    move || {
        let add: Add = Arc::new(move |made| Box::pin(session.add_entry_photo(id, made)));
        view! { <PhotoRow photos=photos add=add remove=remove forbidden=forbidden.get() /> }
    }
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
    /// Stores a new one.
    add: Add,
    /// Takes one off.
    remove: Callback<ContentHash>,
    /// Of this kind no photo may be taken; the row then says so.
    forbidden: bool,
) -> impl IntoView {
    let any = Memo::new(move |_| !photos.read().is_empty());
    let busy = RwSignal::new(None::<String>);
    let trouble = RwSignal::new(None::<Told>);
    // Made, but not on disk: kept until it is.
    let unsaved = StoredValue::new_local(VecDeque::<Made>::new());
    let waits = RwSignal::new(false);
    let add = StoredValue::new(add);
    let save = move || async move {
        while let Some(made) = unsaved.try_with_value(|all| all.front().cloned()).flatten() {
            let Some(store) = add.try_get_value() else { return };
            if let Err(error) = store(made).await {
                trouble.try_set(Some(errors::store(&error)));
                waits.try_set(true);
                return;
            }
            unsaved.try_update_value(VecDeque::pop_front);
        }
        waits.try_set(false);
    };
    let take = move |choosing: Choosing| {
        trouble.set(None);
        leptos::task::spawn_local(async move {
            let files = files::choose("image/*", choosing).await.unwrap_or_default();
            let of = files.len();
            for (place, file) in files.into_iter().enumerate() {
                busy.try_set(Some(if of == 1 {
                    "正在处理照片…".into()
                } else {
                    format!("正在处理第{}张，共{of}张…", place + 1)
                }));
                match image::make(&file).await {
                    Ok(made) => {
                        if unsaved.try_update_value(|all| all.push_back(made)).is_none() {
                            return;
                        }
                        save().await;
                    }
                    Err(error) => {
                        trouble.try_set(Some(unusable(&error)));
                    }
                }
            }
            busy.try_set(None);
        });
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
            {move || busy.get().map(|said| view! { <p role="status">{said}</p> })}
            {move || trouble.get().map(|told| view! { <Trouble told=told /> })}
            <Show when=move || waits.get()>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        trouble.set(None);
                        leptos::task::spawn_local(save());
                    }
                >
                    "再存一次照片"
                </button>
            </Show>
        </div>
    }
}

fn unusable(error: &MakeError) -> Told {
    match error {
        MakeError::Photo(fault) => errors::photo(fault),
        MakeError::Browser(_) => errors::photo(&crate::domain::photo::PhotoFault::Undecodable),
    }
}
