//! The ledger (台账): the dated record of what the branch held, of one branch over all years.
//!
//! The record with the highest stamp of an id counts, and an entry that was struck out is a record without an entry. Nothing in it
//! is ever counted by hand: what the checklist asks of it is worked out by [`derive`], and what is due by [`duty`].
//!
//! A record is some 420 bytes of JSON, so that about a thousand versions fit into one request (512 KB) beside the answers; beyond that the
//! newest go along, and the rest stays on the phone and in backups.

pub mod check;
pub mod derive;
#[cfg(test)]
mod derive_tests;
pub mod duty;
#[cfg(test)]
pub(crate) mod testing;

use super::{
    clock::Stamp,
    ids::{ContentHash, LedgerId, OccurrenceId},
    open::Unread,
    period::shanghai_date,
    register::Registers,
};
use crate::json::FromJson;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An entry made more than this many days after its date is a 后登记. A week: in a village the record book is often copied on
/// the next market day, and that is no afterthought; a month later it is.
pub const LATE_AFTER_DAYS: i32 = 7;

/// What was held. One entry may be several kinds at once: a 主题党日 at which a 党课 was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// 支部党员大会
    MemberMeeting,
    /// 支委会
    CommitteeMeeting,
    /// 党小组会
    GroupMeeting,
    /// 党课
    PartyClass,
    /// 主题党日
    ThemedDay,
    /// 组织生活会
    OrganisationalLifeMeeting,
    /// 民主评议党员
    DemocraticAppraisal,
    /// 谈心谈话
    HeartToHeartTalk,
    /// 志愿服务
    Volunteering,
    /// 走访慰问
    Visit,
    /// 党务公开
    Openness,
    /// 财务公开: apart from 党务公开, because the standard counts it by itself
    FinancialOpenness,
}

impl ActivityKind {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 12] = [
        Self::MemberMeeting,
        Self::CommitteeMeeting,
        Self::GroupMeeting,
        Self::PartyClass,
        Self::ThemedDay,
        Self::OrganisationalLifeMeeting,
        Self::DemocraticAppraisal,
        Self::HeartToHeartTalk,
        Self::Volunteering,
        Self::Visit,
        Self::Openness,
        Self::FinancialOpenness,
    ];

    /// Whether its record is of a kind that must never be photographed: 谈话记录, 测评票.
    pub fn is_never_photographed(self) -> bool {
        matches!(self, Self::HeartToHeartTalk | Self::DemocraticAppraisal)
    }
}

/// Who was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Attendance {
    /// 应到
    pub expected: u32,
    /// 免到: of those, who need not come (away for long, or allowed not to). Whoever merely asked for leave is absent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub excused: u32,
    /// 实到
    pub present: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Attendance {
    /// How many had to come.
    pub fn due(self) -> u32 {
        self.expected.saturating_sub(self.excused)
    }

    /// 到会不到半数: fewer than half of all who belong there; an excuse does not make a quorum.
    pub fn is_below_half(self) -> bool {
        u64::from(self.present) * 2 < u64::from(self.expected)
    }
}

/// What the record book says of one activity, in short.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct LedgerEntry {
    /// What it was; at least one.
    pub kinds: BTreeSet<ActivityKind>,
    /// When it was held.
    #[serde(with = "crate::domain::day")]
    pub date: Date,
    /// Of a 党小组会: which group, from 1; `None`: all of them met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u8>,
    /// 地点
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// 主持人
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub host: String,
    /// 记录人
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub recorder: String,
    /// 应到、免到、实到; `None` where nobody was called together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attendance: Option<Attendance>,
    /// 议题
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// 决议, or what came of it
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub resolution: String,
    /// 记录本放在哪
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub location: String,
}

impl LedgerEntry {
    /// Whether one of its kinds must never be photographed.
    pub fn is_never_photographed(&self) -> bool {
        self.kinds.iter().any(|kind| kind.is_never_photographed())
    }
}

/// One version of an entry: the unit that is stored, sent and merged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct LedgerRecord {
    /// Which entry.
    pub id: LedgerId,
    /// When and on which phone this version was written.
    pub stamp: Stamp,
    /// The version; `None` strikes the entry out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<LedgerEntry>,
    /// Photos that were attached (`true`) or taken off (`false`) by this version, which then says nothing else: its entry only
    /// repeats what that phone knew. Each photo is a register of its own: the highest stamp that names it decides, so that a
    /// version written without knowing of a photo never takes it off, and a photo never undoes a correction it did not know of.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub photos: BTreeMap<ContentHash, bool>,
}

/// What even a version of a kind that is not known here says: it is kept and passed on by this alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct LedgerHead {
    /// Which entry.
    pub id: LedgerId,
    /// When and on which phone it was written.
    pub stamp: Stamp,
}

/// How the ledger answers a part of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LedgerSource {
    /// For a count: entries of any of these kinds in each window.
    Count {
        /// At least one.
        kinds: BTreeSet<ActivityKind>,
    },
    /// For a share: present of expected, over all entries of these kinds.
    Attendance {
        /// At least one.
        kinds: BTreeSet<ActivityKind>,
    },
    /// For a deduction: entries of these kinds to which fewer than half came.
    BelowQuorum {
        /// At least one.
        kinds: BTreeSet<ActivityKind>,
        /// As which occurrence each of them counts.
        occurrence: OccurrenceId,
    },
}

impl LedgerSource {
    /// The kinds that are looked at.
    pub fn kinds(&self) -> &BTreeSet<ActivityKind> {
        match self {
            Self::Count { kinds } | Self::Attendance { kinds } | Self::BelowQuorum { kinds, .. } => kinds,
        }
    }
}

/// All that was ever entered for one branch, as far as this phone knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger(Registers<LedgerRecord>);

/// An entry that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Live<'a> {
    /// Which one.
    pub id: LedgerId,
    /// The version that counts.
    pub entry: &'a LedgerEntry,
    /// When that version was written.
    pub stamp: Stamp,
    /// The day on which the entry was first made with this date.
    pub entered: Date,
}

impl Live<'_> {
    /// 后登记: how many days after its date it was entered, if that is more than [`LATE_AFTER_DAYS`].
    pub fn late_days(&self) -> Option<i32> {
        let days = self.entered.since(self.entry.date).map_or(0, |span| span.get_days());
        (days > LATE_AFTER_DAYS).then_some(days)
    }
}

impl Ledger {
    /// From stored records.
    pub fn new(records: impl IntoIterator<Item = LedgerRecord>) -> Self {
        Self(records.into_iter().collect())
    }

    /// Every version of every entry.
    pub fn records(&self) -> &[LedgerRecord] {
        self.0.words()
    }

    /// Adds what was just written, or what another phone, a submission or a backup knows.
    pub fn merge(&mut self, others: impl IntoIterator<Item = LedgerRecord>) {
        self.0.merge(others);
    }

    /// The versions that cannot be read.
    pub fn unread(&self) -> &BTreeSet<Unread> {
        self.0.unread()
    }

    /// Adds versions that cannot be read.
    pub fn keep_unread(&mut self, unread: impl IntoIterator<Item = Unread>) {
        self.0.keep_unread(unread);
    }

    /// The highest stamp of all.
    pub fn latest(&self) -> Option<Stamp> {
        self.0.latest(|record| record.stamp)
    }

    /// All versions of one entry, oldest first; the last one counts.
    pub fn history(&self, id: LedgerId) -> impl DoubleEndedIterator<Item = &LedgerRecord> {
        self.0.run(|record| record.id.cmp(&id)).iter()
    }

    /// The entry of this id, unless it was struck out.
    pub fn find(&self, id: LedgerId) -> Option<Live<'_>> {
        counting(&self.history(id).collect::<Vec<_>>())
    }

    /// The photos of an entry, in the order in which they were added.
    pub fn photos_of(&self, id: LedgerId) -> Vec<&ContentHash> {
        let mut photos: Vec<&ContentHash> = Vec::new();
        for (sha256, attached) in self.history(id).flat_map(|version| &version.photos) {
            let known = photos.iter().position(|photo| *photo == sha256);
            match (attached, known) {
                (true, None) => photos.push(sha256),
                (false, Some(place)) => {
                    photos.remove(place);
                }
                _ => {}
            }
        }
        photos
    }

    /// The entries that count and have this photo.
    pub fn with_photo(&self, sha256: &ContentHash) -> Vec<LedgerId> {
        let names = self.records().iter().filter(|record| record.photos.contains_key(sha256));
        let named: BTreeSet<LedgerId> = names.map(|record| record.id).collect();
        let has = |id: &LedgerId| self.find(*id).is_some() && self.photos_of(*id).contains(&sha256);
        named.into_iter().filter(has).collect()
    }

    /// Every photo of the entries that count, each once.
    pub fn photos(&self) -> BTreeSet<&ContentHash> {
        let with: BTreeSet<LedgerId> = self
            .records()
            .iter()
            .filter(|record| !record.photos.is_empty())
            .map(|record| record.id)
            .collect();
        with.into_iter().filter(|id| self.find(*id).is_some()).flat_map(|id| self.photos_of(id)).collect()
    }

    /// The entries that count, in the order of ids.
    pub fn live(&self) -> Vec<Live<'_>> {
        let mut live = Vec::new();
        let mut versions: Vec<&LedgerRecord> = Vec::new();
        for record in self.records() {
            if versions.last().is_some_and(|last| last.id != record.id) {
                live.extend(counting(&versions));
                versions.clear();
            }
            versions.push(record);
        }
        live.extend(counting(&versions));
        live
    }
}

/// The entry of which these are all versions, oldest first.
fn counting<'a>(versions: &[&'a LedgerRecord]) -> Option<Live<'a>> {
    let says = |version: &&&LedgerRecord| version.photos.is_empty();
    // Where no version but those of photos is here, the last of them repeats the entry.
    let last = versions.iter().rev().find(says).or_else(|| versions.last())?;
    let entry = last.entry.as_ref()?;
    let same = |version: &&&LedgerRecord| version.entry.as_ref().is_some_and(|old| old.date == entry.date);
    let first = versions.iter().find(same).map_or(last.stamp, |version| version.stamp);
    Some(Live { id: last.id, entry, stamp: last.stamp, entered: shanghai_date(first.ms) })
}

#[cfg(test)]
mod tests {
    use super::{testing::*, *};
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn the_newest_version_counts_and_the_words_of_a_struck_entry_stay() {
        let day = date(2026, 11, 20);
        let (first, mut second) = (record(1, meeting(day), day, 0), record(1, meeting(day), day, 1));
        second.entry.as_mut().unwrap().topic = "改了议题".into();
        let mut ledger = Ledger::new([second, first]);
        assert_eq!(ledger.live().len(), 1);
        assert_eq!(ledger.find(id(1)).unwrap().entry.topic, "改了议题");
        let mut struck = record(1, meeting(day), day, 2);
        struck.entry = None;
        ledger.merge([struck, record(2, meeting(day), day, 0)]);
        assert_eq!(ledger.find(id(1)), None);
        assert_eq!(ledger.live().len(), 1);
        assert_eq!(ledger.history(id(1)).count(), 3);
    }

    #[test]
    fn a_photo_neither_revives_what_was_struck_out_nor_undoes_a_correction() {
        let day = date(2026, 11, 20);
        let mut photo = record(1, meeting(day), day, 9);
        photo.photos = [(ContentHash::of(b"photo"), true)].into();
        let mut struck = record(1, meeting(day), day, 2);
        struck.entry = None;
        let ledger = Ledger::new([record(1, meeting(day), day, 0), struck, photo.clone()]);
        assert_eq!((ledger.find(id(1)), ledger.live().len()), (None, 0));
        let mut corrected = record(1, meeting(day), day, 2);
        corrected.entry.as_mut().unwrap().topic = "改了议题".into();
        let ledger = Ledger::new([record(1, meeting(day), day, 0), corrected, photo.clone()]);
        assert_eq!(ledger.find(id(1)).unwrap().entry.topic, "改了议题");
        assert_eq!(ledger.photos_of(id(1)), [&ContentHash::of(b"photo")]);
        assert!(Ledger::new([photo]).find(id(1)).is_some(), "better than nothing");
    }

    #[test]
    fn what_is_entered_a_week_later_is_a_late_entry_and_a_correction_does_not_make_it_one() {
        let held = date(2026, 11, 1);
        let after = |days| held.checked_add(jiff::Span::new().days(days)).unwrap();
        let late = |records: Vec<LedgerRecord>| Ledger::new(records).find(id(1)).unwrap().late_days();
        assert_eq!(late(vec![record(1, meeting(held), after(7), 0)]), None);
        assert_eq!(late(vec![record(1, meeting(held), after(8), 0)]), Some(8));
        // The place was corrected a month later: it had been entered on the day.
        assert_eq!(
            late(vec![record(1, meeting(held), held, 0), record(1, meeting(held), after(30), 0)]),
            None
        );
        // The date was changed a month later: that is another meeting's entry.
        assert_eq!(
            late(vec![record(1, meeting(after(3)), after(3), 0), record(1, meeting(held), after(30), 0)]),
            Some(30)
        );
    }

    #[test]
    fn half_is_of_all_who_belong_there() {
        let of = |expected, excused, present| Attendance { expected, excused, present };
        assert!(of(20, 0, 9).is_below_half() && !of(20, 0, 10).is_below_half());
        assert!(of(20, 10, 9).is_below_half(), "excuses make no quorum");
        assert_eq!(of(20, 5, 9).due(), 15);
    }

    #[test]
    fn a_submission_carries_what_its_period_judges_with_all_versions() {
        let list = checklist();
        let judged = date(2026, 11, 20);
        let old = date(2025, 11, 20);
        let mut struck = record(1, meeting(judged), judged, 1);
        struck.entry = None;
        let older = date(2024, 11, 20);
        let all = [
            record(1, meeting(judged), judged, 0),
            struck,
            record(2, meeting(old), old, 0),
            record(3, meeting(older), older, 0),
        ];
        let sent = Ledger::new(all).reported(&list, &crate::domain::testing::period());
        let first = id(3);
        assert_eq!(sent.iter().map(|record| record.id).collect::<Vec<_>>(), [id(1), id(1), first]);
    }

    #[test]
    fn a_photo_stays_until_somebody_takes_it_off() {
        let day = date(2026, 11, 20);
        let (a, b) = (ContentHash::of(b"a"), ContentHash::of(b"b"));
        let with = |count, photos: &[(&ContentHash, bool)]| LedgerRecord {
            photos: photos.iter().map(|(sha256, attached)| ((*sha256).clone(), *attached)).collect(),
            ..record(1, meeting(day), day, count)
        };
        let mut ledger = Ledger::new([with(0, &[(&b, true)]), with(1, &[(&a, true)])]);
        assert_eq!(ledger.photos_of(id(1)), [&b, &a], "in the order of adding");
        // Written on another phone that knew nothing of them.
        ledger.merge([with(2, &[])]);
        assert_eq!(ledger.photos(), [&a, &b].into());
        assert_eq!(ledger.with_photo(&b), [id(1)]);
        ledger.merge([with(3, &[(&b, false)])]);
        assert_eq!(ledger.photos_of(id(1)), [&a]);
        assert_eq!(ledger.with_photo(&b), []);
        ledger.merge([with(4, &[(&b, true)])]);
        assert_eq!(ledger.photos_of(id(1)), [&a, &b]);
        let mut struck = with(5, &[]);
        struck.entry = None;
        ledger.merge([struck]);
        assert_eq!(ledger.photos(), BTreeSet::new(), "of what does not count");
        assert_eq!(ledger.photos_of(id(1)).len(), 2, "but nothing is forgotten");
    }

    /// Whether the newest version that names the photo attaches it.
    fn last_word(ledger: &Ledger, number: u8, photo: &ContentHash) -> bool {
        ledger.history(id(number)).filter_map(|version| version.photos.get(photo)).next_back() == Some(&true)
    }

    #[test]
    fn talks_and_ballots_are_never_photographed() {
        let never = ActivityKind::ALL.into_iter().filter(|kind| kind.is_never_photographed());
        assert!(never.eq([ActivityKind::DemocraticAppraisal, ActivityKind::HeartToHeartTalk]));
        let mut both = meeting(date(2026, 11, 20));
        assert!(!both.is_never_photographed());
        both.kinds.insert(ActivityKind::DemocraticAppraisal);
        assert!(both.is_never_photographed());
    }

    proptest! {
        #[test]
        fn merging_is_commutative_associative_and_idempotent(a in any_records(), b in any_records(), c in any_records()) {
            let merged = |order: [&Vec<LedgerRecord>; 3]| {
                let mut ledger = Ledger::default();
                for records in order {
                    ledger.merge(records.iter().cloned());
                }
                ledger
            };
            let one = merged([&a, &b, &c]);
            prop_assert_eq!(&one, &merged([&c, &a, &b]));
            prop_assert_eq!(&one, &merged([&b, &c, &a]));
            let mut again = one.clone();
            again.merge(one.records().iter().cloned());
            prop_assert_eq!(&again, &one);
            for number in 1..4 {
                prop_assert!(one.photos_of(id(number)).iter().all(|photo| last_word(&one, number, photo)));
            }
            for live in one.live() {
                prop_assert_eq!(one.find(live.id), Some(live));
                prop_assert!(one.history(live.id).filter(|version| version.photos.is_empty()).all(|version| version.stamp <= live.stamp));
            }
        }
    }
}
