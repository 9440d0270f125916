//! 启用: twelve digits, or a link or QR code that carries them in its fragment.

use crate::{
    browser,
    phone::typing::{Shape, grouped},
    protocol::ActivationCode,
    ui::app::session::erased::live,
    ui::kit::button::button,
    ui::{
        app::{
            frame::{Page, goer},
            route::Place,
            session::{
                activation::Failure,
                session,
                typing::{Ends, Form},
            },
        },
        kit::{
            field::{Field, before_in},
            message::{Note, Trouble},
        },
        words::errors::{self, Told},
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Activate() -> impl IntoView {
    let session = session();
    let bound = untrack(|| !session.bindings.read().is_empty());
    let back = if bound { Some("/me".to_owned()) } else { None };
    // Inside WeChat nothing is kept apart from its own storage and a scan would spend the code there.
    let in_app = browser::agent::in_app().is_some();
    view! {
        <Page title="启用" back=back.unwrap_or_default() bound=bound>
            {if in_app { view! { <OpenInBrowser /> }.into_any() } else { view! { <Sheet /> }.into_any() }}
            {(!bound).then(|| view! { <a href="/handbook" class="button">"先看手册和制度（不用激活码）"</a> })}
        </Page>
    }
}

/// Shows how to leave WeChat; does not redeem.
#[component]
fn OpenInBrowser() -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let address = browser::history::address();
    let shown = address.clone();
    view! {
        <section class="card" data-testid="open-in-browser">
            <h2>"先换到手机浏览器里打开"</h2>
            <p>"现在是在微信里。微信里存不牢资料，所以激活码先不用，还是好的。"</p>
            <ol class="steps">
                <li>"点右上角的 “…”"</li>
                <li>"选“在浏览器打开”（或“用默认浏览器打开”）"</li>
                <li>"在浏览器里接着启用"</li>
            </ol>
            {button("找不到就点这里，复制网址", "button", move |_| {
                    let address = address.clone();
                    leptos::task::spawn_local(async move {
                        copied.try_set(Some(browser::clipboard::copy(&address).await == browser::clipboard::Copied::Done));
                    });
                })}
            {live(move || {
                copied
                    .get()
                    .map(|done| {
                        if done {
                            view! { <p role="status">"复制好了，打开浏览器粘贴到网址栏。"</p> }.into_any()
                        } else {
                            view! {
                                <p role="status">"复制不了，按住下面这行选中复制："</p>
                                <p class="selectable">{shown.clone()}</p>
                            }
                                .into_any()
                        }
                    })
            })}
        </section>
    }
}

#[component]
fn Sheet() -> impl IntoView {
    let session = session();
    let typed = RwSignal::new(String::new());
    // Twelve digits are not copied from the slip twice because the phone rang. Before the first branch the code lies apart.
    let code = |code: String| vec![("code", code)];
    let form = Form::begin(
        session,
        "activate",
        Callback::new(move |()| code(String::new())),
        Callback::new(move |()| code(typed.get())),
        Callback::new(move |(_, text): (String, String)| typed.set(text)),
    );
    let key = session.typed_key("activate");
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Told>);
    let go = goer();
    let redeem = Callback::new(move |()| {
        if busy.get_untracked() {
            return;
        }
        let code = match typed.with_untracked(|text| ActivationCode::parse(text)) {
            Ok(code) => code,
            Err(error) => {
                trouble.set(Some(not_a_code(error.0)));
                return;
            }
        };
        busy.set(true);
        trouble.set(None);
        let key = key.clone();
        leptos::task::spawn_local(async move {
            let result = session.activate(code).await;
            busy.try_set(false);
            match result {
                Ok(_) => {
                    session.forget_typed_form(&key);
                    go(Place::Home);
                }
                Err(Failure::Store(error)) => {
                    trouble.try_set(Some(errors::store(&error)));
                }
                Err(Failure::Api(error)) => {
                    trouble.try_set(Some(errors::api(&error, "发码的单位")));
                }
            }
        });
    });
    // A link or QR code carries the code in the fragment, which never reaches a server's log.
    let linked = browser::history::take_fragment();
    if let Some(code) = linked.as_deref().and_then(|fragment| fragment.strip_prefix("code=")) {
        typed.set(grouped(code));
        redeem.run(());
    } else {
        // An activation that was cut off goes on where it stopped.
        leptos::task::spawn_local(async move {
            if let Some(code) = session.begun_activation().await {
                typed.try_set(code.to_string());
                redeem.run(());
            }
        });
    }
    let say = Callback::new(move |text: String| typed.set(text));
    let field = Field::new("activate#code".into(), Shape::Code, typed.into(), say)
        .ends(Ends::Entered)
        .hint("0000 0000 0000")
        .on_enter(redeem);
    view! {
        <section class="card">
            <p>"输入上级发的12位激活码，这部手机就和本支部绑定了。一个码只能用一次。"</p>
            {before_in(form)}
            {field.named(view! { <span>"激活码"</span> }.into_any())}
            {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
            <button type="button" class="button button-main" disabled=busy on:click=move |_| redeem.run(())>
                {live(move || if busy.get() { "正在启用…" } else { "启用" })}
            </button>
        </section>
        <Note>
            <p>"手里有带二维码的纸条：用手机相机或浏览器扫，会自己填好。"</p>
            <p>"没有激活码：打电话问上级党委。"</p>
        </Note>
    }
}

fn not_a_code(digits: usize) -> Told {
    Told {
        what: format!("激活码是12个数字，现在有{digits}个"),
        remedy: "对着纸条再看一遍，只输数字".into(),
        code: "码0",
    }
}
