//! 整改前 and 整改后: the photos of a finding. Never compulsory; of an item whose material must not be photographed the card says so.

use crate::{
    domain::{ContentHash, Finding, FindingState, FindingValue},
    phone::{darkroom::Target, mending::Taken},
    ui::app::session::erased::{Show, live, memo},
    ui::app::{
        session::{modules::Module, session},
        slots::{Photos, slots},
    },
};
use leptos::prelude::*;

/// Both rows.
#[component]
pub fn FindingPhotos(
    /// The finding.
    finding: Memo<Option<Finding>>,
) -> impl IntoView {
    let session = session();
    let forbidden = memo(move || {
        let item = finding.read().as_ref().and_then(|finding| finding.item.clone());
        let work = session.work.read();
        let checklist = work.as_ref().ok().map(|work| &work.checklist);
        item.zip(checklist).and_then(|(item, checklist)| {
            checklist.find(&item).map(|(.., item)| item.is_never_photographed())
        }) == Some(true)
    });
    let is_bare = memo(move || {
        finding.read().as_ref().is_some_and(|finding| {
            let takes_none = finding.state == FindingState::Closed || !session.is_on(Module::Photos);
            takes_none && finding.before.is_empty() && finding.after.is_empty()
        })
    });
    let show_photos = slots().photos_of;
    // Said once, above both rows.
    let none = move || {
        let photos = Signal::stored(Vec::new());
        show_photos.map(|show| show(Photos { photos, target: None, remove: None, forbidden: true }))
    };
    view! {
        <Show when=move || !is_bare.get()>
            <section class="card" data-testid="finding-photos">
                {live(move || {
                    let forbidden = forbidden.get();
                    view! {
                        {forbidden.then(none).flatten()}
                        <Row finding=finding taken=Taken::Before forbidden=forbidden />
                        <Row finding=finding taken=Taken::After forbidden=forbidden />
                    }
                })}
            </section>
        </Show>
    }
    .into_any()
}

/// One of them. Where none may be taken, those that were taken before that was known may still be taken off.
#[component]
fn Row(finding: Memo<Option<Finding>>, taken: Taken, forbidden: bool) -> impl IntoView {
    let (session, show) = (session(), slots().photos_of);
    let id = memo(move || finding.read().as_ref().map(|finding| finding.id));
    let photos =
        memo(move || finding.read().as_ref().map(|finding| taken.of(finding).to_vec()).unwrap_or_default());
    let any = memo(move || !photos.read().is_empty());
    // What was accepted is neither added to nor taken off.
    let closed =
        memo(move || finding.read().as_ref().is_some_and(|finding| finding.state == FindingState::Closed));
    let name = match taken {
        Taken::Before => "整改前的照片",
        Taken::After => "整改后的照片",
    };
    let slug = match taken {
        Taken::Before => "photos-before",
        Taken::After => "photos-after",
    };
    move || {
        let id = id.get()?;
        let closed = closed.get();
        if (forbidden || closed || !session.is_on(Module::Photos)) && !any.get() {
            return None;
        }
        let remove = Callback::new(move |sha256: ContentHash| {
            let value = FindingValue::Attached { attached: false };
            session.write_finding(id, vec![(taken.field(sha256), value)]);
        });
        let target = memo(move || {
            let branch = session.mending.read().branch.clone()?;
            Some(Target::Finding { branch, finding: id, taken })
        });
        let row = Photos {
            photos: photos.into(),
            target: (!closed && !forbidden).then_some(target),
            remove: (!closed).then_some(remove),
            forbidden: false,
        };
        Some(view! {
            <div data-testid=slug>
                <h2>{name}</h2>
                {show.map(|show| show(row))}
            </div>
        })
    }
}
