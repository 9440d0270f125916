//! An item → the rows of the sheets that are read as it.

use super::{
    from_ledger, rows, schema,
    words::{self, NO_DOCUMENT, NOT_PHOTOGRAPHED},
};
use crate::domain::{
    Aspect, Citation, Combine, CountCredit, Grading, Item, LimitTest, Mark, Part, ProfileCondition,
    Proportion, Rule, ShareCredit,
};
use crate::sheets::Sheet;
use crate::words::terms;
use std::collections::BTreeMap;

/// Rows by sheet, as they are written.
#[derive(Default)]
pub(super) struct Pages(BTreeMap<&'static str, Vec<Vec<String>>>);

impl Pages {
    pub(super) fn row(&mut self, sheet: &'static str, cells: &[(&str, &str)]) {
        let columns = schema::form(sheet).map_or(&[][..], |form| form.columns);
        let text = |title| cells.iter().find(|(of, _)| *of == title).map_or("", |(_, text)| text);
        let row = columns.iter().map(|column| text(column.title).to_owned()).collect();
        self.0.entry(sheet).or_default().push(row);
    }

    pub(super) fn sheets(mut self) -> Vec<Sheet> {
        let sheet = |form: &schema::Form| {
            let header = form.columns.iter().map(|column| column.title.to_owned()).collect();
            let rows = self.0.remove(form.name).unwrap_or_default();
            Sheet::new(form.name, core::iter::once(header).chain(rows))
        };
        schema::FORMS.iter().map(sheet).collect()
    }
}

pub(super) fn item_rows(
    pages: &mut Pages,
    (aspect, item): (&Aspect, &Item),
    grading: &Grading,
    sectors: &str,
    only: &str,
) {
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
            LimitTest::ShareBelow { percent } => ("占比低于", proportion(*percent)),
            LimitTest::ShareAbove { share } => ("占比高于", proportion(*share)),
            LimitTest::CountBelow { fewer_than } => ("次数少于", fewer_than.to_string()),
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
                ("最高等次", terms::grade(grading, limit.at_most)),
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
    let (first, second, third, fourth, figure);
    let mut options: Vec<(String, &str, String)> = Vec::new();
    match &part.rule {
        Rule::YesNo => cells.push(("办法", "是否")),
        Rule::Count { minimum, credit, unit } => {
            first = minimum.to_string();
            let mut bare = *credit;
            if let CountCredit::EachMissing { costs } = &mut bare {
                second = core::mem::take(costs).to_string();
                cells.push((words::COSTS, &second));
            }
            let credit = word::<CountCredit>(words::CREDITS, &bare);
            cells.extend([("办法", "次数"), ("最低次数", &first), ("单位", unit), ("不足时", credit)]);
        }
        Rule::Share { numerator, denominator, from_profile, credit } => {
            cells.extend([("分子", numerator.as_str()), ("分母", denominator)]);
            figure = from_profile.as_ref().map_or("", |figure| word(words::FIGURES, figure));
            cells.push(("分母取自", figure));
            match credit {
                ShareCredit::Proportional { target, floor } => {
                    (first, second) = (proportion(*target), proportion(*floor));
                    cells.extend([("办法", "占比"), ("满分比例", first.as_str()), ("底线比例", &second)]);
                }
                ShareCredit::EachBelow { target, floor, step, costs } => {
                    (first, second) = (proportion(*target), proportion(*floor));
                    (third, fourth) = (costs.to_string(), step.to_string());
                    cells.extend([("办法", "占比扣"), ("满分比例", first.as_str()), ("底线比例", &second)]);
                    cells.push((words::COSTS, &third));
                    if *step > 1 {
                        cells.push((words::STEP, &fourth));
                    }
                }
                ShareCredit::Bands { bands } => {
                    cells.push(("办法", "占比档"));
                    options.extend(
                        bands.iter().map(|band| (proportion(band.at_least), "", band.points.to_string())),
                    );
                }
            }
        }
        Rule::Level { choices } => {
            cells.push(("办法", "档次"));
            options.extend(choices.iter().map(|c| (c.id.to_string(), c.text.as_str(), c.points.to_string())));
        }
        Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
            let from_total = matches!(part.rule, Rule::FromTotal { .. });
            cells.push(("办法", if from_total { "倒扣" } else { "扣分" }));
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

/// Whole percent as the bare number, else in words: a spreadsheet would make a day of 1/3.
fn proportion(proportion: Proportion) -> String {
    proportion.whole_percent().map_or_else(|| proportion.to_string(), |percent| percent.to_string())
}

fn yes(yes: bool) -> &'static str {
    if yes { "是" } else { "" }
}

/// The word for a value; every value has one.
pub(super) fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}

pub(super) fn marks(marks: &[Mark]) -> String {
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

pub(super) fn citation(citation: &Citation) -> String {
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
