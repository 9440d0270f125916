//! 我的: everything that is not answering.

use crate::{
    store::{TextSize, Theme},
    ui::app::session::erased::{Show, live},
    ui::{
        app::{
            frame::Page,
            session::{modules::Module, session},
        },
        kit::icon::{Draw, Icon},
        words::ledger::this_month,
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Me() -> impl IntoView {
    let session = session();
    let branch = move || session.active().map(|binding| binding.branch.name).unwrap_or_default();
    let telephone =
        move || session.active().map(|binding| binding.branch.telephone).filter(|t| !t.is_empty());
    let display = move || {
        let display = session.phone.read().as_ref().map(|phone| phone.display).unwrap_or_default();
        let size = match display.size {
            TextSize::Standard => "标准字",
            TextSize::Large => "大字",
            TextSize::Huge => "特大字",
        };
        match display.theme {
            Theme::Paper => size.to_owned(),
            Theme::Sunlight => format!("{size}，阳光下"),
        }
    };
    let unshared = move || match session.derived.unshared.get() {
        0 => String::new(),
        n => format!("{n}处只在手机里"),
    };
    let mending = move || match session.mending.read().open() {
        0 => String::new(),
        n => format!("{n}个没改好"),
    };
    let reports = move || match session.submissions.read().len() {
        0 => "还没有".to_owned(),
        n => format!("{n}次"),
    };
    view! {
        <Page title="我的">
            <ul class="card menu">
                <Show when=move || session.shows(Module::Ledger)>
                    <Entry to="/ledger" name="台账" beside=Signal::derive(move || {
                        this_month(&session.ledger.read().ledger, session.today.get())
                    }) />
                </Show>
                <Show when=move || session.shows(Module::Mending)>
                    <Entry to="/findings" name="整改" beside=Signal::derive(mending) />
                </Show>
                <Entry to="/submissions" name="上报记录" beside=Signal::derive(reports) />
                <Entry to="/paper" name="导出纸质材料" />
                <Entry to="/storage" name="我的资料在哪" beside=Signal::derive(unshared) />
                <Entry to="/profile" name="支部基本情况" />
                <Entry to="/me/display" name="字号和亮度" beside=Signal::derive(display) />
                <Entry to="/me/branches" name="换支部、换考核周期" beside=Signal::derive(branch) />
                <Entry to="/me/phone" name="给本支部加一部手机" />
                <Entry to="/me/about" name="标准、隐私、投诉建议" />
                <Entry to="/me/unbind" name="解除绑定" />
            </ul>
            <section class="card">
                <h2>{live(move || session.addressee())}</h2>
                {live(move || match telephone() {
                    Some(number) => {
                        let href = format!("tel:{}", number.replace([' ', '-'], ""));
                        view! {
                            <a class="button" href=href>
                                {format!("打电话 {number}")}
                            </a>
                        }
                            .into_any()
                    }
                    None => view! { <p class="muted">"上级还没有登记电话号码。"</p> }.into_any(),
                })}
            </section>
        </Page>
    }
}

#[component]
fn Entry(
    to: &'static str,
    name: &'static str,
    #[prop(optional, into)] beside: Option<Signal<String>>,
) -> impl IntoView {
    view! {
        <li>
            <a href=to class="menu-entry">
                <span>{name}</span>
                <span class="muted">{live(move || beside.map(|text| text.get()))}</span>
                <Draw icon=Icon::Forward />
            </a>
        </li>
    }
}
