//! The forms by which a unit is changed, each with what was typed and what was wrong with it.

use super::words::Field;
use crate::{
    domain::BranchCode,
    protocol::Level,
    server::{
        desk::{
            frame,
            kit::{Tone, ask, confirm, hidden, line, note, post, submit},
            links,
            visitor::Visitor,
        },
        office::roster::{Member, browsing::Opened},
    },
    words::dates,
};
use jiff::civil::Date;
use maud::{Markup, html};

/// Which of the forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// 更名
    Name,
    /// 转隶
    Above,
    /// 电话
    Telephone,
    /// 不用本系统
    Use,
    /// 撤销
    End,
    /// 恢复
    Back,
}

/// What was typed into one of the forms and could not be done.
pub(super) struct Tried<'a> {
    /// Into which.
    pub(super) which: Which,
    /// The name, the unit above or the telephone.
    pub(super) text: &'a str,
    /// The day.
    pub(super) on: &'a str,
    /// What was wrong, and where.
    pub(super) wrong: (Field, String),
}

/// The page with all forms that make sense for a unit.
pub(super) fn page(
    visitor: &Visitor,
    opened: &Opened,
    may_bring_back: bool,
    tried: Option<&Tried<'_>>,
) -> Markup {
    let Member { unit, ended, off_system, .. } = &opened.member;
    let today = visitor.today.to_string();
    let of = |which: Which| tried.filter(|tried| tried.which == which);
    let text = |which, now: &str| of(which).map_or_else(|| now.to_owned(), |tried| tried.text.to_owned());
    let on = |which| of(which).map_or_else(|| today.clone(), |tried| tried.on.to_owned());
    let wrong = |which, fields: &[Field]| {
        of(which).filter(|tried| fields.contains(&tried.wrong.0)).map(|tried| tried.wrong.1.as_str())
    };
    let whole = tried.filter(|tried| {
        let has_day = !matches!(tried.which, Which::Telephone | Which::Back);
        match tried.wrong.0 {
            Field::Day => !has_day,
            Field::Name => tried.which != Which::Name,
            Field::Above => tried.which != Which::Above,
            Field::Telephone => tried.which != Which::Telephone,
            Field::Whole | Field::Code | Field::Sector => true,
        }
    });
    let day = |which| line("从哪天起", "on", "date", &on(which), wrong(which, &[Field::Day]));
    let form = |to: &str, fields: &Markup| post(visitor, &links::unit_act(&unit.code, to), fields);
    let body = html! {
        @if let Some(tried) = whole { (note(Tone::Wrong, &tried.wrong.1)) }
        p { a href=(links::unit(&unit.code)) { (unit.name) } "　编号" (unit.code) "。编号定了就不改：激活码、上报和问题都跟着它。" }
        @if let Some(ended) = ended {
            @let on = dates::day(ended.on, visitor.today);
            @if may_bring_back {
                (note(Tone::Calm, &format!("它从{on}起已经没有了。登记错了的，可以恢复。")))
                (form("back", &html! { button.second type="submit" { "恢复" } }))
            } @else {
                (note(Tone::Calm, &format!("它从{on}起已经没有了。登记错了的，请上一级恢复。")))
            }
        } @else {
            fieldset {
                legend { "更名" }
                (form("name", &html! {
                    (hidden("was", &unit.name))
                    (line("新的名称", "text", "text", &text(Which::Name, &unit.name), wrong(Which::Name, &[Field::Name])))
                    (day(Which::Name))
                    (submit("更名"))
                }))
            }
            @if unit.parent.is_some() {
                fieldset {
                    legend { "转隶" }
                    p.muted { "换一个上级。新的上级不归您管的，提出以后等对方（或者管着两边的上级）接收，才转过去。以前各期仍算在原来的上级下面。" }
                    (form("above", &html! {
                        (hidden("was", unit.parent.as_ref().map_or("", BranchCode::as_str)))
                        (line("新的上级（编号或全称）", "text", "text", &text(Which::Above, ""), wrong(Which::Above, &[Field::Above])))
                        (day(Which::Above))
                        (submit("转隶"))
                    }))
                }
            }
            fieldset {
                legend { "电话" }
                (form("telephone", &html! {
                    (hidden("was", &unit.telephone))
                    (line("电话", "text", "tel", &text(Which::Telephone, &unit.telephone), wrong(Which::Telephone, &[Field::Telephone])))
                    (submit("改电话"))
                }))
            }
            @if unit.level == Level::Branch {
                fieldset {
                    legend { "用不用本系统" }
                    @if let Some(since) = off_system {
                        p { "从" (dates::day(*since, visitor.today)) "起不用。" }
                        (form("use", &html! { button.second type="submit" name="turn" value="on" { "改回用本系统" } }))
                    } @else {
                        p.muted {
                            "涉密的支部不用本系统，在纸上自查，由乡镇登记总分和申报等次。改了以后，它的手机不能再上报（"
                            (opened.phones) "部在用），没有用过的激活码作废，也不再发。"
                        }
                        (ask(&links::unit_act(&unit.code, "use"), &html! {
                            (day(Which::Use))
                            button.quiet type="submit" { "改成不用本系统…" }
                        }))
                    }
                }
            }
            fieldset {
                legend { "撤销" }
                p.muted {
                    "以前的上报、问题都留着；不再发激活码，以后各期不算未上报，手机不能再上报。下面还有党组织的，先把它们转到别处。"
                    "几个合成一个的，不要撤销，用" a href=(links::ROSTER_MERGE) { "合并" } "。"
                }
                (ask(&links::unit_act(&unit.code, "end"), &html! {
                    (day(Which::End))
                    button.quiet type="submit" { "撤销…" }
                }))
            }
        }
    };
    frame::page(visitor, links::ROSTER, &format!("改名册：{}", unit.name), &body)
}

/// The page that asks before a unit ends, or a branch uses the system no more, from a day on.
pub(super) fn sure(visitor: &Visitor, opened: &Opened, which: Which, on: Date) -> Markup {
    let unit = &opened.member.unit;
    let (name, from, phones) = (&unit.name, dates::day(on, visitor.today), opened.phones);
    let (act, title, what, yes, no) = match which {
        Which::Use => ("use", "改成不用本系统", "不用本系统", "确定改成不用", "不改"),
        _ => ("end", "撤销", "撤销", "确定撤销", "不撤销"),
    };
    let text = match (which, unit.level) {
        (Which::Use, _) => format!(
            "{name}从{from}起{what}，在纸上自查。它的手机（{phones}部在用）不能再上报，没有用过的激活码作废。改回来以后，要重新发激活码。"
        ),
        (_, Level::Branch) => format!(
            "{what}{name}，从{from}起。它的手机（{phones}部在用）不能再上报，没有用过的激活码作废。以前的上报和问题都留着。登记错了可以恢复。"
        ),
        _ => format!("{what}{name}，从{from}起。以前的上报和问题都留着。登记错了可以恢复。"),
    };
    let fields = html! {
        (hidden("on", &on.to_string()))
        @if which == Which::Use { (hidden("turn", "off")) }
    };
    let action = links::unit_act(&unit.code, act);
    let body = confirm(visitor, &action, &fields, &text, (yes, no), &links::unit_change(&unit.code));
    frame::page(visitor, links::ROSTER, &format!("{title}：{name}"), &body)
}
