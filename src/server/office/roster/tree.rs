//! Whether units make one tree together with what is stored: what is above is there and higher, nothing is above itself, what lies
//! below a changed unit still may.

use crate::{
    domain::BranchCode,
    protocol::Level,
    server::database::{Member, Tree, Unit},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A unit that cannot stand where it would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misplaced {
    /// The unit.
    pub(crate) unit: BranchCode,
    /// Why not.
    pub(crate) wrong: Wrong,
}

/// What is wrong with a unit's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It is a branch with codes, phones or submissions, and would be another kind of unit.
    InUse,
    /// What it would stand under is nowhere.
    Nowhere {
        /// What it would stand under.
        above: BranchCode,
    },
    /// What it would stand under has ended.
    Ended {
        /// What it would stand under.
        above: BranchCode,
        /// Its name.
        name: String,
        /// Since when.
        on: Date,
    },
    /// What it would stand under is a branch.
    UnderBranch {
        /// The branch.
        above: BranchCode,
    },
    /// What it would stand under is not higher than it.
    NotHigher {
        /// What it would stand under.
        above: BranchCode,
        /// Its name.
        name: String,
        /// Its level.
        upper: Level,
        /// The unit's own.
        level: Level,
    },
    /// What is stored below it cannot stand under its new level.
    Below {
        /// How many units.
        count: usize,
        /// The name of the first.
        first: String,
        /// The level of the first.
        of: Level,
        /// The unit's own.
        level: Level,
    },
    /// Above it, it comes again.
    Circle,
}

/// Units of one name under one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Namesakes {
    /// What the unit above is called; its code, where it is not known.
    pub(crate) above: String,
    /// What they are called.
    pub(crate) name: String,
    /// Their codes.
    pub(crate) codes: Vec<BranchCode>,
}

/// Units over those that are stored. One that could not be read is in it by its code alone: it hides what is stored.
pub(crate) struct Overlay<'a> {
    rows: &'a BTreeMap<BranchCode, Option<Unit>>,
    stored: &'a Tree,
    in_use: &'a BTreeSet<BranchCode>,
    below: BTreeMap<&'a BranchCode, Vec<&'a Unit>>,
}

impl<'a> Overlay<'a> {
    /// Of these rows over this tree, of which these branches have a code, a phone or a submission.
    pub(crate) fn new(
        rows: &'a BTreeMap<BranchCode, Option<Unit>>,
        stored: &'a Tree,
        in_use: &'a BTreeSet<BranchCode>,
    ) -> Self {
        let kept = stored.all().filter(|member| member.ended.is_none()).map(|member| &member.unit);
        let kept = kept.filter(|unit| !rows.contains_key(&unit.code));
        let mut below: BTreeMap<&BranchCode, Vec<&Unit>> = BTreeMap::new();
        for unit in rows.values().flatten().chain(kept) {
            if let Some(parent) = &unit.parent {
                below.entry(parent).or_default().push(unit);
            }
        }
        Self { rows, stored, in_use, below }
    }

    fn unit(&self, code: &BranchCode) -> Option<&'a Unit> {
        match self.rows.get(code) {
            Some(unit) => unit.as_ref(),
            None => self.stored.get(code).map(|member| &member.unit),
        }
    }

    /// The units of the rows, each after the unit above it, and what is wrong with their places.
    pub(crate) fn in_order(&self) -> (Vec<Unit>, Vec<Misplaced>) {
        let (mut ordered, mut misplaced) = (Vec::with_capacity(self.rows.len()), Vec::new());
        for unit in self.rows.values().flatten() {
            let mut passed = BTreeSet::new();
            let mut above = unit.parent.as_ref();
            while let Some(next) = above.filter(|next| **next != unit.code && passed.insert(*next)) {
                above = self.unit(next).and_then(|unit| unit.parent.as_ref());
            }
            let circle = (above == Some(&unit.code)).then_some(Wrong::Circle);
            let in_use = unit.level != Level::Branch && self.in_use.contains(&unit.code);
            let wrong = in_use.then_some(Wrong::InUse).into_iter();
            let wrong = wrong.chain(unit.parent.as_ref().and_then(|above| self.cannot_be_under(unit, above)));
            let wrong = wrong.chain(self.cannot_have_below(unit)).chain(circle);
            misplaced.extend(wrong.map(|wrong| Misplaced { unit: unit.code.clone(), wrong }));
            ordered.push((passed.len(), unit.clone()));
        }
        ordered.sort_by_key(|(depth, _)| *depth);
        (ordered.into_iter().map(|(_, unit)| unit).collect(), misplaced)
    }

    /// Why a unit cannot stand right under another, if so.
    fn cannot_be_under(&self, unit: &Unit, above: &BranchCode) -> Option<Wrong> {
        if !self.rows.contains_key(above) {
            match self.stored.get(above) {
                None => return Some(Wrong::Nowhere { above: above.clone() }),
                Some(Member { unit, ended: Some(ended), .. }) => {
                    let (above, name, on) = (above.clone(), unit.name.clone(), ended.on);
                    return Some(Wrong::Ended { above, name, on });
                }
                Some(_) => {}
            }
        }
        let upper = self.unit(above)?;
        if unit.level.stands_under(upper.level) || above == &unit.code {
            return None;
        }
        let above = above.clone();
        Some(match upper.level {
            Level::Branch => Wrong::UnderBranch { above },
            level => Wrong::NotHigher { above, name: upper.name.clone(), upper: level, level: unit.level },
        })
    }

    /// What is stored below a unit and may not stay there, if so. What is in the rows is said of its own row.
    fn cannot_have_below(&self, unit: &Unit) -> Option<Wrong> {
        let stored = self.below.get(&unit.code)?.iter().filter(|below| !self.rows.contains_key(&below.code));
        let wrong: Vec<_> = stored.filter(|below| !below.level.stands_under(unit.level)).collect();
        let first = wrong.first()?;
        let (first, of) = (first.name.clone(), first.level);
        Some(Wrong::Below { count: wrong.len(), first, of, level: unit.level })
    }

    /// The same name twice under one unit, where the rows have a part in it: it may be one branch entered twice.
    pub(crate) fn namesakes(&self) -> Vec<Namesakes> {
        let mut told = Vec::new();
        for (above, units) in &self.below {
            let mut named: BTreeMap<&str, Vec<&BranchCode>> = BTreeMap::new();
            for unit in units {
                named.entry(&unit.name).or_default().push(&unit.code);
            }
            for (name, mut codes) in named.into_iter().filter(|(_, codes)| codes.len() > 1) {
                if codes.iter().any(|code| self.rows.contains_key(*code)) {
                    codes.sort_unstable();
                    let above = self.unit(above).map_or(above.as_str(), |unit| &unit.name).to_owned();
                    let codes = codes.into_iter().cloned().collect();
                    told.push(Namesakes { above, name: name.to_owned(), codes });
                }
            }
        }
        told
    }
}
