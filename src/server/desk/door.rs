//! What is shown to whoever has to sign in or give the password first. A form that waits for it goes along, and is shown to be sent
//! once more afterwards.

use super::{
    frame,
    kit::{Tone, hidden, line, note, password, post, submit},
    links,
    posted::{Fields, Kept, PASSWORD},
    visitor::Visitor,
};
use crate::server::office::people::passwords::{MAX_CHARS, MIN_CHARS, Unfit};
use maud::{Markup, html};

/// What stands before the name of a field that only waits.
const WAITING: &str = "kept.";

/// The page on which one signs in.
pub(super) fn sign_in(next: &str, kept: Option<&Kept>, login: &str, wrong: Option<&str>) -> Markup {
    let action = kept.map_or(next, |kept| &kept.action);
    let body = html! {
        @if kept.is_some() { (note(Tone::Calm, "这一页放得太久，已经退出了。登录以后接着办，刚才填的都在。")) }
        @if let Some(wrong) = wrong { (note(Tone::Wrong, wrong)) }
        form.act method="post" action=(links::SIGN_IN) {
            (hidden("next", action))
            (waiting(kept))
            (line("登录名", "login", "text", login, None))
            (password("密码", PASSWORD, "current-password", None))
            (submit("登录"))
        }
        p.muted { "没有账号，或者忘了密码：请本单位或者上级党组织的管理员发一个链接。" }
    };
    frame::open_page("登录", &body)
}

/// What is told to whoever handed over the own work, and is signed out with that.
pub(super) fn handed_over() -> Markup {
    let body = html! {
        (note(Tone::Done, "交接好了：权限转给了接手的人，您的账号关了，这里也退出了。"))
        p.acts { a.button.second href=(links::SIGN_IN) { "用别的账号登录" } }
    };
    frame::open_page("交接好了", &body)
}

/// The page that asks for the password once more.
pub(super) fn prove(visitor: &Visitor, kept: &Kept, wrong: Option<&str>) -> Markup {
    let fields = html! {
        (hidden("next", &kept.action))
        (waiting(Some(kept)))
        (password("密码", PASSWORD, "current-password", wrong))
        (submit("确认"))
    };
    let body = html! {
        (note(Tone::Calm, "这件事要紧，请再输一次自己的密码，然后再看一眼、接着办。刚才填的都在。"))
        (post(visitor, links::PROOF, &fields))
    };
    frame::page(visitor, "", "再输一次密码", &body)
}

/// 接着办: the form that waited, to be sent by whoever may now.
pub(super) fn carry_on(visitor: &Visitor, kept: &Kept) -> Markup {
    let fields = html! {
        @for (name, value) in &kept.fields { (hidden(name, value)) }
        (submit("接着办"))
    };
    let body = html! {
        (note(Tone::Calm, "刚才填的还没有送出去。点“接着办”就送出；不办了，从上面的菜单走开就行。"))
        @if let Some(what) = what(&kept.action) { p { "要办的是：" strong { (what) } } }
        (post(visitor, links::inner(&kept.action).unwrap_or(links::TODAY), &fields))
        @let shown = kept.fields.iter().filter_map(|(name, value)| Some((label(name)?, value)));
        dl.kept {
            @for (label, value) in shown.filter(|(_, value)| !value.trim().is_empty()) {
                dt { (label) } dd { (value) }
            }
        }
    };
    frame::page(visitor, "", "接着办", &body)
}

/// What a form does whose fields do not say it, by where it goes.
fn what(action: &str) -> Option<&'static str> {
    const ACTS: [(&str, &str, &str); 5] = [
        (links::ROSTER_MERGE, "", "合并党组织"),
        (links::STANDARDS_UPLOAD, "", "发布新的一版标准"),
        (links::PEOPLE, "/hand-over", "交接账号"),
        (links::PEOPLE, "/close", "关账号，以后可以再开"),
        (links::PEOPLE, "/erase", "抹去姓名，抹了就找不回来"),
    ];
    let path = action.split('?').next().unwrap_or_default();
    let is_it = |(begins, ends, _): &&(&str, &str, &str)| path.starts_with(begins) && path.ends_with(ends);
    ACTS.iter().find(is_it).map(|(.., what)| *what)
}

/// How a field is called in which somebody writes; nothing for what only goes along.
fn label(field: &str) -> Option<&'static str> {
    /// Of the forms whose texts are long, or would be missed.
    const TYPED: [(&str, &str); 18] = [
        ("reason", "原因"),
        ("decision", "文号"),
        ("done_when", "改到什么样算改好"),
        ("text", "填的内容"),
        ("seen", "看到了什么"),
        ("why", "理由"),
        ("problem", "存在问题"),
        ("source", "问题来源"),
        ("note", "备注"),
        ("units", "要合并的党组织"),
        ("code", "新的编号"),
        ("name", "名称或姓名"),
        ("post", "职务"),
        ("login", "登录名"),
        ("telephone", "电话"),
        ("due", "哪天以前"),
        ("until", "到哪天"),
        ("on", "从哪天起"),
    ];
    if field.starts_with("note.") {
        return Some("对条目的意见");
    }
    TYPED.iter().find(|(name, _)| *name == field).map(|(_, label)| *label)
}

fn waiting(kept: Option<&Kept>) -> Markup {
    html! {
        @if let Some(kept) = kept {
            (hidden(WAITING, ""))
            @for (name, value) in &kept.fields { (hidden(&format!("{WAITING}{name}"), value)) }
        }
    }
}

/// The form that waits in the fields of a page of ours, if one does.
pub(super) fn kept(action: &str, fields: Fields) -> Option<Kept> {
    let mut waiting =
        fields.into_iter().filter_map(|(name, value)| Some((name.strip_prefix(WAITING)?.to_owned(), value)));
    // The first one says that there is a form at all, which may have no fields.
    waiting.next()?;
    Some(Kept { action: links::inner(action)?.to_owned(), fields: waiting.collect() })
}

/// Two fields that should hold the same.
pub(super) const NOT_THE_SAME: &str = "两次输入的不一样。";

/// Why a password is not taken, and what to do.
pub(super) fn unfit(unfit: Unfit) -> String {
    match unfit {
        Unfit::Short => format!("密码至少{MIN_CHARS}个字；用一句自己记得住的话最好。"),
        Unfit::Long => format!("密码最多{MAX_CHARS}个字。"),
        Unfit::Own => "密码里不要有姓名、登录名、单位的名称和编号。".to_owned(),
        Unfit::Common => "这个密码别人一猜就中，换一个；用一句自己记得住的话最好。".to_owned(),
    }
}
