//! 解除绑定: refused while anything is on this phone alone, unless it was carried away.

use crate::{
    store::OnlyHere,
    ui::{
        components::{
            frame::{Page, goer},
            message::{Note, Trouble},
        },
        route::Place,
        session::{activation::Failure, session},
        words::errors::{self, Told},
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Unbind() -> impl IntoView {
    let session = session();
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
                    {move || {
                        let name = session.active().map(|binding| binding.branch.name).unwrap_or_default();
                        format!("解除以后，这部手机里“{name}”的内容会删掉，改过的自查报告也在内；服务器上已经送达的还在。")
                    }}
                </p>
                {move || {
                    let OnlyHere { answers: unshared, requests: waiting, photos } = session.only_here();
                    if waiting > 0 {
                        view! {
                            <Note>
                                <p>{format!("还有{waiting}份没有送到，现在不能解除。联上网送完，再来解除。")}</p>
                            </Note>
                            <a href="/submissions" class="button">
                                "看没送到的"
                            </a>
                        }
                            .into_any()
                    } else if photos > 0 && unshared == 0 {
                        view! {
                            <Note>
                                <p>
                                    {format!("还有{photos}张照片只在这部手机里，现在不能解除。联上网等照片传完，或者在条目里拿掉。备份里没有照片。")}
                                </p>
                            </Note>
                            <a href="/photos" class="button">
                                "看照片"
                            </a>
                        }
                            .into_any()
                    } else if unshared > 0 {
                        view! {
                            <Note>
                                <p>
                                    {format!("还有{unshared}处改动只在这部手机里，现在不能解除。先上报（整改里写的联网就送），或者先保存备份。")}
                                </p>
                            </Note>
                            <a href="/submit" class="button">
                                "去上报"
                            </a>
                            <a href="/storage" class="button">
                                "去保存备份"
                            </a>
                        }
                            .into_any()
                    } else if sure.get() {
                        view! {
                            <button type="button" class="button button-main" on:click=move |_| unbind.run(())>
                                "确定解除，删掉手机里的"
                            </button>
                            <button type="button" class="button" on:click=move |_| sure.set(false)>
                                "不解除"
                            </button>
                        }
                            .into_any()
                    } else {
                        view! {
                            <button type="button" class="button" on:click=move |_| sure.set(true)>
                                "解除绑定"
                            </button>
                        }
                            .into_any()
                    }
                }}
                {move || trouble.get().map(|told| view! { <Trouble told=told /> })}
            </section>
        </Page>
    }
}
