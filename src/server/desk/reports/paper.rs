//! 收到纸质: total and 申报等次 of a branch that handed in paper, typed in.

use super::{Query, filter};
use crate::{
    domain::{PeriodId, Points, day, submission::claimable},
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Tone, area, choice, day_typed, hidden, line, note, post},
            links, moved,
            posted::Posted,
            visitor::Visitor,
        },
        office::papers::{self, Handed, Known, Refusal},
    },
    words::{dates, terms, whole},
};
use axum::{
    extract::{self, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    branch: String,
    period: String,
    after: String,
    total: String,
    claimed: String,
    received_on: String,
    note: String,
    act: String,
}

/// What was wrong, and with which field.
struct Fault {
    field: &'static str,
    text: String,
}

pub(super) async fn ask(
    visitor: Visitor,
    State(desk): State<Desk>,
    extract::Query(query): extract::Query<Query>,
) -> Result<Markup, Failure> {
    let filter = query.filter(visitor.today);
    let period = filter.period.ok_or(Failure::NotHere)?;
    let known = papers::known(&desk.database, &visitor.actor(), &query.of, &period, visitor.today).await?;
    let mut typed = Typed { received_on: day::text(visitor.today), ..Typed::default() };
    if let Some(paper) = known.counting()
        && let Some((score, claimed)) = paper.said
    {
        (typed.total, typed.claimed) = (score.to_string(), filter::code(claimed));
        (typed.received_on, typed.note) = (day::text(paper.received_on), paper.note.clone());
    }
    Ok(page(&visitor, &query, &known, &typed, None))
}

pub(super) async fn enter(
    State(desk): State<Desk>,
    extract::Query(query): extract::Query<Query>,
    Posted(visitor, typed): Posted<Typed>,
) -> Result<Response, Failure> {
    let period = PeriodId::new(typed.period.as_str()).map_err(|_| Failure::Unreadable)?;
    let after = typed.after.parse().map_err(|_| Failure::Unreadable)?;
    let known = papers::known(&desk.database, &visitor.actor(), &typed.branch, &period, visitor.today).await;
    let known = match known {
        Ok(known) => known,
        Err(Refusal::Denied(denied)) => {
            let typed = [
                ("自评得分", typed.total.as_str()),
                ("哪天收到的", typed.received_on.as_str()),
                ("备注", typed.note.as_str()),
            ];
            return moved::answer(&desk, &visitor, &denied, &typed).await;
        }
        Err(refusal) => return Err(refusal.into()),
    };
    let again =
        |status, fault| (status, page(&visitor, &query, &known, &typed, Some(&fault))).into_response();
    let handed = match handed(&typed) {
        Ok(handed) => handed,
        Err(fault) => return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, fault)),
    };
    let said = if handed.said.is_some() { "paper" } else { "paper-struck" };
    let done = papers::receive(&desk.database, &*desk.clock, &visitor.actor(), &known, after, handed).await;
    match done {
        Ok(_) => Ok(Redirect::to(&query.after(links::REPORTS, said, "")).into_response()),
        Err(Refusal::Overtaken) => {
            let text = "您填的时候，别人已经登记了。下面是现在的记录，看过再决定。".to_owned();
            Ok(again(StatusCode::CONFLICT, Fault { field: "", text }))
        }
        Err(refusal) => match fault(&refusal) {
            Some(fault) => Ok(again(StatusCode::UNPROCESSABLE_ENTITY, fault)),
            None => Err(refusal.into()),
        },
    }
}

/// What was typed, read.
fn handed(typed: &Typed) -> Result<Handed, Fault> {
    let fault = |field, text: &str| Fault { field, text: text.to_owned() };
    let received_on = day_typed(&typed.received_on).map_err(|text| Fault { field: "received_on", text })?;
    let note = typed.note.replace("\r\n", "\n").trim().to_owned();
    if typed.act == "strike" {
        return Ok(Handed { said: None, received_on, note });
    }
    let total = Points::parse(typed.total.trim())
        .map_err(|_| fault("total", "得分写成数字，最多两位小数，如 92.5。"))?;
    let claimed = filter::claim(&typed.claimed).ok_or_else(|| fault("claimed", "选一个申报等次。"))?;
    Ok(Handed { said: Some((total, claimed)), received_on, note })
}

/// What the person can mend.
fn fault(refusal: &Refusal) -> Option<Fault> {
    let (field, text) = match refusal {
        Refusal::TooMany(most) => ("total", format!("最多{most}分。")),
        Refusal::NotClaimable => ("claimed", "这个标准没有这一等。".into()),
        Refusal::NotYet => ("received_on", "这一天还没到。".into()),
        Refusal::TooEarly(starts) => {
            ("received_on", format!("考核周期从{starts}开始，不会比它早；核对年份。"))
        }
        Refusal::UnfitNote => ("note", "备注超过500个字，或者有看不见的控制字符。".into()),
        Refusal::Ended(name) => ("", format!("{name}已经撤销或者合并，不再登记。")),
        Refusal::Nothing => ("", "没有登记过，不用撤销。".into()),
        _ => return None,
    };
    Some(Fault { field, text })
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Database(error) => error.into(),
            Refusal::NoStandard(name, period) => Self::Refused(format!(
                "没有发布过{name}这个领域{period}的标准，登记不了。先发布标准，再登记。"
            )),
            _ => Self::NotHere,
        }
    }
}

fn page(visitor: &Visitor, query: &Query, known: &Known, typed: &Typed, fault: Option<&Fault>) -> Markup {
    let wrong = |field| fault.filter(|fault| fault.field == field).map(|fault| fault.text.as_str());
    let grades = claimable(&known.list.grading).into_iter().rev();
    let grades =
        grades.map(|claim| (filter::code(claim), terms::grade(&known.list.grading, claim.into()).to_owned()));
    let mut options = vec![(String::new(), "选一个".to_owned())];
    options.extend(grades);
    let title = format!("{}　{}收到纸质", known.branch.name, known.period.name);
    let fields = html! {
        (hidden("branch", known.branch.code.as_str()))
        (hidden("period", known.period.id.as_str()))
        (hidden("after", &known.papers.len().to_string()))
        (line(&format!("自评得分{}", whole::of_full(&known.list)), "total", "text", &typed.total, wrong("total")))
        (choice("申报等次", "claimed", &options, &typed.claimed))
        @if let Some(wrong) = wrong("claimed") { p.wrong { (wrong) } }
        (line("哪天收到的", "received_on", "date", &typed.received_on, wrong("received_on")))
        (area("备注", "note", &typed.note, wrong("note")))
        div.acts {
            button type="submit" name="act" value="enter" { "登记，算已报" }
            @if known.counting().is_some() {
                button.quiet type="submit" name="act" value="strike" { "撤销登记（没有收到）" }
            }
            a href=(query.at(links::REPORTS)) { "回一览" }
        }
    };
    let body = html! {
        @if let Some(text) = wrong("") { (note(Tone::Wrong, text)) }
        p { "纸质的和手机上报的一样算已报。只登记总分和申报等次，材料存在镇里。" }
        (post(visitor, &query.at(super::PAPER), &fields))
        (entries(visitor, known))
    };
    frame::page(visitor, links::REPORTS, &title, &body)
}

fn entries(visitor: &Visitor, known: &Known) -> Markup {
    html! {
        @if !known.papers.is_empty() {
            h2 { "登记记录，最后一条算数" }
            ol {
                @for paper in &known.papers {
                    li {
                        (dates::moment(paper.at, visitor.today)) " " (paper.by) "："
                        @match paper.said {
                            Some((score, claimed)) => {
                                (score) "分，申报" (terms::grade(&known.list.grading, claimed.into()))
                                "，" (dates::day(paper.received_on, visitor.today)) "收到"
                            },
                            None => { "撤销登记" },
                        }
                        @if !paper.note.is_empty() { "。" (paper.note) }
                    }
                }
            }
        }
    }
}
