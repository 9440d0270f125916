//! A whole standard: from sheets to one checklist a sector, or every fault in one run.

use super::{
    fault::Fault,
    item::{self, Placed},
    sheet::{Row, Sheet},
    vocabulary::{GRADES, date, id, points, word},
};
use crate::domain::{
    Aspect, AspectId, Checklist, Grading, Method, Period, SectorId, Threshold, check::checklist_faults,
};

/// A standard that was read without a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// One for each sector, in the order of the sheet.
    pub checklists: Vec<Checklist>,
}

/// The sheets of a package with the columns each must have.
pub const SHEETS: [(&str, &[&str]); 9] = [
    ("标准", &["项", "值"]),
    ("领域", &["编号", "名称"]),
    ("方面", &["编号", "名称"]),
    ("考核方式", &["编号", "名称"]),
    ("考核周期", &["编号", "名称", "起", "止", "上报截止"]),
    ("等次", &["等次", "分数线"]),
    ("条目", &item::ITEM_COLUMNS),
    ("分项", &item::PART_COLUMNS),
    ("限制", &item::LIMIT_COLUMNS),
];

/// Collects the good and notes the faulty.
pub(super) fn collect<T>(rows: impl Iterator<Item = Result<T, Fault>>, faults: &mut Vec<Fault>) -> Vec<T> {
    rows.filter_map(|row| row.map_err(|fault| faults.push(fault)).ok()).collect()
}

impl Package {
    /// Reads a package.
    ///
    /// # Errors
    /// Every fault that was found.
    pub fn parse(sheets: &[Sheet]) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut found = Vec::new();
        for (name, columns) in SHEETS {
            match sheets.iter().find(|sheet| sheet.name == name) {
                Some(sheet) => {
                    faults.extend(sheet.missing(columns));
                    found.push(sheet);
                }
                None => faults.push(Fault {
                    sheet: name.into(),
                    row: 0,
                    column: String::new(),
                    problem: "缺这张表".into(),
                }),
            }
        }
        let &[standard, sectors, aspects, methods, periods, grades, items, parts, limits] = found.as_slice()
        else {
            return Err(faults);
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        let value = |key: &str| {
            let row = standard.rows().find(|row| row.get("项") == key);
            row.map_or(String::new(), |row| row.get("值").to_owned())
        };
        let family = id(&value("编号")).map_err(|problem| Fault {
            sheet: standard.name.clone(),
            row: 0,
            column: "编号".into(),
            problem,
        });
        let named =
            |row: Row<'_>| Ok((row.get("编号").to_owned(), row.required("名称")?, row.fault("编号", "")));
        let sectors = collect(sectors.rows().map(named), &mut faults);
        let aspects = collect(aspects.rows().map(named), &mut faults);
        let methods = collect(
            methods
                .rows()
                .map(|row| Ok(Method { id: row.read("编号", id)?, name: row.required("名称")? })),
            &mut faults,
        );
        let periods = collect(
            periods.rows().map(|row| {
                Ok(Period {
                    id: row.read("编号", id)?,
                    name: row.required("名称")?,
                    starts: row.read("起", date)?,
                    ends: row.read("止", date)?,
                    submit_by: row.read("上报截止", date)?,
                })
            }),
            &mut faults,
        );
        let thresholds = collect(
            grades.rows().map(|row| {
                let grade = row.read("等次", |cell| word(cell, &GRADES))?;
                Ok(Threshold { grade, at_least: row.read("分数线", points)? })
            }),
            &mut faults,
        );
        let placed = item::read(items, parts, limits, &methods, &mut faults);
        for stray in &placed {
            let known =
                |list: &[(String, String, Fault)], name: &str| list.iter().any(|(_, known, _)| known == name);
            if !known(&aspects, &stray.aspect) {
                faults.push(stray.place("方面", format!("《方面》表里没有「{}」", stray.aspect)));
            }
            for sector in stray.sectors.iter().filter(|sector| !known(&sectors, sector)) {
                faults.push(stray.place("领域", format!("《领域》表里没有「{sector}」")));
            }
        }
        let mut checklists = Vec::new();
        match family {
            Err(fault) => faults.push(fault),
            Ok(family) => {
                for (code, name, fault) in &sectors {
                    let sector: Result<SectorId, String> = id(code);
                    match sector {
                        Err(problem) => faults.push(Fault { problem, ..fault.clone() }),
                        Ok(sector) => checklists.push(Checklist {
                            standard: crate::domain::StandardId::clone(&family),
                            version: value("版本"),
                            title: value("名称"),
                            notice: value("说明"),
                            sector,
                            sector_name: name.clone(),
                            periods: periods.clone(),
                            methods: methods.clone(),
                            grading: Grading { thresholds: thresholds.clone() },
                            bonus_cap: points(&value("加分上限")).unwrap_or_default(),
                            aspects: aspects_of(&aspects, name, &placed, &mut faults),
                        }),
                    }
                }
            }
        }
        if faults.is_empty() {
            for checklist in &checklists {
                faults.extend(checklist_faults(checklist).iter().map(|fault| Fault {
                    sheet: "条目".into(),
                    row: 0,
                    column: checklist.sector_name.clone(),
                    problem: fault.to_string(),
                }));
            }
        }
        if faults.is_empty() { Ok(Self { checklists }) } else { Err(faults) }
    }

    /// The checklist of a sector.
    #[must_use]
    pub fn checklist(&self, sector: &SectorId) -> Option<&Checklist> {
        self.checklists.iter().find(|checklist| &checklist.sector == sector)
    }
}

fn aspects_of(
    aspects: &[(String, String, Fault)],
    sector: &str,
    placed: &[Placed],
    faults: &mut Vec<Fault>,
) -> Vec<Aspect> {
    let one = |(code, name, fault): &(String, String, Fault)| {
        let id: Result<AspectId, String> = id(code);
        let mine =
            placed.iter().filter(|item| &item.aspect == name && item.sectors.iter().any(|s| s == sector));
        Ok(Aspect {
            id: id.map_err(|problem| Fault { problem, ..fault.clone() })?,
            name: name.clone(),
            items: mine.map(|placed| placed.item.clone()).collect(),
        })
    };
    collect(aspects.iter().map(one), faults)
}
