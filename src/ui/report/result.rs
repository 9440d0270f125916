//! 结果: the score, the aspects, and every shortfall with its outcome and reason.

use crate::{
    domain::{Estimate, Outcome},
    phone::overview::{ItemRow, progress},
    ui::app::session::erased::{Show, live, memo},
    ui::{
        app::{
            frame::Page,
            nothing_yet::NothingYet,
            session::{Session, modules::Module, session},
            slots::slots,
            standing::{arms, class},
        },
        kit::{message::Note, radar_view::Radar},
        words::{explain, terms},
    },
    words::whole,
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn ResultPage() -> impl IntoView {
    let session = session();
    let ready = memo(move || session.work.read().is_ok());
    view! {
        <Page title="自评结果" back="/">
            {live(move || {
                if ready.get() { view! { <Shown /> }.into_any() } else { view! { <NothingYet /> }.into_any() }
            })}
        </Page>
    }
}

#[component]
fn Shown() -> impl IntoView {
    let session = session();
    let open = move || {
        let rows = session.derived.rows.read();
        let (done, asked) = progress(rows.iter());
        asked - done
    };
    view! {
        <section class="card" data-testid="total">
            <h2>"自评得分"<small class="muted">"（自评估算，不是评定结果）"</small></h2>
            <p>
                <b class="total">
                    {live(move || session.derived.sheet.get().map(|sheet| sheet.total().to_string()))}
                </b>
                {live(move || {
                    let (list, estimate) = (session.derived.checklist.get()?, session.derived.estimate.get()?);
                    let taken = session.derived.sheet.get()?.taken;
                    let taken =
                        if taken.is_zero() { String::new() } else { format!("已从总分里扣了{taken}分，") };
                    let said = terms::estimate(&list.grading, &estimate);
                    Some(format!("分{}，{taken}{said}", whole::of_full(&list)))
                })}
            </p>
            {live(move || {
                let limits = held(session);
                (!limits.is_empty()).then(|| view! { <ul class="small">{limits}</ul> })
            })}
            {live(move || {
                (open() > 0)
                    .then(|| {
                        view! {
                            <p class="misfit">
                                {format!("还有{}条没填，先按0分算。", open())}
                                <a href="/check?show=open">"去填"</a>
                            </p>
                        }
                    })
            })}
            {live(move || {
                let said = for_people(session);
                (!said.is_empty()).then(|| view! { <ul class="small">{said}</ul> })
            })}
            {live(move || above(session))}
            <Radar arms=arms(session) />
            <table class="figures">
                <thead>
                    <tr>
                        <th scope="col">"方面"</th>
                        <th scope="col">"得分"</th>
                        <th scope="col">"满分"</th>
                    </tr>
                </thead>
                <tbody>
                    {live(move || {
                        let work = session.work.read();
                        let (Ok(work), Some(sheet)) = (work.as_ref(), session.derived.sheet.get()) else {
                            return Vec::new();
                        };
                        work.checklist
                            .aspects
                            .iter()
                            .zip(&sheet.aspects)
                            .map(|(aspect, scored)| {
                                view! {
                                    <tr>
                                        <th scope="row">{aspect.name.clone()}</th>
                                        <td>{scored.got.to_string()}</td>
                                        <td>{scored.full.to_string()}</td>
                                    </tr>
                                }
                            })
                            .collect::<Vec<_>>()
                    })}
                </tbody>
            </table>
            <p class="muted small">"不适用的条目不计分，本方面其余条目按比例折算；由上级评的和还没到时候的也不在里面。"</p>
        </section>
        <Group title="还能办的" empty="没有还能办的。" of=|outcome| matches!(outcome, Outcome::StillPossible { .. }) />
        <Group title="已错过，如实扣分" empty="没有已错过的。" of=|outcome| matches!(outcome, Outcome::Missed) />
        <Group title="还没到时候" empty="" of=|outcome| matches!(outcome, Outcome::NotDue { .. }) />
        {live(move || {
            let work = session.work.read();
            let list = &work.as_ref().ok()?.checklist;
            let marks: Vec<_> = list
                .marks
                .iter()
                .map(|mark| view! { <li>{format!("{}：{}", terms::mark(mark.kind), mark.text)}</li> })
                .collect();
            let notice = list.notice.clone();
            Some(
                view! {
                    <Note>
                        <p>{notice}</p>
                        <ul class="small">{marks}</ul>
                    </Note>
                },
            )
        })}
        <Note>
            <p>
                {live(move || {
                    let missed = if session.is_on(Module::Mending) { "已错过的写进整改" } else { "已错过的如实上报" };
                    format!("还能办的按日子先后办；{missed}，不补会、不补记录。")
                })}
            </p>
        </Note>
        <Show when=move || session.shows(Module::Mending)>
            <a href="/findings" class="button" data-testid="to-findings">
                {live(move || match session.mending.read().open() {
                    0 => "看整改".to_owned(),
                    open => format!("看整改（{open}个没改好）"),
                })}
            </a>
        </Show>
        <a href="/paper" class="button">
            "导出纸质材料"
        </a>
        <a href="/submit" class="button button-main" data-testid="to-submit">
            {live(move || format!("上报给{}", session.addressee()))}
        </a>
    }
}

/// What the upper level gave so far, and what the whole comes to with it: beside the branch's own score, never in it.
fn above(session: Session) -> Option<impl IntoView> {
    let whole = session.with_above()?;
    let limits = held_by(session, &whole.estimate);
    let grading = session.derived.checklist.get()?.grading.clone();
    let own = session.derived.sheet.get()?.total();
    Some(view! {
        <div data-testid="with-above">
            <p>{terms::with_above(&grading, own, &whole)}</p>
            {(!limits.is_empty()).then(|| view! { <ul class="small">{limits}</ul> })}
        </div>
    })
}

/// The limits that hold by the branch's own account, in words.
fn held(session: Session) -> Vec<impl IntoView> {
    session.derived.estimate.get().map(|estimate| held_by(session, &estimate)).unwrap_or_default()
}

fn held_by(session: Session, estimate: &Estimate) -> Vec<impl IntoView + use<>> {
    let work = session.work.read();
    let Ok(work) = work.as_ref() else { return Vec::new() };
    let found = estimate.limits.iter().filter_map(|(item, limit)| {
        let (number, _, item) = work.checklist.find(item)?;
        let limit = item.limits.iter().find(|known| &known.id == limit)?;
        let kind = if limit.is_veto() { "一票否决" } else { "等次限制" };
        Some(format!("{kind}：第{number}条，{}", limit.text))
    });
    let list = &work.checklist;
    let of_whole = list.limits.iter().filter(|limit| estimate.whole.contains(&limit.id));
    let of_whole = of_whole.map(|limit| whole::limit(list, limit));
    found.chain(of_whole).map(|line| view! { <li>{line}</li> }).collect()
}

/// The conditions of which the system cannot know whether they hold, in words.
fn for_people(session: Session) -> Vec<impl IntoView> {
    let work = session.work.read();
    let list = work.as_ref().ok().map(|work| work.checklist.clone());
    let said = list.iter().flat_map(|list| {
        let limits = list.limits.iter().filter(|limit| whole::is_for_people(limit));
        limits.map(|limit| format!("{}。上年度的等次由上级核对。", whole::limit(list, limit)))
    });
    said.map(|line| view! { <li>{line}</li> }).collect()
}

#[component]
fn Group(title: &'static str, empty: &'static str, of: fn(&Outcome) -> bool) -> impl IntoView {
    let session = session();
    let found = move || {
        let rows = session.derived.rows.read();
        let mut found: Vec<ItemRow> =
            rows.iter().filter(|row| row.outcome.as_ref().is_some_and(of)).cloned().collect();
        // What ends first comes first.
        found.sort_by_key(|row| row.outcome);
        found
    };
    view! {
        {move || {
            let rows = found();
            if rows.is_empty() && empty.is_empty() {
                return None;
            }
            let count = rows.len();
            let shown: Vec<_> = rows.into_iter().map(|row| view! { <Shortfall row=row /> }).collect();
            Some(
                view! {
                    <section class="card list">
                        <h2>{format!("{title} {count}条")}</h2>
                        {shown.is_empty().then(|| view! { <p class="muted">{empty}</p> })}
                        <ul>{shown}</ul>
                    </section>
                },
            )
        }}
    }
}

#[component]
fn Shortfall(row: ItemRow) -> impl IntoView {
    let session = session();
    let id = row.id.clone();
    let reasons = {
        let id = row.id.clone();
        move || {
            let work = session.work.read();
            let (Ok(work), Some(sheet)) = (work.as_ref(), session.derived.sheet.get()) else {
                return Vec::new();
            };
            let Some((_, _, item)) = work.checklist.find(&id) else { return Vec::new() };
            let scored = sheet.items().find(|scored| scored.item == id);
            scored.map(|scored| explain::lost(item, scored, &work.period)).unwrap_or_default()
        }
    };
    let stands = row.outcome.map(|outcome| terms::outcome(outcome, session.today.get_untracked()));
    let sign = row.outcome.map(terms::outcome_sign);
    let class = format!("state state-{}", class(&row));
    let points = if row.state.counts() { terms::earned(&row) } else { String::new() };
    view! {
        <li class="shortfall">
            <a href=format!("/check/{}", row.id) class="row">
                <span class="row-number">{row.number}</span>
                <span class="row-title">{row.title}</span>
                <span class="row-points">{points}</span>
                <span class=class>
                    <span aria-hidden="true">{sign}</span>
                    " "
                    {stands}
                </span>
            </a>
            <ul class="small">
                {live(move || reasons().into_iter().map(|reason| view! { <li>{reason}</li> }).collect::<Vec<_>>())}
            </ul>
            {slots().finding.map(|show| show(id))}
        </li>
    }
}
