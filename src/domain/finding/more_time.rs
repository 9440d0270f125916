//! 申请延期: what each word on a deadline was, told by those before it: a day that was set, more time that was asked for, an answer.

use super::{FindingEntry, FindingField, FindingValue, Findings, Ruling, endpoint_device};
use crate::domain::{clock::Stamp, ids::FindingId};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What a word on the deadline was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Somebody set a day, or took it back.
    Set(Option<Date>),
    /// 申请延期: the branch asked for more time than it had been given.
    Asked(Date),
    /// 同意延期: this day it is now, whether it is the one that was asked for or not.
    Granted {
        /// Until when.
        until: Date,
        /// Why, if that was said.
        reply: String,
    },
    /// 不同意延期: the day stays as it was.
    Refused {
        /// Until when still.
        until: Date,
        /// Why, if that was said.
        reply: String,
    },
}

impl Findings {
    /// What each entry on the deadline of a finding was, by its stamp.
    pub fn turns(&self, finding: FindingId) -> BTreeMap<Stamp, Turn> {
        let is_own = self.find(finding).is_none_or(|finding| finding.is_own());
        let written = self.history(finding, &FindingField::Deadline).filter_map(|entry| match entry.value {
            FindingValue::Day { day } => Some((entry.stamp, day, true)),
            _ => None,
        });
        let of = self.verdicts().iter().filter(|verdict| verdict.finding == finding);
        let ruled = of.filter_map(|verdict| match verdict.ruling {
            Ruling::Returned { until: Some(until), .. } => Some((verdict.stamp, Some(until), false)),
            _ => None,
        });
        let mut words: Vec<(Stamp, Option<Date>, bool)> = written.chain(ruled).collect();
        words.sort_unstable();
        let (mut demanded, mut is_asking, mut turns) = (None, false, BTreeMap::new());
        for (at, day, is_entry) in words {
            let turn = match day {
                Some(until) if at.device == endpoint_device() && is_asking => {
                    let reply = self.reply(finding, at);
                    if demanded == day {
                        Turn::Refused { until, reply }
                    } else {
                        Turn::Granted { until, reply }
                    }
                }
                Some(asked)
                    if at.device != endpoint_device()
                        && !is_own
                        && demanded.is_some_and(|day| asked > day) =>
                {
                    Turn::Asked(asked)
                }
                _ => Turn::Set(day),
            };
            is_asking = matches!(turn, Turn::Asked(_));
            if at.device == endpoint_device() {
                demanded = day;
            }
            if is_entry {
                turns.insert(at, turn);
            }
        }
        turns
    }

    /// The answer to what the branch asked for last, while it has something to mend and has not asked again.
    pub fn answered(&self, finding: FindingId) -> Option<(Stamp, Turn)> {
        let is_open = self.find(finding).is_some_and(|finding| finding.state.is_to_be_mended());
        let last = self.turns(finding).pop_last().filter(|_| is_open);
        last.filter(|(_, turn)| matches!(turn, Turn::Granted { .. } | Turn::Refused { .. }))
    }

    /// What was said beside a day: both are written at one moment.
    fn reply(&self, finding: FindingId, at: Stamp) -> String {
        let beside =
            |entry: &&FindingEntry| entry.is_from_above() && entry.stamp.ms == at.ms && entry.stamp > at;
        match self.history(finding, &FindingField::Reply).filter(beside).map(|entry| &entry.value).next() {
            Some(FindingValue::Text { text }) => text.clone(),
            _ => String::new(),
        }
    }
}
