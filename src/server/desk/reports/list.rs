//! 上报一览

use super::filter::{self, Query, STATES};
use crate::{
    protocol::ReviewState,
    server::{
        desk::{
            frame,
            kit::{Column, Tone, choice, filter as filter_form, note, nothing, pager, table},
            links,
            visitor::Visitor,
        },
        office::{
            people::Act,
            reviewing::{
                Due,
                browsing::{Browsed, Choices, ROWS},
            },
        },
    },
    words::{dates, terms, units},
};
use maud::{Markup, html};

/// The page.
pub(super) fn page(visitor: &Visitor, query: &Query, browsed: &Browsed) -> Markup {
    let Browsed { choices, found } = browsed;
    let shown = query.clone().within(choices.filter.period.as_ref(), &choices.unit);
    let rows: Vec<&Due> = found.rows.iter().collect();
    let total = u64::try_from(found.total).unwrap_or(u64::MAX);
    let may_review = visitor.may_somewhere(Act::Review);
    let named = |due: &&Due| name(due, &shown);
    let standing = |due: &&Due| standing(due, visitor, &shown, may_review);
    let columns: [Column<'_, &Due>; 7] = [
        Column { head: "编号", cell: &|due| html! { (due.branch.code) } },
        Column { head: "党组织", cell: &named },
        Column { head: "上级党组织", cell: &|due| html! { (due.above) } },
        Column { head: "自评得分", cell: &score },
        Column { head: "申报等次", cell: &|due| html! { (claimed(due)) } },
        Column { head: "状态", cell: &standing },
        Column { head: "备注", cell: &|due| html! { (remarks(due)) } },
    ];
    let body = html! {
        (said(query))
        (filter_form(links::REPORTS, &fields(query, choices)))
        @if rows.is_empty() {
            (nothing("没有这样的支部。放宽条件再看。"))
        } @else {
            (table("上报一览，按编号排", &columns, &rows))
        }
        div.acts {
            (pager(total, found.page.number.into(), ROWS.into(), &shown.at(links::REPORTS)))
            @if total > 0 { a.button.second href=(shown.at(super::XLSX)) { "导出表格（xlsx）" } }
        }
    };
    frame::page(visitor, links::REPORTS, "上报一览", &body)
}

/// What happened before this page.
fn said(query: &Query) -> Markup {
    let text = match query.said.as_str() {
        "approved" => "审核通过。这个范围里没有待审的了。",
        "returned" => "退回修改，支部的手机上能看到。这个范围里没有待审的了。",
        "incomplete" => "要求补材料，支部的手机上能看到。这个范围里没有待审的了。",
        "paper" => "收到的纸质登记好了，算已报。",
        "paper-struck" => "纸质登记撤销了。",
        _ => return html! {},
    };
    note(Tone::Done, text)
}

fn fields(query: &Query, choices: &Choices) -> Markup {
    let pairs = |all: Vec<(String, String)>, any: &str| {
        let mut options = vec![(String::new(), any.to_owned())];
        options.extend(all);
        options
    };
    let periods = choices.periods.iter().map(|period| (period.id.to_string(), period.name.clone()));
    let period = choices.filter.period.as_ref().map(ToString::to_string).unwrap_or_default();
    let units = choices.units.iter().map(|unit| (unit.code.to_string(), unit.name.clone()));
    let sectors = choices.sectors.iter().map(|(id, name)| (id.to_string(), name.clone()));
    let grades = choices.grades.iter().map(|(claim, name)| (filter::code(*claim), name.clone()));
    let states = STATES.map(|(code, name)| (code.to_owned(), name.to_owned()));
    html! {
        (choice("考核周期", "period", &periods.collect::<Vec<_>>(), &period))
        (choice("单位", "under", &units.collect::<Vec<_>>(), choices.unit.as_str()))
        (choice("领域", "sector", &pairs(sectors.collect(), "全部"), query.sector()))
        (choice("状态", "state", &states, &query.state))
        (choice("申报等次", "claimed", &pairs(grades.collect(), "全部"), &query.claimed))
        (tick("迟报", "late", query.late()))
        (tick("照片没传全", "photos", query.photos()))
        (tick("交了纸质", "paper", query.paper()))
    }
}

fn tick(label: &str, name: &str, is_on: bool) -> Markup {
    html! { label.tick { input type="checkbox" name=(name) value="1" checked[is_on]; " " (label) } }
}

/// The way to its report, if it has one.
fn name(due: &Due, shown: &Query) -> Markup {
    html! {
        @match &due.reported {
            Some(row) => {
                a href=(shown.at(&super::address(row.counting.receipt.submission))) { (due.branch.name) }
            },
            None => { (due.branch.name) },
        }
    }
}

fn score(due: &&Due) -> Markup {
    let reported = due.reported.as_ref().map(|row| row.counting.receipt.score);
    let paper = due.paper.as_ref().and_then(|(paper, _)| paper.said).map(|(score, _)| score);
    html! { span.number { @if let Some(score) = reported.or(paper) { (score) } } }
}

fn claimed(due: &Due) -> &str {
    let reported = due.reported.as_ref().map(|row| row.claimed.as_str());
    reported.or(due.paper.as_ref().map(|(_, claimed)| claimed.as_str())).unwrap_or_default()
}

fn standing(due: &Due, visitor: &Visitor, shown: &Query, may_review: bool) -> Markup {
    let Some(row) = &due.reported else {
        let of = shown.of_period(&due.period).after(super::PAPER, "", due.branch.code.as_str());
        return html! {
            @match &due.paper {
                Some((paper, _)) => {
                    "纸质，" (dates::day(paper.received_on, visitor.today)) "收到"
                    @if may_review { " " a href=(of) { "改" } }
                },
                None => {
                    "未报"
                    @if may_review && due.gone.is_none() { br; a href=(of) { "登记纸质" } }
                },
            }
        };
    };
    let last = row.counting.reviews.last();
    let asks = |state| matches!(state, ReviewState::Returned | ReviewState::Incomplete);
    let due_day = last.filter(|last| asks(last.state)).and_then(|last| last.due);
    html! {
        (terms::review(row.state()))
        @if let Some(day) = due_day {
            "，" (dates::day(day, visitor.today)) "前改好"
            @if day < visitor.today { "，" strong { "已逾期" } }
        }
        br;
        span.muted { (dates::moment(row.counting.receipt.received_at, visitor.today)) "送达" }
    }
}

fn remarks(due: &Due) -> String {
    let mut remarks = Vec::new();
    if let Some(row) = &due.reported {
        if row.counting.receipt.late {
            remarks.push("迟报".to_owned());
        }
        if row.counting.heads > 1 {
            remarks.push(format!("两部手机各报了一份（共{}份），以最新的为准", row.counting.heads));
        }
        if row.counting.missing > 0 {
            remarks.push(format!("照片还差{}张", row.counting.missing));
        }
        if let Some((paper, claimed)) = &due.paper
            && let Some((score, _)) = paper.said
        {
            remarks.push(format!("另有纸质：{score}分，申报{claimed}；以手机上报的为准"));
        }
    }
    remarks.extend(due.gone.as_ref().map(|gone| units::gone(gone.on, gone.into.as_deref())));
    remarks.join("；")
}
