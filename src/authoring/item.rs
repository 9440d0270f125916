//! Items with their parts and limits.

use super::{
    fault::Fault,
    package::collect,
    sheet::{Row, Sheet},
    vocabulary::{FIGURES, GRADES, WINDOWS, YES_NO, id, number, points, word},
};
use crate::domain::{
    Choice, Citation, Combine, CountCredit, Evidence, Fact, GradeLimit, Item, LimitTest, Mark, MarkKind,
    Method, MethodId, Occurrence, Part, Points, ProfileCondition, Rule, ShareBand, ShareCredit,
};

pub(super) const ITEM_COLUMNS: [&str; 15] = [
    "编号",
    "领域",
    "方面",
    "题目",
    "抓什么",
    "白话",
    "怎么抓",
    "考核方式",
    "佐证材料",
    "依据",
    "标注",
    "由上级评",
    "可不设",
    "可没有此事",
    "适用条件",
];
pub(super) const PART_COLUMNS: [&str; 12] =
    ["条目", "分项", "问题", "分值", "赋分", "周期", "可补", "最少", "单位", "比什么", "达到", "选项"];
pub(super) const LIMIT_COLUMNS: [&str; 7] = ["条目", "编号", "说明", "最高等次", "分项", "条件", "值"];

/// An item with where it stands.
pub(super) struct Placed {
    pub(super) item: Item,
    pub(super) aspect: String,
    pub(super) sectors: Vec<String>,
    place: Fault,
}

impl Placed {
    pub(super) fn place(&self, column: &str, problem: String) -> Fault {
        Fault { column: column.into(), problem, ..self.place.clone() }
    }
}

/// Reads the items; parts and limits that belong to none are faults.
pub(super) fn read(
    items: &Sheet,
    parts: &Sheet,
    limits: &Sheet,
    methods: &[Method],
    faults: &mut Vec<Fault>,
) -> Vec<Placed> {
    let mut placed = collect(items.rows().map(|row| item(row, methods)), faults);
    for row in parts.rows() {
        attach(row, &mut placed, faults, |item, row| part(row).map(|part| item.parts.push(part)));
    }
    for row in limits.rows() {
        attach(row, &mut placed, faults, |item, row| limit(row).map(|limit| item.limits.push(limit)));
    }
    placed
}

fn attach(
    row: Row<'_>,
    placed: &mut [Placed],
    faults: &mut Vec<Fault>,
    add: impl FnOnce(&mut Item, Row<'_>) -> Result<(), Fault>,
) {
    let owner = placed.iter_mut().find(|placed| placed.item.id.as_str() == row.get("条目"));
    let result = match owner {
        Some(owner) => add(&mut owner.item, row),
        None => Err(row.fault("条目", "《条目》表里没有这个编号")),
    };
    faults.extend(result.err());
}

fn item(row: Row<'_>, methods: &[Method]) -> Result<Placed, Fault> {
    let flag = |column| row.read(column, |cell| word(cell, &YES_NO));
    let method = |name: &str| -> Result<MethodId, Fault> {
        let known = methods.iter().find(|method| method.name == name).map(|method| method.id.clone());
        known.ok_or_else(|| row.fault("考核方式", format!("《考核方式》表里没有「{name}」")))
    };
    let item = Item {
        id: row.read("编号", id)?,
        title: row.required("题目")?,
        requirement: row.required("抓什么")?,
        plain: row.get("白话").into(),
        guidance: row.list("怎么抓").map(String::from).collect(),
        methods: row.list("考核方式").map(method).collect::<Result<_, _>>()?,
        evidence: row.list("佐证材料").map(evidence).collect(),
        citations: row.list("依据").map(|cell| citation(row, cell)).collect::<Result<_, _>>()?,
        marks: row.list("标注").map(|cell| mark(row, cell)).collect::<Result<_, _>>()?,
        judged_above: flag("由上级评")?,
        may_be_absent: flag("可不设")?,
        may_not_occur: flag("可没有此事")?,
        only_if: condition(row)?,
        combine: if row.get("几种做法") == "任选其一" { Combine::Any } else { Combine::All },
        parts: Vec::new(),
        limits: Vec::new(),
    };
    let sectors = row.get("领域").split('、').map(|name| name.trim().to_owned()).collect();
    Ok(Placed { item, aspect: row.required("方面")?, sectors, place: row.fault("", "") })
}

/// A leading `*` says: only where it lies, never photographed.
fn evidence(cell: &str) -> Evidence {
    let name = cell.trim_start_matches('*').to_owned();
    Evidence { name, never_photographed: cell.starts_with('*') }
}

/// `文件#条款#已核#自某日`: everything after the document may be left out.
fn citation(row: Row<'_>, cell: &str) -> Result<Citation, Fault> {
    let mut fields = cell.split('#').map(str::trim);
    let document = fields.next().unwrap_or("").to_owned();
    let article = fields.next().unwrap_or("").to_owned();
    let checked = row.read("依据", |_| {
        word(fields.next().unwrap_or(""), &[("", false), ("待核", false), ("已核", true)])
    })?;
    let from = fields.next().filter(|text| !text.is_empty());
    let effective_from = from.map(super::vocabulary::date).transpose().map_err(|p| row.fault("依据", p))?;
    Ok(Citation { document, article, article_checked: checked, effective_from, effective_to: None })
}

/// `建议:…`, `假定:…`, `本地:…`
fn mark(row: Row<'_>, cell: &str) -> Result<Mark, Fault> {
    let (kind, text) = cell.split_once([':', ':']).ok_or_else(|| row.fault("标注", "请写成「建议:说明」"))?;
    let kinds = [("建议", MarkKind::Suggested), ("假定", MarkKind::Assumed), ("本地", MarkKind::Local)];
    let kind = word(kind, &kinds).map_err(|problem| row.fault("标注", problem))?;
    Ok(Mark { kind, text: text.trim().into() })
}

/// `党小组数>=1` or `党员总数<=50`.
fn condition(row: Row<'_>) -> Result<Option<ProfileCondition>, Fault> {
    let cell = row.get("适用条件");
    if cell.is_empty() {
        return Ok(None);
    }
    let wrong = |problem| row.fault("适用条件", problem);
    let (name, least, figure) = if let Some((name, figure)) = cell.split_once(">=") {
        (name, true, figure)
    } else if let Some((name, figure)) = cell.split_once("<=") {
        (name, false, figure)
    } else {
        return Err(wrong("请写成「党小组数>=1」的样子".into()));
    };
    let figure: u32 = number(figure.trim()).map_err(wrong)?;
    let number = word(name.trim(), &FIGURES).map_err(wrong)?;
    let (at_least, at_most) = if least { (Some(figure), None) } else { (None, Some(figure)) };
    Ok(Some(ProfileCondition { number, at_least, at_most }))
}

fn part(row: Row<'_>) -> Result<Part, Fault> {
    Ok(Part {
        id: row.read("分项", id)?,
        text: row.get("问题").into(),
        points: row.read("分值", points)?,
        rule: rule(row)?,
        window: row.read("周期", |cell| word(cell, &WINDOWS))?,
        mendable: row.read("可补", |cell| word(cell, &[("是", true), ("否", false)]))?,
        bonus: row.get("加分") == "是",
    })
}

#[derive(Clone, Copy)]
enum Kind {
    YesNo,
    Count(CountCredit),
    Share,
    Bands,
    Level,
    Deduction,
    Facts,
}

fn rule(row: Row<'_>) -> Result<Rule, Fault> {
    let kinds = [
        ("是否", Kind::YesNo),
        ("次数", Kind::Count(CountCredit::Proportional)),
        ("次数全或无", Kind::Count(CountCredit::AllOrNothing)),
        ("占比", Kind::Share),
        ("占比分段", Kind::Bands),
        ("档次", Kind::Level),
        ("扣分", Kind::Deduction),
        ("逐项", Kind::Facts),
    ];
    Ok(match row.read("赋分", |cell| word(cell, &kinds))? {
        Kind::YesNo => Rule::YesNo,
        Kind::Count(credit) => {
            Rule::Count { minimum: row.read("最少", number)?, credit, unit: row.required("单位")? }
        }
        Kind::Share => {
            // `满分线/底线` in percent.
            let (target, floor) = row.read("达到", |cell| {
                let (target, floor) = cell.split_once('/').unwrap_or((cell, "60"));
                Ok((number::<u8>(target)?, number::<u8>(floor)?))
            })?;
            share(row, ShareCredit::Proportional { target, floor })?
        }
        Kind::Bands => {
            let bands = options(row, |percent, _, worth| {
                Ok(ShareBand { at_least: number(percent)?, points: worth })
            })?;
            share(row, ShareCredit::Bands { bands })?
        }
        Kind::Level => Rule::Level {
            choices: options(row, |code, text, worth| {
                Ok(Choice { id: id(code)?, text: text.into(), points: worth })
            })?,
        },
        Kind::Deduction => Rule::Deduction {
            occurrences: options(row, |code, text, each| {
                Ok(Occurrence { id: id(code)?, text: text.into(), each })
            })?,
        },
        Kind::Facts => Rule::Facts {
            facts: options(row, |code, text, deducts| {
                Ok(Fact { id: id(code)?, text: text.into(), deducts })
            })?,
        },
    })
}

/// `已谈人数/应谈人数/党员总数`: numerator, denominator, and where the denominator is offered from.
fn share(row: Row<'_>, credit: ShareCredit) -> Result<Rule, Fault> {
    row.read("比什么", |cell| {
        let mut fields = cell.split('/').map(str::trim);
        let (Some(numerator), Some(denominator)) = (fields.next(), fields.next()) else {
            return Err("请写成「已谈人数/应谈人数」的样子".into());
        };
        let from_profile = fields.next().map(|name| word(name, &FIGURES)).transpose()?;
        Ok(Rule::Share { numerator: numerator.into(), denominator: denominator.into(), from_profile, credit })
    })
}

/// `编号=文字=分值`, one for each option.
fn options<T>(row: Row<'_>, make: impl Fn(&str, &str, Points) -> Result<T, String>) -> Result<Vec<T>, Fault> {
    row.list("选项")
        .map(|option| {
            let fields: Vec<&str> = option.split('=').map(str::trim).collect();
            let made = match fields.as_slice() {
                [code, text, worth] => points(worth).and_then(|worth| make(code, text, worth)),
                _ => Err(format!("「{option}」请写成「编号=文字=分值」")),
            };
            made.map_err(|problem| row.fault("选项", problem))
        })
        .collect()
}

fn limit(row: Row<'_>) -> Result<GradeLimit, Fault> {
    let value = row.get("值");
    let wrong = |problem: String| row.fault("值", problem);
    let when = match row.get("条件") {
        "答否" => LimitTest::No,
        "占比低于" => LimitTest::ShareBelow { percent: number(value).map_err(wrong)? },
        "发生次数" => LimitTest::Occurrences { at_least: number(value).map_err(wrong)? },
        "没做到" => LimitTest::FactMissing { fact: id(value).map_err(wrong)? },
        "档次是" => LimitTest::LevelIs { choice: id(value).map_err(wrong)? },
        other => {
            return Err(
                row.fault("条件", format!("不认识「{other}」,请填:答否、占比低于、发生次数、没做到、档次是"))
            );
        }
    };
    Ok(GradeLimit {
        id: row.read("编号", id)?,
        text: row.required("说明")?,
        at_most: row.read("最高等次", |cell| word(cell, &GRADES))?,
        part: row.read("分项", id)?,
        when,
    })
}
