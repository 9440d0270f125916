//! 标准变了什么: the differences as cards, and moving the draft. Calm: the draft stays where it is until the secretary moves it.

use super::moving::NotMoved;
use crate::{
    domain::{Assessment, Checklist, Difference, Effect, ItemId, differences},
    phone::{next_step::Sent, work::Work},
    protocol::ReviewState,
    ui::app::session::erased::{live, memo},
    ui::kit::button::button_unless,
    ui::{
        app::{
            frame::{Page, goer},
            nothing_yet::NothingYet,
            route::Place,
            session::session,
        },
        kit::{
            message::{Note, Trouble},
            was_and_is::WasAndIs,
        },
        words::errors::{self, Told},
    },
    words::difference::{Card, card, summary},
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Change() -> impl IntoView {
    let session = session();
    let ready = memo(move || session.work.read().is_ok());
    view! {
        <Page title="标准变了什么" back="/">
            {live(move || {
                if ready.get() { view! { <Shown /> }.into_any() } else { view! { <NothingYet /> }.into_any() }
            })}
        </Page>
    }
}

/// On the home page: that there is another version, in one line.
#[component]
pub fn Offered() -> impl IntoView {
    let session = session();
    let said = move || {
        let approved = matches!(
            &*session.derived.sent.read(),
            Sent::Delivered { review: Some(review), .. } if review.state == ReviewState::Approved
        );
        let work = session.work.read();
        let work = work.as_ref().ok().filter(|_| !approved)?;
        let offer = work.offer.as_ref()?;
        let news = news(work)?;
        Some(match work.can_move() {
            true => format!("{news}：{}。", summary(&relevant(work, &offer.checklist))),
            false => format!("{news}，里面没有{}，这一期接着用现在的。", work.period.name),
        })
    };
    move || {
        said().map(|said| {
            view! {
                <section class="card" data-testid="offer">
                    <p>{said}</p>
                    <a href="/change" class="button">
                        "看变了什么"
                    </a>
                </section>
            }
        })
    }
}

/// 标准有新版本, or that the branch belongs to another sector by now.
fn news(work: &Work) -> Option<String> {
    let offered = &work.offer.as_ref()?.checklist;
    let (old, new) = (&work.checklist.sector_name, &offered.sector_name);
    Some(if work.checklist.sector == offered.sector {
        "标准有新版本".into()
    } else {
        format!("本支部的领域从{old}变成了{new}")
    })
}

/// What is shown of an offer.
struct News {
    heading: String,
    summary: String,
    cards: Vec<Card>,
    /// Those that touch neither answers nor points.
    minor: Vec<Card>,
    /// Why the draft cannot be moved, if so.
    stays: Option<String>,
}

/// What concerns the draft: the dates of other periods are for their own time.
fn relevant(work: &Work, offered: &Checklist) -> Vec<Difference> {
    let of_draft =
        |one: &Difference| !matches!(one, Difference::Period { period } if *period != work.draft.period);
    differences(&work.checklist, offered).into_iter().filter(of_draft).collect()
}

fn told(work: &Work) -> Option<News> {
    let offered = &work.offer.as_ref()?.checklist;
    let all = relevant(work, offered);
    let said = |one: &Difference| {
        let mut card = card(&work.checklist, offered, one);
        let is_changed = matches!(one, Difference::Changed { .. }) && one.effect() == Effect::Answer;
        if is_changed && one.item().is_some_and(|item| !is_answered(&work.assessment, item)) {
            card.means = "还没填过，照新的填。".into();
        }
        card
    };
    let (minor, real): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.effect() == Effect::None);
    let (old, new) = (&work.checklist.version, &offered.version);
    let versions = if old == new { String::new() } else { format!("从{old}到{new}：") };
    Some(News {
        heading: news(work)?,
        summary: format!("{versions}{}。", summary(&all)),
        cards: real.into_iter().map(said).collect(),
        minor: minor.into_iter().map(said).collect(),
        stays: (!work.can_move())
            .then(|| format!("新的里面没有{}，这一期换不了，接着用现在的，照常上报。", work.period.name)),
    })
}

fn is_answered(assessment: &Assessment, item: &ItemId) -> bool {
    assessment.winners().iter().any(|entry| entry.key.item() == Some(item) && entry.value.says_something())
}

#[component]
fn Shown() -> impl IntoView {
    let session = session();
    move || match session.work.read().as_ref().ok().and_then(told) {
        Some(news) => view! { <Cards news=news /> }.into_any(),
        None => view! {
            <section class="card">
                <p>"用的就是现行的标准，没有变化。"</p>
                <a href="/" class="button">
                    "回到首页"
                </a>
            </section>
        }
        .into_any(),
    }
}

#[component]
fn Cards(news: News) -> impl IntoView {
    let News { heading, summary, cards, minor, stays } = news;
    let cards: Vec<_> = cards.into_iter().map(|card| view! { <One card=card /> }).collect();
    let others = minor.len();
    let minor: Vec<_> = minor
        .into_iter()
        .map(|card| {
            view! {
                <p>
                    <b>{card.title()}</b>
                </p>
                <WasAndIs card=card />
            }
        })
        .collect();
    let last = match stays {
        Some(why) => view! {
            <Note>
                <p>{why}</p>
            </Note>
            <a href="/" class="button">
                "知道了"
            </a>
        }
        .into_any(),
        None => view! { <Decide /> }.into_any(),
    };
    view! {
        <section class="who">
            <h2>{heading}</h2>
            <p class="muted">{summary}</p>
        </section>
        {cards}
        {(others > 0)
            .then(|| {
                view! {
                    <details class="card fold">
                        <summary>{format!("只改了说明的 {others}处，答案不用动")}</summary>
                        {minor}
                    </details>
                }
            })}
        {last}
    }
}

#[component]
fn One(card: Card) -> impl IntoView {
    let heading = format!("{}：{}", card.kind, card.title());
    let means = card.means.clone();
    view! {
        <section class="card" data-testid="difference">
            <h2>{heading}</h2>
            <WasAndIs card=card />
            <p class="stands">{format!("对你们：{means}")}</p>
        </section>
    }
}

/// 换到新版本, or not yet.
#[component]
fn Decide() -> impl IntoView {
    let session = session();
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<Told>));
    let go = goer();
    let move_it = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        leptos::task::spawn_local(async move {
            let result = session.move_to_offer().await;
            busy.try_set(false);
            match result {
                Ok(()) => go(Place::Home),
                Err(error) => {
                    trouble.try_set(Some(why_not(&error)));
                }
            }
        });
    };
    view! {
        <Note>
            <p>
                "填过的一处也不丢：没变的接着算，变了的请重新看一遍，不再要求的还能看。已经上报的不受影响，按上报时的版本算。"
            </p>
        </Note>
        {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
        {button_unless("换到新版本", "button button-main", move || busy.get(), move_it)}
        <a href="/" class="button">
            "先不换"
        </a>
    }
}

fn why_not(error: &NotMoved) -> Told {
    match error {
        NotMoved::Store(error) => errors::store(error),
        NotMoved::NotSaved => Told {
            what: "还有刚填的没存上，先不换".into(),
            remedy: "等右上角显示“已存”再点；一直不行就到“我的资料在哪”保存备份".into(),
            code: "换9",
        },
    }
}
