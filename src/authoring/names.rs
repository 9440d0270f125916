//! What rows refer to by its name.

use super::words;
use crate::domain::{AspectId, MethodId, SectorId};
use crate::sheets::{
    fault::{Faults, quoted},
    table::Line,
};
use std::collections::BTreeSet;

/// What the rows refer to.
pub(super) struct Names {
    /// Sectors by id and name.
    pub(super) sectors: Vec<(SectorId, String)>,
    /// Aspects by id and name.
    pub(super) aspects: Vec<(AspectId, String)>,
    /// Ways of inspection by id, short name and name.
    pub(super) methods: Vec<(MethodId, String, String)>,
    /// The sheets with a row that cannot be read: a name that is not found may be that row's.
    pub(super) unread: BTreeSet<&'static str>,
}

/// The sectors a row holds for.
#[derive(Debug, Default, Clone)]
pub(super) struct Sectors {
    /// Those that it names and 领域 has.
    pub(super) named: BTreeSet<SectorId>,
    /// Whether it says any at all; one that does not holds for all of its item's.
    pub(super) says: bool,
    /// Whether it names one that was not found: what it holds for is not known.
    pub(super) lost: bool,
}

impl Sectors {
    /// Whether a row holds for a sector of its item.
    pub(super) fn hold(&self, sector: &SectorId) -> bool {
        !self.says || self.named.contains(sector)
    }
}

/// The sectors that a row names.
pub(super) fn sectors(line: Line<'_>, names: &Names, faults: &mut Faults) -> Sectors {
    let mislaid = line.mislaid("领域");
    let mut sectors = Sectors { says: mislaid, lost: mislaid, ..Sectors::default() };
    for piece in line.pieces("领域") {
        sectors.says = true;
        if piece == words::ALL_SECTORS {
            sectors.named.extend(names.sectors.iter().map(|(id, _)| id.clone()));
            continue;
        }
        match names.sectors.iter().find(|(id, name)| name == piece || id.as_str() == piece) {
            Some((id, _)) => {
                sectors.named.insert(id.clone());
            }
            // The sheet 领域 itself, or a row of it, cannot be read.
            None if names.sectors.is_empty() || names.unread.contains("领域") => sectors.lost = true,
            None => {
                sectors.lost = true;
                let remedy = "填“领域”表里的名称，几个用、隔开，或者填“全部”";
                line.fault("领域", format!("没有{}这个领域", quoted(piece)), remedy, faults);
            }
        }
    }
    sectors
}
