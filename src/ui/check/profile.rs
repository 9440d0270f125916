//! 支部基本情况: asked once, then "没变化，沿用".

use crate::{
    domain::{AnswerKey, AnswerValue, BranchProfile, day, text::Kind},
    json,
    phone::typing::Shape,
    ui::app::session::erased::{Show, live},
    ui::kit::button::{button, button_unless},
    ui::{
        app::{
            frame::{Page, goer},
            route::Place,
            session::{
                session,
                typing::{Ends, Fields, Form},
            },
        },
        kit::{
            field::{Field, Stepper, before_in},
            message::Note,
        },
        words::dates,
    },
};
use jiff::civil::Date;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Profile() -> impl IntoView {
    let session = session();
    let (known, confirmed) = session.work.with_untracked(|work| match work {
        Ok(work) => (work.assessment.profile().cloned(), work.assessment.profile().is_some()),
        Err(_) => (None, false),
    });
    let known = RwSignal::new(known);
    let is_begun = !session.typed_form(&session.typed_key(PLACE)).is_empty();
    let begun = RwSignal::new(is_begun);
    let editing = RwSignal::new(is_begun || known.read_untracked().is_none());
    if !confirmed {
        leptos::task::spawn_local(async move {
            if let Some(earlier) = session.earlier_profile().await {
                known.try_set(Some(earlier));
                // What she has begun to fill in is not taken out of her hands: she is told.
                if begun.try_get_untracked() == Some(false) {
                    editing.try_set(false);
                }
            }
        });
    }
    view! {
        <Page title="支部基本情况" back="/">
            {live(move || match (editing.get(), known.get_untracked()) {
                (false, Some(profile)) => {
                    view! { <Unchanged profile=profile confirmed=confirmed editing=editing /> }.into_any()
                }
                (_, start) => view! { <Sheet start=start known=known begun=begun editing=editing /> }.into_any(),
            })}
        </Page>
    }
}

/// Where the form stands.
const PLACE: &str = "profile";

/// What is said in it.
fn text(profile: &BranchProfile) -> Fields {
    vec![(PLACE, serde_json::to_string(profile).unwrap_or_default())]
}

fn lines(profile: &BranchProfile, today: Date) -> Vec<(&'static str, String)> {
    let people = |n: u32| format!("{n}人");
    vec![
        ("正式党员", people(profile.full_members)),
        ("预备党员", people(profile.probationary_members)),
        ("流动党员", people(profile.mobile_members)),
        (
            "支委人数",
            if profile.committee_members == 0 {
                "不设支委会".into()
            } else {
                people(profile.committee_members)
            },
        ),
        (
            "党小组数",
            if profile.party_groups == 0 {
                "不设党小组".into()
            } else {
                format!("{}个", profile.party_groups)
            },
        ),
        ("上次换届日期", profile.last_election.map_or_else(|| "没填".into(), |day| dates::day(day, today))),
        (
            "主题党日固定日",
            if profile.themed_day.is_empty() { "没填".into() } else { profile.themed_day.clone() },
        ),
    ]
}

#[component]
fn Unchanged(profile: BranchProfile, confirmed: bool, editing: RwSignal<bool>) -> impl IntoView {
    let session = session();
    let go = goer();
    let rows: Vec<_> = lines(&profile, session.today.get_untracked())
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> })
        .collect();
    view! {
        <section class="card">
            <dl class="pairs">{rows}</dl>
            {(!confirmed)
                .then(|| {
                    button("没变化，沿用", "button button-main", move |_| {
                                session
                                    .answer(
                                        AnswerKey::Profile,
                                        AnswerValue::Profile {
                                            profile: profile.clone(),
                                        },
                                    );
                                go(Place::Home);
                            })
                })}
            {button("有变化，改一改", "button", move |_| editing.set(true))}
        </section>
    }
}

#[component]
fn Sheet(
    start: Option<BranchProfile>,
    known: RwSignal<Option<BranchProfile>>,
    begun: RwSignal<bool>,
    editing: RwSignal<bool>,
) -> impl IntoView {
    let session = session();
    let go = goer();
    let had = start.is_some();
    let start = start.unwrap_or_default();
    let draft = RwSignal::new(start.clone());
    let form = Form::begin(
        session,
        PLACE,
        Callback::new(move |()| text(&start)),
        Callback::new(move |()| draft.with(text)),
        Callback::new(move |(_, text): (String, String)| {
            if let Ok(profile) = json::from_str(&text) {
                draft.set(profile);
            }
        }),
    );
    let number = move |field: &'static str,
                       name: &'static str,
                       hint: &'static str,
                       unit: &'static str,
                       read: fn(&BranchProfile) -> u32,
                       write: fn(&mut BranchProfile, u32)| {
        view! {
            <li class="count-row">
                <span>{name} <small class="muted">{hint}</small></span>
                <Stepper
                    place=format!("{PLACE}#{field}")
                    label=name
                    unit=unit
                    ends=Ends::Entered
                    value=Signal::derive(move || Some(draft.with(read)))
                    on_change=Callback::new(move |n| draft.update(|profile| write(profile, n)))
                />
            </li>
        }
    };
    let election = Field::new(
        format!("{PLACE}#election"),
        Shape::Day,
        Signal::derive(move || draft.read().last_election.map(day::text).unwrap_or_default()),
        Callback::new(move |text: String| draft.update(|profile| profile.last_election = day::parse(&text))),
    );
    let themed = Field::new(
        format!("{PLACE}#themed-day"),
        Shape::Text(Kind::NAME),
        Signal::derive(move || draft.read().themed_day.clone()),
        Callback::new(move |text: String| draft.update(|profile| profile.themed_day = text)),
    );
    let today = session.today.get_untracked();
    view! {
        {before_in(form)}
        <Show when=move || !had && known.read().is_some()>
            <Note>
                <p>"找到了以前填过的。"</p>
                {button("看以前填的", "button", move |_| editing.set(false))}
            </Note>
        </Show>
        <section class="card" on:focusin=move |_| begun.set(true)>
            <p class="muted">"只问这一次，以后没变化点一下就行。下面许多条的人数从这里来。"</p>
            <ul class="count-rows">
                {number("full", "正式党员", "", "人", |p| p.full_members, |p, n| p.full_members = n)}
                {number("probationary", "预备党员", "", "人", |p| p.probationary_members, |p, n| p.probationary_members = n)}
                {number("mobile", "流动党员", "外出半年以上的", "人", |p| p.mobile_members, |p, n| p.mobile_members = n)}
                {number("committee", "支委人数", "含书记；不设填0", "人", |p| p.committee_members, |p, n| p.committee_members = n)}
                {number("groups", "党小组数", "不设填0", "个", |p| p.party_groups, |p, n| p.party_groups = n)}
            </ul>
            {election.ends(Ends::Entered).past(today).named(view! { <span>"上次换届日期"</span> }.into_any())}
            {themed
                .ends(Ends::Entered)
                .hint("比如：每月5日")
                .named(view! { <span>"主题党日固定日"</span> }.into_any())}
            <Show when=move || draft.read().full_members == 0>
                <Note>
                    <p>"先填正式党员人数。"</p>
                </Note>
            </Show>
            {button_unless("就这样", "button button-main", move || draft.read().full_members == 0, move |_| {
                    form.entered();
                    session.answer(AnswerKey::Profile, AnswerValue::Profile { profile: draft.get_untracked() });
                    go(Place::Home);
                })}
        </section>
    }
}
