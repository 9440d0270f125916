//! What the core finds in a checklist, said at the rows of the sheets that it was put together from.

use super::{missing::Missing, rows::PartRow, shared::Shared, words};
use crate::domain::{
    Checklist, ItemId, PartId,
    checklist_check::{ChecklistFault, checklist_faults},
    whole_check::WholeFault,
};
use crate::sheets::{
    Fault,
    fault::{Faults, quoted},
};

/// Says the core's own findings at the rows they come from. Those that may only follow from faults in the sheets they are made of
/// (those `before`), from what is missing, or from one another are left out.
pub(super) fn check(
    shared: &Shared<'_>,
    checklist: &Checklist,
    missing: &Missing<'_>,
    before: &Faults,
    faults: &mut Faults,
) {
    let all_items = before.spare(&["领域", "方面", "条目"]) && missing.items.is_empty();
    for aspect in checklist.aspects.iter().filter(|aspect| all_items && aspect.items.is_empty()) {
        faults.push(Fault {
            sheet: "条目".into(),
            row: None,
            column: Some("方面".into()),
            problem: format!("“{}”领域在“{}”方面一个条目也没有", checklist.sector_name, aspect.name),
            remedy: "至少写一个条目，或者在“方面”表里删去这个方面".into(),
        });
    }
    let all = checklist_faults(checklist);
    for found in all.iter().filter(|found| !only_follows(found, &all, checklist, missing)) {
        let fault = placed(shared, checklist, found);
        let follows: &[&str] = match found {
            ChecklistFault::Total(..) => &["领域", "方面", "条目", "分项"],
            ChecklistFault::NoPart(_) => &["领域", "条目", "分项"],
            ChecklistFault::Figures(..) => &["领域", "选项"],
            ChecklistFault::FromTotal(..) => &["条目", "分项"],
            ChecklistFault::UnknownMethod(..) => &["条目", "考核方式"],
            ChecklistFault::NeverDue(..) => &["分项", "考核周期"],
            ChecklistFault::Ledger(..) => &["领域", "分项", "选项"],
            ChecklistFault::Limit(..) => &["领域", "分项", "选项", "限制"],
            ChecklistFault::Thresholds | ChecklistFault::Whole(WholeFault::Grades | WholeFault::Quota(_)) => {
                &["等次"]
            }
            ChecklistFault::Whole(WholeFault::Limit(_)) => &["限制", "等次", "方面"],
            ChecklistFault::Period(_) | ChecklistFault::Whole(WholeFault::Year(..)) => &["考核周期"],
            _ => &[],
        };
        if before.spare(follows) && !before.has_row(&fault.sheet, fault.row) {
            faults.push(fault);
        }
    }
}

/// Whether a finding only follows from what is missing, or from another finding.
fn only_follows(
    found: &ChecklistFault,
    all: &[ChecklistFault],
    checklist: &Checklist,
    missing: &Missing<'_>,
) -> bool {
    let no_figures =
        |item: &ItemId, part: &PartId| all.contains(&ChecklistFault::Figures(item.clone(), part.clone()));
    match found {
        ChecklistFault::Total(..) => {
            !missing.is_nothing() || all.iter().any(|other| matches!(other, ChecklistFault::NoPart(_)))
        }
        ChecklistFault::NoPart(item) | ChecklistFault::Figures(item, _) => missing.may_be_of(item.as_str()),
        ChecklistFault::Ledger(item, part) => no_figures(item, part),
        ChecklistFault::Limit(item, limit) => checklist.find(item).is_some_and(|(.., of)| {
            let limit = of.limits.iter().find(|known| &known.id == limit);
            limit.is_some_and(|limit| {
                missing.parts.contains(&(item.as_str(), limit.part.as_str())) || no_figures(item, &limit.part)
            })
        }),
        _ => false,
    }
}

/// Every aspect with its points: 组织健全18、制度完善12.
fn by_aspect(checklist: &Checklist) -> String {
    let aspects = checklist.aspects.iter().map(|aspect| format!("{}{}", aspect.name, aspect.points()));
    aspects.collect::<Vec<_>>().join("、")
}

/// The word for how often a part falls due.
fn window(checklist: &Checklist, item: &ItemId, part: &PartId) -> &'static str {
    let part = checklist.find(item).and_then(|(.., item)| item.part(part));
    let word = part.and_then(|part| words::WINDOWS.iter().find(|(_, window)| *window == part.window));
    word.map_or("", |(word, _)| word)
}

fn placed(shared: &Shared<'_>, checklist: &Checklist, fault: &ChecklistFault) -> Fault {
    let sector = &checklist.sector;
    let of_item = |id: &ItemId| {
        shared.items.iter().find(|row| &row.id == id && row.sectors.named.contains(sector)).map(|row| row.row)
    };
    let of_part = |item: &ItemId, part: &PartId| {
        let is = |row: &&PartRow| &row.item == item && &row.id == part && row.sectors.hold(sector);
        shared.parts.iter().find(is).map(|row| row.row)
    };
    let (sheet, row, column, problem, remedy) = match fault {
        ChecklistFault::Total(points, full) => (
            "分项",
            None,
            "分值",
            format!(
                "“{}”领域各条目合计{points}分，不是{full}分（{}）",
                checklist.sector_name,
                by_aspect(checklist)
            ),
            "调整分值（加分项不算在内）；总分不是这么多的，改“标准”表的“总分”",
        ),
        ChecklistFault::ItemTwice(item) => {
            ("条目", of_item(item), "编号", "编号重复了".into(), "每个条目用一个编号")
        }
        ChecklistFault::NameTwice(item, name) => (
            "条目",
            of_item(item),
            "编号",
            format!("这个条目里的编号{}重复了", quoted(name)),
            "在“分项”“选项”表里改成不同的编号",
        ),
        ChecklistFault::NoPart(item) => {
            ("条目", of_item(item), "编号", "这个条目没有分项".into(), "在“分项”表至少写一行")
        }
        ChecklistFault::UnknownMethod(item, _) => {
            ("条目", of_item(item), "考核方式", "没有这种方式".into(), "填“考核方式”表里的简称")
        }
        ChecklistFault::Figures(item, part) => (
            "分项",
            of_part(item, part),
            "办法",
            "办法的数字不全，或者互相矛盾".into(),
            "档次至少两档，最高一档等于分值；占比档从高到低，最高一档等于分值；逐项、扣分、倒扣至少一项；底线比例不高于满分比例",
        ),
        ChecklistFault::FromTotal(item, part) => (
            "分项",
            of_part(item, part),
            "办法",
            "倒扣从总分里扣，不能是加分，也不能是取最高里的一种做法".into(),
            "“加分”空着；条目的“计分”是 取最高 的，把倒扣写成另一个条目",
        ),
        ChecklistFault::Ledger(item, part) => (
            "分项",
            of_part(item, part),
            "台账",
            "从台账数的，与分项的办法对不上".into(),
            "次数直接写活动；占比写“到会率：活动”；扣分写“不足半数（选项的编号）：活动”；别的办法不填",
        ),
        ChecklistFault::NeverDue(item, part) => (
            "分项",
            of_part(item, part),
            "周期",
            format!("没有一个考核周期会评到它（“{}”）", window(checklist, item, part)),
            "改周期，或者在“考核周期”表里补上包含其结束日的周期",
        ),
        ChecklistFault::Limit(item, limit) => (
            "限制",
            shared.limits.iter().find(|row| &row.item == item && &row.limit.id == limit).map(|row| row.row),
            "情形",
            "情形与分项的办法对不上".into(),
            "是否配“答否”，次数配“次数少于”“次数达到”，占比、占比档、占比扣配“占比低于”“占比高于”，扣分、倒扣配“次数达到”，逐项配“缺这一项”，档次配“处于这一档”",
        ),
        ChecklistFault::Thresholds => (
            "等次",
            None,
            "分数线",
            "分数线没有从高到低，或者一行都没有".into(),
            "从高的等次写到低的等次，分数线也要依次降低",
        ),
        ChecklistFault::Whole(WholeFault::Grades) => (
            "等次",
            None,
            "等次",
            "等次的名称不全，或者重复".into(),
            "从高到低，一等一行，二到二十等；最低的一等放在最后一行，分数线空着",
        ),
        ChecklistFault::Whole(WholeFault::Quota(_)) => (
            "等次",
            None,
            "名额",
            "名额写在了最低的一等，或者不是1%到100%、不是1个以上".into(),
            "写成 30% 或者 2；不限的空着",
        ),
        ChecklistFault::Whole(WholeFault::Limit(id)) => (
            "限制",
            shared.whole_limits.iter().find(|row| &row.limit.id == id).map(|row| row.row),
            "编号",
            format!("看整体的限制{}重复了，或者和等次、方面对不上", quoted(id.as_str())),
            "每条用一个编号；等次、方面照“等次”“方面”两张表填",
        ),
        ChecklistFault::Whole(WholeFault::Year(year, sum)) => (
            "考核周期",
            None,
            "占全年",
            format!("{year}年各期占全年的合计是{sum}%，不是100%"),
            "这一年的每一期都填，加起来100%；不按比例算全年的，都空着",
        ),
        ChecklistFault::Period(period) => (
            "考核周期",
            None,
            "开始",
            format!("周期{}的日期没有接上前一个周期，或者结束早于开始", quoted(period.as_str())),
            "按先后写，后一个从前一个结束的第二天开始",
        ),
    };
    Fault { sheet: sheet.into(), row, column: Some(column.into()), problem, remedy: remedy.into() }
}
