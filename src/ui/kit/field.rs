//! Every field that something is typed or pasted into: no other file makes one. What becomes of what is typed is decided in
//! [`crate::ui::app::session::typing`].
//!
//! A field says in `data-field` which it is, so that a test can walk through all of them.

use crate::{
    browser,
    domain::{answer::MAX_FIGURE, day},
    phone::typing::Shape,
    ui::app::session::{
        Session, session,
        typing::{Ends, Form, Said, Typing, Way},
    },
    ui::kit::button::button,
};
use jiff::civil::Date;
use leptos::{
    ev::{Event, FocusEvent, KeyboardEvent},
    prelude::*,
};

/// A field: what it takes, and what it looks like.
pub struct Field {
    place: String,
    shape: Shape,
    ends: Ends,
    value: Signal<String>,
    write: Callback<String>,
    hint: &'static str,
    label: Option<String>,
    rows: &'static str,
    days: (String, String),
    enter: Option<Callback<()>>,
}

impl Field {
    /// The field of a place, which is saved when it is left.
    pub fn new(place: String, shape: Shape, value: Signal<String>, write: Callback<String>) -> Self {
        let days = (format!("{}-01-01", day::YEARS.start()), format!("{}-12-31", day::YEARS.end()));
        let ends = Ends::Left;
        Self { place, shape, ends, value, write, hint: "", label: None, rows: "2", days, enter: None }
    }

    /// When what was typed in it is no longer unfinished.
    #[must_use]
    pub fn ends(self, ends: Ends) -> Self {
        Self { ends, ..self }
    }

    /// What stands in it, pale, while it is empty.
    #[must_use]
    pub fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// How many lines of it are in sight.
    #[must_use]
    pub fn rows(self, rows: &'static str) -> Self {
        Self { rows, ..self }
    }

    /// No day after this one, which is today.
    #[must_use]
    pub fn past(self, today: Date) -> Self {
        Self { shape: Shape::PastDay(today), ..self }.until(today)
    }

    /// No day after this one.
    #[must_use]
    pub fn until(mut self, last: Date) -> Self {
        self.days.1 = day::text(last);
        self
    }

    /// No day before this one.
    #[must_use]
    pub fn from(mut self, first: Date) -> Self {
        self.days.0 = day::text(first);
        self
    }

    /// What Enter does besides.
    #[must_use]
    pub fn on_enter(self, enter: Callback<()>) -> Self {
        Self { enter: Some(enter), ..self }
    }

    /// Beneath its name.
    pub fn named(self, name: AnyView) -> AnyView {
        let (_, input, said) = self.parts();
        view! {
            <label class="field">{name} {input}</label>
            {said}
        }
        .into_any()
    }

    fn parts(self) -> (Typing, AnyView, AnyView) {
        let Self { place, shape, ends, value, write, hint, label, rows, days, enter } = self;
        let typing = Typing::new(session(), place.clone(), (shape, ends), value, write);
        let shown = move || typing.shown();
        let focus = move |_| typing.hold();
        let blur = move |event: FocusEvent| {
            typing.leave(Way::Blur);
            // Nothing was taken of half a date, so nothing of it stays in sight: what stood there is there again.
            if let Some(there) = typing.still_shown().filter(|_| browser::input::is_half(&event)) {
                browser::input::put(&event, &there);
            }
        };
        let input =
            move |event: Event| typing.input(event_target_value(&event), browser::input::is_half(&event));
        if !shape.is_one_line() {
            let area = view! {
                <textarea
                    data-field=place
                    rows=rows
                    maxlength=most(shape)
                    prop:value=shown
                    on:focus=focus
                    on:input=input
                    on:blur=blur
                ></textarea>
            };
            return (typing, area.into_any(), beneath(typing));
        }
        let key = move |event: KeyboardEvent| {
            // Not the one that ends a word of an input method.
            if event.key() == "Enter" && !event.is_composing() {
                typing.leave(Way::Enter);
                if let Some(enter) = enter {
                    enter.try_run(());
                }
            }
        };
        let (is_day, is_code) = (matches!(shape, Shape::Day | Shape::PastDay(_)), shape == Shape::Code);
        let days = is_day.then_some(days);
        let line = view! {
            <input
                data-field=place
                type=if is_day { "date" } else { "text" }
                class=is_code.then_some("code-input")
                inputmode=matches!(shape, Shape::Figure | Shape::Code).then_some("numeric")
                autocomplete=is_code.then_some("one-time-code")
                maxlength=most(shape)
                min=days.clone().map(|(first, _)| first)
                max=days.map(|(_, last)| last)
                placeholder=Some(hint).filter(|hint| !hint.is_empty())
                aria-label=label
                prop:value=shown
                on:focus=focus
                on:input=input
                on:blur=blur
                on:keydown=key
            />
        };
        (typing, line.into_any(), beneath(typing))
    }
}

fn most(shape: Shape) -> Option<String> {
    match shape {
        Shape::Text(kind) => Some(kind.most().to_string()),
        Shape::Figure => Some("6".into()),
        Shape::Code => Some("20".into()),
        Shape::Day | Shape::PastDay(_) => None,
    }
}

/// What has to be said of what is typed.
fn beneath(typing: Typing) -> AnyView {
    (move || match typing.said.get() {
        Said::Nothing => ().into_any(),
        Said::Not(not) => view! { <p class="misfit" role="alert">{not.told()}</p> }.into_any(),
        Said::Full(most) => {
            let told = format!("这里最多{most}个字，已经满了；后面的没有收进来。");
            view! { <p class="misfit" role="alert">{told}</p> }.into_any()
        }
        Said::Before => {
            before(Callback::new(move |()| typing.drop_it()), Some(Callback::new(move |()| typing.save_it())))
        }
    })
    .into_any()
}

/// Beneath the name of a form, or above it: what was said another time is there again.
pub fn before_in(form: Form) -> AnyView {
    (move || form.is_before.get().then(|| before(Callback::new(move |()| form.drop_it()), None))).into_any()
}

/// 上次没填完的还在
fn before(drop: Callback<()>, save: Option<Callback<()>>) -> AnyView {
    view! {
        <div class="note unfinished" role="status" data-testid="unfinished">
            <span>"上次没填完的还在。"</span>
            {save
                .map(|save| {
                    button("存上", "quiet", move |_| save.run(()))
                })}
            {button("不要了", "quiet", move |_| drop.run(()))}
        </div>
    }
    .into_any()
}

/// A number with − and +. `None` shows as 没填; the first + makes it 1, the first − makes it 0.
#[component]
pub fn Stepper(
    /// Which field it is.
    #[prop(into)]
    place: String,
    /// What is counted, for screen readers.
    #[prop(into)]
    label: String,
    /// The value.
    #[prop(into)]
    value: Signal<Option<u32>>,
    /// 次, 人 …; may be empty.
    #[prop(into)]
    unit: String,
    /// The largest value.
    #[prop(default = MAX_FIGURE)]
    most: u32,
    /// When what was typed in it is no longer unfinished.
    #[prop(default = Ends::Left)]
    ends: Ends,
    /// Told the new value.
    on_change: Callback<u32>,
) -> impl IntoView {
    let shown = Signal::derive(move || value.get().map(|n| n.to_string()).unwrap_or_default());
    let change = move |to: u32| {
        on_change.try_run(to.min(most));
    };
    let typed = Callback::new(move |text: String| {
        if let Ok(figure) = text.parse() {
            change(figure);
        }
    });
    let field = Field { label: Some(label.clone()), ..Field::new(place, Shape::Figure, shown, typed) };
    let (typing, input, said) = field.ends(ends).hint("没填").parts();
    view! {
        <span class="stepper" role="group" aria-label=label>
            <button
                type="button"
                aria-label="减一"
                on:click=move |_| change(typing.counted().map_or(0, |n| n.saturating_sub(1)))
            >
                "−"
            </button>
            {input}
            <button
                type="button"
                aria-label="加一"
                on:click=move |_| change(typing.counted().map_or(1, |n| n.saturating_add(1)))
            >
                "+"
            </button>
            <span class="stepper-unit">{unit}</span>
        </span>
        {said}
    }
    .into_any()
}

/// A field to look for something. What is sought is no work: nothing of it is kept.
pub fn search(name: &'static str, sought: RwSignal<String>, focused: fn(Session)) -> AnyView {
    let session = session();
    let input = move |event: Event| {
        let sought_for = Shape::SOUGHT.read(&event_target_value(&event), false);
        sought.try_set(sought_for.unwrap_or_default());
    };
    view! {
        <search>
            <label class="field">
                <span class="muted">{name}</span>
                <input
                    data-field="search"
                    type="search"
                    enterkeyhint="search"
                    autocomplete="off"
                    spellcheck="false"
                    maxlength=most(Shape::SOUGHT)
                    prop:value=sought.get_untracked()
                    on:input=input
                    on:focus=move |_| focused(session)
                />
            </label>
        </search>
    }
    .into_any()
}

/// Where the text of a backup is pasted: a copy of what lies elsewhere, and as long as a branch's whole work, so it is not kept.
pub fn pasted(name: &'static str, text: RwSignal<String>) -> AnyView {
    let input = move |event: Event| {
        text.try_set(event_target_value(&event));
    };
    view! {
        <label class="field">
            <span class="muted">{name}</span>
            <textarea data-field="backup" rows="3" prop:value=text on:input=input></textarea>
        </label>
    }
    .into_any()
}

/// A text to be copied.
pub fn carried(name: &'static str, text: String) -> AnyView {
    view! { <textarea class="carried" readonly rows="4" aria-label=name prop:value=text></textarea> }
        .into_any()
}
