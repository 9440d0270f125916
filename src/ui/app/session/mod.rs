//! What every page shares: the phone, its branches, the work on the screen, what waits to be sent, and the ways to change them.
//!
//! State is owned by the root, so leaving a page never cancels a save. Pages read signals and call methods; only here do they
//! meet storage and network. Everything that can be derived (score, rows, next step) is a memo, not a signal.

pub mod activation;
mod darkroom;
pub mod derived;
pub mod erased;
pub mod ledger;
pub mod library;
pub mod mending;
pub mod modules;
pub mod moving;
pub mod photos;
pub mod saving;
pub mod sending;
mod time;
pub mod typing;

use crate::{
    browser::{self, fetch::FetchApi, image::Made},
    domain::{
        Assessment, BranchCode, BranchProfile, DeviceId, HybridClock, ItemId, PeriodId, Stamp, ValueAbove,
        WithAbove, above::asked_above, period::shanghai_date, with_above,
    },
    phone::{
        darkroom::Darkroom,
        engine::Engine,
        ledger::HeldLedger,
        library::Library,
        mending::Mending,
        reading::{Elsewhere, OfBranch, Reading, Wanted},
        searchable::Searchable,
        typing::Typed,
        unsaved::Queue,
        work::{NoWork, Work},
    },
    store::{
        Binding, Display, LocalSubmission, Phone, PhotoRecord, Repository, StoreError, TextSize, Theme,
        storage::Storage,
    },
    sync::{Client, ClockTrouble, KnownTime, OutboxEntry, StandardCopy},
};
use jiff::civil::Date;
use leptos::prelude::*;
use std::{collections::BTreeSet, rc::Rc, sync::Arc};

/// How far the start has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Boot {
    /// Reading the storage.
    Starting,
    /// Everything is here.
    Ready,
    /// The browser lacks what not even memory can replace.
    Broken(StoreError),
}

/// Whether the last change is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saving {
    /// Nothing was changed since the start.
    Quiet,
    /// Being written.
    Busy,
    /// On disk since then (milliseconds since 1970-01-01 UTC).
    Saved(u64),
    /// Not on disk; it is kept in the page and tried again.
    Failed(StoreError),
}

/// Whether the endpoint was reached at the last attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Not tried yet.
    Unknown,
    /// Under way.
    Trying,
    /// Yes.
    Online,
    /// No.
    Offline,
}

/// Where something is that only a newer version of the app can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Outdated {
    /// Among what is stored and shown, documents apart.
    stored: bool,
    /// In what the last round heard.
    heard: bool,
    /// Among the documents of 一编一册.
    documents: bool,
}

/// The shared state; copies are the same state.
#[derive(Clone, Copy)]
pub struct Session {
    /// How far the start has come.
    pub boot: RwSignal<Boot>,
    /// The phone's own facts; `None` only until the start is over.
    pub phone: RwSignal<Option<Phone>>,
    /// Why the browser's storage cannot be used, if so.
    pub storage_refused: RwSignal<Option<StoreError>>,
    /// Stored records that could not be read.
    pub unreadable: RwSignal<Vec<StoreError>>,
    /// The branches.
    pub bindings: RwSignal<Vec<Binding>>,
    /// The standard in force, as last heard.
    pub standard: RwSignal<Option<StandardCopy>>,
    /// What is worked on, or why nothing.
    pub work: RwSignal<Result<Work, NoWork>>,
    /// 台账 of the branch on the screen.
    pub ledger: RwSignal<Arc<HeldLedger>>,
    /// 问题和整改 of the branch on the screen.
    pub mending: RwSignal<Arc<Mending>>,
    /// The submissions of the branch on the screen, oldest first.
    pub submissions: RwSignal<Vec<LocalSubmission>>,
    /// What waits to be sent, of all branches.
    pub outbox: RwSignal<Vec<OutboxEntry>>,
    /// Whether the last change is on disk.
    pub saving: RwSignal<Saving>,
    /// Whether the endpoint was reached.
    pub reach: RwSignal<Reach>,
    /// A newer version of the app waits for the user's word.
    pub update_waiting: RwSignal<bool>,
    outdated: RwSignal<Outdated>,
    /// Today in Asia/Shanghai by the corrected clock; renewed when the page becomes visible.
    pub today: RwSignal<Date>,
    /// Why the phone's clock cannot be right, if so.
    pub clock_trouble: RwSignal<Option<ClockTrouble>>,
    /// 一编一册 as far as it is here; `None` until it is read.
    pub library: RwSignal<Option<Arc<Library>>>,
    /// How far fetching it has come.
    pub shelf: RwSignal<library::Shelf>,
    /// The photos of the branch on the screen; `None` until a page wants them.
    pub photos: RwSignal<Option<Vec<PhotoRecord>>>,
    /// How uploading photos stands.
    pub uploads: RwSignal<photos::Uploads>,
    /// What is being searched for; kept while a result is looked at.
    pub sought: RwSignal<String>,
    /// What follows from the above.
    pub derived: derived::Derived,
    clock: RwSignal<KnownTime>,
    page_time: StoredValue<time::PageTime>,
    pub(in crate::ui) chosen_period: RwSignal<Option<PeriodId>>,
    engine: StoredValue<Rc<Engine<Storage>>, LocalStorage>,
    stamps: StoredValue<Option<HybridClock>>,
    /// The stamps that this tab has given: what another one has written is never replaced as one's own.
    own_stamps: StoredValue<BTreeSet<Stamp>>,
    typed: StoredValue<Typed>,
    typed_timer: StoredValue<Option<browser::timer::Timer>, LocalStorage>,
    /// The field that holds what is not saved.
    typing: StoredValue<Option<typing::Typing>>,
    pub(in crate::ui) searchable: StoredValue<Option<Searchable>>,
    /// What of the branch on the screen has reached another place, as last read.
    pub elsewhere: RwSignal<Elsewhere>,
    asked_to_persist: StoredValue<bool>,
    guard: StoredValue<Option<browser::leave::Guard>, LocalStorage>,
    pub(in crate::ui) darkroom: RwSignal<Darkroom<Made>>,
    photo_guard: StoredValue<Option<browser::leave::Guard>, LocalStorage>,
    sender: StoredValue<sending::Sending, LocalStorage>,
}

impl Session {
    /// The state before anything is read.
    pub fn new() -> Self {
        let work = RwSignal::new(Err(NoWork::NotFetched));
        let today = RwSignal::new(shanghai_date(browser::clock::now_ms()));
        let ledger = RwSignal::new(Arc::default());
        let mending = RwSignal::new(Arc::default());
        let submissions = RwSignal::new(Vec::new());
        let outbox = RwSignal::new(Vec::new());
        let elsewhere = RwSignal::new(Elsewhere::default());
        Self {
            boot: RwSignal::new(Boot::Starting),
            phone: RwSignal::new(None),
            storage_refused: RwSignal::new(None),
            unreadable: RwSignal::new(Vec::new()),
            bindings: RwSignal::new(Vec::new()),
            standard: RwSignal::new(None),
            work,
            ledger,
            mending,
            submissions,
            outbox,
            saving: RwSignal::new(Saving::Quiet),
            reach: RwSignal::new(Reach::Unknown),
            update_waiting: RwSignal::new(false),
            outdated: RwSignal::new(Outdated::default()),
            today,
            clock_trouble: RwSignal::new(None),
            library: RwSignal::new(None),
            shelf: RwSignal::new(library::Shelf::default()),
            photos: RwSignal::new(None),
            uploads: RwSignal::new(photos::Uploads::default()),
            sought: RwSignal::new(String::new()),
            derived: derived::Derived::new(work, ledger, mending, submissions, outbox, elsewhere, today),
            clock: RwSignal::new(KnownTime::default()),
            page_time: StoredValue::new(time::PageTime::new()),
            chosen_period: RwSignal::new(None),
            engine: StoredValue::new_local(Rc::default()),
            stamps: StoredValue::new(None),
            own_stamps: StoredValue::new(BTreeSet::new()),
            typed: StoredValue::new(Typed::default()),
            typed_timer: StoredValue::new_local(None),
            typing: StoredValue::new(None),
            searchable: StoredValue::new(None),
            elsewhere,
            asked_to_persist: StoredValue::new(false),
            guard: StoredValue::new_local(None),
            darkroom: RwSignal::new(Darkroom::default()),
            photo_guard: StoredValue::new_local(None),
            sender: StoredValue::new_local(sending::Sending::default()),
        }
    }

    /// Reads everything from the storage, then lets the pages appear and the sender start.
    pub async fn start(self) {
        let (storage, refused) = Storage::open().await;
        self.storage_refused.set(refused);
        let repository = Repository::new(storage);
        self.engine().open(repository.clone());
        let device = match browser::random::bytes() {
            Ok(bytes) => DeviceId::from_random(bytes),
            Err(error) => return self.boot.set(Boot::Broken(StoreError::Unavailable(error.0))),
        };
        match repository.phone(device).await {
            Ok(phone) => self.take_phone(phone),
            Err(error) => {
                // A phone record that cannot be read or made must not keep the answers from being shown.
                self.saving.set(Saving::Failed(error));
                self.take_phone(Phone::new(device));
            }
        }
        self.reload().await;
        self.boot.set(Boot::Ready);
        browser::attributes::set_ready();
        self.start_sending();
    }

    fn take_phone(self, phone: Phone) {
        show(phone.display);
        if self.stamps.with_value(Option::is_none) {
            self.stamps.set_value(Some(HybridClock::new(phone.device)));
        }
        self.phone.set(Some(phone));
    }

    /// The storage in our words. `None` only before [`Session::start`] has opened it.
    pub(in crate::ui) fn repository(self) -> Option<Repository<Storage>> {
        self.engine.try_with_value(|engine| engine.repository()).flatten()
    }

    /// What lies under the screen.
    pub(in crate::ui) fn engine(self) -> Rc<Engine<Storage>> {
        self.engine.get_value()
    }

    /// Whether everything that was done here is on disk; what is not is tried again.
    pub(in crate::ui) fn is_settled(self) -> bool {
        let is_settled = self.engine().queue(Queue::is_empty);
        if !is_settled {
            self.write();
        }
        is_settled
    }

    /// The endpoint's calls. Of the same type as the sender's, so that they are compiled once.
    pub(in crate::ui) fn client(self) -> Client<'static, FetchApi, &'static fn() -> u64> {
        Client::new(&FetchApi, &sending::NOW, self.clock.get_untracked().offset)
    }

    /// The branch on the screen.
    pub fn active(self) -> Option<Binding> {
        let code = self.phone.read().as_ref().and_then(|phone| phone.active.clone())?;
        self.bindings.read().iter().find(|binding| binding.branch.code == code).cloned()
    }

    /// Whether the phone still looks after a branch: nothing is written for one that was let go of.
    pub(in crate::ui) fn is_bound(self, code: &BranchCode) -> bool {
        self.bindings.with_untracked(|all| all.iter().any(|binding| &binding.branch.code == code))
    }

    /// Whom the branch on the screen reports to: 镇安镇党委.
    pub fn addressee(self) -> String {
        let unit = self.active().and_then(|binding| binding.branch.reports_to);
        unit.map_or_else(|| "上级党组织".into(), |unit| unit.name)
    }

    /// What the upper level gave for an item of the period on the screen, as long as it is the item that is asked.
    pub fn value_above(self, id: &ItemId) -> Option<ValueAbove> {
        let binding = self.active()?;
        let work = self.work.read();
        let work = work.as_ref().ok()?;
        let asked = asked_above(&work.checklist, &work.period);
        let asked = asked.iter().find(|asked| &asked.item.id == id)?;
        let of_period = |value: &&ValueAbove| value.period == work.period.id && asked.takes(value);
        binding.branch.judged.iter().rfind(of_period).cloned()
    }

    /// The whole with what the upper level gave so far; `None` where it gave nothing.
    pub fn with_above(self) -> Option<WithAbove> {
        let binding = self.active()?;
        let (work, laid) = (self.work.read(), self.derived.laid.get()?);
        let work = work.as_ref().ok()?;
        with_above(&work.checklist, &work.period, &laid, &binding.branch.judged)
    }

    /// Reads everything again that another tab or the sender may have changed.
    pub async fn reload(self) {
        let today = |clock| shanghai_date(self.now_by(clock));
        match self.engine().read(|| self.wanted(), today).await {
            Ok(Some(read)) => self.show(read),
            Ok(None) => {}
            Err(error) => self.saving.set(Saving::Failed(error)),
        }
    }

    fn wanted(self) -> Wanted {
        let on_screen = self.work.with_untracked(|work| {
            let work = work.as_ref().ok()?;
            Some((work.draft.checklist.clone(), work.checklist.clone()))
        });
        Wanted { branch: self.shown_branch(), period: self.chosen_period.get_untracked(), on_screen }
    }

    pub(in crate::ui) fn shown_branch(self) -> Option<BranchCode> {
        self.phone.read_untracked().as_ref().and_then(|phone| phone.active.clone())
    }

    fn show(self, read: Reading) {
        self.take_time(read.clock);
        self.standard.set_if_new(read.standard);
        self.bindings.set_if_new(read.bindings);
        self.outbox.set_if_new(read.outbox);
        self.unreadable.set_if_new(read.unreadable);
        self.typed.update_value(|typed| typed.read(read.unfinished));
        let standard_is_newer = self.standard.with_untracked(|standard| {
            standard.as_ref().is_some_and(|StandardCopy { published, .. }| {
                published.checklists.has_unread() || published.documents.has_unread()
            })
        });
        let Some(of_branch) = read.of_branch else {
            self.note_outdated(|outdated| outdated.stored = standard_is_newer);
            return;
        };
        let OfBranch { code, submissions, ledger: held, mending, elsewhere, work } = of_branch;
        let stored = standard_is_newer
            || !held.ledger.unread().is_empty()
            || mending.findings.has_unread()
            || submissions.iter().any(|sent| sent.reviews.has_unread())
            || work.as_ref().is_ok_and(|work| !work.assessment.unread().is_empty());
        self.note_outdated(|outdated| outdated.stored = stored);
        self.begin_stamps_anew();
        if let Some(latest) = held.ledger.latest() {
            self.observe_stamp(latest);
        }
        self.ledger.set_if_new(Arc::new(held));
        // What is written from now on comes after what was read, the upper level's verdicts among it.
        if let Some(latest) = mending.findings.latest() {
            self.observe_stamp(latest);
        }
        self.mending.set_if_new(Arc::new(mending));
        if self.shown_branch().as_ref() != Some(&code) {
            self.phone.update(|phone| {
                if let Some(phone) = phone {
                    phone.active = Some(code.clone());
                }
            });
        }
        self.submissions.set_if_new(submissions);
        self.elsewhere.set_if_new(elsewhere);
        if let Ok(work) = &work {
            self.observe(&work.assessment);
        }
        self.work.set_if_new(work);
        self.stamp_anew(code);
        if self.photos.with_untracked(Option::is_some) {
            leptos::task::spawn_local(self.read_photos());
        }
    }

    fn note_outdated(self, note: impl FnOnce(&mut Outdated)) {
        let mut outdated = self.outdated.get_untracked();
        note(&mut outdated);
        self.outdated.set_if_new(outdated);
    }

    /// Whether anything is here, or was heard, that only a newer version of the app can read.
    pub fn is_outdated(self) -> bool {
        let outdated = self.outdated.get();
        outdated.stored || outdated.heard || outdated.documents
    }

    fn observe(self, assessment: &Assessment) {
        if let Some(latest) = assessment.latest() {
            self.observe_stamp(latest);
        }
    }

    fn observe_stamp(self, latest: Stamp) {
        self.stamps.update_value(|clock| {
            if let Some(clock) = clock {
                clock.observe(latest);
            }
        });
    }

    /// The figures that the branch confirmed before: in an earlier period on this phone, or on another phone of the branch.
    pub async fn earlier_profile(self) -> Option<BranchProfile> {
        let repository = self.repository()?;
        let binding = untrack(|| self.active())?;
        for draft in repository.drafts(&binding.branch.code).await.ok()?.records.iter().rev() {
            let entries = repository.entries(&draft.key()).await.ok()?.records;
            if let Some(profile) = Assessment::new(entries, None).profile() {
                return Some(profile.clone());
            }
        }
        let client = self.client();
        client.profile(&binding.token).await.ok().flatten().map(|known| known.profile)
    }

    /// Shows another branch.
    pub fn switch_branch(self, code: BranchCode) {
        self.chosen_period.set(None);
        self.change_phone(move |phone| phone.active = Some(code.clone()));
        leptos::task::spawn_local(self.reload());
    }

    /// Shows another period.
    pub fn switch_period(self, period: PeriodId) {
        self.chosen_period.set(Some(period));
        leptos::task::spawn_local(self.reload());
    }

    /// Shows the period that is worked on now, after another was chosen.
    pub fn show_current_period(self) {
        self.chosen_period.set(None);
        leptos::task::spawn_local(self.reload());
    }

    /// Changes text size or theme.
    pub fn set_display(self, display: Display) {
        show(display);
        self.change_phone(move |phone| phone.display = display);
    }

    /// The notice on privacy and secrets was read and agreed to.
    pub fn accept_notice(self) {
        let now = self.now();
        self.change_phone(move |phone| phone.notice_read_at = Some(now));
    }

    /// Changes the phone's own facts and stores them.
    pub(in crate::ui) fn change_phone(self, change: impl Fn(&mut Phone) + 'static) {
        let mut changed = None;
        self.phone.update(|phone| {
            if let Some(phone) = phone {
                change(phone);
                changed = Some(phone.clone());
            }
        });
        let (Some(phone), Some(repository)) = (changed, self.repository()) else { return };
        leptos::task::spawn_local(async move {
            if let Err(error) = repository.change_phone(&phone, change).await {
                self.saving.try_set(Saving::Failed(error));
            }
        });
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

/// The shared state, from the context that the app provides.
pub fn session() -> Session {
    expect_context::<Session>()
}

fn show(display: Display) {
    browser::attributes::set_size(match display.size {
        TextSize::Standard => None,
        TextSize::Large => Some("large"),
        TextSize::Huge => Some("huge"),
    });
    browser::attributes::set_theme(match display.theme {
        Theme::Paper => None,
        Theme::Sunlight => Some("sunlight"),
    });
}

trait SetIfNew<T> {
    /// Sets the signal only when the value differs, so that nothing is drawn again for nothing.
    fn set_if_new(&self, value: T);
}

impl<T: PartialEq + Send + Sync + 'static> SetIfNew<T> for RwSignal<T> {
    fn set_if_new(&self, value: T) {
        if self.try_with_untracked(|old| *old != value).unwrap_or(false) {
            self.try_set(value);
        }
    }
}
