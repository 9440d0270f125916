//! What is written of a finding, one thing at a time: each field shows its word, and opens alone.
//!
//! A word is saved when its field is left, closed, or the page goes out of sight: there is no button that could be forgotten.

use crate::{
    domain::{Finding, FindingField, FindingId, FindingState, FindingValue, day, text::Kind},
    phone::{mending::named, typing::Shape},
    ui::app::session::erased::{live, memo},
    ui::kit::button::choice,
    ui::{
        app::session::{Session, session},
        kit::field::Field,
        words::dates,
    },
};
use jiff::civil::Date;
use leptos::prelude::*;

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Problem,
    Measure,
    Responsible,
    Deadline,
    Delay,
}

impl Asked {
    fn name(self) -> &'static str {
        match self {
            Self::Problem => "存在问题",
            Self::Measure => "整改措施",
            Self::Responsible => "责任人",
            Self::Deadline => "整改时限",
            Self::Delay => "没按时改好的原因",
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Self::Problem => "finding-problem",
            Self::Measure => "finding-measure",
            Self::Responsible => "finding-responsible",
            Self::Deadline => "finding-deadline",
            Self::Delay => "finding-delay",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Problem => "缺什么、差在哪里，写具体",
            Self::Measure => "怎么改；已经错过的如实写，不补会、不补记录",
            Self::Responsible => "写一个人的名字",
            Self::Deadline => "哪一天以前改好",
            Self::Delay => "为什么没改好，要等什么",
        }
    }

    /// Where what is typed lies.
    fn place(self, id: FindingId) -> String {
        format!("finding/{id}/{}", self.slug())
    }

    fn shape(self) -> Shape {
        match self {
            Self::Deadline => Shape::Day,
            // Names are short, and no line is broken in one.
            Self::Responsible => Shape::Text(Kind::NAME),
            Self::Problem | Self::Measure | Self::Delay => Shape::Text(Kind::NOTE),
        }
    }

    fn field(self) -> FindingField {
        match self {
            Self::Problem => FindingField::Problem,
            Self::Measure => FindingField::Measure,
            Self::Responsible => FindingField::Responsible,
            Self::Deadline => FindingField::Deadline,
            Self::Delay => FindingField::DelayReason,
        }
    }

    fn said(self, finding: &Finding) -> String {
        match self {
            Self::Problem => finding.problem.clone(),
            Self::Measure => finding.measure.clone(),
            Self::Responsible => finding.responsible.clone(),
            Self::Deadline => finding.deadline.map(day::text).unwrap_or_default(),
            Self::Delay => finding.delay_reason.clone(),
        }
    }

    /// What is said, as people read it.
    fn shown(self, finding: &Finding, session: Session) -> String {
        if self != Self::Deadline {
            return self.said(finding);
        }
        let today = session.today.get();
        let above = session.addressee();
        if let (Some(demanded), Some(until)) = (finding.demanded, finding.asks_until()) {
            let (demanded, until) = (dates::day(demanded, today), dates::day(until, today));
            return format!("{demanded}（{above}定的）；申请延期到{until}，等{above}答复");
        }
        match (finding.demanded, finding.deadline) {
            (Some(asked), Some(own)) if asked != own => format!(
                "{}（{}定的）；支部定{}",
                dates::day(asked, today),
                session.addressee(),
                dates::day(own, today)
            ),
            (Some(asked), _) => format!("{}（{}定的）", dates::day(asked, today), session.addressee()),
            (None, Some(own)) => dates::day(own, today),
            (None, None) => String::new(),
        }
    }
}

/// What stands in a section of its own, with a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delay {
    /// The day has passed.
    Overdue,
    /// 申请延期, which nobody has answered.
    Asked,
    /// Another day is set, and was explained.
    Moved,
}

impl Delay {
    fn of(finding: &Finding, today: Date) -> Option<Self> {
        match finding {
            finding if finding.asks_until().is_some() => Some(Self::Asked),
            finding if finding.is_overdue(today) => Some(Self::Overdue),
            finding => finding.is_late(today).then_some(Self::Moved),
        }
    }

    fn told(self, is_given: bool, above: &str) -> (&'static str, String) {
        match self {
            Self::Overdue if is_given => {
                ("过了时限还没改好", format!("写上原因；要延期，写上想延到哪天，由{above}答复。"))
            }
            Self::Overdue => ("过了时限还没改好", format!("写上原因和新的日子，{above}看得到。")),
            Self::Asked => ("申请延期", format!("写上为什么要延期。{above}还没有答复。")),
            Self::Moved => ("改过时限", format!("写上的原因，{above}看得到。")),
        }
    }
}

/// The fields that every finding has.
#[component]
pub fn FindingFields(
    /// The finding.
    finding: Memo<Option<Finding>>,
) -> impl IntoView {
    let session = session();
    let shape = memo(move || {
        let finding = finding.read();
        let finding = finding.as_ref()?;
        // What was accepted is not rewritten.
        let is_closed = finding.state == FindingState::Closed;
        let delay = Delay::of(finding, session.today.get());
        Some((finding.id, finding.from_above, delay.is_some(), is_closed))
    });
    let open = RwSignal::new(None::<Asked>);
    move || {
        let (id, from_above, late, is_closed) = shape.get()?;
        let mut asked = vec![Asked::Measure, Asked::Responsible];
        // The new day of one that is late stands beside the reason: see [`Late`].
        if !late {
            asked.push(Asked::Deadline);
        }
        // What the upper level wrote is not the branch's to reword.
        if !from_above && !is_closed {
            asked.insert(0, Asked::Problem);
        }
        let fields: Vec<_> = asked
            .into_iter()
            .map(|asked| view! { <One id=id asked=asked finding=finding open=open is_closed=is_closed /> })
            .collect();
        Some(view! {
            <section class="card list" data-testid="finding-fields">
                <h2>"怎么改"</h2>
                <ul>{fields}</ul>
            </section>
        })
    }
}

/// Once the deadline has passed, or more time is asked for: the reason, and a new day.
#[component]
pub fn Late(
    /// The finding.
    finding: Memo<Option<Finding>>,
) -> impl IntoView {
    let session = session();
    let open = RwSignal::new(None::<Asked>);
    let late = memo(move || {
        let finding = finding.read();
        let finding = finding.as_ref()?;
        Delay::of(finding, session.today.get()).map(|_| finding.id)
    });
    // Apart from the fields, which stay as they are when what is written in one of them changes this.
    let told = memo(move || {
        let finding = finding.read();
        let finding = finding.as_ref()?;
        let delay = Delay::of(finding, session.today.get())?;
        Some(delay.told(finding.demanded.is_some(), &session.addressee()))
    });
    move || {
        let id = late.get()?;
        Some(view! {
            <section class="card list" data-testid="finding-late">
                <h2>{live(move || told.get().map(|(head, _)| head))}</h2>
                <p class="muted">{live(move || told.get().map(|(_, told)| told))}</p>
                <ul>
                    <One id=id asked=Asked::Delay finding=finding open=open is_closed=false />
                    <One id=id asked=Asked::Deadline finding=finding open=open is_closed=false />
                </ul>
            </section>
        })
    }
}

#[component]
fn One(
    id: FindingId,
    asked: Asked,
    finding: Memo<Option<Finding>>,
    open: RwSignal<Option<Asked>>,
    is_closed: bool,
) -> impl IntoView {
    let session = session();
    // What was not finished another time is opened again.
    if open.get_untracked().is_none() && session.typed(&session.typed_key(&asked.place(id))).is_some() {
        open.set(Some(asked));
    }
    let is_open = memo(move || !is_closed && open.get() == Some(asked));
    let shown = memo(move || {
        finding.read().as_ref().map(|finding| asked.shown(finding, session)).unwrap_or_default()
    });
    let toggle = move |_| open.update(|open| *open = if *open == Some(asked) { None } else { Some(asked) });
    // What the upper level has set is not changed here: more time is asked for.
    let is_given = memo(move || {
        let finding = finding.read();
        asked == Asked::Deadline
            && finding
                .as_ref()
                .is_some_and(|finding| finding.demanded.is_some() && finding.asks_until().is_none())
    });
    let said = move || match (is_open.get(), shown.read().is_empty()) {
        (true, _) => "写好了",
        (false, _) if is_given.get() => "申请延期",
        (false, true) => "写",
        (false, false) => "改",
    };
    view! {
        <li class="finding-field" data-testid=asked.slug()>
            <h3>{asked.name()}</h3>
            {live(move || {
                if is_open.get() {
                    return view! { <Editor id=id asked=asked finding=finding /> }.into_any();
                }
                let said = shown.get();
                if asked == Asked::Problem {
                    // It stands at the top of the page.
                    ().into_any()
                } else if said.is_empty() {
                    view! { <p class="muted">"还没写"</p> }.into_any()
                } else {
                    view! { <p class="said">{said}</p> }.into_any()
                }
            })}
            {(!is_closed)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="quiet"
                            data-testid="finding-edit"
                            aria-label=move || format!("{}，{}", said(), asked.name())
                            aria-expanded=move || is_open.get().to_string()
                            // The field keeps the cursor until the tap is over: what it holds, once written, makes the page shorter,
                            // and the button would slip away from under the finger.
                            on:mousedown=|event| event.prevent_default()
                            on:click=toggle
                        >
                            {said}
                        </button>
                    }
                })}
        </li>
    }
}

/// Writes a word, of a finding of the branch on the screen.
fn write(session: Session, id: FindingId, asked: Asked, said: String) {
    let is_here = session.mending.with_untracked(|mending| mending.findings.find(id).is_some());
    let value = match asked {
        Asked::Deadline => FindingValue::Day { day: day::parse(&said) },
        _ => FindingValue::Text { text: said },
    };
    if is_here {
        session.write_finding(id, vec![(asked.field(), value)]);
    }
}

#[component]
fn Editor(id: FindingId, asked: Asked, finding: Memo<Option<Finding>>) -> impl IntoView {
    let session = session();
    let said = memo(move || finding.read().as_ref().map(|finding| asked.said(finding)).unwrap_or_default());
    let names = if asked == Asked::Responsible {
        session.mending.with_untracked(|mending| named(&mending.findings))
    } else {
        Vec::new()
    };
    let offered: Vec<_> = names
        .into_iter()
        .take(4)
        .map(|name| {
            let (is, chosen) = (name.clone(), name.clone());
            choice(
                name,
                "chip",
                move || *said.read() == is,
                move |_| write(session, id, asked, chosen.clone()),
            )
        })
        .collect();
    let written = Callback::new(move |said| write(session, id, asked, said));
    let field = Field::new(asked.place(id), asked.shape(), said.into(), written).rows("4");
    view! {
        {field.named(view! { <span class="muted">{asked.hint()}</span> }.into_any())}
        {(!offered.is_empty()).then(|| view! { <div class="chips">{offered}</div> })}
    }
}
