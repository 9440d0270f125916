//! What is in a standard and what it asks of branches, at a glance.

use crate::{
    domain::{Aspect, Checklist, Document, PeriodId, Points},
    server::{
        desk::kit::{Column, Tone, note, table},
        office::burden::{Demand, Gone, Line, Report},
        tables::modules::{adds, state},
    },
    words::versions,
};
use maud::{Markup, html};

/// How many items each sector has, and what they add up to.
pub(super) fn overview(checklists: &[Checklist]) -> Markup {
    let above = |list: &Checklist| list.items().filter(|(_, item)| item.judged_above).count();
    let sector = |list: &Checklist| html! { (list.sector_name) };
    let items = |list: &Checklist| html! { (list.items().count()) "条" };
    let judged = |list: &Checklist| html! { (above(list)) "条" };
    let points = |list: &Checklist| html! { (list.aspects.iter().map(Aspect::points).sum::<Points>()) "分" };
    let columns = [
        Column { head: "领域", cell: &sector },
        Column { head: "条目", cell: &items },
        Column { head: "其中由上级评", cell: &judged },
        Column { head: "总分", cell: &points },
    ];
    table("各领域", &columns, checklists)
}

/// What it asks of branches.
pub(super) fn burden(report: &Report, checklists: &[Checklist]) -> Markup {
    let named = |id: &PeriodId| {
        let known = checklists.iter().find_map(|list| list.period(id));
        known.map_or_else(|| id.to_string(), |period| period.name.clone())
    };
    let minutes = |seconds: u32| format!("{}分钟", seconds.div_ceil(60));
    let sector = |line: &Line| html! { (line.burden.sector_name) };
    let periods = |line: &Line| {
        html! { (line.burden.periods.iter().map(named).collect::<Vec<_>>().join("、")) }
    };
    let answers = |line: &Line| html! { (line.burden.cost.answers) "处" };
    let photos = |line: &Line| html! { (line.burden.cost.photos) "张" };
    let time = |line: &Line| html! { (minutes(line.burden.cost.seconds)) };
    let branches = |line: &Line| html! { @if let Some(count) = line.of_all.branches { (count) "个" } };
    let hours = |line: &Line| html! { @if let Some(hours) = line.of_all.hours_of_all { (hours) "小时" } };
    let columns = [
        Column { head: "领域", cell: &sector },
        Column { head: "考核周期", cell: &periods },
        Column { head: "一个支部要填", cell: &answers },
        Column { head: "可以拍", cell: &photos },
        Column { head: "大约用时", cell: &time },
        Column { head: "名册里的支部", cell: &branches },
        Column { head: "全部支部用时", cell: &hours },
    ];
    html! {
        (table("一期要支部填多少", &columns, &report.sectors))
        p.muted { "时间按假定算，没有实测，只用来比较；可不设、可无此事的都算在内，所以是上限。拍照从不要求。" }
        h3 { "自查以外的模块另外加多少" }
        ul {
            @for one in &report.modules {
                li { (one.module.term()) @if let Some(is_on) = one.is_on { "（" (state(is_on)) "）" } "：" (adds(one)) }
            }
        }
        @for Gone { dropped, branches, .. } in &report.dropped {
            (note(Tone::Calm, &format!(
                "在用的一版里的“{}”领域没有了（原来{}条{}）。",
                dropped.sector_name,
                dropped.items,
                branches.map(|count| format!("，名册里有{count}个这样的支部")).unwrap_or_default(),
            )))
        }
        @if let Some(demands) = &report.differences { (compared(demands)) }
    }
}

/// So many lines of what changes are shown before it is published; afterwards all of them are.
const LINES: usize = 200;

/// What changes with it, in the words that a phone uses.
pub(super) fn changes(old: (&[Checklist], &[Document]), new: (&[Checklist], &[Document])) -> Markup {
    let said = versions::said(old, new);
    html! {
        h2 { "和在用的一版比，变了什么" }
        @if said.is_empty() { p { "没有变化。" } }
        @for line in said.iter().take(LINES) { p.said { (line) } }
        @if said.len() > LINES { p.muted { "后面还有，没有全列。发布以后，在“标准”里两版一比，全看得到。" } }
    }
}

/// So many changed demands are listed.
const MOST: usize = 100;

fn compared(demands: &[Demand]) -> Markup {
    let signed = |number: i64| if number == 0 { "0".to_owned() } else { format!("{number:+}") };
    let sector = |one: &Demand| html! { (one.difference.sector_name) };
    let title = |one: &Demand| html! { (one.difference.item) " " (one.difference.title) };
    let answers = |one: &Demand| html! { (signed(one.difference.answers)) };
    let photos = |one: &Demand| html! { (signed(one.difference.photos)) };
    let seconds = |one: &Demand| html! { (signed(one.difference.seconds)) };
    let columns = [
        Column { head: "领域", cell: &sector },
        Column { head: "条目", cell: &title },
        Column { head: "要填（处）", cell: &answers },
        Column { head: "可以拍（张）", cell: &photos },
        Column { head: "用时（秒）", cell: &seconds },
    ];
    html! {
        @if demands.is_empty() {
            p { "和在用的一版比，负担没有变化。" }
        } @else {
            (table("和在用的一版比，一个支部一期多了（+）少了（-）", &columns, &demands[..demands.len().min(MOST)]))
            @if demands.len() > MOST { p { "一共" (demands.len()) "处，只列了前" (MOST) "处。" } }
        }
    }
}
