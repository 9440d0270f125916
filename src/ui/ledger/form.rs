//! The form of a ledger entry: one column, chips and steppers first, words after. Under a minute when most is as last time.

#![expect(clippy::needless_pass_by_value, reason = "a component owns what it is given")]

use super::prefill;
use crate::{
    domain::{
        ActivityKind, LedgerEntry, day,
        ledger::{Attendance, LATE_AFTER_DAYS, check::entry_fault},
        text::Kind,
    },
    json,
    phone::typing::Shape,
    ui::app::session::erased::{Show, live, memo},
    ui::kit::button::{button, choice},
    ui::{
        app::{
            clock::ClockNote,
            session::{
                Session, session,
                typing::{Ends, Fields, Form},
            },
        },
        kit::{
            field::{Field, Stepper, before_in},
            message::{Note, Trouble},
        },
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
    /// Where it stands: `ledger/new`.
    place: StoredValue<String>,
}

impl Draft {
    /// What is said in it. Figures that were only filled in are not.
    fn fields(self) -> Fields {
        let figure = |figure: Option<u32>| figure.map(|figure| figure.to_string()).unwrap_or_default();
        let (expected, excused) = self.said.get_value();
        vec![
            // First: which figures are usual depends on it.
            ("entry", serde_json::to_string(&*self.entry.read()).unwrap_or_default()),
            ("expected", figure(self.expected.get().filter(|_| expected))),
            ("excused", figure(Some(self.excused.get()).filter(|_| excused))),
            ("present", figure(self.present.get())),
        ]
    }

    fn say(self, field: &str, text: &str) {
        let figure = text.parse().ok();
        match field {
            "entry" => {
                if let Ok(entry) = json::from_str(text) {
                    self.entry.set(entry);
                }
            }
            "expected" => {
                self.said.update_value(|said| said.0 = figure.is_some());
                self.expected.set(figure);
            }
            "excused" => {
                self.said.update_value(|said| said.1 = figure.is_some());
                self.excused.set(figure.unwrap_or_default());
            }
            _ => self.present.set(figure),
        }
    }
}

/// The form. `done` is given what was entered when it can be, and says whether it was taken.
#[component]
pub fn LedgerForm(
    /// Where it stands: `ledger/new`.
    place: String,
    /// What it starts with.
    start: LedgerEntry,
    /// 应到 and 免到 as they were at the one that this shall be like.
    figures: Option<Attendance>,
    /// What the button says.
    button: &'static str,
    /// Given the entry.
    done: Callback<LedgerEntry, bool>,
) -> impl IntoView {
    let session = session();
    let there = start.attendance;
    let draft = Draft {
        expected: RwSignal::new(there.map(|there| there.expected)),
        excused: RwSignal::new(there.map_or(0, |there| there.excused)),
        present: RwSignal::new(there.map(|there| there.present)),
        entry: RwSignal::new(start),
        said: StoredValue::new((there.is_some(), there.is_some())),
        like: figures,
        place: StoredValue::new(place.clone()),
    };
    let start = untrack(|| draft.fields());
    let form = Form::begin(
        session,
        &place,
        Callback::new(move |()| start.clone()),
        Callback::new(move |()| draft.fields()),
        Callback::new(move |(field, text): (String, String)| {
            draft.say(&field, &text);
            fill_figures(session, draft);
        }),
    );
    fill_figures(session, draft);
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
    let fault = memo(move || entry_fault(&whole(), session.today.get()));
    let tried = RwSignal::new(false);
    let enter = move |_| {
        tried.set(true);
        if fault.get_untracked().is_none() && done.run(untrack(whole)) {
            form.entered();
        }
    };
    view! {
        <ClockNote />
        {before_in(form)}
        <section class="card" data-testid="ledger-form">
            {kinds(session, draft)}
            {when(session, draft)}
            {groups(session, draft)}
            {who_came(draft)}
        </section>
        <section class="card">
            {words("topic", ("议题", "（议了什么、讲了什么、办了什么）"), Kind::TOPIC, draft, |e| &mut e.topic)}
            {words("resolution", ("决议", "（定了什么；表决的写票数）"), Kind::RESOLUTION, draft, |e| &mut e.resolution)}
            {words("place", ("地点", ""), Kind::PLACE, draft, |e| &mut e.place)}
            {words("host", ("主持人", ""), Kind::NAME, draft, |e| &mut e.host)}
            {words("recorder", ("记录人", ""), Kind::NAME, draft, |e| &mut e.recorder)}
            {location(session, draft)}
        </section>
        <Show when=move || tried.get() && fault.get().is_some()>
            {live(move || fault.get().map(|fault| view! { <Trouble told=ledger::fault(fault) /> }))}
        </Show>
        <p class="muted">{ledger::ONLY_WHAT_WAS_HELD}</p>
        <button type="button" class="button button-main" data-testid="enter" on:click=enter>
            {button}
        </button>
    }
}

/// 应到 and 免到 where they were not said: as the branch's figures say, and the entry that this is like or the last of the kind.
fn fill_figures(session: Session, draft: Draft) {
    let kinds = draft.entry.with_untracked(|entry| entry.kinds.clone());
    let last = draft.like.or_else(|| {
        session.ledger.with_untracked(|held| {
            prefill::last_of(&held.ledger.live(), &kinds).and_then(|live| live.entry.attendance)
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
            choice(
                ledger::kind(kind),
                "chip",
                move || draft.entry.read().kinds.contains(&kind),
                move |_| choose(session, draft, kind),
            )
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
            let usual = session
                .ledger
                .with_untracked(|held| prefill::like_the_last(&held.ledger, [kind].into(), entry.date));
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
    let said = Signal::derive(move || day::text(draft.entry.read().date));
    // An entry has a day: a cleared field shows again the one that would be entered.
    let say = Callback::new(move |text: String| {
        if let Some(day) = day::parse(&text) {
            draft.entry.update(|entry| entry.date = day);
        }
    });
    let date = Field::new(at(draft, "date"), Shape::Day, said, say).ends(Ends::Entered).until(today);
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
        {date.named(view! { <span>"日期"</span> }.into_any())}
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
        choice(
            name,
            "chip",
            move || draft.entry.read().group == group,
            move |_| draft.entry.update(|entry| entry.group = group),
        )
    };
    let asked = memo(move || groups > 1 && draft.entry.read().kinds.contains(&ActivityKind::GroupMeeting));
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

/// Where a field of the form stands.
fn at(draft: Draft, field: &str) -> String {
    draft.place.with_value(|place| format!("{place}#{field}"))
}

fn figure(
    place: String,
    name: &'static str,
    hint: &'static str,
    value: Signal<Option<u32>>,
    said: Callback<u32>,
) -> AnyView {
    view! {
        <li class="count-row">
            <span>{name} " " <small class="muted">{hint}</small></span>
            <Stepper place=place label=name unit="人" value=value ends=Ends::Entered on_change=said />
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
            {figure(at(draft, "expected"), "应到", "", draft.expected.into(), expected)}
            {figure(at(draft, "excused"), "其中免到", "外出流动、经批准不到的；临时请假算缺席", excused_now, excused)}
            {figure(at(draft, "present"), "实到", "", draft.present.into(), present)}
        </ul>
        {live(move || {
            let due = draft.expected.get()?.checked_sub(draft.excused.get())?;
            (draft.present.get().is_none() && due > 0)
                .then(|| {
                    button(format!("{due}人都到了，照签到表才点"), "quiet", move |_| draft.present.set(Some(due)))
                })
        })}
    }
}

type Of = fn(&mut LedgerEntry) -> &mut String;

/// A field of words, with its name and what it is for.
fn words(
    field: &'static str,
    (name, hint): (&'static str, &'static str),
    kind: Kind,
    draft: Draft,
    of: Of,
) -> AnyView {
    // A field is reached through a mutable borrow only; the copy is small.
    let said = Signal::derive(move || of(&mut draft.entry.get()).clone());
    let say = Callback::new(move |text: String| draft.entry.update(|entry| *of(entry) = text));
    let hint = (!hint.is_empty()).then(|| view! { <small class="muted">{hint}</small> });
    Field::new(at(draft, field), Shape::Text(kind), said, say)
        .ends(Ends::Entered)
        .named(view! { <span>{name} " " {hint}</span> }.into_any())
}

/// Where record books usually lie.
const PLACES: [&str; 3] = ["村部铁柜", "镇党建办", "村会计处"];

fn location(session: Session, draft: Draft) -> impl IntoView {
    let mut offered = session.ledger.with_untracked(|held| prefill::locations(&held.ledger));
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
            choice(
                place,
                "chip",
                move || draft.entry.read().location == is,
                move |_| draft.entry.update(|entry| entry.location.clone_from(&said)),
            )
        })
        .collect();
    view! {
        <p>"记录本放在哪"</p>
        <div class="chips">{chips}</div>
        {words("location", ("别的地方，写清楚些", ""), Kind::PLACE, draft, |e| &mut e.location)}
    }
}
