//! On an item's page: the sections of 一编一册 that help with it.

use crate::{
    domain::ItemId,
    phone::library::{full_title, ordinal},
    ui::{
        app::session::session,
        kit::icon::{Draw, Icon},
    },
};
use leptos::prelude::*;

/// The sections of 一编一册 that help with it; nothing until they are here.
#[component]
pub fn Sections(
    /// The item.
    item: ItemId,
) -> impl IntoView {
    let session = session();
    if session.library.with_untracked(Option::is_none) {
        leptos::task::spawn_local(session.read_library());
    }
    move || {
        let library = session.library.get()?;
        let links: Vec<_> = library
            .about(&item)
            .map(|(document, section)| {
                view! {
                    <li>
                        <a href=format!("/handbook/{}", section.id) class="menu-entry">
                            <span>{full_title(document, section)}</span>
                            <span class="muted">{ordinal(document)}</span>
                            <Draw icon=Icon::Forward />
                        </a>
                    </li>
                }
            })
            .collect();
        (!links.is_empty()).then(|| {
            view! {
                <section class="card" data-testid="sections">
                    <h2>"手册里怎么说"</h2>
                    <ul class="menu">{links}</ul>
                </section>
            }
        })
    }
}
