//! 整改: all findings, what came back and what is overdue first, then by deadline.

use crate::{
    domain::{Finding, FindingState},
    phone::mending::{Group, grouped},
    ui::app::session::erased::{live, memo},
    ui::{
        app::{
            frame::Page,
            route::Place,
            session::{Session, session},
        },
        kit::message::{Note, Trouble},
        words::{errors, terms},
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn FindingsPage() -> impl IntoView {
    let session = session();
    let groups = memo(move || grouped(&session.mending.read().findings, session.today.get()));
    view! {
        <Page title="整改" back="/">
            <Delivery />
            {live(move || {
                let groups = groups.get();
                if groups.is_empty() {
                    return view! { <Empty /> }.into_any();
                }
                let shown: Vec<_> = groups
                    .into_iter()
                    .map(|(group, all)| {
                        let rows: Vec<_> =
                            all.iter().map(|finding| row(session, finding).into_any()).collect();
                        view! {
                            <section class="card list" data-testid="findings-group">
                                <h2>{format!("{} {}个", heading(session, group), all.len())}</h2>
                                <ul>{rows}</ul>
                            </section>
                        }
                    })
                    .collect();
                view! {
                    {shown}
                    <Note>
                        <p>
                            {live(move || format!("支部自己查的，改好了自己销号；上级检查的，改好了点“支部已整改”，由{}验收销号。", session.addressee()))}
                        </p>
                    </Note>
                    <a href="/paper/rectification" class="button">
                        "导出整改台账"
                    </a>
                }
                    .into_any()
            })}
        </Page>
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <section class="card" data-testid="findings-empty">
            <p>"还没有写进整改的问题。"</p>
            <p class="muted">
                "自评结果里扣分的条目，点“写进整改”就到这里；上级检查发现的问题，联网以后也到这里。"
            </p>
            <a href="/result" class="button">
                "看自评结果"
            </a>
        </section>
    }
}

/// What has not left the phone, and why.
#[component]
fn Delivery() -> impl IntoView {
    let session = session();
    move || {
        let mending = session.mending.read();
        if mending.unsent.is_empty() {
            return None;
        }
        let going = mending.unsent.keys().filter(|id| !mending.waits_for_report(**id)).count();
        let waiting = mending.to_report();
        let refused = mending.refused.as_ref().map(|refused| {
            let told = errors::findings_refused(refused.kind, &refused.faults, &session.addressee());
            view! { <Trouble told=told /> }
        });
        Some(view! {
            <div role="status" data-testid="findings-unsent">
                {(going > 0)
                    .then(|| {
                        let told = session.words_reached(true, false, None).told(&session.addressee());
                        view! { <p class="muted">{format!("{going}个问题有新写的：{told}")}</p> }
                    })}
                {(waiting > 0)
                    .then(|| {
                        let told = session.words_reached(true, true, None).told(&session.addressee());
                        view! { <p class="muted">{format!("{waiting}个支部自己查的问题：{told}")}</p> }
                    })}
            </div>
            {refused}
        })
    }
}

fn heading(session: Session, group: Group) -> String {
    match group {
        Group::Returned => format!("{}退回的", session.addressee()),
        Group::Overdue => "逾期的".into(),
        Group::Open => "还没改好的".into(),
        Group::Mended => "支部已整改，等验收".into(),
        Group::Closed => "已销号".into(),
        Group::Withdrawn => "支部撤掉的".into(),
    }
}

/// The sign that goes with a state, so that colour never speaks alone.
pub(super) fn sign(state: FindingState) -> &'static str {
    match state {
        FindingState::Open => "○",
        FindingState::UnderWay => "◐",
        FindingState::Mended => "●",
        FindingState::Returned => "↩",
        FindingState::Closed => "✓",
        FindingState::Withdrawn => "—",
    }
}

/// The class of a state's words.
pub(super) fn class(finding: &Finding, session: Session) -> &'static str {
    match finding.state {
        FindingState::Closed => "state state-met",
        FindingState::Mended | FindingState::Withdrawn => "state",
        _ if finding.is_overdue(session.today.get()) || finding.state == FindingState::Returned => {
            "state state-missed"
        }
        _ => "state state-possible",
    }
}

fn row(session: Session, finding: &Finding) -> impl IntoView + use<> {
    let from = if finding.is_own() { "" } else { " · 上级检查" };
    let mending = session.mending.read();
    let waits = match (mending.unsent.contains_key(&finding.id), mending.waits_for_report(finding.id)) {
        (true, true) if finding.state == FindingState::Withdrawn => "",
        (true, true) => " · 还没上报",
        (true, false) => " · 等网络",
        (false, _) => "",
    };
    let problem = if finding.problem.is_empty() { "还没写是什么问题" } else { &finding.problem };
    view! {
        <li>
            <a href=Place::Finding(finding.id).address() class="finding" data-testid="finding-row">
                <span class="finding-problem">{problem.to_owned()}</span>
                <span class=class(finding, session)>
                    <span aria-hidden="true">{sign(finding.state)}</span>
                    " "
                    {terms::finding_standing(finding, session.today.get())}
                    {from}
                    {waits}
                </span>
            </a>
        </li>
    }
}
