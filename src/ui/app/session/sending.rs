//! When rounds of sending and pulling run, and that only one tab runs them.
//!
//! A Web Lock elects the tab; the others ask it by a channel and read again when it says that something changed. Where there are
//! no locks (Safari before 15.4) every tab may send: the endpoint takes the same again as success, so that costs traffic at
//! most. A round is tried at start, when a network seems to come, when the page becomes visible, after each 上报, and when the
//! last round said so.

use super::{Reach, Saving, Session, library::Shelf};
use crate::{
    browser::{self, channel::Channel, locks, timer::Timer, worker::Worker},
    phone::{
        darkroom::Darkroom,
        sender::{Sender, Turn},
        typing::Typed,
    },
    sync,
};
use leptos::prelude::*;

const LOCK: &str = "biaochi-sender";
const CHANNEL: &str = "biaochi";
const CHANGED: &str = "changed";
const SEND: &str = "send";
/// The phone's own clock, in the form in which everything that sends is given it.
pub(super) const NOW: fn() -> u64 = browser::clock::now_ms;

/// What sending holds on to as long as the page lives.
#[derive(Default)]
pub struct Sending {
    sender: Sender,
    held: Option<locks::Held>,
    channel: Option<Channel>,
    timer: Option<Timer>,
    /// Runs a round after words on findings.
    pub(super) soon: Option<Timer>,
    /// How often uploading was interrupted in a row, and when it is tried again.
    pub(super) interruptions: u32,
    pub(super) upload_timer: Option<Timer>,
    /// Whether to look again for photos to send when those that are on their way have arrived.
    pub(super) upload_again: bool,
    online: Option<browser::online::Listening>,
    visible: Option<browser::visibility::Listening>,
    worker: Option<Worker>,
}

impl Session {
    /// Starts listening and sending.
    pub(super) fn start_sending(self) {
        let channel = Channel::open(CHANNEL, move |message| match message.as_str() {
            CHANGED => leptos::task::spawn_local(self.reload()),
            SEND if self.sender.try_with_value(|sending| sending.sender.is_elected()) == Some(true) => {
                leptos::task::spawn_local(self.send_now());
            }
            _ => {}
        });
        let online = browser::online::listen(move |seems_online| {
            if seems_online {
                leptos::task::spawn_local(self.send_now());
            }
        });
        let visible = browser::visibility::listen(move |visible| {
            if visible {
                leptos::task::spawn_local(self.returned());
            } else {
                // Whoever leaves for the phone's settings comes back to another time.
                self.look_at_clock();
                self.hide();
            }
        });
        self.sender.update_value(|sender| {
            sender.channel = channel.ok();
            sender.online = online;
            sender.visible = visible;
        });
        leptos::task::spawn_local(self.look_after_versions());
        leptos::task::spawn_local(async move {
            let lock = locks::hold(LOCK).await;
            self.sender.update_value(|sender| {
                sender.sender.elect();
                sender.held = lock;
            });
            self.send_now().await;
        });
    }

    async fn look_after_versions(self) {
        if let Ok(worker) = browser::worker::register(move || self.update_waiting.set(true)).await {
            self.sender.update_value(|sender| sender.worker = Some(worker));
        }
    }

    /// Asks now whether there is a newer version of the app; once it is complete, it waits for the user as always.
    pub fn look_for_update(self) {
        let looking = self.sender.with_value(|sender| sender.worker.as_ref().map(Worker::look_for_update));
        if let Some(looking) = looking {
            leptos::task::spawn_local(looking);
        }
    }

    /// The user agreed to the new version: it takes over and the page starts again. Nothing unsaved is left behind.
    pub fn update_now(self) {
        if !self.is_settled() {
            return;
        }
        if !self.darkroom.with_untracked(Darkroom::is_empty) {
            leptos::task::spawn_local(self.store_made());
            return;
        }
        if !self.typed.with_value(Typed::is_on_disk) {
            leptos::task::spawn_local(async move {
                self.write_typed().await;
                if self.typed.with_value(Typed::is_on_disk) {
                    self.update_now();
                }
            });
            return;
        }
        self.sender.with_value(|sender| {
            if let Some(worker) = &sender.worker
                && worker.take_over().is_err()
            {
                self.update_waiting.set(false);
            }
        });
    }

    /// The page is seen again: the connection may have died, the day may have changed, a network may be there.
    async fn returned(self) {
        if let Some(repository) = self.repository() {
            repository.backend().probe().await;
        }
        // What could not be written, perhaps because the connection died, is tried again at once.
        self.is_settled();
        self.write_typed().await;
        self.store_made().await;
        self.reload().await;
        self.send_now().await;
    }

    /// Tells the other tabs to read again.
    pub(in crate::ui) fn tell_other_tabs(self) {
        self.post(CHANGED);
    }

    fn post(self, message: &str) {
        self.sender.with_value(|sender| {
            if let Some(channel) = &sender.channel {
                // A closed channel means that there is nobody to tell.
                let _ = channel.post(message);
            }
        });
    }

    /// Runs a round now, or has the elected tab run one.
    pub async fn send_now(self) {
        match self.sender.try_update_value(|sending| sending.sender.call()) {
            Some(Turn::Now) => {}
            Some(Turn::After) => return,
            Some(Turn::Another) | None => return self.post(SEND),
        }
        loop {
            self.round().await;
            if self.sender.try_update_value(|sending| sending.sender.over()) != Some(true) {
                return;
            }
        }
    }

    /// The next round, unless something calls for it earlier.
    fn send_in(self, wait: Option<u64>) {
        let timer =
            wait.map(|wait| browser::timer::after(wait, move || leptos::task::spawn_local(self.send_now())));
        self.sender.update_value(|sending| sending.timer = timer);
    }

    async fn round(self) {
        let Some(repository) = self.repository() else { return };
        if self.bindings.with_untracked(Vec::is_empty) {
            return;
        }
        self.reach.set(Reach::Trying);
        let last = self.sender.with_value(|sending| sending.sender.last().clone());
        let api = browser::fetch::FetchApi;
        let outcome = sync::round(&repository, &api, NOW, browser::random::jitter, &last).await;
        match outcome {
            Ok(outcome) => {
                self.reach.set(if outcome.reached_server { Reach::Online } else { Reach::Offline });
                let ended =
                    self.sender.try_update_value(|sending| sending.sender.ended(outcome.clone(), NOW()));
                self.send_in(ended.flatten());
                // A round that heard nothing knows nothing better than the one before.
                if outcome.reached_server {
                    let is_news = outcome.needs_update && !self.outdated.get_untracked().heard;
                    self.note_outdated(|outdated| outdated.heard = outcome.needs_update);
                    if is_news {
                        self.look_for_update();
                    }
                }
                if outcome.changed || outcome.learned.is_some_and(|known| self.is_another_day(known)) {
                    self.reload().await;
                }
                if outcome.changed {
                    self.tell_other_tabs();
                }
                if outcome.reached_server {
                    leptos::task::spawn_local(self.upload_photos());
                }
                // Last of all, and not waited for: the self-check needs none of it.
                if outcome.reached_server
                    && (outcome.has_new_standard || self.shelf.get_untracked() != Shelf::Complete)
                {
                    leptos::task::spawn_local(self.fetch_library(false));
                }
            }
            Err(error) => {
                self.reach.set(Reach::Unknown);
                self.saving.set(Saving::Failed(error));
                let jitter = browser::random::jitter();
                self.send_in(self.sender.try_update_value(|sending| sending.sender.failed(jitter)));
            }
        }
    }
}
