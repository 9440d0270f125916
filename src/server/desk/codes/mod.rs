//! 激活码和手机: letting phones of a branch in, and taking a lost one's token away.

mod slip;

use super::{
    Desk, cookies,
    failure::Failure,
    frame,
    kit::{Column, Tone, ask, confirm, download, hidden, line, moment, note, nothing, post, submit, table},
    links,
    posted::{Posted, Proved},
    visitor::Visitor,
};
use crate::{
    domain::BranchCode,
    protocol::Level,
    server::{
        database::devices::BoundDevice,
        host::random::SystemRandom,
        office::{
            codes::{self, Refusal, Whom},
            devices,
            people::{Act, authority::must},
            roster::Member,
        },
        tables::slips,
    },
    words::dates::{self, day},
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post as posting},
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// So many days a code is good for, unless another number is chosen.
const DAYS: u16 = 14;
/// No code is good for longer: a slip that lies about opens the door.
const MOST_DAYS: u16 = 90;
/// The longest address of the app.
const MAX_BASE_CHARS: usize = 200;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/desk/codes/{unit}", get(page))
        .route("/desk/codes/{unit}/issue", get(ask_issue).post(issue))
        .route("/desk/codes/{unit}/revoke", posting(revoke))
}

#[derive(Deserialize)]
struct Done {
    revoked: Option<u64>,
}

async fn page(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(unit): Path<String>,
    Query(done): Query<Done>,
    headers: HeaderMap,
) -> Result<Markup, Failure> {
    let member = theirs(&visitor, &desk, &unit).await?;
    let base = match &desk.phone_url {
        Some(told) => told.to_string(),
        None if desk.is_apart => String::new(),
        None => base(&headers),
    };
    let asked = Asked { base, days: DAYS.to_string(), seen: None, to: String::new() };
    let note = match done.revoked {
        Some(0) => {
            note(Tone::Done, "已经停用了，没有在用的手机了。手机上已经填的不动；要再用，发一个新的激活码。")
        }
        Some(phones) => {
            note(Tone::Done, &format!("停用了{phones}部手机。手机上已经填的不动；要再用，发一个新的激活码。"))
        }
        None => html! {},
    };
    shown(&visitor, &desk, &member, &asked, &note).await
}

/// The unit of an address, if its codes and phones are the visitor's to tend.
async fn theirs(visitor: &Visitor, desk: &Desk, unit: &str) -> Result<Member, Failure> {
    let code = BranchCode::new(unit).map_err(|_| Failure::NotHere)?;
    must(&desk.database, &visitor.actor(), Act::Admit, &code, visitor.today).await?;
    desk.database.member(&code).await?.ok_or(Failure::NotHere)
}

/// The address at which this page was asked for, which mostly is that of the app as well.
fn base(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if cookies::is_on_this_machine(headers) { "http" } else { "https" };
    format!("{scheme}://{host}")
}

/// What the form for codes has.
#[derive(Deserialize)]
struct Asked {
    /// The address at which phones open the app.
    base: String,
    /// How many days the codes are good for.
    days: String,
    /// How many entries the log had when the form was made.
    seen: Option<u64>,
    /// To whom a code is given; may be empty.
    #[serde(default)]
    to: String,
}

impl Asked {
    /// The address without a stroke at its end, if it is one.
    fn base(&self) -> Option<&str> {
        let base = self.base.trim().trim_end_matches('/');
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"))?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]/_~".contains(&byte);
        (!host.is_empty() && base.len() <= MAX_BASE_CHARS && host.bytes().all(is_plain)).then_some(base)
    }

    fn days(&self) -> Option<u16> {
        self.days.trim().parse().ok().filter(|days| (1..=MOST_DAYS).contains(days))
    }
}

async fn shown(
    visitor: &Visitor,
    desk: &Desk,
    member: &Member,
    asked: &Asked,
    above: &Markup,
) -> Result<Markup, Failure> {
    let (unit, today) = (&member.unit, visitor.today);
    let seen = desk.database.newest_entry().await?;
    let is_branch = unit.level == Level::Branch;
    let action = format!("{}/issue", links::codes(&unit.code));
    let barred = match (&member.ended, member.off_system) {
        (Some(ended), _) => Some(format!("从{}起已经没有了，不再发激活码。", day(ended.on, today))),
        (None, Some(since)) => {
            Some(format!("从{}起不用本系统，不发激活码。要发，先在名册里改过来。", day(since, today)))
        }
        (None, None) => None,
    };
    let body = html! {
        (above)
        p { a href=(links::unit(&unit.code)) { (unit.name) } "　编号" (unit.code) }
        h2 { "发激活码" }
        @if let Some(text) = &barred {
            (note(Tone::Calm, text))
        } @else {
            @if is_branch {
                p { "每部手机用一个激活码启用一次。再发一个，以前发给这个支部、还没有用过的就作废。激活码只显示这一次，系统里不保存。" }
            } @else {
                p {
                    "给下面每个在用本系统的支部发一个，做成一张可以打印、裁开的码条：一张A4八条，有二维码和怎么启用。"
                    "以前发的、还没有用过的都作废。码条只下载这一次；打印出来就把文件删掉。"
                }
            }
            @let fields = html! {
                (line("手机打开的网址", "base", "url", &asked.base, None))
                @if asked.base.is_empty() {
                    p.muted { "写支部手机打开支部标尺的网址，不是这个工作台的；问管服务器的人，他可以设好，以后不用再写。" }
                }
                (line(&format!("几天内有效（1到{MOST_DAYS}）"), "days", "number", &asked.days, None))
            };
            @if is_branch {
                (post(visitor, &action, &html! {
                    (hidden("seen", &seen.to_string()))
                    (fields)
                    (line("发给谁（可以不写；用过、过期就抹掉）", "to", "text", &asked.to, None))
                    (submit("发激活码"))
                }))
            } @else {
                (ask(&action, &html! { (fields) (submit("发码…")) }))
            }
        }
        @if is_branch {
            (unused(&desk.database.open_codes(&unit.code, desk.clock.now_ms()).await?, today))
            (phones(visitor, &unit.code, &desk.database.devices_of(&unit.code).await?))
        }
    };
    Ok(frame::page(visitor, links::ROSTER, &format!("激活码和手机：{}", unit.name), &body))
}

/// The codes that wait to be used. What they are nobody is shown again.
fn unused(codes: &[(u64, Option<String>)], today: Date) -> Markup {
    let to = |(_, to): &(u64, Option<String>)| html! { @match to { Some(name) => (name), None => "没有写" } };
    let until = |(until, _): &(u64, Option<String>)| html! { (dates::moment(*until, today)) };
    let columns = [Column { head: "发给谁", cell: &to }, Column { head: "有效到", cell: &until }];
    html! { @if !codes.is_empty() { (table("还没有用过的激活码", &columns, codes)) } }
}

/// The phones that are, or were, bound to a branch.
fn phones(visitor: &Visitor, branch: &BranchCode, bound: &[BoundDevice]) -> Markup {
    let action = format!("{}/revoke", links::codes(branch));
    let id = |one: &BoundDevice| html! { (one.device.to_string().chars().take(8).collect::<String>()) };
    let since = |one: &BoundDevice| html! { (moment(one.bound_at)) };
    let state = |one: &BoundDevice| {
        html! { @match one.revoked_at { Some(at) => { "停用了（" (moment(at)) "）" } None => { "在用" } } }
    };
    let act = |one: &BoundDevice| {
        html! {
            @if one.revoked_at.is_none() {
                (post(visitor, &action, &html! {
                    (hidden("device", &one.device.to_string()))
                    button.second type="submit" { "停用" }
                }))
            }
        }
    };
    let columns = [
        Column { head: "手机", cell: &id },
        Column { head: "启用时间", cell: &since },
        Column { head: "状态", cell: &state },
        Column { head: "办理", cell: &act },
    ];
    let in_use = bound.iter().filter(|one| one.revoked_at.is_none()).count();
    html! {
        h2 { "手机" }
        @if bound.is_empty() {
            (nothing("还没有手机启用：把激活码给支部，在手机上打开网址，输进去就行。"))
        } @else {
            (table("启用过的手机，早的在前", &columns, bound))
            p.muted { "手机丢了、换人了，就停用它：它不能再上报，手机上已经填的不动。手机的编号在手机的“我的”里看得到。" }
            @if in_use > 0 {
                (post(visitor, &action, &html! {
                    (hidden("device", ""))
                    button.second type="submit" { "全部停用，没用过的激活码也作废" }
                }))
            }
        }
    }
}

/// What is wrong with what was asked for; nothing where it can be done.
fn fault(asked: &Asked) -> Option<String> {
    if asked.base().is_none() {
        return Some("网址写成 https://biaochi.example.cn 的样子，就是支部在手机上打开的那一个。".into());
    }
    asked.days().is_none().then(|| format!("有效天数写1到{MOST_DAYS}的数。"))
}

/// Asks before all branches below a unit get new codes, which void the slips that lie about.
async fn ask_issue(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(unit): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let member = theirs(&visitor, &desk, &unit).await?;
    if let Some(text) = fault(&asked) {
        let page = shown(&visitor, &desk, &member, &asked, &note(Tone::Wrong, &text)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let (name, back) = (&member.unit.name, links::codes(&member.unit.code));
    let text = format!(
        "给{name}下面每个在用本系统的支部发一个新的激活码，下载成码条。以前发的、还没有用过的都作废：发下去的码条就不能用了。在用的手机不动。"
    );
    let seen = desk.database.newest_entry().await?.to_string();
    let fields =
        html! { (hidden("base", &asked.base)) (hidden("days", &asked.days)) (hidden("seen", &seen)) };
    let body =
        confirm(&visitor, &format!("{back}/issue"), &fields, &text, ("确定发码，下载码条", "不发"), &back);
    Ok(frame::page(&visitor, links::ROSTER, &format!("发激活码：{name}"), &body).into_response())
}

/// Issues codes: one is shown, those of a town are a file to print.
async fn issue(
    State(desk): State<Desk>,
    Path(unit): Path<String>,
    Posted(visitor, asked): Posted<Asked>,
) -> Result<Response, Failure> {
    let member = theirs(&visitor, &desk, &unit).await?;
    let refused = async |text: &str| {
        let page = shown(&visitor, &desk, &member, &asked, &note(Tone::Wrong, text)).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let (Some(base), Some(days)) = (asked.base(), asked.days()) else {
        return refused(&fault(&asked).unwrap_or_default()).await;
    };
    let code = member.unit.code.as_str();
    let is_branch = member.unit.level == Level::Branch;
    let whom = if is_branch { Whom::Branch(code) } else { Whom::Below(code) };
    let drawn = codes::draw(&desk.database, &*desk.clock, &mut SystemRandom, whom, days, Some(base)).await;
    let drawn = drawn.and_then(|drawn| match is_branch {
        true => drawn.into_iter().map(|one| one.to(&asked.to)).collect(),
        false => Ok(drawn),
    });
    let drawn = match drawn {
        Ok(drawn) if drawn.is_empty() => return refused("下面没有可以发激活码的支部。").await,
        Ok(drawn) => drawn,
        Err(refusal) => return refused(&said(refusal)?).await,
    };
    // What is shown is made first: codes that nobody was shown would void those of before for nothing.
    let too_long = |_| Failure::Refused("网址太长，做不出二维码；写短一些再发。".into());
    let answer = match &drawn[..] {
        [one] if is_branch => slip::page(&visitor, one).map_err(too_long)?.into_response(),
        all => {
            let slips = slips::html(&all.iter().collect::<Vec<_>>(), base, |_| {}).map_err(too_long)?;
            download(
                &format!("{} 激活码.html", member.unit.name),
                "text/html; charset=utf-8",
                slips.into_bytes(),
            )
        }
    };
    let (actor, seen) = (visitor.actor(), asked.seen.ok_or(Failure::Unreadable)?);
    match codes::issue(&desk.database, &*desk.clock, &actor, &drawn, Some(seen)).await {
        Ok(_) => Ok(answer),
        Err(Refusal::Before { at, who }) => {
            let text = before(at, who == actor.who(), visitor.today);
            Ok(shown(&visitor, &desk, &member, &asked, &note(Tone::Calm, &text)).await?.into_response())
        }
        Err(refusal) => refused(&said(refusal)?).await,
    }
}

/// That codes were issued since the form was made, as by the form itself that a reload sends again.
fn before(at: u64, is_own: bool, today: Date) -> String {
    let who = if is_own { "您已经发了" } else { "别人已经发了" };
    format!(
        "{}{who}激活码，没有再发，发下去的还能用。激活码只显示那一次；没有抄下来或者存下来，就在下面再发，先发的作废。",
        dates::moment(at, today)
    )
}

/// Why no code was issued, where it can be told.
fn said(refusal: Refusal) -> Result<String, Failure> {
    Ok(match refusal {
        Refusal::Denied(_) => return Err(Failure::NotHere),
        Refusal::Database(error) => return Err(Failure::Database(error)),
        Refusal::NoRandomness => return Err(Failure::Machine("no randomness to be had".into())),
        Refusal::Scope(_) => "下面没有支部。".into(),
        Refusal::Gone(name, gone) => format!("“{name}”从{}起已经没有了。", gone.on),
        Refusal::OffSystem(name, since) => format!("“{name}”从{since}起不用本系统。"),
        Refusal::Name => "发给谁写成一行，最多30个字，不要用 = + - @ 开头；也可以不写。".into(),
        // Told by the page that asks again.
        Refusal::Before { .. } => return Err(Failure::Unreadable),
        Refusal::Overtaken => "就在刚才有一个码被别人用上了，什么也没有发。再点一次。".into(),
    })
}

#[derive(Deserialize)]
struct Lost {
    /// The phone; empty for all of them.
    device: String,
}

/// Takes the token of one phone away, or of all.
async fn revoke(
    State(desk): State<Desk>,
    Path(unit): Path<String>,
    Proved(visitor, lost): Proved<Lost>,
) -> Result<Response, Failure> {
    let member = theirs(&visitor, &desk, &unit).await?;
    let code = &member.unit.code;
    let device = Some(lost.device.as_str()).filter(|device| !device.is_empty());
    match devices::revoke(&desk.database, &*desk.clock, &visitor.actor(), code.as_str(), device).await {
        Ok(revoked) => {
            Ok(Redirect::to(&format!("{}?revoked={}", links::codes(code), revoked.phones)).into_response())
        }
        Err(devices::Refusal::Database(error)) => Err(Failure::Database(error)),
        Err(_) => Err(Failure::NotHere),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_a_phone_can_open() {
        let asked =
            |days: &str| Asked { base: String::new(), days: days.into(), seen: None, to: String::new() };
        let read = |base: &str| Asked { base: base.into(), ..asked("14") }.base().map(str::to_owned);
        assert_eq!(read(" https://biaochi.example.cn/ ").as_deref(), Some("https://biaochi.example.cn"));
        assert_eq!(read("http://10.1.2.3:8080").as_deref(), Some("http://10.1.2.3:8080"));
        for bad in [
            "",
            "biaochi.example.cn",
            "https://",
            "javascript:alert(1)",
            "https://a\"b",
            "https://a b",
            "https://a#b",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        let days = |days: &str| asked(days).days();
        assert_eq!(
            [days("1"), days("90"), days("0"), days("91"), days("-3")],
            [Some(1), Some(90), None, None, None]
        );
    }
}
