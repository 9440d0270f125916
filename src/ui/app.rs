//! The root: which page is shown, and what stands before all of them.

use super::{
    components::{frame::goer, message::Trouble},
    pages::{
        about::About,
        activate::Activate,
        add_phone::AddPhone,
        branches::Branches,
        check::Check,
        display::DisplayPage,
        home::Home,
        me::Me,
        notice::Notice,
        paper::{PaperForm, PaperPage},
        profile::Profile,
        question::Question,
        result::ResultPage,
        storage::StoragePage,
        submission::SubmissionPage,
        submissions::Submissions,
        submit::Submit,
        unbind::Unbind,
    },
    session::{Boot, Session},
    words::errors,
};
use leptos::{prelude::*, wasm_bindgen::JsCast};
use leptos_router::{
    components::{Route, Router, Routes},
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

/// First a branch, then the notice, then everything else.
#[component]
fn Gate() -> impl IntoView {
    let session = super::session::session();
    let bound = Memo::new(move |_| !session.bindings.read().is_empty());
    let agreed =
        Memo::new(move |_| session.phone.read().as_ref().is_some_and(|phone| phone.notice_read_at.is_some()));
    move || match (bound.get(), agreed.get()) {
        (false, _) => view! { <Activate /> }.into_any(),
        (true, false) => view! { <Notice /> }.into_any(),
        (true, true) => view! { <Places /> }.into_any(),
    }
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
            <Route path=path!("/profile") view=Profile />
            <Route path=path!("/paper") view=PaperPage />
            <Route path=path!("/paper/:form") view=PaperForm />
            <Route path=path!("/activate") view=Activate />
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
