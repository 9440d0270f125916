//! One entry of the ledger: a new one, the last one again, or one to look at, correct or strike out.

use super::{form::LedgerForm, prefill};
use crate::{
    domain::{BranchCode, ContentHash, LedgerEntry, LedgerId, ledger::Live},
    phone::darkroom::Target,
    ui::app::session::erased::{live, memo},
    ui::kit::button::button,
    ui::{
        app::{
            frame::{Page, goer},
            navigation::navigation,
            route::{Like, Place},
            session::{Session, session},
            slots::{Photos, slots},
        },
        kit::{confirm::Confirm, message::Note},
        words::{dates, ledger},
    },
};
use jiff::civil::Date;
use leptos::prelude::*;

/// The page of an entry.
#[component]
pub fn LedgerEntryPage() -> impl IntoView {
    let shown = navigation().of_page(|place| match place {
        Place::LedgerEntry(id) => Some(*id),
        _ => None,
    });
    let branch = branch_of_book();
    view! {
        <Page title="一条台账" back="/ledger">
            {live(move || {
                let _ = branch.get();
                shown.get().map(|id| view! { <Entered id=id /> })
            })}
        </Page>
    }
}

/// The page of a new entry.
#[component]
pub fn NewLedgerEntry() -> impl IntoView {
    let like = navigation().of_page(|place| match place {
        Place::LedgerNew(like) => Some(*like),
        _ => None,
    });
    let branch = branch_of_book();
    view! {
        <Page title="登记一次活动" back="/ledger">
            {live(move || {
                let _ = branch.get();
                view! { <New like=like.get().flatten() /> }
            })}
        </Page>
    }
}

/// Whose ledger is shown. The pages begin anew with it: what is said of one branch is not entered into another's ledger.
fn branch_of_book() -> Memo<Option<BranchCode>> {
    let session = session();
    memo(move || session.ledger.read().branch.clone())
}

/// A new entry; like another one with what was said then.
#[component]
fn New(like: Option<Like>) -> impl IntoView {
    let session = session();
    let go = goer();
    let today = session.today.get_untracked();
    let (start, figures) = session.ledger.with_untracked(|held| {
        let live = held.ledger.live();
        let (kinds, figures) = match like {
            Some(Like::Entry(id)) => {
                if let Some(shown) = held.ledger.find(id).map(|live| live.entry) {
                    return (once_more(shown, today), shown.attendance);
                }
                (None, None)
            }
            Some(Like::Last(kind)) => {
                let kind = [kind].into();
                let last = prefill::last_of(&live, &kind).map(|last| last.entry);
                (Some(last.map_or(kind, |last| last.kinds.clone())), last.and_then(|last| last.attendance))
            }
            None => (None, None),
        };
        (prefill::like_the_last(&held.ledger, kinds.unwrap_or_default(), today), figures)
    });
    let done = Callback::new(move |entry| {
        let entered = session.enter(entry).is_some();
        if entered {
            go(Place::Ledger);
        }
        entered
    });
    let place = place(&Place::LedgerNew(like));
    view! { <LedgerForm place=place start=start figures=figures button="登记" done=done /> }
}

/// Where the form of a page stands: what is begun on one is not found on another.
fn place(of: &Place) -> String {
    of.address().trim_start_matches('/').to_owned()
}

/// The same on another day. What was discussed and who came is new each time.
fn once_more(entry: &LedgerEntry, today: Date) -> LedgerEntry {
    LedgerEntry {
        date: today,
        attendance: None,
        topic: String::new(),
        resolution: String::new(),
        ..entry.clone()
    }
}

#[component]
fn Entered(id: LedgerId) -> impl IntoView {
    let session = session();
    // What is corrected, as it was when that began: a version from elsewhere does not take a half-filled form away. (It is in
    // “改过什么”, and what is entered here counts, as it is the newer one.)
    let editing = RwSignal::new(None::<LedgerEntry>);
    let is_there = memo(move || session.ledger.read().ledger.find(id).is_some());
    let edit = move || {
        editing
            .set(session.ledger.with_untracked(|held| held.ledger.find(id).map(|live| live.entry.clone())));
    };
    let place = place(&Place::LedgerEntry(id));
    // What was not finished another time is gone on with.
    if !session.typed_form(&session.typed_key(&place)).is_empty() {
        edit();
    }
    move || match editing.get() {
        Some(start) => {
            let done = Callback::new(move |entry| {
                let entered = session.rewrite(id, Some(entry));
                if entered {
                    editing.set(None);
                }
                entered
            });
            let place = place.clone();
            view! { <LedgerForm place=place start=start figures=None button="改好了" done=done /> }.into_any()
        }
        None if is_there.get() => view! {
            {move || session.ledger.read().ledger.find(id).map(|live| summary(session, &live))}
            <section class="card">
                <h2>"照片"</h2>
                {photos(session, id)}
            </section>
            {button("改一改", "button", move |_| edit())}
            <a href=Place::LedgerNew(Some(Like::Entry(id))).address() class="button">
                "照这样再登记一次"
            </a>
            <Strike id=id />
            <History id=id />
        }
        .into_any(),
        None => view! {
            <Note>
                <p>"这一条划掉了，或者还没有传到这部手机上。不计数。"</p>
            </Note>
            <History id=id />
            <a href="/ledger" class="button">
                "回到台账"
            </a>
        }
        .into_any(),
    }
}

fn pairs(session: Session, entry: &LedgerEntry) -> Vec<(&'static str, String)> {
    let all = [
        ("日期", dates::day(entry.date, session.today.get())),
        ("人数", entry.attendance.map(ledger::attendance).unwrap_or_default()),
        ("议题", entry.topic.clone()),
        ("决议", entry.resolution.clone()),
        ("地点", entry.place.clone()),
        ("主持人", entry.host.clone()),
        ("记录人", entry.recorder.clone()),
        ("记录本放在", entry.location.clone()),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

fn photos(session: Session, id: LedgerId) -> impl IntoView {
    let photos =
        memo(move || session.ledger.read().ledger.photos_of(id).into_iter().cloned().collect::<Vec<_>>());
    let forbidden = memo(move || {
        let held = session.ledger.read();
        held.ledger.find(id).is_some_and(|live| live.entry.is_never_photographed())
    });
    let remove = Callback::new(move |sha256: ContentHash| session.attach_to_entry(id, sha256, false));
    let target = memo(move || {
        let branch = session.ledger.read().branch.clone()?;
        Some(Target::Entry { branch, entry: id })
    });
    let (show, target, remove) = (slots().photos_of, Some(target), Some(remove));
    move || {
        show.map(|show| show(Photos { photos: photos.into(), target, remove, forbidden: forbidden.get() }))
    }
}

fn summary(session: Session, live: &Live<'_>) -> impl IntoView + use<> {
    let rows: Vec<_> = pairs(session, live.entry)
        .into_iter()
        .map(|(name, text)| view! { <dt>{name}</dt> <dd>{text}</dd> })
        .collect();
    let late = ledger::late(live);
    let entered = format!("{}登记", dates::day(live.entered, session.today.get()));
    view! {
        <section class="card" data-testid="ledger-entry">
            <h2>{ledger::title(live.entry)}</h2>
            <dl class="pairs">{rows}</dl>
            <p class="muted">{entered} {late.map(|late| view! { "，" <b data-testid="late">{late}</b> })}</p>
        </section>
    }
}

/// 划掉: asked once more, because it changes the count.
#[component]
fn Strike(id: LedgerId) -> impl IntoView {
    let session = session();
    let go = goer();
    let strike = Callback::new(move |()| {
        session.rewrite(id, None);
        go(Place::Ledger);
    });
    view! {
        <Confirm
            ask="登错了，划掉这一条"
            warning="登错了的才划掉。划掉以后不再计数，写过的还留在“改过什么”里。"
            yes="确实划掉"
            no="不划了"
            on_yes=strike
        />
    }
}

/// Every version, newest first.
#[component]
fn History(id: LedgerId) -> impl IntoView {
    let session = session();
    let device = session.phone.with_untracked(|phone| phone.as_ref().map(|phone| phone.device));
    move || {
        let held = session.ledger.read();
        let versions: Vec<_> = held.ledger.history(id).collect();
        if versions.len() < 2 {
            return None;
        }
        let mut rows: Vec<_> = Vec::new();
        let mut before = None;
        for version in versions {
            let by = if Some(version.stamp.device) == device { "本机" } else { "另一部手机" };
            let at = dates::moment(version.stamp.ms, session.today.get());
            let what = match &version.entry {
                None => "划掉了".to_owned(),
                // Only a photo was added or taken off.
                entry if !version.photos.is_empty() && *entry == before => String::new(),
                Some(entry) => {
                    let said: Vec<String> = pairs(session, entry).into_iter().map(|(_, text)| text).collect();
                    format!("{}，{}", ledger::title(entry), said.join("，"))
                }
            };
            let photos = ledger::photos(&version.photos);
            let both: Vec<String> = [what, photos].into_iter().filter(|text| !text.is_empty()).collect();
            let said = format!("{at}，{by}：{}", both.join("；"));
            rows.push(view! { <li>{said}</li> });
            before.clone_from(&version.entry);
        }
        rows.reverse();
        Some(view! {
            <details class="card fold">
                <summary>"改过什么"</summary>
                <ul class="small">{rows}</ul>
            </details>
        })
    }
}
