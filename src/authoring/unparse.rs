//! A published version → the sheets that give it again, so that its authors can go on from what is in force.

use super::{
    Package, Sheet, Standard, document_file,
    documents::BOOKS,
    from_ledger, markdown_writer, parse, rows, schema,
    words::{self, NO_DOCUMENT, NOT_PHOTOGRAPHED},
};
use crate::domain::{
    Aspect, Checklist, Citation, Combine, CountCredit, Document, Item, LimitTest, Mark, Part,
    ProfileCondition, Rule, SectorId, ShareCredit,
};
use std::collections::BTreeMap;

impl Package {
    /// A published version put together again. There is none without a checklist.
    #[must_use]
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
            bonus_cap: first.bonus_cap,
        };
        Some(Self { standard, checklists, documents })
    }

    /// The sheets that are read as this package. An item that several sectors have alike is written once where that keeps
    /// the order of the items; else every sector has its own rows.
    #[must_use]
    pub fn to_sheets(&self) -> Vec<Sheet> {
        let shared = self.written(true);
        if parse(&shared).is_ok_and(|read| &read == self) { shared } else { self.written(false) }
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
            item_rows(&mut pages, aspect, item, &names, only);
        }
        self.document_rows(&mut pages);
        pages.sheets()
    }

    /// The sheets that hold for all items.
    fn frame(&self, pages: &mut Pages) {
        let standard = &self.standard;
        let bonus_cap = standard.bonus_cap.to_string();
        let marks = marks(&standard.marks);
        for (key, text) in [
            ("标准编号", standard.id.as_str()),
            ("版本", &standard.version),
            ("名称", &standard.title),
            ("声明", &standard.notice),
            ("标记", &marks),
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
            pages.row(
                "考核周期",
                &[
                    ("编号", period.id.as_str()),
                    ("名称", &period.name),
                    ("开始", &period.starts.to_string()),
                    ("结束", &period.ends.to_string()),
                    ("上报截止", &period.submit_by.to_string()),
                ],
            );
        }
        for threshold in &first.grading.thresholds {
            let grade = word(words::GRADES, &threshold.grade);
            pages.row("等次", &[("等次", grade), ("分数线", &threshold.at_least.to_string())]);
        }
    }

    fn document_rows(&self, pages: &mut Pages) {
        for document in &self.documents {
            let book = BOOKS
                .iter()
                .find(|(_, book)| *book == document.collection)
                .map_or("手册", |(name, _)| name);
            for (index, section) in document.sections.iter().enumerate() {
                let once = |text: &str| if index == 0 { text.to_owned() } else { String::new() };
                let citations: Vec<String> = section.citations.iter().map(citation).collect();
                let items: Vec<&str> = section.items.iter().map(|item| item.as_str()).collect();
                let texts = [
                    once(document.id.as_str()),
                    once(&document.title),
                    section.id.to_string(),
                    section.title.clone(),
                    markdown_writer::body(&section.blocks),
                    items.join("、"),
                    citations.join("\n"),
                    marks(&section.marks),
                    once(&self.sector_names(&document.sectors)),
                ];
                let cells: Vec<(&str, &str)> =
                    document_file::COLUMNS.into_iter().zip(texts.iter().map(String::as_str)).collect();
                pages.row(book, &cells);
            }
        }
    }

    fn sector_names(&self, sectors: &[SectorId]) -> String {
        let lists = self.checklists.iter().filter(|list| sectors.contains(&list.sector));
        lists.map(|list| list.sector_name.as_str()).collect::<Vec<_>>().join("、")
    }
}

/// Rows by sheet, as they are written.
#[derive(Default)]
struct Pages(BTreeMap<&'static str, Vec<Vec<String>>>);

impl Pages {
    fn row(&mut self, sheet: &'static str, cells: &[(&str, &str)]) {
        let columns = schema::form(sheet).map_or(&[][..], |form| form.columns);
        let text = |title| cells.iter().find(|(of, _)| *of == title).map_or("", |(_, text)| text);
        let row = columns.iter().map(|column| text(column.title).to_owned()).collect();
        self.0.entry(sheet).or_default().push(row);
    }

    fn sheets(mut self) -> Vec<Sheet> {
        let sheet = |form: &schema::Form| {
            let header = form.columns.iter().map(|column| column.title.to_owned()).collect();
            let rows = self.0.remove(form.name).unwrap_or_default();
            Sheet::new(form.name, core::iter::once(header).chain(rows))
        };
        schema::FORMS.iter().map(sheet).collect()
    }
}

fn item_rows(pages: &mut Pages, aspect: &Aspect, item: &Item, sectors: &str, only: &str) {
    let id = item.id.as_str();
    let methods: Vec<&str> = item.methods.iter().map(|method| method.as_str()).collect();
    let evidence: Vec<String> = item
        .evidence
        .iter()
        .map(|evidence| {
            format!("{}{}", evidence.name, if evidence.never_photographed { NOT_PHOTOGRAPHED } else { "" })
        })
        .collect();
    let without = item.marks.contains(&rows::no_citation());
    let own: Vec<Mark> = item.marks.iter().filter(|mark| **mark != rows::no_citation()).cloned().collect();
    pages.row(
        "条目",
        &[
            ("编号", id),
            ("领域", sectors),
            ("方面", &aspect.name),
            ("标题", &item.title),
            ("抓什么", &item.requirement),
            ("通俗说法", &item.plain),
            ("怎么抓", &item.guidance.join("\n")),
            ("考核方式", &methods.join("、")),
            ("佐证材料", &evidence.join("、")),
            ("标记", &marks(&own)),
            ("上级评", yes(item.judged_above)),
            ("可不设", yes(item.may_be_absent)),
            ("可无此事", yes(item.may_not_occur)),
            ("适用条件", &item.only_if.as_ref().map(condition).unwrap_or_default()),
            ("计分", if item.combine == Combine::All { "" } else { word(words::COMBINES, &item.combine) }),
        ],
    );
    for part in &item.parts {
        part_rows(pages, id, part, only);
    }
    for cited in &item.citations {
        pages.row(
            "依据",
            &[
                ("条目", id),
                ("文件", &cited.document),
                ("条款", &cited.article),
                ("已核", yes(cited.article_checked)),
                ("施行日期", &cited.effective_from.map(|day| day.to_string()).unwrap_or_default()),
                ("废止日期", &cited.effective_to.map(|day| day.to_string()).unwrap_or_default()),
                ("领域", only),
            ],
        );
    }
    if without {
        pages.row("依据", &[("条目", id), ("文件", NO_DOCUMENT), ("领域", only)]);
    }
    for limit in &item.limits {
        let (case, figure) = match &limit.when {
            LimitTest::No => ("答否", String::new()),
            LimitTest::ShareBelow { percent } => ("占比低于", percent.to_string()),
            LimitTest::Occurrences { at_least } => ("次数达到", at_least.to_string()),
            LimitTest::FactMissing { fact } => ("缺这一项", fact.to_string()),
            LimitTest::LevelIs { choice } => ("处于这一档", choice.to_string()),
        };
        pages.row(
            "限制",
            &[
                ("条目", id),
                ("编号", limit.id.as_str()),
                ("分项", limit.part.as_str()),
                ("说明", &limit.text),
                ("最高等次", word(words::GRADES, &limit.at_most)),
                ("情形", case),
                ("数值", &figure),
                ("领域", only),
            ],
        );
    }
}

fn part_rows(pages: &mut Pages, item: &str, part: &Part, only: &str) {
    let id = part.id.as_str();
    let points = part.points.to_string();
    let ledger = part.from_ledger.as_ref().map(from_ledger::written).unwrap_or_default();
    let mut cells = vec![
        ("条目", item),
        ("分项", id),
        ("问题", &part.text),
        ("分值", &points),
        ("周期", word(words::WINDOWS, &part.window)),
        ("可补救", yes(part.mendable)),
        ("加分", yes(part.bonus)),
        ("领域", only),
        ("台账", &ledger),
    ];
    let (first, second, figure);
    let mut options: Vec<(String, &str, String)> = Vec::new();
    match &part.rule {
        Rule::YesNo => cells.push(("办法", "是否")),
        Rule::Count { minimum, credit, unit } => {
            first = minimum.to_string();
            let credit = word::<CountCredit>(words::CREDITS, credit);
            cells.extend([("办法", "次数"), ("最低次数", &first), ("单位", unit), ("不足时", credit)]);
        }
        Rule::Share { numerator, denominator, from_profile, credit } => {
            cells.extend([("分子", numerator.as_str()), ("分母", denominator)]);
            figure = from_profile.as_ref().map_or("", |figure| word(words::FIGURES, figure));
            cells.push(("分母取自", figure));
            match credit {
                ShareCredit::Proportional { target, floor } => {
                    (first, second) = (target.to_string(), floor.to_string());
                    cells.extend([("办法", "占比"), ("满分比例", first.as_str()), ("底线比例", &second)]);
                }
                ShareCredit::Bands { bands } => {
                    cells.push(("办法", "占比档"));
                    options.extend(
                        bands.iter().map(|band| (band.at_least.to_string(), "", band.points.to_string())),
                    );
                }
            }
        }
        Rule::Level { choices } => {
            cells.push(("办法", "档次"));
            options.extend(choices.iter().map(|c| (c.id.to_string(), c.text.as_str(), c.points.to_string())));
        }
        Rule::Deduction { occurrences } => {
            cells.push(("办法", "扣分"));
            options
                .extend(occurrences.iter().map(|o| (o.id.to_string(), o.text.as_str(), o.each.to_string())));
        }
        Rule::Facts { facts } => {
            cells.push(("办法", "逐项"));
            options.extend(facts.iter().map(|f| (f.id.to_string(), f.text.as_str(), f.deducts.to_string())));
        }
    }
    pages.row("分项", &cells);
    for (name, text, points) in &options {
        pages.row(
            "选项",
            &[("条目", item), ("分项", id), ("编号", name), ("内容", text), ("分值", points), ("领域", only)],
        );
    }
}

fn yes(yes: bool) -> &'static str {
    if yes { "是" } else { "" }
}

/// The word for a value; every value has one.
fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}

fn marks(marks: &[Mark]) -> String {
    let lines = marks.iter().map(|mark| format!("{}：{}", word(words::MARKS, &mark.kind), mark.text));
    lines.collect::<Vec<_>>().join("\n")
}

fn condition(condition: &ProfileCondition) -> String {
    let (sign, figure) = match (condition.at_least, condition.at_most) {
        (Some(figure), _) => ('≥', figure),
        (None, figure) => ('≤', figure.unwrap_or(u32::MAX)),
    };
    format!("{}{sign}{figure}", word(words::FIGURES, &condition.number))
}

fn citation(citation: &Citation) -> String {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let text = format!(
        "{}|{}|{}|{}|{}",
        citation.document,
        citation.article,
        yes(citation.article_checked),
        day(citation.effective_from),
        day(citation.effective_to)
    );
    text.trim_end_matches('|').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

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
