//! 上报记录: every submission with its receipt and what the upper level said.

use crate::phone::work::waiting_for;
use crate::{
    store::LocalSubmission,
    sync::{BindingState, OutboxRequest, OutboxState},
    ui::app::session::erased::{Show, live},
    ui::kit::button::button,
    ui::{
        app::{
            ended::{Ended, has_ended},
            frame::Page,
            session::{Reach, Session, session},
        },
        kit::message::{Note, Trouble},
        words::{dates, errors, terms},
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Submissions() -> impl IntoView {
    let session = session();
    let newest_first = move || {
        let mut all = session.submissions.get();
        all.reverse();
        all
    };
    view! {
        <Page title="上报记录" back="/">
            <Way />
            {live(move || {
                (session.heads_of_period().len() > 1)
                    .then(|| {
                        view! {
                            <Note>
                                <p>
                                    "本支部有两部手机分别报过，两份都在上级那里。各自填的已经合在一起，再上报一次就合成一份。"
                                </p>
                                <a href="/submit" class="button">
                                    "合成一份，重新上报"
                                </a>
                            </Note>
                        }
                    })
            })}
            {live(move || {
                let all = newest_first();
                if all.is_empty() {
                    view! { <p class="empty">"还没有上报过。自查完了，在“看结果”那一页上报。"</p> }.into_any()
                } else {
                    view! {
                        <ul class="cards">
                            {all.into_iter().map(|sent| view! { <Sent sent=sent /> }).collect::<Vec<_>>()}
                        </ul>
                    }
                        .into_any()
                }
            })}
        </Page>
    }
}

/// How the way to the endpoint stands.
#[component]
fn Way() -> impl IntoView {
    let session = session();
    let revoked = move || session.active().is_some_and(|binding| binding.state == BindingState::Revoked);
    let waiting = move || session.outbox.read().iter().any(crate::sync::OutboxEntry::is_waiting);
    view! {
        <Ended />
        {live(move || {
            revoked()
                .then(|| {
                    let told = errors::problem_told(crate::protocol::ProblemKind::Revoked, &session.addressee());
                    view! {
                        <Trouble told=told />
                        <a href="/activate" class="button">
                            "重新启用"
                        </a>
                    }
                })
        })}
        <p class="muted" role="status" data-testid="reach">
            {live(move || match session.reach.get() {
                Reach::Trying => "正在联系服务器…",
                Reach::Online => "服务器连得上。",
                Reach::Offline => "现在连不上服务器，有网时自己送。",
                Reach::Unknown => "",
            })}
        </p>
        <Show when=move || waiting() && !revoked() && !has_ended(session) && session.reach.get() != Reach::Trying>
            {button("现在就送", "button", move |_| leptos::task::spawn_local(session.send_now()))}
        </Show>
    }
}

/// 第几次, among those of its period.
fn time_of(session: Session, sent: &LocalSubmission) -> usize {
    let all = session.submissions.read();
    all.iter().filter(|other| other.period == sent.period && other.id <= sent.id).count()
}

/// Where a submission stands, in words.
pub fn stands(session: Session, sent: &LocalSubmission) -> String {
    let outbox = session.outbox.read();
    let withdrawing = outbox
        .iter()
        .any(|row| matches!(row.request, OutboxRequest::Withdraw { submission } if submission == sent.id));
    if sent.withdrawn {
        return "已撤回".into();
    }
    if withdrawing {
        return "正在撤回，等网络".into();
    }
    match waiting_for(&outbox, sent.id).map(|row| &row.state) {
        // It may have the receipt already: the answer came, and what comes after it did not.
        Some(OutboxState::Queued { .. }) if sent.receipt.is_none() => "等网络".into(),
        Some(OutboxState::Sending) => "正在送".into(),
        Some(OutboxState::Rejected { .. }) => "没送成，要处理".into(),
        _ if sent.unlisted => "服务器上已经没有这一份了，要重新上报".into(),
        _ if sent.receipt.is_none() => "没有送到，已由后面的一次代替".into(),
        _ => {
            let state = sent.reviews.last().map(|review| review.state);
            if state.is_none() && !sent.missing.is_empty() {
                format!("已送达，照片还差{}张", sent.missing.len())
            } else if state.is_none() {
                format!("已送达，{}未审", session.addressee())
            } else {
                terms::review(state).into()
            }
        }
    }
}

#[component]
fn Sent(sent: LocalSubmission) -> impl IntoView {
    let session = session();
    let today = session.today.get_untracked();
    let time = time_of(session, &sent);
    let made = dates::moment(sent.made_at, today);
    let mine =
        session.phone.with_untracked(|phone| phone.as_ref().is_some_and(|phone| phone.device == sent.device));
    let head = format!("第{time}次 · {made}{}", if mine { "" } else { " · 另一部手机报的" });
    let receipt = sent.receipt.clone();
    let refused = {
        let id = sent.id;
        move || {
            let outbox = session.outbox.read();
            match waiting_for(&outbox, id).map(|row| row.state.clone()) {
                Some(OutboxState::Rejected { kind, faults, .. }) => {
                    Some(errors::refused(kind, &faults, &session.addressee()))
                }
                _ => None,
            }
        }
    };
    let href = format!("/submissions/{}", sent.id);
    let shown = sent.clone();
    view! {
        <li class="card" data-testid="sent">
            <h2>{head}</h2>
            <p class="stands" data-testid="sent-state">{live(move || stands(session, &shown))}</p>
            {receipt
                .map(|receipt| {
                    view! {
                        <p>
                            "回执码 " <b class="receipt" data-testid="receipt">{receipt.code}</b>
                            {format!("，服务器算的得分 {} 分", receipt.score)}
                            {receipt.late.then_some("，逾期")}
                        </p>
                    }
                })}
            {live(move || refused().map(|told| view! { <Trouble told=told /> }))}
            <a href=href class="quiet">
                "看详细"
            </a>
        </li>
    }
}
