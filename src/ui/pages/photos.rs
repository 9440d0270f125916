//! 照片: every photo of the branch, newest first.

use crate::{
    domain::ContentHash,
    ui::{
        components::{
            frame::Page,
            photo::{Shot, Thumbnails},
        },
        session::session,
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// The page.
#[component]
pub fn PhotosPage() -> impl IntoView {
    let session = session();
    session.open_photos();
    let all = StoredValue::new_local(Vec::new());
    provide_context(Thumbnails(all));
    let read = RwSignal::new(false);
    leptos::task::spawn_local(async move {
        let shown = session.thumbnails().await;
        all.try_set_value(shown.into_iter().map(|(sha256, shown)| (sha256, Arc::new(shown))).collect());
        read.try_set(true);
    });
    let open = RwSignal::new(None);
    let newest_first = Memo::new(move |_| {
        let photos = session.photos.read();
        let mut all: Vec<(u64, ContentHash)> =
            photos.iter().flatten().map(|photo| (photo.added_at, photo.facts.sha256.clone())).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.into_iter().map(|(_, sha256)| sha256).collect::<Vec<_>>()
    });
    view! {
        <Page title="照片" back="/storage">
            {move || {
                if !read.get() || session.photos.read().is_none() {
                    ().into_any()
                } else if newest_first.read().is_empty() {
                    view! {
                        <p class="empty">"还没有照片。在自查的“佐证材料”里可以拍，不拍也行。"</p>
                    }
                        .into_any()
                } else {
                    view! {
                        <ul class="card shots" data-testid="all-photos">
                            <For
                                each=move || newest_first.get()
                                key=Clone::clone
                                children=move |sha256| view! { <Shot sha256=sha256 open=open /> }
                            />
                        </ul>
                    }
                        .into_any()
                }
            }}
        </Page>
    }
}
