//! Forms with files: taken with the token alone, which comes first.

use super::*;
use crate::server::{
    host::random::SystemRandom,
    office::{
        evidence::{Evidence, files::Photos},
        people::{Role, accounts, accounts::Newcomer, own_password, sessions},
        testing::{NOW, OPERATOR, code, town},
    },
};
use axum::{body::Body, extract::DefaultBodyLimit};
use std::sync::Arc;

const PASSWORD: &str = "山楂树下开会记得带本子";

#[derive(serde::Deserialize)]
struct Form {
    note: String,
}

/// Somebody of the town who is signed in: what the browser shows, and the token of the forms.
async fn signed_in(desk: &Desk) -> (String, String) {
    let (database, random) = (&desk.database, &mut SystemRandom);
    let newcomer = Newcomer { name: "王芳".into(), login: "wangfang".into(), ..Newcomer::default() };
    let roles = [Role::Review].into();
    let made = accounts::add(database, &NOW, random, &OPERATOR, &code("t"), newcomer, &roles).await.unwrap();
    own_password::set(database, &NOW, random, &desk.passwords, &made.secret, PASSWORD).await.unwrap();
    let shown =
        sessions::sign_in(database, &NOW, random, &desk.passwords, "wangfang", PASSWORD).await.unwrap();
    (shown.as_str().to_owned(), shown.derived("csrf"))
}

/// A form of these parts: a field with its text, or with a file's name and its content.
fn request(cookie: &str, parts: &[(&str, Option<&str>, &str)]) -> Request {
    let mut body = String::new();
    for (field, file, content) in parts {
        let file = file.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        body +=
            &format!("--x\r\ncontent-disposition: form-data; name=\"{field}\"{file}\r\n\r\n{content}\r\n");
    }
    body += "--x--\r\n";
    let request = Request::post("/desk/somewhere").header("host", "a.cn").header("origin", "https://a.cn");
    let request = request.header("referer", "https://a.cn/desk/findings?page=2");
    let request = request.header("cookie", format!("biaochi-desk={cookie}"));
    request.header("content-type", "multipart/form-data; boundary=x").body(Body::from(body)).unwrap()
}

#[tokio::test]
async fn a_form_with_files_is_taken_with_its_token_alone() {
    let (folder, database) = town().await;
    let evidence = Evidence::new(database.clone(), Photos::in_folder(&folder.path().join("photos")).unwrap());
    let desk = Desk::new(database, evidence, Arc::new(NOW), Arc::new([]));
    let (cookie, token) = signed_in(&desk).await;
    let (csrf, note) = (("csrf", None, token.as_str()), ("note", None, "两张 & 一张"));
    let table = ("table", Some("问题 清单.xlsx"), "PK…");
    let sent = |cookie: &str, parts: &[_]| Uploaded::<Form>::from_request(request(cookie, parts), &desk);
    let taken = sent(&cookie, &[csrf, note, table, ("photo", Some(""), "")]).await.ok().unwrap();
    assert_eq!((taken.visitor.person.name.as_str(), taken.form.note.as_str()), ("王芳", "两张 & 一张"));
    let files: Vec<_> = taken.files.iter().map(|file| (file.field.as_str(), file.name.as_str())).collect();
    assert_eq!(files, [("table", "问题 清单.xlsx")], "where nothing was chosen there is none");
    assert_eq!(taken.files[0].bytes, "PK…");
    for parts in [&[note, table][..], &[table, csrf, note], &[("csrf", None, "other"), note, table], &[note]]
    {
        assert!(matches!(sent(&cookie, parts).await.err(), Some(Failure::Forged)), "{parts:?}");
    }
    assert!(matches!(sent(&cookie, &[csrf, table]).await.err(), Some(Failure::Unreadable)), "no note");
    let nobody = sent("", &[csrf, note, table]).await.err();
    assert!(
        matches!(nobody, Some(Failure::SignedOut { next, kept: None }) if next == "/desk/findings?page=2")
    );
    let mut foreign = request(&cookie, &[csrf, note, table]);
    foreign.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    assert!(matches!(Uploaded::<Form>::from_request(foreign, &desk).await.err(), Some(Failure::Forged)));
    // A bound of the route holds for each file.
    let mut large = request(&cookie, &[csrf, note, ("table", Some("a"), &"x".repeat(3_000_000))]);
    assert!(matches!(Uploaded::<Form>::from_request(large, &desk).await.err(), Some(Failure::TooLarge)));
    large = request(&cookie, &[csrf, note, ("table", Some("a"), &"x".repeat(3_000_000))]);
    DefaultBodyLimit::max(4_000_000).apply(&mut large);
    assert!(Uploaded::<Form>::from_request(large, &desk).await.is_ok());
}
