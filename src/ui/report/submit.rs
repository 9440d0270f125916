//! 上报: the branch's own act. Who filled it in, which meeting considered it, the secretary's word.

use super::submitting::NotSubmitted;
use crate::{
    domain::{
        ClaimedGrade, Declaration, day,
        submission::{ConsideredBy, claimable, suggested},
        text::Kind,
    },
    phone::{overview::progress, typing::Shape},
    ui::app::session::erased::{live, memo},
    ui::kit::button::{button_unless, choice},
    ui::{
        app::{
            clock::{ClockNote, Strays},
            ended::{Ended, has_ended},
            frame::{Page, goer},
            nothing_yet::NothingYet,
            route::Place,
            session::{
                session,
                typing::{Ends, Fields, Form},
            },
        },
        kit::{
            field::{Field, before_in},
            message::{Note, Trouble},
        },
        words::{
            dates,
            errors::{self, Told},
            terms,
        },
    },
};
use jiff::civil::Date;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Submit() -> impl IntoView {
    let session = session();
    let ready = memo(move || session.work.read().is_ok());
    // A memo, so that what is typed is not drawn anew whenever something is heard.
    let ended = memo(move || has_ended(session));
    // Nobody has considered a period that has not begun, and no day for it could be chosen.
    let begun = memo(move || {
        session.work.read().as_ref().is_ok_and(|work| work.period.starts <= session.today.get())
    });
    view! {
        <Page title="上报" back="/result">
            <ClockNote />
            {live(move || {
                if ended.get() {
                    view! { <Ended /> }.into_any()
                } else if !ready.get() {
                    view! { <NothingYet /> }.into_any()
                } else if begun.get() {
                    view! { <Sheet /> }.into_any()
                } else {
                    view! { <Strays /> }.into_any()
                }
            })}
        </Page>
    }
}

/// Where the form stands.
const PLACE: &str = "submit";

/// The posts that usually fill it in.
const POSTS: [&str; 5] = ["书记", "文书", "组织委员", "选调生", "第一书记"];

#[component]
fn Sheet() -> impl IntoView {
    let session = session();
    let today = session.today.get_untracked();
    // What was declared last time is not typed again.
    let earlier = session.submissions.with_untracked(|all| {
        all.iter().rev().find_map(|sent| sent.snapshot()).map(|snapshot| snapshot.declaration)
    });
    let committee = session.work.with_untracked(|work| {
        work.as_ref()
            .is_ok_and(|work| work.assessment.profile().is_some_and(|profile| profile.committee_members > 0))
    });
    let text = |value: Option<String>| RwSignal::new(value.unwrap_or_default());
    let reporter = text(earlier.as_ref().map(|d| d.reporter.clone()));
    let post = text(earlier.as_ref().map(|d| d.reporter_post.clone()));
    let secretary = text(earlier.as_ref().map(|d| d.secretary.clone()));
    let by = RwSignal::new(if committee { ConsideredBy::Committee } else { ConsideredBy::MemberMeeting });
    let on = RwSignal::new(None::<Date>);
    let grading =
        session.derived.checklist.get_untracked().map(|list| list.grading.clone()).unwrap_or_default();
    let grading = StoredValue::new(grading);
    let name = move |claimed| grading.with_value(|grading| terms::claimed(grading, claimed).to_owned());
    let grades = grading.with_value(claimable);
    let reached = session.derived.estimate.get_untracked().map(|estimate| estimate.grade);
    let first = grading.with_value(|grading| suggested(grading, reached));
    let claimed = RwSignal::new(first.unwrap_or(ClaimedGrade::Qualified));
    // 内容属实 is said when it is sent; it is not kept.
    let confirmed = RwSignal::new(false);
    let meeting = move || by.get() == ConsideredBy::Committee;
    let fields = move || -> Fields {
        vec![
            ("by", meeting().to_string()),
            ("on", on.get().map(day::text).unwrap_or_default()),
            ("claimed", name(claimed.get())),
            ("reporter", reporter.get()),
            ("post", post.get()),
            ("secretary", secretary.get()),
        ]
    };
    let start = untrack(fields);
    let form = Form::begin(
        session,
        PLACE,
        Callback::new(move |()| start.clone()),
        Callback::new(move |()| fields()),
        Callback::new(move |(field, text): (String, String)| match field.as_str() {
            "by" if text == "true" => by.set(ConsideredBy::Committee),
            "by" => by.set(ConsideredBy::MemberMeeting),
            "on" => on.set(day::parse(&text)),
            "claimed" => {
                let named = grading.with_value(claimable).into_iter().find(|grade| name(*grade) == text);
                claimed.update(|claimed| *claimed = named.unwrap_or(*claimed));
            }
            "reporter" => reporter.set(text),
            "post" => post.set(text),
            _ => secretary.set(text),
        }),
    );
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Told>);
    let begins = session.work.with_untracked(|work| work.as_ref().map_or(today, |work| work.period.starts));
    let missing = move || {
        let empty = |signal: RwSignal<String>| signal.read().trim().is_empty();
        if empty(reporter) {
            Some("填报人姓名")
        } else if empty(post) {
            Some("填报人职务")
        } else if on.read().is_none() {
            Some("哪天开会研究的")
        } else if on.read().is_some_and(|day| day > session.today.get()) {
            Some("研究日期不能在今天以后")
        } else if on.read().is_some_and(|day| day < begins) {
            Some("研究日期不能在这一期开始以前")
        } else if empty(secretary) {
            Some("书记姓名")
        } else if !confirmed.get() {
            Some("书记确认内容属实")
        } else {
            None
        }
    };
    let go = goer();
    let send = move |_| {
        let Some(considered_on) = on.get_untracked() else { return };
        if busy.get_untracked() || untrack(missing).is_some() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        let trimmed = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let declaration = Declaration {
            reporter: trimmed(reporter),
            reporter_post: trimmed(post),
            considered_on,
            considered_by: by.get_untracked(),
            secretary: trimmed(secretary),
            claimed_grade: claimed.get_untracked(),
        };
        let key = session.typed_key(PLACE);
        leptos::task::spawn_local(async move {
            let result = session.submit(declaration).await;
            busy.try_set(false);
            match result {
                Ok(_) => {
                    // The page may be gone by now.
                    session.forget_typed_form(&key);
                    go(Place::Submissions);
                }
                Err(error) => {
                    trouble.try_set(Some(why_not(&error)));
                }
            }
        });
    };
    let open = move || {
        let rows = session.derived.rows.read();
        let (done, asked) = progress(rows.iter());
        asked - done
    };
    let doubtful = move || {
        let rows = session.derived.rows.read();
        let numbers = rows.iter().filter(|row| row.doubtful).map(|row| row.number.to_string());
        numbers.collect::<Vec<_>>().join("、")
    };
    let heads = move || session.heads_of_period().len();
    let late =
        move || session.work.read().as_ref().is_ok_and(|work| work.period.is_late(session.today.get()));
    let field =
        move |field: &'static str, name: &'static str, signal: RwSignal<String>, hint: &'static str| {
            let say = Callback::new(move |text: String| signal.set(text));
            Field::new(format!("{PLACE}#{field}"), Shape::Text(Kind::NAME), signal.into(), say)
                .ends(Ends::Entered)
                .hint(hint)
                .named(view! { <span>{name}</span> }.into_any())
        };
    let considered = Field::new(
        format!("{PLACE}#on"),
        Shape::Day,
        Signal::derive(move || on.get().map(day::text).unwrap_or_default()),
        Callback::new(move |text: String| on.set(day::parse(&text))),
    );
    view! {
        {before_in(form)}
        {live(move || {
            (open() > 0)
                .then(|| {
                    view! {
                        <Note>
                            <p>{terms::unfilled(&session.derived.rows.read())}</p>
                        </Note>
                    }
                })
        })}
        {live(move || {
            let numbers = doubtful();
            (!numbers.is_empty())
                .then(|| {
                    view! {
                        <Note>
                            <p>{format!("还有待复核的，也可以上报，按原来的回答算：第{numbers}条。")}</p>
                            <a href="/check?show=doubtful" class="button">
                                "去看一遍"
                            </a>
                        </Note>
                    }
                })
        })}
        {live(move || {
            late().then(|| view! { <Note><p>"已过上报截止，仍可上报，会注明逾期。"</p></Note> })
        })}
        {live(move || {
            (heads() > 1)
                .then(|| {
                    view! {
                        <Note>
                            <p>
                                {format!(
                                    "本支部有{}部手机分别报过。各自填的已经合在一起，这次上报代替前面的。",
                                    heads(),
                                )}
                            </p>
                        </Note>
                    }
                })
        })}
        <section class="card" data-testid="declaration">
            <h2>"支部研究"</h2>
            <div class="choices choices-two">
                {[(ConsideredBy::Committee, "支委会研究"), (ConsideredBy::MemberMeeting, "党员大会研究")]
                    .map(|(which, name)| {
                        choice(name, "choice", move || by.get() == which, move |_| by.set(which))
                    })}
            </div>
            {considered
                .ends(Ends::Entered)
                .from(begins)
                .until(today)
                .named(view! { <span>"研究日期"</span> }.into_any())}
            <p class="muted">"还没开会研究的，先开会，开完再上报。"</p>
            <h2>"申报等次"</h2>
            <div class="choices">
                {grades
                    .into_iter()
                    .map(|which| {
                        choice(name(which), "choice", move || claimed.get() == which, move |_| claimed.set(which))
                    })
                    .collect::<Vec<_>>()}
            </div>
            <p class="muted">
                {live(move || {
                    session
                        .derived
                        .estimate
                        .get()
                        .map(|estimate| {
                            format!("按自评估算，{}。最后等次由上级评定。", grading.with_value(|grading| terms::estimate(grading, &estimate)))
                        })
                })}
            </p>
            <h2>"填报人"</h2>
            {field("reporter", "姓名", reporter, "谁填的写谁")}
            <div class="chips">
                {POSTS
                    .map(|name| {
                        choice(name, "chip", move || *post.read() == name, move |_| post.set(name.into()))
                    })}
            </div>
            {field("post", "职务", post, "点上面的，或者自己写")}
            <h2>"书记确认"</h2>
            {field("secretary", "书记姓名", secretary, "")}
            <button
                type="button"
                class="choice choice-tick"
                role="checkbox"
                aria-checked=move || confirmed.get().to_string()
                on:click=move |_| confirmed.update(|yes| *yes = !*yes)
            >
                <span>
                    {live(move || {
                        let day = on.get().map_or_else(|| "__月__日".into(), |day| dates::day(day, session.today.get()));
                        let meeting = match by.get() {
                            ConsideredBy::Committee => "支委会",
                            ConsideredBy::MemberMeeting => "党员大会",
                        };
                        format!("经{day}{meeting}研究，内容属实。")
                    })}
                </span>
            </button>
        </section>
        {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
        {live(move || missing().map(|what| view! { <p class="misfit" role="status">{format!("还差：{what}")}</p> }))}
        {button_unless(live(move || {
                if busy.get() { "正在存…".to_owned() } else { format!("上报给{}", session.addressee()) }
            }), "button button-main", move || busy.get() || missing().is_some(), send)}
        <p class="muted" data-testid="goes-along">
            {live(move || goes_along(session.mending.read().to_report(), &session.addressee()))}
        </p>
        <p class="muted">"没有网也可以点：先存在手机里，有网时自己送。上报以后还能改，改了再报一次。"</p>
    }
}

/// What leaves the phone with it: only now, and nothing before.
fn goes_along(findings: usize, addressee: &str) -> String {
    let findings = match findings {
        0 => String::new(),
        n => format!("，还有整改里支部自己查的{n}个问题"),
    };
    format!("送上去的：这一期的回答、用到的台账和照片{findings}。在这以前，{addressee}看不到。")
}

fn why_not(error: &NotSubmitted) -> Told {
    match error {
        NotSubmitted::Store(error) => errors::store(error),
        NotSubmitted::NotSaved => Told {
            what: "还有刚填的没存上，先不上报".into(),
            remedy: "等右上角显示“已存”再点；一直不行就到“我的资料在哪”保存备份".into(),
            code: "报9",
        },
        NotSubmitted::NoWork => {
            Told {
                what: "还没有可以上报的内容".into(), remedy: "先联网取标准，再自查".into(), code: "报0"
            }
        }
    }
}
