//! One photo: the small picture in a row, and under it, when it was tapped, the whole with both dates and what can be done.

use super::{session::NotFetched, uses::Others};
use crate::{
    browser::image::Shown,
    domain::{ContentHash, day},
    phone::typing::Shape,
    ui::app::session::erased::{live, memo},
    ui::kit::button::button,
    ui::{
        app::session::{Session, session, typing::Ends},
        kit::{field::Field, message::Trouble},
        words::{
            dates,
            errors::{self, Told},
        },
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// A picture that is shown; the address lives as long as anything shows it.
type Picture = Option<Arc<Shown>>;

/// A small picture of a row; `None` until it was looked for.
type Small = RwSignal<Option<Picture>, LocalStorage>;

/// What takes a photo off says, and does.
type Off = (&'static str, Callback<ContentHash>);

/// Which photo of a row is open.
type Open = RwSignal<Option<ContentHash>>;

/// Looks for the small pictures of a row: those that are asked for at once in one transaction, because each costs a slow phone
/// milliseconds.
#[derive(Clone, Copy)]
struct Lookout {
    session: Session,
    asked: StoredValue<Vec<(ContentHash, Small)>, LocalStorage>,
}

impl Lookout {
    fn look(self, sha256: ContentHash, small: Small) {
        let is_first = self.asked.try_update_value(|asked| {
            asked.push((sha256, small));
            asked.len() == 1
        });
        if is_first != Some(true) {
            return;
        }
        leptos::task::spawn_local(async move {
            let asked = self.asked.try_update_value(std::mem::take).unwrap_or_default();
            let photos: Vec<ContentHash> = asked.iter().map(|(sha256, _)| sha256.clone()).collect();
            let mut found = self.session.thumbnails(&photos).await.into_iter();
            for (_, small) in asked {
                small.try_set(Some(found.next().flatten().map(Arc::new)));
            }
        });
    }
}

/// A row of small pictures; one that is tapped is shown large.
#[component]
pub fn Shots(
    /// Which photos, in their order.
    #[prop(into)]
    photos: Signal<Vec<ContentHash>>,
    /// Takes one off what the row belongs to.
    #[prop(optional, into)]
    remove: Option<Callback<ContentHash>>,
    /// What the button for that says.
    #[prop(default = "拿掉")]
    remove_name: &'static str,
    /// Only to be looked at: nothing about them can be changed.
    #[prop(optional)]
    still: bool,
) -> impl IntoView {
    let open = RwSignal::new(None);
    let lookout = Lookout { session: session(), asked: StoredValue::new_local(Vec::new()) };
    let off: Option<Off> = remove.map(|remove| (remove_name, remove));
    let shot = move |sha256| view! { <Shot sha256=sha256 open=open off=off still=still lookout=lookout /> };
    view! {
        <ul class="shots" data-testid="shots">
            <For each=move || photos.get() key=Clone::clone children=shot />
        </ul>
    }
    .into_any()
}

#[component]
fn Shot(sha256: ContentHash, open: Open, off: Option<Off>, still: bool, lookout: Lookout) -> impl IntoView {
    let session = session();
    let sha = StoredValue::new(sha256);
    let small: Small = RwSignal::new_local(None);
    let look = move || {
        if let Some(sha256) = sha.try_get_value() {
            lookout.look(sha256, small);
        }
    };
    look();
    let is_open = memo(move || open.read().as_ref().is_some_and(|open| sha.with_value(|sha| sha == open)));
    let named = move || {
        let photo = sha.with_value(|sha| session.photo(sha));
        let taken = photo.and_then(|photo| photo.facts.happened_on.or(photo.facts.captured_on));
        taken.map_or_else(|| "照片".into(), |on| format!("{}的照片", dates::day(on, session.today.get())))
    };
    view! {
        <li class="shot">
            <button
                type="button"
                aria-expanded=move || is_open.get().to_string()
                aria-label=named
                on:click=move |_| open.set(if is_open.get_untracked() { None } else { Some(sha.get_value()) })
            >
                {live(move || match small.get() {
                    Some(Some(shown)) => view! { <img src=shown.url().to_owned() alt="" /> }.into_any(),
                    None => ().into_any(),
                    Some(None) => view! { <span class="shot-away">"在另一部手机上，点一下取来"</span> }.into_any(),
                })}
            </button>
        </li>
        {live(move || {
            is_open
                .get()
                .then(|| view! { <Large sha=sha open=open off=off still=still changed=Callback::new(move |()| look()) /> })
        })}
    }
}

#[component]
fn Large(
    sha: StoredValue<ContentHash>,
    open: Open,
    off: Option<Off>,
    still: bool,
    changed: Callback<()>,
) -> impl IntoView {
    let session = session();
    let whole = RwSignal::new_local(Picture::None);
    let fetching = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Told>);
    let record = memo(move || sha.with_value(|sha| session.photo(sha)));
    let look = move |fetch: bool| {
        leptos::task::spawn_local(async move {
            let Some(sha256) = sha.try_get_value() else { return };
            let shown = session.whole_photo(&sha256).await;
            if shown.is_some() || !fetch {
                whole.try_set(shown.map(Arc::new));
                return;
            }
            fetching.try_set(true);
            match session.fetch_photo(&sha256).await {
                Ok(()) => {
                    trouble.try_set(None);
                    whole.try_set(session.whole_photo(&sha256).await.map(Arc::new));
                    changed.try_run(());
                }
                Err(error) => {
                    trouble.try_set(Some(not_fetched(&error, session, off.map(|(name, _)| name))));
                }
            }
            fetching.try_set(false);
        });
    };
    // A tap is the wish to see it.
    look(true);
    let goes = memo(move || {
        sha.with_value(|sha| {
            if session.going_with_findings().contains(sha)
                || !session.reported_of(std::slice::from_ref(sha)).is_empty()
            {
                Goes::ByItself
            } else if session.is_drafted(sha) {
                Goes::AfterReport
            } else {
                Goes::Unsaid
            }
        })
    });
    let captured = move || captured(record.get(), session);
    let standing = move || standing(record.get(), goes.get());
    let happened =
        move || record.get().and_then(|photo| photo.facts.happened_on).map(day::text).unwrap_or_default();
    let date = move |text: String| {
        // Now: it may be the page's going that saves what was typed.
        let Some(sha256) = sha.try_get_value() else { return };
        leptos::task::spawn_local(async move {
            match session.date_photo(&sha256, day::parse(&text)).await {
                Ok(()) => session.forget_typed(&session.typed_key(&format!("photo/{sha256}"))),
                Err(error) => {
                    trouble.try_set(Some(errors::store(&error)));
                }
            }
        });
    };
    let dated = move || {
        let place = sha.with_value(|sha| format!("photo/{sha}"));
        let field = Field::new(place, Shape::Day, Signal::derive(happened), Callback::new(date));
        field
            .ends(Ends::Stored)
            .past(session.today.get_untracked())
            .named(view! { <span>"事情是哪天的"</span> }.into_any())
    };
    view! {
        <li class="shot-large" data-testid="photo">
            {live(move || match whole.get() {
                Some(shown) => view! { <img src=shown.url().to_owned() alt="照片" data-testid="photo-whole" /> }.into_any(),
                None if fetching.get() => view! { <p role="status">"正在取照片…"</p> }.into_any(),
                None => {
                    button("取来看", "button", move |_| look(true))
                        .into_any()
                }
            })}
            <p class="small">{captured}</p>
            {live(move || {
                let said = still.then(|| happened_on(record.get(), session)).flatten();
                said.map(|said| view! { <p class="small">{said}</p> })
            })}
            {(!still)
                .then(|| {
                    view! {
                        {dated()}
                        <p class="muted" data-testid="photo-state">{standing}</p>
                    }
                })}
            {live(move || trouble.get().map(|told| view! { <Trouble told=told /> }))}
            {(!still).then(|| view! { <Others sha=sha /> })}
            <div class="quiets">
                {off
                    .map(|(name, remove)| {
                        button(name, "quiet", move |_| {
                                    open.set(None);
                                    remove.run(sha.get_value());
                                })
                    })}
                {button("关上", "quiet", move |_| open.set(None))}
            </div>
        </li>
    }
}

fn captured(photo: Option<crate::store::PhotoRecord>, session: Session) -> String {
    let Some(photo) = photo else { return "还不知道是什么时候拍的".into() };
    match photo.facts.captured_on {
        Some(on) => format!("拍摄日期：{}（照相机记的）", dates::day(on, session.today.get())),
        None => {
            format!("拍摄日期：没有记下来；{}放进来的", dates::moment(photo.added_at, session.today.get()))
        }
    }
}

fn happened_on(photo: Option<crate::store::PhotoRecord>, session: Session) -> Option<String> {
    let on = photo?.facts.happened_on?;
    Some(format!("事情是{}的", dates::day(on, session.today.get())))
}

/// When a photo that is on this phone alone goes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    /// As soon as there is a network.
    ByItself,
    /// With the next 上报.
    AfterReport,
    /// Nothing on the screen names it: no promise is made.
    Unsaid,
}

fn standing(photo: Option<crate::store::PhotoRecord>, goes: Goes) -> String {
    match photo {
        None => "不在这部手机里".into(),
        Some(photo) if photo.refused.is_some() => "服务器没有收，只在这部手机里".into(),
        Some(photo) => match (photo.here, photo.uploaded) {
            (true, true) => "手机里有，服务器上也有".into(),
            (true, false) => match goes {
                Goes::ByItself => "只在这部手机里，有网时自己传".into(),
                Goes::AfterReport => "只在这部手机里，上报以后再传".into(),
                Goes::Unsaid => "只在这部手机里".into(),
            },
            (false, true) => "手机里清掉了，服务器上有".into(),
            (false, false) => "不在这部手机里".into(),
        },
    }
}

fn not_fetched(error: &NotFetched, session: Session, off: Option<&'static str>) -> Told {
    match error {
        NotFetched::Store(error) => errors::store(error),
        NotFetched::Api(error) if error.kind() == Some(crate::protocol::ProblemKind::NotFound) => Told {
            what:
                "服务器上没有这张照片，这部手机里也没有。拍它的那部手机要是丢了、清了，就谁也没有这张照片了"
                    .into(),
            remedy: match off {
                Some(name) => format!("那部手机还在，就等它联上网传完再来取；不在了，可以点“{name}”"),
                None => "那部手机还在，就等它联上网传完再来取；不在了，可以到条目里拿掉".into(),
            },
            code: "照7",
        },
        NotFetched::Api(error) => errors::api(error, &untrack(|| session.addressee())),
    }
}
