//! What inspectors found, taken from a table (`findings_table.rs`): all of it or nothing, and the same table again changes nothing.
//!
//! A finding that is known already is not written again; where its deadline or source reads otherwise now, only that is. A new
//! one's id follows from its words, so the same table over a restored database meets the same findings on phones.

use super::{
    error::{self, CliError},
    findings::{MOST_TRIES, busy, said},
    standard::checklists_in_force,
    text::say,
    units,
};
use crate::server::tables::findings::{Desk, NAME, Read, table};
use crate::{
    domain::{
        BranchCode, FindingField, FindingId, FindingOrigin, FindingState, FindingValue, ItemId,
        finding::ItemPoints, period::shanghai_date,
    },
    server::{
        database::{
            Database,
            findings::{FromAbove, Word},
            results::Counting,
        },
        host::clock::SystemClock,
        office::clock::Clock as _,
    },
    sheets::workbook,
};
use jiff::civil::Date;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Takes a table, all or nothing.
pub(super) async fn import(database: &Database, file: &Path) -> Result<(), CliError> {
    let sheets = workbook::read(NAME, &error::read(file)?).map_err(|fault| CliError::Faults(vec![fault]))?;
    let (table, mut faults) = table(&sheets);
    let notices = faults.take_notices();
    for _ in 0..MOST_TRIES {
        let (known, seen) = database.all_findings().await?;
        let today = shanghai_date(SystemClock.now_ms());
        let tree = database.tree().await?;
        let units = tree.all().map(|member| member.unit.clone()).collect();
        let gone = tree.all().filter_map(|member| {
            Some((member.unit.code.clone(), units::gone(member.ended.as_ref()?, &tree)))
        });
        let desk =
            Desk::new(units, checklists_in_force(database).await?, known, today).without(gone.collect());
        let read = desk.read(&table, faults.clone()).map_err(CliError::Faults)?;
        let words = words(database, &read).await?;
        if said(database, words, seen).await? {
            tell(&read, &notices, today);
            return Ok(());
        }
    }
    Err(busy())
}

fn tell(read: &[Read], notices: &[String], today: Date) {
    let count = |of: fn(&Read) -> bool| read.iter().filter(|row| of(row)).count();
    let branches: BTreeSet<&BranchCode> = read.iter().map(|row| &row.branch).collect();
    say(format!(
        "{}个支部的{}个问题：新增{}，更新{}，没有变化{}。支部的手机联网以后就看到。",
        branches.len(),
        read.len(),
        count(|row| row.known.is_none()),
        count(|row| row.known.is_some() && row.differs()),
        count(|row| row.known.is_some() && !row.differs()),
    ));
    let closed =
        count(|row| row.known.as_ref().is_some_and(|known| known.finding.state == FindingState::Closed));
    if closed > 0 {
        say(format!("提示：其中{closed}个已经销号，没有动；问题又出现了，用 findings return 重新打开。"));
    }
    let passed = |row: &&Read| row.deadline.is_some_and(|day| day < today);
    let overdue = read.iter().filter(|row| row.known.is_none() || row.differs()).filter(passed).count();
    if overdue > 0 {
        say(format!("提示：其中{overdue}个的整改时限已经过了，照实记作逾期。"));
    }
    for notice in notices {
        say(format!("提示：{notice}"));
    }
}

/// What there is to say, in the order of the rows.
async fn words(database: &Database, read: &[Read]) -> Result<Vec<FromAbove>, CliError> {
    let mut words = Vec::new();
    let mut scores = BTreeMap::new();
    // The last period's: they come in the order of periods.
    let counting: BTreeMap<BranchCode, Counting> =
        database.counting(None).await?.into_iter().map(|report| (report.branch.clone(), report)).collect();
    for row in read {
        let mut say = |finding: FindingId, field: FindingField, value: FindingValue| {
            let word = Word::Write(field, value);
            words.push(FromAbove { branch: row.branch.clone(), finding, word });
        };
        let origin =
            || FindingValue::Origin { origin: FindingOrigin::Inspection, detail: row.source.clone() };
        let (id, deadline, source) = match &row.known {
            Some(known) if row.differs() => (known.finding.id, known.deadline, known.source),
            Some(_) => continue,
            None => {
                let id = FindingId::from_content(&row.branch, row.item.as_ref(), &row.problem);
                say(id, FindingField::Problem, FindingValue::Text { text: row.problem.clone() });
                if let Some(item) = &row.item {
                    say(id, FindingField::Item, FindingValue::Item { item: item.clone() });
                    if !scores.contains_key(&row.branch) {
                        scores.insert(row.branch.clone(), scored(database, counting.get(&row.branch)).await?);
                    }
                    let score = scores.get(&row.branch).and_then(|scores| scores.get(item)).cloned();
                    if let Some(score) = score {
                        say(id, FindingField::Score, FindingValue::Score { score });
                    }
                }
                (id, row.deadline.is_some(), true)
            }
        };
        if source {
            say(id, FindingField::Origin, origin());
        }
        if deadline {
            say(id, FindingField::Deadline, FindingValue::Day { day: row.deadline });
        }
    }
    Ok(words)
}

/// What the items score by the report that counts of a branch.
async fn scored(
    database: &Database,
    newest: Option<&Counting>,
) -> Result<BTreeMap<ItemId, ItemPoints>, CliError> {
    let Some(newest) = newest else { return Ok(BTreeMap::new()) };
    let Some(report) = database.report(newest.receipt.submission).await? else { return Ok(BTreeMap::new()) };
    let counting = report.sheet.items().filter(|score| score.state.counts());
    let of = |score: &crate::domain::scoring::ItemScore| ItemPoints {
        period: newest.period.clone(),
        got: score.got,
        of: score.points,
    };
    Ok(counting.map(|score| (score.item.clone(), of(score))).collect())
}
