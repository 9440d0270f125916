//! Everything a phone pulls is pulled once: `ETag`, `If-None-Match`, compression.

use crate::{Stage, common::honest};
use biaochi::{
    domain::{Collection, ContentHash, Document},
    protocol::{PublishedStandard, paths},
};
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let sent = honest(&stage.checklist, 0, 1);
    stage.put(0, &paths::submission(sent.id), serde_json::to_vec(&sent).unwrap()).await;
    let profile = r#"{"stamp":{"ms":1,"count":0,"device":"00000000-0000-4000-8000-000000000001"},"profile":{"full_members":9,"probationary_members":0,"mobile_members":0,"committee_members":0,"party_groups":0}}"#;
    assert_eq!(stage.put(0, paths::PROFILE, profile).await.status(), StatusCode::OK);
    let checklist = paths::checklist(&stage.checklist.hash().unwrap());
    let submission = paths::submission(sent.id);
    for path in [paths::STANDARD, &checklist, paths::BRANCH, paths::PROFILE, paths::SUBMISSIONS, &submission]
    {
        let ask = || stage.phone(0, Method::GET, path).header("accept-encoding", "br");
        let first = ask().send().await.unwrap();
        assert_eq!(first.status(), StatusCode::OK, "{path}");
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        for known in [tag.clone(), format!("\"other\", {tag}"), tag.trim_start_matches("W/").to_owned()] {
            let again = ask().header("if-none-match", known).send().await.unwrap();
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
            assert_eq!(again.headers()["etag"], tag.as_str());
            assert!(again.bytes().await.unwrap().is_empty(), "{path}");
        }
        let other = ask().header("if-none-match", "\"other\"").send().await.unwrap();
        assert_eq!(other.status(), StatusCode::OK, "{path}");
    }

    let list = stage.phone(0, Method::GET, paths::SUBMISSIONS).send().await.unwrap();
    let tag = list.headers()["etag"].clone();
    assert_eq!(list.headers()["cache-control"], "private, no-cache");
    let next = honest(&stage.checklist, 0, 2);
    stage.put(0, &paths::submission(next.id), serde_json::to_vec(&next).unwrap()).await;
    let changed = stage.phone(0, Method::GET, paths::SUBMISSIONS).header("if-none-match", tag);
    assert_eq!(changed.send().await.unwrap().status(), StatusCode::OK, "a new submission is news");
}

#[tokio::test]
async fn a_checklist_travels_compressed_under_the_same_tag() {
    let stage = Stage::new(1, &[]).await;
    let standard = stage.open(Method::GET, paths::STANDARD).send().await.unwrap();
    let standard: PublishedStandard = standard.json().await.unwrap();
    let path = paths::checklist(&standard.checklists[0].hash);
    let plain = stage.open(Method::GET, &path).send().await.unwrap();
    let tag = plain.headers()["etag"].clone();
    assert!(tag.to_str().unwrap().starts_with("W/"), "one tag for several encodings has to be weak");
    let plain = plain.bytes().await.unwrap();
    assert_eq!(ContentHash::of(&plain), standard.checklists[0].hash);
    for encoding in ["br", "gzip"] {
        let packed = stage.open(Method::GET, &path).header("accept-encoding", encoding).send().await.unwrap();
        let headers = packed.headers().clone();
        assert_eq!(headers["content-encoding"], encoding);
        assert_eq!(headers["etag"], tag);
        assert!(headers["vary"].to_str().unwrap().contains("accept-encoding"));
        assert!(packed.bytes().await.unwrap().len() * 3 < plain.len(), "{encoding}");
    }
}

#[tokio::test]
async fn documents_are_listed_and_fetched_by_content_without_a_token() {
    let stage = Stage::new(0, &[]).await;
    let standard = stage.open(Method::GET, paths::STANDARD).send().await.unwrap();
    let standard: PublishedStandard = standard.json().await.unwrap();
    assert!(standard.documents.iter().any(|document| document.collection == Collection::Handbook));
    assert!(standard.documents.iter().any(|document| document.collection == Collection::Compilation));
    for listed in &standard.documents {
        let answer = stage.open(Method::GET, &paths::document(&listed.hash)).send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
        let tag = answer.headers()["etag"].clone();
        let body = answer.bytes().await.unwrap();
        assert_eq!((ContentHash::of(&body), body.len() as u64), (listed.hash.clone(), listed.bytes));
        let document: Document = serde_json::from_slice(&body).unwrap();
        assert_eq!((&document.id, &document.title), (&listed.id, &listed.title));
        let again = stage.open(Method::GET, &paths::document(&listed.hash)).header("if-none-match", tag);
        assert_eq!(again.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    }
    for stranger in [ContentHash::of(b"never published").to_string(), "no-hash".to_owned()] {
        let path = paths::DOCUMENT.replace("{hash}", &stranger);
        let answer = stage.open(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{stranger}");
    }
}

#[tokio::test]
async fn the_api_describes_itself_without_a_script() {
    let stage = Stage::new(0, &[]).await;
    let document = stage.open(Method::GET, paths::OPENAPI).send().await.unwrap();
    let document: serde_json::Value = document.json().await.unwrap();
    assert!(document["paths"]["/api/v1/submissions/{id}"]["put"].is_object());
    let page = stage.open(Method::GET, paths::DOCS).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self';") && !policy.contains("unsafe"));
    let page = page.text().await.unwrap();
    assert!(page.contains("/api/v1/submissions/{id}") && page.contains("id=\"Receipt\""));
    for forbidden in ["<script", "<style", " style=", "http://", "https://"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let style = stage.open(Method::GET, paths::DOCS_STYLE).send().await.unwrap();
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
}
