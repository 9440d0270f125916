//! What cannot be shown or done, as a page: what happened, what is safe, what to do next. The one place where the desk's failures become
//! answers.

use super::{
    door, frame,
    kit::{Tone, note},
    links,
    posted::Kept,
    visitor::Visitor,
};
use crate::server::{
    database::DatabaseError,
    office::people::{authority::Refusal as Unauthorised, passwords::Unhashed},
};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use maud::html;

/// Why a page is not shown, or an act was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Nobody is signed in.
    #[error("sign in first")]
    SignedOut {
        /// Where the visitor wanted to go.
        next: String,
        /// What the visitor sent, to go on with afterwards.
        kept: Option<Kept>,
    },
    /// The password has to be given once more.
    #[error("give the password once more")]
    Unproved {
        /// Who.
        visitor: Box<Visitor>,
        /// What the visitor sent, to go on with afterwards.
        kept: Kept,
    },
    /// Tried too often, for so many seconds.
    #[error("tried too often; wait for {0} seconds")]
    TooOften(u64),
    /// Too many passwords wait to be checked.
    #[error("too many sign in at once")]
    Busy,
    /// What was sent is larger than this page takes.
    #[error("what was sent is too large")]
    TooLarge,
    /// The machine gave no randomness, or did not finish.
    #[error("the machine failed: {0}")]
    Machine(String),
    /// There is nothing at this address, or not for this person: nobody is told which.
    #[error("there is nothing here for this person")]
    NotHere,
    /// The form does not come from a page of this session.
    #[error("the form is not of this session")]
    Forged,
    /// What was sent cannot be read as a form of ours.
    #[error("the form cannot be read")]
    Unreadable,
    /// The use case refused, in words for the person.
    #[error("refused: {0}")]
    Refused(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Failure {
    /// Nobody is signed in, and wanted to go there.
    pub(crate) fn signed_out(next: &str) -> Self {
        Self::SignedOut { next: next.to_owned(), kept: None }
    }
}

impl From<Unhashed> for Failure {
    fn from(error: Unhashed) -> Self {
        match error {
            Unhashed::Busy => Self::Busy,
            Unhashed::NoRandomness | Unhashed::Failed => Self::Machine(error.to_string()),
        }
    }
}

impl From<Unauthorised> for Failure {
    fn from(refusal: Unauthorised) -> Self {
        match refusal {
            // That something is there is none of their business either.
            Unauthorised::Denied(_) => Self::NotHere,
            Unauthorised::Database(error) => Self::Database(error),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, title, text) = match self {
            Self::SignedOut { next, kept: Some(kept) } => {
                let page = door::sign_in(&next, Some(&kept), "", None);
                return (StatusCode::UNAUTHORIZED, [(header::CACHE_CONTROL, "no-store")], page)
                    .into_response();
            }
            Self::Unproved { visitor, kept } => {
                let page = door::prove(&visitor, &kept, None);
                return (StatusCode::UNAUTHORIZED, [(header::CACHE_CONTROL, "no-store")], page)
                    .into_response();
            }
            Self::SignedOut { next, kept: None } => {
                let address = format!("{}?next={}", links::SIGN_IN, links::escaped(&next));
                return Redirect::to(&address).into_response();
            }
            Self::NotHere => (StatusCode::NOT_FOUND, "这里没有内容", "网址不对，或者不归您管。".to_owned()),
            Self::Forged => (
                StatusCode::FORBIDDEN,
                "没有办成",
                "这一页放得太久，或者是别的网站发来的。什么都没有改；回上一页刷新后再办。".to_owned(),
            ),
            Self::Unreadable => (
                StatusCode::BAD_REQUEST,
                "没有办成",
                "发来的内容读不出来。什么都没有改；回上一页再办一次。".to_owned(),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "没有办成",
                "发来的内容太大。什么都没有改；文件分成几个，或者文字写短一些，再办一次。".to_owned(),
            ),
            Self::TooOften(seconds) => {
                let text = format!(
                    "试得太多了。过{}分钟再试；密码忘了，请管理员发一个新的链接。",
                    seconds.div_ceil(60)
                );
                let body = frame::open_page("请稍后再试", &html! { (note(Tone::Wrong, &text)) });
                let headers = [(header::RETRY_AFTER, seconds.to_string())];
                return (StatusCode::TOO_MANY_REQUESTS, headers, body).into_response();
            }
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "请稍后再试",
                "这会儿登录的人太多，过一会儿再试。".to_owned(),
            ),
            Self::Machine(error) => {
                tracing::error!(%error, "the desk was let down by its machine");
                let text =
                    "服务器出了毛病，什么都没有改。过几分钟再试；还不行，告诉管服务器的人。".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, "请稍后再试", text)
            }
            Self::Refused(text) => (StatusCode::CONFLICT, "没有办成", text),
            Self::Database(error) => {
                tracing::error!(%error, "the desk could not ask the database");
                let text = "服务器这会儿存取不了数据，什么都没有改。过几分钟再试；还不行，告诉管服务器的人。"
                    .to_owned();
                (StatusCode::SERVICE_UNAVAILABLE, "请稍后再试", text)
            }
        };
        // Nobody's menu stands above it: who it is may not be known.
        let body = html! {
            (note(Tone::Wrong, &text))
            p.acts { a.button.second href=(links::TODAY) { "回今天要办" } }
        };
        let body = frame::open_page(title, &body);
        (status, [(header::CACHE_CONTROL, "no-store")], body).into_response()
    }
}
