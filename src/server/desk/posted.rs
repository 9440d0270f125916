//! Forms as they arrive. A form is taken from our own pages alone (where the browser says from where it comes, and by the token of the
//! session), is read with all values of a field, and is kept when its session has ended meanwhile: nothing typed is lost.

use super::{
    Desk,
    failure::Failure,
    visitor::{self, Visitor},
};
use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, header, request::Parts},
};
use serde::de::DeserializeOwned;

/// The field with the session's token.
pub(super) const TOKEN: &str = "csrf";
/// The field with a password, which is never kept.
pub(super) const PASSWORD: &str = "password";

/// Fields as they were sent, in their order.
pub(crate) type Fields = Vec<(String, String)>;

/// A form of somebody who is signed in.
pub(crate) struct Posted<T>(pub(crate) Visitor, pub(crate) T);

/// A form for what cannot be undone: whoever sends it has given the password lately, or is asked for it, after which the form goes on.
pub(crate) struct Proved<T>(pub(crate) Visitor, pub(crate) T);

/// A form of anybody, as for signing in.
pub(crate) struct Open<T>(pub(crate) T);

/// A form with files.
pub(crate) struct Uploaded<T> {
    /// Who.
    pub(crate) visitor: Visitor,
    /// What was typed.
    pub(crate) form: T,
    /// What was chosen.
    pub(crate) files: Vec<File>,
}

/// A file that was sent.
pub(crate) struct File {
    /// The field it was chosen in.
    pub(crate) field: String,
    /// What the sender calls it.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) bytes: Bytes,
}

/// A form that waits until somebody is signed in, or has given the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Where it is sent to.
    pub(crate) action: String,
    /// What is sent, but for passwords and tokens.
    pub(crate) fields: Fields,
}

impl Kept {
    pub(super) fn new(parts: &Parts, fields: Fields) -> Self {
        let fields = fields.into_iter().filter(|(name, _)| name != TOKEN && !name.contains(PASSWORD));
        let action = parts.uri.path_and_query().map_or("", |address| address.as_str());
        Self { action: action.to_owned(), fields: fields.collect() }
    }
}

impl<T: DeserializeOwned> FromRequest<Desk> for Posted<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Failure> {
        let (visitor, fields, _) = posted(request, desk).await?;
        Ok(Self(visitor, read(&fields)?))
    }
}

impl<T: DeserializeOwned> FromRequest<Desk> for Proved<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Failure> {
        let (visitor, fields, parts) = posted(request, desk).await?;
        if !visitor.is_proved {
            return Err(Failure::Unproved { visitor: Box::new(visitor), kept: Kept::new(&parts, fields) });
        }
        Ok(Self(visitor, read(&fields)?))
    }
}

impl<T: DeserializeOwned> FromRequest<Desk> for Open<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Desk) -> Result<Self, Failure> {
        if origin(request.headers()) == Origin::Foreign {
            return Err(Failure::Forged);
        }
        let (_, fields) = fields(request).await?;
        Ok(Self(read(&fields)?))
    }
}

impl<T: DeserializeOwned> FromRequest<Desk> for Uploaded<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Failure> {
        if origin(request.headers()) == Origin::Foreign {
            return Err(Failure::Forged);
        }
        let (parts, body) = request.into_parts();
        // Nobody else makes us read a large file.
        let Some(visitor) = visitor::signed_in(&parts, desk).await? else {
            // Files are not kept, but the way back to the form is.
            return Err(Failure::signed_out(came_from(&parts.headers).unwrap_or(super::links::TODAY)));
        };
        let request = Request::from_parts(parts, body);
        let mut sent = Multipart::from_request(request, desk).await.map_err(|_| Failure::Unreadable)?;
        let (mut fields, mut files) = (Fields::new(), Vec::new());
        while let Some(part) = sent.next_field().await.map_err(unread)? {
            let field = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                // A field of files in which nothing was chosen.
                Some(name) if name.is_empty() => {}
                Some(name) => {
                    // The token comes first; without it no file is read.
                    must_be_of(&visitor, &fields)?;
                    files.push(File { field, name, bytes: part.bytes().await.map_err(unread)? });
                }
                None => {
                    let text = part.text().await.map_err(unread)?;
                    if text.contains('\0') {
                        return Err(Failure::Unreadable);
                    }
                    fields.push((field, text));
                }
            }
        }
        must_be_of(&visitor, &fields)?;
        Ok(Self { visitor, form: read(&fields)?, files })
    }
}

/// What is said of a part of a form that cannot be read.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn unread(error: axum::extract::multipart::MultipartError) -> Failure {
    match error.status() {
        axum::http::StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
        _ => Failure::Unreadable,
    }
}

async fn posted(request: Request, desk: &Desk) -> Result<(Visitor, Fields, Parts), Failure> {
    let origin = origin(request.headers());
    if origin == Origin::Foreign {
        return Err(Failure::Forged);
    }
    let (parts, fields) = fields(request).await?;
    match visitor::signed_in(&parts, desk).await? {
        Some(visitor) => {
            must_be_of(&visitor, &fields)?;
            Ok((visitor, fields, parts))
        }
        // Only what the browser vouches for is carried on: another site's form comes without the cookie, too.
        None if origin == Origin::Own => {
            Err(Failure::SignedOut { next: String::new(), kept: Some(Kept::new(&parts, fields)) })
        }
        None => Err(Failure::signed_out(super::links::TODAY)),
    }
}

/// The fields of a form that was sent as the address of a query is written.
async fn fields(request: Request) -> Result<(Parts, Fields), Failure> {
    let is_form = request.headers().get(header::CONTENT_TYPE).is_some_and(|value| {
        value.to_str().is_ok_and(|value| value.starts_with("application/x-www-form-urlencoded"))
    });
    if !is_form {
        return Err(Failure::Unreadable);
    }
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts.clone(), body);
    let bytes = Bytes::from_request(request, &()).await.map_err(|_| Failure::TooLarge)?;
    let fields: Fields = serde_html_form::from_bytes(&bytes).map_err(|_| Failure::Unreadable)?;
    // No page sends it, and PostgreSQL takes it in no text.
    if fields.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(Failure::Unreadable);
    }
    Ok((parts, fields))
}

fn must_be_of(visitor: &Visitor, fields: &Fields) -> Result<(), Failure> {
    let is_ours = fields.iter().any(|(name, value)| name == TOKEN && is_same(value, &visitor.token));
    if is_ours { Ok(()) } else { Err(Failure::Forged) }
}

/// The page of ours that a form was on.
fn came_from(headers: &HeaderMap) -> Option<&str> {
    let (_, address) = headers.get(header::REFERER)?.to_str().ok()?.split_once("://")?;
    super::links::inner(&address[address.find('/')?..])
}

/// Whether two texts are the same; it takes as long wherever they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differing = one.bytes().zip(other.bytes()).fold(0, |all, (one, other)| all | (one ^ other));
    one.len() == other.len() && differing == 0
}

/// What was meant by the fields.
fn read<T: DeserializeOwned>(fields: &Fields) -> Result<T, Failure> {
    let fields: Vec<&(String, String)> = fields.iter().filter(|(name, _)| name != TOKEN).collect();
    let text = serde_html_form::to_string(fields).map_err(|_| Failure::Unreadable)?;
    serde_html_form::from_str(&text).map_err(|_| Failure::Unreadable)
}

/// From where a form was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// From a page of ours, says the browser.
    Own,
    /// From elsewhere.
    Foreign,
    /// It does not say.
    Unknown,
}

/// From where a request comes: Sec-Fetch-Site where the browser sends it (over https), Origin otherwise
/// (<https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site>).
fn origin(headers: &HeaderMap) -> Origin {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let own = |is_own| if is_own { Origin::Own } else { Origin::Foreign };
    if let Some(site) = text("sec-fetch-site") {
        return own(site == "same-origin");
    }
    let Some(origin) = text("origin") else { return Origin::Unknown };
    let host = origin.split_once("://").map(|(_, host)| host);
    own(host.is_some() && host.zip(text("host")).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other)))
}

#[cfg(test)]
#[path = "posted_tests.rs"]
mod uploads;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_another_site_is_told_from_ours() {
        let of = |headers: &[(&'static str, &'static str)]| {
            let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            origin(&headers.collect::<HeaderMap>())
        };
        let host = ("host", "biaochi.example.cn");
        assert_eq!(of(&[host]), Origin::Unknown);
        assert_eq!(of(&[host, ("sec-fetch-site", "same-origin")]), Origin::Own);
        assert_eq!(of(&[host, ("origin", "https://biaochi.example.cn")]), Origin::Own);
        for foreign in ["cross-site", "same-site", "none", ""] {
            assert_eq!(of(&[host, ("sec-fetch-site", foreign)]), Origin::Foreign, "{foreign}");
        }
        for foreign in [
            "null",
            "https://evil.example",
            "https://biaochi.example.cn.evil.example",
            "https://biaochi.example.cn:81",
        ] {
            assert_eq!(of(&[host, ("origin", foreign)]), Origin::Foreign, "{foreign}");
        }
    }

    #[test]
    fn all_values_of_a_field_are_read_and_its_absence_as_well() {
        #[derive(serde::Deserialize, PartialEq, Debug)]
        struct Form {
            note: String,
            #[serde(default)]
            branch: Vec<String>,
        }
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let two =
            vec![field("csrf", "x"), field("branch", "a"), field("note", "二 & 三"), field("branch", "b")];
        let form = Form { note: "二 & 三".into(), branch: vec!["a".into(), "b".into()] };
        assert_eq!(read::<Form>(&two).unwrap(), form);
        assert!(read::<Form>(&vec![field("note", "")]).unwrap().branch.is_empty());
        assert!(matches!(read::<Form>(&Fields::new()), Err(Failure::Unreadable)));
    }
}
