//! The ledger as the app holds it, and what of it goes into a submission.

use crate::{
    domain::{BranchCode, Ledger, LedgerId, LedgerRecord, Open, Stamp, Unread, ledger::check::MAX_RECORDS},
    protocol::MAX_BODY_BYTES,
    store::{Place, Reached, Written},
};
use std::collections::{BTreeMap, BTreeSet};

/// The ledger with where its entries are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeldLedger {
    /// Whose it is. Not always the branch that was chosen last: after a change of branch it stays until the other one is read.
    pub branch: Option<BranchCode>,
    /// All versions of all entries.
    pub ledger: Ledger,
    /// Where each entry is besides on this phone.
    pub places: BTreeMap<LedgerId, Place>,
}

impl HeldLedger {
    /// From what is stored.
    pub fn new(branch: &BranchCode, ledger: Ledger, reached: &Reached) -> Self {
        Self { branch: Some(branch.clone()), places: reached.of_ledger(branch, &ledger), ledger }
    }

    /// Takes a version that was just written here, where it is one of this ledger.
    pub fn take(&mut self, written: &Written) {
        if let Written::Record(branch, record) = written
            && self.branch.as_ref() == Some(branch)
        {
            self.places.insert(record.id, Place::OnlyHere);
            self.ledger.merge([record.clone()]);
        }
    }
}

/// What of the ledger goes into a submission of which the rest has this many bytes: all of it that the period judges, and where
/// that is too much for one request (some eight hundred entries), the newest of it. Then the newest of what only a newer app can
/// read, which is not known to belong to the period or not. The rest stays on the phone and in backups.
pub fn that_fits(
    mut records: Vec<LedgerRecord>,
    unread: &BTreeSet<Unread>,
    rest: usize,
) -> Open<LedgerRecord> {
    let size = |record: &LedgerRecord| serde_json::to_string(record).map_or(0, |text| text.len() + 1);
    let mut room = MAX_BODY_BYTES.saturating_sub(rest + 4_096);
    let mut sizes: BTreeMap<LedgerId, usize> = BTreeMap::new();
    for record in &records {
        *sizes.entry(record.id).or_default() += size(record);
    }
    let mut fits = BTreeSet::new();
    for (id, size) in sizes.into_iter().rev() {
        if size > room {
            break;
        }
        room -= size;
        fits.insert(id);
    }
    records.retain(|record| fits.contains(&record.id));
    let places = MAX_RECORDS.saturating_sub(records.len());
    let fits = |one: &&Unread| {
        let left = room.checked_sub(one.text().len() + 1);
        room = left.unwrap_or(0);
        left.is_some()
    };
    let unread: Vec<Unread> = newest_first(unread).take(places).take_while(fits).cloned().collect();
    Open::from(records).with_unread(unread)
}

/// What only a newer app can read, the newest first.
pub fn newest_first(unread: &BTreeSet<Unread>) -> impl Iterator<Item = &Unread> {
    let mut newest: Vec<(Option<Stamp>, &Unread)> = unread.iter().map(|one| (one.stamp(), one)).collect();
    newest.sort_unstable_by(|a, b| b.cmp(a));
    newest.into_iter().map(|(_, one)| one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            ledger::testing::{meeting, record},
            testing::stamp,
        },
        sync::testing::branch,
    };
    use jiff::civil::date;

    #[test]
    fn a_ledger_takes_only_what_is_its_branchs() {
        let day = date(2026, 11, 20);
        let record = record(1, meeting(day), day, 0);
        let written = Written::Record(branch(1), record.clone());
        let mut held = HeldLedger { branch: Some(branch(1)), ..HeldLedger::default() };
        held.take(&written);
        assert!(held.ledger.records().contains(&record) && held.places[&record.id] == Place::OnlyHere);
        let mut nobodys = HeldLedger::default();
        nobodys.take(&written);
        assert_eq!(nobodys, HeldLedger::default());
    }

    #[test]
    fn a_ledger_that_is_too_large_for_one_request_goes_with_its_newest_entries() {
        let day = date(2026, 11, 20);
        let all: Vec<LedgerRecord> = (1..=100).map(|number| record(number, meeting(day), day, 0)).collect();
        let none = BTreeSet::new();
        assert_eq!(*that_fits(all.clone(), &none, 20_000), all);
        let few = that_fits(all.clone(), &none, MAX_BODY_BYTES - 4_096 - 10_000);
        assert!(!few.is_empty() && few.len() < 40, "{}", few.len());
        assert_eq!(*few, all[100 - few.len()..]);
        let unread: BTreeSet<Unread> = (0..100)
            .filter_map(|ms| {
                Unread::new(&serde_json::json!({ "stamp": stamp(ms, 1), "later": true }).to_string())
            })
            .collect();
        let both = that_fits(all.clone(), &unread, 20_000);
        assert_eq!((&*both, both.unread().count()), (&all, 100));
        let some = that_fits(all[99..].to_vec(), &unread, MAX_BODY_BYTES - 4_096 - 2_000);
        let stamps: Vec<u64> = some.unread().filter_map(|one| Some(one.stamp()?.ms)).collect();
        assert!(some.len() == 1 && (5..30).contains(&stamps.len()), "{stamps:?}");
        assert!(stamps.iter().copied().eq((0..100).rev().take(stamps.len())), "the newest: {stamps:?}");
    }
}
