//! One problem: what was found, what the branch wrote, photos, everything that was ever said of it; 销号, 退回, another day.

use super::refused::told;
use crate::{
    domain::{
        BranchCode, ContentHash, FindingEntry, FindingField, FindingId, FindingState, FindingValue, ItemId,
        Progress, Ruling, day, finding::SoFar,
    },
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Tone, area, day_typed, hidden, line, note, post, some_day_typed, submit, typed},
            links, moved,
            posted::Posted,
            visitor::Visitor,
        },
        office::{
            mending::{
                Refusal, Unsaid,
                deciding::{self, Decision, Opened},
                items::Items,
            },
            people::{Act, authority::must},
        },
        tables::mending_ledger::{named, sort, titled},
    },
    words::{
        dates,
        findings::{closed, source, standing, turn as told_turn},
        terms::{finding_photos, finding_state},
        units,
    },
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post as posting},
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// Nobody closes what nobody has looked at.
const NOT_SEEN: &str = "写上看到了什么，再销号。";

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/desk/findings/{branch}/{finding}", get(one))
        .route("/desk/findings/{branch}/{finding}/{act}", posting(decide))
        .route("/desk/findings/{branch}/{finding}/photos/{sha256}", get(photo))
}

/// Which problem an address means.
type Which = (String, String);

fn which(branch: String, finding: &str) -> Result<(BranchCode, FindingId), Failure> {
    let branch = BranchCode::new(branch).map_err(|_| Failure::NotHere)?;
    Ok((branch, finding.parse().map_err(|_| Failure::NotHere)?))
}

#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    said: String,
}

async fn one(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path((branch, finding)): Path<Which>,
    Query(done): Query<Done>,
) -> Result<Markup, Failure> {
    let (branch, finding) = which(branch, &finding)?;
    let said = match done.said.as_str() {
        "close" => "已销号，支部的手机联网以后就看到。",
        "return" => "已退回，支部的手机联网以后就看到。",
        "postpone" => "时限改好了，支部的手机联网以后就看到。",
        "keep" => "时限不变，支部的手机联网以后就看到。",
        _ => "",
    };
    let head = html! {
        @if !said.is_empty() { (note(Tone::Done, said)) p { a href=(links::FINDINGS) { "回问题台账" } } }
    };
    page(&visitor, &desk, (&branch, finding), &head, &Form::default(), None).await
}

/// What is typed in one of the forms; `act` is that of the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    read: String,
    seen: String,
    reason: String,
    until: String,
    why: String,
    /// The day that stays where the branch is not given the one it asks for.
    kept: String,
    /// Which form it was.
    #[serde(skip)]
    act: String,
}

impl Form {
    /// The day that was typed in this form: two of them have one.
    fn until(&self, act: &str) -> &str {
        if self.act == act { &self.until } else { "" }
    }

    /// What is meant; what is wrong with which field otherwise.
    fn decision(&self, act: &str) -> Result<Decision, (&'static str, String)> {
        let until = if act == "keep" { self.kept.as_str() } else { self.until.as_str() };
        let date = || day_typed(until).map_err(|text| ("until", text));
        match act {
            "close" => Ok(Decision::Close { seen: self.seen.clone() }),
            "return" => {
                let until = some_day_typed(until).map_err(|text| ("until", text))?;
                Ok(Decision::SendBack { reason: self.reason.clone(), until })
            }
            _ => Ok(Decision::Postpone { until: date()?, why: self.why.clone() }),
        }
    }
}

/// `5.2`: how much had been said of a problem when its page was made.
fn read(text: &str) -> Option<SoFar> {
    let (words, from_above) = text.split_once('.')?;
    Some(SoFar { words: words.parse().ok()?, from_above: from_above.parse().ok()? })
}

async fn decide(
    State(desk): State<Desk>,
    Path((branch, finding, act)): Path<(String, String, String)>,
    Posted(visitor, mut form): Posted<Form>,
) -> Result<Response, Failure> {
    for text in [&mut form.seen, &mut form.reason, &mut form.why] {
        *text = typed(text);
    }
    form.act.clone_from(&act);
    let (branch, finding) = which(branch, &finding)?;
    let of = (&branch, finding);
    if !["close", "return", "postpone", "keep"].contains(&act.as_str()) {
        return Err(Failure::NotHere);
    }
    let so_far = read(&form.read).ok_or(Failure::Unreadable)?;
    let (status, head, wrong) = match form.decision(&act) {
        Err(wrong) => (StatusCode::UNPROCESSABLE_ENTITY, html! {}, Some(wrong)),
        Ok(decision) => {
            let (database, clock, actor) = (&desk.database, &*desk.clock, visitor.actor());
            match deciding::decide(database, clock, &actor, of, so_far, &decision).await {
                Ok(()) => {
                    let address = format!("{}?said={act}", links::finding(&branch, finding));
                    return Ok(Redirect::to(&address).into_response());
                }
                Err(Refusal::Denied(denied)) => {
                    let typed = [
                        ("看到了什么", form.seen.as_str()),
                        ("原因", form.reason.as_str()),
                        ("到哪天", form.until.as_str()),
                        ("理由", form.why.as_str()),
                    ];
                    return moved::answer(&desk, &visitor, &denied, &typed).await;
                }
                Err(refusal) => {
                    let field = match (&refusal, act.as_str()) {
                        (Refusal::Day(_), _) => "until",
                        (Refusal::Reason, "close") => "seen",
                        (Refusal::Reason, "return") => "reason",
                        (Refusal::Reason, _) => "why",
                        _ => "",
                    };
                    let status = match refusal {
                        Refusal::Unsaid(Unsaid::Overtaken)
                        | Refusal::Own { .. }
                        | Refusal::PassedOn { .. } => StatusCode::CONFLICT,
                        _ => StatusCode::UNPROCESSABLE_ENTITY,
                    };
                    let told = match refusal {
                        Refusal::Reason if act == "close" && form.seen.is_empty() => NOT_SEEN.into(),
                        refusal => told(refusal)?,
                    };
                    let head = html! { @if field.is_empty() { (note(Tone::Wrong, &told)) } };
                    (status, head, (!field.is_empty()).then_some((field, told)))
                }
            }
        }
    };
    let wrong = wrong.as_ref().map(|(field, told)| (act.as_str(), *field, told.as_str()));
    let page = page(&visitor, &desk, of, &head, &form, wrong).await?;
    Ok((status, page).into_response())
}

async fn page(
    visitor: &Visitor,
    desk: &Desk,
    (branch, finding): (&BranchCode, FindingId),
    head: &Markup,
    form: &Form,
    wrong: Option<(&str, &str, &str)>,
) -> Result<Markup, Failure> {
    let (database, actor) = (&desk.database, visitor.actor());
    let opened = deciding::open(database, &actor, branch, finding, visitor.today).await?;
    let items = Items::read(database).await?;
    let row = &opened.row;
    let may = must(database, &actor, Act::Rule, branch, visitor.today).await.is_ok()
        && !row.finding.is_own()
        && opened.passed_on.is_none();
    let goes_on = match &opened.passed_on {
        Some((into, id)) => {
            let is_seen = must(database, &actor, Act::See, &into.code, visitor.today).await.is_ok();
            Some((into, is_seen.then(|| links::finding(&into.code, *id))))
        }
        None => None,
    };
    let body = html! {
        (head)
        (facts(&opened, &items, visitor))
        (photos(&opened))
        @if let Some((into, place)) = goes_on {
            p { "这个问题由" (into.name) "接着改。" @if let Some(place) = place { a href=(place) { "去那里看" } } }
        }
        @if may { (Acts { visitor, opened: &opened, form, wrong }.shown()) }
        @if row.finding.is_own() { p.muted { "支部自己查出来的，由支部自己销号。" } }
        (history(&opened, &items, visitor))
        p { a href=(format!("{}?under={}", links::FINDINGS, links::escaped(branch.as_str()))) { "这个支部的全部问题" } }
    };
    Ok(frame::page(visitor, links::FINDINGS, &format!("{}的问题", row.branch.name), &body))
}

/// What was found, and what the branch wrote of it.
fn facts(opened: &Opened, items: &Items, visitor: &Visitor) -> Markup {
    let (row, finding) = (&opened.row, &opened.row.finding);
    let item = finding.item.as_ref().and_then(|item| items.find(&row.branch.sector, item));
    let line = |head: &str, text: &str| {
        html! {
            @if !text.is_empty() { tr { th scope="row" { (head) } td { (text) } } }
        }
    };
    let day = |day: Date| dates::day(day, visitor.today);
    let due = finding.due().map(day).unwrap_or_default();
    let state = standing(finding, visitor.today);
    html! {
        table.facts {
            caption { (row.branch.name) "，" (row.above) }
            tbody {
                @if let Some(gone) = &row.gone { (line("支部", &units::gone(gone.on, gone.into.as_deref()))) }
                (line("问题来源", &source(finding)))
                (line("条目", &named(items, &row.branch.sector, finding.item.as_ref())))
                @if let Some(known) = item { (line("考核指标", &known.item.title)) }
                (line("存在问题", &finding.problem))
                @if let Some(kind) = &opened.kind { (line("类别", &format!("{}：{}", sort(kind.sort), kind.name))) }
                (line("整改时限", &due))
                (line("整改情况", &state))
                (line("整改措施", &finding.measure))
                (line("责任人", &finding.responsible))
                @if let Some(asked) = finding.asks_until() { (line("支部申请延期到", &day(asked))) }
                (line("没有按时完成的原因", &finding.delay_reason))
                (line("佐证", &finding_photos(finding)))
                (line("销号（验收人、日期）", &closed(finding)))
            }
        }
    }
}

fn photos(opened: &Opened) -> Markup {
    let finding = &opened.row.finding;
    let place = links::finding(&opened.row.branch.code, finding.id);
    let shown = |name: &str, photos: &[ContentHash]| {
        html! {
            @for (number, photo) in (1..).zip(photos) {
                @let address = format!("{place}/photos/{photo}");
                a href=(address) { img src=(address) alt=(format!("{name}的照片{number}")) loading="lazy" width="160"; }
            }
        }
    };
    html! {
        @if !(finding.before.is_empty() && finding.after.is_empty()) {
            div.photos { (shown("整改前", &finding.before)) (shown("整改后", &finding.after)) }
        }
    }
}

/// The forms for what can be decided.
struct Acts<'a> {
    visitor: &'a Visitor,
    opened: &'a Opened,
    form: &'a Form,
    wrong: Option<(&'a str, &'a str, &'a str)>,
}

impl Acts<'_> {
    fn shown(&self) -> Markup {
        let finding = &self.opened.row.finding;
        let is_closed = finding.state == FindingState::Closed;
        let wrong = |act: &str, field: &str| {
            self.wrong.filter(|(a, f, _)| *a == act && *f == field).map(|(.., text)| text)
        };
        let asks = finding.asks_until().is_some();
        html! {
            @if asks { (self.time(&wrong)) }
            @if !is_closed {
                h2 { "验收销号" }
                @if finding.state != FindingState::Mended { p.muted { "支部还没有说整改好；确实看过、改好了才销号。" } }
                (self.form("close", &html! {
                    (area("看到了什么（现场、材料）", "seen", &self.form.seen, wrong("close", "seen")))
                    (submit("销号"))
                }))
            }
            h2 { @if is_closed { "没有改好，重新打开" } @else { "退回再改" } }
            (self.form("return", &html! {
                (area("原因，写清缺什么", "reason", &self.form.reason, wrong("return", "reason")))
                (line("哪天以前改好", "until", "date", self.form.until("return"), wrong("return", "until")))
                (submit("退回"))
            }))
            @if !is_closed && !asks {
                (self.time(&wrong))
            }
        }
    }

    /// Another day; where the branch asks for one, that one, or the old one as it was: one form with two buttons, since the reason is
    /// of either answer.
    fn time<'b>(&'b self, wrong: &dyn Fn(&str, &str) -> Option<&'b str>) -> Markup {
        let finding = &self.opened.row.finding;
        let asked = finding.asks_until();
        let shown = asked.map(day::text).filter(|_| self.form.act != "postpone");
        let shown = shown.as_deref().unwrap_or_else(|| self.form.until("postpone"));
        html! {
            h2 { @if let Some(asked) = asked { "支部申请延期到" (dates::day(asked, self.visitor.today)) } @else { "改时限" } }
            (self.form("postpone", &html! {
                (line("改到哪天", "until", "date", shown, wrong("postpone", "until")))
                @let why = if asked.is_some() { "理由（可以不写；写了，支部看得到）" } else { "理由（可以不写）" };
                (area(why, "why", &self.form.why, wrong("postpone", "why").or_else(|| wrong("keep", "why"))))
                p.acts {
                    button type="submit" { @if asked.is_some() { "同意，改时限" } @else { "改时限" } }
                    @if let (Some(_), Some(old)) = (asked, finding.demanded) {
                        " "
                        (hidden("kept", &day::text(old)))
                        button.quiet type="submit" formnovalidate formaction=(self.action("keep")) {
                            "不同意，仍是" (dates::day(old, self.visitor.today))
                        }
                    }
                }
            }))
        }
    }

    fn form(&self, act: &str, fields: &Markup) -> Markup {
        let SoFar { words, from_above } = self.opened.so_far;
        let fields = html! { (hidden("read", &format!("{words}.{from_above}"))) (fields) };
        post(self.visitor, &self.action(act), &fields)
    }

    fn action(&self, act: &str) -> String {
        let row = &self.opened.row;
        format!("{}/{act}", links::finding(&row.branch.code, row.finding.id))
    }
}

/// Everything that was ever said of it, the newest first.
fn history(opened: &Opened, items: &Items, visitor: &Visitor) -> Markup {
    let today = visitor.today;
    let item = |item: &ItemId| titled(items, &opened.row.branch.sector, Some(item));
    let is_own = opened.row.finding.is_own();
    let turns = opened.findings.turns(opened.row.finding.id);
    let mut all: Vec<(u64, String, String)> = opened
        .words()
        .into_iter()
        .filter_map(|word| {
            let by = if word.is_from_above() { opened.writer(word).unwrap_or("上级") } else { "支部" };
            let said = match turns.get(&word.stamp).filter(|_| word.field == FindingField::Deadline) {
                Some(turn) => told_turn(turn, today),
                None => written(word, is_own, &item, today)?,
            };
            Some((word.stamp.ms, by.to_owned(), said))
        })
        .collect();
    let of = |finding: FindingId| finding == opened.row.finding.id;
    all.extend(opened.findings.verdicts().iter().filter(|verdict| of(verdict.finding)).map(|verdict| {
        let said = match &verdict.ruling {
            Ruling::Closed => "验收销号".to_owned(),
            Ruling::Returned { reason, until } => {
                let until =
                    until.map(|until| format!("，{}前改好", dates::day(until, today))).unwrap_or_default();
                format!("退回：{reason}{until}")
            }
        };
        (verdict.given_at, verdict.by.clone(), said)
    }));
    all.extend(opened.notes.iter().map(|note| (note.at, note.by.clone(), format!("记下：{}", note.text))));
    all.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
    html! {
        h2 { "经过" }
        table {
            caption { "新的在前；写过的都留着" }
            thead { tr { th scope="col" { "时间" } th scope="col" { "谁" } th scope="col" { "说了什么" } } }
            tbody {
                @for (at, by, said) in &all {
                    tr { td data-head="时间" { (dates::moment(*at, today)) } td data-head="谁" { (by) } td data-head="说了什么" { (said) } }
                }
            }
        }
    }
}

/// A word as it is told; nothing of what is only counted.
fn written(
    word: &FindingEntry,
    is_own: bool,
    titled: &dyn Fn(&ItemId) -> String,
    today: Date,
) -> Option<String> {
    let name = match word.field {
        FindingField::Origin => "问题来源",
        FindingField::Item => "条目",
        FindingField::Problem => "存在问题",
        FindingField::Measure => "整改措施",
        FindingField::Responsible => "责任人",
        FindingField::Deadline => "整改时限",
        FindingField::DelayReason => "没有按时完成的原因",
        FindingField::Before { .. } => "整改前的照片",
        FindingField::After { .. } => "整改后的照片",
        FindingField::Progress => "整改情况",
        // A reply stands beside the day that it was given with.
        FindingField::Score | FindingField::Reply => return None,
    };
    let said = match &word.value {
        FindingValue::Origin { origin, detail } if detail.is_empty() => {
            crate::words::terms::finding_origin(*origin).to_owned()
        }
        FindingValue::Origin { detail: text, .. } | FindingValue::Text { text } => text.clone(),
        FindingValue::Item { item } => titled(item),
        FindingValue::Day { day } => day.map_or_else(|| "不定日子".into(), |day| dates::day(day, today)),
        FindingValue::Progress { progress, .. } => finding_state(match progress {
            Progress::Open => FindingState::Open,
            Progress::UnderWay => FindingState::UnderWay,
            Progress::Mended if is_own => FindingState::Closed,
            Progress::Mended => FindingState::Mended,
            Progress::Withdrawn => FindingState::Withdrawn,
        })
        .into(),
        FindingValue::Attached { attached: true } => "加了1张".into(),
        FindingValue::Attached { attached: false } => "拿掉1张".into(),
        FindingValue::Score { .. } => return None,
    };
    let said = if said.is_empty() { "清空了".into() } else { said };
    Some(format!("{name}：{said}"))
}

async fn photo(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path((branch, finding, sha256)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let (branch, finding) = which(branch, &finding)?;
    let sha256 = ContentHash::try_from(sha256).map_err(|_| Failure::NotHere)?;
    let opened = deciding::open(&desk.database, &visitor.actor(), &branch, finding, visitor.today).await?;
    let finding = &opened.row.finding;
    if !finding.before.iter().chain(&finding.after).any(|photo| *photo == sha256) {
        return Err(Failure::NotHere);
    }
    let failed = |error: crate::server::office::evidence::EvidenceError| Failure::Machine(error.to_string());
    let media_type = desk.evidence.media_type(&branch, &sha256).await.map_err(failed)?;
    let bytes = desk.evidence.read(&branch, &sha256).await.map_err(failed)?;
    let (media_type, bytes) = media_type.zip(bytes).ok_or(Failure::NotHere)?;
    let headers: [(header::HeaderName, String); 2] =
        [(header::CONTENT_TYPE, media_type.into()), (header::CACHE_CONTROL, "private, max-age=600".into())];
    Ok((headers, bytes).into_response())
}
