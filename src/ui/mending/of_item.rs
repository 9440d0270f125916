//! The one tap that makes a finding of a shortfall, and the way to the one that is there already.

use super::drafts::drafted;
use crate::{
    browser,
    domain::{FindingId, FindingState, ItemId},
    ui::app::session::erased::{Show, memo},
    ui::{
        app::{
            frame::goer,
            route::Place,
            session::{Session, modules::Module, session},
        },
        words::terms,
    },
};
use leptos::prelude::*;

impl Session {
    /// Makes a finding of an item that lost points, with what is drafted for it, and says under which id. `None` when the item
    /// has not lost any, or nothing can be stored for its branch.
    pub fn make_finding(self, item: &ItemId) -> Option<FindingId> {
        let words = self.work.with_untracked(|work| {
            let work = work.as_ref().ok()?;
            let (_, _, asked) = work.checklist.find(item)?;
            let rows = self.derived.rows.read_untracked();
            let row = rows.iter().find(|row| &row.id == item && row.is_short())?;
            let sheet = self.derived.sheet.get_untracked()?;
            let scored = sheet.items().find(|scored| &scored.item == item)?;
            Some(drafted(asked, scored, row, &work.period))
        })?;
        let random = browser::random::bytes().ok()?;
        let id = FindingId::from_parts(self.now(), &random);
        self.write_finding(id, words).then_some(id)
    }
}

/// Beneath an item that lost points; nothing beneath any other without findings.
#[component]
pub fn FindingOf(
    /// The item.
    item: ItemId,
) -> impl IntoView {
    let session = session();
    let go = goer();
    let known = {
        let item = item.clone();
        memo(move || {
            let mut about = session.mending.read().findings.about(&item);
            about.retain(|finding| finding.state != FindingState::Withdrawn);
            about
        })
    };
    let is_short = {
        let item = item.clone();
        memo(move || session.derived.rows.read().iter().any(|row| row.id == item && row.is_short()))
    };
    let links = move || {
        let today = session.today.get();
        known
            .get()
            .into_iter()
            .map(|finding| {
                let said = format!("整改：{}", terms::finding_standing(&finding, today));
                view! {
                    <a href=Place::Finding(finding.id).address() class="quiet" data-testid="to-finding">
                        {said}
                    </a>
                }
            })
            .collect::<Vec<_>>()
    };
    // One open finding of an item is enough; a closed one that came back is another.
    let offered = move || {
        session.is_on(Module::Mending)
            && is_short.get()
            && known.read().iter().all(|finding| finding.state == FindingState::Closed)
    };
    let make = move |_| {
        if let Some(id) = session.make_finding(&item) {
            go(Place::Finding(id));
        }
    };
    view! {
        {links}
        <Show when=offered>
            <button type="button" class="quiet" data-testid="raise" on:click=make.clone()>
                "写进整改"
            </button>
        </Show>
    }
}
