//! Going from place to place: by links, by the browser's back and forward, and from code.
//!
//! Links are plain `<a href>`; a link with `prop:replace=true` takes the place of the page that it stands on in the history. A
//! small router of our own: our places are an enum, so what a general one brings (nested routes, matching, guards) would only be
//! carried over the network.

use super::route::Place;
use crate::browser::history::{self, Followed};
use leptos::prelude::*;

/// Where the app is; copies are the same.
#[derive(Clone, Copy)]
pub struct Navigation {
    place: RwSignal<Option<Place>>,
}

impl Navigation {
    /// Begins at the browser's address and follows links and history from now on.
    pub fn start() -> Self {
        let here = || {
            let address = history::here();
            Place::parse(&address.path, &address.query)
        };
        let navigation = Self { place: RwSignal::new(here()) };
        history::follow_links(move |followed| navigation.follow(&followed));
        // The browser itself scrolls to where this page was left.
        history::follow_history(move || navigation.show(here()));
        navigation
    }

    /// The place on the screen; `None` where the address leads nowhere.
    pub fn place(self) -> Option<Place> {
        self.place.get()
    }

    /// Goes to a place as a new page.
    pub fn go(self, to: &Place) {
        history::push(&to.address());
        self.show(Some(to.clone()));
        history::scroll_to_top();
    }

    fn follow(self, followed: &Followed) {
        let address = &followed.address;
        if followed.replaces {
            history::replace(&address.whole());
        } else {
            history::push(&address.whole());
        }
        self.show(Place::parse(&address.path, &address.query));
        history::scroll_to(address.anchor.clone());
    }

    fn show(self, place: Option<Place>) {
        if *self.place.read_untracked() != place {
            self.place.set(place);
        }
    }

    /// What a page shows, out of its place. It stays as it was while the app is already on its way to another page.
    pub fn of_page<T>(self, part: impl Fn(&Place) -> Option<T> + Send + Sync + 'static) -> Memo<Option<T>>
    where
        T: Clone + PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |before: Option<&Option<T>>| {
            self.place.read().as_ref().and_then(&part).or_else(|| before.cloned().flatten())
        })
    }
}

/// Where the app is, from the context that the app provides.
pub fn navigation() -> Navigation {
    expect_context::<Navigation>()
}
