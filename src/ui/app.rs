//! The root: which page is shown, and what stands before all of them.

use super::{
    components::{frame::goer, message::Trouble},
    pages::{
        about::About, activate::Activate, add_phone::AddPhone, branches::Branches, check::Check,
        display::DisplayPage, handbook::Handbook, home::Home, me::Me, notice::Notice, photos::PhotosPage,
        profile::Profile, question::Question, result::ResultPage, section::SectionPage, storage::StoragePage,
        submission::SubmissionPage, submissions::Submissions, submit::Submit, unbind::Unbind,
    },
    session::{Boot, Session},
    words::errors,
};
use leptos::{prelude::*, wasm_bindgen::JsCast};
use leptos_router::{
    components::{Route, Router, Routes},
    hooks::use_location,
    path,
};

/// Puts the app into its place; the painted shell hides as soon as something stands there.
pub fn mount() {
    match document().get_element_by_id("app").map(JsCast::dyn_into::<web_sys::HtmlElement>) {
        Some(Ok(place)) => mount_to(place, App).forget(),
        _ => mount_to_body(App),
    }
}

#[component]
fn App() -> impl IntoView {
    let session = Session::new();
    provide_context(session);
    leptos::task::spawn_local(session.start());
    view! {
        <Router>
            <Update />
            <Warnings />
            {move || match session.boot.get() {
                // Nothing yet: the painted shell stays.
                Boot::Starting => ().into_any(),
                Boot::Broken(error) => {
                    view! {
                        <main class="page">
                            <Trouble told=errors::store(&error) />
                        </main>
                    }
                        .into_any()
                }
                Boot::Ready => view! { <Gate /> }.into_any(),
            }}
        </Router>
    }
}

/// First a branch, then the notice, then everything else; only the handbook is read by anybody.
#[component]
fn Gate() -> impl IntoView {
    let session = super::session::session();
    let location = use_location();
    let step = Memo::new(move |_| {
        let bound = !session.bindings.read().is_empty();
        let agreed = session.phone.read().as_ref().is_some_and(|phone| phone.notice_read_at.is_some());
        match (location.pathname.read().starts_with("/handbook"), bound, agreed) {
            (true, ..) | (_, true, true) => Step::Places,
            (_, false, _) => Step::Activate,
            (_, true, false) => Step::Notice,
        }
    });
    move || match step.get() {
        Step::Activate => view! { <Activate /> }.into_any(),
        Step::Notice => view! { <Notice /> }.into_any(),
        Step::Places => view! { <Places /> }.into_any(),
    }
}

/// What stands before what.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Activate,
    Notice,
    Places,
}

#[component]
fn Places() -> impl IntoView {
    view! {
        <Routes fallback=|| view! { <Lost /> }>
            <Route path=path!("/") view=Home />
            <Route path=path!("/check") view=Check />
            <Route path=path!("/check/:item") view=Question />
            <Route path=path!("/result") view=ResultPage />
            <Route path=path!("/submit") view=Submit />
            <Route path=path!("/submissions") view=Submissions />
            <Route path=path!("/submissions/:id") view=SubmissionPage />
            <Route path=path!("/storage") view=StoragePage />
            <Route path=path!("/photos") view=PhotosPage />
            <Route path=path!("/profile") view=Profile />
            <Route path=path!("/activate") view=Activate />
            <Route path=path!("/handbook") view=Handbook />
            <Route path=path!("/handbook/:section") view=SectionPage />
            <Route path=path!("/me") view=Me />
            <Route path=path!("/me/display") view=DisplayPage />
            <Route path=path!("/me/branches") view=Branches />
            <Route path=path!("/me/phone") view=AddPhone />
            <Route path=path!("/me/about") view=About />
            <Route path=path!("/me/unbind") view=Unbind />
        </Routes>
    }
}

/// An address that leads nowhere leads home.
#[component]
fn Lost() -> impl IntoView {
    let go = goer();
    Effect::new(move |_| go("/"));
}

/// 有新版本: it waits for the user.
#[component]
fn Update() -> impl IntoView {
    let session = super::session::session();
    view! {
        <Show when=move || session.update_waiting.get()>
            <div class="strip" role="status" data-testid="update-prompt">
                <span>"有新版本，填的都在。"</span>
                <button type="button" class="strip-button" on:click=move |_| session.update_now()>
                    "更新"
                </button>
                <button
                    type="button"
                    class="strip-button strip-later"
                    on:click=move |_| session.update_waiting.set(false)
                >
                    "以后"
                </button>
            </div>
        </Show>
    }
}

/// What must not be overlooked on any page: storage refused, or much that is on this phone alone.
#[component]
fn Warnings() -> impl IntoView {
    let session = super::session::session();
    let put_off = RwSignal::new(0);
    let unshared = session.derived.unshared;
    // After ten answers that are nowhere else, and again after each ten more.
    let remind = move || unshared.get() >= put_off.get() + 10 && session.storage_refused.read().is_none();
    view! {
        {move || {
            session
                .storage_refused
                .get()
                .map(|error| {
                    view! {
                        <div class="strip strip-warning" role="alert" data-testid="storage-refused">
                            <Trouble told=errors::store(&error) />
                        </div>
                    }
                })
        }}
        <Show when=remind>
            <div class="strip" role="status" data-testid="backup-offer">
                <span>{move || format!("已有{}处只在这部手机里。", unshared.get())}</span>
                <a href="/storage" class="strip-button">
                    "去备份"
                </a>
                <button
                    type="button"
                    class="strip-button strip-later"
                    on:click=move |_| put_off.set(unshared.get_untracked())
                >
                    "以后"
                </button>
            </div>
        </Show>
    }
}
