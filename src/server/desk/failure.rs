//! What cannot be shown or done, as a page: what happened, what is safe, what to do next. The one place where the desk's failures become
//! answers.

use super::{
    frame,
    kit::{Tone, note},
    links,
};
use crate::server::{database::DatabaseError, office::people::authority::Refusal as Unauthorised};
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
    },
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
            Self::SignedOut { next } => {
                let address = format!("{}?next={}", links::SIGN_IN, links::escaped(&next));
                return Redirect::to(&address).into_response();
            }
            Self::NotHere => (
                StatusCode::NOT_FOUND,
                "这里没有内容",
                "网址不对，或者不归您管。从上面的菜单重新进。".to_owned(),
            ),
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
            Self::Refused(text) => (StatusCode::CONFLICT, "没有办成", text),
            Self::Database(error) => {
                tracing::error!(%error, "the desk could not ask the database");
                let text = "服务器这会儿存取不了数据，什么都没有改。过几分钟再试；还不行，告诉管服务器的人。"
                    .to_owned();
                (StatusCode::SERVICE_UNAVAILABLE, "请稍后再试", text)
            }
        };
        let body = frame::open_page(title, &html! { (note(Tone::Wrong, &text)) });
        (status, [(header::CACHE_CONTROL, "no-store")], body).into_response()
    }
}
