//! What of a roster somebody may not bring in: told before, and without saying what a unit of somebody else's is called.

use super::{Member, Tree, Unit, importing::Known};
use crate::{
    domain::BranchCode,
    server::office::{actor::Actor, people::Act},
};
use jiff::civil::Date;

/// What a unit is called in what is told to somebody it does not belong to.
const SOMEBODY_ELSES: &str = "不归您管的党组织";

/// The part of the tree that somebody may change.
pub(crate) struct Reach<'a> {
    tree: &'a Tree,
    /// The units from which on; nothing where it is all of it.
    from: Option<Vec<BranchCode>>,
}

/// A unit of a roster that is not theirs, or would stand under one that is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Beyond {
    /// The code is that of somebody else's unit.
    Itself(BranchCode),
    /// It would stand under somebody else's unit, or under none.
    Above(BranchCode),
}

impl<'a> Reach<'a> {
    /// Of whoever acts.
    pub(crate) fn of(actor: &Actor, tree: &'a Tree, today: Date) -> Self {
        let from = match actor {
            Actor::Operator { .. } => None,
            Actor::Phone(_) => Some(Vec::new()),
            Actor::Person(person) => Some(person.reaches(Act::Arrange, today)),
        };
        Self { tree, from }
    }

    fn holds(&self, code: &BranchCode) -> bool {
        self.from.as_ref().is_none_or(|from| from.iter().any(|from| self.tree.lies_in(code, from)))
    }

    /// Every unit of it.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'a Member> {
        self.tree.all().filter(|member| self.holds(&member.unit.code))
    }

    /// What a roster is held against, without the names of what is not theirs.
    pub(crate) fn known(&self, known: &Known) -> Known {
        let seen = known.tree.all().map(|member| match self.holds(&member.unit.code) {
            true => member.clone(),
            false => {
                let unit =
                    Unit { name: SOMEBODY_ELSES.into(), telephone: String::new(), ..member.unit.clone() };
                Member { unit, ..member.clone() }
            }
        });
        Known { tree: seen.collect(), in_use: known.in_use.clone() }
    }

    /// Those of these units that they may not bring in so.
    pub(crate) fn beyond(&self, units: &[Unit]) -> Vec<Beyond> {
        let beyond = units.iter().filter_map(|unit| {
            let old = self.tree.get(&unit.code).map(|member| &member.unit);
            if old == Some(unit) {
                return None;
            }
            if old.is_some() && !self.holds(&unit.code) {
                return Some(Beyond::Itself(unit.code.clone()));
            }
            if old.is_some_and(|old| old.parent == unit.parent) {
                return None;
            }
            let is_new = |above: &BranchCode| {
                self.tree.get(above).is_none() && units.iter().any(|unit| unit.code == *above)
            };
            let stands = unit.parent.as_ref().is_some_and(|above| self.holds(above) || is_new(above));
            (!stands).then(|| Beyond::Above(unit.code.clone()))
        });
        beyond.collect()
    }
}
