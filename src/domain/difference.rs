//! What differs between two versions of a checklist, and what that does to answers given under the older one.
//!
//! The older version may also be the checklist of another sector: items are the same when their ids are. An empty list of
//! differences means that the two ask and value exactly the same; only their version may differ.

use super::{
    answer::AnswerKey,
    checklist::{Aspect, Checklist, Item, Part},
    ids::{ItemId, PartId, PeriodId},
    period::Period,
    points::Points,
    rule::{CountCredit, Rule, ShareCredit},
};
use std::collections::BTreeSet;

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Only the new version has the item.
    Added {
        /// Which.
        item: ItemId,
    },
    /// Only the old version has the item.
    Removed {
        /// Which.
        item: ItemId,
    },
    /// Both have it, and not alike.
    Changed {
        /// Which.
        item: ItemId,
        /// In what; never empty.
        changes: Vec<ItemChange>,
    },
    /// 等次线, and whatever else is said of the whole: the names of grades, quotas, limits, full points, shares of the year.
    ScoreLines,
    /// The most that bonus parts add.
    BonusCap,
    /// A period was added or removed, or has other dates or another name.
    Period {
        /// Which.
        period: PeriodId,
    },
    /// The standard's id, title, notice and marks, the names of aspects and methods, or the order of items.
    Frame,
}

/// In what an item differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemChange {
    /// 抓什么: another wording.
    Requirement,
    /// Whether the upper level judges it.
    JudgedAbove {
        /// Whether it does now.
        now: bool,
    },
    /// "本支部不设", "本期没有此事", or which branches are asked.
    Applicability,
    /// What caps the grade, vetoes among it.
    Limits,
    /// One more question.
    PartAdded {
        /// Which.
        part: PartId,
    },
    /// One question less.
    PartRemoved {
        /// Which.
        part: PartId,
    },
    /// Another wording of a question.
    Question {
        /// Of which part.
        part: PartId,
    },
    /// Another kind of rule, or other figures, choices, facts or occurrences.
    Rule {
        /// Of which part.
        part: PartId,
    },
    /// Another window.
    Window {
        /// Of which part.
        part: PartId,
    },
    /// Worth more or less, as a whole or in one of its choices, facts or occurrences; or within the full points or outside.
    Points {
        /// Which part.
        part: PartId,
    },
    /// Which activities of the ledger answer it.
    Ledger {
        /// Of which part.
        part: PartId,
    },
    /// How the parts make up the item.
    Combine,
    /// Whether a shortfall can still be made good.
    Mendable {
        /// Of which part.
        part: PartId,
    },
    /// It belongs to another aspect.
    Aspect,
    /// Its short name.
    Title,
    /// The plain words beneath the requirement.
    Plain,
    /// 怎么抓
    Guidance,
    /// 考核方式
    Methods,
    /// 佐证材料
    Evidence,
    /// 依据
    Citations,
    /// 说明
    Marks,
    /// Nothing of the above, for instance the order of choices, or which figure of the profile is offered.
    Minor,
}

/// What a difference does to what the branch has filled in, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing: answers and points stay.
    None,
    /// The answer is as true as before and is carried over; it may be worth something else.
    Points,
    /// Something is asked anew: to be answered, or looked at again (待复核).
    Answer,
}

impl Difference {
    /// What it does to what the branch has filled in.
    pub fn effect(&self) -> Effect {
        match self {
            Self::Added { .. } | Self::Period { .. } => Effect::Answer,
            Self::Removed { .. } | Self::ScoreLines | Self::BonusCap => Effect::Points,
            Self::Changed { changes, .. } => {
                changes.iter().map(ItemChange::effect).max().unwrap_or(Effect::None)
            }
            Self::Frame => Effect::None,
        }
    }

    /// The item concerned; `None` for what concerns the whole.
    pub fn item(&self) -> Option<&ItemId> {
        match self {
            Self::Added { item } | Self::Removed { item } | Self::Changed { item, .. } => Some(item),
            Self::ScoreLines | Self::BonusCap | Self::Period { .. } | Self::Frame => None,
        }
    }
}

impl ItemChange {
    /// What it does to what the branch has filled in.
    pub fn effect(&self) -> Effect {
        match self {
            Self::Requirement
            | Self::JudgedAbove { now: false }
            | Self::Applicability
            | Self::Limits
            | Self::PartAdded { .. }
            | Self::Question { .. }
            | Self::Rule { .. }
            | Self::Window { .. } => Effect::Answer,
            Self::JudgedAbove { now: true }
            | Self::PartRemoved { .. }
            | Self::Points { .. }
            | Self::Ledger { .. }
            | Self::Combine => Effect::Points,
            Self::Mendable { .. }
            | Self::Aspect
            | Self::Title
            | Self::Plain
            | Self::Guidance
            | Self::Methods
            | Self::Evidence
            | Self::Citations
            | Self::Marks
            | Self::Minor => Effect::None,
        }
    }

    /// Whether what was said in this register of the item has to be looked at again. That an item does not apply is said of
    /// all its questions, so it is touched by whatever touches one of them. Places, notes and photos are never touched.
    pub fn touches(&self, key: &AnswerKey) -> bool {
        if self.effect() != Effect::Answer {
            return false;
        }
        match (key, self) {
            (AnswerKey::Stance { .. }, _) => true,
            // The new question is asked; the others are as they were.
            (AnswerKey::Part { .. }, Self::PartAdded { .. }) => false,
            (
                AnswerKey::Part { part: said, .. },
                Self::Question { part } | Self::Rule { part } | Self::Window { part },
            ) => said == part,
            (AnswerKey::Part { .. }, _) => true,
            (
                AnswerKey::Profile
                | AnswerKey::Location { .. }
                | AnswerKey::Note { .. }
                | AnswerKey::Photo { .. },
                _,
            ) => false,
        }
    }
}

/// Everything that differs: items in the order of the new version, removed ones where they stood, then what concerns the whole.
pub fn differences(old: &Checklist, new: &Checklist) -> Vec<Difference> {
    let mut found = Vec::new();
    let removed_after = |place: Option<&ItemId>| {
        let start = match place {
            None => 0,
            Some(id) => old.items().position(|(_, item)| &item.id == id).map_or(usize::MAX, |at| at + 1),
        };
        let gone = old.items().skip(start).take_while(|(_, item)| new.find(&item.id).is_none());
        gone.map(|(_, item)| Difference::Removed { item: item.id.clone() }).collect::<Vec<_>>()
    };
    found.extend(removed_after(None));
    for (aspect, item) in new.items() {
        match old.find(&item.id) {
            None => found.push(Difference::Added { item: item.id.clone() }),
            Some((_, old_aspect, old_item)) => {
                let mut changes = item_changes(old_item, item);
                if old_aspect.id != aspect.id {
                    changes.push(ItemChange::Aspect);
                }
                if !changes.is_empty() {
                    found.push(Difference::Changed { item: item.id.clone(), changes });
                }
                found.extend(removed_after(Some(&item.id)));
            }
        }
    }
    let whole = |list: &Checklist| (list.grading.clone(), list.full, list.limits.clone(), list.year.clone());
    if whole(old) != whole(new) {
        found.push(Difference::ScoreLines);
    }
    if old.bonus_cap != new.bonus_cap {
        found.push(Difference::BonusCap);
    }
    found.extend(periods(old, new));
    if frame_differs(old, new) {
        found.push(Difference::Frame);
    }
    found
}

/// In what two versions of an item differ.
pub fn item_changes(old: &Item, new: &Item) -> Vec<ItemChange> {
    let mut changes = Vec::new();
    let mut note = |differs: bool, change: ItemChange| {
        if differs {
            changes.push(change);
        }
    };
    note(old.requirement != new.requirement, ItemChange::Requirement);
    note(old.judged_above != new.judged_above, ItemChange::JudgedAbove { now: new.judged_above });
    let applies = |item: &Item| (item.may_be_absent, item.may_not_occur, item.only_if);
    note(applies(old) != applies(new), ItemChange::Applicability);
    note(old.limits != new.limits, ItemChange::Limits);
    note(old.combine != new.combine, ItemChange::Combine);
    for part in &new.parts {
        let id = || part.id.clone();
        let Some(before) = old.part(&part.id) else {
            note(true, ItemChange::PartAdded { part: id() });
            continue;
        };
        note(before.text != part.text, ItemChange::Question { part: id() });
        note(asked(before) != asked(part), ItemChange::Rule { part: id() });
        note(before.window != part.window, ItemChange::Window { part: id() });
        note(worth(before) != worth(part), ItemChange::Points { part: id() });
        note(before.from_ledger != part.from_ledger, ItemChange::Ledger { part: id() });
        note(before.mendable != part.mendable, ItemChange::Mendable { part: id() });
    }
    for part in old.parts.iter().filter(|part| new.part(&part.id).is_none()) {
        note(true, ItemChange::PartRemoved { part: part.id.clone() });
    }
    note(old.title != new.title, ItemChange::Title);
    note(old.plain != new.plain, ItemChange::Plain);
    note(old.guidance != new.guidance, ItemChange::Guidance);
    note(old.methods != new.methods, ItemChange::Methods);
    note(old.evidence != new.evidence, ItemChange::Evidence);
    note(old.citations != new.citations, ItemChange::Citations);
    note(old.marks != new.marks, ItemChange::Marks);
    if changes.is_empty() && old != new {
        changes.push(ItemChange::Minor);
    }
    changes
}

/// What a part asks, whatever it is worth and in whatever order its choices stand.
fn asked(part: &Part) -> Rule {
    let mut rule = part.rule.clone();
    match &mut rule {
        Rule::YesNo => {}
        Rule::Count { credit, .. } => {
            if let CountCredit::EachMissing { costs } = credit {
                *costs = Points::ZERO;
            }
        }
        Rule::Share { from_profile, credit, .. } => {
            *from_profile = None;
            match credit {
                ShareCredit::Bands { bands } => {
                    bands.iter_mut().for_each(|band| band.points = Points::ZERO);
                }
                ShareCredit::EachBelow { costs, .. } => *costs = Points::ZERO,
                ShareCredit::Proportional { .. } => {}
            }
        }
        Rule::Level { choices } => {
            choices.iter_mut().for_each(|choice| choice.points = Points::ZERO);
            choices.sort_by(|a, b| a.id.cmp(&b.id));
        }
        Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
            occurrences.iter_mut().for_each(|kind| kind.each = Points::ZERO);
            occurrences.sort_by(|a, b| a.id.cmp(&b.id));
        }
        Rule::Facts { facts } => {
            facts.iter_mut().for_each(|fact| fact.deducts = Points::ZERO);
            facts.sort_by(|a, b| a.id.cmp(&b.id));
        }
    }
    rule
}

/// What a part and each of its choices are worth. What only one version has is part of the rule, and left out here.
fn worth(part: &Part) -> (Points, bool, Vec<(&str, Points)>) {
    let mut each: Vec<(&str, Points)> = match &part.rule {
        Rule::Count { credit: CountCredit::EachMissing { costs }, .. }
        | Rule::Share { credit: ShareCredit::EachBelow { costs, .. }, .. } => vec![("", *costs)],
        Rule::YesNo | Rule::Count { .. } => Vec::new(),
        Rule::Share { credit: ShareCredit::Bands { bands }, .. } => {
            bands.iter().map(|band| ("", band.points)).collect()
        }
        Rule::Share { .. } => Vec::new(),
        Rule::Level { choices } => choices.iter().map(|choice| (choice.id.as_str(), choice.points)).collect(),
        Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
            occurrences.iter().map(|kind| (kind.id.as_str(), kind.each)).collect()
        }
        Rule::Facts { facts } => facts.iter().map(|fact| (fact.id.as_str(), fact.deducts)).collect(),
    };
    each.sort_unstable();
    (part.points, part.bonus, each)
}

fn periods<'a>(old: &'a Checklist, new: &'a Checklist) -> impl Iterator<Item = Difference> + 'a {
    let differs = |period: &&Period| old.period(&period.id) != new.period(&period.id);
    let gone = old.periods.iter().filter(|period| new.period(&period.id).is_none());
    let all = new.periods.iter().filter(differs).chain(gone);
    all.map(|period| Difference::Period { period: period.id.clone() })
}

fn frame_differs(old: &Checklist, new: &Checklist) -> bool {
    let aspect = |aspect: &Aspect| (aspect.id.clone(), aspect.name.clone());
    let names = |list: &Checklist| list.aspects.iter().map(aspect).collect::<Vec<_>>();
    let ids = |list: &Checklist| list.items().map(|(_, item)| item.id.clone()).collect::<BTreeSet<_>>();
    let (of_old, of_new) = (ids(old), ids(new));
    let common = |list: &Checklist| -> Vec<ItemId> {
        let items = list.items().map(|(_, item)| &item.id);
        items.filter(|id| of_old.contains(id) && of_new.contains(id)).cloned().collect()
    };
    let of_periods = |list: &Checklist| -> Vec<PeriodId> {
        let both = |id: &&PeriodId| old.period(id).is_some() && new.period(id).is_some();
        list.periods.iter().map(|period| &period.id).filter(both).cloned().collect()
    };
    (&old.standard, &old.title, &old.notice, &old.marks, &old.sector, &old.sector_name, &old.methods)
        != (&new.standard, &new.title, &new.notice, &new.marks, &new.sector, &new.sector_name, &new.methods)
        || names(old) != names(new)
        || common(old) != common(new)
        || of_periods(old) != of_periods(new)
}
