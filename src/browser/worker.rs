//! The service worker, from the page's side: registering it, hearing of a new version, and letting that one take over when the
//! user agrees (invariant 8).
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/ServiceWorkerContainer>

use super::{BrowserError, js};
use gloo_events::EventListener;
use js_sys::{Object, Reflect};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{EventTarget, ServiceWorkerRegistration, ServiceWorkerState};

/// Where the worker lies: at the root, so that it may serve every page.
pub const PATH: &str = "/sw.js";

/// The registered worker. Keep it as long as the page lives: dropping it stops listening.
pub struct Worker {
    registration: ServiceWorkerRegistration,
    asked: Rc<Cell<bool>>,
    _listeners: [EventListener; 2],
}

/// Registers the worker and calls back, once for each, when a new version is complete and waits. The very first version takes
/// its place without waiting and is not announced.
///
/// # Errors
/// [`BrowserError`] where there are no workers (web views on iOS, plain http): the app works, it only does not start offline.
pub async fn register(on_waiting: impl Fn() + 'static) -> Result<Worker, BrowserError> {
    let container =
        js::navigator("serviceWorker").ok_or_else(|| BrowserError("there are no workers".into()))?;
    let options = Object::new();
    // The worker's own file must never come out of the browser's cache, or updates would be late.
    Reflect::set(&options, &"updateViaCache".into(), &"none".into()).map_err(|error| js::said(&error))?;
    let registration: ServiceWorkerRegistration =
        js::ask(&container, "register", &[PATH.into(), options.into()])
            .await?
            .dyn_into()
            .map_err(|_| BrowserError("registering gave no registration".into()))?;
    let container: EventTarget =
        container.dyn_into().map_err(|_| BrowserError("the container takes no events".into()))?;

    let asked = Rc::new(Cell::new(false));
    let on_waiting = Rc::new(on_waiting);
    let has_controller = {
        let container = container.clone();
        move || js::property(&container, "controller").is_some()
    };
    if registration.waiting().is_some() && has_controller() {
        on_waiting();
    }
    let found = {
        let registration = registration.clone();
        // The listener on the version that is being installed; a newer one replaces it.
        let watched: RefCell<Option<EventListener>> = RefCell::default();
        EventListener::new(&registration.clone(), "updatefound", move |_| {
            let Some(installing) = registration.installing() else { return };
            let (on_waiting, has_controller) = (Rc::clone(&on_waiting), has_controller.clone());
            let version = installing.clone();
            let listener = EventListener::new(&installing, "statechange", move |_| {
                if version.state() == ServiceWorkerState::Installed && has_controller() {
                    on_waiting();
                }
            });
            watched.replace(Some(listener));
        })
    };
    let changed = {
        let asked = Rc::clone(&asked);
        EventListener::new(&container, "controllerchange", move |_| {
            // Only the page that asked reloads, and only once; others go on with what they have loaded.
            if asked.replace(false)
                && let Ok(window) = js::window()
            {
                // Where reloading fails, the next start brings the new version.
                let _ = window.location().reload();
            }
        })
    };
    Ok(Worker { registration, asked, _listeners: [found, changed] })
}

impl Worker {
    /// Lets the waiting version take over; the page reloads when it has. Call only when the user agreed and nothing is unsaved.
    ///
    /// # Errors
    /// [`BrowserError`] when no version waits any more.
    pub fn take_over(&self) -> Result<(), BrowserError> {
        let waiting =
            self.registration.waiting().ok_or_else(|| BrowserError("no new version waits".into()))?;
        let message = Object::new();
        Reflect::set(&message, &"type".into(), &"take-over".into()).map_err(|error| js::said(&error))?;
        self.asked.set(true);
        waiting.post_message(&message).map_err(|error| {
            self.asked.set(false);
            js::said(&error)
        })
    }

    /// Looks for a new version now; offline this does nothing.
    pub fn look_for_update(&self) -> impl Future<Output = ()> + use<> {
        let registration = self.registration.clone();
        async move {
            // A failure means no network: the browser looks again by itself.
            let _: Result<JsValue, _> = js::ask(&registration, "update", &[]).await;
        }
    }
}
