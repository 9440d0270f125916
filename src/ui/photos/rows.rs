//! 照片 of one thing: a row of small pictures and the two quiet buttons that add one. Never compulsory.
//!
//! A row is given the photos, what a new one will belong to, and a way to take one off: those of an item stand here, those of an entry
//! of the ledger and of a finding are given by their pages. What is taken is the session's, so that leaving the page loses nothing.

#![expect(clippy::needless_pass_by_value, reason = "a component owns what it is given")]

use super::photo::Shots;
use crate::{
    browser::files::Choosing,
    domain::{ContentHash, Item},
    phone::darkroom::{Standing, Target},
    ui::app::session::erased::{Show, live, memo},
    ui::kit::button::{button, button_unless},
    ui::{
        app::{
            session::{modules::Module, session},
            slots::Photos,
        },
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
    let photos = memo(move || {
        let work = session.work.read();
        let Ok(work) = work.as_ref() else { return Vec::new() };
        let of_item = work.assessment.photos().filter(|(item, _)| **item == id);
        of_item.map(|(_, sha256)| sha256.clone()).collect::<Vec<_>>()
    });
    let id = item.id.clone();
    let target = memo(move || {
        let draft = session.work.read().as_ref().ok()?.draft.clone();
        Some(Target::Item { draft, item: id.clone() })
    });
    let id = item.id.clone();
    let remove = Callback::new(move |sha256: ContentHash| session.attach_photo(id.clone(), sha256, false));
    view! { <PhotoRow photos=photos target=target remove=remove forbidden=item.is_never_photographed() /> }
}

/// The photos of something on a page of another folder.
pub fn photos_of(Photos { photos, target, remove, forbidden }: Photos) -> AnyView {
    session().open_photos();
    match (target, remove) {
        (Some(target), Some(remove)) => {
            view! { <PhotoRow photos=photos target=target remove=remove forbidden=forbidden /> }.into_any()
        }
        (_, Some(remove)) => view! { <Shots photos=photos remove=remove /> }.into_any(),
        (_, None) if forbidden => view! { <NoPhotos /> }.into_any(),
        (_, None) => view! { <Shots photos=photos still=true /> }.into_any(),
    }
}

#[component]
fn NoPhotos() -> impl IntoView {
    let session = session();
    view! {
        <Show when=move || session.is_on(Module::Photos)>
            <Note>
                <p>"这类材料不能拍照，只写原件放在哪。"</p>
            </Note>
        </Show>
    }
}

/// The photos of something.
#[component]
fn PhotoRow(
    #[prop(into)] photos: Signal<Vec<ContentHash>>,
    target: Memo<Option<Target>>,
    remove: Callback<ContentHash>,
    forbidden: bool,
) -> impl IntoView {
    let any = memo(move || !photos.read().is_empty());
    let session = session();
    let standing = memo(move || {
        target.read().as_ref().map_or_else(Standing::default, |target| session.photos_standing(target))
    });
    let busy = memo(move || standing.read().making);
    let fails = memo(move || standing.read().failed.is_some());
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
                    <Show when=move || session.is_on(Module::Photos)>
                        <div class="quiets" data-testid="take-photo">
                            {button_unless("拍照", "quiet", move || busy.read().is_some(), move |_| take(Choosing::Camera))}
                            {button_unless("选照片", "quiet", move || busy.read().is_some(), move |_| take(Choosing::Several))}
                            <small class="muted">"不拍也行。名册、谈话记录、测评票不要拍。"</small>
                        </div>
                    </Show>
                }
                    .into_any()
            }}
            {live(move || {
                let (place, of) = busy.get()?;
                let said = if of == 1 { "正在处理照片…".into() } else { format!("正在处理第{place}张，共{of}张…") };
                Some(view! { <p role="status">{said}</p> })
            })}
            {live(move || trouble().map(|told| view! { <Trouble told=told /> }))}
            <Show when=move || fails.get()>
                {button("再存一次照片", "button", move |_| leptos::task::spawn_local(session.store_made()))}
            </Show>
        </div>
    }
}
