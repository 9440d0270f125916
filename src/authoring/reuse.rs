//! Ids that were given to another item. What a branch has filled in is kept under an item's id from version to version, so an
//! id that now means something else would put old answers under a new question.

use super::Package;
use crate::domain::{Checklist, Item, ItemId};
use crate::sheets::{Fault, Sheet, fault::quoted};
use std::{borrow::Borrow, collections::BTreeMap};

/// From this likeness on, two texts are taken for the same one, rewritten. Unrelated short Chinese texts share almost no pair
/// of characters; a rewritten one keeps far more than a third of them.
const SAME_FROM: f64 = 0.3;

/// An item whose id was published for something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reused {
    /// The id.
    pub id: ItemId,
    /// Title and aspect of what it was published for last.
    pub before: (String, String),
    /// Title and aspect of what it stands for now.
    pub now: (String, String),
}

impl Reused {
    /// As a fault at the item's row; what is to be done about it depends on who may change what.
    pub fn fault(&self, sheets: &[Sheet], remedy: &str) -> Fault {
        let Self { id, before, now } = self;
        Fault {
            sheet: "条目".into(),
            row: row(sheets, id.as_str()),
            column: Some("编号".into()),
            problem: format!(
                "编号{}已经发布给“{}”（{}），现在是“{}”（{}）",
                quoted(id.as_str()),
                before.0,
                before.1,
                now.0,
                now.1
            ),
            remedy: remedy.into(),
        }
    }
}

/// The items of a package whose ids were published for something else. `published` is every checklist
/// that ever was, the newest first: an id that a version has dropped still leads to what branches have filled in. An item is
/// the same when in one of them its aspect is the same and its title or its requirement is still recognisable, so that an item
/// that was rewritten step by step, or confirmed once, is not asked about again. Where the sector itself has had the id, what
/// other sectors have under it does not count. The author may know better.
pub fn reused(published: &[impl Borrow<Checklist>], package: &Package) -> Vec<Reused> {
    let mut found: Vec<Reused> = Vec::new();
    let items = package.checklists.iter().flat_map(|list| list.items().map(move |item| (&list.sector, item)));
    for (sector, (aspect, item)) in items {
        let known = |own: bool| {
            let lists =
                published.iter().map(Borrow::borrow).filter(move |list| !own || &list.sector == sector);
            lists.filter_map(|list: &Checklist| list.find(&item.id))
        };
        let own = known(true).next().is_some();
        let Some((_, before_aspect, before)) = known(own).next() else { continue };
        if known(own).any(|(_, of, known)| of.id == aspect.id && is_same(known, item)) {
            continue;
        }
        let one = Reused {
            id: item.id.clone(),
            before: (before.title.clone(), before_aspect.name.clone()),
            now: (item.title.clone(), aspect.name.clone()),
        };
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

fn is_same(before: &Item, after: &Item) -> bool {
    likeness(&before.title, &after.title) >= SAME_FROM
        || likeness(&before.requirement, &after.requirement) >= SAME_FROM
}

/// How alike two texts are, from 0 to 1: the share of the pairs of neighbouring characters that both have (Dice).
fn likeness(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    let pairs = |text: &str| {
        let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut pairs: BTreeMap<(char, char), u32> = BTreeMap::new();
        for pair in letters.windows(2) {
            if let [first, second] = pair {
                *pairs.entry((*first, *second)).or_default() += 1;
            }
        }
        pairs
    };
    let (one, other) = (pairs(one), pairs(other));
    let all = one.values().sum::<u32>() + other.values().sum::<u32>();
    let both: u32 = one.iter().map(|(pair, count)| (*count).min(other.get(pair).copied().unwrap_or(0))).sum();
    if all == 0 { 0.0 } else { f64::from(2 * both) / f64::from(all) }
}

/// The row of 条目 that has this id.
fn row(sheets: &[Sheet], id: &str) -> Option<usize> {
    let sheet = sheets.iter().find(|sheet| sheet.name == "条目")?;
    sheet.row_that_says(&[("编号", id)])
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    fn package() -> Package {
        builtin().unwrap()
    }

    #[test]
    fn a_rewritten_item_is_the_same_and_another_one_is_not() {
        let published = package().checklists;
        let sheets = builtin::sheets().unwrap();
        assert_eq!(reused(&published, &package()), []);
        let mut after = package();
        after.checklists[0].aspects[0].items[0].title = "支部怎么设".into();
        after.checklists[0].aspects[0].items[1].requirement = "全部重新写过的一段话".into();
        assert_eq!(reused(&published, &after), []);
        let items = &mut after.checklists[0].aspects[0].items;
        items[2].title = "远程教育站点".into();
        items[2].requirement = "播放设备能用，每月有播放登记。".into();
        let faults = reused(&published, &after);
        assert_eq!(faults.len(), 1, "{faults:#?}");
        let fault = faults[0].fault(&sheets, "换一个编号");
        assert_eq!(fault.row, Some(6));
        let said = fault.to_string();
        assert!(
            said.contains("“NC-A3”已经发布给“按期换届与选举程序”") && said.contains("换一个编号"),
            "{said}"
        );
    }

    #[test]
    fn an_id_is_remembered_by_every_version_that_had_it() {
        let first = package().checklists;
        let rewritten = |title: &str, requirement: &str| {
            let mut after = package();
            let item = &mut after.checklists[0].aspects[0].items[2];
            (item.title, item.requirement) = (title.into(), requirement.into());
            after
        };
        let second = rewritten("远程教育站点", "播放设备能用，每月有播放登记。");
        // What the newest version says of the id is what is told.
        let third = rewritten("党员活动室", "挂了党旗和誓词，桌椅够坐。");
        let both = [&second.checklists[..1], &first[..1]].concat();
        let faults = reused(&both, &third);
        assert_eq!(faults.len(), 1, "{faults:#?}");
        assert_eq!(faults[0].before.0, "远程教育站点");
        // What was confirmed once is known from then on, and so is the way back.
        assert_eq!(reused(&both, &second), []);
        assert_eq!(reused(&both, &package()), []);
        // A version without the id changes nothing.
        let mut without = package();
        for list in &mut without.checklists {
            list.aspects[0].items.retain(|item| item.id.as_str() != "NC-A3");
        }
        assert_eq!(reused(&[&without.checklists[..], &first].concat(), &second).len(), 1);
    }

    #[test]
    fn an_item_that_moved_to_another_aspect_is_asked_about() {
        let published = package().checklists;
        let mut after = package();
        let moved = after.checklists[0].aspects[0].items.remove(0);
        after.checklists[0].aspects[1].items.push(moved);
        let faults = reused(&published, &after);
        assert_eq!(faults.len(), 1);
        assert_eq!((faults[0].before.1.as_str(), faults[0].now.1.as_str()), ("组织健全", "制度完善"));
    }

    #[test]
    fn likeness_tells_rewording_from_another_matter() {
        for (one, other) in [("党员大会", "支部党员大会"), ("按期换届与选举程序", "按期换届"), ("甲", "甲")]
        {
            assert!(likeness(one, other) >= SAME_FROM, "{one} {other}");
        }
        for (one, other) in [("党员大会", "党费收缴"), ("组织设置与规模", "支委会建制"), ("甲", "乙")]
        {
            assert!(likeness(one, other) < SAME_FROM, "{one} {other}");
        }
    }
}
