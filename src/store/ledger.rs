//! The ledger (台账) on this phone: each version of each entry under its own key.

use super::{
    atomic::Change,
    backend::{Backend, Table},
    error::StoreError,
    records::KeptRecord,
    repository::{Found, Repository, stamp_key},
    written::add,
};
use crate::{
    domain::{
        BranchCode, LedgerId, LedgerRecord, Open, Unread,
        ledger::{LedgerHead, check::record_fault},
    },
    json,
};
use std::collections::BTreeSet;

pub(super) fn ledger_key(branch: &str, record: &LedgerRecord) -> String {
    format!("{branch}/{}/{}", record.id, stamp_key(record.stamp))
}

/// A version of a later kind as it is kept.
pub(super) fn unread_record(text: &str) -> Option<Unread> {
    let kept: KeptRecord<Unread> = json::from_str(text).ok()?;
    kept.record.read::<LedgerHead>().map(|_| kept.record)
}

/// Adds records that came from elsewhere; what is here already stays. Returns how many entries they concern that are new here.
pub(super) async fn merge<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    records: &Open<LedgerRecord>,
) -> Result<usize, StoreError> {
    // Another phone wrote them, and has them.
    let unread = records.unread().filter(|one| one.read::<LedgerHead>().is_some()).cloned();
    let kept = |record| KeptRecord { record, shared: true };
    change.keep_unread(Table::Ledger, branch.as_str(), unread, kept).await?;
    // What no form of ours would have let in is left out: it must not spoil what is counted. A text is cleaned instead.
    let cleaned = records.iter().cloned().map(LedgerRecord::cleaned);
    let sound: Vec<LedgerRecord> = cleaned.filter(|record| record_fault(record).is_none()).collect();
    if sound.is_empty() {
        return Ok(0);
    }
    let new: BTreeSet<LedgerId> =
        add(change, branch.as_str(), sound).await?.into_iter().map(|record| record.id).collect();
    Ok(new.len())
}

impl<B: Backend> Repository<B> {
    /// The ledger of a branch, every version of every entry.
    pub async fn ledger(&self, branch: &BranchCode) -> Result<Found<KeptRecord>, StoreError> {
        Ok(self.excerpt(vec![(Table::Ledger, format!("{branch}/"))]).await?.ledger(branch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::ledger::testing::{meeting, record},
        store::{Count, Memory, StoreError, backup::Backup, testing::*},
        sync::{
            Delivery, Pulled, Store as _,
            testing::{FakeEndpoint, branch},
        },
    };
    use jiff::civil::date;

    const DAY: jiff::civil::Date = date(2026, 11, 20);

    fn held(repository: &Repository<Memory>) -> Vec<LedgerRecord> {
        let kept = run(repository.ledger(&branch(1))).unwrap().records;
        kept.into_iter().map(|kept| kept.record).collect()
    }

    /// A report that carries these records.
    fn report_with(ledger: Vec<LedgerRecord>) -> (crate::domain::Submission, crate::store::LocalSubmission) {
        let (mut sent, mut local, _) = report(1, 1, 1);
        sent.ledger = ledger.into();
        local.body = Some(serde_json::to_string(&sent).unwrap());
        (sent, local)
    }

    #[test]
    fn the_record_and_its_key_are_frozen() {
        let kept = KeptRecord { record: record(1, meeting(DAY), DAY, 0), shared: true };
        assert_eq!(
            ledger_key(branch(1).as_str(), &kept.record),
            "branch-1/019ab697-e801-7101-8101-010101010101/001795147200000-0000000000-01010101-0101-4101-8101-010101010101"
        );
        let text = serde_json::to_string(&kept).unwrap();
        assert!(text.ends_with("\"shared\":true}"), "{text}");
        let old: KeptRecord = serde_json::from_str(&text.replace(",\"shared\":true", "")).unwrap();
        assert_eq!(old, KeptRecord { shared: false, ..kept });
    }

    #[test]
    fn versions_are_kept_side_by_side_and_two_tabs_lose_none() {
        let memory = Memory::default();
        let tab = repository(&memory);
        let first = record(1, meeting(DAY), DAY, 0);
        assert_eq!(run(tab.save_ledger(&branch(1), std::slice::from_ref(&first))), Ok(false));
        assert_eq!(
            run(tab.save_ledger(&branch(1), std::slice::from_ref(&first))),
            Ok(false),
            "the same again"
        );
        let mut other = first.clone();
        other.entry = None;
        assert_eq!(run(tab.save_ledger(&branch(1), &[other])), Ok(true), "the stamp was taken");
        let kept = held(&tab);
        assert_eq!((kept.len(), &kept[0]), (2, &first));
        assert!(kept[1].stamp > first.stamp);
        assert_eq!(run(tab.ledger(&branch(2))).unwrap().records, []);
    }

    #[test]
    fn what_was_entered_is_here_alone_until_it_has_arrived_or_is_carried_away() {
        let memory = Memory::default();
        let tab = repository(&memory);
        run(tab.bind(&binding(1), &phone())).unwrap();
        let (one, two) = (record(1, meeting(DAY), DAY, 0), record(2, meeting(DAY), DAY, 0));
        run(tab.save_ledger(&branch(1), &[one.clone(), two])).unwrap();
        let alone = || lost(&tab, 1).ledger;
        let refused = Err(StoreError::OnlyHere(Count { ledger: 2, ..Count::default() }));
        assert_eq!((alone(), run(tab.unbind(&branch(1), &phone()))), (2, refused));
        let (sent, local) = report_with(vec![one]);
        let body = local.body.clone().unwrap();
        let (_, _, row) = report(1, 1, 1);
        run(tab.submit(&draft(1), &[], &local, &row, &[])).unwrap();
        assert_eq!(alone(), 2, "queued is not delivered");
        let endpoint = FakeEndpoint::with(&[(1, 1)]);
        endpoint.store(sent.id, &body);
        let receipt = endpoint.stored.borrow()[&sent.id].1.receipt.clone();
        run(tab.record_delivery(row.id, &Delivery::Submitted(receipt))).unwrap();
        assert_eq!(alone(), 1);
        carry_away(&tab, 1);
        assert_eq!(alone(), 0);
    }

    #[test]
    fn a_spoilt_version_hides_no_other_and_holds_nobody_up() {
        let memory = Memory::default();
        let tab = repository(&memory);
        run(tab.bind(&binding(1), &phone())).unwrap();
        run(tab.save_ledger(&branch(1), &[record(1, meeting(DAY), DAY, 0)])).unwrap();
        let mut batch = crate::store::Batch::default();
        let spoilt = ledger_key(branch(1).as_str(), &record(2, meeting(DAY), DAY, 0));
        batch.put(Table::Ledger, &spoilt, &"spoilt").unwrap();
        run(memory.commit(batch)).unwrap();
        assert_eq!(run(tab.ledger(&branch(1))).unwrap().unreadable.len(), 1);
        assert_eq!(lost(&tab, 1).ledger, 1);
        carry_away(&tab, 1);
        assert_eq!(run(tab.unbind(&branch(1), &phone())), Ok(()));
    }

    #[test]
    fn a_pulled_submission_brings_its_ledger_and_not_what_was_counted_from_it() {
        use crate::domain::{AnswerKey, AnswerValue, Entry, ItemId, PartAnswer, PartId, testing::stamp};
        let memory = Memory::default();
        let tab = repository(&memory);
        let mine = record(1, meeting(DAY), DAY, 0);
        run(tab.save_ledger(&branch(1), std::slice::from_ref(&mine))).unwrap();
        let mut spoilt = record(3, meeting(DAY), DAY, 0);
        spoilt.entry.as_mut().unwrap().kinds.clear();
        let theirs = record(2, meeting(DAY), DAY, 0);
        let (mut sent, mut local) = report_with(vec![mine.clone(), theirs.clone(), spoilt]);
        let key = AnswerKey::Part { item: ItemId::new("yes").unwrap(), part: PartId::new("p1").unwrap() };
        let value = AnswerValue::Part {
            answer: Some(PartAnswer::YesNo { yes: true }),
            counted: Some(vec![mine.id]),
            own: None,
            reason: String::new(),
        };
        sent.answers = vec![Entry { key, stamp: stamp(1, 1), value, under: None }].into();
        let body = serde_json::to_string(&sent).unwrap();
        let endpoint = FakeEndpoint::with(&[(1, 1)]);
        endpoint.store(sent.id, &body);
        local.receipt = Some(endpoint.stored.borrow()[&sent.id].1.receipt.clone());
        local.body = None;
        let mut batch = crate::store::Batch::default();
        let at = crate::store::repository::submission_key(&branch(1), sent.id);
        batch.put(Table::Submissions, &at, &local).unwrap();
        run(memory.commit(batch)).unwrap();
        run(tab.save_pulled(&Pulled { submission: sent, body })).unwrap();
        assert_eq!(held(&tab), [mine, theirs]);
        assert_eq!(lost(&tab, 1).ledger, 0, "where they came from they are");
        assert_eq!(stored(&tab, 1), [], "nobody said what was counted");
    }

    #[test]
    fn a_backup_is_merged_and_unbinding_clears() {
        let memory = Memory::default();
        let tab = repository(&memory);
        run(tab.bind(&binding(1), &phone())).unwrap();
        let (one, two) = (record(1, meeting(DAY), DAY, 0), record(2, meeting(DAY), DAY, 0));
        run(tab.save_ledger(&branch(1), std::slice::from_ref(&one))).unwrap();
        let carried = Backup { ledger: vec![one, two].into(), ..carry_away(&tab, 1) };
        assert_eq!(run(tab.restore(&carried, 0)), Ok(1));
        assert_eq!(run(tab.restore(&carried, 0)), Ok(0));
        assert_eq!(lost(&tab, 1).ledger, 1, "a backup that was restored may be anywhere");
        carry_away(&tab, 1);
        run(tab.unbind(&branch(1), &phone())).unwrap();
        assert_eq!(held(&tab), []);
    }
}
