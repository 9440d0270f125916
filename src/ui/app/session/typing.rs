//! What is being typed: the one mechanism of every field, and of every form that is entered as a whole.
//!
//! - What is typed is kept on disk a moment after the key, whatever becomes of the page, and is there again when she returns.
//! - While a field is in focus, or holds what is not saved, nothing that arrives touches it. It is saved when it is left: by
//!   another field, by Enter, by Back, or because the app goes out of sight. Where something else was saved meanwhile, both are in
//!   the history.
//! - The browser tells a field that is taken off the page that it has changed and was left (Chromium does), when its signals are
//!   gone already: whatever is called by the browser tries, and does nothing then. What has to be saved is saved by the clean-up,
//!   which comes before.

use super::{Saving, Session};
use crate::{
    browser::{self, timer},
    phone::{
        typing::{self, NotTaken, Shape, Typed},
        unsaved::Queue,
    },
};
use leptos::prelude::*;

/// What is typed is written so many milliseconds after the first key that is not: a process that is killed loses no more.
const WRITE_AFTER_MS: u64 = 300;

impl Session {
    /// Where the text of a place lies, for the branch and the period on the screen.
    pub fn typed_key(self, place: &str) -> String {
        let branch = untrack(|| self.active()).map(|binding| binding.branch.code);
        self.work.with_untracked(|work| {
            let period = work.as_ref().ok().map(|work| &work.draft.period);
            typing::key(branch.as_ref(), period, place)
        })
    }

    /// The text that is kept under this key.
    pub fn typed(self, key: &str) -> Option<String> {
        self.typed.with_value(|typed| typed.text(key).map(str::to_owned))
    }

    /// The fields of the form under this key, with their texts.
    pub fn typed_form(self, key: &str) -> Vec<(String, String)> {
        self.typed.with_value(|typed| typed.of_form(key))
    }

    /// A text was typed.
    fn keep_typed(self, key: &str, text: &str) {
        let at = self.now();
        self.typed.update_value(|typed| typed.keep(key, text, at));
        self.write_typed_soon();
    }

    /// It was saved, or let go of.
    pub fn forget_typed(self, key: &str) {
        self.typed.update_value(|typed| typed.forget(key));
        self.write_typed_soon();
    }

    /// A form was entered, or let go of. At once on disk as well: a page that is closed in this moment does not leave it as unfinished.
    pub fn forget_typed_form(self, key: &str) {
        self.typed.update_value(|typed| typed.forget_form(key));
        leptos::task::spawn_local(self.write_typed());
    }

    /// Not again with every key: the first that is not on disk sets the time.
    pub(super) fn write_typed_soon(self) {
        if self.typed.with_value(Typed::is_on_disk) || self.typed_timer.with_value(Option::is_some) {
            return;
        }
        let timer = timer::after(WRITE_AFTER_MS, move || leptos::task::spawn_local(self.write_typed()));
        self.typed_timer.set_value(Some(timer));
    }

    /// Writes what is typed. What was entered goes only when everything else is on disk.
    pub(in crate::ui) async fn write_typed(self) {
        self.typed_timer.set_value(None);
        let Some(repository) = self.repository() else { return };
        let all_saved = self.engine().queue(Queue::is_empty);
        let taken = self.typed.try_update_value(|typed| typed.take(all_saved));
        let Some(mut changes) = taken.filter(|changes| !changes.is_empty()) else { return };
        // Nothing is stored for a branch that was let go of.
        self.bindings.with_untracked(|all| {
            let is_bound = |key: &str| {
                let (of, _) = key.split_once('/').unwrap_or_default();
                of == "-" || all.iter().any(|binding| binding.branch.code.as_str() == of)
            };
            changes.retain(|(key, _)| is_bound(key));
        });
        if changes.is_empty() {
            return self.typed.update_value(|typed| typed.written(true));
        }
        let result = repository.keep_unfinished(&changes).await;
        self.typed.update_value(|typed| typed.written(result.is_ok()));
        match result {
            Ok(()) => {
                self.engine().saved_beside();
                if all_saved {
                    self.write_typed_soon();
                }
            }
            Err(error) => {
                self.guard.set_value(browser::leave::guard());
                self.saving.set(Saving::Failed(error));
            }
        }
    }

    /// The app goes out of sight, perhaps for good.
    pub(super) fn hide(self) {
        // A word on a problem may go up as soon as it is saved: half a sentence waits, on disk, until she has finished it.
        let typing = self.typing.get_value();
        if let Some(typing) = typing.filter(|typing| !typing.is_sent_when_saved()) {
            typing.leave(Way::Hidden);
        }
        leptos::task::spawn_local(self.write_typed());
    }
}

/// How a field is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The focus goes somewhere else.
    Blur,
    /// Enter: it stays in focus.
    Enter,
    /// The app goes out of sight.
    Hidden,
    /// The page is taken away.
    Gone,
}

/// When what was typed is no longer unfinished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// When the field is left: it is saved then, through the queue.
    Left,
    /// When the page says so, because it knows when it is on disk.
    Stored,
    /// With the form: each key is written into it, and it keeps what it holds.
    Entered,
}

/// What stands beneath a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// 上次没填完的还在
    Before,
    /// What was typed is not taken.
    Not(NotTaken),
    /// It holds as many characters as it can: of what was pasted the rest is not there.
    Full(usize),
}

#[derive(Clone, Default)]
struct State {
    /// What stood there when it was opened.
    opened: String,
    /// The browser shows half a date, and calls it empty.
    is_half: bool,
    /// Something was typed since.
    is_touched: bool,
}

/// One field.
#[derive(Clone, Copy)]
pub struct Typing {
    session: Session,
    place: StoredValue<String>,
    key: StoredValue<String>,
    shape: Shape,
    ends: Ends,
    value: Signal<String>,
    write: Callback<String>,
    /// What stands in it while it is in focus, or holds what is not saved.
    held: RwSignal<Option<String>>,
    /// What stands beneath it.
    pub said: RwSignal<Said>,
    state: StoredValue<State>,
}

impl Typing {
    /// The field of a place, with what was typed there before and not saved. `value` is what stands there, `write` is told what was
    /// typed, without what it must not hold.
    pub fn new(
        session: Session,
        place: String,
        (shape, ends): (Shape, Ends),
        value: Signal<String>,
        write: Callback<String>,
    ) -> Self {
        let key = session.typed_key(&place);
        let before = session.typed(&key).filter(|_| ends != Ends::Entered);
        let before = before.filter(|before| value.with_untracked(|value| value != before));
        let said = if before.is_some() { Said::Before } else { Said::Nothing };
        let state = State { opened: value.get_untracked(), ..State::default() };
        let typing = Self {
            session,
            place: StoredValue::new(place),
            key: StoredValue::new(key),
            shape,
            ends,
            value,
            write,
            held: RwSignal::new(before),
            said: RwSignal::new(said),
            state: StoredValue::new(state),
        };
        on_cleanup(move || typing.leave(Way::Gone));
        typing
    }

    /// What is to be seen in it.
    pub fn shown(self) -> String {
        self.held.get().unwrap_or_else(|| self.value.get())
    }

    /// The same for the browser's events, which come when the page is gone as well: nothing then.
    pub fn still_shown(self) -> Option<String> {
        untrack(|| self.held.try_get()?.or_else(|| self.value.try_get()))
    }

    /// It is in focus: from now on it stays as it is.
    pub fn hold(self) {
        if self.held.try_get_untracked() == Some(None) {
            let value = self.value.get_untracked();
            self.state.set_value(State { opened: value.clone(), ..State::default() });
            self.held.set(Some(value));
        }
    }

    /// This stands in it now.
    pub fn input(self, text: String, is_half: bool) {
        self.hold();
        let taken = self.shape.read(&text, is_half);
        // A code is seen in groups while it is typed.
        let text = if self.shape == Shape::Code { taken.clone().unwrap_or(text) } else { text };
        self.state.update_value(|state| (state.is_half, state.is_touched) = (is_half, true));
        match (self.shape.is_full(&text), self.said.get_untracked()) {
            (Some(most), said) if said != Said::Full(most) => self.said.set(Said::Full(most)),
            (None, Said::Not(_) | Said::Full(_)) => self.said.set(Said::Nothing),
            _ => {}
        }
        if self.ends == Ends::Entered {
            if let Ok(taken) = taken {
                self.write.try_run(taken);
            }
        } else {
            self.session.typing.set_value(Some(self));
            // Of half a date there is nothing to keep: it would come back as no date at all.
            let is_as_it_was = is_half || self.state.with_value(|state| state.opened == text);
            self.key.with_value(|key| {
                if is_as_it_was {
                    self.session.forget_typed(key);
                } else {
                    self.session.keep_typed(key, &text);
                }
            });
        }
        // Half a date is empty to us and not to her: drawn again it would be gone, and with it what she has typed of it.
        if !is_half {
            self.held.set(Some(text));
        }
    }

    fn is_sent_when_saved(self) -> bool {
        self.place.try_with_value(|place| place.starts_with("finding/")).unwrap_or_default()
    }

    /// It is left: what was typed is saved.
    pub fn leave(self, way: Way) {
        let (Some(Some(text)), Some(state)) = (self.held.try_get_untracked(), self.state.try_get_value())
        else {
            return;
        };
        let stays = matches!(way, Way::Enter | Way::Hidden);
        if !state.is_touched {
            // What was there from before stays until she says what is to become of it.
            if !stays && self.said.try_get_untracked() != Some(Said::Before) {
                self.held.try_set(None);
            }
            return;
        }
        match self.shape.read(&text, state.is_half) {
            Ok(taken) => {
                self.save(&state.opened, &text, &taken);
                if !matches!(self.said.try_get_untracked(), Some(Said::Full(_))) {
                    self.said.try_set(Said::Nothing);
                }
                self.state.try_set_value(State { opened: taken.clone(), ..State::default() });
                self.held.try_set(stays.then_some(taken));
            }
            // Of what cannot be read nothing is guessed; of a page that is gone it is there when she returns.
            Err(not) => {
                if way == Way::Blur {
                    self.said.try_set(Said::Not(not));
                    self.let_go();
                }
            }
        }
    }

    fn save(self, opened: &str, typed: &str, taken: &str) {
        if self.ends == Ends::Entered {
            return;
        }
        // Another branch or period may have come onto the screen: it is not written into that, and waits for its own.
        let key = self.key.get_value();
        if self.place.with_value(|place| self.session.typed_key(place)) != key {
            return;
        }
        let there = self.value.try_get_untracked().unwrap_or_default();
        let is_new = typing::is_new(opened, typed, taken, &there);
        if is_new {
            self.write.try_run(taken.to_owned());
        }
        if self.ends == Ends::Left || !is_new {
            self.session.forget_typed(&key);
        }
    }

    /// 不要了: what stood there before is there again.
    pub fn drop_it(self) {
        self.said.set(Said::Nothing);
        self.let_go();
    }

    fn let_go(self) {
        // What stands in a form is kept with it.
        if self.ends != Ends::Entered {
            self.key.with_value(|key| self.session.forget_typed(key));
        }
        self.state.update_value(|state| state.is_touched = false);
        self.held.set(None);
    }

    /// 存上: as if it had been typed just now.
    pub fn save_it(self) {
        self.state.update_value(|state| state.is_touched = true);
        self.leave(Way::Blur);
    }

    /// The number that is to be seen, to be counted on from; the field lets go of it.
    pub fn counted(self) -> Option<u32> {
        let shown = untrack(|| self.shown());
        self.drop_it();
        shown.parse().ok()
    }
}

/// What each field of a form says, as text.
pub type Fields = Vec<(&'static str, String)>;

/// A form that is entered as a whole: what is said in it is kept, all of it as it was seen, until then.
#[derive(Clone, Copy)]
pub struct Form {
    session: Session,
    key: StoredValue<String>,
    start: Callback<(), Fields>,
    now: Callback<(), Fields>,
    say: Callback<(String, String)>,
    /// Whether it holds what was said another time.
    pub is_before: RwSignal<bool>,
}

impl Form {
    /// The form of a place, with what was said there before and not entered. `start` is what it says when nothing was said in it,
    /// `now` what it says now; `say` says something in it.
    pub fn begin(
        session: Session,
        place: &str,
        start: Callback<(), Fields>,
        now: Callback<(), Fields>,
        say: Callback<(String, String)>,
    ) -> Self {
        let key = session.typed_key(place);
        let before = session.typed_form(&key);
        let is_before = RwSignal::new(!before.is_empty());
        for said in before {
            say.run(said);
        }
        let form = Self { session, key: StoredValue::new(key), start, now, say, is_before };
        Effect::new(move |_| form.look());
        form
    }

    /// Keeps what is said now, unless nothing is.
    pub fn look(self) {
        let (start, now) = (self.start.run(()), self.now.run(()));
        self.key.with_value(|key| {
            if start == now {
                if self.is_before.get_untracked() {
                    self.is_before.set(false);
                }
                return self.session.forget_typed_form(key);
            }
            for (field, text) in now {
                self.session.keep_typed(&format!("{key}#{field}"), &text);
            }
        });
    }

    /// What was said in it is entered, and no longer unfinished.
    pub fn entered(self) {
        self.key.with_value(|key| self.session.forget_typed_form(key));
    }

    /// 不要了: it begins anew.
    pub fn drop_it(self) {
        for (field, text) in self.start.run(()) {
            self.say.run((field.to_owned(), text));
        }
        self.look();
    }
}
