//! What time it is, as far as a phone can know: how far its clock is off, learned from the `Date` of signed answers, so that
//! stamps of several phones compare; and when that difference, or the clock itself, is not to be believed.
//!
//! A browser shows a page the phone's clock, which people set, and one that only counts while the page lives. Between two starts
//! nothing tells a clock that was set from time that has passed, so where both could be, the earlier day is taken: a day that
//! has not come cannot be taken back from a report, while one that is too early is mended by the next answer.

use crate::{domain::period::shanghai_date, json::FromJson};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;
/// What clocks are set by without anybody setting them, and what a look may be late.
const SLACK: u64 = 10 * 60_000;
/// A phone that is days off is believed to be off as before only when it was looked at within this time.
const UNSEEN: u64 = 7 * DAY;
/// So long after the last answer the phone's clock is doubted: longer than a whole half-year without a network.
const FAR: u64 = 200 * DAY;

/// Milliseconds to add to the phone's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, FromJson)]
#[serde(transparent)]
pub struct ClockOffset(pub i64);

impl ClockOffset {
    /// The corrected instant for what the phone's clock says.
    pub fn correct(self, device_now: u64) -> u64 {
        device_now.saturating_add_signed(self.0)
    }

    /// What an answer teaches. `Date` has whole seconds, and the answer was dated at some moment between `sent` and `received`
    /// (both by the phone's clock), so the offset is only known to lie within a span; as long as the present one does, it stays.
    #[must_use]
    pub fn learn(self, sent: u64, date_ms: u64, received: u64) -> Self {
        let between = |later: u64, earlier: u64| i64::try_from(i128::from(later) - i128::from(earlier)).ok();
        let (Some(least), Some(most)) =
            (between(date_ms, received), between(date_ms.saturating_add(999), sent))
        else {
            return self;
        };
        // The phone's clock was set back during the request: this answer teaches nothing.
        if received < sent || (least..=most).contains(&self.0) {
            return self;
        }
        Self(least + (most - least) / 2)
    }
}

/// When the phone's clock was last looked at, and what the endpoint has confirmed. Stored apart from the difference, whose format
/// is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, FromJson)]
pub struct Looks {
    /// The time that the endpoint has said last, milliseconds since 1970-01-01 UTC; 0 before the first.
    #[serde(default)]
    pub confirmed: u64,
    /// What the phone's own clock said when it was last looked at, likewise; 0 when nobody wrote it down.
    #[serde(default)]
    pub seen: u64,
}

/// What a phone knows of the time beside its own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KnownTime {
    /// How far the phone's clock is off.
    pub offset: ClockOffset,
    /// What was seen and confirmed.
    pub looks: Looks,
}

/// Why the phone's clock is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockTrouble {
    /// It says a day that is over for certain.
    Behind {
        /// The day it says.
        says: Date,
    },
    /// It says a day so long after the last answer that it was more likely set ahead.
    Ahead {
        /// The day it says.
        says: Date,
        /// The last day that the endpoint confirmed.
        confirmed: Date,
    },
}

impl KnownTime {
    /// Looks at the phone's clock, which says `own_now`; by what the page has counted itself it should say `counted` at least
    /// (0 at a start). A clock that was set since the last look makes the difference void until the endpoint has answered:
    /// - one that goes back was set for certain;
    /// - one that has caught up with the corrected time, as far as people set clocks by the day, may have been set right, and
    ///   so may one that is days off and has not been looked at for a week.
    #[must_use]
    pub fn look(self, own_now: u64, counted: u64) -> Self {
        let looks = Looks { seen: own_now, ..self.looks };
        if self.looks.seen == 0 {
            return Self { looks, ..self };
        }
        let least = self.looks.seen.max(counted);
        let behind = u64::try_from(self.offset.0).unwrap_or(0);
        let gone = own_now.saturating_sub(least);
        let caught_up = if behind >= 2 * DAY {
            gone >= UNSEEN.min(behind - DAY)
        } else {
            behind > SLACK && gone >= behind - SLACK
        };
        let went_back = own_now.saturating_add(SLACK) < least;
        let offset = if went_back || caught_up { ClockOffset::default() } else { self.offset };
        Self { offset, looks }
    }

    /// What the endpoint's answers have taught: the difference, and the time that the last of them said (0: none). Its last word
    /// counts, for its own clock may have been ahead and set right since.
    #[must_use]
    pub fn heard(self, offset: ClockOffset, confirmed: u64, own_now: u64) -> Self {
        let confirmed = if confirmed == 0 { self.looks.confirmed } else { confirmed };
        Self { offset, looks: Looks { confirmed, seen: own_now } }
    }

    /// Whether this is worth a write after that: another difference, or a minute more confirmed or seen.
    pub fn is_news_after(self, stored: Self) -> bool {
        let moved = |now: u64, then: u64| now.abs_diff(then) >= 60_000;
        self.offset != stored.offset
            || moved(self.looks.confirmed, stored.looks.confirmed)
            || moved(self.looks.seen, stored.looks.seen)
    }

    /// Now: by the corrected clock, but not before `floor`, which is over for certain.
    pub fn now(self, own_now: u64, floor: u64) -> u64 {
        self.offset.correct(own_now).max(floor)
    }

    /// What cannot be, or can hardly be, about the phone's clock. `floor` is as in [`KnownTime::now`].
    pub fn trouble(self, own_now: u64, floor: u64) -> Option<ClockTrouble> {
        let now = self.offset.correct(own_now);
        let confirmed = self.looks.confirmed;
        let says = shanghai_date(now);
        if shanghai_date(now.saturating_add(SLACK)) < shanghai_date(floor) {
            Some(ClockTrouble::Behind { says })
        } else if confirmed > 0 && now > confirmed.saturating_add(FAR) {
            Some(ClockTrouble::Ahead { says, confirmed: shanghai_date(confirmed) })
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// 2026-11-24 10:00 in Shanghai.
    const AT: u64 = 1_795_485_600_000;

    const YEAR: u64 = 365 * DAY;

    #[test]
    fn what_an_answer_teaches() {
        let at = 1_795_000_000_000;
        let cases = [
            ("right clock, quick answer", 0, (at, at, at + 300), 0),
            ("right clock, dated down to the second", 0, (at + 900, at, at + 990), 0),
            ("right clock, slow answer", 0, (at, at + 12_000, at + 19_000), 0),
            ("a year behind", 0, (at - YEAR, at, at - YEAR + 200), YEAR as i64 + 399),
            ("a year ahead", 0, (at + YEAR, at, at + YEAR + 200), -(YEAR as i64) + 399),
            ("known already, within what is certain", 5_000, (at, at + 5_000, at + 100), 5_000),
            ("set back during the request", 7, (at, at + 60_000, at - 1), 7),
            ("a senseless date", 7, (at, u64::MAX, at), 7),
        ];
        for (name, known, (sent, date, received), expected) in cases {
            assert_eq!(ClockOffset(known).learn(sent, date, received), ClockOffset(expected), "{name}");
        }
        let learned = ClockOffset::default().learn(at - YEAR, at, at - YEAR + 200);
        assert!(learned.correct(at - YEAR).abs_diff(at) < 1_000);
        assert_eq!(ClockOffset(-5).correct(3), 0);
    }

    /// A phone whose clock is so far off, which the endpoint has told it at [`AT`].
    fn off_by(offset: i64) -> KnownTime {
        let own = AT.saturating_add_signed(-offset);
        KnownTime::default().heard(ClockOffset(offset), AT, own)
    }

    #[test]
    fn a_clock_that_was_set_between_two_starts_is_not_corrected_by_what_was_learned_before() {
        let days = |days: i64| days * DAY as i64;
        let hours = |hours: i64| hours * HOUR as i64;
        // How far the clock was off, what it says now (from AT), what the page has counted since, the time that is taken.
        let cases = [
            ("a year behind, set right", days(365), hours(1), 0, hours(1)),
            ("40 days behind, set right", days(40), hours(1), 0, hours(1)),
            ("two days behind, set right", days(2), hours(1), 0, hours(1)),
            ("an hour behind, set right", hours(1), hours(1), 0, hours(1)),
            ("a year behind, set right but for half a day", days(365), hours(-12), 0, 0),
            ("a year behind, set to 100 days behind", days(365), days(-100), 0, 0),
            ("a year ahead, set right", days(-365), hours(1), 0, hours(1)),
            ("40 days ahead, set right", days(-40), hours(1), 0, hours(1)),
            ("an hour ahead, set right", hours(-1), -60_000, 0, 0),
            ("right, set back to 2010", 0, days(-6_171), 0, 0),
            ("a year behind as before, next day", days(365), days(-364), 0, days(1)),
            ("a year behind as before, after six days", days(365), days(-359), 0, days(6)),
            ("a year behind, not opened for a fortnight: may have been set", days(365), days(-351), 0, 0),
            ("a year ahead as before, after a fortnight", days(-365), days(379), 0, days(14)),
            ("eight hours behind as before, after an hour", hours(8), hours(-7), 0, hours(1)),
            ("right, a minute back by itself", 0, -60_000, 0, 0),
            ("right, next month", 0, days(30), 0, days(30)),
            ("an hour behind as before, page open for two", hours(1), hours(1), 2 * HOUR, hours(2)),
            ("an hour behind, page open for two, set right", hours(1), hours(2), 2 * HOUR, hours(2)),
            ("40 days ahead, page open for 50, set right", days(-40), days(50), 50 * DAY, days(50)),
        ];
        for (name, offset, says, counted, expected) in cases {
            let known = off_by(offset);
            let own_now = AT.saturating_add_signed(says);
            let counted = if counted == 0 { 0 } else { known.looks.seen + counted };
            let looked = known.look(own_now, counted);
            // What has been confirmed is the least; the page has counted on from it.
            let floor = AT + counted.saturating_sub(known.looks.seen);
            assert_eq!(looked.now(own_now, floor), AT.saturating_add_signed(expected), "{name}");
            assert_eq!(looked.looks, Looks { confirmed: AT, seen: own_now }, "{name}");
            // Looked at again at once, nothing changes.
            assert_eq!(looked.look(own_now + 1_000, own_now).offset, looked.offset, "{name}");
        }
    }

    #[test]
    fn what_was_stored_before_looks_were_is_believed_as_before() {
        let old = KnownTime { offset: ClockOffset(YEAR as i64), looks: Looks::default() };
        let looked = old.look(AT - YEAR, 0);
        assert_eq!((looked.now(AT - YEAR, 0), looked.looks.seen), (AT, AT - YEAR));
        assert_eq!(looked.trouble(AT - YEAR, 0), None);
    }

    #[test]
    fn a_clock_that_cannot_be_right_is_told() {
        let built = AT - 30 * DAY;
        let (day, first) = (date(2026, 11, 24), date(2010, 1, 1));
        // 2010-01-01 08:00 in Shanghai.
        let in_2010 = 1_262_304_000_000;
        let cases = [
            ("right", off_by(0), AT, None),
            ("corrected", off_by(YEAR as i64), AT - YEAR, None),
            ("2010 after an answer", off_by(0), in_2010, Some(ClockTrouble::Behind { says: first })),
            (
                "2010 before any answer",
                KnownTime::default(),
                in_2010,
                Some(ClockTrouble::Behind { says: first }),
            ),
            ("yesterday", off_by(0), AT - DAY, Some(ClockTrouble::Behind { says: date(2026, 11, 23) })),
            ("an hour behind", off_by(0), AT - HOUR, None),
            ("a year ahead before any answer: nobody can know", KnownTime::default(), AT + YEAR, None),
            ("three months without an answer", off_by(0), AT + 90 * DAY, None),
            (
                "a year after the last answer",
                off_by(0),
                AT + YEAR,
                Some(ClockTrouble::Ahead { says: date(2027, 11, 24), confirmed: day }),
            ),
        ];
        for (name, known, own_now, expected) in cases {
            let looked = known.look(own_now, 0);
            let floor = built.max(known.looks.confirmed);
            assert_eq!(looked.trouble(own_now, floor), expected, "{name}");
            assert!(looked.now(own_now, floor) >= floor, "{name}");
        }
    }

    #[test]
    fn only_news_is_written() {
        let known = off_by(0);
        assert!(!known.heard(ClockOffset(0), AT + 30_000, AT + 30_000).is_news_after(known));
        assert!(known.heard(ClockOffset(0), AT + 60_000, AT + 60_000).is_news_after(known));
        assert!(known.heard(ClockOffset(5), AT, AT).is_news_after(known));
        // An endpoint whose clock was ahead for a day must not keep phones ahead of it.
        assert_eq!(known.heard(ClockOffset(0), AT - DAY, AT).looks.confirmed, AT - DAY);
        assert_eq!(known.heard(ClockOffset(0), 0, AT).looks.confirmed, AT, "nothing was said");
    }
}
