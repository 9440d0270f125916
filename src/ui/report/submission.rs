//! One submission: its receipt, its declaration, every word from above, and taking it back.

use crate::{
    domain::{Assessment, Checklist, PeriodId, Submission, score, with_above},
    store::LocalSubmission,
    ui::app::session::erased::{live, memo},
    ui::kit::button::button,
    ui::{
        app::{frame::Page, navigation::navigation, route::Place, session::session},
        kit::message::{Note, Trouble},
        words::{
            dates,
            errors::{self, Told},
            terms,
        },
    },
    words::whole,
};
use leptos::prelude::*;
use std::sync::Arc;

/// The page.
#[component]
pub fn SubmissionPage() -> impl IntoView {
    let session = session();
    let shown = navigation().of_page(|place| match place {
        Place::Submission(id) => Some(*id),
        _ => None,
    });
    let sent = memo(move || {
        let id = shown.get()?;
        session.submissions.read().iter().find(|sent| sent.id == id).cloned()
    });
    view! {
        <Page title="一次上报" back="/submissions">
            {live(move || match sent.get() {
                Some(sent) => view! { <Shown sent=sent /> }.into_any(),
                None => view! { <p class="empty">"没有这一份。"</p> }.into_any(),
            })}
        </Page>
    }
}

#[component]
fn Shown(sent: LocalSubmission) -> impl IntoView {
    let session = session();
    let today = session.today.get_untracked();
    // Read from its bytes once, and told by the version that it answers: grades and full points are that one's.
    let snapshot = sent.snapshot();
    let list = snapshot.as_ref().and_then(|snapshot| {
        session.work.with_untracked(|work| work.as_ref().ok()?.version(&snapshot.checklist).cloned())
    });
    let grading = list.as_ref().map(|list| list.grading.clone()).unwrap_or_default();
    let declared = snapshot.as_ref().map(|snapshot| snapshot.declaration.clone());
    let claimed =
        declared.as_ref().map(|declared| terms::claimed(&grading, declared.claimed_grade).to_owned());
    let of_full = list.as_ref().map(|list| whole::of_full(list)).unwrap_or_default();
    let reviews: Vec<_> = sent
        .reviews
        .iter()
        .rev()
        .map(|review| {
            let due = review.due.map(|due| format!("，{}前改好", dates::day(due, today)));
            let items: Vec<_> = review
                .items
                .iter()
                .map(|named| {
                    let number = session.derived.rows.with_untracked(|rows| {
                        rows.iter().find(|row| row.id == named.item).map(|row| row.number)
                    });
                    let number = number.map_or_else(String::new, |number| format!("第{number}条："));
                    view! {
                        <li>
                            <a href=format!("/check/{}", named.item)>{format!("{number}{}", named.reason)}</a>
                        </li>
                    }
                })
                .collect();
            view! {
                <li>
                    <p>
                        <b>{terms::review(Some(review.state))}</b>
                        {format!("，{}，{}", review.by, dates::moment(review.at, today))}
                        {due}
                    </p>
                    {(!review.reason.is_empty()).then(|| view! { <p>{review.reason.clone()}</p> })}
                    <ul>{items}</ul>
                </li>
            }
        })
        .collect();
    let says_more = sent.reviews.has_unread();
    let may_withdraw = !sent.withdrawn && sent.reviews.is_empty();
    let (for_state, id) = (sent.clone(), sent.id);
    let sure = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Told>);
    view! {
        <section class="card">
            <p class="stands">{live(move || super::submissions::stands(session, &for_state))}</p>
            <dl class="pairs">
                <dt>"上报时间"</dt>
                <dd>{dates::moment(sent.made_at, today)}</dd>
                {sent
                    .receipt
                    .as_ref()
                    .map(|receipt| {
                        view! {
                            <dt>"回执码"</dt>
                            <dd>
                                <b class="receipt">{receipt.code.clone()}</b>
                            </dd>
                            <dt>"送达时间"</dt>
                            <dd>{dates::moment(receipt.received_at, today)}</dd>
                            <dt>"服务器算的得分"</dt>
                            <dd>{format!("{}分{of_full}{}", receipt.score, if receipt.late { "，逾期" } else { "" })}</dd>
                        }
                    })}
                {declared
                    .map(|declared| {
                        view! {
                            <dt>"申报等次"</dt>
                            <dd>{claimed}</dd>
                            <dt>"填报人"</dt>
                            <dd>{format!("{}（{}）", declared.reporter, declared.reporter_post)}</dd>
                            <dt>"研究日期"</dt>
                            <dd>{dates::day(declared.considered_on, today)}</dd>
                            <dt>"书记确认"</dt>
                            <dd>{declared.secretary}</dd>
                        }
                    })}
            </dl>
        </section>
        <Above period=sent.period.clone() answered=snapshot.zip(list) />
        {says_more
            .then(|| {
                view! {
                    <section class="card" data-testid="later-review">
                        <p>"上级另有意见，这一版看不懂。请更新后再看，或打电话问。"</p>
                    </section>
                }
            })}
        {(!reviews.is_empty())
            .then(|| {
                view! {
                    <section class="card">
                        <h2>"上级的话"</h2>
                        <ul class="reviews">{reviews}</ul>
                        <a href="/submit" class="button">
                            "改好了，重新上报"
                        </a>
                    </section>
                }
            })}
        {if may_withdraw {
            view! {
                <section class="card">
                    {live(move || {
                        if sure.get() {
                            view! {
                                <p>"撤回以后，上级就不看这一份了。填的内容还在手机里，可以再报。"</p>
                                {button("撤回这一份", "button button-main", move |_| leptos::task::spawn_local(async move {
                                        match session.withdraw(id).await {
                                            Ok(()) => {
                                                sure.try_set(false);
                                            }
                                            Err(error) => {
                                                trouble.try_set(Some(errors::store(&error)));
                                            }
                                        }
                                    }))}
                                {button("不撤了", "button", move |_| sure.set(false))}
                            }
                                .into_any()
                        } else {
                            button("撤回修改", "button", move |_| sure.set(true))
                                .into_any()
                        }
                    })}
                    {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
                </section>
            }
                .into_any()
        } else if sent.withdrawn {
            view! { <Note><p>"已撤回。改好了可以重新上报。"</p></Note> }.into_any()
        } else {
            let ask = format!("上级已经开始审，不能自己撤回。要改的，打电话给{}申请退回。", session.addressee());
            view! { <Note><p>{ask}</p></Note> }.into_any()
        }}
    }
}

/// What the upper level gave for the items that it judges itself in the period of this submission, with who and when.
#[component]
fn Above(
    /// Which period.
    period: PeriodId,
    /// What was reported, and the version that it answers, as far as they are here.
    answered: Option<(Submission, Arc<Checklist>)>,
) -> impl IntoView {
    let session = session();
    move || {
        let binding = session.active()?;
        let today = session.today.get();
        let judged = &binding.branch.judged;
        let said: Vec<_> = judged
            .iter()
            .filter(|value| value.period == period)
            .map(|value| {
                let found = answered.as_ref().and_then(|(_, list)| list.find(&value.item));
                let name = found.map_or_else(
                    || value.item.to_string(),
                    |(number, _, item)| format!("第{number}条{}", item.title),
                );
                let more = found.map(|(_, _, item)| terms::said_above(item, value)).unwrap_or_default();
                let more: Vec<_> = more.into_iter().map(|line| view! { <p>{line}</p> }).collect();
                let given = terms::value_above(value, today);
                view! { <li><a href=format!("/check/{}", value.item)>{name}</a><p>{given}</p>{more}</li> }
            })
            .collect();
        // Of what was reported, not of what was changed since.
        let whole = answered.as_ref().and_then(|(snapshot, list)| {
            let reported = Assessment::new(snapshot.answers.iter().cloned(), None);
            let period = list.period(&snapshot.period)?;
            let whole = with_above(list, period, &reported, judged)?;
            Some(terms::with_above(&list.grading, score(list, period, &reported).total(), &whole))
        });
        (!said.is_empty()).then(|| {
            view! {
                <section class="card" data-testid="values-above">
                    <h2>"上级评的条目"</h2>
                    <ul class="reviews">{said}</ul>
                    {whole.map(|text| view! { <p>{text}</p> })}
                </section>
            }
        })
    }
}
