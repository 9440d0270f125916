//! 给本支部加一部手机: a ten-minute code, as digits and as a QR code of the link.

use crate::{
    browser,
    protocol::DeviceCode,
    ui::app::session::erased::live,
    ui::{
        app::{frame::Page, session::session},
        kit::{
            message::{Note, Trouble},
            qr::Qr,
        },
        words::{
            dates,
            errors::{self, Told},
        },
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn AddPhone() -> impl IntoView {
    let session = session();
    let code = RwSignal::new(None::<DeviceCode>);
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Told>);
    let ask = move |_| {
        busy.set(true);
        trouble.set(None);
        leptos::task::spawn_local(async move {
            let answer = session.code_for_another_phone().await;
            busy.try_set(false);
            match answer {
                Ok(new) => {
                    code.try_set(Some(new));
                }
                Err(error) => {
                    let addressee = untrack(|| session.addressee());
                    trouble.try_set(Some(errors::api(&error, &addressee)));
                }
            }
        });
    };
    view! {
        <Page title="加一部手机" back="/me">
            <section class="card">
                <p>"同一个支部可以两部手机填，比如书记和文书。另一部手机启用以后，上报过的会自己取来，合在一起。"</p>
                <p class="muted">"没有上报的，不会过去；先上报，另一部手机才看得到。"</p>
                {live(move || match code.get() {
                    None => {
                        view! {
                            <button type="button" class="button button-main" disabled=busy on:click=ask>
                                "要一个激活码（10分钟内有效）"
                            </button>
                        }
                            .into_any()
                    }
                    Some(code) => {
                        let link = format!("{}/activate#code={}", browser::history::origin(), code.code.digits());
                        view! {
                            <p>"在另一部手机的浏览器里扫这个码："</p>
                            <Qr text=link />
                            <p>"或者打开支部标尺，输入："</p>
                            <p class="code-shown" data-testid="device-code">
                                {code.code.to_string()}
                            </p>
                            <p class="muted">{format!("到 {} 为止，用一次就作废。", dates::time(code.expires_at))}</p>
                            <button type="button" class="button" disabled=busy on:click=ask>
                                "换一个新码"
                            </button>
                        }
                            .into_any()
                    }
                })}
                {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
            </section>
            <Note>
                <p>"只给本支部的人用。手机丢了，打电话请上级解除它的绑定。"</p>
            </Note>
        </Page>
    }
}
