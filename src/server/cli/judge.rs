//! `judge`: what the upper level gives for the items that it judges itself (由上级评).

use super::{
    error::CliError,
    judge_sheet,
    results::Book,
    review::{PeriodIdArg, speaker},
    review_items::find_item,
    text::{moment, say, table},
};
use crate::server::office::scope;
use crate::{
    domain::{
        Item, LimitId, Period, Points, ValueAbove,
        above::{AskedAbove, asked_above},
        answer::MAX_TEXT_CHARS,
        check::is_plain_text,
    },
    server::{
        database::{Database, Unit, values_above::Giving},
        host::clock::SystemClock,
        office::clock::Clock as _,
    },
};
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(super) enum Judge {
    #[command(about = "列出各支部由上级评的条目，评了几分、谁评的、什么时候")]
    List {
        #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
        period: PeriodIdArg,
        #[arg(long, value_name = "UNIT", help = "只看这个党组织下面的（编号或全称）")]
        under: Option<String>,
        #[arg(long, help = "输出JSON，改过的每一次都在里面")]
        json: bool,
    },
    #[command(about = "给一个支部的一个条目打分；改分就再打一次，原来的留着")]
    Give(Give),
    #[command(about = "导出打分表（xlsx），填好以后用 judge import 导回")]
    Export {
        #[arg(short, long, value_name = "FILE", help = "写到哪个新文件")]
        output: PathBuf,
        #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
        period: PeriodIdArg,
        #[arg(long, value_name = "UNIT", help = "只要这个党组织下面的（编号或全称）")]
        under: Option<String>,
    },
    #[command(about = "导入填好的打分表：写对的行写入，有错误的列出来；再导入一次，什么也不变")]
    Import {
        #[arg(value_name = "FILE", help = "judge export 导出、填好的表")]
        file: PathBuf,
        #[arg(long, value_name = "NAME", help = "以谁的名义；不写就是支部的上级党组织")]
        by: Option<String>,
    },
}

#[derive(clap::Args)]
pub(super) struct Give {
    #[arg(long, value_name = "UNIT", help = "支部的编号或全称")]
    branch: String,
    #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
    period: PeriodIdArg,
    #[arg(long, value_name = "ITEM", help = "第几条，或者条目编号")]
    item: String,
    #[arg(long, value_name = "POINTS", help = "得几分，如 3.5")]
    points: String,
    #[arg(long, value_name = "LIMIT", help = "成立的限制的编号，可以写多次；都不成立的写 无")]
    limit: Vec<String>,
    #[arg(long, value_name = "TEXT", help = "说明")]
    reason: Option<String>,
    #[arg(long, value_name = "NAME", help = "以谁的名义；不写就是支部的上级党组织")]
    by: Option<String>,
}

/// An item of a branch that the upper level judges, with what was given for it.
pub(super) struct Row<'a> {
    /// The branch.
    pub(super) branch: &'a Unit,
    /// The name of whom it reports to.
    pub(super) above: &'a str,
    /// The item, as the branch's checklist asks it in the period.
    pub(super) asked: AskedAbove<'a>,
    /// The period.
    pub(super) period: &'a Period,
    /// What was given, oldest first.
    pub(super) given: Vec<&'a ValueAbove>,
}

impl Row<'_> {
    /// The value that counts: the last one, as long as the item is the one that it was given for.
    pub(super) fn counting(&self) -> Option<&ValueAbove> {
        self.given.last().copied().filter(|value| self.asked.takes(value))
    }

    /// How it stands, in words: 3.5, 没有评, 标准改了，要重新评.
    pub(super) fn standing(&self) -> String {
        match (self.counting(), self.given.last()) {
            (Some(value), _) => value.points.to_string(),
            (None, Some(old)) => format!("按原来的标准评过{}分（满分{}分），要重新评", old.points, old.of),
            (None, None) => "没有评".into(),
        }
    }
}

/// Every item that is judged above, branch by branch.
pub(super) fn rows(book: &Book) -> impl Iterator<Item = Row<'_>> {
    book.branches.iter().flat_map(move |branch| {
        let list = book.checklist(&branch.code);
        let found = list.and_then(|list| Some((list, list.period(&book.period)?)));
        let given = book.given.get(&branch.code).map_or(&[][..], Vec::as_slice);
        let asked = found.map(|(list, period)| (asked_above(list, period), period));
        let (asked, period) = asked.map_or((Vec::new(), None), |(asked, period)| (asked, Some(period)));
        asked.into_iter().filter_map(move |asked| {
            let given = given.iter().filter(|value| value.item == asked.item.id).collect();
            let above = book.above.get(&branch.code).map_or("", String::as_str);
            Some(Row { branch, above, asked, period: period?, given })
        })
    })
}

impl Judge {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        match self {
            Self::List { period, under, json } => {
                list(&Book::collect(database, &period, under.as_deref()).await?, json)
            }
            Self::Give(give) => give.run(database).await,
            Self::Export { output, period, under } => {
                let book = Book::collect(database, &period, under.as_deref()).await?;
                judge_sheet::export(&output, &book)
            }
            Self::Import { file, by } => judge_sheet::import(database, &file, by.as_deref()).await,
        }
    }
}

fn list(book: &Book, json: bool) -> Result<(), CliError> {
    let rows: Vec<Row<'_>> = rows(book).collect();
    if json {
        let list = rows.iter().map(|row| {
            json!({
                "branch": row.branch.code,
                "branch_name": row.branch.name,
                "item": row.asked.item.id,
                "number": row.asked.number,
                "of": row.asked.most(),
                "counting": row.counting(),
                "given": row.given,
            })
        });
        say(serde_json::to_string_pretty(&list.collect::<Vec<_>>())?);
        return Ok(());
    }
    let shown = rows.iter().map(|row| {
        let last = row.given.last();
        vec![
            row.branch.code.to_string(),
            row.branch.name.clone(),
            format!("第{}条", row.asked.number),
            row.asked.item.title.clone(),
            row.asked.most().to_string(),
            row.standing(),
            row.counting().map(|value| held(row.asked.item, &value.holds)).unwrap_or_default(),
            last.map(|value| value.by.clone()).unwrap_or_default(),
            last.map(|value| moment(value.at)).unwrap_or_default(),
            remark(row),
        ]
    });
    let header =
        ["支部编号", "支部", "条目", "内容", "满分", "得分", "成立的限制", "谁评的", "什么时候", "备注"];
    say(table(&header, &shown.collect::<Vec<_>>()));
    let judged = rows.iter().filter(|row| row.counting().is_some()).count();
    say(format!("共{}处，评了{judged}处。", rows.len()));
    Ok(())
}

/// Its reason, and how often it was changed.
pub(super) fn remark(row: &Row<'_>) -> String {
    let reason = row.given.last().map(|value| value.reason.clone()).filter(|reason| !reason.is_empty());
    let changed = row.given.len().checked_sub(1).filter(|times| *times > 0);
    let changed = changed.map(|times| format!("改过{times}次"));
    reason.into_iter().chain(changed).collect::<Vec<_>>().join("；")
}

/// The limits that hold, in their own words.
pub(super) fn held(item: &Item, holds: &[LimitId]) -> String {
    let held = item.limits.iter().filter(|limit| holds.contains(&limit.id));
    held.map(|limit| limit.text.clone()).collect::<Vec<_>>().join("；")
}

/// Why a value cannot be given, and what to do.
pub(super) type Refusal = (String, String);

/// Points as somebody typed them for an item.
pub(super) fn points(text: &str, asked: &AskedAbove<'_>) -> Result<Points, Refusal> {
    let most = asked.most();
    let remedy = || format!("写成0到{most}的数，不带单位，最多两位小数");
    let typed = text.strip_suffix('分').unwrap_or(text).trim();
    let points = Points::parse(typed).map_err(|_| (format!("“{text}”不是分值"), remedy()))?;
    if points > most {
        return Err((format!("第{}条满分{most}分，{points}分超过了", asked.number), remedy()));
    }
    Ok(points)
}

/// The limits that hold, as somebody typed them. Of an item that has any it must be said: nobody is let off, or held down, by a
/// blank cell.
pub(super) fn holds<'t>(
    typed: impl Iterator<Item = &'t str>,
    asked: &AskedAbove<'_>,
) -> Result<Vec<LimitId>, Refusal> {
    let known: Vec<&str> = asked.item.limits.iter().map(|limit| limit.id.as_str()).collect();
    let typed: Vec<&str> = typed.map(str::trim).filter(|text| !text.is_empty()).collect();
    let said = asked.item.limits.iter().map(|limit| format!("{}（{}）", limit.id, limit.text));
    let said = said.collect::<Vec<_>>().join("、");
    match typed[..] {
        [NONE] => return Ok(Vec::new()),
        [] if known.is_empty() => return Ok(Vec::new()),
        [] => {
            let problem = format!("第{}条有限制，没有写是不是成立", asked.number);
            return Err((problem, format!("成立的写编号：{said}；都不成立的写“无”")));
        }
        [..] => {}
    }
    if let Some(unknown) = typed.iter().find(|text| !known.contains(text)) {
        let remedy = if known.is_empty() {
            "这一条没有限制，空着".to_owned()
        } else {
            format!("成立的写编号：{said}；都不成立的只写“无”")
        };
        return Err((format!("第{}条没有限制“{unknown}”", asked.number), remedy));
    }
    let held = asked.item.limits.iter().filter(|limit| typed.contains(&limit.id.as_str()));
    Ok(held.map(|limit| limit.id.clone()).collect())
}

/// That no limit of the item holds.
pub(super) const NONE: &str = "无";

impl Give {
    async fn run(self, database: &Database) -> Result<(), CliError> {
        let units = database.units().await?;
        let branch = scope::branch(&units, &self.branch)?;
        let book = Book::collect(database, &self.period, Some(branch.code.as_str())).await?;
        let list = book.checklist(&branch.code).ok_or_else(|| {
            CliError::refused(format!("“{}”的领域还没有发布标准", branch.name), "先发布这个领域的标准")
        })?;
        let item = find_item(list, &self.item).ok_or_else(|| {
            let remedy = format!("写第几条（1到{}），或者条目编号", list.items().count());
            CliError::refused(format!("标准里没有“{}”这一条", self.item), remedy)
        })?;
        let rows: Vec<Row<'_>> = rows(&book).collect();
        let Some(row) = rows.iter().find(|row| row.asked.item.id == item) else {
            let numbers = rows.iter().map(|row| format!("第{}条{}", row.asked.number, row.asked.item.title));
            let numbers = numbers.collect::<Vec<_>>().join("、");
            let remedy = if numbers.is_empty() {
                "这一期没有由上级评的条目".into()
            } else {
                format!("这一期由上级评的是：{numbers}")
            };
            return Err(CliError::refused(format!("“{}”这一期不由上级评", self.item), remedy));
        };
        let refused = |(problem, remedy): Refusal| CliError::refused(problem, remedy);
        let points = points(self.points.trim(), &row.asked).map_err(refused)?;
        let holds = holds(self.limit.iter().map(String::as_str), &row.asked).map_err(refused)?;
        let reason = self.reason.as_deref().unwrap_or_default().trim().to_owned();
        if !is_plain_text(&reason, MAX_TEXT_CHARS, true) {
            let problem = format!("说明超过{MAX_TEXT_CHARS}个字，或者有看不见的控制字符");
            return Err(CliError::refused(problem, "缩短，或者重新手工输入"));
        }
        let is_same =
            |value: &ValueAbove| (value.points, &value.holds, &value.reason) == (points, &holds, &reason);
        if row.counting().is_some_and(is_same) {
            say(format!("第{}条已经是{points}分，没有变化。", row.asked.number));
            return Ok(());
        }
        let by = speaker(database, &branch.code, self.by.as_deref()).await?;
        let value = ValueAbove {
            period: self.period.0.clone(),
            item,
            points,
            of: row.asked.most(),
            holds,
            reason,
            at: SystemClock.now_ms(),
            by,
        };
        let told = format!(
            "{} {} 第{}条{}：{}评{points}分（满分{}分）{}。",
            branch.name,
            self.period.0,
            row.asked.number,
            row.asked.item.title,
            value.by,
            value.of,
            if value.holds.is_empty() {
                String::new()
            } else {
                format!("，限制成立：{}", held(row.asked.item, &value.holds))
            }
        );
        let giving = Giving { branch: branch.code.clone(), after: row.given.len(), value };
        if !database.give(&[giving]).await?.is_empty() {
            return Err(CliError::refused("就在刚才，别人也给这一条打了分", "用 judge list 再看一眼"));
        }
        say(told);
        Ok(())
    }
}
