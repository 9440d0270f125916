//! What a version asks of branches before it is published: of one, and of all that the roster has of a sector.

use super::modules;
use crate::{
    authoring::burden::{self, ASSUMED, Difference, Dropped, SectorBurden},
    domain::{Checklist, SectorId},
    protocol::Module,
    server::database::{Database, DatabaseError},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is said about one sector in periods that ask the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// What one branch is asked.
    #[serde(flatten)]
    pub burden: SectorBurden,
    /// What all of them are.
    #[serde(flatten)]
    pub of_all: OfAll,
}

/// A demand that costs something else than before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Demand {
    /// What one branch is asked more or less.
    #[serde(flatten)]
    pub difference: Difference,
    /// What all of them are.
    #[serde(flatten)]
    pub of_all: OfAll,
}

/// What all branches of a sector are asked together, or asked more or less; nothing where there is no roster.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OfAll {
    /// Branches of the sector in the roster.
    pub branches: Option<usize>,
    /// Taps and numbers.
    pub answers_of_all: Option<i64>,
    /// Papers that may be photographed.
    pub photos_of_all: Option<i64>,
    /// Without photographs.
    pub seconds_of_all: Option<i64>,
    /// The same in hours, to one decimal.
    pub hours_of_all: Option<f64>,
}

impl OfAll {
    /// From what is asked of one of them.
    pub(crate) fn new(branches: Option<usize>, answers: i64, photos: i64, seconds: i64) -> Self {
        let times =
            |each: i64| branches.map(|count| each.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX)));
        let seconds = times(seconds);
        Self {
            branches,
            answers_of_all: times(answers),
            photos_of_all: times(photos),
            seconds_of_all: seconds,
            hours_of_all: seconds.map(|seconds| (seconds as f64 / 360.0).round() / 10.0),
        }
    }
}

/// A sector that the version leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// The sector.
    #[serde(flatten)]
    pub dropped: Dropped,
    /// Which version has it.
    pub against: Against,
    /// Branches of the sector in the roster; none where there is no roster.
    pub branches: Option<usize>,
}

/// What a version is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// The one in force, asked for or not: what it has would be gone once this one is published.
    InForce,
    /// The one that was named.
    Named,
}

/// What a module beyond the self-check adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Adds {
    /// Which.
    pub module: Module,
    /// Whether it is on; none where there is no database to say so.
    pub is_on: Option<bool>,
    /// How often a branch writes something down in a year by what the version asks, sector by sector; none where the version asks for
    /// nothing of it.
    pub entries_a_year: Vec<Entries>,
}

/// How often a branch of a sector writes something down in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entries {
    /// The sector's name.
    pub sector_name: String,
    /// So often.
    pub entries: u32,
}

/// What a version asks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What one answer is taken to cost.
    pub assumptions: burden::Assumptions,
    /// Sector by sector.
    pub sectors: Vec<Line>,
    /// What each module adds to that.
    pub modules: Vec<Adds>,
    /// What it leaves out.
    pub dropped: Vec<Gone>,
    /// What it asks more or less than the one that was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differences: Option<Vec<Demand>>,
}

/// What a version asks of branches, held against the one in force and the one that was named.
pub async fn report(
    database: Option<&Database>,
    checklists: &[Checklist],
    named: Option<&[Checklist]>,
) -> Result<Report, DatabaseError> {
    let (mut branches, mut in_force) = (BTreeMap::new(), None);
    if let Some(database) = database {
        branches = database.branches_by_sector().await?;
        in_force = database.version_in_force().await?.map(|version| version.checklists);
    }
    let of_sector = |sector: &SectorId| {
        (!branches.is_empty()).then(|| branches.get(sector.as_str()).copied().unwrap_or_default())
    };
    let sectors = burden::of_version(checklists).into_iter().map(|burden| {
        let branches = of_sector(&burden.sector);
        let [answers, photos, seconds] =
            [burden.cost.answers, burden.cost.photos, burden.cost.seconds].map(i64::from);
        Line { of_all: OfAll::new(branches, answers, photos, seconds), burden }
    });
    let demand = |difference: Difference| {
        let Difference { answers, photos, seconds, .. } = difference;
        let of_all = OfAll::new(of_sector(&difference.sector), answers, photos, seconds);
        Demand { difference, of_all }
    };
    let differences =
        named.map(|named| burden::differences(named, checklists).into_iter().map(demand).collect());
    let mut dropped: Vec<Gone> = Vec::new();
    for (against, before) in [(Against::InForce, in_force.as_deref()), (Against::Named, named)] {
        for gone in before.iter().flat_map(|before| burden::dropped(before, checklists)) {
            if !dropped.iter().any(|known| known.dropped.sector == gone.sector) {
                dropped.push(Gone { branches: of_sector(&gone.sector), against, dropped: gone });
            }
        }
    }
    let modules = adds(database, checklists).await?;
    Ok(Report { assumptions: ASSUMED, sectors: sectors.collect(), modules, dropped, differences })
}

/// What each module adds to what a version asks.
pub async fn adds(
    database: Option<&Database>,
    checklists: impl IntoIterator<Item = &Checklist>,
) -> Result<Vec<Adds>, DatabaseError> {
    let standing = match database {
        Some(database) => Some(modules::all(database).await?),
        None => None,
    };
    let is_on = |module| {
        standing.as_ref().map(|all| all.iter().any(|standing| standing.module == module && standing.is_on))
    };
    let entries = |list: &Checklist| Entries {
        sector_name: list.sector_name.clone(),
        entries: burden::ledger_entries_a_year(list),
    };
    let of_ledger: Vec<Entries> = checklists.into_iter().map(entries).filter(|one| one.entries > 0).collect();
    let entries_a_year = |module| match module {
        Module::Ledger => of_ledger.clone(),
        Module::Photos | Module::Mending => Vec::new(),
    };
    let all = Module::ALL.into_iter();
    Ok(all
        .map(|module| Adds { module, is_on: is_on(module), entries_a_year: entries_a_year(module) })
        .collect())
}
