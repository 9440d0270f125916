//! One problem from above, looked at and decided on by somebody at a desk: 销号 with what was seen, 退回, more time. Who decides on what
//! was said meanwhile of the same problem is told instead.

use super::{Refusal, Row, Unsaid, is_stored, numbers, row};
use crate::{
    domain::{
        BranchCode, FindingEntry, FindingField, FindingId, FindingState, FindingValue, Findings, Ruling,
        answer::MAX_TEXT_CHARS,
        check::is_plain_text,
        day,
        finding::{SoFar, check::MAX_FINDING_ENTRIES, more_time::Turn},
        period::shanghai_date,
    },
    server::{
        database::{
            Database, Unit,
            finding_notes::Note,
            findings::{FromAbove, Standing, Word},
            log::Wanted,
        },
        office::{
            actor::Actor,
            again::anew,
            clock::Clock,
            log::{self, Deed, Who},
            mending::kinds::Kind,
            people::{Act, authority::must},
        },
    },
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What somebody decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// 销号
    Close {
        /// What was seen.
        seen: String,
    },
    /// 退回
    SendBack {
        /// Why.
        reason: String,
        /// Until when.
        until: Option<Date>,
    },
    /// 延期: another day.
    Postpone {
        /// Until when.
        until: Date,
        /// Why; may be empty.
        why: String,
    },
}

/// A problem with all that was said of it.
#[derive(Debug)]
pub(crate) struct Opened {
    /// How it reads.
    pub(crate) row: Row,
    /// All that its branch has.
    pub(crate) findings: Findings,
    /// How much was said of it.
    pub(crate) so_far: SoFar,
    /// What was noted beside that, the oldest first.
    pub(crate) notes: Vec<Note>,
    /// Of which kind it is.
    pub(crate) kind: Option<Kind>,
    /// Of a branch that was merged: as which finding of which branch it goes on.
    pub(crate) passed_on: Option<(Unit, FindingId)>,
    /// Who wrote from above at which instant, with the unit, as far as the log tells: of the command line that it was that.
    writers: BTreeMap<u64, String>,
}

impl Opened {
    /// Who wrote a word from above, where that is known.
    pub(crate) fn writer(&self, word: &FindingEntry) -> Option<&str> {
        self.writers.get(&word.stamp.ms).map(String::as_str)
    }

    /// Every word on it, the oldest first.
    pub(crate) fn words(&self) -> Vec<&FindingEntry> {
        let id = self.row.finding.id;
        let mut words: Vec<&FindingEntry> =
            self.findings.entries().iter().filter(|entry| entry.finding == id).collect();
        words.sort_by_key(|entry| entry.stamp);
        words
    }
}

/// Opens a problem, from above or the branch's own.
pub(crate) async fn open(
    database: &Database,
    actor: &Actor,
    branch: &BranchCode,
    finding: FindingId,
    today: Date,
) -> Result<Opened, Refusal> {
    must(database, actor, Act::See, branch, today).await?;
    let findings = database.findings(branch).await?;
    let unknown = || Refusal::Unknown(finding.to_string());
    let read = findings.find(finding).ok_or_else(unknown)?;
    let so_far = findings.so_far(finding);
    let tree = database.tree_around(std::slice::from_ref(branch), None).await?;
    let alike = database.that_end_like(&[finding]).await?;
    let numbers = numbers(std::iter::once(finding).chain(alike));
    let standing = Standing { branch: branch.clone(), so_far, finding: read };
    let row = row(&tree, standing, &numbers).ok_or_else(unknown)?;
    let notes = database.finding_notes(branch, finding).await?;
    let kind = database.kinds_of(Some(std::slice::from_ref(branch))).await?;
    let kind = kind.get(&(branch.clone(), finding)).cloned();
    let writers = writers(database, branch, finding).await?;
    let into = tree.get(branch).and_then(|member| member.ended.as_ref()?.into.as_ref());
    let passed_on = match into.and_then(|into| tree.get(into)) {
        Some(whole) => {
            let id = FindingId::passed_on(&whole.unit.code, finding);
            let goes_on = database.findings(&whole.unit.code).await?.find(id).is_some();
            goes_on.then(|| (whole.unit.clone(), id))
        }
        None => None,
    };
    Ok(Opened { row, findings, so_far, notes, kind, passed_on, writers })
}

/// Who wrote of a problem from above, by the instant at which they did.
async fn writers(
    database: &Database,
    branch: &BranchCode,
    finding: FindingId,
) -> Result<BTreeMap<u64, String>, Refusal> {
    let deeds = vec![Deed::FindingRaised, Deed::FindingChanged];
    let wanted = Wanted { under: Some(branch.clone()), deeds, ..Wanted::default() };
    let mut written = database.logged(&wanted, MAX_FINDING_ENTRIES).await?;
    let finding = finding.to_string();
    written.retain(|entry| entry.record.subject == finding);
    let told = log::told(database, written).await?;
    let named = |one: log::Told| match one.entry.record.who {
        Who::Operator => Some((one.entry.record.at, "上级（管服务器的人登记）".to_owned())),
        Who::Person(_) | Who::Phone(_) => Some((one.entry.record.at, one.person?)),
    };
    Ok(told.into_iter().filter_map(named).collect())
}

/// Decides on a problem of a branch, by somebody who has read so much of it. The same again by the same is nothing new.
pub(crate) async fn decide(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    (branch, finding): (&BranchCode, FindingId),
    read: SoFar,
    decision: &Decision,
) -> Result<(), Refusal> {
    let is_overtaken = |refusal: &Refusal| matches!(refusal, Refusal::Unsaid(Unsaid::Overtaken));
    anew(is_overtaken, || say(database, clock, actor, (branch, finding), read, decision)).await
}

async fn say(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    (branch, finding): (&BranchCode, FindingId),
    read: SoFar,
    decision: &Decision,
) -> Result<(), Refusal> {
    let now = clock.now_ms();
    must(database, actor, Act::Rule, branch, shanghai_date(now)).await?;
    let (word, note, deed) = said(decision)?;
    let by = actor.speaker(database, branch).await?;
    let opened = open(database, actor, branch, finding, shanghai_date(now)).await?;
    let Row { branch: unit, number, finding: stands, .. } = &opened.row;
    if stands.is_own() {
        return Err(Refusal::Own { branch: unit.name.clone(), number: number.clone() });
    }
    if let Some((into, _)) = &opened.passed_on {
        return Err(Refusal::PassedOn { branch: unit.name.clone(), into: into.name.clone() });
    }
    let is_said = match (&word, &stands.verdict) {
        (Said::Ruling(ruling), Some(verdict)) => verdict.ruling == *ruling && verdict.by == by,
        (Said::Ruling(_), None) => false,
        // The old day again is an answer to a branch that asks for another one.
        (Said::Day(day), _) => stands.demanded == Some(*day) && stands.asks_until().is_none(),
    };
    // Other words are something else that is asked: they are not lost without a word.
    let is_replied = matches!(opened.findings.answered(finding), Some((_, Turn::Granted { reply, .. } | Turn::Refused { reply, .. })) if reply == note);
    let is_noted =
        note.is_empty() || is_replied || opened.notes.iter().any(|one| one.by == by && one.text == note);
    let is_said = is_said && is_noted;
    if opened.so_far != read {
        return if is_said { Ok(()) } else { Err(Unsaid::Overtaken.into()) };
    }
    // A return that the branch has answered may be said again in the same words.
    if is_said && !matches!(stands.state, FindingState::Mended) {
        return Ok(());
    }
    let word = match word {
        Said::Ruling(ruling) => Word::Decide(by.clone(), ruling),
        Said::Day(day) => Word::Write(FindingField::Deadline, FindingValue::Day { day: Some(day) }),
    };
    // Whoever asked is answered where it asked; what nobody asked for is noted here.
    let is_answer = matches!(word, Word::Write(..)) && stands.asks_until().is_some() && !note.is_empty();
    let said = |word| FromAbove { branch: branch.clone(), finding, after: read, word };
    let reply = FindingValue::Text { text: note.to_owned() };
    let reply = is_answer.then(|| said(Word::Write(FindingField::Reply, reply)));
    let record = actor.record(now, deed, Some(branch), finding);
    let note = Note { at: now, by, text: if is_answer { String::new() } else { note.to_owned() } };
    if is_stored(database.say_with_note(said(word), reply, &note, record).await?)? {
        return Ok(());
    }
    Err(Unsaid::Overtaken.into())
}

enum Said {
    Ruling(Ruling),
    Day(Date),
}

/// The word that a decision is, what is noted beside it, and what it is called in the log.
fn said(decision: &Decision) -> Result<(Said, &str, Deed), Refusal> {
    let text = |text: &str, needed: bool| {
        let is_there = !text.trim().is_empty() || !needed;
        if is_there && is_plain_text(text, MAX_TEXT_CHARS, true) { Ok(()) } else { Err(Refusal::Reason) }
    };
    let meant = |day: Date| if day::can_be(day) { Ok(day) } else { Err(Refusal::Day(day)) };
    Ok(match decision {
        Decision::Close { seen } => {
            text(seen, true)?;
            (Said::Ruling(Ruling::Closed), seen.trim(), Deed::FindingClosed)
        }
        Decision::SendBack { reason, until } => {
            text(reason, true)?;
            let until = until.map(meant).transpose()?;
            let ruling = Ruling::Returned { reason: reason.trim().into(), until };
            (Said::Ruling(ruling), "", Deed::FindingReturned)
        }
        Decision::Postpone { until, why } => {
            text(why, false)?;
            (Said::Day(meant(*until)?), why.trim(), Deed::FindingChanged)
        }
    })
}
