//! Bringing a roster in: the file is read and held against the tree, what it would change is shown, and stored once that was confirmed.

use super::words::{Done, fault};
use crate::{
    domain::ContentHash,
    protocol::Level,
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{
                Column, Tone, XLSX, day_typed, download, faults, hidden, line, note, nothing, pager, post,
                submit, table, upload,
            },
            links,
            posted::{Posted, Uploaded},
            visitor::Visitor,
            waiting::{File, Purpose},
        },
        office::{
            people::Act,
            roster::{
                Unit,
                importing::{self, Known, Standing},
                preview::{Aspect, Preview, aspects},
                reach::{Beyond, Reach},
            },
        },
        tables::{
            roster::{NAME, Roster, level_name, read},
            roster_template,
        },
    },
    sheets::{Fault, workbook},
    words::dates,
};
use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// So many rows a page has.
const ROWS: usize = 50;

/// Since when it is so, as it was chosen.
#[derive(Deserialize, Default)]
pub(super) struct Chosen {
    #[serde(default)]
    since: String,
    #[serde(default)]
    on: String,
}

impl Chosen {
    fn standing(&self) -> Option<Standing> {
        match self.since.as_str() {
            "always" => Some(Standing::Always),
            "day" => day_typed(&self.on).ok().map(Standing::Since),
            _ => Some(Standing::Now),
        }
    }

    /// As a part of an address.
    fn query(&self) -> String {
        format!("since={}&on={}", links::escaped(&self.since), links::escaped(&self.on))
    }
}

fn must_arrange(visitor: &Visitor) -> Result<(), Failure> {
    if visitor.may_somewhere(Act::Arrange) { Ok(()) } else { Err(Failure::NotHere) }
}

/// What the blank roster says of its way back.
const BACK: &str = "填好存成xlsx，在名册的“导入名册”里选它。先看会改什么；有错误会一次列全，什么也不写入。";

/// A blank roster.
pub(super) async fn blank(visitor: Visitor) -> Result<Response, Failure> {
    must_arrange(&visitor)?;
    let bytes = roster_template::blank(BACK).map_err(|error| Failure::Machine(error.to_string()))?;
    Ok(download("空名册.xlsx", XLSX, bytes))
}

/// The form for a file.
pub(super) async fn form(visitor: Visitor) -> Result<Markup, Failure> {
    must_arrange(&visitor)?;
    Ok(asked(&visitor, &Chosen::default(), &html! {}))
}

fn asked(visitor: &Visitor, chosen: &Chosen, above: &Markup) -> Markup {
    let since = |value: &str, text: &str| {
        let is_chosen = chosen.since == value || (chosen.since.is_empty() && value == "now");
        html! { label { input type="radio" name="since" value=(value) checked[is_chosen]; " " (text) } br; }
    };
    let body = html! {
        (above)
        p { "名册是一张表（xlsx 或 CSV），每个党组织一行。先看会改什么，看过点了“导入”才写进去；表里没有的党组织不动。" }
        p.acts { a.button.second href=(links::ROSTER_BLANK) { "下载空表" } }
        (upload(visitor, links::ROSTER_IMPORT, &html! {
            fieldset {
                legend { "从什么时候起是这样" }
                (since("now", "改动从今天起；新增的算一直就有"))
                (since("day", "从下面这天起：改动、新增都从那天算"))
                (line("哪一天", "on", "date", &chosen.on, None))
                (since("always", "本来就是这样，原来登记错了：以前各期也照改好的"))
            }
            label.field {
                span.label { "名册文件" }
                input type="file" name="file" required accept=".xlsx,.csv";
            }
            (submit("看会改什么"))
        }))
    };
    frame::page(visitor, links::ROSTER, "导入名册", &body)
}

/// Takes the file, and leads to what it would change; a file with faults is not kept.
pub(super) async fn look(
    State(desk): State<Desk>,
    Uploaded { visitor, form, files }: Uploaded<Chosen>,
) -> Result<Response, Failure> {
    must_arrange(&visitor)?;
    let again = |above: Markup| {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, asked(&visitor, &form, &above)).into_response())
    };
    let Some(file) = files.into_iter().find(|file| file.field == "file") else {
        return again(note(Tone::Wrong, "还没有选文件。"));
    };
    if form.standing().is_none() {
        return again(note(Tone::Wrong, "写明是哪一天，如 2026-11-24。"));
    }
    let now = desk.clock.now_ms();
    match considered(&visitor, &desk, file.bytes.clone()).await? {
        Err(found) => again(faults(&file.name, &found)),
        Ok(_) => {
            let key = desk.waiting.keep(visitor.person.id, Purpose::Roster, &file.name, file.bytes, now);
            Ok(Redirect::to(&format!("{}/{key}?{}", links::ROSTER_IMPORT, form.query())).into_response())
        }
    }
}

/// A roster that may be brought in, and what it would change.
struct Considered {
    roster: Roster,
    preview: Preview,
    /// How the places are called under which the units stand.
    known: Known,
}

/// Reads a roster and holds it against the tree, as far as that is the visitor's.
async fn considered(
    visitor: &Visitor,
    desk: &Desk,
    bytes: Bytes,
) -> Result<Result<Considered, Vec<Fault>>, Failure> {
    let known = Known::read(&desk.database).await?;
    let reach = Reach::of(&visitor.actor(), &known.tree, visitor.today);
    let seen = reach.known(&known);
    // Beside those who wait for pages: a large one takes a while.
    let (seen, roster) = tokio::task::spawn_blocking(move || {
        let roster = match workbook::read(NAME, &bytes) {
            Ok(sheets) => read(&sheets, &seen),
            Err(fault) => Err(vec![fault]),
        };
        (seen, roster)
    })
    .await
    .map_err(|error| Failure::Machine(error.to_string()))?;
    let roster = match roster {
        Ok(roster) => roster,
        Err(found) => return Ok(Err(found)),
    };
    let beyond: Vec<Fault> = reach.beyond(&roster.units).iter().map(not_theirs).collect();
    if !beyond.is_empty() {
        return Ok(Err(beyond));
    }
    let preview = Preview::of(&known.tree, &roster.units);
    Ok(Ok(Considered { roster, preview, known: seen }))
}

fn not_theirs(beyond: &Beyond) -> Fault {
    let (column, problem, remedy) = match beyond {
        Beyond::Itself(code) => (
            "编号",
            format!("编号“{code}”是别处的党组织，不归您管"),
            "核对编号；确实要改，请管它的上级来导入",
        ),
        Beyond::Above(code) => (
            "上级编号",
            format!("“{code}”的上级不归您管"),
            "填您管的党组织的编号；要转到别处，请管着两边的上级来办",
        ),
    };
    Fault { sheet: NAME.into(), row: None, column: Some(column.into()), problem, remedy: remedy.into() }
}

/// Which part of what would change is shown.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    chosen: Chosen,
    #[serde(default)]
    page: String,
}

/// What the file that waits would change.
pub(super) async fn preview(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(key): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<Response, Failure> {
    must_arrange(&visitor)?;
    let file = waiting(&visitor, &desk, &key)?;
    let page = shown.page.parse().unwrap_or(1).max(1);
    previewed(&visitor, &desk, &file, &shown.chosen, page, (StatusCode::OK, None)).await
}

fn waiting(visitor: &Visitor, desk: &Desk, key: &str) -> Result<File, Failure> {
    let file = desk.waiting.get(visitor.person.id, Purpose::Roster, key, desk.clock.now_ms());
    file.ok_or_else(|| {
        Failure::Refused("这个文件等得太久，或者已经导入过了。回到“导入名册”重新选文件。".into())
    })
}

async fn previewed(
    visitor: &Visitor,
    desk: &Desk,
    file: &File,
    chosen: &Chosen,
    number: usize,
    (status, told): (StatusCode, Option<&str>),
) -> Result<Response, Failure> {
    let told = html! { @if let Some(text) = told { (note(Tone::Wrong, text)) } };
    let considered = match considered(visitor, desk, file.bytes.clone()).await? {
        Ok(considered) => considered,
        Err(found) => {
            let above = html! { (told) (faults(&file.name, &found)) };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, asked(visitor, chosen, &above)).into_response());
        }
    };
    let Considered { roster, preview, .. } = &considered;
    let rows = rows(&considered);
    let some: Vec<Row> = rows.iter().skip((number - 1) * ROWS).take(ROWS).cloned().collect();
    let code = |row: &Row| html! { (row.code) };
    let name = |row: &Row| html! { (row.name) };
    let what = |row: &Row| html! { (row.what) };
    let was = |row: &Row| html! { @for line in &row.was { (line) br; } };
    let is = |row: &Row| html! { @for line in &row.is { (line) br; } };
    let columns = [
        Column { head: "编号", cell: &code },
        Column { head: "名称", cell: &name },
        Column { head: "怎么变", cell: &what },
        Column { head: "原来", cell: &was },
        Column { head: "导入以后", cell: &is },
    ];
    let address = format!("{}/{}?{}", links::ROSTER_IMPORT, file.key, chosen.query());
    let body = html! {
        (told)
        p { "文件“" (file.name) "”，" (roster.units.len()) "个党组织：" (counted(preview)) "。还没有写进去。" }
        @for notice in &roster.notices { (note(Tone::Calm, notice)) }
        @if preview.is_empty() {
            (nothing("和现在的名册一样，没有要改的。"))
        } @else {
            (table("会改这些", &columns, &some))
            (pager(rows.len() as u64, number as u64, ROWS as u64, &address))
            p { (since(chosen, visitor.today)) }
            (post(visitor, &format!("{}/{}", links::ROSTER_IMPORT, file.key), &html! {
                (hidden("since", &chosen.since)) (hidden("on", &chosen.on)) (hidden("seen", &seen(preview)))
                (submit("导入"))
            }))
        }
        p { a href=(links::ROSTER_IMPORT) { "不导入，换一个文件" } }
    };
    Ok((status, frame::page(visitor, links::ROSTER, "导入名册：会改什么", &body)).into_response())
}

fn since(chosen: &Chosen, today: Date) -> String {
    match chosen.standing() {
        Some(Standing::Since(on)) => {
            format!("改动、新增都从{}起；在那以前的各期照原来的。", dates::day(on, today))
        }
        Some(Standing::Always) => "本来就是这样：以前各期也照改好的。".into(),
        _ => "改动从今天起，以前各期照原来的；新增的算一直就有。".into(),
    }
}

/// By which it is told whether what is confirmed is still what was looked at.
fn seen(preview: &Preview) -> String {
    ContentHash::of(format!("{preview:?}").as_bytes()).as_str().to_owned()
}

/// 新增2，更名1，转隶1，没有变化30
fn counted(preview: &Preview) -> String {
    let with = |aspect: Aspect| {
        preview.changed.iter().filter(|(old, new)| aspects(old, new).contains(&aspect)).count()
    };
    let counts = [
        ("新增", preview.added.len()),
        ("更名", with(Aspect::Name)),
        ("转隶", with(Aspect::Parent)),
        ("改层级", with(Aspect::Level)),
        ("改领域", with(Aspect::Sector)),
        ("改电话", with(Aspect::Telephone)),
        ("没有变化", preview.same),
    ];
    let counts = counts.iter().filter(|(_, count)| *count > 0).map(|(word, count)| format!("{word}{count}"));
    counts.collect::<Vec<_>>().join("，")
}

/// A unit that would be otherwise.
#[derive(Clone)]
struct Row {
    code: String,
    name: String,
    what: String,
    was: Vec<String>,
    is: Vec<String>,
}

fn rows(Considered { preview, known, .. }: &Considered) -> Vec<Row> {
    let names = preview.names_above(&known.tree);
    let above = |unit: &Unit| {
        let above = unit.parent.as_ref();
        above.map_or_else(
            || "没有上级".into(),
            |code| names.get(code).cloned().unwrap_or_else(|| code.to_string()),
        )
    };
    let sector = |unit: &Unit| match unit.level {
        Level::Branch => crate::domain::sector::name(&unit.sector).to_owned(),
        _ => String::new(),
    };
    let said = |unit: &Unit, aspect: Aspect| match aspect {
        Aspect::Name => unit.name.clone(),
        Aspect::Parent => above(unit),
        Aspect::Level => level_name(unit.level).to_owned(),
        Aspect::Sector => sector(unit),
        Aspect::Telephone if unit.telephone.is_empty() => "没有电话".into(),
        Aspect::Telephone => unit.telephone.clone(),
    };
    let added = preview.added.iter().map(|unit| Row {
        code: unit.code.to_string(),
        name: unit.name.clone(),
        what: "新增".into(),
        was: Vec::new(),
        is: [above(unit), level_name(unit.level).to_owned(), sector(unit)]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect(),
    });
    let changed = preview.changed.iter().map(|(old, new)| {
        let aspects = aspects(old, new);
        let words = aspects.iter().map(|aspect| match aspect {
            Aspect::Name => "更名",
            Aspect::Parent => "转隶",
            Aspect::Level => "改层级",
            Aspect::Sector => "改领域",
            Aspect::Telephone => "改电话",
        });
        Row {
            code: new.code.to_string(),
            name: old.name.clone(),
            what: words.collect::<Vec<_>>().join("、"),
            was: aspects.iter().map(|aspect| said(old, *aspect)).collect(),
            is: aspects.iter().map(|aspect| said(new, *aspect)).collect(),
        }
    });
    added.chain(changed).collect()
}

/// What is confirmed.
#[derive(Deserialize)]
pub(super) struct Confirmed {
    #[serde(default)]
    since: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    seen: String,
}

/// Brings the roster in, if it would still change what was looked at.
pub(super) async fn import(
    State(desk): State<Desk>,
    Path(key): Path<String>,
    Posted(visitor, confirmed): Posted<Confirmed>,
) -> Result<Response, Failure> {
    must_arrange(&visitor)?;
    let file = waiting(&visitor, &desk, &key)?;
    let chosen = Chosen { since: confirmed.since, on: confirmed.on };
    let again =
        async |status, text: &str| previewed(&visitor, &desk, &file, &chosen, 1, (status, Some(text))).await;
    let Some(standing) = chosen.standing() else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, "写明是哪一天，如 2026-11-24。").await;
    };
    let Ok(considered) = considered(&visitor, &desk, file.bytes.clone()).await? else {
        return again(StatusCode::CONFLICT, "您看的时候，另外有人改了名册，这张表现在不能导入了。").await;
    };
    if considered.preview.is_empty() {
        // It stands so already: the form was sent twice, or somebody else brought the same in.
        return Ok(imported());
    }
    if seen(&considered.preview) != confirmed.seen {
        let text = "您看的时候，另外有人改了名册。什么也没有写入；下面是现在会改什么，看过再点“导入”。";
        return again(StatusCode::CONFLICT, text).await;
    }
    let (clock, actor) = (&*desk.clock, visitor.actor());
    match importing::import(&desk.database, clock, &actor, &considered.roster.units, standing).await {
        // The file waits on, so that the form may come twice.
        Ok(_) => Ok(imported()),
        Err(refusal) => {
            let (_, text) = fault(refusal, visitor.today)?;
            again(StatusCode::UNPROCESSABLE_ENTITY, &text).await
        }
    }
}

fn imported() -> Response {
    Redirect::to(&format!("{}?done={}", links::ROSTER, Done::Imported.code())).into_response()
}
