//! What is read from the storage for the screen, and which period it is about.

use super::{
    ledger::HeldLedger,
    mending::Mending,
    unfinished::{at_hand, strays, unfinished, worked_on},
    work::{NoWork, Offer, Work},
};
use crate::{
    domain::{Assessment, BranchCode, Checklist, ContentHash, Period, PeriodId, moving::Versions},
    json,
    store::{
        Backend, Binding, Draft, Excerpt, LocalSubmission, Reached, Repository, Stock, StoreError,
        Unfinished, Whereabouts, carried::Carried,
    },
    sync::{KnownTime, OutboxEntry, StandardCopy},
};
use jiff::civil::Date;
use std::sync::Arc;

/// Numbers the readings, so that a slow one does not overwrite what a later one has shown.
#[derive(Debug, Default)]
pub struct Readings {
    begun: u64,
    shown: u64,
}

impl Readings {
    /// The number of a reading that begins now.
    pub fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// Whether this one may be shown: none that began later has been.
    pub fn is_newest(&mut self, number: u64) -> bool {
        let newest = number >= self.shown;
        self.shown = self.shown.max(number);
        newest
    }
}

/// What is wanted on the screen.
pub struct Wanted {
    /// The branch; the first one where it is not here any more.
    pub branch: Option<BranchCode>,
    /// The period that was chosen, if one was.
    pub period: Option<PeriodId>,
    /// The checklist on the screen, which is not read again: the longest text on the phone.
    pub on_screen: Option<(ContentHash, Arc<Checklist>)>,
}

/// All that was read.
pub struct Reading {
    /// The branches.
    pub bindings: Vec<Binding>,
    /// What is known of the time.
    pub clock: KnownTime,
    /// The standard in force, as last heard.
    pub standard: Option<StandardCopy>,
    /// What waits to be sent, of all branches.
    pub outbox: Vec<OutboxEntry>,
    /// What was typed and not entered, of all branches.
    pub unfinished: Vec<(String, Unfinished)>,
    /// What belongs to the branch on the screen; `None` on a phone that looks after none.
    pub of_branch: Option<OfBranch>,
    /// Records that could not be read.
    pub unreadable: Vec<StoreError>,
}

/// What belongs to the branch on the screen.
pub struct OfBranch {
    /// Which.
    pub code: BranchCode,
    /// Its submissions, oldest first.
    pub submissions: Vec<LocalSubmission>,
    /// 台账
    pub ledger: HeldLedger,
    /// 问题和整改
    pub mending: Mending,
    /// What of it has reached another place.
    pub elsewhere: Elsewhere,
    /// What is worked on, or why nothing.
    pub work: Result<Work, NoWork>,
}

/// What of a branch has reached another place than this phone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Elsewhere {
    /// By the names of records.
    pub reached: Arc<Reached>,
    /// Where everything is but what the screen knows better: the answers of its period, ledger and findings.
    pub beside: Whereabouts,
    /// What became of backups.
    pub carried: Carried,
}

/// Reads what is wanted, in one transaction where the branch is here. `today` says which day it is by what the storage says of the
/// time.
pub async fn read<B: Backend>(
    repository: &Repository<B>,
    wanted: Wanted,
    today: impl Fn(KnownTime) -> Date,
) -> Result<Reading, StoreError> {
    let mut excerpt = repository.excerpt_of(wanted.branch.as_ref()).await?;
    let mut unreadable = Vec::new();
    let bindings = excerpt.bindings();
    let is_wanted = |binding: &&Binding| Some(&binding.branch.code) == wanted.branch.as_ref();
    let bound = &bindings.records;
    let active = bound.iter().find(is_wanted).or_else(|| bound.first());
    if let (Some(binding), Some(_)) = (active.filter(|binding| !is_wanted(binding)), &wanted.branch) {
        excerpt = repository.excerpt_of(Some(&binding.branch.code)).await?;
    }
    let (clock, standard, outbox) = (excerpt.clock(), excerpt.standard(), excerpt.outbox());
    let mut checklists =
        Checklists { excerpt: &excerpt, read: wanted.on_screen.into_iter().collect(), spoilt: Vec::new() };
    let about = |binding| About { binding, today: today(clock), chosen: wanted.period.as_ref() };
    let of_branch =
        active.map(|binding| of_branch(&mut checklists, &about(binding), standard.as_ref(), &mut unreadable));
    for hash in checklists.spoilt {
        repository.checklist(&hash).await?;
    }
    let unfinished = excerpt.unfinished();
    unreadable.extend(bindings.unreadable);
    unreadable.extend(outbox.unreadable);
    let (bindings, outbox) = (bindings.records, outbox.records);
    Ok(Reading { bindings, clock, standard, outbox, unfinished, of_branch, unreadable })
}

/// What the choice of the period depends on.
struct About<'a> {
    binding: &'a Binding,
    today: Date,
    chosen: Option<&'a PeriodId>,
}

fn of_branch(
    checklists: &mut Checklists<'_>,
    about: &About<'_>,
    standard: Option<&StandardCopy>,
    unreadable: &mut Vec<StoreError>,
) -> OfBranch {
    let code = &about.binding.branch.code;
    let stock = checklists.excerpt.stock(code, unreadable);
    let reached = stock.reached();
    let beside = stock.beside(&reached);
    let mending = Mending::new(code, &stock.findings, &reached, &stock.submissions, &stock.outbox);
    let work = work(checklists, about, &stock, standard, unreadable);
    // Of the draft on the screen the screen may know more than the disk.
    let shown = work.as_ref().ok().map(|work| work.draft.key());
    let others = stock.drafts.iter().filter(|(draft, _)| Some(draft.key()) != shown);
    let beside = others
        .map(|(draft, answers)| reached.of_answers(&draft.key(), answers))
        .fold(beside, Whereabouts::and);
    let ledger = HeldLedger::new(code, stock.ledger, &reached);
    let elsewhere = Elsewhere { reached: Arc::new(reached), beside, carried: stock.carried };
    OfBranch { code: code.clone(), submissions: stock.submissions, ledger, mending, elsewhere, work }
}

/// Checklists, each read from its text once: they are the longest texts on the phone.
struct Checklists<'a> {
    excerpt: &'a Excerpt,
    /// What was read already, that on the screen among it.
    read: Vec<(ContentHash, Arc<Checklist>)>,
    /// Those that are here and cannot be read.
    spoilt: Vec<ContentHash>,
}

impl Checklists<'_> {
    fn get(&mut self, hash: &ContentHash) -> Option<Arc<Checklist>> {
        if let Some((_, checklist)) = self.read.iter().find(|(read, _)| read == hash) {
            return Some(checklist.clone());
        }
        let text = self.excerpt.checklist(hash)?;
        let checklist = json::from_str(text).ok().map(Arc::new);
        match &checklist {
            Some(checklist) => self.read.push((hash.clone(), Arc::clone(checklist))),
            None => self.spoilt.push(hash.clone()),
        }
        checklist
    }
}

/// The work of a branch: of the period that was chosen; else of one that is not done with; else of the current one.
fn work(
    checklists: &mut Checklists<'_>,
    about: &About<'_>,
    stock: &Stock,
    standard: Option<&StandardCopy>,
    unreadable: &mut Vec<StoreError>,
) -> Result<Work, NoWork> {
    let branch = &about.binding.branch;
    let in_force = standard.and_then(|copy| {
        copy.published.checklists.iter().find(|published| published.sector == branch.sector)
    });
    let newest = in_force
        .and_then(|published| checklists.get(&published.hash).map(|list| (published.hash.clone(), list)));
    let in_force_periods = newest.as_ref().map_or_else(Vec::new, |(_, list)| list.periods.clone());
    let left_out = left_out(checklists, &stock.drafts, &in_force_periods);
    let periods = at_hand(&in_force_periods, &left_out);
    let has_begun = |id: &PeriodId| !periods.iter().any(|p| p.id == *id && p.starts > about.today);
    // What was chosen may be in no version any more.
    let is_here = |id: &&PeriodId| {
        periods.iter().any(|p| p.id == **id) || stock.drafts.iter().any(|(draft, _)| draft.period == **id)
    };
    let wanted = about
        .chosen
        .filter(is_here)
        .cloned()
        .or_else(|| unfinished(&stock.drafts, &stock.submissions, &stock.outbox, has_begun))
        .or_else(|| worked_on(&stock.drafts, &in_force_periods, &left_out, about.today));
    let strays =
        wanted.as_ref().map_or_else(Vec::new, |shown| strays(&stock.drafts, &periods, about.today, shown));
    if let Some((draft, assessment)) =
        stock.drafts.iter().find(|(draft, _)| Some(&draft.period) == wanted.as_ref())
    {
        let checklist = checklists.get(&draft.checklist).ok_or(NoWork::NotFetched)?;
        let period = checklist.period(&draft.period).cloned().ok_or(NoWork::NotFetched)?;
        let versions = versions(checklists, draft, assessment);
        let offer = newest
            .filter(|(hash, _)| *hash != draft.checklist)
            .map(|(hash, checklist)| Offer { hash, checklist });
        let (draft, assessment) = (draft.clone(), assessment.clone());
        return Ok(Work {
            draft,
            stored: true,
            checklist,
            period,
            periods,
            assessment,
            versions,
            offer,
            strays,
        });
    }
    let Some((hash, checklist)) = newest else {
        return Err(match (standard, in_force) {
            (Some(_), None) => NoWork::NoChecklist(branch.sector.clone()),
            _ => NoWork::NotFetched,
        });
    };
    let period = wanted.and_then(|id| checklist.period(&id).cloned()).ok_or(NoWork::NotFetched)?;
    let draft = Draft {
        branch: branch.code.clone(),
        period: period.id.clone(),
        sector: checklist.sector.clone(),
        checklist: hash,
        // Not now: a draft that is not begun must be the same at every reading.
        begun_at: 0,
        shared_until: None,
    };
    // Answers whose draft cannot be read are still there.
    let entries = checklists.excerpt.entries(&draft.key());
    unreadable.extend(entries.unreadable);
    let mut assessment = Assessment::new(entries.records, None);
    assessment.keep_unread(entries.unread);
    let versions = versions(checklists, &draft, &assessment);
    Ok(Work { draft, stored: false, checklist, period, periods, assessment, versions, offer: None, strays })
}

/// The periods of drafts that are not among these, as the versions that the drafts are pinned to have them.
fn left_out(
    checklists: &mut Checklists<'_>,
    drafts: &[(Draft, Assessment)],
    periods: &[Period],
) -> Vec<Period> {
    let mut left_out = Vec::new();
    for (draft, _) in drafts {
        if !periods.iter().any(|period| period.id == draft.period)
            && let Some(list) = checklists.get(&draft.checklist)
        {
            left_out.extend(list.period(&draft.period).cloned());
        }
    }
    left_out
}

/// The other checklists that answers were given under; one that is not here is passed over.
fn versions(checklists: &mut Checklists<'_>, draft: &Draft, assessment: &Assessment) -> Versions {
    let mut versions = Versions::new();
    for under in assessment.winners().into_iter().filter_map(|entry| entry.under) {
        if under != draft.checklist
            && !versions.contains_key(&under)
            && let Some(list) = checklists.get(&under)
        {
            versions.insert(under, list);
        }
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            AnswerKey, AnswerValue,
            ledger::testing::{meeting, record},
            period::shanghai_date,
        },
        store::testing::{Counting, answer, attach, binding, draft, edit, note, phone, photo, report, run},
        sync::{
            RoundOutcome, round,
            testing::{FakeEndpoint, NOON, branch, finding_word},
            uploads::{Uploaded, upload},
        },
    };

    fn wanted() -> Wanted {
        Wanted { branch: Some(branch(1)), period: None, on_screen: None }
    }

    fn reading<B: Backend>(tab: &Repository<B>) -> Reading {
        run(read(tab, wanted(), |_| shanghai_date(NOON))).unwrap()
    }

    /// A phone with something of everything.
    fn full() -> Repository<Counting> {
        let tab = Repository::new(Counting::default());
        run(async {
            tab.bind(&binding(1), &phone()).await?;
            tab.save_edits(&draft(1), &[edit(note("yes", "铁柜", NOON, 1))]).await?;
            tab.save_photo(&answer(attach("yes", b"one", true, NOON + 1)), &photo(1, b"one")).await?;
            let day = jiff::civil::date(2026, 11, 20);
            tab.save_ledger(&branch(1), &[record(1, meeting(day), day, 0)]).await?;
            tab.save_finding_words(&branch(1), &[finding_word(1, "缺签到表", NOON, 1)]).await?;
            let (_, local, row) = report(1, 1, 1);
            tab.submit(&draft(1), &[], &local, &row, &[]).await
        })
        .unwrap();
        tab
    }

    /// What a round does, and what the session does after it: in how many transactions.
    fn round_and_after(tab: &Repository<Counting>, api: &FakeEndpoint) -> (RoundOutcome, usize) {
        tab.backend().transactions.set(0);
        let outcome = run(round(tab, api, || NOON, || 0, &RoundOutcome::default())).unwrap();
        if outcome.changed {
            reading(tab);
        }
        let now = || NOON;
        let client = crate::sync::Client::new(api, &now, crate::sync::ClockOffset::default());
        assert_eq!(run(upload(tab, &client, |_| {})), Ok(Uploaded::Complete));
        (outcome, tab.backend().transactions.get())
    }

    #[test]
    fn an_idle_round_reads_once_and_reloads_nothing() {
        let (tab, api) = (full(), FakeEndpoint::with(&[(1, 1)]));
        assert!(round_and_after(&tab, &api).0.changed);
        while round_and_after(&tab, &api).0.changed {}
        let (idle, transactions) = round_and_after(&tab, &api);
        assert!(idle.reached_server && !idle.changed, "{idle:?}");
        assert!(transactions <= 4, "{transactions}");
        tab.backend().transactions.set(0);
        let read = reading(&tab).of_branch.unwrap();
        assert_eq!(tab.backend().transactions.get(), 1, "everything on the screen");
        let note = AnswerKey::Note { item: crate::domain::testing::item_id("yes") };
        let said = read.work.unwrap().assessment.current(&note).map(|entry| entry.value.clone());
        assert_eq!(said, Some(AnswerValue::Text { text: "铁柜".into() }));
        assert_eq!((read.ledger.ledger.records().len(), read.mending.findings.all().len()), (1, 1));
        assert_eq!(read.submissions.len(), 1);
    }

    #[test]
    fn a_spoilt_checklist_is_removed_so_that_it_is_fetched_again() {
        let (tab, api) = (full(), FakeEndpoint::with(&[(1, 1)]));
        round_and_after(&tab, &api);
        let hash = draft(1).checklist;
        run(tab.save_checklist(&hash, "{")).unwrap();
        assert_eq!(reading(&tab).of_branch.unwrap().work.err(), Some(NoWork::NotFetched));
        assert_eq!(run(tab.checklist_hashes()), Ok(Vec::new()));
        round_and_after(&tab, &api);
        assert!(reading(&tab).of_branch.unwrap().work.is_ok());
    }
}
