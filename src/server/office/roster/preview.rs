//! What a roster would change, told before it is brought in.

use super::{Tree, Unit};
use crate::domain::BranchCode;
use std::collections::BTreeMap;

/// What a roster would change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Preview {
    /// Units that are not known.
    pub(crate) added: Vec<Unit>,
    /// Units that would stand otherwise: how they stand, and how they would.
    pub(crate) changed: Vec<(Unit, Unit)>,
    /// How many are known just so.
    pub(crate) same: usize,
}

/// What about a unit would be otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Aspect {
    /// 更名
    Name,
    /// 转隶
    Parent,
    /// 层级
    Level,
    /// 领域
    Sector,
    /// 电话
    Telephone,
}

impl Preview {
    /// Of these units over this tree.
    pub(crate) fn of(tree: &Tree, units: &[Unit]) -> Self {
        let mut preview = Self::default();
        for unit in units {
            match tree.get(&unit.code).map(|member| &member.unit) {
                None => preview.added.push(unit.clone()),
                Some(old) if old == unit => preview.same += 1,
                Some(old) => preview.changed.push((old.clone(), unit.clone())),
            }
        }
        preview
    }

    /// Whether nothing would change.
    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty()
    }

    /// What all units that are told of stand or would stand under, by name; those of the roster by the names in it.
    pub(crate) fn names_above(&self, tree: &Tree) -> BTreeMap<BranchCode, String> {
        let known = tree.all().map(|member| (member.unit.code.clone(), member.unit.name.clone()));
        let new = self.added.iter().chain(self.changed.iter().map(|(_, new)| new));
        known.chain(new.map(|unit| (unit.code.clone(), unit.name.clone()))).collect()
    }
}

/// What is otherwise between how a unit stands and how it would.
pub(crate) fn aspects(old: &Unit, new: &Unit) -> Vec<Aspect> {
    let differ = [
        (Aspect::Name, old.name != new.name),
        (Aspect::Parent, old.parent != new.parent),
        (Aspect::Level, old.level != new.level),
        (Aspect::Sector, old.sector != new.sector),
        (Aspect::Telephone, old.telephone != new.telephone),
    ];
    differ.into_iter().filter(|(_, differs)| *differs).map(|(aspect, _)| aspect).collect()
}
