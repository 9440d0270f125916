//! 照片: every photo of the branch, newest first.

use super::photo::Shots;
use crate::{
    browser::in_view,
    domain::ContentHash,
    ui::app::session::erased::{Show, live, memo},
    ui::app::{frame::Page, session::session},
};
use leptos::{html::Button, prelude::*};

/// So many fill the screen of a phone and a row more, so that what asks for others stays out of sight; they are shown first.
const FIRST: usize = 21;
/// So many follow when she scrolls down to them: three hundred at once would keep a small phone busy for seconds.
const MORE: usize = 30;

/// The page.
#[component]
pub fn PhotosPage() -> impl IntoView {
    let session = session();
    session.open_photos();
    let remove = Callback::new(move |sha256: ContentHash| session.detach_everywhere(&sha256));
    let most = RwSignal::new(FIRST);
    let newest_first = memo(move || {
        let photos = session.photos.read();
        let mut all: Vec<(u64, ContentHash)> =
            photos.iter().flatten().map(|photo| (photo.added_at, photo.facts.sha256.clone())).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.into_iter().map(|(_, sha256)| sha256).collect::<Vec<_>>()
    });
    let shown = memo(move || newest_first.read().iter().take(most.get()).cloned().collect::<Vec<_>>());
    let count = memo(move || session.photos.read().as_ref().map(Vec::len));
    let is_more = memo(move || most.get() < newest_first.read().len());
    view! {
        <Page title="照片" back="/storage">
            {live(move || match count.get() {
                None => ().into_any(),
                Some(0) => {
                    view! {
                        <p class="empty">"还没有照片。在自查的“佐证材料”里、台账的一条里、整改的一个问题里可以拍，不拍也行。"</p>
                    }
                        .into_any()
                }
                Some(count) => {
                    view! {
                        <p class="muted">{format!("共{count}张，新的在前。已销号的问题里的照片拿不掉。")}</p>
                        <section class="card" data-testid="all-photos">
                            <Shots photos=shown remove=remove remove_name="从条目、台账和整改里都拿掉" />
                        </section>
                    }
                        .into_any()
                }
            })}
            <Show when=move || is_more.get()>
                <MorePhotos more=Callback::new(move |()| most.update(|most| *most += MORE)) />
            </Show>
        </Page>
    }
}

/// Shows more of them when it comes into sight, or is tapped where the browser cannot tell.
#[component]
fn MorePhotos(more: Callback<()>) -> impl IntoView {
    let button = NodeRef::<Button>::new();
    let watching = StoredValue::new_local(None);
    Effect::new(move |_| {
        if let Some(button) = button.get() {
            watching.set_value(in_view::watch(&button, move || more.run(())).ok());
        }
    });
    view! {
        <button type="button" class="button" node_ref=button on:click=move |_| more.run(())>
            "再看一些"
        </button>
    }
}
