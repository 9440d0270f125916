//! What cannot be yet, or ever, by the endpoint's clock. A phone's clock may have been wrong for as long as it had no network, so
//! what it took for today is judged again by a clock that somebody looks after.
//!
//! Only what **counts** is judged, never its history: an entry of the ledger whose date was corrected, or that was struck out, is
//! mended. Nor is a stamp that lies in the future refused as long as a clock could show it: stamps only put in order what one
//! branch wrote, they never go back, and refusing them would shut the phone out for good.

use super::{
    answer::AnswerValue,
    day,
    finding::check::LATEST_STAMP_MS,
    ledger::Ledger,
    period::{Period, shanghai_date},
    profile::BranchProfile,
    submission::Submission,
};
use jiff::civil::Date;

/// A day has begun when it has begun by a clock that is an hour ahead of ours. Phones correct themselves by our `Date` to a
/// second; what they wrote before may be minutes ahead, which matters only around midnight.
const AHEAD_MS: u64 = 60 * 60 * 1000;
/// So far in the future a submission may say that it was made: then nothing else in it can be relied on.
const MADE_AHEAD_MS: u64 = 24 * 60 * 60 * 1000;

/// What is wrong, in one word: phones know these by their text and say in their own words what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeCode {
    /// The phone's clock is ahead.
    ClockAhead,
    /// The period has not begun.
    PeriodNotBegun,
    /// 研究日期 lies in the future.
    ConsideredLater,
    /// An activity in the ledger is dated in the future.
    ActivityLater,
    /// 事情是哪天的 of a photo lies in the future, or in another age.
    PhotoImpossible,
    /// 上次换届日期 lies in the future, or in another age.
    ElectionImpossible,
    /// 整改时限 lies in another age.
    DeadlineImpossible,
}

impl TimeCode {
    /// All of them, what is to be mended first before the others.
    pub const ALL: [Self; 7] = [
        Self::ClockAhead,
        Self::PeriodNotBegun,
        Self::ConsideredLater,
        Self::ActivityLater,
        Self::PhotoImpossible,
        Self::ElectionImpossible,
        Self::DeadlineImpossible,
    ];

    /// As it travels and is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClockAhead => "clock-ahead",
            Self::PeriodNotBegun => "period-not-begun",
            Self::ConsideredLater => "considered-later",
            Self::ActivityLater => "activity-later",
            Self::PhotoImpossible => "photo-impossible",
            Self::ElectionImpossible => "election-impossible",
            Self::DeadlineImpossible => "deadline-impossible",
        }
    }

    /// What a fault says, as [`TimeFault`] writes it: the code, and the day that it names.
    pub fn read(fault: &str) -> Option<(Self, Option<Date>)> {
        let (head, _) = fault.split_once(": ")?;
        let (code, on) = head.split_once(' ').map_or((head, None), |(code, on)| (code, day::parse(on)));
        Some((Self::ALL.into_iter().find(|known| known.as_str() == code)?, on))
    }
}

/// One thing that cannot be, with what would mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {}: {remedy}", code.as_str(), day::text(*.day))]
pub struct TimeFault {
    /// What.
    pub code: TimeCode,
    /// The day in question, Asia/Shanghai.
    pub day: Date,
    /// What would mend it, in English for logs.
    pub remedy: &'static str,
}

/// The endpoint's clock.
#[derive(Debug, Clone, Copy)]
pub struct EndpointClock {
    /// Milliseconds since 1970-01-01 UTC.
    pub now_ms: u64,
}

impl EndpointClock {
    /// The last day that can have begun for anybody, Asia/Shanghai.
    fn latest_day(self) -> Date {
        shanghai_date(self.now_ms.saturating_add(AHEAD_MS))
    }

    /// Everything in a submission that cannot be yet.
    pub fn submission_faults(self, period: &Period, submission: &Submission) -> Vec<TimeFault> {
        let latest = self.latest_day();
        let later = |day: Date| day > latest;
        let mut faults = Vec::new();
        let mut found = |code, day, remedy| faults.push(TimeFault { code, day, remedy });
        let stamps = submission.answers.iter().map(|entry| entry.stamp.ms);
        let stamp = stamps.chain(submission.ledger.iter().map(|record| record.stamp.ms)).max();
        let made_at = submission.made_at;
        if made_at > self.now_ms.saturating_add(MADE_AHEAD_MS) {
            found(TimeCode::ClockAhead, shanghai_date(made_at), "set the phone's clock and report again");
        } else if let Some(ms) = stamp.filter(|ms| *ms > LATEST_STAMP_MS) {
            found(
                TimeCode::ClockAhead,
                shanghai_date(ms),
                "a stamp lies beyond the year 2100; no clock shows that",
            );
        }
        if later(period.starts) {
            found(
                TimeCode::PeriodNotBegun,
                period.starts,
                "report for the period that runs, or when this one has begun",
            );
        }
        let considered_on = submission.declaration.considered_on;
        if later(considered_on) {
            found(TimeCode::ConsideredLater, considered_on, "report with the day on which it was considered");
        }
        let ledger = Ledger::new(submission.ledger.iter().cloned());
        for live in ledger.live().into_iter().filter(|live| later(live.entry.date)) {
            found(
                TimeCode::ActivityLater,
                live.entry.date,
                "correct the date of this activity in the ledger",
            );
        }
        let photos = submission.attachments.iter().filter_map(|photo| photo.happened_on);
        for day in photos.filter(|day| later(*day) || !day::can_be(*day)) {
            found(TimeCode::PhotoImpossible, day, "correct the day that was given to this photo");
        }
        for entry in &submission.answers {
            if let AnswerValue::Profile { profile } = &entry.value {
                faults.extend(self.profile_fault(profile));
            }
        }
        faults
    }

    /// What cannot be in a profile, if anything.
    pub fn profile_fault(self, profile: &BranchProfile) -> Option<TimeFault> {
        let day = profile.last_election.filter(|day| *day > self.latest_day() || !day::can_be(*day))?;
        let remedy = "correct the day of the last election: it lies between 1949 and today";
        Some(TimeFault { code: TimeCode::ElectionImpossible, day, remedy })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        check::tests::submission,
        ledger::testing::{meeting, record},
        submission::Attachment,
        testing::{period, stamp},
        *,
    };
    use jiff::civil::date;

    /// 2026-11-24 12:00 in Shanghai.
    const NOON: EndpointClock = EndpointClock { now_ms: 1_795_492_800_000 };
    const HOUR: u64 = 60 * 60 * 1000;
    const TODAY: Date = date(2026, 11, 24);
    const TOMORROW: Date = date(2026, 11, 25);

    fn codes(clock: EndpointClock, sent: &Submission) -> Vec<TimeCode> {
        clock.submission_faults(&period(), sent).iter().map(|fault| fault.code).collect()
    }

    fn with(change: impl FnOnce(&mut Submission)) -> Submission {
        let mut sent = submission();
        change(&mut sent);
        sent
    }

    #[test]
    fn an_honest_submission_of_today_has_no_fault() {
        let sent = with(|sent| {
            sent.declaration.considered_on = TODAY;
            sent.made_at = NOON.now_ms;
            sent.ledger = vec![record(1, meeting(TODAY), TODAY, 0)].into();
        });
        assert_eq!(codes(NOON, &sent), []);
    }

    #[test]
    fn what_lies_after_today_is_named() {
        let listed = |happened_on| Attachment {
            sha256: ContentHash::of(b"a"),
            bytes: 9,
            media_type: "image/jpeg".into(),
            captured_on: Some(date(2038, 1, 1)),
            happened_on,
        };
        let elected = |last_election| BranchProfile { last_election, ..BranchProfile::default() };
        let said = |profile| Entry {
            key: AnswerKey::Profile,
            stamp: stamp(1, 1),
            value: AnswerValue::Profile { profile },
            under: None,
        };
        for (sent, code) in [
            (with(|sent| sent.declaration.considered_on = TOMORROW), TimeCode::ConsideredLater),
            (with(|sent| sent.made_at = NOON.now_ms + 25 * HOUR), TimeCode::ClockAhead),
            (with(|sent| sent.answers[0].stamp.ms = LATEST_STAMP_MS + 1), TimeCode::ClockAhead),
            (
                with(|sent| sent.ledger = vec![record(1, meeting(TOMORROW), TOMORROW, 0)].into()),
                TimeCode::ActivityLater,
            ),
            (with(|sent| sent.attachments = vec![listed(Some(TOMORROW))]), TimeCode::PhotoImpossible),
            (with(|sent| sent.answers.push(said(elected(Some(TOMORROW))))), TimeCode::ElectionImpossible),
            (
                with(|sent| sent.answers.push(said(elected(Some(date(206, 1, 1)))))),
                TimeCode::ElectionImpossible,
            ),
        ] {
            assert_eq!(codes(NOON, &sent), [code]);
            let said = NOON.submission_faults(&period(), &sent)[0].to_string();
            assert_eq!(TimeCode::read(&said).map(|(code, _)| code), Some(code), "{said}");
        }
        let sound = with(|sent| {
            sent.attachments = vec![listed(Some(TODAY))];
            sent.answers.push(said(elected(Some(TODAY))));
        });
        assert_eq!(codes(NOON, &sound), [], "what a camera says is the camera's");
    }

    #[test]
    fn a_period_is_reported_from_its_first_day_on() {
        let begins = |now_ms| EndpointClock { now_ms };
        // 2026-06-01 00:00 in Shanghai, the period's first moment.
        let first = 1_780_243_200_000;
        let sent = with(|sent| {
            sent.made_at = first;
            sent.declaration.considered_on = period().starts;
        });
        assert_eq!(period().starts, shanghai_date(first));
        assert_eq!(codes(begins(first), &sent), []);
        assert_eq!(codes(begins(first - HOUR), &sent), [], "a clock that is minutes ahead at midnight");
        let early = begins(first - HOUR - 1);
        assert_eq!(codes(early, &sent), [TimeCode::PeriodNotBegun, TimeCode::ConsideredLater]);
        let fault = &early.submission_faults(&period(), &sent)[0];
        assert_eq!(
            TimeCode::read(&fault.to_string()),
            Some((TimeCode::PeriodNotBegun, Some(period().starts)))
        );
    }

    #[test]
    fn what_was_corrected_is_history_and_no_fault() {
        let later = || record(1, meeting(TOMORROW), TOMORROW, 0);
        let corrected = record(1, meeting(TODAY), TOMORROW, 1);
        let mut struck = record(1, meeting(TOMORROW), TOMORROW, 1);
        struck.entry = None;
        for mended in [corrected, struck] {
            let sent = with(|sent| sent.ledger = vec![later(), mended].into());
            assert_eq!(codes(NOON, &sent), []);
        }
    }

    #[test]
    fn only_faults_of_time_are_read_as_such() {
        for other in ["", "the answer to x holds a number", "clock-ahead", "yesterday 2026-11-23: no"] {
            assert_eq!(TimeCode::read(other), None, "{other}");
        }
        let codes: std::collections::BTreeSet<_> = TimeCode::ALL.map(TimeCode::as_str).into();
        assert_eq!(codes.len(), TimeCode::ALL.len());
    }
}
