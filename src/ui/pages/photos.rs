//! 照片: every photo of the branch, newest first.

use crate::{
    domain::ContentHash,
    ui::{
        components::{frame::Page, photo::Shot},
        session::session,
    },
};
use leptos::prelude::*;

/// So many are shown at once: three hundred would keep a small phone busy for seconds.
const STEP: usize = 36;

/// The page.
#[component]
pub fn PhotosPage() -> impl IntoView {
    let session = session();
    session.open_photos();
    let steps = RwSignal::new(1);
    let open = RwSignal::new(None);
    let newest_first = Memo::new(move |_| {
        let photos = session.photos.read();
        let mut all: Vec<(u64, ContentHash)> =
            photos.iter().flatten().map(|photo| (photo.added_at, photo.facts.sha256.clone())).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.into_iter().map(|(_, sha256)| sha256).collect::<Vec<_>>()
    });
    let count = Memo::new(move |_| session.photos.read().as_ref().map(Vec::len));
    view! {
        <Page title="照片" back="/storage">
            {move || match count.get() {
                None => ().into_any(),
                Some(0) => {
                    view! {
                        <p class="empty">"还没有照片。在自查的“佐证材料”里可以拍，不拍也行。"</p>
                    }
                        .into_any()
                }
                Some(count) => {
                    view! {
                        <p class="muted">{format!("共{count}张，新的在前。")}</p>
                        <ul class="card shots" data-testid="all-photos">
                            <For
                                each=move || newest_first.get().into_iter().take(steps.get() * STEP)
                                key=Clone::clone
                                children=move |sha256| view! { <Shot sha256=sha256 open=open /> }
                            />
                        </ul>
                        <Show when=move || { steps.get() * STEP < count }>
                            <button type="button" class="button" on:click=move |_| steps.update(|steps| *steps += 1)>
                                "再看一些"
                            </button>
                        </Show>
                    }
                        .into_any()
                }
            }}
        </Page>
    }
}
