//! The endpoint as the phone hears it: one request, one reply, and what the reply means. Transport is behind [`Api`].
//!
//! Online means that our endpoint answered: every answer of it is signed by a header, so a captive portal's 200 is offline.

use crate::{
    json::{self, FromJson},
    protocol::{Problem, ProblemKind},
};

/// An HTTP method the endpoint knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Ask whether something is there, without reading it.
    Head,
    /// Store under a name the phone chose; the same again is success.
    Put,
    /// Ask for something to be made.
    Post,
    /// Remove.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// What a request brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// JSON, sent as it is with `Content-Type: application/json`.
    Json(&'a str),
    /// A photo, with its own content type.
    Photo {
        /// `image/jpeg` or `image/webp`.
        media_type: &'a str,
        /// Its bytes.
        bytes: &'a [u8],
    },
}

/// One request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// Its method.
    pub method: Method,
    /// Path on our own origin, from [`crate::protocol::paths`].
    pub path: &'a str,
    /// For `Authorization: Bearer …`.
    pub token: Option<&'a str>,
    /// What it brings.
    pub body: Option<Body<'a>>,
    /// For `If-None-Match`.
    pub if_none_match: Option<&'a str>,
}

/// Whatever answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Whether it carries [`crate::protocol::SERVER_HEADER`] with its value: without it, it is a captive portal or a proxy.
    pub ours: bool,
    /// The `Date` header, milliseconds since 1970-01-01 UTC.
    pub date_ms: Option<u64>,
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The `Retry-After` header, in seconds.
    pub retry_after_s: Option<u64>,
    /// The body as text; of a picture in [`Reply::bytes`] instead.
    pub body: String,
    /// The body of a picture.
    pub bytes: Vec<u8>,
}

/// Nothing answered: no network, a time-out, a refused connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no answer ({0}); it is tried again when there is a network")]
pub struct NoAnswer(
    /// The transport's reason, for logs.
    pub String,
);

/// The way to the endpoint.
#[expect(async_fn_in_trait, reason = "wasm has one thread: no future needs to be Send")]
pub trait Api {
    /// Sends one request and waits for the answer, with a time-out of its own.
    ///
    /// # Errors
    /// [`NoAnswer`]; every answer, whatever its status and whoever gave it, is a [`Reply`].
    async fn send(&self, request: Request<'_>) -> Result<Reply, NoAnswer>;
}

/// Why a call brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// Our endpoint was not reached: nothing answered, or somebody else did (invariant 7).
    #[error("the endpoint was not reached ({0}); it is tried again when there is a network")]
    Offline(
        /// What happened instead, for logs.
        String,
    ),
    /// The endpoint refused.
    #[error("the endpoint refused ({}): {}", .problem.status, .problem.detail)]
    Problem {
        /// Why.
        problem: Problem,
        /// After how many seconds to try again.
        retry_after_s: Option<u64>,
    },
    /// The endpoint answered, but not with what was asked for: cut off, altered on its way, or newer than this app.
    #[error(
        "the endpoint's answer cannot be read ({0}); try again, and update the app if that does not help"
    )]
    Unreadable(
        /// What is wrong with it.
        String,
    ),
}

impl ApiError {
    /// The kind of problem, if the endpoint refused.
    pub fn kind(&self) -> Option<ProblemKind> {
        match self {
            Self::Problem { problem, .. } => Some(problem.kind),
            Self::Offline(_) | Self::Unreadable(_) => None,
        }
    }

    /// After how many seconds the endpoint wants to be asked again.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Problem { retry_after_s, .. } => *retry_after_s,
            Self::Offline(_) | Self::Unreadable(_) => None,
        }
    }

    /// Whether it says that the phone's token is not accepted.
    pub fn token_refused(&self) -> bool {
        self.kind().is_some_and(Self::refuses_token)
    }

    /// Whether a problem of this kind says so.
    pub fn refuses_token(kind: ProblemKind) -> bool {
        matches!(kind, ProblemKind::Revoked | ProblemKind::Unauthorised)
    }
}

/// What a reply means. `Ok` are our endpoint's 2xx and 304.
///
/// # Errors
/// [`ApiError::Offline`] unless the reply is signed as ours; [`ApiError::Problem`] for every other status.
pub fn classify(reply: Result<Reply, NoAnswer>) -> Result<Reply, ApiError> {
    let reply = reply.map_err(|error| ApiError::Offline(error.0))?;
    if !reply.ours {
        return Err(ApiError::Offline(format!("somebody else answered {}", reply.status)));
    }
    if (200..300).contains(&reply.status) || reply.status == 304 {
        return Ok(reply);
    }
    let problem = json::from_str(&reply.body).unwrap_or_else(|_| by_status(reply.status, &reply.body));
    Err(ApiError::Problem { problem, retry_after_s: reply.retry_after_s })
}

/// For a problem document that is missing, cut off, or of a kind this app does not know yet: the status says enough of its kind;
/// what the document explains is kept.
fn by_status(status: u16, body: &str) -> Problem {
    #[derive(Default, serde::Deserialize, FromJson)]
    #[serde(default)]
    struct Explained {
        detail: String,
        faults: Vec<String>,
    }
    let kind = match status {
        401 | 403 => ProblemKind::Unauthorised,
        404 => ProblemKind::NotFound,
        413 => ProblemKind::TooLarge,
        429 => ProblemKind::TooManyAttempts,
        408 | 500.. => ProblemKind::Internal,
        _ => ProblemKind::Refused,
    };
    let Explained { detail, faults } = json::from_str(body).unwrap_or_default();
    let unsaid = || format!("the endpoint answered {status} without a reason we know");
    let detail = if detail.is_empty() { unsaid() } else { detail };
    Problem { status, faults, ..Problem::new(kind, detail) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(status: u16, body: &str) -> Result<Reply, NoAnswer> {
        Ok(Reply { status, ours: true, body: body.into(), ..Reply::default() })
    }

    #[test]
    fn what_a_reply_means() {
        let problem = |kind| serde_json::to_string(&Problem::new(kind, "why")).unwrap();
        let portal = Ok(Reply { status: 200, body: "<html>Welcome".into(), ..Reply::default() });
        let proxy = Ok(Reply { status: 502, ..Reply::default() });
        let unknown = r#"{"type":"of-next-year","status":409,"detail":""}"#;
        type Expected = Result<u16, Option<ProblemKind>>;
        let cases: [(&str, Result<Reply, NoAnswer>, Expected); 15] = [
            ("read", signed(200, "{}"), Ok(200)),
            ("created", signed(201, "{}"), Ok(201)),
            ("nothing to say", signed(204, ""), Ok(204)),
            ("not modified", signed(304, ""), Ok(304)),
            ("no network", Err(NoAnswer("time-out".into())), Err(None)),
            ("captive portal", portal, Err(None)),
            ("a proxy without the endpoint behind it", proxy, Err(None)),
            ("refused", signed(422, &problem(ProblemKind::Refused)), Err(Some(ProblemKind::Refused))),
            ("revoked", signed(401, &problem(ProblemKind::Revoked)), Err(Some(ProblemKind::Revoked))),
            ("closed", signed(409, &problem(ProblemKind::Closed)), Err(Some(ProblemKind::Closed))),
            ("overloaded, bare", signed(503, ""), Err(Some(ProblemKind::Internal))),
            ("a bare 401", signed(401, ""), Err(Some(ProblemKind::Unauthorised))),
            ("a bare 429", signed(429, "<p>"), Err(Some(ProblemKind::TooManyAttempts))),
            ("a kind of next year's", signed(409, unknown), Err(Some(ProblemKind::Refused))),
            ("a redirection nobody sends", signed(302, ""), Err(Some(ProblemKind::Refused))),
        ];
        for (name, reply, expected) in cases {
            let got = classify(reply);
            let offline = matches!(got, Err(ApiError::Offline(_)));
            assert_eq!(got.map(|reply| reply.status).map_err(|error| error.kind()), expected, "{name}");
            assert_eq!(offline, expected == Err(None), "{name}");
        }
    }

    #[test]
    fn a_problem_of_a_later_kind_keeps_what_it_explains() {
        let later = r#"{"type":"of-next-year","status":422,"detail":"why","faults":["one"],"more":{}}"#;
        for (body, detail, faults) in [
            (later, "why", vec!["one".to_owned()]),
            (r#"{"type":7}"#, "the endpoint answered 422 without a reason we know", vec![]),
        ] {
            let Err(ApiError::Problem { problem, .. }) = classify(signed(422, body)) else {
                panic!("{body}")
            };
            let expected = (ProblemKind::Refused, detail, &faults, 422);
            assert_eq!((problem.kind, &*problem.detail, &problem.faults, problem.status), expected);
        }
    }

    #[test]
    fn a_problem_keeps_its_faults_and_its_wait() {
        let mut problem = Problem::new(ProblemKind::Refused, "see the faults");
        problem.faults = vec!["item facts: no such fact".into()];
        let mut reply = signed(422, &serde_json::to_string(&problem).unwrap()).unwrap();
        reply.retry_after_s = Some(30);
        assert_eq!(classify(Ok(reply)), Err(ApiError::Problem { problem, retry_after_s: Some(30) }));
    }
}
