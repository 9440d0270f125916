//! Findings counted: by item, by the unit above the branch, and which items are a matter of many branches (共性问题). What is counted
//! follows the roster's codes: nobody is ranked.

use super::{Row, items::Items, kinds::Sort};
use crate::domain::{BranchCode, Finding, FindingState, ItemId};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The items that many branches have a finding about.
#[derive(Debug)]
pub(crate) struct Common(BTreeSet<ItemId>);

impl Common {
    /// Those that at least so many branches have a finding about.
    pub(crate) fn of(rows: &[Row], branches: u32) -> Self {
        let mut of_item: BTreeMap<&ItemId, BTreeSet<&BranchCode>> = BTreeMap::new();
        for row in rows {
            if let Some(item) = &row.finding.item {
                of_item.entry(item).or_default().insert(&row.branch.code);
            }
        }
        let many = usize::try_from(branches).unwrap_or(usize::MAX);
        Self(of_item.into_iter().filter(|(_, of)| of.len() >= many).map(|(item, _)| item.clone()).collect())
    }

    /// How many items.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a finding is about one of them.
    pub(crate) fn has(&self, finding: &Finding) -> bool {
        finding.item.as_ref().is_some_and(|item| self.0.contains(item))
    }
}

/// How many findings stand how.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    branches: BTreeSet<BranchCode>,
    by_state: BTreeMap<FindingState, u32>,
    /// All of them.
    pub(crate) all: u32,
    /// 共性问题
    pub(crate) common: u32,
    /// 个性问题
    pub(crate) individual: u32,
    /// Those that should have been mended by now.
    pub(crate) overdue: u32,
}

impl Counts {
    fn add(&mut self, row: &Row, sort: Option<Sort>, today: Date) {
        self.branches.insert(row.branch.code.clone());
        *self.by_state.entry(row.finding.state).or_default() += 1;
        self.all += 1;
        self.common += u32::from(sort == Some(Sort::Common));
        self.individual += u32::from(sort == Some(Sort::Individual));
        self.overdue += u32::from(row.finding.is_overdue(today));
    }

    /// Those of which nobody has said whether they are 共性 or 个性.
    pub(crate) fn unsorted(&self) -> u32 {
        self.all.saturating_sub(self.common).saturating_sub(self.individual)
    }

    /// How many branches have one.
    pub(crate) fn branches(&self) -> u32 {
        u32::try_from(self.branches.len()).unwrap_or(u32::MAX)
    }

    /// How many stand so.
    pub(crate) fn of(&self, state: FindingState) -> u32 {
        self.by_state.get(&state).copied().unwrap_or(0)
    }
}

/// The findings about an item in a sector, or those about none.
#[derive(Debug)]
pub(crate) struct OfItem<'a> {
    /// One of them.
    pub(crate) first: &'a Row,
    /// How many there are.
    pub(crate) counts: Counts,
    /// The names of the branches.
    pub(crate) names: BTreeSet<&'a str>,
}

/// Whether a problem is 共性 or 个性, as far as that is known.
pub(crate) type SortOf<'a> = &'a dyn Fn(&Row) -> Option<Sort>;

/// Item by item, in the order of the checklists in force; what names no item comes last.
pub(crate) fn by_item<'a>(rows: &'a [Row], sort: SortOf<'_>, items: &Items, today: Date) -> Vec<OfItem<'a>> {
    let mut counted: BTreeMap<(usize, String), OfItem<'a>> = BTreeMap::new();
    for row in rows {
        let (sector, item) = (&row.branch.sector, row.finding.item.as_ref());
        let place = item.map_or(usize::MAX, |item| items.place(sector, item).unwrap_or(usize::MAX - 1));
        let name = item.map(|item| format!("{sector}/{item}")).unwrap_or_default();
        let new = || OfItem { first: row, counts: Counts::default(), names: BTreeSet::new() };
        let of_item = counted.entry((place, name)).or_insert_with(new);
        of_item.counts.add(row, sort(row), today);
        of_item.names.insert(&row.branch.name);
    }
    counted.into_values().collect()
}

/// By the unit right above the branch, with its name; and all together.
pub(crate) fn by_town<'a>(
    rows: &'a [Row],
    sort: SortOf<'_>,
    today: Date,
) -> (Vec<(&'a str, Counts)>, Counts) {
    let mut towns: BTreeMap<Option<&BranchCode>, (&str, Counts)> = BTreeMap::new();
    let mut total = Counts::default();
    for row in rows {
        let new = || (row.above.as_str(), Counts::default());
        towns.entry(row.branch.parent.as_ref()).or_insert_with(new).1.add(row, sort(row), today);
        total.add(row, sort(row), today);
    }
    (towns.into_values().collect(), total)
}
