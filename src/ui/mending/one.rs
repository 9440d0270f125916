//! One finding: what is wrong, how far it has come, what was written, and what the upper level said.

use super::{
    drafts::advice,
    fields::{FindingFields, Late},
    history::FindingHistory,
    list::{class, sign},
    photos::FindingPhotos,
};
use crate::{
    domain::{Finding, FindingField, FindingId, FindingState, Progress, Ruling, period::shanghai_date},
    ui::app::session::erased::{live, memo},
    ui::{
        app::{
            frame::Page,
            navigation::navigation,
            route::Place,
            session::{Session, session},
        },
        kit::{confirm::Confirm, message::Note},
        words::{dates, terms},
    },
    words::findings,
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn FindingPage() -> impl IntoView {
    let session = session();
    let shown = navigation().of_page(|place| match place {
        Place::Finding(id) => Some(*id),
        _ => None,
    });
    // Begun anew with the branch: what is being written of one is not written into another's findings.
    let branch = memo(move || session.mending.read().branch.clone());
    view! {
        <Page title="一个问题" back="/findings">
            {live(move || {
                let _ = branch.get();
                shown.get().map(|id| view! { <Shown id=id /> })
            })}
        </Page>
    }
}

#[component]
fn Shown(id: FindingId) -> impl IntoView {
    let session = session();
    let finding = memo(move || session.mending.read().findings.find(id));
    let is_there = memo(move || finding.read().is_some());
    move || {
        if is_there.get() {
            view! {
                <Head finding=finding />
                <Steps finding=finding />
                <Late finding=finding />
                <FindingFields finding=finding />
                <FindingPhotos finding=finding />
                <Delivered finding=finding />
                <TakeBack finding=finding />
                <FindingHistory finding=finding />
            }
            .into_any()
        } else {
            view! {
                <Note>
                    <p>"这个问题还没有传到这部手机上，联网以后再看。"</p>
                </Note>
                <a href="/findings" class="button">
                    "回到整改"
                </a>
            }
            .into_any()
        }
    }
}

/// What is wrong, how it stands, the last word on that, and what the item scores.
#[component]
fn Head(finding: Memo<Option<Finding>>) -> impl IntoView {
    let session = session();
    view! {
        <section class="card" data-testid="finding">
            {live(move || {
                let finding = finding.get()?;
                let problem =
                    if finding.problem.is_empty() { "还没写是什么问题".into() } else { finding.problem.clone() };
                Some(view! {
                    <p class="muted">
                        {format!("{}，{}", findings::source(&finding), dates::day(shanghai_date(finding.begun.ms), session.today.get()))}
                    </p>
                    <p class="requirement problem">{problem}</p>
                    <p class=class(&finding, session) data-testid="finding-state">
                        <span aria-hidden="true">{sign(finding.state)}</span>
                        " "
                        <b>{terms::finding_standing(&finding, session.today.get())}</b>
                    </p>
                    {last_said(&finding, session).map(|said| view! { <p data-testid="verdict">{said}</p> })}
                    {answered(finding.id, session).map(|said| view! { <p data-testid="answered">{said}</p> })}
                })
            })}
            {live(move || about(&finding.get()?, session))}
        </section>
    }
}

/// The last word on it: 镇安镇党委11月24日退回：缺签到表，11月27日前改好; 支部11月24日销号.
fn last_said(finding: &Finding, session: Session) -> Option<String> {
    let today = session.today.get();
    if let Some(at) = finding.settled {
        return Some(format!("支部{}销号。", dates::day(shanghai_date(at), today)));
    }
    let verdict = finding.verdict.as_ref()?;
    let at = dates::day(shanghai_date(verdict.given_at), today);
    let by = if verdict.by.is_empty() { session.addressee() } else { verdict.by.clone() };
    Some(match &verdict.ruling {
        Ruling::Closed => format!("{by}{at}验收销号。"),
        Ruling::Returned { reason, until } => {
            let until = until.map(|day| format!("，{}前改好", dates::day(day, today))).unwrap_or_default();
            format!("{by}{at}退回：{reason}{until}。")
        }
    })
}

/// The answer to a request for more time: 镇安镇党委11月24日不同意延期，仍是11月25日：材料早就有了.
fn answered(id: FindingId, session: Session) -> Option<String> {
    let (at, turn) = session.mending.read().findings.answered(id)?;
    let today = session.today.get();
    let at = dates::day(shanghai_date(at.ms), today);
    Some(format!("{}{at}{}。", session.addressee(), findings::turn(&turn, today)))
}

/// The item and its points, now and when the finding was made.
fn about(finding: &Finding, session: Session) -> Option<impl IntoView + use<>> {
    let item = finding.item.clone()?;
    let rows = session.derived.rows.read();
    let row = rows.iter().find(|row| row.id == item)?;
    let now = row.state.counts().then(|| format!("现在 {}", terms::earned(row)));
    // What only takes from the total was worth nothing then, either.
    let then = finding.scored.as_ref().filter(|scored| !scored.of.is_zero()).map(|scored| {
        let work = session.work.read();
        let is_other = work.as_ref().is_ok_and(|work| work.draft.period != scored.period);
        let period = work.as_ref().ok().and_then(|work| work.checklist.period(&scored.period));
        let period = period.map_or_else(|| scored.period.to_string(), |period| period.name.clone());
        let period = if is_other { format!("（{period}）") } else { String::new() };
        format!("提出时{period} {}", terms::of_points(scored.got, scored.of))
    });
    let points: Vec<String> = [now, then].into_iter().flatten().collect();
    let gain = finding.scored.as_ref().filter(|scored| row.state.counts() && row.got > scored.got);
    let gain =
        gain.map(|scored| format!("，多得{}分", row.got.saturating_sub(scored.got))).unwrap_or_default();
    let advice = row.is_short().then(|| advice(row.outcome));
    let named = format!("第{}条 {}", row.number, row.title);
    Some(view! {
        <p>
            <a href=Place::Question(item).address() class="quiet finding-item">
                {named}
            </a>
        </p>
        {(!points.is_empty()).then(|| view! { <p data-testid="points">{format!("{}{gain}。", points.join("，"))}</p> })}
        {advice.map(|advice| view! { <p class="muted">{advice}</p> })}
    })
}

fn progress(session: Session, id: FindingId, to: Progress) {
    let word = session.mending.with_untracked(|mending| mending.findings.progress(id, to));
    session.write_finding(id, vec![(FindingField::Progress, word)]);
}

/// How far it has come, as big buttons; what the upper level decides is not among them.
#[component]
fn Steps(finding: Memo<Option<Finding>>) -> impl IntoView {
    let session = session();
    let standing = memo(move || {
        let finding = finding.read();
        finding.as_ref().map(|finding| (finding.id, finding.state, finding.is_own(), finding.settled))
    });
    move || {
        let (id, state, is_own, settled) = standing.get()?;
        let button = move |name: &'static str, class: &'static str, to: Progress| {
            view! {
                <button type="button" class=class on:click=move |_| progress(session, id, to)>
                    {name}
                </button>
            }
        };
        let done = if is_own { "改好了，支部销号" } else { "支部已整改" };
        let mended = || button(done, "button button-main", Progress::Mended);
        let again = || button("还没有改好，接着整改", "quiet", Progress::UnderWay);
        let shown = match state {
            FindingState::Open => {
                view! { {mended()} {button("开始整改", "button", Progress::UnderWay)} }.into_any()
            }
            FindingState::UnderWay => {
                view! { {mended()} {button("还没有开始", "quiet", Progress::Open)} }.into_any()
            }
            FindingState::Returned => {
                view! { {mended()} {button("接着整改", "button", Progress::UnderWay)} }.into_any()
            }
            FindingState::Mended => view! {
                <Note>
                    <p>{format!("支部已整改，等{}验收销号。", session.addressee())}</p>
                </Note>
                {again()}
            }
            .into_any(),
            FindingState::Withdrawn => view! {
                <Note>
                    <p>"这个问题支部撤掉了，不算在整改里。"</p>
                </Note>
                {button("还是要整改", "button", Progress::Open)}
            }
            .into_any(),
            // What the branch closed itself, it opens again itself.
            FindingState::Closed => settled.map(|_| again()).into_any(),
        };
        let asked = is_own && state.is_to_be_mended();
        let asked = asked.then(|| {
            view! { <p class="muted">"支部自己查的：经支委会（没有支委会的，党员大会）认定改好了再销号。"</p> }
        });
        Some(view! {
            <div class="cards" data-testid="finding-steps">
                {asked}
                {shown}
            </div>
        })
    }
}

/// Whether what was written here has reached the upper level.
#[component]
fn Delivered(finding: Memo<Option<Finding>>) -> impl IntoView {
    let session = session();
    move || {
        let (id, state) = finding.read().as_ref().map(|finding| (finding.id, finding.state))?;
        let mending = session.mending.read();
        let (is_unsent, waits) = (mending.unsent.contains_key(&id), mending.waits_for_report(id));
        let said = if waits && state == FindingState::Withdrawn {
            "撤掉了，没有上报过，也不会送。".into()
        } else {
            session.words_reached(is_unsent, waits, Some(id)).told(&session.addressee())
        };
        Some(view! {
            <p class="muted" role="status" data-testid="finding-delivery">
                {said}
            </p>
        })
    }
}

/// 写错了，撤掉: only of the branch's own, asked once more.
#[component]
fn TakeBack(finding: Memo<Option<Finding>>) -> impl IntoView {
    let session = session();
    let own = memo(move || {
        let finding = finding.read();
        let finding = finding.as_ref()?;
        let may = !finding.from_above
            && finding.verdict.is_none()
            && matches!(finding.state, FindingState::Open | FindingState::UnderWay);
        may.then_some(finding.id)
    });
    move || {
        let id = own.get()?;
        Some(view! {
            <Confirm
                ask="写错了，撤掉这个问题"
                warning="写错了的才撤掉；没改好的不撤。撤掉以后不算在整改里，写过的还留着。"
                yes="确实撤掉"
                no="不撤了"
                on_yes=Callback::new(move |()| progress(session, id, Progress::Withdrawn))
            />
        })
    }
}
