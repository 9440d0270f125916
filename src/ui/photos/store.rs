//! 照片 in 我的资料在哪: how many, how large, where; pausing the upload; making room.

use crate::{
    store::{PhotoRecord, StoreError},
    ui::app::session::erased::{Show, live, memo},
    ui::kit::button::button,
    ui::{
        app::session::{photos::Uploads, session},
        kit::message::Trouble,
        words::{
            errors::{self, Told},
            whereabouts::size,
        },
    },
};
use leptos::prelude::*;
use std::collections::BTreeSet;

fn count(photos: &[PhotoRecord], which: impl Fn(&PhotoRecord) -> bool) -> (usize, u64) {
    let those = photos.iter().filter(|photo| which(photo));
    those.fold((0, 0), |(count, bytes), photo| (count + 1, bytes + photo.facts.bytes))
}

/// The photos that are on this phone alone and in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Alone {
    mending: usize,
    reported: usize,
    drafted: usize,
}

/// The card; nothing while there are no photos.
#[component]
pub fn PhotoStore() -> impl IntoView {
    let session = session();
    session.open_photos();
    let any = memo(move || session.photos.read().as_ref().is_some_and(|photos| !photos.is_empty()));
    view! {
        <Show when=move || any.get()>
            <Card />
        </Show>
    }
}

#[component]
fn Card() -> impl IntoView {
    let session = session();
    let trouble = RwSignal::new(None::<Told>);
    let said = RwSignal::new(None::<String>);
    let unused = RwSignal::new(BTreeSet::new());
    let look = move || {
        leptos::task::spawn_local(async move {
            unused.try_set(session.unused_photos().await);
        });
    };
    look();
    let tell = move |done: Result<String, StoreError>| match done {
        Ok(words) => {
            said.try_set(Some(words));
        }
        Err(error) => {
            trouble.try_set(Some(errors::store(&error)));
        }
    };
    let of = move |which: fn(&PhotoRecord) -> bool| {
        session.photos.read().as_ref().map_or((0, 0), |photos| count(photos, which))
    };
    let here = memo(move || of(|photo| photo.here));
    let waits = |photo: &PhotoRecord| photo.here && !photo.uploaded && photo.refused.is_none();
    let waiting = memo(move || of(waits).0);
    // Those of findings that went up need no report, those that were reported no other, and those that nothing uses never go.
    let alone = memo(move || {
        let photos = session.photos.read();
        let unused = unused.read();
        let attached = session.going_with_findings();
        let used = photos.iter().flatten().filter(|photo| waits(photo)).map(|photo| &photo.facts.sha256);
        let used = used.filter(|sha256| !unused.contains(*sha256));
        let (of_findings, others): (Vec<_>, Vec<_>) =
            used.cloned().partition(|sha256| attached.contains(sha256));
        let reported = session.reported_of(&others).len();
        Alone { mending: of_findings.len(), reported, drafted: others.len() - reported }
    });
    let freeable = memo(move || of(|photo| photo.here && photo.uploaded));
    let refused = memo(move || {
        let photos = session.photos.read();
        let mut kinds = photos.iter().flatten().filter_map(|photo| photo.refused);
        (kinds.clone().count(), kinds.next_back())
    });
    let away = memo(move || of(|photo| !photo.here).0);
    let paused = move || session.phone.read().as_ref().is_some_and(|phone| phone.uploads_paused);
    let going = move || match session.uploads.get() {
        _ if paused() => (waiting.get() > 0).then(|| "上传暂停了。".to_owned()),
        Uploads::Sending(progress) if progress.wanted > 0 => {
            Some(format!("正在传第{}张，共{}张…", (progress.done + 1).min(progress.wanted), progress.wanted))
        }
        Uploads::Waiting(progress) if progress.wanted > progress.done => {
            Some(format!("还差{}张没有传，有网时自己接着传。", progress.wanted - progress.done))
        }
        _ => None,
    };
    view! {
        <section class="card" data-testid="photo-store">
            <h2>"照片"</h2>
            <ul class="where">
                <li>{live(move || format!("手机里{}张，共{}", here.get().0, size(here.get().1)))}</li>
                {live(move || {
                    (freeable.get().0 > 0)
                        .then(|| view! { <li>{format!("其中{}张服务器上也有", freeable.get().0)}</li> })
                })}
                {live(move || {
                    let Alone { mending, reported, drafted } = alone.get();
                    [
                        (drafted, format!("{drafted}张只在这部手机里，上报以后再传")),
                        (reported, format!("上报过的{reported}张只在这部手机里，有网时自己传")),
                        (mending, format!("整改的{mending}张只在这部手机里，有网时自己传")),
                    ]
                        .into_iter()
                        .filter(|(count, _)| *count > 0)
                        .map(|(_, said)| view! { <li>{said}</li> })
                        .collect_view()
                })}
                {live(move || (away.get() > 0).then(|| view! { <li>{format!("{}张不在这部手机里，点开时再取", away.get())}</li> }))}
            </ul>
            <p role="status" data-testid="uploads">
                {going}
            </p>
            {live(move || {
                let (count, kind) = refused.get();
                kind.map(|kind| {
                    view! {
                        <p>{format!("有{count}张服务器没有收，还在手机里。")}</p>
                        <Trouble told=errors::problem_told(kind, &session.addressee()) />
                        {button("再传一次", "button", move |_| leptos::task::spawn_local(async move {
                                if let Err(error) = session.retry_photos().await {
                                    tell(Err(error));
                                }
                            }))}
                    }
                })
            })}
            <a href="/photos" class="button">
                "看全部照片"
            </a>
            <Show when=move || { waiting.get() > 0 || paused() }>
                {button(live(move || if paused() { "继续上传照片" } else { "暂停上传照片" }), "button", move |_| session.pause_uploads(!untrack(paused)))}
            </Show>
            <Show when=move || { freeable.get().0 > 0 }>
                {button(live(move || format!("从手机里清掉服务器已有的{}张（{}）", freeable.get().0, size(freeable.get().1))), "button", move |_| leptos::task::spawn_local(async move {
                        tell(session.free_photos().await.map(|freed| format!("清掉了{freed}张，服务器上都有；要看时点开再取。")));
                    }))}
            </Show>
            <Show when=move || !unused.read().is_empty()>
                {button(live(move || format!("删掉没有条目、台账、整改用的{}张", unused.read().len())), "button", move |_| leptos::task::spawn_local(async move {
                        tell(session.drop_unused_photos().await.map(|gone| format!("删掉了{gone}张没有用上的照片。")));
                        look();
                    }))}
            </Show>
            {live(move || said.get().map(|words| view! { <p role="status">{words}</p> }))}
            {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
        </section>
    }
}
