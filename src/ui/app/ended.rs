//! That the branch is there no more, wherever something would be sent.

use super::session::{Session, session};
use crate::ui::{kit::message::Trouble, words::errors};
use leptos::prelude::*;

/// Whether the branch on the screen has ended, as the endpoint last said.
pub fn has_ended(session: Session) -> bool {
    session.active().is_some_and(|binding| binding.branch.ended.is_some())
}

/// What became of the branch, what is safe, and where to go on; nothing while it is there.
#[component]
pub fn Ended() -> impl IntoView {
    let session = session();
    move || {
        let ended = session.active()?.branch.ended?;
        let told = errors::branch_ended(&ended, &session.addressee(), session.today.get());
        Some(view! {
            <section data-testid="branch-ended">
                <Trouble told=told />
                <a href="/activate" class="button">
                    "启用别的支部"
                </a>
            </section>
        })
    }
}
