//! What is read from the storage for the screen, and which period it is about.

use super::{NoWork, Work, moving::Offer};
use crate::{
    domain::{Assessment, BranchCode, Checklist, ContentHash, Period, PeriodId, moving::Versions},
    phone::{
        ledger::HeldLedger,
        mending::Mending,
        unfinished::{at_hand, strays, unfinished, worked_on},
    },
    store::{
        Binding, Draft, LocalSubmission, Reached, Repository, StoreError, Unfinished, Whereabouts,
        carried::Carried, storage::Storage,
    },
    sync::{KnownTime, OutboxEntry, StandardCopy},
};
use jiff::civil::Date;
use std::sync::Arc;

/// Numbers the readings, so that a slow one does not overwrite what a later one has shown.
#[derive(Debug, Default)]
pub(super) struct Readings {
    begun: u64,
    shown: u64,
}

impl Readings {
    /// The number of a reading that begins now.
    pub(super) fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// Whether this one may be shown: none that began later has been.
    pub(super) fn is_newest(&mut self, number: u64) -> bool {
        let newest = number >= self.shown;
        self.shown = self.shown.max(number);
        newest
    }
}

/// All that was read.
pub(super) struct Reading {
    pub(super) bindings: Vec<Binding>,
    pub(super) clock: KnownTime,
    pub(super) standard: Option<StandardCopy>,
    pub(super) outbox: Vec<OutboxEntry>,
    pub(super) unfinished: Vec<(String, Unfinished)>,
    pub(super) of_branch: Option<OfBranch>,
    pub(super) unreadable: Vec<StoreError>,
}

/// What belongs to the branch on the screen.
pub(super) struct OfBranch {
    pub(super) code: BranchCode,
    pub(super) submissions: Vec<LocalSubmission>,
    pub(super) ledger: HeldLedger,
    pub(super) mending: Mending,
    pub(super) elsewhere: Elsewhere,
    pub(super) work: Result<Work, NoWork>,
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

/// What the choice of the period depends on.
pub(super) struct About<'a> {
    pub(super) binding: &'a Binding,
    pub(super) drafts: Vec<(Draft, Assessment)>,
    pub(super) submissions: &'a [LocalSubmission],
    pub(super) outbox: &'a [OutboxEntry],
    pub(super) today: Date,
}

/// Checklists, each read from its text once: they are the longest texts on the phone.
pub(super) struct Checklists<'a> {
    /// Where they are read from first: a copy.
    pub(super) copy: &'a Repository<Storage>,
    /// The storage itself, which removes a spoilt one so that it is fetched again.
    pub(super) repository: &'a Repository<Storage>,
    /// What was read already, that on the screen among it.
    pub(super) read: Vec<(ContentHash, Arc<Checklist>)>,
}

impl Checklists<'_> {
    async fn get(&mut self, hash: &ContentHash) -> Result<Option<Arc<Checklist>>, StoreError> {
        if let Some((_, checklist)) = self.read.iter().find(|(read, _)| read == hash) {
            return Ok(Some(checklist.clone()));
        }
        let mut found = self.copy.checklist(hash).await?;
        if found.is_none() {
            found = self.repository.checklist(hash).await?;
        }
        let checklist = found.map(Arc::new);
        self.read.extend(checklist.clone().map(|checklist| (hash.clone(), checklist)));
        Ok(checklist)
    }
}

/// The drafts of a branch with their answers.
pub(super) async fn load_drafts(
    copy: &Repository<Storage>,
    branch: &BranchCode,
    unreadable: &mut Vec<StoreError>,
) -> Result<Vec<(Draft, Assessment)>, StoreError> {
    let drafts = copy.drafts(branch).await?;
    unreadable.extend(drafts.unreadable);
    let mut all = Vec::new();
    for draft in drafts.records {
        let entries = copy.entries(&draft.key()).await?;
        unreadable.extend(entries.unreadable);
        let mut assessment = Assessment::new(entries.records, draft.shared_until);
        assessment.keep_unread(entries.unread);
        all.push((draft, assessment));
    }
    Ok(all)
}

/// The work of a branch: of the period that was chosen; else of one that is not done with; else of the current one.
pub(super) async fn load_work(
    checklists: &mut Checklists<'_>,
    about: About<'_>,
    standard: Option<&StandardCopy>,
    chosen: Option<&PeriodId>,
    unreadable: &mut Vec<StoreError>,
) -> Result<Result<Work, NoWork>, StoreError> {
    let branch = &about.binding.branch;
    let in_force = standard.and_then(|copy| {
        copy.published.checklists.iter().find(|published| published.sector == branch.sector)
    });
    let newest = match in_force {
        Some(published) => checklists.get(&published.hash).await?.map(|list| (published.hash.clone(), list)),
        None => None,
    };
    let in_force_periods = newest.as_ref().map_or_else(Vec::new, |(_, list)| list.periods.clone());
    let left_out = left_out(checklists, &about.drafts, &in_force_periods).await?;
    let periods = at_hand(&in_force_periods, &left_out);
    let has_begun = |id: &PeriodId| !periods.iter().any(|p| p.id == *id && p.starts > about.today);
    // What was chosen may be in no version any more.
    let is_here = |id: &&PeriodId| {
        periods.iter().any(|p| p.id == **id) || about.drafts.iter().any(|(draft, _)| draft.period == **id)
    };
    let wanted = chosen
        .filter(is_here)
        .cloned()
        .or_else(|| unfinished(&about.drafts, about.submissions, about.outbox, has_begun))
        .or_else(|| worked_on(&about.drafts, &in_force_periods, &left_out, about.today));
    let strays =
        wanted.as_ref().map_or_else(Vec::new, |shown| strays(&about.drafts, &periods, about.today, shown));
    if let Some((draft, assessment)) =
        about.drafts.into_iter().find(|(draft, _)| Some(&draft.period) == wanted.as_ref())
    {
        let Some(checklist) = checklists.get(&draft.checklist).await? else {
            return Ok(Err(NoWork::NotFetched));
        };
        let Some(period) = checklist.period(&draft.period).cloned() else {
            return Ok(Err(NoWork::NotFetched));
        };
        let versions = versions(checklists, &draft, &assessment).await?;
        let offer = newest
            .filter(|(hash, _)| *hash != draft.checklist)
            .map(|(hash, checklist)| Offer { hash, checklist });
        return Ok(Ok(Work {
            draft,
            stored: true,
            checklist,
            period,
            periods,
            assessment,
            versions,
            offer,
            strays,
        }));
    }
    let Some((hash, checklist)) = newest else {
        return Ok(Err(match (standard, in_force) {
            (Some(_), None) => NoWork::NoChecklist(branch.sector.clone()),
            _ => NoWork::NotFetched,
        }));
    };
    let period = wanted.and_then(|id| checklist.period(&id).cloned());
    let Some(period) = period else { return Ok(Err(NoWork::NotFetched)) };
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
    let entries = checklists.copy.entries(&draft.key()).await?;
    unreadable.extend(entries.unreadable);
    let mut assessment = Assessment::new(entries.records, None);
    assessment.keep_unread(entries.unread);
    let versions = versions(checklists, &draft, &assessment).await?;
    Ok(Ok(Work {
        draft,
        stored: false,
        checklist,
        period,
        periods,
        assessment,
        versions,
        offer: None,
        strays,
    }))
}

/// The periods of drafts that are not among these, as the versions that the drafts are pinned to have them.
async fn left_out(
    checklists: &mut Checklists<'_>,
    drafts: &[(Draft, Assessment)],
    periods: &[Period],
) -> Result<Vec<Period>, StoreError> {
    let mut left_out = Vec::new();
    for (draft, _) in drafts {
        if !periods.iter().any(|period| period.id == draft.period)
            && let Some(list) = checklists.get(&draft.checklist).await?
        {
            left_out.extend(list.period(&draft.period).cloned());
        }
    }
    Ok(left_out)
}

/// The other checklists that answers were given under; one that is not here is passed over.
async fn versions(
    checklists: &mut Checklists<'_>,
    draft: &Draft,
    assessment: &Assessment,
) -> Result<Versions, StoreError> {
    let mut versions = Versions::new();
    for under in assessment.winners().into_iter().filter_map(|entry| entry.under) {
        if under != draft.checklist
            && !versions.contains_key(&under)
            && let Some(list) = checklists.get(&under).await?
        {
            versions.insert(under, list);
        }
    }
    Ok(versions)
}
