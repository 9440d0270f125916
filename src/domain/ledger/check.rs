//! Checks of ledger records that come from outside: a form, a submission, a backup.

use super::{ActivityKind, LedgerEntry, LedgerRecord};
use crate::domain::{
    answer::MAX_FIGURE,
    day::YEARS,
    period::shanghai_date,
    photo::MAX_ATTACHMENTS,
    text::{self, Kind, TextFault},
};
use jiff::civil::Date;

/// 党小组 are numbered from 1 to this.
pub const MAX_GROUP: u8 = 99;
/// The most versions of entries that one submission may carry: twice five hundred entries, each corrected once.
pub const MAX_RECORDS: usize = 2_000;

/// Why a record of the ledger cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LedgerFault {
    /// Nothing says what was held.
    #[error("no kind is given; say what was held")]
    NoKind,
    /// Nobody holds a meeting tomorrow.
    #[error("the date lies after the day of entering; enter what was held, not what is planned")]
    Future,
    /// The date is from another age, which only a slip of the finger explains.
    #[error("the date lies before 1949; correct the year")]
    TooOld,
    /// More came than were expected, more are excused than were expected, or a figure that no branch has.
    #[error("the attendance cannot be: present must not exceed expected less excused (0 to {MAX_FIGURE})")]
    Attendance,
    /// A group of another meeting, or a group of no number.
    #[error("a group is named although no group meeting is given, or its number is not 1 to {MAX_GROUP}")]
    Group,
    /// A text holds what it must not.
    #[error("the {0} is {1}")]
    Text(&'static str, TextFault),
    /// More photos than one submission may carry.
    #[error("it names more than {MAX_ATTACHMENTS} photos; take some off")]
    Photos,
}

impl LedgerEntry {
    /// Its texts, each with what it may hold.
    fn texts(&self) -> [(&'static str, &str, Kind); 6] {
        [
            ("place", &self.place, Kind::PLACE),
            ("host", &self.host, Kind::NAME),
            ("recorder", &self.recorder, Kind::NAME),
            ("topic", &self.topic, Kind::TOPIC),
            ("resolution", &self.resolution, Kind::RESOLUTION),
            ("location", &self.location, Kind::PLACE),
        ]
    }
}

impl LedgerRecord {
    /// The same with texts that [`record_fault`] has nothing against.
    #[must_use]
    pub fn cleaned(self) -> Self {
        let cleaned = |entry: LedgerEntry| {
            let [place, host, recorder, topic, resolution, location] =
                entry.texts().map(|(_, text, kind)| text::clean(text, kind));
            LedgerEntry { place, host, recorder, topic, resolution, location, ..entry }
        };
        Self { entry: self.entry.map(cleaned), ..self }
    }
}

/// What is wrong with an entry on the day on which it is entered, if anything.
pub fn entry_fault(entry: &LedgerEntry, today: Date) -> Option<LedgerFault> {
    if entry.kinds.is_empty() {
        return Some(LedgerFault::NoKind);
    }
    if entry.date > today {
        return Some(LedgerFault::Future);
    }
    if entry.date.year() < *YEARS.start() {
        return Some(LedgerFault::TooOld);
    }
    if let Some(there) = entry.attendance
        && (there.expected > MAX_FIGURE || there.excused > there.expected || there.present > there.due())
    {
        return Some(LedgerFault::Attendance);
    }
    let of_group = entry.kinds.contains(&ActivityKind::GroupMeeting);
    if entry.group.is_some_and(|group| !of_group || !(1..=MAX_GROUP).contains(&group)) {
        return Some(LedgerFault::Group);
    }
    let mut texts = entry.texts().into_iter();
    texts.find_map(|(name, text, kind)| Some(LedgerFault::Text(name, text::fault(text, kind)?)))
}

/// What is wrong with a record, if anything. "Today" is the day of its own stamp, so that every phone and the endpoint judge
/// it alike whenever they see it.
pub fn record_fault(record: &LedgerRecord) -> Option<LedgerFault> {
    let fault = record.entry.as_ref().and_then(|entry| entry_fault(entry, shanghai_date(record.stamp.ms)));
    fault.or_else(|| (record.photos.len() > MAX_ATTACHMENTS).then_some(LedgerFault::Photos))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AnswerKey, AnswerValue, ContentHash, Entry, ItemId, PartAnswer, PartId, Submission, WindowKey,
        answer::OwnAnswer,
        check::{AnswerFault, submission_faults, tests::submission},
        ledger::{
            Attendance,
            testing::{id, meeting, record},
        },
        testing::{checklist, period, stamp},
    };
    use jiff::civil::date;
    use std::collections::BTreeMap;

    const TODAY: Date = date(2026, 11, 24);

    #[test]
    fn an_honest_entry_has_no_fault() {
        assert_eq!(entry_fault(&meeting(TODAY), TODAY), None);
        assert_eq!(record_fault(&record(1, meeting(TODAY), TODAY, 0)), None);
        let mut struck = record(1, meeting(TODAY), TODAY, 0);
        struck.entry = None;
        assert_eq!(record_fault(&struck), None);
    }

    #[test]
    fn what_cannot_be_is_named() {
        type Spoil = fn(&mut LedgerEntry);
        let there = |expected, excused, present| Some(Attendance { expected, excused, present });
        let cases: [(Spoil, LedgerFault); 8] = [
            (|entry| entry.kinds.clear(), LedgerFault::NoKind),
            (|entry| entry.date = date(2026, 11, 25), LedgerFault::Future),
            (|entry| entry.date = date(206, 11, 20), LedgerFault::TooOld),
            (|entry| entry.group = Some(2), LedgerFault::Group),
            (|entry| entry.host = "王\u{7}".into(), LedgerFault::Text("host", TextFault::Control(7))),
            (|entry| entry.place = "院\n内".into(), LedgerFault::Text("place", TextFault::Break)),
            (
                |entry| entry.topic = "议".repeat(201),
                LedgerFault::Text("topic", TextFault::TooLong(text::MAX_TOPIC_CHARS)),
            ),
            (
                |entry| entry.resolution = "决".repeat(501),
                LedgerFault::Text("resolution", TextFault::TooLong(text::MAX_RESOLUTION_CHARS)),
            ),
        ];
        for (spoil, fault) in cases {
            let mut entry = meeting(TODAY);
            spoil(&mut entry);
            assert_eq!(entry_fault(&entry, TODAY), Some(fault));
        }
        for attendance in [there(10, 0, 11), there(10, 3, 8), there(10, 11, 0), there(100_000, 0, 1)] {
            let entry = LedgerEntry { attendance, ..meeting(TODAY) };
            assert_eq!(entry_fault(&entry, TODAY), Some(LedgerFault::Attendance), "{attendance:?}");
        }
    }

    #[test]
    fn a_record_is_judged_by_the_day_it_was_written_on() {
        let held = date(2026, 11, 25);
        assert_eq!(record_fault(&record(1, meeting(held), TODAY, 0)), Some(LedgerFault::Future));
        assert_eq!(record_fault(&record(1, meeting(held), held, 0)), None);
    }

    /// The same with what the ledger adds: records, a struck one among them, an answer that was counted from them over one given
    /// by hand, and one that stands against them with its reason.
    #[test]
    fn the_wire_format_of_the_ledger_is_frozen() {
        let day = date(2026, 11, 20);
        let mut struck = record(2, meeting(day), day, 1);
        struck.entry = None;
        let mut talk = meeting(day);
        talk.kinds = [ActivityKind::ThemedDay, ActivityKind::PartyClass].into();
        talk.attendance = Some(Attendance { expected: 20, excused: 3, present: 15 });
        talk.resolution = "全体通过".into();
        let groups =
            LedgerEntry { kinds: [ActivityKind::GroupMeeting].into(), group: Some(2), ..meeting(day) };
        let count = |n| PartAnswer::Counts { counts: BTreeMap::from([(WindowKey("2026-11".into()), n)]) };
        let key = |item: &str| AnswerKey::Part {
            item: ItemId::new(item).unwrap(),
            part: PartId::new("p1").unwrap(),
        };
        let counted = AnswerValue::Part {
            answer: Some(count(1)),
            counted: Some(vec![id(1)]),
            own: Some(OwnAnswer { answer: Some(count(2)), under: None }),
            reason: String::new(),
        };
        let against = AnswerValue::Part {
            answer: Some(count(2)),
            counted: None,
            own: None,
            reason: "有一次记在镇里的本子上".into(),
        };
        let mut sent = submission();
        sent.answers = vec![
            Entry { key: key("meetings"), stamp: stamp(2_000, 1), value: counted, under: None },
            Entry { key: key("groups"), stamp: stamp(2_000, 1), value: against, under: None },
        ]
        .into();
        sent.ledger =
            vec![record(1, talk, day, 0), record(2, meeting(day), day, 0), struck, record(3, groups, day, 0)]
                .into();
        let frozen = include_str!("../golden/submission-ledger.json").trim_end();
        assert_eq!(serde_json::to_string_pretty(&sent).unwrap(), frozen);
        assert_eq!(serde_json::from_str::<Submission>(frozen).unwrap(), sent);
    }

    /// The same with a photo attached and another one taken off.
    #[test]
    fn the_wire_format_of_a_ledgers_photos_is_frozen() {
        let day = date(2026, 11, 20);
        let mut with = record(1, meeting(day), day, 0);
        with.photos = [(ContentHash::of(b"a"), true), (ContentHash::of(b"b"), false)].into();
        let frozen = include_str!("../golden/ledger-photos.json").trim_end();
        assert_eq!(serde_json::to_string_pretty(&with).unwrap(), frozen);
        assert_eq!(serde_json::from_str::<LedgerRecord>(frozen).unwrap(), with);
    }

    #[test]
    fn photos_of_the_ledger_belong_to_the_submission() {
        let day = date(2026, 11, 20);
        let mut sent = submission();
        let with = |number, photo: &[u8], attached| LedgerRecord {
            photos: [(ContentHash::of(photo), attached)].into(),
            ..record(number, meeting(day), day, 0)
        };
        let mut struck = record(2, meeting(day), day, 1);
        struck.entry = None;
        sent.ledger = vec![with(1, b"a", true), with(2, b"b", true), struck, with(3, b"c", false)].into();
        assert_eq!(submission_faults(&checklist(), &period(), &sent), []);
        assert_eq!(sent.photos(), [ContentHash::of(b"a")].into());
        let many = (0..=MAX_ATTACHMENTS as u64).map(|number| (ContentHash::of(&number.to_be_bytes()), true));
        sent.ledger[0].photos = many.collect();
        let faults = submission_faults(&checklist(), &period(), &sent);
        assert!(faults.contains(&AnswerFault::Ledger(id(1), LedgerFault::Photos)), "{faults:?}");
    }

    #[test]
    fn a_faulty_ledger_is_named() {
        let day = date(2026, 11, 20);
        let mut sent = submission();
        sent.ledger = vec![
            record(1, meeting(day), day, 0),
            record(2, LedgerEntry { group: Some(1), ..meeting(day) }, day, 0),
        ]
        .into();
        let faults = submission_faults(&checklist(), &period(), &sent);
        assert_eq!(faults, [AnswerFault::Ledger(id(2), LedgerFault::Group)]);
        sent.ledger = vec![record(1, meeting(day), day, 0); MAX_RECORDS + 1].into();
        assert_eq!(submission_faults(&checklist(), &period(), &sent), [AnswerFault::TooMuchLedger]);
    }
}
