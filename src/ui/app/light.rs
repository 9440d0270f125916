//! The data light: where the data is, always at the same spot. A tap opens 我的资料在哪.

use super::session::{Saving, session};
use crate::phone::work::of_period;
use crate::{
    sync::BindingState,
    ui::app::session::erased::{live, memo},
    ui::words,
};
use leptos::prelude::*;

/// Two short lines; a failure replaces them.
#[component]
pub fn Light() -> impl IntoView {
    let session = session();
    // Whether, not why: the lines are not drawn anew with every change.
    let failed = memo(move || {
        matches!(*session.saving.read(), Saving::Failed(_)) || session.storage_refused.read().is_some()
    });
    let here = move || match (session.clock_trouble.get(), &*session.saving.read()) {
        (_, Saving::Failed(_)) => "没存上".to_owned(),
        (Some(trouble), _) => words::clock::light(trouble).into(),
        (None, Saving::Quiet) => "手机：已存".into(),
        (None, Saving::Busy) => "手机：正在存".into(),
        (None, Saving::Saved(at)) => {
            format!("手机：已存 {}", words::dates::short(*at, session.today.get()))
        }
    };
    let above = move || {
        let active = session.active();
        if active.as_ref().is_some_and(|binding| binding.branch.ended.is_some()) {
            return words::light::ENDED.to_owned();
        }
        let paused = active.as_ref().is_some_and(|binding| binding.state == BindingState::Revoked);
        let code = active.map(|binding| binding.branch.code);
        let outbox = session.outbox.read();
        let waiting =
            outbox.iter().filter(|row| Some(&row.branch) == code.as_ref() && row.is_waiting()).count();
        let times =
            session.work.read().as_ref().map_or(0, |work| of_period(work, &session.submissions.read()).len());
        words::light::upper(&session.derived.sent.read(), times, waiting, paused)
    };
    let saved_at = move || match *session.saving.read() {
        Saving::Saved(at) => Some(at.to_string()),
        _ => None,
    };
    view! {
        <a href="/storage" class="light" data-testid="light">
            <span
                class="light-lines"
                class:light-failed=failed
                role="status"
                aria-live="polite"
                data-testid="light-state"
                data-saved-at=saved_at
            >
                {live(move || {
                    if failed.get() {
                        view! { <b>"没存上，点这里"</b> }.into_any()
                    } else {
                        view! {
                            <span>{here}</span>
                            <span>{above}</span>
                        }
                            .into_any()
                    }
                })}
            </span>
        </a>
    }
}
