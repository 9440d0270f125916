//! The list: what was found from above below a unit, filtered and by pages; the same as a workbook; the branches' own as counts.

use crate::{
    domain::{BranchCode, Finding, FindingId, FindingOrigin, ItemId},
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{
                Column, Tone, choice, filter, hidden, line, note, nothing, pager, post_list, submit, table,
            },
            links,
            visitor::Visitor,
        },
        office::{
            Page, Paged,
            mending::{
                self, Filter, Row,
                counts::Common,
                items::Items,
                kinds::{self, Kind, KindId},
            },
            people::Act,
            places::{self, Place},
        },
        tables::{
            items::find_item,
            mending_ledger::{Book, sort, titled},
        },
    },
    words::{
        dates,
        findings::{source, standing},
    },
};
use axum::{
    Router,
    extract::{Query, State},
    http::header,
    response::IntoResponse,
    routing::get,
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// So many rows a page has.
const ROWS: u32 = 50;
/// More problems than a workbook can have rows for.
const ALL: Page = Page { number: 1, size: 1_000_000 };
/// At so many branches the workbook suggests that something is a matter of many.
const MANY: u32 = 3;
/// What is chosen to take a kind away; no kind has this id.
pub(super) const UNSORT: &str = "unsort";
/// The list as a workbook.
const LEDGER: &str = "/desk/findings/ledger.xlsx";

pub(super) fn routes() -> Router<Desk> {
    Router::new().route(links::FINDINGS, get(list)).route(LEDGER, get(ledger))
}

/// What is asked for, as it stands in the address; what is blank or no such thing leaves nothing out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    under: String,
    origin: String,
    state: String,
    overdue: String,
    source: String,
    item: String,
    kind: String,
    page: String,
    said: String,
    count: String,
    same: String,
}

impl Asked {
    fn is_own(&self) -> bool {
        self.origin == "own"
    }

    /// The items that are meant by a number (29, 第29条), in each sector; or one by its id.
    fn items(&self, known: &Items) -> Vec<ItemId> {
        let text = self.item.trim();
        let found: BTreeSet<ItemId> = known.all_in_force().filter_map(|list| find_item(list, text)).collect();
        // What no version in force has may be of an earlier one.
        let of_old = || ItemId::new(text).ok().into_iter().collect();
        if found.is_empty() { of_old() } else { found.into_iter().collect() }
    }

    fn filter(&self, items: &Items, today: Date) -> Filter {
        let text = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        Filter {
            state: serde_json::from_value(self.state.clone().into()).ok(),
            open: (self.state == "to_mend").then_some(true),
            items: self.items(items),
            origin: Some(if self.is_own() { FindingOrigin::SelfCheck } else { FindingOrigin::Inspection }),
            source: text(&self.source),
            kind: text(&self.kind).map(|kind| KindId::read(&kind)),
            overdue_on: (!self.overdue.is_empty()).then_some(today),
            asks_for_time: self.state == "asking",
            ..Filter::default()
        }
    }

    /// The address's query without the page's number and what was done.
    fn query(&self) -> String {
        let all = [
            ("under", &self.under),
            ("origin", &self.origin),
            ("state", &self.state),
            ("overdue", &self.overdue),
            ("source", &self.source),
            ("item", &self.item),
            ("kind", &self.kind),
        ];
        let said = all.iter().filter(|(_, value)| !value.is_empty());
        said.map(|(name, value)| format!("{name}={}", links::escaped(value))).collect::<Vec<_>>().join("&")
    }
}

/// What can be chosen of how problems stand.
fn states() -> Vec<(String, String)> {
    let named = [
        ("", "全部"),
        ("to_mend", "还没改好"),
        ("mended", "支部已整改，待验收"),
        ("asking", "支部申请延期"),
        ("open", "待整改"),
        ("under_way", "整改中"),
        ("returned", "退回"),
        ("closed", "已销号"),
    ];
    named.map(|(value, called)| (value.into(), called.into())).into()
}

async fn list(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Failure> {
    let place = place(&desk, &visitor, &asked).await?;
    let (database, actor, under) = (&desk.database, visitor.actor(), &place.unit.code);
    let number = asked.page.parse().unwrap_or(1).max(1);
    let items = Items::read(database).await?;
    let filter = asked.filter(&items, visitor.today);
    let on = Page { number, size: ROWS };
    let shown = mending::seen(database, &actor, under, &filter, on, visitor.today).await?;
    let branches: Vec<BranchCode> = shown.rows.iter().map(|row| row.branch.code.clone()).collect();
    let given = kinds::of_findings(database, Some(&branches)).await?;
    let known = kinds::of_unit(database, under).await?;
    let own = own(&desk, &visitor, under).await?;
    let page = Shown {
        visitor: &visitor,
        asked: &asked,
        place: &place,
        items: &items,
        given: &given,
        known: &known,
    };
    let title = if asked.is_own() { "支部自查的问题" } else { "问题台账" };
    Ok(frame::page(&visitor, links::FINDINGS, title, &page.body(&shown, own)))
}

async fn place(desk: &Desk, visitor: &Visitor, asked: &Asked) -> Result<Place, Failure> {
    let place =
        places::chosen(&desk.database, &visitor.person, Act::See, &asked.under, visitor.today).await?;
    place.ok_or(Failure::NotHere)
}

/// How many problems the branches have found themselves, and how many of these are to be mended.
async fn own(desk: &Desk, visitor: &Visitor, under: &BranchCode) -> Result<(usize, usize), Failure> {
    let count = async |open| {
        let filter = Filter { origin: Some(FindingOrigin::SelfCheck), open, ..Filter::default() };
        let on = Page { number: 1, size: 1 };
        let page = mending::seen(&desk.database, &visitor.actor(), under, &filter, on, visitor.today).await?;
        Ok::<_, Failure>(page.total)
    };
    Ok((count(None).await?, count(Some(true)).await?))
}

struct Shown<'a> {
    visitor: &'a Visitor,
    asked: &'a Asked,
    place: &'a Place,
    items: &'a Items,
    given: &'a BTreeMap<(BranchCode, FindingId), Kind>,
    known: &'a [Kind],
}

impl Shown<'_> {
    fn body(&self, shown: &Paged<Row>, (own, open): (usize, usize)) -> Markup {
        let asked = self.asked;
        let query = asked.query();
        let under = links::escaped(self.place.unit.code.as_str());
        let may_raise = self.visitor.may_somewhere(Act::Raise);
        let may_sort = self.visitor.may_somewhere(Act::Rule);
        html! {
            (self.said())
            div.acts {
                @if may_raise {
                    a.button href=(format!("{}/new?under={under}", links::FINDINGS)) { "写一个问题" }
                    a.button.second href=(format!("{}/table", links::FINDINGS)) { "导入问题清单" }
                }
                a.button.quiet href=(format!("{LEDGER}?{query}")) { "下载整改台账" }
                a.button.quiet href=(format!("{}?under={under}", links::KINDS)) { "归类" }
            }
            (self.filter())
            @if asked.is_own() {
                p { "支部自己查出来的，由支部自己销号。" a href=(format!("{}?under={under}", links::FINDINGS)) { "看上级查出来的" } }
            } @else {
                p {
                    "支部自己查出来的另有" (own) "个，其中" (open) "个还没改好，由支部自己销号。"
                    @if own > 0 { a href=(format!("{}?under={under}&origin=own", links::FINDINGS)) { "看看有哪些" } }
                }
            }
            @if shown.rows.is_empty() {
                (nothing("这里没有符合条件的问题。"))
            } @else if may_sort {
                (post_list(self.visitor, &format!("{}/give", links::KINDS), &html! {
                    (self.table(&shown.rows, true))
                    (hidden("back", &query))
                    div.acts {
                        (choice("勾上的问题归到", "kind", &self.to_give(), ""))
                        (submit("归类"))
                    }
                }))
            } @else {
                (self.table(&shown.rows, false))
            }
            (pager(shown.total as u64, u64::from(shown.page.number), u64::from(ROWS), &format!("{}?{query}", links::FINDINGS)))
        }
    }

    fn said(&self) -> Markup {
        let number = |text: &str| text.parse::<usize>().unwrap_or_default();
        let (count, same) = (number(&self.asked.count), number(&self.asked.same));
        let text = match self.asked.said.as_str() {
            "sorted" if count > 0 => format!("{count}个问题归好类了。"),
            "sorted" => "勾上的问题本来就是这一类，没有变化。".into(),
            "unsorted" if count > 0 => format!("{count}个问题取消归类了。"),
            "unsorted" => "勾上的问题本来就没有归类，没有变化。".into(),
            "none" => return note(Tone::Wrong, "没有勾上问题。先在左边勾上，再点“归类”。"),
            "no_kind" => return note(Tone::Wrong, "没有选类别。勾上问题，选一个类别，再点“归类”。"),
            "raised" if count > 0 && same > 0 => {
                format!("写好了{count}个问题，支部的手机联网以后就看到；另外{same}个以前写过了，没有动。")
            }
            "raised" if count > 0 => format!("写好了{count}个问题，支部的手机联网以后就看到。"),
            "raised" => "这些问题以前写过了，没有动。要改时限，打开那个问题。".into(),
            _ => return html! {},
        };
        note(Tone::Done, &text)
    }

    fn filter(&self) -> Markup {
        let asked = self.asked;
        let mut places: Vec<(String, String)> =
            self.place.all.iter().map(|unit| (unit.code.to_string(), unit.name.clone())).collect();
        let unit = &self.place.unit;
        if !self.place.all.iter().any(|one| one.code == unit.code) {
            places.push((unit.code.to_string(), unit.name.clone()));
        }
        let overdue =
            [("", "全部"), ("1", "只看逾期的")].map(|(value, called)| (value.into(), called.into()));
        filter(
            links::FINDINGS,
            &html! {
                @if asked.is_own() { (hidden("origin", "own")) }
                (choice("党组织", "under", &places, unit.code.as_str()))
                (choice("整改情况", "state", &states(), &asked.state))
                (choice("逾期", "overdue", &overdue, &asked.overdue))
                (choice("类别", "kind", &self.choices("全部"), &asked.kind))
                (line("问题来源", "source", "text", &asked.source, None))
                (line("第几条", "item", "text", &asked.item, None))
            },
        )
    }

    /// The kinds that can be chosen, after what is called so and means none.
    fn choices(&self, none: &str) -> Vec<(String, String)> {
        let given =
            self.known.iter().filter(|kind| kind.ended.is_none() || kind.id.as_str() == self.asked.kind);
        let given =
            given.map(|kind| (kind.id.as_str().to_owned(), format!("{}：{}", sort(kind.sort), kind.name)));
        std::iter::once((String::new(), none.to_owned())).chain(given).collect()
    }

    /// What ticked problems can be given, after what gives nothing: the kinds, and at the end none.
    fn to_give(&self) -> Vec<(String, String)> {
        let mut choices = self.choices("选一个类别");
        choices.push((UNSORT.into(), "取消归类".into()));
        choices
    }

    fn table(&self, rows: &[Row], ticks: bool) -> Markup {
        let tick = |row: &Row| {
            html! {
                input type="checkbox" name="finding" value=(format!("{}/{}", row.branch.code, row.finding.id)) aria-label=(format!("勾上{}", row.number));
            }
        };
        let branch = |row: &Row| {
            html! {
                (row.branch.name)
                @if let Some(gone) = &row.gone { "（" (crate::words::units::gone(gone.on, gone.into.as_deref())) "）" }
            }
        };
        let above = |row: &Row| html! { (row.above) };
        let item = |row: &Row| html! { (titled(self.items, &row.branch.sector, row.finding.item.as_ref())) };
        let problem = |row: &Row| {
            html! {
                a href=(links::finding(&row.branch.code, row.finding.id)) { (brief(&row.finding)) }
            }
        };
        let from = |row: &Row| html! { (source(&row.finding)) };
        let kind = |row: &Row| {
            html! {
                @if let Some(kind) = self.given.get(&(row.branch.code.clone(), row.finding.id)) { (sort(kind.sort)) "：" (kind.name) }
            }
        };
        let due = |row: &Row| html! { @if let Some(due) = row.finding.due() { (dates::day(due, self.visitor.today)) } };
        let who = |row: &Row| html! { (row.finding.responsible) };
        let state = |row: &Row| {
            html! {
                (standing(&row.finding, self.visitor.today))
                @if let Some(day) = row.finding.asks_until() { "，支部申请延期到" (dates::day(day, self.visitor.today)) }
            }
        };
        let mut columns = vec![
            Column { head: "上级党组织", cell: &above },
            Column { head: "党组织", cell: &branch },
            Column { head: "条目", cell: &item },
            Column { head: "问题来源", cell: &from },
            Column { head: "存在问题", cell: &problem },
            Column { head: "类别", cell: &kind },
            Column { head: "责任人", cell: &who },
            Column { head: "整改时限", cell: &due },
            Column { head: "整改情况", cell: &state },
        ];
        if ticks {
            columns.insert(0, Column { head: "勾选", cell: &tick });
        }
        table("问题，按支部编号排", &columns, rows)
    }
}

/// 存在问题, as much as a row needs.
fn brief(finding: &Finding) -> String {
    const MOST: usize = 40;
    let text = finding.problem.replace('\n', " ");
    if text.trim().is_empty() {
        return "（没写是什么问题）".into();
    }
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

async fn ledger(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Failure> {
    let place = place(&desk, &visitor, &asked).await?;
    let items = Items::read(&desk.database).await?;
    let filter = asked.filter(&items, visitor.today);
    let found =
        mending::seen(&desk.database, &visitor.actor(), &place.unit.code, &filter, ALL, visitor.today)
            .await?;
    let branches: Vec<BranchCode> = found.rows.iter().map(|row| row.branch.code.clone()).collect();
    let kinds = kinds::of_findings(&desk.database, Some(&branches)).await?;
    let common = Common::of(&found.rows, MANY);
    let today = visitor.today;
    // Thousands of rows take longer than others should wait for.
    let book = tokio::task::spawn_blocking(move || {
        let book = Book { rows: &found.rows, common: &common, kinds: &kinds, items: &items, today };
        let mut bytes = std::io::Cursor::new(Vec::new());
        book.save(&mut bytes).map(|()| bytes.into_inner())
    });
    let bytes = book.await.map_err(|error| Failure::Machine(error.to_string()))?;
    let bytes = bytes.map_err(|error| Failure::Machine(error.to_string()))?;
    let name = links::escaped(&format!("整改台账{today}.xlsx"));
    Ok((
        [
            (
                header::CONTENT_TYPE,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
            ),
            (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
        ],
        bytes,
    ))
}
