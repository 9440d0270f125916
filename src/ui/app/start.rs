//! The root: which page is shown, and what stands before all of them.

use super::{
    frame::goer,
    navigation::{Navigation, navigation},
    notice::Notice,
    route::{Part, Place},
    session::{Boot, Session, modules::Module},
    slots::Slots,
};
use crate::ui::app::session::erased::{Show, live, memo};
use crate::ui::kit::button::button;
use crate::ui::{
    change::page::{Change, Offered},
    check::{activate::Activate, home::Home, list::Check, profile::Profile, question::Question},
    forms::{
        page::{PaperForm, PaperPage},
        talk_page::Talk,
    },
    handbook::{books::Handbook, section::SectionPage, sections::Sections},
    kit::message::Trouble,
    ledger::{
        counted::FromLedger,
        entry::{LedgerEntryPage, NewLedgerEntry},
        list::{LedgerPage, LedgerRow},
        year::LedgerYear,
    },
    me::{
        about::About, add_phone::AddPhone, branches::Branches, display::DisplayPage, menu::Me,
        storage::StoragePage, unbind::Unbind,
    },
    mending::{list::FindingsPage, of_item::FindingOf, one::FindingPage},
    photos::{
        all::PhotosPage,
        rows::{ItemPhotos, photos_of},
        store::PhotoStore,
    },
    report::{result::ResultPage, submission::SubmissionPage, submissions::Submissions, submit::Submit},
    show::{item::InspectionItem, list::Inspection},
    words::errors,
};
use leptos::{prelude::*, wasm_bindgen::JsCast};

/// Puts the app into its place; the painted shell hides as soon as something stands there.
pub fn mount() {
    match document().get_element_by_id("app").map(JsCast::dyn_into::<web_sys::HtmlElement>) {
        Some(Ok(place)) => mount_to(place, App).forget(),
        _ => mount_to_body(App),
    }
}

/// What the other folders show on the pages of the first part.
const SLOTS: Slots = Slots {
    counted: Some(|item, part| view! { <FromLedger item=item part=part /> }.into_any()),
    photos: Some(|item| view! { <ItemPhotos item=item /> }.into_any()),
    finding: Some(|item| view! { <FindingOf item=item /> }.into_any()),
    sections: Some(|item| view! { <Sections item=item /> }.into_any()),
    offer: Some(|| view! { <Offered /> }.into_any()),
    ledger_row: Some(|| view! { <LedgerRow /> }.into_any()),
    photos_of: Some(photos_of),
    photo_store: Some(|| view! { <PhotoStore /> }.into_any()),
};

#[component]
fn App() -> impl IntoView {
    let session = Session::new();
    provide_context(session);
    provide_context(Navigation::start());
    provide_context(SLOTS);
    leptos::task::spawn_local(session.start());
    view! {
            <Update />
            <NeedsUpdate />
            <Warnings />
            {live(move || match session.boot.get() {
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
            })}
    }
}

/// First a branch, then the notice, then everything else; only the handbook is read by anybody.
#[component]
fn Gate() -> impl IntoView {
    let session = super::session::session();
    let navigation = navigation();
    let step = memo(move || {
        let bound = !session.bindings.read().is_empty();
        let agreed = session.phone.read().as_ref().is_some_and(|phone| phone.notice_read_at.is_some());
        let is_handbook = navigation.place().is_some_and(|place| place.part() == Part::Handbook);
        match (is_handbook, bound, agreed) {
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
    let session = super::session::session();
    let navigation = navigation();
    // A page stays while only what it shows changes: the next item, another filter.
    let page = memo(move || navigation.place().as_ref().map(std::mem::discriminant));
    move || {
        // Read, not merely tracked: a memo learns what it follows when it is read.
        let _ = page.get();
        match untrack(|| navigation.place()) {
            Some(place) if module(&place).is_some_and(|module| untrack(|| !session.shows(module))) => {
                view! { <Lost /> }.into_any()
            }
            Some(Place::Home) => view! { <Home /> }.into_any(),
            Some(Place::Check(_)) => view! { <Check /> }.into_any(),
            Some(Place::Change) => view! { <Change /> }.into_any(),
            Some(Place::Question(_)) => view! { <Question /> }.into_any(),
            Some(Place::Result) => view! { <ResultPage /> }.into_any(),
            Some(Place::Submit) => view! { <Submit /> }.into_any(),
            Some(Place::Submissions) => view! { <Submissions /> }.into_any(),
            Some(Place::Submission(_)) => view! { <SubmissionPage /> }.into_any(),
            Some(Place::Storage) => view! { <StoragePage /> }.into_any(),
            Some(Place::Photos) => view! { <PhotosPage /> }.into_any(),
            Some(Place::Profile) => view! { <Profile /> }.into_any(),
            Some(Place::Papers) => view! { <PaperPage /> }.into_any(),
            Some(Place::Paper(_)) => view! { <PaperForm /> }.into_any(),
            Some(Place::Activate) => view! { <Activate /> }.into_any(),
            Some(Place::Handbook) => view! { <Handbook /> }.into_any(),
            Some(Place::Section(_)) => view! { <SectionPage /> }.into_any(),
            Some(Place::Ledger) => view! { <LedgerPage /> }.into_any(),
            Some(Place::LedgerYear) => view! { <LedgerYear /> }.into_any(),
            Some(Place::LedgerNew(_)) => view! { <NewLedgerEntry /> }.into_any(),
            Some(Place::LedgerEntry(_)) => view! { <LedgerEntryPage /> }.into_any(),
            Some(Place::Findings) => view! { <FindingsPage /> }.into_any(),
            Some(Place::Finding(_)) => view! { <FindingPage /> }.into_any(),
            Some(Place::Inspection(_)) => view! { <Inspection /> }.into_any(),
            Some(Place::Shown(..)) => view! { <InspectionItem /> }.into_any(),
            Some(Place::Talk) => view! { <Talk /> }.into_any(),
            Some(Place::Me) => view! { <Me /> }.into_any(),
            Some(Place::Display) => view! { <DisplayPage /> }.into_any(),
            Some(Place::Branches) => view! { <Branches /> }.into_any(),
            Some(Place::AddPhone) => view! { <AddPhone /> }.into_any(),
            Some(Place::About) => view! { <About /> }.into_any(),
            Some(Place::Unbind) => view! { <Unbind /> }.into_any(),
            None => view! { <Lost /> }.into_any(),
        }
    }
}

/// The module whose page it is. Photos have no page of their own where there are none, and their page says so.
fn module(place: &Place) -> Option<Module> {
    match place {
        Place::Ledger | Place::LedgerYear | Place::LedgerNew(_) | Place::LedgerEntry(_) => {
            Some(Module::Ledger)
        }
        Place::Findings | Place::Finding(_) => Some(Module::Mending),
        _ => None,
    }
}

/// An address that leads nowhere leads home.
#[component]
fn Lost() -> impl IntoView {
    let go = goer();
    Effect::new(move |_| go(Place::Home));
}

/// 有新版本: it waits for the user.
#[component]
fn Update() -> impl IntoView {
    let session = super::session::session();
    let for_others = for_others();
    view! {
        <Show when=move || session.update_waiting.get() && !for_others.get()>
            <div class="strip" role="status" data-testid="update-prompt">
                <span>"有新版本，填的都在。"</span>
                {button("更新", "strip-button", move |_| session.update_now())}
                {button("以后", "strip-button strip-later", move |_| session.update_waiting.set(false))}
            </div>
        </Show>
    }
}

/// 请更新: something is of a later kind than this version knows, and no newer version waits yet.
#[component]
fn NeedsUpdate() -> impl IntoView {
    let session = super::session::session();
    let for_others = for_others();
    let put_off = RwSignal::new(false);
    let shows =
        move || session.is_outdated() && !session.update_waiting.get() && !put_off.get() && !for_others.get();
    view! {
        <Show when=shows>
            <div class="strip" role="status" data-testid="needs-update">
                <span>"请更新：有些新内容这一版看不懂，已原样留着。"</span>
                {button("找新版本", "strip-button", move |_| session.look_for_update())}
                {button("以后", "strip-button strip-later", move |_| put_off.set(true))}
            </div>
        </Show>
    }
}

fn for_others() -> Memo<bool> {
    let navigation = navigation();
    memo(move || navigation.place().is_some_and(|place| place.is_for_others()))
}

/// What must not be overlooked on any page: storage refused, or much that is on this phone alone.
#[component]
fn Warnings() -> impl IntoView {
    let session = super::session::session();
    let put_off = RwSignal::new(0);
    let unshared = session.derived.unshared;
    // After ten answers that are nowhere else, and again after each ten more.
    let for_others = for_others();
    let remind = move || {
        unshared.get() >= put_off.get() + 10 && session.storage_refused.read().is_none() && !for_others.get()
    };
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
                <span>{live(move || format!("已有{}处只在这部手机里。", unshared.get()))}</span>
                <a href="/storage" class="strip-button">
                    "去备份"
                </a>
                {button("以后", "strip-button strip-later", move |_| put_off.set(unshared.get_untracked()))}
            </div>
        </Show>
    }
}
