//! 首页: who and what, one next step, the six aspects, the estimate. Nothing else.

use crate::{
    domain::{AspectId, FindingState, Points, Ruling},
    phone::{next_step::NextStep, overview::progress},
    ui::app::session::erased::{Show, live, memo},
    ui::{
        app::{
            clock::{ClockNote, Strays},
            ended::{Ended, has_ended},
            frame::Page,
            nothing_yet::NothingYet,
            route::Place,
            session::{Session, session},
            slots::slots,
            standing::{arms, percent},
        },
        kit::{
            icon::{Draw, Icon},
            message::Note,
            radar_view::Radar,
        },
        words::{dates, terms},
    },
    words::whole,
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Home() -> impl IntoView {
    let session = session();
    let ready = memo(move || session.work.read().is_ok());
    let slots = slots();
    view! {
        <Page title="支部标尺">
            <Who />
            <Ended />
            <ClockNote />
            {live(move || {
                if ready.get() {
                    view! {
                        <Show when=move || !has_ended(session)>
                            <Next />
                        </Show>
                        <Strays />
                        {slots.offer.map(|show| show())}
                        <Aspects />
                        <ul class="card menu">
                            {slots.ledger_row.map(|show| show())}
                            <li>
                                <a href="/inspection" class="menu-entry" data-testid="inspection-row">
                                    <span>"现场查阅（只读）"</span>
                                    <span></span>
                                    <Draw icon=Icon::Forward />
                                </a>
                            </li>
                        </ul>
                        <Estimated />
                    }
                        .into_any()
                } else {
                    view! { <NothingYet /> }.into_any()
                }
            })}
        </Page>
    }
}

#[component]
fn Who() -> impl IntoView {
    let session = session();
    let name = move || session.active().map(|binding| binding.branch.name).unwrap_or_default();
    let several = move || session.bindings.read().len() > 1;
    // Each piece stays whole when the line breaks.
    let pieces = move || {
        let work = session.work.read();
        match work.as_ref() {
            Ok(work) => vec![
                work.checklist.sector_name.clone(),
                work.period.name.clone(),
                format!("上报截止 {}", dates::day(work.period.submit_by, session.today.get())),
            ],
            Err(_) => {
                let sector = session.active().map(|binding| binding.branch.sector);
                sector.map(|sector| terms::sector(sector.as_str()).to_owned()).into_iter().collect()
            }
        }
    };
    view! {
        <section class="who">
            <h2>
                {name}
                {live(move || several().then(|| view! { <a href="/me/branches" class="who-switch">"换支部"</a> }))}
            </h2>
            <p class="muted pieces">
                {live(move || pieces().into_iter().map(|piece| view! { <span>{piece}</span> }).collect::<Vec<_>>())}
            </p>
        </section>
    }
}

#[component]
fn Next() -> impl IntoView {
    let session = session();
    view! {
        <section class="card next" aria-labelledby="next-title" data-testid="next">
            <h2 id="next-title">"下一步"</h2>
            {live(move || {
                session
                    .derived
                    .next
                    .get()
                    .map(|step| {
                        let (sentence, button) = said(&step, session);
                        view! {
                            <p class="next-sentence">{sentence}</p>
                            {button
                                .map(|(name, to)| {
                                    view! {
                                        <a href=to class="button button-main">
                                            {name}
                                        </a>
                                    }
                                })}
                        }
                    })
            })}
        </section>
    }
}

/// One sentence and one button.
fn said(step: &NextStep, session: Session) -> (String, Option<(String, String)>) {
    let (addressee, today) = (session.addressee(), session.today.get());
    let button = |name: &str, to: &str| Some((name.to_owned(), to.to_owned()));
    match step {
        NextStep::LookAtRejected => {
            ("有一份没送成，要处理。手机里的没有动。".into(), button("看是怎么回事", "/submissions"))
        }
        NextStep::Mend { review, item } => {
            let rows = session.derived.rows.read();
            let what = terms::asked_back(review, &rows);
            let due = review.due.map(|due| format!("，{}前改好", dates::day(due, today))).unwrap_or_default();
            let sentence = format!("{addressee}{}：{what}{due}", terms::review(Some(review.state)));
            let to = item.as_ref().map_or_else(|| "/submissions".to_owned(), |item| format!("/check/{item}"));
            (sentence, Some(("去改".into(), to)))
        }
        NextStep::MendFinding { finding, count } => {
            let due = finding.due().map(|due| {
                let late = if due < today { "，已经逾期" } else { "" };
                format!("，{}前改好{late}", dates::day(due, today))
            });
            let due = due.unwrap_or_default();
            let what = match finding.verdict.as_ref().map(|verdict| &verdict.ruling) {
                Some(Ruling::Returned { reason, .. }) if finding.state == FindingState::Returned => {
                    format!("{addressee}退回一个问题：{reason}")
                }
                _ => {
                    let problem: String = finding.problem.chars().take(40).collect();
                    format!("上级检查的问题要整改：{problem}")
                }
            };
            let others = if *count > 1 { format!("这样的一共{count}个。") } else { String::new() };
            let to = Place::Finding(finding.id).address();
            (format!("{what}{due}。{others}"), Some(("去整改".into(), to)))
        }
        NextStep::MendFindings { count } => {
            (format!("已经上报。上级检查的问题还有{count}个没改好。"), button("看整改", "/findings"))
        }
        NextStep::ConfirmProfile => {
            ("先填支部基本情况，几个数字，只填一次。".into(), button("填基本情况", "/profile"))
        }
        NextStep::Answer { item, open, begun } => {
            let (sentence, name) = if *begun {
                (format!("接着自查：还有{open}条没填。"), "接着自查")
            } else {
                (format!("开始自查：一共{open}条，随时可以停，停在哪儿都存着。"), "开始自查")
            };
            (sentence, Some((name.into(), format!("/check/{item}"))))
        }
        NextStep::AskAboutUnsure { count } => {
            let sentence = format!("只剩{count}条拿不准，打电话问{addressee}，问清了再填。");
            (sentence, button("看拿不准的", "/check?show=unsure"))
        }
        NextStep::SeeResult { possible, missed, late } => {
            let short = match (possible, missed) {
                (0, 0) => "都填完了。".to_owned(),
                (0, missed) => format!("都填完了：{missed}条已错过，如实上报。"),
                (possible, 0) => format!("都填完了：{possible}条没做到，还来得及办。"),
                (possible, missed) => format!("都填完了：{possible}条还来得及办，{missed}条已错过。"),
            };
            let late = if *late { "已过上报截止，仍可上报，会注明逾期。" } else { "" };
            (format!("{short}{late}看一遍结果，再上报给{addressee}。"), button("看结果", "/result"))
        }
        NextStep::LookAgain { item, count } => {
            let sentence = format!("换了标准：{count}条要重新看一遍，没变就点“还是这样”，变了就改。");
            (sentence, Some(("重新看一遍".into(), format!("/check/{item}"))))
        }
        NextStep::ReportAgain { changed } => {
            let sentence = match changed {
                0 => "上报以后换了标准，看过了重新上报。".to_owned(),
                changed => format!("上报以后又改了{changed}条，改完了重新上报。"),
            };
            (sentence, Some((format!("重新上报给{addressee}"), "/submit".into())))
        }
        NextStep::WaitForNetwork => {
            ("已经上报，等网络。有网时会自己送，不用再点。".into(), button("看上报记录", "/submissions"))
        }
        NextStep::MendWhatIsPossible { possible } => (
            format!("已经上报。还有{possible}条来得及办，办好了改一改再报。"),
            button("看还能办的", "/check?show=possible"),
        ),
        NextStep::WaitForReview { state } => {
            let sentence = match state {
                None => format!("已送达，等{addressee}审。"),
                Some(state) => format!("{addressee}：{}。", terms::review(Some(*state))),
            };
            (sentence, button("看上报记录", "/submissions"))
        }
    }
}

#[component]
fn Aspects() -> impl IntoView {
    let session = session();
    let complete = memo(move || {
        let rows = session.derived.rows.read();
        let (done, asked) = progress(rows.iter());
        asked > 0 && done == asked
    });
    let arms = arms(session);
    view! {
        <section class="card" aria-label="六个方面">
            <ul class="aspects">
                {live(move || {
                    standings(session)
                        .into_iter()
                        .map(|standing| view! { <Standing standing=standing /> })
                        .collect::<Vec<_>>()
                })}
            </ul>
            <Show when=move || complete.get()>
                <Radar arms=arms />
            </Show>
        </section>
    }
}

/// How one aspect stands.
struct AspectStanding {
    id: AspectId,
    name: String,
    done: usize,
    asked: usize,
    got: Points,
    full: Points,
}

fn standings(session: Session) -> Vec<AspectStanding> {
    let work = session.work.read();
    let rows = session.derived.rows.read();
    let (Ok(work), Some(sheet)) = (work.as_ref(), session.derived.sheet.get()) else { return Vec::new() };
    let aspects = work.checklist.aspects.iter().zip(&sheet.aspects).enumerate();
    let all = aspects.map(|(place, (aspect, scored))| {
        let (done, asked) = progress(rows.iter().filter(|row| row.aspect == place));
        let (id, name) = (aspect.id.clone(), aspect.name.clone());
        AspectStanding { id, name, done, asked, got: scored.got, full: scored.full }
    });
    all.collect()
}

#[component]
fn Standing(standing: AspectStanding) -> impl IntoView {
    let AspectStanding { id, name, done, asked, got, full } = standing;
    let width = format!("{}%", percent(got, full));
    view! {
        <li>
            <a href=format!("/check#{id}") class="aspect">
                <span class="aspect-name">{name}</span>
                <span class="muted">{format!("{done}/{asked}条")}</span>
                <span class="aspect-points">{terms::of_points(got, full)}</span>
                <Draw icon=Icon::Forward />
                <span class="bar">
                    <span class="bar-fill" style:width=width></span>
                </span>
            </a>
        </li>
    }
}

#[component]
fn Estimated() -> impl IntoView {
    let session = session();
    view! {
        <section class="card" data-testid="estimate">
            <h2>"自评估算"<small class="muted">"（不是评定结果）"</small></h2>
            {live(move || {
                let estimate = session.derived.estimate.get()?;
                let sheet = session.derived.sheet.get()?;
                let rows = session.derived.rows.read();
                let (done, asked) = progress(rows.iter());
                let total = sheet.total();
                Some(
                    if done < asked {
                        view! {
                            <p>
                                <b class="total">{total.to_string()}</b>
                                {format!("分，填了{done}/{asked}条，填完再算等次。没填的先按0分。")}
                            </p>
                        }
                            .into_any()
                    } else {
                        let held = estimate.limits.first().and_then(|(item, _)| {
                            rows.iter().find(|row| &row.id == item).map(|row| format!("，因为第{}条触到底线", row.number))
                        });
                        let list = session.derived.checklist.get()?;
                        let of_whole = estimate.whole.first();
                        let of_whole = of_whole.and_then(|id| list.limits.iter().find(|limit| &limit.id == id));
                        let held = held.or(of_whole.map(|limit| format!("，因为{}", limit.text)));
                        let said = terms::estimate(&list.grading, &estimate);
                        let of_full = whole::of_full(&list);
                        view! {
                            <p>
                                <b class="total">{total.to_string()}</b>
                                {format!("分{of_full}，{said}{}。", held.unwrap_or_default())}
                            </p>
                        }
                            .into_any()
                    },
                )
            })}
        </section>
        {live(move || {
            session
                .work
                .read()
                .as_ref()
                .ok()
                .map(|work| work.checklist.notice.clone())
                .filter(|notice| !notice.is_empty())
                .map(|notice| view! { <Note><p>{notice}</p></Note> })
        })}
    }
}
