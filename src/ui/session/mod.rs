//! What every page shares: the phone, its branches, the work on the screen, what waits to be sent, and the ways to change them.
//!
//! State is owned by the root, so leaving a page never cancels a save. Pages read signals and call methods; only here do they
//! meet storage and network. Everything that can be derived (score, rows, next step) is a memo, not a signal.

pub mod activation;
pub mod carrying;
pub mod derived;
pub mod saving;
pub mod sending;
pub mod submitting;
pub mod unbinding;

use crate::{
    browser::{self, fetch::FetchApi},
    domain::{
        Assessment, BranchCode, BranchProfile, Checklist, DeviceId, HybridClock, Period, SectorId,
        period::{current, shanghai_date},
    },
    store::{
        Binding, Display, Draft, LocalSubmission, Phone, Repository, StoreError, TextSize, Theme,
        storage::Storage,
    },
    sync::{Client, ClockOffset, OutboxEntry, StandardCopy},
};
use jiff::civil::Date;
use leptos::prelude::*;
use std::sync::Arc;

/// The branch, checklist and period on the screen, with all answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// What it answers. Stored with the first answer, not before.
    pub draft: Draft,
    /// Whether it is stored.
    pub stored: bool,
    /// The pinned checklist.
    pub checklist: Arc<Checklist>,
    /// The pinned period.
    pub period: Period,
    /// All answers.
    pub assessment: Assessment,
}

/// Why there is nothing to work on yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoWork {
    /// The standard has not been fetched yet: the phone must be online once.
    NotFetched,
    /// The standard in force has no checklist for this sector yet.
    NoChecklist(SectorId),
}

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
    /// Today in Asia/Shanghai by the corrected clock; renewed when the page becomes visible.
    pub today: RwSignal<Date>,
    /// What follows from the above.
    pub derived: derived::Derived,
    clock: RwSignal<ClockOffset>,
    chosen_period: RwSignal<Option<crate::domain::PeriodId>>,
    repository: StoredValue<Option<Repository<Storage>>, LocalStorage>,
    stamps: StoredValue<Option<HybridClock>>,
    queue: StoredValue<saving::Queue>,
    asked_to_persist: StoredValue<bool>,
    guard: StoredValue<Option<browser::leave::Guard>, LocalStorage>,
    sender: StoredValue<sending::Sender, LocalStorage>,
}

impl Session {
    /// The state before anything is read.
    #[must_use]
    pub fn new() -> Self {
        let work = RwSignal::new(Err(NoWork::NotFetched));
        let today = RwSignal::new(shanghai_date(browser::clock::now_ms()));
        let submissions = RwSignal::new(Vec::new());
        let outbox = RwSignal::new(Vec::new());
        Self {
            boot: RwSignal::new(Boot::Starting),
            phone: RwSignal::new(None),
            storage_refused: RwSignal::new(None),
            unreadable: RwSignal::new(Vec::new()),
            bindings: RwSignal::new(Vec::new()),
            standard: RwSignal::new(None),
            work,
            submissions,
            outbox,
            saving: RwSignal::new(Saving::Quiet),
            reach: RwSignal::new(Reach::Unknown),
            update_waiting: RwSignal::new(false),
            today,
            derived: derived::Derived::new(work, submissions, outbox, today),
            clock: RwSignal::new(ClockOffset::default()),
            chosen_period: RwSignal::new(None),
            repository: StoredValue::new_local(None),
            stamps: StoredValue::new(None),
            queue: StoredValue::new(saving::Queue::default()),
            asked_to_persist: StoredValue::new(false),
            guard: StoredValue::new_local(None),
            sender: StoredValue::new_local(sending::Sender::default()),
        }
    }

    /// Reads everything from the storage, then lets the pages appear and the sender start.
    pub async fn start(self) {
        let (storage, refused) = Storage::open().await;
        self.storage_refused.set(refused);
        let repository = Repository::new(storage);
        self.repository.set_value(Some(repository.clone()));
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
    pub(super) fn repository(self) -> Option<Repository<Storage>> {
        self.repository.try_get_value().flatten()
    }

    /// Now by the corrected clock, milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn now(self) -> u64 {
        self.clock.get_untracked().correct(browser::clock::now_ms())
    }

    /// The endpoint's calls. Of the same type as the sender's, so that they are compiled once.
    fn client(self) -> Client<'static, FetchApi, &'static fn() -> u64> {
        Client::new(&FetchApi, &sending::NOW, self.clock.get_untracked())
    }

    /// The branch on the screen.
    #[must_use]
    pub fn active(self) -> Option<Binding> {
        let code = self.phone.read().as_ref().and_then(|phone| phone.active.clone())?;
        self.bindings.read().iter().find(|binding| binding.branch.code == code).cloned()
    }

    /// Whom the branch on the screen reports to: 镇安镇党委.
    #[must_use]
    pub fn addressee(self) -> String {
        let unit = self.active().and_then(|binding| binding.branch.reports_to);
        unit.map_or_else(|| "上级党组织".into(), |unit| unit.name)
    }

    /// Reads everything again that another tab or the sender may have changed.
    pub async fn reload(self) {
        let Some(repository) = self.repository() else { return };
        if let Err(error) = self.try_reload(&repository).await {
            self.saving.set(Saving::Failed(error));
        }
    }

    async fn try_reload(self, repository: &Repository<Storage>) -> Result<(), StoreError> {
        let mut unreadable = Vec::new();
        let bindings = repository.bindings().await?;
        unreadable.extend(bindings.unreadable);
        self.clock.set(repository.clock().await?);
        self.today.set_if_new(shanghai_date(self.now()));
        let standard = repository.standard().await?;
        let outbox = repository.outbox().await?;
        unreadable.extend(outbox.unreadable);
        let chosen = self.phone.read_untracked().as_ref().and_then(|phone| phone.active.clone());
        let active = bindings
            .records
            .iter()
            .find(|binding| Some(&binding.branch.code) == chosen.as_ref())
            .or_else(|| bindings.records.first())
            .cloned();
        self.standard.set_if_new(standard.clone());
        self.bindings.set_if_new(bindings.records);
        self.outbox.set_if_new(outbox.records);
        if let Some(active) = active {
            if chosen.as_ref() != Some(&active.branch.code) {
                self.phone.update(|phone| {
                    if let Some(phone) = phone {
                        phone.active = Some(active.branch.code.clone());
                    }
                });
            }
            let submissions = repository.submissions(&active.branch.code).await?;
            unreadable.extend(submissions.unreadable);
            self.submissions.set_if_new(submissions.records);
            let work = self.load_work(repository, &active, standard.as_ref(), &mut unreadable).await?;
            // What is not on disk yet is newer than what was read.
            if self.queue.with_value(saving::Queue::is_empty) {
                self.work.set_if_new(work);
            }
        }
        self.unreadable.set_if_new(unreadable);
        Ok(())
    }

    async fn load_work(
        self,
        repository: &Repository<Storage>,
        binding: &Binding,
        standard: Option<&StandardCopy>,
        unreadable: &mut Vec<StoreError>,
    ) -> Result<Result<Work, NoWork>, StoreError> {
        let branch = &binding.branch.code;
        let drafts = repository.drafts(branch).await?;
        unreadable.extend(drafts.unreadable);
        let in_force = standard.and_then(|copy| {
            copy.published.checklists.iter().find(|published| published.sector == binding.branch.sector)
        });
        let newest = match in_force {
            Some(published) => {
                repository.checklist(&published.hash).await?.map(|list| (published.hash.clone(), list))
            }
            None => None,
        };
        let today = self.today.get_untracked();
        let wanted = self
            .chosen_period
            .get_untracked()
            .or_else(|| unfinished(&drafts.records, self.submissions.read_untracked().as_slice()))
            .or_else(|| {
                newest.as_ref().and_then(|(_, list)| current(&list.periods, today)).map(|p| p.id.clone())
            })
            .or_else(|| drafts.records.last().map(|draft| draft.period.clone()));
        let stored = drafts.records.into_iter().find(|draft| Some(&draft.period) == wanted.as_ref());
        if let Some(draft) = stored {
            let Some(checklist) = repository.checklist(&draft.checklist).await? else {
                return Ok(Err(NoWork::NotFetched));
            };
            let Some(period) = checklist.period(&draft.period).cloned() else {
                return Ok(Err(NoWork::NotFetched));
            };
            let entries = repository.entries(&draft.key()).await?;
            unreadable.extend(entries.unreadable);
            let assessment = Assessment::new(entries.records, draft.shared_until);
            self.observe(&assessment);
            return Ok(Ok(Work { draft, stored: true, checklist: Arc::new(checklist), period, assessment }));
        }
        let Some((hash, checklist)) = newest else {
            return Ok(Err(match (standard, in_force) {
                (Some(_), None) => NoWork::NoChecklist(binding.branch.sector.clone()),
                _ => NoWork::NotFetched,
            }));
        };
        let period = wanted.and_then(|id| checklist.period(&id).cloned());
        let Some(period) = period else { return Ok(Err(NoWork::NotFetched)) };
        let draft = Draft {
            branch: branch.clone(),
            period: period.id.clone(),
            sector: checklist.sector.clone(),
            checklist: hash,
            begun_at: self.now(),
            shared_until: None,
        };
        let assessment = Assessment::default();
        Ok(Ok(Work { draft, stored: false, checklist: Arc::new(checklist), period, assessment }))
    }

    fn observe(self, assessment: &Assessment) {
        if let Some(latest) = assessment.latest() {
            self.stamps.update_value(|clock| {
                if let Some(clock) = clock {
                    clock.observe(latest);
                }
            });
        }
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
        self.change_phone(move |phone| phone.active = Some(code));
        leptos::task::spawn_local(self.reload());
    }

    /// Shows another period.
    pub fn switch_period(self, period: crate::domain::PeriodId) {
        self.chosen_period.set(Some(period));
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
    pub(super) fn change_phone(self, change: impl FnOnce(&mut Phone)) {
        let mut changed = None;
        self.phone.update(|phone| {
            if let Some(phone) = phone {
                change(phone);
                changed = Some(phone.clone());
            }
        });
        let (Some(phone), Some(repository)) = (changed, self.repository()) else { return };
        leptos::task::spawn_local(async move {
            if let Err(error) = repository.save_phone(&phone).await {
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
#[must_use]
pub fn session() -> Session {
    expect_context::<Session>()
}

/// A draft whose answers were never reported goes before a newer period: nothing of it must be overlooked.
fn unfinished(drafts: &[Draft], submissions: &[LocalSubmission]) -> Option<crate::domain::PeriodId> {
    let reported =
        |draft: &&Draft| submissions.iter().any(|sent| sent.period == draft.period && !sent.withdrawn);
    drafts.iter().find(|draft| !reported(draft)).map(|draft| draft.period.clone())
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
