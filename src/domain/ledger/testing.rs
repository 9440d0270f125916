//! Builders shared by the tests of the ledger.

use super::{ActivityKind, Attendance, Ledger, LedgerEntry, LedgerRecord, LedgerSource};
use crate::domain::{
    AspectId, Checklist, ContentHash, DeviceId, Item, LedgerId, OccurrenceId, Period, ProfileCondition,
    ProfileNumber, Stamp, Window, moving::Pinned, testing,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

pub(crate) fn id(number: u8) -> LedgerId {
    LedgerId::from_parts(1_764_000_000_000 + u64::from(number), &[number; 10])
}

/// Noon of a day in Shanghai, in milliseconds since 1970.
pub(crate) fn noon(day: Date) -> u64 {
    let days = day.since(date(1970, 1, 1)).unwrap().get_days();
    u64::try_from(days).unwrap() * 86_400_000 + 4 * 3_600_000
}

/// A 支部党员大会 with 18 of 20.
pub(crate) fn meeting(date: Date) -> LedgerEntry {
    LedgerEntry {
        kinds: BTreeSet::from([ActivityKind::MemberMeeting]),
        date,
        group: None,
        place: "村部会议室".into(),
        host: "李书记".into(),
        recorder: "王文书".into(),
        attendance: Some(Attendance { expected: 20, excused: 0, present: 18 }),
        topic: "学习文件".into(),
        resolution: String::new(),
        location: "村部铁柜".into(),
    }
}

/// The version written at noon of `entered`.
pub(crate) fn record(number: u8, entry: LedgerEntry, entered: Date, count: u32) -> LedgerRecord {
    let stamp = Stamp { ms: noon(entered), count, device: testing::device(1) };
    LedgerRecord { id: id(number), stamp, entry: Some(entry), photos: BTreeMap::new() }
}

/// Member meetings held and entered on these days.
pub(crate) fn ledger(days: &[Date]) -> Ledger {
    let numbered = days.iter().zip(1..);
    Ledger::new(numbered.map(|(day, number)| record(number, meeting(*day), *day, 0)))
}

/// The tests' checklist with items that the ledger answers: member meetings each quarter, group meetings each month, the
/// attendance and the quorum of member meetings.
pub(crate) fn checklist() -> Checklist {
    let of = |kind| BTreeSet::from([kind]);
    let part = |rule, window, source| {
        let mut part = testing::part("p1", 100, rule, window);
        part.from_ledger = Some(source);
        part
    };
    let mut list = testing::checklist();
    let deduction = list.find(&testing::item_id("offence")).unwrap().2.parts[0].rule.clone();
    let kinds = of(ActivityKind::MemberMeeting);
    let occurrence = OccurrenceId::new("o1").unwrap();
    let mut groups = testing::item(
        "groups",
        vec![part(
            testing::count(1),
            Window::Month,
            LedgerSource::Count { kinds: of(ActivityKind::GroupMeeting) },
        )],
    );
    groups.only_if =
        Some(ProfileCondition { number: ProfileNumber::PartyGroups, at_least: Some(1), at_most: None });
    let items: Vec<Item> = vec![
        testing::item(
            "meetings",
            vec![part(testing::count(1), Window::Quarter, LedgerSource::Count { kinds: kinds.clone() })],
        ),
        groups,
        testing::item(
            "there",
            vec![part(
                testing::share(80, 60),
                Window::PeriodEnd,
                LedgerSource::Attendance { kinds: kinds.clone() },
            )],
        ),
        testing::item(
            "quorum",
            vec![part(deduction, Window::PeriodEnd, LedgerSource::BelowQuorum { kinds, occurrence })],
        ),
    ];
    let id = AspectId::new("ledger").unwrap();
    list.aspects.insert(0, crate::domain::Aspect { id, name: "台账".into(), items });
    list
}

/// A draft on this checklist.
pub(crate) fn pinned<'a>(checklist: &'a Checklist, period: &'a Period) -> Pinned<'a> {
    static HASH: LazyLock<ContentHash> = LazyLock::new(|| ContentHash::of(b"pinned"));
    Pinned { hash: &HASH, checklist, period }
}

/// A handful of versions of a few entries by two phones.
pub(crate) fn any_records() -> impl Strategy<Value = Vec<LedgerRecord>> {
    let photos =
        proptest::collection::btree_map((0_u8..3).prop_map(|of| ContentHash::of(&[of])), any::<bool>(), 0..2);
    let one = (1_u8..4, 0_u64..3, 0_u32..2, 1_u8..3, proptest::option::of(0_i8..28), photos);
    let record = one.prop_map(|(number, later, count, by, day, photos)| LedgerRecord {
        id: id(number),
        stamp: Stamp { ms: noon(date(2026, 12, 1)) + later, count, device: DeviceId::from_random([by; 16]) },
        entry: day.map(|day| meeting(date(2026, 11, day + 1))),
        photos,
    });
    proptest::collection::vec(record, 0..8)
}
