//! 保存备份: as a file, or as text to paste elsewhere. A browser does not say whether it has saved a file, so she is asked; and a file
//! on this phone goes with this phone, so she is asked again when it is elsewhere.

use crate::{
    browser::{self, clipboard::Copied},
    domain::day,
    store::{backup::Backup, carried::Became},
    ui::app::session::erased::{live, memo},
    ui::kit::button::button,
    ui::{
        app::session::{Session, session},
        kit::{
            confirm::Confirm,
            field,
            message::{Note, Trouble},
        },
        words::{
            dates,
            errors::{self, Told},
        },
    },
};
use leptos::prelude::*;

/// How far a backup has come.
#[derive(Clone, PartialEq, Eq)]
enum State {
    /// None was asked for.
    Idle,
    /// The browser was told to save a file of this name: whether it has, she sees.
    Saving(String, Backup),
    /// She sees none.
    NotSaved,
    /// It lies in the clipboard, which is no place to keep anything.
    Copied(Backup),
    /// It is only shown.
    Shown(String),
    /// She has said what became of it.
    Done(Became),
}

/// The card.
#[component]
pub fn Carry() -> impl IntoView {
    let session = session();
    let state = RwSignal::new(State::Idle);
    let trouble = RwSignal::new(None::<Told>);
    let carry = move |as_file: bool| {
        trouble.set(None);
        leptos::task::spawn_local(async move {
            match made(session, as_file).await {
                Ok(next) => {
                    state.try_set(next);
                }
                Err(told) => {
                    trouble.try_set(Some(told));
                }
            }
        });
    };
    let became = Callback::new(move |(backup, became): (Backup, Became)| {
        leptos::task::spawn_local(async move {
            match session.carried(&backup, became).await {
                Ok(()) => {
                    state.try_set(State::Done(became));
                }
                Err(error) => {
                    trouble.try_set(Some(errors::store(&error)));
                }
            }
        });
    });
    view! {
        <section class="card" data-testid="carry">
            <h2>"保存备份"</h2>
            <p>"备份里是本支部填过的全部内容：回答、台账、整改、上报、改过的报告和纸质材料的记录。不含激活码，也不含照片（照片上报后另传到服务器）。"</p>
            <p>"存成文件，再把文件发到微信“文件传输助手”；或者复制成文字，粘贴过去发出。"</p>
            {button("存成文件", "button", move |_| carry(true))}
            {button("复制成文字", "button", move |_| carry(false))}
            <div role="status" data-testid="carry-state">
                {live(move || said(state, became))}
            </div>
            {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
        </section>
        <SentAway />
    }
}

/// Makes a backup and hands it to the browser.
async fn made(session: Session, as_file: bool) -> Result<State, Told> {
    let backup = session.backup().await.map_err(|error| errors::store(&error))?;
    let text = serde_json::to_string(&backup).map_err(|_| errors::not_saved())?;
    if as_file {
        let today = session.today.get_untracked();
        let name = format!("支部标尺备份-{}-{}.json", backup.branch_name, day::text(today));
        browser::files::save(&name, "application/json", text.as_bytes()).map_err(|_| errors::not_saved())?;
        return Ok(State::Saving(name, backup));
    }
    Ok(match browser::clipboard::copy(&text).await {
        Copied::Done => State::Copied(backup),
        Copied::ByHand => State::Shown(text),
    })
}

fn said(state: RwSignal<State>, became: Callback<(Backup, Became)>) -> AnyView {
    match state.get() {
        State::Idle => ().into_any(),
        State::Saving(name, backup) => view! {
            <p>{format!("看一看手机的“下载”里，有没有刚存的这个文件：{name}")}</p>
            {button("有，看到了", "button button-main", move |_| became.run((backup.clone(), Became::File)))}
            {button("没有", "button", move |_| state.set(State::NotSaved))}
        }
        .into_any(),
        State::NotSaved => view! {
            <Note>
                <p>"没有存成，还没有备份。点“复制成文字”，或者换手机自带的浏览器再存一次。"</p>
            </Note>
        }
        .into_any(),
        State::Copied(backup) => view! {
            <p>"复制好了，可是还不算备份：打开微信，粘贴到“文件传输助手”里，发出去，再回来点下面的。"</p>
            {button("已经粘贴发出去了", "button button-main", move |_| became.run((backup.clone(), Became::SentAway)))}
        }
        .into_any(),
        State::Shown(text) => view! {
            <p>"这个浏览器不能自动复制。下面的文字只是显示在这里，还不算备份：按住，全选，复制，粘贴到微信“文件传输助手”里发出去；能存成文件的，还是存成文件。"</p>
            {field::carried("备份文字", text)}
        }
        .into_any(),
        State::Done(Became::File) => {
            view! { <p>"记下了：存成了文件，还在这部手机上。接着把它发到别处。"</p> }.into_any()
        }
        State::Done(Became::SentAway) => view! { <p>"记下了：备份已经发到别处。"</p> }.into_any(),
    }
}

/// While a file with a backup lies on this phone: that she has sent it away, which only she can say.
#[component]
pub fn SentAway() -> impl IntoView {
    let session = session();
    let trouble = RwSignal::new(None::<Told>);
    let made_at = memo(move || {
        let elsewhere = session.elsewhere.read();
        elsewhere.carried.file.as_ref().map(|file| file.made_at)
    });
    let sent = Callback::new(move |()| {
        leptos::task::spawn_local(async move {
            if let Err(error) = session.sent_away().await {
                trouble.try_set(Some(errors::store(&error)));
            }
        });
    });
    move || {
        let at = dates::moment(made_at.get()?, session.today.get());
        Some(view! {
            <section class="card" data-testid="sent-away">
                <p>
                    {format!("{at}存的备份文件还在这部手机上，手机丢了，文件也没了。在“下载”里找到它，发到微信“文件传输助手”，或者存到电脑、U盘上。")}
                </p>
                <Confirm
                    ask="文件已经发到别处了"
                    warning="真发出去了再点。点了以后，解除绑定会把这部手机里的删掉，只能靠那个文件恢复。"
                    yes="确实发出去了"
                    no="还没有"
                    on_yes=sent
                />
                {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
            </section>
        })
    }
}
