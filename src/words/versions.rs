//! What changed between two versions of a standard, in the words that a phone uses, and in the documents.

use super::difference::{Card, card, summary};
use crate::domain::{Checklist, Collection, Document, ItemId, Section, SectorId, differences};

/// Checklists and documents of a version.
pub type Version<'a> = (&'a [Checklist], &'a [Document]);

/// Line by line; nothing where nothing changed.
pub fn said(old: Version<'_>, new: Version<'_>) -> Vec<String> {
    [sectors(old.0, new.0), changed(old.0, new.0), books(old.1, new.1)].concat()
}

fn of<'a>(lists: &'a [Checklist], sector: &SectorId) -> Option<&'a Checklist> {
    lists.iter().find(|list| &list.sector == sector)
}

/// Sectors that came or went.
fn sectors(old: &[Checklist], new: &[Checklist]) -> Vec<String> {
    let came = new.iter().filter(|list| of(old, &list.sector).is_none());
    let went = old.iter().filter(|list| of(new, &list.sector).is_none());
    let came = came.map(|list| format!("新增“{}”领域，{}条。", list.sector_name, list.items().count()));
    came.chain(went.map(|list| format!("不再有“{}”领域。", list.sector_name))).collect()
}

/// What is said of a change that one or more sectors share.
struct Told<'a> {
    /// Which item, if it is one: two items may read alike.
    item: Option<ItemId>,
    /// Without its place.
    card: Card,
    /// 第3条, with the sectors in which it stands there; empty for what concerns the whole.
    places: Vec<(String, Vec<&'a str>)>,
}

impl<'a> Told<'a> {
    fn also(&mut self, place: String, sector: &'a str) {
        match self.places.iter_mut().find(|(known, _)| *known == place) {
            Some((_, sectors)) => sectors.push(sector),
            None => self.places.push((place, vec![sector])),
        }
    }

    /// 【改了】第3条 支委会建制（农村、社区）, or 【改了】支委会建制（农村、社区第3条，机关第4条）.
    fn heading(&self) -> String {
        let Card { kind, about, .. } = &self.card;
        if let [(place, sectors)] = self.places.as_slice() {
            let named = if place.is_empty() { about.clone() } else { format!("{place} {about}") };
            return format!("【{kind}】{named}（{}）", sectors.join("、"));
        }
        let places = self.places.iter().map(|(place, sectors)| format!("{}{place}", sectors.join("、")));
        format!("【{kind}】{about}（{}）", places.collect::<Vec<_>>().join("，"))
    }
}

/// What changed in the checklists; what several sectors share is said once, though an item may have another number in each.
fn changed(old: &[Checklist], new: &[Checklist]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut told: Vec<Told<'_>> = Vec::new();
    for list in new {
        let Some(before) = of(old, &list.sector) else { continue };
        let all = differences(before, list);
        if all.is_empty() {
            continue;
        }
        lines.push(format!("{}：{}。", list.sector_name, summary(&all)));
        for difference in &all {
            let mut card = card(before, list, difference);
            let place = core::mem::take(&mut card.place);
            let item = difference.item();
            match told.iter_mut().find(|known| known.item.as_ref() == item && known.card == card) {
                Some(known) => known.also(place, &list.sector_name),
                None => {
                    let places = vec![(place, vec![list.sector_name.as_str()])];
                    told.push(Told { item: item.cloned(), card, places });
                }
            }
        }
    }
    for one in told {
        lines.push(String::new());
        lines.push(one.heading());
        let card = one.card;
        let said = |name: &str, texts: &[String]| -> Vec<String> {
            texts.iter().map(|text| format!("  {name}：{text}")).collect()
        };
        lines.extend(said("原来", &card.was));
        lines.extend(said("现在", &card.is));
        lines.push(format!("  对支部：{}", card.means));
    }
    lines
}

/// What changed in 一编一册, section by section.
fn books(old: &[Document], new: &[Document]) -> Vec<String> {
    let name = |document: &Document| {
        let book = match document.collection {
            Collection::Handbook => "手册",
            Collection::Compilation => "制度",
        };
        format!("{book}{}《{}》", document.number, document.title)
    };
    let mut lines = Vec::new();
    for document in new {
        let Some(before) = old.iter().find(|known| known.id == document.id) else {
            lines.push(format!("新增{}，{}节。", name(document), document.sections.len()));
            continue;
        };
        let find =
            |sections: &[Section], section: &Section| sections.iter().position(|one| one.id == section.id);
        let mut said = Vec::new();
        for section in &document.sections {
            match find(&before.sections, section).and_then(|place| before.sections.get(place)) {
                None => said.push(format!("加了“{}”", section.title)),
                Some(known) if known != section => said.push(format!("改了“{}”", section.title)),
                Some(_) => {}
            }
        }
        let gone = before.sections.iter().filter(|section| find(&document.sections, section).is_none());
        said.extend(gone.map(|section| format!("去了“{}”", section.title)));
        if said.is_empty() && before != document {
            said.push("题目、顺序或者领域变了".into());
        }
        if !said.is_empty() {
            lines.push(format!("{}：{}。", name(document), said.join("，")));
        }
    }
    let gone = old.iter().filter(|document| !new.iter().any(|known| known.id == document.id));
    lines.extend(gone.map(|document| format!("不再有{}。", name(document))));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::checklist;

    /// The lines with which a change begins, where every sector's third item has another requirement. In the second sector
    /// that is the second item when `shorter`.
    fn headings(shorter: bool) -> Vec<String> {
        let mut second = checklist();
        second.sector = SectorId::new("community").unwrap();
        second.sector_name = "社区".into();
        if shorter {
            second.aspects[0].items.remove(0);
        }
        let old = [checklist(), second];
        let mut new = old.clone();
        for list in &mut new {
            list.aspects[1].items[0].requirement.push('改');
        }
        changed(&old, &new).into_iter().filter(|line| line.starts_with('【')).collect()
    }

    #[test]
    fn what_several_sectors_share_is_said_once_whatever_its_number() {
        assert_eq!(headings(false), ["【改了】第3条 counted（农村、社区）"]);
        assert_eq!(headings(true), ["【改了】counted（农村第3条，社区第2条）"]);
    }

    #[test]
    fn two_items_that_read_alike_stay_two() {
        let mut old = checklist();
        for item in &mut old.aspects[1].items[..2] {
            item.title = "其他".into();
        }
        let mut new = old.clone();
        for item in &mut new.aspects[1].items[..2] {
            item.plain = "大白话".into();
        }
        let lines = changed(&[old], &[new]);
        let headings: Vec<&String> = lines.iter().filter(|line| line.starts_with('【')).collect();
        assert_eq!(headings, ["【改了】第3条 其他（农村）", "【改了】第4条 其他（农村）"]);
    }
}
