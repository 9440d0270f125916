//! 解除绑定: refused while anything would be lost with it; what it counts is what would be lost.

use super::carry::SentAway;
use crate::{
    store::Whereabouts,
    ui::app::session::erased::live,
    ui::kit::button::button,
    ui::{
        app::{
            frame::{Page, goer},
            route::Place,
            session::{activation::Failure, session},
        },
        kit::message::{Note, Trouble},
        words::{
            errors::{self, Told},
            whereabouts::{counted, would_be_lost},
        },
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Unbind() -> impl IntoView {
    let session = session();
    // What is typed is counted from the disk, and not with every key.
    leptos::task::spawn_local(session.settle_typed());
    let go = goer();
    let sure = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Told>);
    let unbind = Callback::new(move |()| {
        leptos::task::spawn_local(async move {
            match session.unbind().await {
                Ok(()) => go(Place::Home),
                Err(Failure::Store(error)) => {
                    trouble.try_set(Some(errors::store(&error)));
                }
                Err(Failure::Api(error)) => {
                    let addressee = untrack(|| session.addressee());
                    trouble.try_set(Some(errors::api(&error, &addressee)));
                }
            }
        });
    });
    view! {
        <Page title="解除绑定" back="/me">
            <section class="card" data-testid="unbind">
                <p>
                    {live(move || {
                        let name = session.active().map(|binding| binding.branch.name).unwrap_or_default();
                        format!("解除以后，这部手机里“{name}”的内容全部删掉；服务器上已经送达的还在。")
                    })}
                </p>
                {live(move || {
                    let all = session.derived.whereabouts.get();
                    if let Some(why) = would_be_lost(all) {
                        view! { <NotYet why=why all=all /> }.into_any()
                    } else if sure.get() {
                        view! {
                            {(!all.sent_away.is_nothing())
                                .then(|| {
                                    let away = counted(all.sent_away);
                                    view! { <p>{format!("服务器上没有、只在你发走的备份里的：{away}。")}</p> }
                                })}
                            {button("确定解除，删掉手机里的", "button button-main", move |_| unbind.run(()))}
                            {button("不解除", "button", move |_| sure.set(false))}
                        }
                            .into_any()
                    } else {
                        button("解除绑定", "button", move |_| sure.set(true))
                            .into_any()
                    }
                })}
                {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
            </section>
        </Page>
    }
}

/// What would be lost, and what to do about it.
#[component]
fn NotYet(why: String, all: Whereabouts) -> impl IntoView {
    let here = all.only_here;
    let a_backup_helps = here.total() > here.photos;
    view! {
        <Note>
            <p>{why}</p>
            {(here.photos > 0).then(|| view! { <p>"备份里没有照片：联上网等照片传完，或者在条目里拿掉。"</p> })}
            {a_backup_helps.then(|| view! { <p>"上报了、联上网送到了才算送达；送不了的，保存备份，把文件发到别处。"</p> })}
        </Note>
        {(here.photos > 0)
            .then(|| {
                view! {
                    <a href="/photos" class="button">
                        "看照片"
                    </a>
                }
            })}
        {(here.requests > 0)
            .then(|| {
                view! {
                    <a href="/submissions" class="button">
                        "看没送到的"
                    </a>
                }
            })}
        {a_backup_helps
            .then(|| {
                view! {
                    <a href="/submit" class="button">
                        "去上报"
                    </a>
                    <a href="/storage" class="button">
                        "去保存备份"
                    </a>
                }
            })}
        <SentAway />
    }
}
