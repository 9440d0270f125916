//! Whether a roster makes one tree together with what is stored: what is above is there and higher, nothing is above itself, what
//! lies below a changed unit still may. The words for the clerk are here; rows and columns are the table's.

use crate::{
    domain::BranchCode,
    protocol::Level,
    server::database::{Member, Tree, Unit},
    sheets::fault::quoted,
};
use std::collections::{BTreeMap, BTreeSet};

/// In which column of the unit's row something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// 上级编号
    Parent,
    /// 上级编号: nobody has it.
    Above,
    /// 层级
    Level,
}

/// What is wrong with a unit's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misplaced {
    /// The unit, which is in the table.
    pub(crate) unit: BranchCode,
    /// Its column.
    pub(crate) place: Place,
    /// What is wrong, in Chinese.
    pub(crate) problem: String,
    /// What to do, in Chinese.
    pub(crate) remedy: &'static str,
}

/// The units of a table over those that are stored. A row that could not be read is in it without a unit: it hides what is stored.
pub(crate) struct Overlay<'a> {
    rows: &'a BTreeMap<BranchCode, Option<Unit>>,
    stored: &'a Tree,
    below: BTreeMap<&'a BranchCode, Vec<&'a Unit>>,
}

impl<'a> Overlay<'a> {
    /// Of these rows over this tree.
    pub(crate) fn new(rows: &'a BTreeMap<BranchCode, Option<Unit>>, stored: &'a Tree) -> Self {
        let kept = stored.all().filter(|member| member.ended.is_none()).map(|member| &member.unit);
        let kept = kept.filter(|unit| !rows.contains_key(&unit.code));
        let mut below: BTreeMap<&BranchCode, Vec<&Unit>> = BTreeMap::new();
        for unit in rows.values().flatten().chain(kept) {
            if let Some(parent) = &unit.parent {
                below.entry(parent).or_default().push(unit);
            }
        }
        Self { rows, stored, below }
    }

    fn unit(&self, code: &BranchCode) -> Option<&'a Unit> {
        match self.rows.get(code) {
            Some(unit) => unit.as_ref(),
            None => self.stored.get(code).map(|member| &member.unit),
        }
    }

    /// The units of the table, each after the unit above it, and what is wrong with their places.
    pub(crate) fn in_order(&self) -> (Vec<Unit>, Vec<Misplaced>) {
        let (mut ordered, mut wrong) = (Vec::with_capacity(self.rows.len()), Vec::new());
        for unit in self.rows.values().flatten() {
            let mut say = |place, problem, remedy| {
                wrong.push(Misplaced { unit: unit.code.clone(), place, problem, remedy });
            };
            if let Some((problem, remedy)) =
                unit.parent.as_ref().and_then(|above| self.cannot_be_under(unit, above))
            {
                let is_known = unit.parent.as_ref().is_some_and(|above| self.is_known(above));
                say(if is_known { Place::Parent } else { Place::Above }, problem, remedy);
            }
            if let Some(problem) = self.cannot_have_below(unit) {
                let remedy =
                    "层级照原来的填；这是新设的党组织，就另用一个编号；确实降了级，先把它下面的改到别的上级";
                say(Place::Level, problem, remedy);
            }
            let mut passed = BTreeSet::new();
            let mut above = unit.parent.as_ref();
            while let Some(next) = above.filter(|next| **next != unit.code && passed.insert(*next)) {
                above = self.unit(next).and_then(|unit| unit.parent.as_ref());
            }
            if above == Some(&unit.code) {
                let problem = "一级一级往上，又回到了自己".to_owned();
                say(Place::Parent, problem, "核对这几行的上级编号，最上面一级留空");
            }
            ordered.push((passed.len(), unit.clone()));
        }
        ordered.sort_by_key(|(depth, _)| *depth);
        (ordered.into_iter().map(|(_, unit)| unit).collect(), wrong)
    }

    fn is_known(&self, code: &BranchCode) -> bool {
        self.rows.contains_key(code) || self.stored.get(code).is_some()
    }

    /// Why a unit cannot stand right under another, if so.
    fn cannot_be_under(&self, unit: &Unit, above: &BranchCode) -> Option<(String, &'static str)> {
        if !self.rows.contains_key(above) {
            match self.stored.get(above) {
                None => {
                    let problem =
                        format!("上级{}既不在这张表里，也不在已导入的名册里", quoted(above.as_str()));
                    return Some((problem, "核对编号，或者在表里加上这个上级党组织"));
                }
                Some(Member { unit, ended: Some(ended), .. }) => {
                    let problem =
                        format!("上级{}（{}）从{}起已经没有了", quoted(above.as_str()), unit.name, ended.on);
                    return Some((problem, "填它现在的上级"));
                }
                Some(_) => {}
            }
        }
        let upper = self.unit(above)?;
        if unit.level.stands_under(upper.level) || above == &unit.code {
            return None;
        }
        if upper.level == Level::Branch {
            return Some((
                format!("上级{}是一个支部", quoted(above.as_str())),
                "支部下面不再设党组织：填它真正的上级",
            ));
        }
        let (name, level, upper_level) = (&upper.name, level_name(unit.level), level_name(upper.level));
        Some((
            format!("上级{}（{name}）是{upper_level}，{level}不能在它下面", quoted(above.as_str())),
            "核对这一行的层级和上级编号：上级要比它高",
        ))
    }

    /// What is stored below a unit and may not stay there, if so. What is in the table is said in its own row.
    fn cannot_have_below(&self, unit: &Unit) -> Option<String> {
        let stored = self.below.get(&unit.code)?.iter().filter(|below| !self.rows.contains_key(&below.code));
        let wrong: Vec<_> = stored.filter(|below| !below.level.stands_under(unit.level)).collect();
        let first = wrong.first()?;
        Some(format!(
            "已导入的名册里它下面还有{}个党组织，如“{}”（{}），不能是{}",
            wrong.len(),
            first.name,
            level_name(first.level),
            level_name(unit.level)
        ))
    }

    /// The same name twice under one unit, where the table has a part in it: it may be one branch entered twice.
    pub(crate) fn namesakes(&self) -> Vec<String> {
        let mut told = Vec::new();
        for (above, units) in &self.below {
            let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for unit in units {
                named.entry(&unit.name).or_default().push(unit.code.as_str());
            }
            let in_table = |code: &&str| self.rows.keys().any(|known| known.as_str() == *code);
            for (name, mut codes) in named.into_iter().filter(|(_, codes)| codes.len() > 1) {
                if codes.iter().any(in_table) {
                    codes.sort_unstable();
                    let upper = self.unit(above).map_or(above.as_str(), |unit| &unit.name);
                    let (count, codes) = (codes.len(), codes.join("、"));
                    told.push(format!(
                        "“{upper}”下面有{count}个“{name}”（{codes}）：要是同一个，多余的编号用 roster end 撤销。"
                    ));
                }
            }
        }
        told
    }
}

/// A level as the roster writes it.
pub(crate) fn level_name(level: Level) -> &'static str {
    match level {
        Level::City => "市",
        Level::County => "县",
        Level::Township => "乡镇/街道",
        Level::SystemCommittee => "系统党(工)委",
        Level::VillageCommittee => "村党委/党总支",
        Level::Branch => "支部",
    }
}
