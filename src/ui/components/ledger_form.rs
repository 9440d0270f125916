//! The form of a ledger entry: one column, chips and steppers first, words after. Under a minute when most is as last time.

use super::{
    clock::ClockNote,
    figures::Stepper,
    message::{Note, Trouble},
};
use crate::{
    browser,
    domain::{
        ActivityKind, LedgerEntry,
        check::MAX_NAME_CHARS,
        day,
        ledger::{
            Attendance, LATE_AFTER_DAYS,
            check::{MAX_PLACE_CHARS, MAX_RESOLUTION_CHARS, MAX_TOPIC_CHARS, entry_fault},
        },
    },
    ui::{
        prefill,
        session::{Session, session},
        words::ledger,
    },
};
use leptos::prelude::*;

/// What is being typed. The figures stand apart until all of them are there.
#[derive(Clone, Copy)]
struct Draft {
    entry: RwSignal<LedgerEntry>,
    expected: RwSignal<Option<u32>>,
    excused: RwSignal<u32>,
    present: RwSignal<Option<u32>>,
    /// Whether 应到 and 免到 were said, so that nothing else is filled in.
    said: StoredValue<(bool, bool)>,
    /// Those of the entry that this one shall be like.
    like: Option<Attendance>,
}

/// The form. `done` is given what was entered when it can be.
#[component]
pub fn LedgerForm(
    /// What it starts with.
    start: LedgerEntry,
    /// 应到 and 免到 as they were at the one that this shall be like.
    figures: Option<Attendance>,
    /// What the button says.
    button: &'static str,
    /// Given the entry.
    done: Callback<LedgerEntry>,
) -> impl IntoView {
    let session = session();
    let there = start.attendance;
    let was_there = there.map(|there| there.present);
    let draft = Draft {
        expected: RwSignal::new(there.map(|there| there.expected)),
        excused: RwSignal::new(there.map_or(0, |there| there.excused)),
        present: RwSignal::new(was_there),
        entry: RwSignal::new(start.clone()),
        said: StoredValue::new((there.is_some(), there.is_some())),
        like: figures,
    };
    if there.is_none() {
        fill_figures(session, draft);
    }
    let whole = move || {
        let mut entry = draft.entry.get();
        entry.attendance = match (draft.expected.get(), draft.present.get()) {
            (Some(expected), Some(present)) => {
                Some(Attendance { expected, excused: draft.excused.get(), present })
            }
            _ => None,
        };
        entry
    };
    let fault = Memo::new(move |_| entry_fault(&whole(), session.today.get()));
    // Words are in the draft only when their field is left, so what is typed counts from the first key on.
    let typed = RwSignal::new(false);
    let is_begun =
        Memo::new(move |_| typed.get() || draft.present.get() != was_there || *draft.entry.read() != start);
    keep(session, is_begun);
    let typing = move |_| typed.set(true);
    let tried = RwSignal::new(false);
    let enter = move |_| {
        tried.set(true);
        if fault.get_untracked().is_none() {
            done.run(untrack(whole));
        }
    };
    view! {
        <ClockNote />
        <section class="card" data-testid="ledger-form" on:input=typing>
            {kinds(session, draft)}
            {when(session, draft)}
            {groups(session, draft)}
            {who_came(draft)}
        </section>
        <section class="card" on:input=typing>
            {long("议题", "议了什么、讲了什么、办了什么", MAX_TOPIC_CHARS, draft, |e| &mut e.topic)}
            {long("决议", "定了什么；表决的写票数", MAX_RESOLUTION_CHARS, draft, |e| &mut e.resolution)}
            {short("地点", MAX_PLACE_CHARS, draft, |e| &mut e.place)}
            {short("主持人", MAX_NAME_CHARS, draft, |e| &mut e.host)}
            {short("记录人", MAX_NAME_CHARS, draft, |e| &mut e.recorder)}
            {location(session, draft)}
        </section>
        <Show when=move || tried.get() && fault.get().is_some()>
            {move || fault.get().map(|fault| view! { <Trouble told=ledger::fault(fault) /> })}
        </Show>
        <p class="muted">{ledger::ONLY_WHAT_WAS_HELD}</p>
        <button type="button" class="button button-main" data-testid="enter" on:click=enter>
            {button}
        </button>
    }
}

/// While something is begun that is not entered: the browser asks before the page is left, and a new version of the app, which
/// starts the page again, is offered only afterwards.
fn keep(session: Session, is_begun: Memo<bool>) {
    let guard = StoredValue::new_local(None);
    let put_off = StoredValue::new(false);
    let let_go = move || {
        guard.try_update_value(Option::take);
        if put_off.try_update_value(std::mem::take) == Some(true) {
            session.update_waiting.set(true);
        }
    };
    Effect::new(move |_| {
        if !is_begun.get() {
            return let_go();
        }
        if guard.with_value(Option::is_none) {
            guard.set_value(browser::leave::guard());
        }
        if session.update_waiting.get() {
            put_off.set_value(true);
            session.update_waiting.set(false);
        }
    });
    on_cleanup(let_go);
}

/// 应到 and 免到 where they were not said: as the branch's figures say, and the entry that this is like or the last of the kind.
fn fill_figures(session: Session, draft: Draft) {
    let kinds = draft.entry.with_untracked(|entry| entry.kinds.clone());
    let last = draft.like.or_else(|| {
        session.book.with_untracked(|book| {
            prefill::last_of(&book.ledger.live(), &kinds).and_then(|live| live.entry.attendance)
        })
    });
    let (expected_said, excused_said) = draft.said.get_value();
    if !expected_said {
        let expected = session.work.with_untracked(|work| {
            let profile = work.as_ref().ok().and_then(|work| work.assessment.profile());
            prefill::expected(&kinds, profile)
        });
        draft.expected.set(expected.or(last.map(|last| last.expected)));
    }
    if !excused_said {
        draft.excused.set(last.map_or(0, |last| last.excused));
    }
}

fn kinds(session: Session, draft: Draft) -> impl IntoView {
    let chips: Vec<_> = ActivityKind::ALL
        .into_iter()
        .map(|kind| {
            view! {
                <button
                    type="button"
                    class="chip"
                    aria-pressed=move || draft.entry.read().kinds.contains(&kind).to_string()
                    on:click=move |_| choose(session, draft, kind)
                >
                    {ledger::kind(kind)}
                </button>
            }
        })
        .collect();
    view! {
        <h2 id="kinds">"什么活动"<small class="muted">"（几样一起办的都点上）"</small></h2>
        <div class="chips" role="group" aria-labelledby="kinds">
            {chips}
        </div>
    }
}

/// The first kind brings along what is usual for it; what was typed stays.
fn choose(session: Session, draft: Draft, kind: ActivityKind) {
    draft.entry.update(|entry| {
        let first = entry.kinds.is_empty();
        if !entry.kinds.remove(&kind) {
            entry.kinds.insert(kind);
        }
        if !entry.kinds.contains(&ActivityKind::GroupMeeting) {
            entry.group = None;
        }
        if first {
            let usual =
                session.book.with_untracked(|book| prefill::again(&book.ledger, [kind].into(), entry.date));
            for (now, usual) in [
                (&mut entry.place, usual.place),
                (&mut entry.host, usual.host),
                (&mut entry.recorder, usual.recorder),
                (&mut entry.location, usual.location),
            ] {
                if now.is_empty() {
                    *now = usual;
                }
            }
        }
    });
    if draft.present.with_untracked(Option::is_none) {
        fill_figures(session, draft);
    }
}

fn when(session: Session, draft: Draft) -> impl IntoView {
    let today = session.today.get_untracked();
    let late = move || {
        let days = today.since(draft.entry.read().date).map_or(0, |span| span.get_days());
        (days > LATE_AFTER_DAYS).then(|| {
            view! {
                <Note>
                    <p>{format!("过了{days}天，登记后会注明“后登记”。当时真开过才登。")}</p>
                </Note>
            }
        })
    };
    view! {
        <label class="field">
            <span>"日期"</span>
            <input
                type="date"
                max=day::text(today)
                prop:value=move || day::text(draft.entry.read().date)
                on:change=move |event| match day::parse(&event_target_value(&event)) {
                    Some(day) => draft.entry.update(|entry| entry.date = day),
                    // An entry has a day: a cleared field shows again the one that would be entered.
                    None => {
                        let input: web_sys::HtmlInputElement = event_target(&event);
                        input.set_value(&day::text(draft.entry.read_untracked().date));
                    }
                }
            />
        </label>
        {late}
    }
}

/// Which group met, where there are several.
fn groups(session: Session, draft: Draft) -> impl IntoView {
    let groups = session.work.with_untracked(|work| {
        let profile = work.as_ref().ok().and_then(|work| work.assessment.profile());
        profile.map_or(0, |profile| profile.party_groups).min(99)
    });
    let chip = move |group: Option<u8>| {
        let name = group.map_or_else(|| "各组都开了".to_owned(), |group| format!("第{group}组"));
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || (draft.entry.read().group == group).to_string()
                on:click=move |_| draft.entry.update(|entry| entry.group = group)
            >
                {name}
            </button>
        }
    };
    let asked =
        Memo::new(move |_| groups > 1 && draft.entry.read().kinds.contains(&ActivityKind::GroupMeeting));
    move || {
        asked.get().then(|| {
            let chips: Vec<_> =
                (0..=groups).map(|group| chip(u8::try_from(group).ok().filter(|group| *group > 0))).collect();
            view! {
                <div class="chips" role="group" aria-label="哪个组">
                    {chips}
                </div>
            }
        })
    }
}

fn figure(
    name: &'static str,
    hint: &'static str,
    value: Signal<Option<u32>>,
    said: Callback<u32>,
) -> AnyView {
    view! {
        <li class="count-row">
            <span>{name} " " <small class="muted">{hint}</small></span>
            <Stepper label=name unit="人" value=value on_change=said />
        </li>
    }
    .into_any()
}

fn who_came(draft: Draft) -> impl IntoView {
    let expected = Callback::new(move |n| {
        draft.said.update_value(|said| said.0 = true);
        draft.expected.set(Some(n));
    });
    let excused = Callback::new(move |n| {
        draft.said.update_value(|said| said.1 = true);
        draft.excused.set(n);
    });
    let present = Callback::new(move |n| draft.present.set(Some(n)));
    let excused_now = Signal::derive(move || Some(draft.excused.get()));
    view! {
        <ul class="count-rows">
            {figure("应到", "", draft.expected.into(), expected)}
            {figure("其中免到", "外出流动、经批准不到的；临时请假算缺席", excused_now, excused)}
            {figure("实到", "", draft.present.into(), present)}
        </ul>
        {move || {
            let due = draft.expected.get()?.checked_sub(draft.excused.get())?;
            (draft.present.get().is_none() && due > 0)
                .then(|| {
                    view! {
                        <button type="button" class="quiet" on:click=move |_| draft.present.set(Some(due))>
                            {format!("{due}人都到了，照签到表才点")}
                        </button>
                    }
                })
        }}
    }
}

type Field = fn(&mut LedgerEntry) -> &mut String;

fn read(draft: Draft, of: Field) -> String {
    // A field is reached through a mutable borrow only; the copy is small.
    of(&mut draft.entry.get()).clone()
}

fn write(draft: Draft, of: Field, text: &str, may_break: bool) {
    let text: String = text.trim().chars().filter(|c| !c.is_control() || (may_break && *c == '\n')).collect();
    draft.entry.update(|entry| *of(entry) = text);
}

fn short(name: &'static str, most: usize, draft: Draft, of: Field) -> impl IntoView {
    view! {
        <label class="field">
            <span>{name}</span>
            <input
                type="text"
                maxlength=most.to_string()
                prop:value=move || read(draft, of)
                on:change=move |event| write(draft, of, &event_target_value(&event), false)
            />
        </label>
    }
}

fn long(name: &'static str, hint: &'static str, most: usize, draft: Draft, of: Field) -> impl IntoView {
    view! {
        <label class="field">
            <span>{name} <small class="muted">{format!("（{hint}）")}</small></span>
            <textarea
                rows="2"
                maxlength=most.to_string()
                prop:value=move || read(draft, of)
                on:change=move |event| write(draft, of, &event_target_value(&event), true)
            ></textarea>
        </label>
    }
}

/// Where record books usually lie.
const PLACES: [&str; 3] = ["村部铁柜", "镇党建办", "村会计处"];

fn location(session: Session, draft: Draft) -> impl IntoView {
    let mut offered = session.book.with_untracked(|book| prefill::locations(&book.ledger));
    offered.truncate(4);
    for usual in PLACES {
        if !offered.iter().any(|known| known == usual) {
            offered.push(usual.into());
        }
    }
    let chips: Vec<_> = offered
        .into_iter()
        .map(|place| {
            let (is, said) = (place.clone(), place.clone());
            view! {
                <button
                    type="button"
                    class="chip"
                    aria-pressed=move || (draft.entry.read().location == is).to_string()
                    on:click=move |_| draft.entry.update(|entry| entry.location.clone_from(&said))
                >
                    {place}
                </button>
            }
        })
        .collect();
    view! {
        <p>"记录本放在哪"</p>
        <div class="chips">{chips}</div>
        {short("别的地方，写清楚些", MAX_PLACE_CHARS, draft, |e| &mut e.location)}
    }
}
