//! A published version → the sheets that give it again, so that its authors can go on from what is in force.

use super::{
    Package, Standard, book,
    documents::BOOKS,
    markdown_writer, parse,
    unparse_rows::{Pages, citation, item_rows, marks},
    unparse_whole, words,
};
use crate::domain::{Aspect, Checklist, Document, Grading, Item, Mark, Points, SectorId};
use crate::sheets::Sheet;

impl Package {
    /// A published version put together again. There is none without a checklist.
    pub fn from_published(checklists: Vec<Checklist>, mut documents: Vec<Document>) -> Option<Self> {
        documents.sort_by_key(|document| (document.collection, document.number));
        let first = checklists.first()?;
        let shared =
            |index: usize, mark: &Mark| checklists.iter().all(|list| list.marks.get(index) == Some(mark));
        let marks = first.marks.iter().enumerate().take_while(|(index, mark)| shared(*index, mark));
        let standard = Standard {
            id: first.standard.clone(),
            version: first.version.clone(),
            title: first.title.clone(),
            notice: first.notice.clone(),
            marks: marks.map(|(_, mark)| mark.clone()).collect(),
            full: first.full,
            bonus_cap: first.bonus_cap,
        };
        Some(Self { standard, checklists, documents })
    }

    /// The sheets that are read as this package. An item that several sectors have alike is written once where that keeps
    /// the order of the items; else every sector has its own rows.
    pub fn to_sheets(&self) -> Vec<Sheet> {
        let shared = self.written(true);
        if parse(&shared).is_ok_and(|read| &read == self) { shared } else { self.written(false) }
    }

    /// The same, if they are read as this package: what has faults or no place in sheets would lose some of its content on the way.
    pub fn to_same_sheets(&self) -> Option<Vec<Sheet>> {
        let sheets = self.to_sheets();
        parse(&sheets).is_ok_and(|read| &read == self).then_some(sheets)
    }

    fn written(&self, shared: bool) -> Vec<Sheet> {
        let mut pages = Pages::default();
        self.frame(&mut pages);
        let mut variants: Vec<(Vec<usize>, &Aspect, &Item)> = Vec::new();
        for (sector, list) in self.checklists.iter().enumerate() {
            // Behind the item before it, so that the rows keep the order of every sector as far as one order can.
            let mut place = 0;
            for (aspect, item) in list.items() {
                let is_same =
                    |(_, of, known): &(Vec<usize>, &Aspect, &Item)| of.id == aspect.id && *known == item;
                let same = variants.iter().position(is_same).filter(|_| shared);
                match same.and_then(|at| Some((at, variants.get_mut(at)?))) {
                    Some((at, (sectors, ..))) => {
                        sectors.push(sector);
                        place = at + 1;
                    }
                    None => {
                        let of_id = variants.iter().rposition(|(.., known)| known.id == item.id);
                        place = of_id.map_or(place, |at| place.max(at + 1)).min(variants.len());
                        variants.insert(place, (vec![sector], aspect, item));
                        place += 1;
                    }
                }
            }
        }
        for (sectors, aspect, item) in &variants {
            let alone = variants.iter().filter(|(.., other)| other.id == item.id).count() == 1;
            let all = sectors.len() == self.checklists.len();
            let names = sectors.iter().filter_map(|index| self.checklists.get(*index));
            let names: Vec<&str> = names.map(|list| list.sector_name.as_str()).collect();
            let names = if all { words::ALL_SECTORS.to_owned() } else { names.join("、") };
            // Where an item has one row, its parts hold for all of its sectors.
            let only = if alone { "" } else { &names };
            let grading = self.checklists.first().map(|list| &list.grading);
            item_rows(&mut pages, (aspect, item), grading.unwrap_or(&Grading::default()), &names, only);
        }
        unparse_whole::limit_rows(&mut pages, &self.checklists, shared);
        self.document_rows(&mut pages);
        pages.sheets()
    }

    /// The sheets that hold for all items.
    fn frame(&self, pages: &mut Pages) {
        let standard = &self.standard;
        let [full, bonus_cap] = [standard.full, standard.bonus_cap].map(|points| points.to_string());
        let marks = marks(&standard.marks);
        for (key, text) in [
            ("标准编号", standard.id.as_str()),
            ("版本", &standard.version),
            ("名称", &standard.title),
            ("声明", &standard.notice),
            ("标记", &marks),
            ("总分", if standard.full == Points::HUNDRED { "" } else { &full }),
            ("加分上限", if bonus_cap == "0" { "" } else { &bonus_cap }),
        ] {
            if !text.is_empty() {
                pages.row("标准", &[("项目", key), ("内容", text)]);
            }
        }
        for list in &self.checklists {
            let own = list.marks.get(standard.marks.len()..).unwrap_or_default();
            let own = self::marks(own);
            let cells = [("编号", list.sector.as_str()), ("名称", &list.sector_name), ("标记", &own)];
            pages.row("领域", &cells);
        }
        let Some(first) = self.checklists.first() else { return };
        for aspect in &first.aspects {
            pages.row("方面", &[("编号", aspect.id.as_str()), ("名称", &aspect.name)]);
        }
        for method in &first.methods {
            let cells = [("编号", method.id.as_str()), ("简称", &method.name), ("名称", &method.name)];
            pages.row("考核方式", &cells);
        }
        for period in &first.periods {
            let share = first.year.iter().find(|share| share.period == period.id);
            let share = share.map(|share| format!("{}%", share.percent)).unwrap_or_default();
            pages.row(
                "考核周期",
                &[
                    ("编号", period.id.as_str()),
                    ("名称", &period.name),
                    ("开始", &period.starts.to_string()),
                    ("结束", &period.ends.to_string()),
                    ("上报截止", &period.submit_by.to_string()),
                    ("占全年", &share),
                ],
            );
        }
        unparse_whole::grade_rows(pages, &first.grading);
    }

    fn document_rows(&self, pages: &mut Pages) {
        for document in &self.documents {
            let sectors = self.sector_names(&document.sectors);
            let sheet = BOOKS
                .iter()
                .find(|(_, book)| *book == document.collection)
                .map_or("手册", |(name, _)| name);
            for (index, section) in document.sections.iter().enumerate() {
                let once = |text| if index == 0 { text } else { "" };
                let citations: Vec<String> = section.citations.iter().map(citation).collect();
                let items: Vec<&str> = section.items.iter().map(|item| item.as_str()).collect();
                let items = items.join("、");
                let cells = [
                    (book::DOCUMENT, once(document.id.as_str())),
                    (book::TITLE, once(&document.title)),
                    (book::SECTION, section.id.as_str()),
                    (book::SECTION_TITLE, &section.title),
                    (book::BODY, &markdown_writer::body(&section.blocks)),
                    (book::ITEMS, &items),
                    (book::CITATIONS, &citations.join("\n")),
                    (book::MARKS, &marks(&section.marks)),
                    (book::SECTORS, once(&sectors)),
                ];
                pages.row(sheet, &cells);
            }
        }
    }

    fn sector_names(&self, sectors: &[SectorId]) -> String {
        let lists = self.checklists.iter().filter(|list| sectors.contains(&list.sector));
        lists.map(|list| list.sector_name.as_str()).collect::<Vec<_>>().join("、")
    }
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};
    use crate::domain::{CountCredit, LimitTest, Points, Proportion, Rule, ShareBand, ShareCredit};
    use proptest::prelude::*;

    #[test]
    fn what_was_published_can_be_written_and_read_again() {
        for package in [builtin().unwrap(), parse(&template::sheets()).unwrap()] {
            let again =
                Package::from_published(package.checklists.clone(), package.documents.clone()).unwrap();
            let sheets = again.to_sheets();
            let read = parse(&sheets).unwrap_or_else(|faults| panic!("{faults:#?}"));
            assert_eq!(read, package);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        /// Whatever the figures of the rules are, sheets give them back: fractions, steps, what one missing costs.
        #[test]
        fn rules_come_back_from_sheets_with_their_figures(
            part in 1_u16..=120, whole in 1_u16..=120, step in 1_u8..=100, cost in 1_u32..=2_000, count in 1_u32..=9_999,
            choice in 0_u8..4,
        ) {
            let (Some(target), costs) =
                (Proportion::new(part.min(whole), whole), Points::from_hundredths(cost)) else { return Ok(()) };
            let mut package = parse(&template::sheets()).unwrap();
            let list = &mut package.checklists[0];
            let mut items = list.aspects.iter_mut().flat_map(|aspect| &mut aspect.items);
            let item = items.find(|item| item.id.as_str() == "EX-9").unwrap();
            let names = ("分子".to_owned(), "分母".to_owned());
            let share = |credit| Rule::Share {
                numerator: names.0.clone(), denominator: names.1.clone(), from_profile: None, credit,
            };
            let worth = item.parts[0].points;
            (item.parts[0].rule, item.limits[0].when) = match choice {
                0 => (
                    share(ShareCredit::EachBelow { target, floor: target, step, costs }),
                    LimitTest::ShareBelow { percent: target },
                ),
                1 => (
                    share(ShareCredit::Proportional { target, floor: Proportion::NONE }),
                    LimitTest::ShareAbove { share: Proportion::new(whole.min(part) - 1, whole).unwrap() },
                ),
                2 => (
                    share(ShareCredit::Bands { bands: vec![ShareBand { at_least: target, points: worth }] }),
                    LimitTest::ShareBelow { percent: target },
                ),
                _ => (
                    Rule::Count { minimum: count, credit: CountCredit::EachMissing { costs }, unit: "件".into() },
                    LimitTest::CountBelow { fewer_than: count },
                ),
            };
            list.engine = list.needs();
            let again =
                Package::from_published(package.checklists.clone(), package.documents.clone()).unwrap();
            let read = parse(&again.to_sheets());
            prop_assert_eq!(read.as_ref(), Ok(&package), "{:?}", read);
        }
    }

    #[test]
    fn an_item_that_sectors_share_is_written_once() {
        let one = parse(&template::sheets()).unwrap().checklists.remove(0);
        let mut other = one.clone();
        other.sector = SectorId::new("other").unwrap();
        other.sector_name = "另一领域".into();
        other.marks.push(Mark { kind: crate::domain::MarkKind::Local, text: "只在这里".into() });
        other.aspects[0].items[1].title = "示例：另一种".into();
        let package = Package::from_published(vec![one.clone(), other.clone()], Vec::new()).unwrap();
        let sheets = package.to_sheets();
        let items = sheets.iter().find(|sheet| sheet.name == "条目").unwrap();
        let cells = items.rows[1..].iter().map(|row| format!("{} {}", row.cells[0], row.cells[1]));
        let cells: Vec<String> = cells.collect();
        assert_eq!(cells[..4], ["EX-1 全部", "EX-2 示例领域", "EX-2 另一领域", "EX-3 全部"]);
        assert_eq!(parse(&sheets).unwrap().checklists, [one.clone(), other.clone()]);
        // In another order every sector has its own rows.
        other.aspects[0].items.reverse();
        let package = Package::from_published(vec![one.clone(), other.clone()], Vec::new()).unwrap();
        assert_eq!(parse(&package.to_sheets()).unwrap().checklists, [one, other]);
    }
}
