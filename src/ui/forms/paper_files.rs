//! Word and Excel: first the file is made, then it is handed over, because a phone's menu opens only right after a tap.

use super::session::PaperFile;
use crate::{
    browser::files::Shared,
    paper::{Kind, NotMade, Paper},
    ui::app::session::erased::live,
    ui::kit::button::{button, button_unless},
    ui::{
        app::session::session,
        kit::message::{Note, Trouble},
        words::errors,
    },
};
use leptos::prelude::*;

/// How far a file is.
#[derive(Clone, PartialEq)]
enum State {
    /// Not asked for.
    Idle,
    /// The worker is at it.
    Making(Kind),
    /// Ready, with what came of handing it over.
    Made(PaperFile, &'static str),
    /// It was not made.
    Failed(NotMade),
}

/// The buttons under which a form becomes a file.
#[component]
pub fn PaperFiles(
    /// Makes the form when it is asked for; `None` when there is nothing to make.
    make: Callback<(), Option<Paper>>,
) -> impl IntoView {
    let session = session();
    let state = RwSignal::new(State::Idle);
    let ask = move |kind: Kind| {
        let Some(paper) = make.run(()) else { return };
        state.set(State::Making(kind));
        leptos::task::spawn_local(async move {
            let made = session.paper(&paper, kind).await;
            // Another tap meanwhile asks for another file.
            if state.try_with_untracked(|state| *state == State::Making(kind)) == Some(true) {
                state.try_set(made.map_or_else(State::Failed, |file| State::Made(file, "")));
            }
        });
    };
    let button = move |kind: Kind, name: &'static str| {
        button_unless(
            live(move || if *state.read() == State::Making(kind) { "正在做…" } else { name }),
            "button",
            move || matches!(*state.read(), State::Making(_)),
            move |_| ask(kind),
        )
    };
    view! {
        <div class="choices choices-two">{button(Kind::Docx, "做成Word")} {button(Kind::Xlsx, "做成Excel")}</div>
        {live(move || match state.get() {
            State::Idle | State::Making(_) => ().into_any(),
            State::Failed(error) => view! { <Trouble told=errors::paper(&error) /> }.into_any(),
            State::Made(file, came) => view! { <Made file=file came=came state=state /> }.into_any(),
        })}
    }
}

#[component]
fn Made(file: PaperFile, came: &'static str, state: RwSignal<State>) -> impl IntoView {
    let said = format!("做好了：{}（{}KB）", file.name, file.size().div_ceil(1024));
    let (to_save, to_share) = (file.clone(), file.clone());
    let save = move |_| {
        let next = match to_save.save() {
            Ok(()) => State::Made(
                to_save.clone(),
                "到手机的“下载”里看一看，有了就是存好了；没有的再点一次，或者点“打印”。要发出去，在微信里点“＋”、“文件”，选它。",
            ),
            Err(error) => State::Failed(error),
        };
        state.set(next);
    };
    let share = move |_| {
        let file = to_share.clone();
        leptos::task::spawn_local(async move {
            let came = match file.share().await {
                Shared::Done => "交给别的应用了。",
                Shared::Cancelled => return,
                Shared::Unsupported => "这个浏览器不能直接分享，请先存到手机。",
            };
            state.try_set(State::Made(file, came));
        });
    };
    view! {
        <div class="made" data-testid="made">
            <p role="status">{said}</p>
            {file
                .can_be_shared()
                .then(|| {
                    button("分享", "button", share)
                })}
            {button("存到手机", "button button-main", save)}
            {(!came.is_empty()).then(|| view! { <Note><p role="status">{came}</p></Note> })}
        </div>
    }
}
