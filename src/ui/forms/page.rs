//! 导出纸质材料: the forms that go up on paper, each as a Word or Excel file and for printing, and how far the paper has come.

use super::{
    Form, Source, comparison::Earlier, frozen::Frozen, paper_files::PaperFiles, record, report, sheet::Sheet,
};
use crate::phone::work::waiting_for;
use crate::{
    browser,
    domain::{Block, SubmissionId},
    paper::Paper,
    phone::typing::Shape,
    store::{PaperTrail, StoreError},
    sync::OutboxEntry,
    ui::app::session::erased::{Show, live, memo},
    ui::kit::button::{button, choice},
    ui::{
        app::{
            frame::Page,
            navigation::navigation,
            nothing_yet::NothingYet,
            route::Place,
            session::{modules::Module, session, typing::Ends},
        },
        kit::{
            field::{Field, Stepper},
            icon::{Draw, Icon},
            message::{Note, Trouble},
        },
        words::errors::{self, Told},
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// The list.
#[component]
pub fn PaperPage() -> impl IntoView {
    let session = session();
    let ready = memo(move || session.work.read().is_ok());
    let records = RwSignal::new(Vec::<Block>::new());
    leptos::task::spawn_local(async move {
        records.try_set(session.templates().await);
    });
    let forms = move || {
        let shown = |form: &Form| !matches!(form, Form::Ledger) || session.shows(Module::Ledger);
        let view = |form: Form| entry_view(entry(form.slug().into(), form.name().into(), form.about()));
        Form::ALL.into_iter().filter(shown).map(view).collect::<Vec<_>>()
    };
    view! {
        <Page title="导出纸质材料" back="/me">
            {live(move || {
                if ready.get() {
                    view! {
                        <ul class="card menu">{forms()}</ul>
                        {live(move || {
                            let records = records.read();
                            let entries: Vec<_> = records
                                .iter()
                                .enumerate()
                                .filter_map(|(place, block)| match block {
                                    Block::Template { title, .. } => {
                                        Some(entry_view(entry(record_slug(place), title.clone(), "")))
                                    }
                                    _ => None,
                                })
                                .collect();
                            (!entries.is_empty())
                                .then(|| {
                                    view! {
                                        <section class="card">
                                            <h2>"空白样表"</h2>
                                            <ul>{entries}</ul>
                                        </section>
                                    }
                                })
                        })}
                        <Trail />
                    }
                        .into_any()
                } else {
                    view! { <NothingYet /> }.into_any()
                }
            })}
        </Page>
    }
}

type Entry = (String, String, &'static str);

fn entry(slug: String, name: String, about: &'static str) -> Entry {
    (slug, name, about)
}

fn entry_view((slug, name, about): Entry) -> AnyView {
    view! {
        <li>
            <a href=format!("/paper/{slug}") class="menu-entry">
                <span>
                    {name}
                    <small class="muted">{about}</small>
                </span>
                <span></span>
                <Draw icon=Icon::Forward />
            </a>
        </li>
    }
    .into_any()
}

const RECORD: &str = "record-";

fn record_slug(place: usize) -> String {
    format!("{RECORD}{place}")
}

/// Where the two fields of these pages stand.
const COPIES: &str = "paper/copies";
const REPORT: &str = "paper/report";

/// 书记签字 · 支部盖章 · 已交…份
#[component]
fn Trail() -> impl IntoView {
    let session = session();
    let trail = RwSignal::new(None::<PaperTrail>);
    let trouble = RwSignal::new(None);
    let take = move |result: Result<PaperTrail, _>| match result {
        Ok(stored) => {
            trail.try_set(Some(stored));
        }
        Err(error) => {
            trouble.try_set(Some(errors::store(&error)));
        }
    };
    leptos::task::spawn_local(async move { take(session.paper_trail().await) });
    // What is stored of a tap knows nothing of the taps after it.
    let taps = StoredValue::new(0_u32);
    let change = move |change: fn(&mut PaperTrail, u32), to: u32| {
        taps.update_value(|taps| *taps += 1);
        let tap = taps.get_value();
        // At once, and again as it is stored.
        trail.update(|shown| {
            if let Some(shown) = shown {
                change(shown, to);
            }
        });
        leptos::task::spawn_local(async move {
            let result = session.change_paper_trail(move |trail| change(trail, to)).await;
            if result.is_ok() {
                session.forget_typed(&session.typed_key(COPIES));
            }
            if result.is_err() || taps.try_get_value() == Some(tap) {
                take(result);
            }
        });
    };
    let tick = move |name: &'static str, is: fn(&PaperTrail) -> bool, set: fn(&mut PaperTrail, u32)| {
        let ticked = move || trail.read().as_ref().is_some_and(is);
        view! {
            <button
                type="button"
                class="choice choice-tick"
                role="checkbox"
                aria-checked=move || ticked().to_string()
                on:click=move |_| change(set, u32::from(!untrack(ticked)))
            >
                <span>{name}</span>
            </button>
        }
    };
    view! {
        <section class="card" data-testid="paper-trail">
            <h2>"办到哪一步了"</h2>
            <div class="choices">
                {tick("书记签字", |trail| trail.signed, |trail, to| trail.signed = to > 0)}
                {tick("支部盖章", |trail| trail.stamped, |trail, to| trail.stamped = to > 0)}
            </div>
            <div class="count-row">
                <span>{live(move || format!("已交{}", session.addressee()))}</span>
                <Stepper
                    place=COPIES
                    ends=Ends::Stored
                    label="已交几份"
                    value=Signal::derive(move || trail.read().as_ref().map(|trail| trail.copies))
                    unit="份"
                    most=99
                    on_change=Callback::new(move |copies| change(|trail, to| trail.copies = to, copies))
                />
            </div>
            {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
            <p class="muted">"只记在这部手机里，提醒自己用。"</p>
        </section>
    }
}

/// One form.
#[component]
pub fn PaperForm() -> impl IntoView {
    let session = session();
    let slug = navigation().of_page(|place| match place {
        Place::Paper(form) => Some(form.clone()),
        _ => None,
    });
    let slug = memo(move || slug.get().unwrap_or_default());
    let form = move || Form::from_slug(&slug.read());
    // Where there is one: the text as it was edited, the period before, the handbook's templates.
    let text = RwSignal::new(String::new());
    let drafted = RwSignal::new(true);
    // As it is stored as far as this page knows, and what another tab or phone has made of it.
    let seen = StoredValue::new(None::<String>);
    let other = RwSignal::new(None::<String>);
    let earlier = RwSignal::new(None::<Earlier>);
    let records = RwSignal::new(Vec::<Block>::new());
    let looked = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Told>);
    // What is shown: the newest report, unless she wants what is filled in now. Where there is no report, a draft.
    let reported = RwSignal::new(None::<Arc<Frozen>>);
    let as_draft = RwSignal::new(false);
    let basis = memo(move || {
        let is_of_a_report = form().is_some_and(Form::is_of_a_report);
        reported.get().filter(|_| is_of_a_report && !as_draft.get())
    });
    let newest = memo(move || {
        let newest = session.derived.newest.read();
        let (sent, _) = newest.as_ref()?;
        let waits = waiting_for(&session.outbox.read(), sent.id).map(OutboxEntry::is_waiting);
        Some((sent.id, sent.receipt.clone(), waits))
    });
    // What is stored decides what the page says of the text; what could not be stored is said at once.
    let take = move |stored: Result<PaperTrail, StoreError>| match stored {
        Ok(trail) => {
            drafted.try_set(trail.report.is_none());
            seen.try_set_value(trail.report.clone());
            other.try_set(trail.other.clone());
            trouble.try_set(None);
            Some(trail)
        }
        Err(error) => {
            trouble.try_set(Some(errors::store(&error)));
            None
        }
    };
    let draft = move || session.from_basis(basis.get().as_deref(), report::draft).unwrap_or_default();
    // Again for every form: going from one to another keeps this page.
    Effect::new(move |_| {
        let form = form();
        looked.set(false);
        // A draft is asked for each time: what goes up is what was reported.
        as_draft.set(false);
        leptos::task::spawn_local(async move {
            reported.try_set(session.newest_report().await.map(Arc::new));
            match form {
                Some(Form::Report) => {
                    // What cannot be read must not be written over.
                    let Some(trail) = take(session.paper_trail().await) else { return };
                    text.try_set(trail.report.unwrap_or_else(|| untrack(draft)));
                }
                Some(Form::Comparison) => {
                    earlier.try_set(session.earlier_period().await);
                }
                Some(_) => {}
                None => {
                    records.try_set(session.templates().await);
                }
            }
            looked.try_set(true);
        });
    });
    // Another report, its receipt, or its refusal.
    Effect::new(move |_| {
        let _ = newest.get();
        leptos::task::spawn_local(async move {
            reported.try_set(session.newest_report().await.map(Arc::new));
        });
    });
    // A text that nobody has edited is drafted anew from what is shown; not from what else changes while she may be typing.
    let shown = memo(move || basis.read().as_ref().map(|frozen| frozen.id()));
    Effect::new(move |before: Option<Option<SubmissionId>>| {
        let now = shown.get();
        let is_drafted = untrack(move || form() == Some(Form::Report) && looked.get() && drafted.get());
        if is_drafted && before.is_some_and(|before| before != now) {
            text.set(untrack(draft));
        }
        now
    });
    let make = move || -> Option<Paper> {
        if let Some(form) = form() {
            // Whether there is a report is not known before.
            return looked
                .get()
                .then(|| session.form(form, basis.get().as_deref(), &text.read(), earlier.read().as_ref()))
                .flatten();
        }
        let place: usize = slug.read().strip_prefix(RECORD)?.parse().ok()?;
        match records.read().get(place)? {
            Block::Template { title, fields } => {
                let branch = session.active().map(|binding| binding.branch.name).unwrap_or_default();
                Some(record::paper(title, fields, &branch))
            }
            _ => None,
        }
    };
    let paper = memo(make);
    let title = move || match form() {
        Some(form) => form.name().to_owned(),
        None => paper.read().as_ref().map(|paper| paper.title.clone()).unwrap_or_default(),
    };
    let keep = move |report: Option<String>| {
        // The text stays on the page either way.
        text.try_set(report.clone().unwrap_or_else(|| untrack(draft)));
        let seen = seen.try_get_value().flatten();
        leptos::task::spawn_local(async move {
            let edit = move |trail: &mut PaperTrail| trail.edit(seen.as_deref(), report.clone());
            if take(session.change_paper_trail(edit).await).is_some() {
                session.forget_typed(&session.typed_key(REPORT));
            }
        });
    };
    let decide = move |change: fn(&mut PaperTrail)| {
        leptos::task::spawn_local(async move {
            if let Some(trail) = take(session.change_paper_trail(change).await) {
                text.try_set(trail.report.unwrap_or_else(|| untrack(draft)));
            }
        });
    };
    view! {
        <Page title=Signal::derive(title) back="/paper">
            {live(move || {
                let is_of_a_report = form().is_some_and(Form::is_of_a_report);
                (is_of_a_report && looked.get())
                    .then(|| view! { <Basis is_reported=reported.get().is_some() as_draft=as_draft /> })
            })}
            {live(move || {
                (form() == Some(Form::Report) && looked.get())
                    .then(|| view! { <Edit text=text drafted=drafted keep=Callback::new(keep) /> })
            })}
            {live(move || {
                let other = other.get().filter(|_| form() == Some(Form::Report))?;
                Some(view! { <Other text=other decide=Callback::new(decide) /> })
            })}
            {live(move || {
                let differs = form() == Some(Form::Report) && looked.get() && !drafted.get();
                let says = |source: &Source<'_>| report::says_another_score(source, &text.read());
                (differs && session.from_basis(basis.get().as_deref(), says) == Some(true))
                    .then(|| {
                        view! {
                            <Note>
                                <p>"正文里写的自评得分，和这一份不一样。改一改正文，或者重新起草。"</p>
                            </Note>
                        }
                    })
            })}
            {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
            {live(move || match paper.get() {
                Some(paper) => {
                    view! {
                        <section class="card screen-only">
                            <PaperFiles make=Callback::new(move |()| untrack(make)) />
                            <Print />
                            <p class="muted small">"下面是印在纸上的样子，可以左右拖着看。做成文件、打印出来是完整的。"</p>
                        </section>
                        <Sheet paper=paper />
                    }
                        .into_any()
                }
                None if looked.get() => view! { <Nothing form=form() /> }.into_any(),
                None => ().into_any(),
            })}
        </Page>
    }
}

/// Which of the two is on the paper: what was reported, or a draft.
#[component]
fn Basis(is_reported: bool, as_draft: RwSignal<bool>) -> impl IntoView {
    if !is_reported {
        return view! {
            <div class="screen-only" data-testid="paper-basis">
                <Note>
                    <p>"这一期还没有上报，做出来的是草稿：纸上写着“草稿”，没有“经…研究，内容属实”。上报以后再来做要签字盖章的。"</p>
                </Note>
            </div>
        }
        .into_any();
    }
    let choice = move |draft: bool, name: &'static str| {
        choice(name, "choice", move || as_draft.get() == draft, move |_| as_draft.set(draft))
    };
    view! {
        <section class="card screen-only" data-testid="paper-basis">
            <h2>"照哪一份做"</h2>
            <div class="choices">
                {choice(false, "照上报的那一份")} {choice(true, "照现在填的（草稿）")}
            </div>
            <p class="muted">"上报以后又改的、台账又登的，不在上报的那一份里；再上报一次，就照新的做。"</p>
        </section>
    }
    .into_any()
}

/// The report's text, before it becomes a paper.
#[component]
fn Edit(text: RwSignal<String>, drafted: RwSignal<bool>, keep: Callback<Option<String>>) -> impl IntoView {
    let edited = Callback::new(move |text| {
        keep.try_run(Some(text));
    });
    let field = Field::new(REPORT.into(), Shape::REPORT, text.into(), edited).ends(Ends::Stored).rows("12");
    view! {
        <section class="card screen-only">
            {field.named(view! { <span>"报告正文"</span> }.into_any())}
            <p class="muted">
                {live(move || {
                    if drafted.get() {
                        "按填的内容起草的，改成自己的话；“一、”“二、”开头的是标题。"
                    } else {
                        "改过，已存在这部手机里。填的有变化时，这里不会自己跟着变。"
                    }
                })}
            </p>
            <Show when=move || !drafted.get()>
                {button("不要改过的，重新起草", "quiet", move |_| keep.run(None))}
            </Show>
        </section>
    }
}

/// The text that another tab or phone has made of the report meanwhile.
#[component]
fn Other(text: String, decide: Callback<fn(&mut PaperTrail)>) -> impl IntoView {
    view! {
        <section class="card screen-only" data-testid="other-report">
            <Note>
                <p>"另一个窗口或另一部手机也改过这份报告，那一份没有丢，在下面。"</p>
            </Note>
            <details class="fold">
                <summary>"看那一份"</summary>
                <p class="said">{text}</p>
            </details>
            {button("换成那一份（现在的也留着）", "button", move |_| decide.run(PaperTrail::swap))}
            {button("那一份不要了", "quiet", move |_| decide.run(|trail| trail.other = None))}
        </section>
    }
}

#[component]
fn Print() -> impl IntoView {
    let cannot = RwSignal::new(false);
    view! {
        {button("打印", "button", move |_| cannot.set(browser::print::print().is_err()))}
        <Show when=move || cannot.get()>
            <Note>
                <p>"这个浏览器不能打印。做成Word，发到能打印的电脑或者复印店。"</p>
            </Note>
        </Show>
    }
}

/// Why there is no paper.
#[component]
fn Nothing(form: Option<Form>) -> impl IntoView {
    match form {
        Some(Form::Comparison) => {
            view! { <p class="empty">"这部手机里没有上一期的自评，对照不了。"</p> }.into_any()
        }
        Some(_) => view! { <NothingYet /> }.into_any(),
        None => view! { <p class="empty">"没有这张表。"</p> }.into_any(),
    }
}
