//! The results of a period (结果): who was to report, who has, under which checklist, and what the upper level gave. Rows follow the
//! roster's codes, never the scores: nobody is ranked.

pub(crate) use crate::server::database::results::Report;

use super::{
    papers::Paper,
    reviewing::{self, Row},
    scope::{self, Gone, Refusal, Trees},
};
use crate::{
    domain::{
        Assessment, BranchCode, Checklist, ContentHash, PeriodId, SectorId, SubmissionId, ValueAbove,
        WithAbove, sector::SECTORS, with_above,
    },
    server::database::{Database, DatabaseError, Unit},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// So many branches' reports are read at once.
const REPORTS: usize = 100;

/// The results of the branches below a unit, or of all, in a period.
pub(crate) struct Results {
    /// The period.
    pub(crate) period: PeriodId,
    /// In the order of codes.
    pub(crate) branches: Vec<Unit>,
    /// The name of whom each reports to.
    pub(crate) above: BTreeMap<BranchCode, String>,
    /// What counts of those that have reported.
    pub(crate) reported: BTreeMap<BranchCode, Row>,
    /// What came on paper.
    pub(crate) papers: BTreeMap<BranchCode, Paper>,
    /// 由上级评: what was given for the period, oldest first.
    pub(crate) given: BTreeMap<BranchCode, Vec<ValueAbove>>,
    /// Branches that have ended since.
    pub(crate) gone: BTreeMap<BranchCode, Gone>,
    /// What is in use: by what was submitted, and by what is published for branches that have not reported.
    checklists: BTreeMap<ContentHash, Arc<Checklist>>,
    /// The same in the standard's order, of one sector the version in force last.
    order: Vec<ContentHash>,
    /// Which checklist a branch stands under.
    stands_under: BTreeMap<BranchCode, ContentHash>,
}

/// The results of the branches below a unit, or of all, in a period.
pub(crate) async fn of(
    database: &Database,
    period: &PeriodId,
    under: Option<&str>,
) -> Result<Results, reviewing::Refusal> {
    let root = scope::root(database, under).await?.map(|unit| unit.code);
    let mut trees = Trees::below(database, root.clone());
    let frozen = trees.of(period).await?;
    let tree = &frozen.tree;
    let mut checklists = BTreeMap::new();
    let mut by_sector = BTreeMap::new();
    let mut periods = BTreeSet::new();
    let mut in_force = Vec::new();
    if let Some(published) = database.version_in_force().await? {
        for (one, list) in published.summary.checklists.into_parts().0.into_iter().zip(published.checklists) {
            periods.extend(list.periods.iter().map(|period| period.id.clone()));
            in_force.push((one.sector.clone(), one.hash.clone()));
            by_sector.insert(one.sector, one.hash.clone());
            checklists.insert(one.hash, Arc::new(list));
        }
    }
    let rows = reviewing::list(database, Some(period), under).await?;
    if rows.is_empty() && !periods.contains(period) {
        return Err(Refusal::NoPeriod(period.clone(), periods).into());
    }
    // Who was there on that day was to report; who reported and was not is not left out either.
    let has_reported: BTreeSet<&BranchCode> = rows.iter().map(|row| &row.branch.code).collect();
    let was_there = |unit: &&Unit| {
        let member = tree.get(&unit.code);
        has_reported.contains(&unit.code)
            || member.is_some_and(|member| frozen.day.is_none_or(|day| member.is_there_on(day)))
    };
    let branches: Vec<Unit> = scope::branches_in(tree, root.as_ref()).filter(was_there).cloned().collect();
    if let (true, Some(under)) = (branches.is_empty(), under) {
        return Err(Refusal::NoBranches(under.into()).into());
    }
    let gone = branches.iter().filter_map(|branch| {
        let ended = tree.get(&branch.code)?.ended.as_ref()?;
        Some((branch.code.clone(), Gone::of(ended, tree)))
    });
    let gone = gone.collect();
    let mut stands_under: BTreeMap<BranchCode, ContentHash> = BTreeMap::new();
    for branch in &branches {
        let sector = by_sector.iter().find(|(sector, _)| sector.as_str() == branch.sector);
        if let Some((_, hash)) = sector {
            stands_under.insert(branch.code.clone(), hash.clone());
        }
    }
    let mut reported = BTreeMap::new();
    for row in rows {
        let hash = row.counting.checklist.clone();
        if !checklists.contains_key(&hash) {
            checklists.insert(hash.clone(), database.named_checklist(&hash).await?);
        }
        stands_under.insert(row.branch.code.clone(), hash);
        reported.insert(row.branch.code.clone(), row);
    }
    checklists.retain(|hash, _| stands_under.values().any(|used| used == hash));
    let order = in_order(&checklists, &in_force);
    let above =
        branches.iter().filter_map(|branch| Some((branch.code.clone(), tree.above(branch)?.name.clone())));
    let above = above.collect();
    let codes: Vec<BranchCode> = branches.iter().map(|branch| branch.code.clone()).collect();
    let papers = database.papers_of(period, &codes).await?;
    let (period, given) = (period.clone(), database.given_for(period).await?);
    Ok(Results { period, branches, above, reported, papers, given, gone, checklists, order, stands_under })
}

/// What the branches reported, some at a time: of what it is of, it is large.
pub(crate) struct Reports<'r> {
    database: &'r Database,
    results: &'r Results,
    rest: &'r [Unit],
}

impl<'r> Reports<'r> {
    /// Of all branches of these results.
    pub(crate) fn of(database: &'r Database, results: &'r Results) -> Self {
        Self { database, results, rest: &results.branches }
    }

    /// The next branches, in the order of codes, each with what it reported if it has; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Vec<(&'r Unit, Option<Report>)>, DatabaseError> {
        let (some, rest) = self.rest.split_at(self.rest.len().min(REPORTS));
        self.rest = rest;
        let id = |branch: &Unit| Some(self.results.reported.get(&branch.code)?.counting.receipt.submission);
        let ids: Vec<SubmissionId> = some.iter().filter_map(id).collect();
        let mut read = self.database.reports(&ids).await?;
        Ok(some.iter().map(|branch| (branch, id(branch).and_then(|id| read.remove(&id)))).collect())
    }
}

impl Results {
    /// How many have reported, by phone or on paper.
    pub(crate) fn have_reported(&self) -> usize {
        let only_paper = self.papers.keys().filter(|branch| !self.reported.contains_key(branch));
        self.reported.len() + only_paper.count()
    }

    /// The checklists in use, in order.
    pub(crate) fn checklists(&self) -> impl Iterator<Item = (&ContentHash, &Checklist)> {
        self.order.iter().filter_map(|hash| Some((hash, self.checklists.get(hash)?.as_ref())))
    }

    /// The checklist that a branch answered, or else would answer.
    pub(crate) fn checklist(&self, branch: &BranchCode) -> Option<&Checklist> {
        self.stands_under.get(branch).and_then(|hash| self.checklists.get(hash)).map(Arc::as_ref)
    }

    /// The place in their order of the checklist that a branch stands under.
    pub(crate) fn place(&self, branch: &BranchCode) -> Option<usize> {
        let hash = self.stands_under.get(branch)?;
        self.order.iter().position(|one| one == hash)
    }

    /// What a branch that reported this has together with what the upper level gave it.
    pub(crate) fn with_above(&self, branch: &BranchCode, report: &Report) -> Option<WithAbove> {
        let given = self.given.get(branch)?;
        let list = self.checklist(branch)?;
        let said = Assessment::new(report.submission.answers.iter().cloned(), None);
        with_above(list, list.period(&self.period)?, &said, given)
    }
}

/// Sectors as the standard in force has them, then those that only earlier versions had, as everybody counts them; of one sector,
/// the earlier versions first.
fn in_order(
    checklists: &BTreeMap<ContentHash, Arc<Checklist>>,
    in_force: &[(SectorId, ContentHash)],
) -> Vec<ContentHash> {
    let place = |hash: &ContentHash, list: &Checklist| {
        let own = in_force.iter().position(|(sector, _)| sector == &list.sector);
        let usual = SECTORS.iter().position(|(_, id)| *id == list.sector.as_str());
        let is_in_force = in_force.iter().any(|(_, known)| known == hash);
        let sector = (own.unwrap_or(usize::MAX), usual.unwrap_or(usize::MAX), list.sector.to_string());
        (sector, is_in_force, list.version.clone())
    };
    let mut order: Vec<_> = checklists.iter().map(|(hash, list)| (place(hash, list), hash)).collect();
    order.sort();
    order.into_iter().map(|(_, hash)| hash.clone()).collect()
}
