//! What was written while the phone's clock was ahead is stamped anew once it is not, as far as it has not left the phone: otherwise
//! it would win over whatever is written honestly on another phone until its time has come, which may be a year.
//!
//! What has left the phone cannot be stamped anew: it lies elsewhere under its stamp. A register of which such a stamp is known
//! stays as it is, because what is written after it must stay later than it. So does an entry of the ledger that is dated in the
//! future itself: under an honest stamp it could not be at all, and it is for her to say which day was meant.

use super::{
    atomic::Change,
    backend::{Backend, Table},
    error::StoreError,
    findings::{own_key, stored},
    ledger::ledger_key,
    records::{Draft, KeptFinding, KeptRecord},
    repository::{Repository, draft_key, entry_key},
};
use crate::{
    domain::{
        AnswerKey, BranchCode, DeviceId, Entry, FindingEntry, FindingId, HybridClock, LedgerId, LedgerRecord,
        Stamp, clock::AHEAD_MS, period::shanghai_date,
    },
    json,
};
use std::collections::{BTreeMap, BTreeSet};

/// Something stamped, where its stamp counts, and whether it may be stamped anew.
struct Stamped {
    register: Place,
    stamp: Stamp,
    may_change: bool,
}

/// Where something lies, so that stamps of all kinds are put in one order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Answer(String, AnswerKey),
    Ledger(LedgerId),
    Finding(FindingId),
}

/// Which stamps become which, and in which places.
struct Anew {
    fixed: BTreeSet<Place>,
    stamps: BTreeMap<Stamp, Stamp>,
}

impl Anew {
    fn new(all: &[Stamped], device: DeviceId, now: u64) -> Self {
        let is_ahead = |stamp: Stamp| stamp.ms > now.saturating_add(AHEAD_MS);
        let ahead = || all.iter().filter(|one| is_ahead(one.stamp));
        let fixed: BTreeSet<Place> = ahead()
            .filter(|one| !one.may_change || one.stamp.device != device)
            .map(|one| one.register.clone())
            .collect();
        let mut clock = HybridClock::new(device);
        for honest in all.iter().filter(|one| !is_ahead(one.stamp)) {
            clock.observe(honest.stamp);
        }
        let old: BTreeSet<Stamp> =
            ahead().filter(|one| !fixed.contains(&one.register)).map(|one| one.stamp).collect();
        let stamps = old.into_iter().map(|old| (old, clock.tick(now))).collect();
        Self { fixed, stamps }
    }

    fn of(&self, place: &Place, stamp: Stamp) -> Option<Stamp> {
        self.stamps.get(&stamp).copied().filter(|_| !self.fixed.contains(place))
    }
}

impl<B: Backend> Repository<B> {
    /// Stamps anew what this phone (`device`) has written of a branch under stamps that lie ahead of `now`, as the module says.
    /// Returns whether there was anything.
    ///
    /// # Errors
    /// When the storage fails; then nothing has changed.
    pub async fn restamp(&self, branch: &BranchCode, device: DeviceId, now: u64) -> Result<bool, StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            let run = format!("{branch}/");
            let drafts = change.run::<Draft>(Table::Drafts, &run).await?.records;
            let mut answers: Vec<(&Draft, Entry)> = Vec::new();
            for draft in &drafts {
                let entries =
                    change.run::<Entry>(Table::Entries, &format!("{}/", draft_key(&draft.key()))).await?;
                answers.extend(entries.records.into_iter().map(|entry| (draft, entry)));
            }
            let ledger = change.run::<KeptRecord>(Table::Ledger, &run).await?.records;
            let findings = stored(change, branch).await?;
            let unsent: BTreeSet<FindingEntry> = findings.unsent().iter().cloned().collect();
            let all = findings.all();

            let today = shanghai_date(now);
            let answer_at =
                |draft: &Draft, entry: &Entry| Place::Answer(draft_key(&draft.key()), entry.key.clone());
            let mut stamped: Vec<Stamped> = Vec::new();
            stamped.extend(answers.iter().map(|(draft, entry)| Stamped {
                register: answer_at(draft, entry),
                stamp: entry.stamp,
                // Whatever is written after a report is stamped after it.
                may_change: draft.shared_until.is_none_or(|shared| shared.ms <= now.saturating_add(AHEAD_MS)),
            }));
            stamped.extend(ledger.iter().map(|kept| Stamped {
                register: Place::Ledger(kept.record.id),
                stamp: kept.record.stamp,
                may_change: !kept.shared
                    && kept.record.entry.as_ref().is_none_or(|entry| entry.date <= today),
            }));
            stamped.extend(all.entries().iter().map(|entry| Stamped {
                register: Place::Finding(entry.finding),
                stamp: entry.stamp,
                may_change: unsent.contains(entry) && !carried(&findings.kept, entry),
            }));
            let anew = Anew::new(&stamped, device, now);
            if anew.stamps.is_empty() {
                return Ok(false);
            }

            for (draft, entry) in &answers {
                if let Some(stamp) = anew.of(&answer_at(draft, entry), entry.stamp) {
                    change.delete(Table::Entries, &entry_key(&draft.key(), entry));
                    let entry = Entry { stamp, ..entry.clone() };
                    change.put(Table::Entries, &entry_key(&draft.key(), &entry), &entry)?;
                }
            }
            for KeptRecord { record, shared } in ledger {
                if let Some(stamp) = anew.of(&Place::Ledger(record.id), record.stamp) {
                    change.delete(Table::Ledger, &ledger_key(branch.as_str(), &record));
                    let record = LedgerRecord { stamp, ..record };
                    change.put(
                        Table::Ledger,
                        &ledger_key(branch.as_str(), &record),
                        &KeptRecord { record, shared },
                    )?;
                }
            }
            for (key, text) in change.texts(Table::Findings, &format!("{branch}/own/")).await? {
                let Ok(KeptFinding { entry, backed_up }) = json::from_str::<KeptFinding>(&text) else {
                    continue;
                };
                if let Some(stamp) = anew.of(&Place::Finding(entry.finding), entry.stamp) {
                    change.delete(Table::Findings, &key);
                    let entry = FindingEntry { stamp, ..entry };
                    let key = own_key(branch.as_str(), &entry)?;
                    change.put(Table::Findings, &key, &KeptFinding { entry, backed_up })?;
                }
            }
            Ok(true)
        })
        .await
    }
}

/// Whether a backup that has left the phone holds the word.
fn carried(kept: &[KeptFinding], entry: &FindingEntry) -> bool {
    kept.iter().any(|kept| kept.backed_up && kept.entry == *entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            FindingField, FindingValue,
            ledger::testing::{meeting, record},
            testing::device,
        },
        store::{Memory, testing::*},
        sync::testing::{NOON, branch},
    };
    use jiff::civil::date;

    const YEAR: u64 = 365 * 86_400_000;

    fn word(finding: u8, ms: u64) -> FindingEntry {
        FindingEntry {
            finding: FindingId::from_parts(NOON, &[finding; 10]),
            field: FindingField::Problem,
            stamp: Stamp { ms, count: 0, device: device(1) },
            value: FindingValue::Text { text: "缺签到表".into() },
        }
    }

    fn phone_with(entries: &[Entry]) -> Repository<Memory> {
        let tab = repository(&Memory::default());
        run(tab.bind(&binding(1), &phone())).unwrap();
        let edits: Vec<_> = entries.iter().cloned().map(edit).collect();
        run(tab.save_edits(&draft(1), &edits)).unwrap();
        tab
    }

    fn stamps(tab: &Repository<Memory>) -> Vec<(String, u64, u32)> {
        let entries = run(tab.entries(&draft(1).key())).unwrap().records;
        entries.into_iter().map(|entry| (entry.key.path(), entry.stamp.ms, entry.stamp.count)).collect()
    }

    #[test]
    fn what_was_written_a_year_ahead_comes_after_what_was_written_before_and_in_its_order() {
        let tab = phone_with(&[
            note("yes", "早", NOON - 5, 1),
            note("yes", "后", NOON + YEAR, 1),
            note("facts", "最后", NOON + YEAR + 9, 1),
        ]);
        let held = record(1, meeting(date(2026, 11, 10)), date(2027, 11, 20), 0);
        run(tab.save_ledger(&branch(1), std::slice::from_ref(&held))).unwrap();
        run(tab.save_finding_words(&branch(1), &[word(1, NOON + YEAR + 4)])).unwrap();
        assert_eq!(run(tab.restamp(&branch(1), device(1), NOON)), Ok(true));
        let found = stamps(&tab);
        let of = |path: &str, ms: u64| found.iter().any(|(at, found, _)| at.contains(path) && *found == ms);
        assert!(of("yes", NOON - 5) && of("yes", NOON) && of("facts", NOON), "{found:?}");
        let count = |path: &str| found.iter().find(|(at, ms, _)| at.contains(path) && *ms == NOON).unwrap().2;
        assert!(count("yes") < count("facts"), "{found:?}");
        assert_eq!(run(tab.ledger(&branch(1))).unwrap().records[0].record.stamp.ms, NOON);
        assert_eq!(run(tab.findings(&branch(1))).unwrap().0.unsent()[0].stamp.ms, NOON);
        assert_eq!(run(tab.restamp(&branch(1), device(1), NOON)), Ok(false), "once is enough");
    }

    #[test]
    fn what_has_left_the_phone_and_what_follows_it_stays() {
        let tab = phone_with(&[note("yes", "报过", NOON + YEAR, 1)]);
        let (sent, local, row) = report(1, 1, 1);
        assert_eq!(sent.branch, branch(1));
        let carried = run(tab.entries(&draft(1).key())).unwrap().records;
        run(tab.submit(&draft(1), &carried, &local, &row, &[])).unwrap();
        let before = stamps(&tab);
        assert_eq!(run(tab.restamp(&branch(1), device(1), NOON)), Ok(false));
        assert_eq!(stamps(&tab), before);
        // An answer of another phone, and one of ours after it.
        let tab =
            phone_with(&[note("yes", "别人的", NOON + YEAR, 2), note("yes", "我的", NOON + YEAR + 1, 1)]);
        assert_eq!(run(tab.restamp(&branch(1), device(1), NOON)), Ok(false));
        // What is minutes ahead is no matter.
        let tab = phone_with(&[note("yes", "快一点", NOON + 60_000, 1)]);
        assert_eq!(run(tab.restamp(&branch(1), device(1), NOON)), Ok(false));
    }

    #[test]
    fn an_entry_that_is_dated_in_the_future_waits_for_its_correction() {
        let tab = phone_with(&[]);
        let later = record(1, meeting(date(2027, 11, 20)), date(2027, 11, 20), 0);
        run(tab.save_ledger(&branch(1), std::slice::from_ref(&later))).unwrap();
        assert_eq!(run(tab.restamp(&branch(1), device(1), NOON)), Ok(false));
        assert_eq!(run(tab.ledger(&branch(1))).unwrap().records[0].record, later);
    }
}
