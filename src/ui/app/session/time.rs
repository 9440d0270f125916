//! What time it is for the pages: the phone's clock, looked at anew each time, corrected, and never before what is over for
//! certain: the last time that the endpoint confirmed, and the day on which this app was built.

use super::{Session, SetIfNew as _};
use crate::{
    browser::{
        attributes,
        clock::{counted_ms, now_ms},
    },
    domain::{
        BranchCode, HybridClock, day,
        period::{shanghai_date, shanghai_midnight},
    },
    sync::KnownTime,
};
use leptos::prelude::*;

/// What a page remembers of the clocks while it lives.
#[derive(Debug)]
pub(super) struct PageTime {
    /// When the day of the build began, milliseconds since 1970-01-01 UTC; 0 where the build does not say.
    built: u64,
    /// What the storage said last.
    read: Option<KnownTime>,
    /// What this page has written there since. While the storage says one of the two, what was made of it here goes on.
    noted: Option<KnownTime>,
    /// What both clocks said at the last look: the phone's own, and the page's.
    looked: (u64, u64),
    /// When the confirmed time was heard of, by the page's clock; 0 for what was known at the start.
    confirmed_at: u64,
}

impl PageTime {
    /// At the start of the page.
    pub(super) fn new() -> Self {
        let built = attributes::meta("biaochi-built").and_then(|text| day::parse(&text));
        Self {
            built: built.map_or(0, shanghai_midnight),
            read: None,
            noted: None,
            looked: (now_ms(), counted_ms()),
            confirmed_at: 0,
        }
    }

    fn is_ours(&self, known: KnownTime) -> bool {
        self.read == Some(known) || self.noted == Some(known)
    }

    fn look(&self, known: KnownTime, own: u64, counted: u64) -> KnownTime {
        let (own_then, counted_then) = self.looked;
        // At the start the page has counted nothing: only what was stored can tell that the clock was set meanwhile.
        let has_begun = self.read.is_some();
        let by_counting = own_then.saturating_add(counted.saturating_sub(counted_then));
        known.look(own, if has_begun { by_counting } else { 0 })
    }

    /// What is over for certain. The page counts on from what was confirmed.
    fn floor(&self, known: KnownTime, counted: u64) -> u64 {
        let since = counted.saturating_sub(self.confirmed_at);
        let confirmed = known.looks.confirmed;
        self.built.max(if confirmed == 0 { 0 } else { confirmed.saturating_add(since) })
    }
}

impl Session {
    /// Now, milliseconds since 1970-01-01 UTC.
    pub fn now(self) -> u64 {
        self.now_by(self.clock.get_untracked())
    }

    /// Now, by what the storage says of the time.
    pub(super) fn now_by(self, known: KnownTime) -> u64 {
        let (own, counted) = (now_ms(), counted_ms());
        self.page_time.with_value(|page| {
            let known = if page.is_ours(known) { self.clock.get_untracked() } else { known };
            page.look(known, own, counted).now(own, page.floor(known, counted))
        })
    }

    /// Looks at the phone's clock with what the storage says of the time, and shows what day it is and whether that can be.
    pub(super) fn take_time(self, read: KnownTime) {
        let (own, counted) = (now_ms(), counted_ms());
        let before = self.clock.get_untracked();
        let taken = self.page_time.try_update_value(|page| {
            let base = if page.is_ours(read) { before } else { read };
            if page.read.is_some() && base.looks.confirmed != before.looks.confirmed {
                page.confirmed_at = counted;
            }
            let looked = page.look(base, own, counted);
            page.read = Some(read);
            page.looked = (own, counted);
            let is_news = looked.is_news_after(read);
            page.noted = is_news.then_some(looked);
            let floor = page.floor(looked, counted);
            (looked, looked.now(own, floor), looked.trouble(own, floor), is_news)
        });
        let Some((looked, now, trouble, is_news)) = taken else { return };
        self.clock.set(looked);
        self.today.set_if_new(shanghai_date(now));
        self.clock_trouble.set_if_new(trouble);
        // Written down for the next start; whoever has learned more meanwhile is not overwritten.
        if is_news && let Some(repository) = self.repository() {
            leptos::task::spawn_local(async move {
                // A look that is not written is only one less to compare with.
                let _written = repository.note_look(read, looked).await;
            });
        }
    }

    /// Looks at the clock again, for what may have happened to it meanwhile.
    pub(in crate::ui) fn look_at_clock(self) {
        if let Some(read) = self.page_time.with_value(|page| page.noted.or(page.read)) {
            self.take_time(read);
        }
    }

    /// Takes what a round has learned of the time. Says whether what is on the screen is to be read again for it: another day may
    /// be another period, and what was written while the clock was ahead may be stamped anew.
    pub(super) fn is_another_day(self, learned: KnownTime) -> bool {
        let before = self.today.get_untracked();
        self.take_time(learned);
        before != self.today.get_untracked() || self.is_stamping_ahead()
    }

    /// Whether this phone's stamps lie ahead of a time that is believed.
    fn is_stamping_ahead(self) -> bool {
        let now = self.now();
        self.clock_trouble.with_untracked(Option::is_none)
            && self.stamps.with_value(|clock| clock.as_ref().is_some_and(|clock| clock.is_ahead(now)))
    }

    /// Forgets what stamps this page has made while the phone's clock was ahead: what is read next says what is there.
    pub(super) fn begin_stamps_anew(self) {
        let device = self.phone.with_untracked(|phone| phone.as_ref().map(|phone| phone.device));
        if let Some(device) = device.filter(|_| self.is_stamping_ahead()) {
            self.stamps.set_value(Some(HybridClock::new(device)));
        }
    }

    /// Has what was written while the phone's clock was ahead stamped anew, as far as it has not left the phone.
    pub(super) fn stamp_anew(self, branch: BranchCode) {
        let device = self.phone.with_untracked(|phone| phone.as_ref().map(|phone| phone.device));
        let (Some(device), Some(repository)) = (device, self.repository()) else { return };
        if !self.is_stamping_ahead() {
            return;
        }
        leptos::task::spawn_local(async move {
            // Where that fails it is tried again with the next reading.
            if repository.restamp(&branch, device, self.now()).await == Ok(true) {
                self.reload().await;
            }
        });
    }
}
