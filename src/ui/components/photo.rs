//! One photo: the small picture in a row, and under it, when it was tapped, the whole with both dates and what can be done.

use super::message::Trouble;
use crate::{
    browser::image::Shown,
    domain::{AnswerKey, AnswerValue, ContentHash, ItemId, day},
    ui::{
        session::{Session, photos::NotFetched, session},
        words::{
            dates,
            errors::{self, Told},
        },
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// A picture that is shown; the address lives as long as anything shows it.
pub type Picture = Option<Arc<Shown>>;

/// Which photo of a row is open.
pub type Open = RwSignal<Option<ContentHash>>;

/// One photo of a row. `remove` takes it off what the row belongs to.
#[component]
pub fn Shot(
    /// Which.
    sha256: ContentHash,
    /// Which photo of the row is open.
    open: Open,
    /// Takes it off.
    #[prop(optional, into)]
    remove: Option<Callback<ContentHash>>,
) -> impl IntoView {
    let session = session();
    let small = RwSignal::new_local(Picture::None);
    let sha = StoredValue::new(sha256);
    let look = move || {
        leptos::task::spawn_local(async move {
            let Some(sha256) = sha.try_get_value() else { return };
            small.try_set(session.thumbnail(&sha256).await.map(Arc::new));
        });
    };
    look();
    let is_open =
        Memo::new(move |_| open.read().as_ref().is_some_and(|open| sha.with_value(|sha| sha == open)));
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
                {move || match small.get() {
                    Some(shown) => view! { <img src=shown.url().to_owned() alt="" /> }.into_any(),
                    None => view! { <span class="shot-away">"在另一部手机上，点一下取来"</span> }.into_any(),
                }}
            </button>
        </li>
        {move || {
            is_open
                .get()
                .then(|| view! { <Large sha=sha open=open remove=remove changed=Callback::new(move |()| look()) /> })
        }}
    }
}

#[component]
fn Large(
    sha: StoredValue<ContentHash>,
    open: Open,
    remove: Option<Callback<ContentHash>>,
    changed: Callback<()>,
) -> impl IntoView {
    let session = session();
    let whole = RwSignal::new_local(Picture::None);
    let fetching = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Told>);
    let record = Memo::new(move |_| sha.with_value(|sha| session.photo(sha)));
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
                    trouble.try_set(Some(not_fetched(&error, session)));
                }
            }
            fetching.try_set(false);
        });
    };
    // A tap is the wish to see it.
    look(true);
    let (captured, standing) = (move || captured(record.get(), session), move || standing(record.get()));
    let happened =
        move || record.get().and_then(|photo| photo.facts.happened_on).map(day::text).unwrap_or_default();
    let date = move |text: String| {
        leptos::task::spawn_local(async move {
            let Some(sha256) = sha.try_get_value() else { return };
            if let Err(error) = session.date_photo(&sha256, day::parse(&text)).await {
                trouble.try_set(Some(errors::store(&error)));
            }
        });
    };
    view! {
        <li class="shot-large" data-testid="photo">
            {move || match whole.get() {
                Some(shown) => view! { <img src=shown.url().to_owned() alt="照片" data-testid="photo-whole" /> }.into_any(),
                None if fetching.get() => view! { <p role="status">"正在取照片…"</p> }.into_any(),
                None => {
                    view! {
                        <button type="button" class="button" on:click=move |_| look(true)>
                            "取来看"
                        </button>
                    }
                        .into_any()
                }
            }}
            <p class="small">{captured}</p>
            <label class="field">
                <span>"事情是哪天的"</span>
                <input type="date" prop:value=happened on:change=move |event| date(event_target_value(&event)) />
            </label>
            <p class="muted" data-testid="photo-state">{standing}</p>
            {move || trouble.get().map(|told| view! { <Trouble told=told /> })}
            <Others sha=sha />
            <div class="quiets">
                {remove
                    .map(|remove| {
                        view! {
                            <button
                                type="button"
                                class="quiet"
                                on:click=move |_| {
                                    open.set(None);
                                    remove.run(sha.get_value());
                                }
                            >
                                "拿掉"
                            </button>
                        }
                    })}
                <button type="button" class="quiet" on:click=move |_| open.set(None)>
                    "关上"
                </button>
            </div>
        </li>
    }
}

/// 也用于别的条目, folded until it is wanted.
#[component]
fn Others(sha: StoredValue<ContentHash>) -> impl IntoView {
    let session = session();
    let unfolded = RwSignal::new(false);
    let key = move |item: &ItemId| AnswerKey::Photo { item: item.clone(), sha256: sha.get_value() };
    let list = move || {
        let rows = session.derived.rows.get_untracked();
        let mut choices = Vec::new();
        for row in rows {
            let never = session.work.with_untracked(|work| {
                let item =
                    work.as_ref().ok().and_then(|work| work.checklist.find(&row.id).map(|found| found.2));
                item.is_none_or(crate::domain::Item::is_never_photographed)
            });
            if never {
                continue;
            }
            let register = key(&row.id);
            let is = Memo::new(move |_| {
                let work = session.work.read();
                let said = work.as_ref().ok().and_then(|work| work.assessment.current(&register));
                said.is_some_and(|entry| entry.value == AnswerValue::Attached { attached: true })
            });
            let id = row.id.clone();
            choices.push(view! {
                <button
                    type="button"
                    role="checkbox"
                    class="choice choice-tick"
                    aria-checked=move || is.get().to_string()
                    on:click=move |_| session.attach_photo(id.clone(), sha.get_value(), !is.get_untracked())
                >
                    {format!("第{}条 {}", row.number, row.title)}
                </button>
            });
        }
        choices
    };
    view! {
        <button
            type="button"
            class="quiet"
            aria-expanded=move || unfolded.get().to_string()
            on:click=move |_| unfolded.update(|is| *is = !*is)
        >
            "也用于别的条目"
        </button>
        <Show when=move || unfolded.get()>
            <div class="choices">{list}</div>
        </Show>
    }
}

fn captured(photo: Option<crate::store::PhotoRecord>, session: Session) -> String {
    let Some(photo) = photo else { return "还不知道是什么时候拍的".into() };
    match photo.facts.captured_on {
        Some(on) => format!("拍摄日期：{}（照相机记的）", dates::day(on, session.today.get())),
        None => {
            format!("拍摄日期：照片里没有记；{}放进来的", dates::moment(photo.added_at, session.today.get()))
        }
    }
}

fn standing(photo: Option<crate::store::PhotoRecord>) -> String {
    match photo {
        None => "在另一部手机上".into(),
        Some(photo) if photo.refused.is_some() => "服务器没有收，只在这部手机里".into(),
        Some(photo) => match (photo.here, photo.uploaded) {
            (true, true) => "手机里有，服务器上也有".into(),
            (true, false) => "只在这部手机里，上报以后再传".into(),
            (false, true) => "手机里清掉了，服务器上有".into(),
            (false, false) => "在另一部手机上".into(),
        },
    }
}

fn not_fetched(error: &NotFetched, session: Session) -> Told {
    match error {
        NotFetched::Store(error) => errors::store(error),
        NotFetched::Api(error) if error.kind() == Some(crate::protocol::ProblemKind::NotFound) => Told {
            what: "这张照片还没有传到服务器".into(),
            remedy: "等拍它的那部手机联上网传完，再来取".into(),
            code: "照7",
        },
        NotFetched::Api(error) => errors::api(error, &untrack(|| session.addressee())),
    }
}
