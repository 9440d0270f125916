//! What the ledger answers: worked out from its entries whenever it is needed, never stored as if somebody had said it.
//!
//! - **The ledger speaks only of what it knows.** A part is answered once an entry of its kinds exists. A window before the
//!   first of them is not "none held" but "not in the book yet": there an answer given by hand stands, or the question stays
//!   open. From the first entry on, a window without entries is none held.
//! - **Where the ledger speaks, it counts**, unless a reason was given for another answer. The branch's own answer beneath it
//!   travels along, so that another phone can lay the ledger over it again.
//! - **It answers the version that is pinned**, so that what it answers is never to be looked at again (待复核). Beneath it lies,
//!   under its own version, what the branch had said; of that only what the pinned version can still take is used.
//! - **It claims nothing else.** Of a deduction it fills in the one occurrence it can see; the others remain to be answered.

use super::{ActivityKind, Attendance, Ledger, LedgerRecord, LedgerSource, Live};
use crate::domain::{
    answer::MAX_FIGURE,
    answer::{AnswerKey, AnswerValue, Entry, OwnAnswer, PartAnswer},
    assessment::Assessment,
    checklist::{Checklist, Part},
    ids::LedgerId,
    moving::Pinned,
    period::{Period, Span, WindowKey},
    rule::Rule,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

impl Ledger {
    /// What a submission carries: every version of the entries that were ever dated in what the period judges, and of the first
    /// entry of each kind, so that another phone knows since when the book is kept.
    pub fn reported(&self, checklist: &Checklist, period: &Period) -> Vec<LedgerRecord> {
        let parts = checklist.items().flat_map(|(_, item)| &item.parts).filter(|p| p.from_ledger.is_some());
        let judged = parts.filter_map(|part| period.judged(part.window).into_iter().next());
        let Some(from) = judged.map(|span| span.starts).min() else { return Vec::new() };
        let is_dated = |record: &LedgerRecord| {
            record.entry.as_ref().is_some_and(|entry| (from..=period.ends).contains(&entry.date))
        };
        let mut ids: BTreeSet<LedgerId> =
            self.records().iter().filter(|record| is_dated(record)).map(|record| record.id).collect();
        let live = self.live();
        let sources =
            checklist.items().flat_map(|(_, item)| &item.parts).filter_map(|p| p.from_ledger.as_ref());
        ids.extend(sources.filter_map(|source| {
            let seen = live.iter().filter(|live| !live.entry.kinds.is_disjoint(source.kinds()));
            seen.min_by_key(|live| live.entry.date).map(|live| live.id)
        }));
        self.records()
            .iter()
            .filter(|record| ids.contains(&record.id))
            .cloned()
            .map(LedgerRecord::cleaned)
            .collect()
    }
}

/// The answers that the ledger gives now, one entry for each register it speaks for.
pub fn derived(assessment: &Assessment, ledger: &Ledger, pinned: &Pinned<'_>) -> Vec<Entry> {
    let live = ledger.live();
    if live.is_empty() {
        return Vec::new();
    }
    let groups = assessment.profile().map_or(0, |profile| profile.party_groups);
    let parts = pinned
        .checklist
        .items()
        .filter(|(_, item)| !item.judged_above)
        .flat_map(|(_, item)| item.parts.iter().map(move |part| (item, part)));
    let sourced = parts.filter_map(|(item, part)| Some((item, part, part.from_ledger.as_ref()?)));
    let entries = sourced.filter_map(|(item, part, source)| {
        let key = AnswerKey::Part { item: item.id.clone(), part: part.id.clone() };
        let said = assessment.current(&key);
        let (own, reason) = match said.map(|entry| &entry.value) {
            Some(AnswerValue::Part { answer: Some(answer), reason, .. }) => {
                (pinned.trimmed(part, answer), reason.as_str())
            }
            _ => (None, ""),
        };
        // Of what was said against it nothing may be left in another version: then it speaks again.
        if own.is_some() && !reason.is_empty() {
            return None;
        }
        let seen: Vec<&Live<'_>> =
            live.iter().filter(|live| !live.entry.kinds.is_disjoint(source.kinds())).collect();
        let latest = seen.iter().map(|live| live.stamp).max()?;
        let (answer, counted) = answer(part, source, &seen, own.as_ref(), pinned.period, groups)?;
        let own = said.filter(|said| pinned.fits(said)).map(|said| OwnAnswer {
            answer: assessment.part(&item.id, &part.id).cloned(),
            under: said.under.clone(),
        });
        let stamp = said.filter(|_| own.is_some()).map_or(latest, |said| said.stamp);
        let value =
            AnswerValue::Part { answer: Some(answer), counted: Some(counted), own, reason: String::new() };
        Some(Entry { key, stamp, value, under: Some(pinned.hash.clone()) })
    });
    entries.collect()
}

/// The assessment as it stands with what the ledger answers: what is scored, shown and submitted.
pub fn overlay(assessment: &Assessment, ledger: &Ledger, pinned: &Pinned<'_>) -> Assessment {
    lay_over(&pinned.fitting(assessment), &derived(assessment, ledger, pinned))
}

/// Puts derived entries in the place of those that count. Nothing of this is to be stored.
pub fn lay_over(assessment: &Assessment, derived: &[Entry]) -> Assessment {
    let mut laid = assessment.clone();
    for entry in derived {
        laid.replace(entry.clone());
    }
    laid
}

/// What of an entry in a submission somebody has said: for a derived one the branch's own answer beneath, under its own stamp.
pub fn said(entry: &Entry) -> Option<Entry> {
    match &entry.value {
        AnswerValue::Part { counted: Some(_), own, .. } => {
            let OwnAnswer { answer, under } = own.clone()?;
            Some(Entry { value: AnswerValue::part(answer), under, ..entry.clone() })
        }
        _ => Some(entry.clone()),
    }
}

/// The windows for which the ledger speaks: from that of its first entry on. In those before, the branch's own answer stands or is
/// missing.
pub fn spoken(kinds: &BTreeSet<ActivityKind>, ledger: &Ledger, spans: &[Span]) -> BTreeSet<WindowKey> {
    let live = ledger.live();
    let Some(begun) = begun(live.iter().filter(|live| !live.entry.kinds.is_disjoint(kinds))) else {
        return BTreeSet::new();
    };
    spans.iter().filter(|span| begun <= span.ends).map(|span| span.key.clone()).collect()
}

/// The day from which the book is kept, as far as these entries show.
fn begun<'a>(seen: impl Iterator<Item = &'a Live<'a>>) -> Option<Date> {
    seen.map(|live| live.entry.date).min()
}

/// What the ledger answers by itself in a register, whatever was said there against it.
pub fn speaks(
    key: &AnswerKey,
    assessment: &Assessment,
    ledger: &Ledger,
    pinned: &Pinned<'_>,
) -> Option<(PartAnswer, Vec<LedgerId>)> {
    let mut without = assessment.clone();
    if let Some(said) = assessment.current(key) {
        without.replace(Entry { value: AnswerValue::part(None), ..said.clone() });
    }
    let spoken = derived(&without, ledger, pinned).into_iter().find(|entry| &entry.key == key)?;
    match spoken.value {
        AnswerValue::Part { answer: Some(answer), counted, .. } => {
            Some((answer, counted.unwrap_or_default()))
        }
        _ => None,
    }
}

/// What is left of an answer that stood against the ledger once the ledger counts again: that of which the ledger says nothing.
pub fn left_beside(
    answer: &PartAnswer,
    key: &AnswerKey,
    assessment: &Assessment,
    ledger: &Ledger,
    pinned: &Pinned<'_>,
) -> Option<PartAnswer> {
    match answer {
        PartAnswer::Counts { counts } => {
            let mut counts = counts.clone();
            if let Some((PartAnswer::Counts { counts: spoken }, _)) = speaks(key, assessment, ledger, pinned)
            {
                counts.retain(|window, _| !spoken.contains_key(window));
            }
            (!counts.is_empty()).then_some(PartAnswer::Counts { counts })
        }
        PartAnswer::Occurrences { .. } => Some(answer.clone()),
        _ => None,
    }
}

fn answer(
    part: &Part,
    source: &LedgerSource,
    seen: &[&Live<'_>],
    own: Option<&PartAnswer>,
    period: &Period,
    groups: u32,
) -> Option<(PartAnswer, Vec<LedgerId>)> {
    let spans = period.judged(part.window);
    match (source, &part.rule) {
        (LedgerSource::Count { kinds }, Rule::Count { .. }) => counts(kinds, seen, own, &spans, groups),
        (LedgerSource::Attendance { .. }, Rule::Share { .. }) => {
            let there = attended(seen, &spans);
            let sum = |figure: fn(Attendance) -> u32| {
                there.iter().fold(0_u32, |sum, (_, there)| sum.saturating_add(figure(*there)))
            };
            let (numerator, denominator) =
                (sum(|there| there.present.min(there.due())), sum(Attendance::due));
            let fits = (1..=MAX_FIGURE).contains(&denominator);
            fits.then(|| (PartAnswer::Share { numerator, denominator }, ids(&there)))
        }
        (
            LedgerSource::BelowQuorum { occurrence, .. },
            Rule::Deduction { occurrences } | Rule::FromTotal { occurrences },
        ) => {
            let mut there = attended(seen, &spans);
            if there.is_empty() {
                return None;
            }
            there.retain(|(_, there)| there.is_below_half());
            let mut counts = match own {
                Some(PartAnswer::Occurrences { counts }) => counts.clone(),
                // What else may have happened, the ledger does not know.
                _ if occurrences.len() > 1 => return None,
                _ => BTreeMap::new(),
            };
            counts.insert(occurrence.clone(), figure(there.len()));
            Some((PartAnswer::Occurrences { counts }, ids(&there)))
        }
        _ => None,
    }
}

fn counts(
    kinds: &BTreeSet<ActivityKind>,
    seen: &[&Live<'_>],
    own: Option<&PartAnswer>,
    spans: &[Span],
    groups: u32,
) -> Option<(PartAnswer, Vec<LedgerId>)> {
    let begun = begun(seen.iter().copied())?;
    let mut counts = match own {
        Some(PartAnswer::Counts { counts }) => counts.clone(),
        _ => BTreeMap::new(),
    };
    let (mut counted, mut speaks) = (Vec::new(), false);
    for span in spans.iter().filter(|span| begun <= span.ends) {
        let here: Vec<&Live<'_>> = seen.iter().filter(|live| holds(span, live)).copied().collect();
        speaks = true;
        counts.insert(span.key.clone(), held(kinds, &here, groups));
        counted.extend(here.iter().map(|live| live.id));
    }
    speaks.then_some((PartAnswer::Counts { counts }, counted))
}

/// How many were held. 党小组会 are held when every group has met: as many as the group that met least often.
pub fn held(kinds: &BTreeSet<ActivityKind>, here: &[&Live<'_>], groups: u32) -> u32 {
    let only_groups = kinds.iter().all(|kind| *kind == ActivityKind::GroupMeeting);
    if !only_groups || groups < 2 {
        return figure(here.len());
    }
    let of = |group: Option<u8>| here.iter().filter(|live| live.entry.group == group).count();
    let least = (1..=groups.min(99)).map(|group| of(u8::try_from(group).ok())).min().unwrap_or(0);
    figure(of(None) + least)
}

fn holds(span: &Span, live: &Live<'_>) -> bool {
    (span.starts..=span.ends).contains(&live.entry.date)
}

fn attended(seen: &[&Live<'_>], spans: &[Span]) -> Vec<(LedgerId, Attendance)> {
    let judged = seen.iter().filter(|live| spans.iter().any(|span| holds(span, live)));
    judged.filter_map(|live| Some((live.id, live.entry.attendance?))).collect()
}

fn ids(there: &[(LedgerId, Attendance)]) -> Vec<LedgerId> {
    there.iter().map(|(id, _)| *id).collect()
}

fn figure(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(MAX_FIGURE).min(MAX_FIGURE)
}

/// Whether a part's source fits its rule.
pub fn fits(source: &LedgerSource, rule: &Rule) -> bool {
    !source.kinds().is_empty()
        && match (source, rule) {
            (LedgerSource::Count { .. }, Rule::Count { .. })
            | (LedgerSource::Attendance { .. }, Rule::Share { .. }) => true,
            (LedgerSource::BelowQuorum { occurrence, .. }, rule) => {
                let known = rule.occurrences().unwrap_or_default();
                known.iter().any(|known| &known.id == occurrence)
            }
            _ => false,
        }
}
