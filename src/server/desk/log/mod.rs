//! 记录: who did what above the branches, for 审计 alone, and whether it is still what was written.

use super::{
    Desk,
    failure::Failure,
    frame,
    kit::{Column, Tone, XLSX, choice, day_typed, download, filter, line, note, nothing, table},
    links,
    visitor::Visitor,
};
use crate::{
    server::{
        office::{
            log::{self, Asked, Deed, Misfit, Refusal, Told, Verdict},
            people::Act,
        },
        tables::log::{deed, named, subject, workbook},
    },
    words::dates::moment,
};
use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;

/// So many entries a page has.
const ROWS: usize = 50;
/// So many go into one file; the days choose which.
const MOST: usize = 20_000;

pub(super) fn routes() -> Router<Desk> {
    Router::new().route(links::LOG, get(page)).route(links::LOG_FILE, get(file))
}

/// Which entries are asked for.
#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    deed: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    verify: String,
}

impl Shown {
    /// As an address, up to which page it is.
    fn query(&self) -> String {
        let Self { unit, who, deed, from, to, .. } = self;
        let fields = [("unit", unit), ("who", who), ("deed", deed), ("from", from), ("to", to)];
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let fields = fields.map(|(name, value)| format!("{name}={}", links::escaped(value)));
        fields.collect::<Vec<_>>().join("&")
    }
}

/// The entries that are asked for, and before which the next page begins; nothing where there is none of such a name.
async fn found(
    visitor: &Visitor,
    desk: &Desk,
    shown: &Shown,
    most: usize,
) -> Result<Option<(Vec<Told>, Option<u64>)>, Failure> {
    let reached = visitor.person.reaches(Act::Audit, visitor.today);
    let Some(first) = reached.first() else { return Err(Failure::NotHere) };
    let deeds: Vec<Deed> = Deed::ALL.iter().copied().filter(|known| known.code() == shown.deed).collect();
    let who = match shown.who.trim() {
        "" => None,
        login => match log::who_signs_in_as(&desk.database, login).await? {
            Some(who) => Some(who),
            None => return Ok(None),
        },
    };
    // Who is entrusted with all of it sees what concerns no unit, too.
    let is_for_all = log::may_see_all(&desk.database, &*desk.clock, &visitor.actor()).await?;
    let under = match shown.unit.trim() {
        "" if is_for_all => None,
        "" => Some(first.as_str()),
        unit => Some(unit),
    };
    let asked = Asked {
        under,
        who,
        deeds: &deeds,
        from: day_typed(&shown.from).ok(),
        to: day_typed(&shown.to).ok(),
        before: shown.before.parse().ok(),
    };
    match log::page(&desk.database, &*desk.clock, &visitor.actor(), asked, most).await {
        Ok(page) => Ok(Some((log::told(&desk.database, page.entries).await?, page.before))),
        // A unit that is not theirs and one that is not there are told the same.
        Err(Refusal::Denied(_) | Refusal::Scope(_)) => Ok(None),
        Err(Refusal::Database(error)) => Err(error.into()),
    }
}

async fn page(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(shown): Query<Shown>,
) -> Result<Markup, Failure> {
    let found = found(&visitor, &desk, &shown, ROWS).await?;
    let verdict = if shown.verify.is_empty() {
        html! {}
    } else {
        verified(&visitor, &desk).await?
    };
    let may_verify = log::may_see_all(&desk.database, &*desk.clock, &visitor.actor()).await?;
    let any = [(String::new(), "全部".to_owned())].into_iter();
    let deeds: Vec<(String, String)> =
        any.chain(Deed::ALL.iter().map(|known| (known.code().to_owned(), deed(*known).to_owned()))).collect();
    let fields = html! {
        (line("党组织（编号或全称）", "unit", "search", &shown.unit, None))
        (line("谁（登录名）", "who", "search", &shown.who, None))
        (choice("做了什么", "deed", &deeds, &shown.deed))
        (line("从哪天起", "from", "date", &shown.from, None))
        (line("到哪天止", "to", "date", &shown.to, None))
    };
    let body = html! {
        (verdict)
        p {
            "每一件在支部以上办的事都记在这里：谁、什么时候、对哪个党组织做了什么。只记编号，不记姓名、原因、密码；下面的姓名和单位是按编号现查的：写的是现在的单位，不一定是那天的。"
            "每一条带着前一条的校验码，改过、删过、插过都查得出来。"
        }
        p.acts {
            @if may_verify { a.button.second href=(format!("{}?verify=1&{}", links::LOG, shown.query())) { "核对" } }
            a.button.second href=(format!("{}?{}", links::LOG_FILE, shown.query())) { "下载表格" }
        }
        (filter(links::LOG, &fields))
        @match &found {
            None => { (note(Tone::Calm, "没有这个党组织或者登录名，也可能不归您看。")) }
            Some((entries, _)) if entries.is_empty() => { (nothing("没有对得上的记录：换一换上面的条件。")) }
            Some((entries, before)) => {
                (listed(&visitor, entries))
                nav.pager aria-label="翻页" {
                    @if !shown.before.is_empty() { a href=(format!("{}?{}", links::LOG, shown.query())) { "最新的" } }
                    @if let Some(before) = before {
                        a rel="next" href=(format!("{}?{}&before={before}", links::LOG, shown.query())) { "更早的" }
                    }
                }
            }
        }
    };
    Ok(frame::page(&visitor, links::LOG, "记录", &body))
}

fn listed(visitor: &Visitor, entries: &[Told]) -> Markup {
    let number = |told: &Told| html! { (told.entry.number) };
    let at = |told: &Told| html! { (moment(told.entry.record.at, visitor.today)) };
    let who = |told: &Told| html! { (named(told)) };
    let what = |told: &Told| html! { (deed(told.entry.record.deed)) };
    let unit = |told: &Told| {
        html! {
            @if let Some(name) = &told.unit { (name) " " }
            @if let Some(code) = &told.entry.record.unit { span.muted { (code) } }
        }
    };
    let about = |told: &Told| html! { (subject(told)) };
    let columns = [
        Column { head: "序号", cell: &number },
        Column { head: "时间", cell: &at },
        Column { head: "谁", cell: &who },
        Column { head: "做了什么", cell: &what },
        Column { head: "党组织", cell: &unit },
        Column { head: "对象", cell: &about },
    ];
    table("新的在前", &columns, entries)
}

/// Whether the log is what was written.
async fn verified(visitor: &Visitor, desk: &Desk) -> Result<Markup, Failure> {
    let verdict = log::verify(&desk.database, &*desk.clock, &visitor.actor(), None).await;
    Ok(match verdict {
        Ok(Verdict::Whole { entries: 0, .. }) => note(Tone::Calm, "还没有记录。"),
        Ok(Verdict::Whole { entries, hash }) => html! {
            p.note.done { strong { "核对过了" } " 记录共" (entries) "条，前后都对得上。" }
            p { "最后一条：" (entries) ":" (hash) "。把它抄下来，交给管服务器的人存到别处；下次在服务器上核对时写上它，整套换过也看得出来。" }
        },
        Ok(Verdict::Broken { number, how }) => {
            let text = match how {
                Misfit::Missing => format!("记录从第{number}条起不见了。"),
                Misfit::Other => format!("记录从第{number}条起对不上：有人在数据库里改过、删过或者插过。"),
            };
            note(
                Tone::Wrong,
                &format!(
                    "{text}恢复过备份的，备份以后的记录不在里面；不是的，把数据库原样留好，报告管理的人。"
                ),
            )
        }
        Err(Refusal::Database(error)) => return Err(error.into()),
        Err(_) => return Err(Failure::NotHere),
    })
}

/// The same entries as a workbook.
async fn file(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(shown): Query<Shown>,
) -> Result<Response, Failure> {
    let (entries, _) = found(&visitor, &desk, &shown, MOST).await?.ok_or(Failure::NotHere)?;
    let book = tokio::task::spawn_blocking(move || workbook(&entries)).await;
    let failed = |error: &dyn std::fmt::Display| Failure::Machine(error.to_string());
    let bytes = book.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    Ok(download("记录.xlsx", XLSX, bytes))
}
