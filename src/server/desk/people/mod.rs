//! 人员: the accounts of the own unit and below: who they are, what they are entrusted with, and how they come and go.

mod acts;
mod handing_over;
mod list;
mod newcomer;
mod one;

use super::{
    Desk,
    failure::Failure,
    frame,
    kit::{Tone, note, quicker},
    links,
    visitor::Visitor,
};
use crate::{
    server::office::{
        log::Deed,
        people::{
            PersonId, Role,
            accounts::{Field, Invited, Refusal},
        },
        quicker::Quicker,
    },
    words::terms::whole_day,
};
use axum::{
    Router,
    http::{HeaderMap, header},
    routing::{get, post},
};
use maud::{Markup, html};
use uuid::Uuid;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route(links::PEOPLE, get(list::page))
        .route(links::NEW_PERSON, get(newcomer::ask).post(newcomer::add))
        .route(links::LEND, get(newcomer::ask_lent).post(newcomer::lend))
        .route("/desk/people/{id}", get(one::page))
        .route("/desk/people/{id}/give", post(acts::give))
        .route("/desk/people/{id}/take-back", post(acts::take_back))
        .route("/desk/people/{id}/link", post(acts::link))
        .route("/desk/people/{id}/sign-out", post(acts::sign_out))
        .route("/desk/people/{id}/change", post(acts::change))
        .route("/desk/people/{id}/close", get(acts::ask_close).post(acts::close))
        .route("/desk/people/{id}/erase", get(acts::ask_erase).post(acts::erase))
        .route("/desk/people/{id}/reopen", post(acts::reopen))
        .route("/desk/people/{id}/hand-over", get(handing_over::ask).post(handing_over::hand_over))
}

/// Whose account an address names.
fn id(text: &str) -> Result<PersonId, Failure> {
    text.parse::<Uuid>().map(PersonId).map_err(|_| Failure::NotHere)
}

/// The roles, to be chosen from.
fn roles() -> Vec<(&'static str, &'static str)> {
    let meaning = |role| match role {
        Role::Manage => "管理：人员、名册、激活码、标准",
        Role::Review => "审核：审上报，管问题和整改",
        Role::Inspect => "检查：看，记检查发现的问题",
        Role::Read => "查看：只看",
        Role::Audit => "审计：只看记录，不能同时有别的权限",
    };
    crate::server::office::people::authority::ROLES.map(|role| (role.word(), meaning(role))).to_vec()
}

/// A link that was made, shown this once.
fn invited(visitor: &Visitor, headers: &HeaderMap, invited: &Invited, title: &str, done: &str) -> Markup {
    let link = format!("{}{}?link={}", base(headers), links::WELCOME, invited.secret.as_str());
    let body = html! {
        (note(Tone::Done, done))
        p { "把下面的链接交给本人，当面、电话、短信都行，不要发到群里。本人打开它设密码；" (whole_day(invited.until)) "以前有效，只能用一次。" }
        p { code.secret { (link) } }
        p.muted { "链接只显示这一次，离开这一页就看不到了；丢了再发一个就行。" }
        p.acts {
            a.button href=(links::person(invited.account.0)) { "看这个账号" }
            a.button.second href=(links::PEOPLE) { "回人员" }
        }
    };
    frame::page(visitor, links::PEOPLE, title, &body)
}

/// How the browser calls this place.
fn base(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), _) => origin.to_owned(),
        (None, host) => format!("https://{}", host.unwrap_or_default()),
    }
}

/// Which field of a form a refusal is about, and what to say there.
fn fault(refusal: &Refusal) -> Option<(&'static str, String)> {
    Some(match refusal {
        // Whether it is there and somebody else's is none of their business.
        Refusal::NoUnit(_) | Refusal::Denied(_) => {
            ("unit", "本单位和下级里没有这个单位：填编号，或者全称。".to_owned())
        }
        Refusal::Branch(_) => ("unit", "支部用手机，没有工作台的账号：填支部上面的党组织。".to_owned()),
        Refusal::Unfit(Field::Name) => ("name", "姓名要填，30个字以内。".to_owned()),
        Refusal::Unfit(Field::Post) => ("post", "职务太长，或者有不能用的字。".to_owned()),
        Refusal::Unfit(Field::Telephone) => ("telephone", "电话太长，或者有不能用的字。".to_owned()),
        Refusal::Unfit(Field::Login) => {
            ("login", "登录名2到30个字，只用字母、数字、汉字和 . - _ @ 。".to_owned())
        }
        Refusal::Taken(_) => ("login", "这个登录名有人用了，换一个。".to_owned()),
        Refusal::NoRole => ("role", "选一个。".to_owned()),
        Refusal::NotApart => {
            ("role", "审计不能同时有别的权限：看记录的人不办事，办事的人不看记录。".to_owned())
        }
        Refusal::NotAbove => {
            ("role", "审计的权限和链接，由上一级管账号的人来给；没有上一级的，找管服务器的人。".to_owned())
        }
        Refusal::Ended(_) => ("unit", "这个单位已经没有了，不能再开账号、给权限。".to_owned()),
        Refusal::Superior => ("login", "对方是您的上级，本来就看得到，不用给。".to_owned()),
        Refusal::Endless => ("until", "外单位的人要写到哪一天，最长一年。".to_owned()),
        Refusal::NotLent(_) => ("role", "管理和审计只给本单位和上级单位的人，不给外单位的。".to_owned()),
        Refusal::Passed(_) => ("until", "这一天已经过了。".to_owned()),
        _ => return None,
    })
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(_) | Refusal::Nobody | Refusal::NoUnit(_) | Refusal::Stands(_) => Self::NotHere,
            Refusal::Last(_) => Self::Refused(
                "这是这里最后一个管理员，上面也没有别的管理员：先给另一个人管理的权限，或者交接给接手的人。"
                    .to_owned(),
            ),
            Refusal::Closed { name, by } => {
                let what = match &by {
                    Some(Quicker { deed: Deed::AccountHandedOver, .. }) => "交接给了别人，账号关了",
                    _ => "的账号关了",
                };
                let who = quicker(by.as_ref());
                Self::Refused(format!("{who}把{name}{what}，您这一次什么也没有改。打开人员看看。"))
            }
            Refusal::Meanwhile { now, by } => {
                let (who, now) = (quicker(by.as_ref()), if now.is_empty() { "空的" } else { &now });
                let text =
                    format!("{who}把它改成了“{now}”，您这一次什么也没有改。还要改的，打开看看再办一次。");
                Self::Refused(text)
            }
            Refusal::Beyond => Self::Refused(
                "这个人还有外单位给的权限，链接要由上一级管账号的人来发；没有上一级的，找管服务器的人。"
                    .to_owned(),
            ),
            Refusal::Open => Self::Refused("账号还开着：先关账号，再抹去姓名。".to_owned()),
            Refusal::Same => Self::Refused("不能交接给自己。".to_owned()),
            Refusal::NoRandomness => Self::Machine(refusal.to_string()),
            Refusal::Database(error) => error.into(),
            other => Self::Refused(fault(&other).map(|(_, text)| text).unwrap_or_default()),
        }
    }
}
