//! One port serves the app too: compressed as it was built, cached by name, under the policy of its build.

use crate::{
    Stage,
    common::{self, file},
};
use biaochi::protocol::paths;
use reqwest::{Method, Response, StatusCode};
use std::{fs, path::Path};

const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-abc='";

fn build(folder: &Path) {
    fs::create_dir_all(folder.join("icons")).unwrap();
    for (name, content) in [
        ("index.html", "<!doctype html>page"),
        ("csp.txt", POLICY),
        ("biaochi-0123456789abcdef.js", "plain script"),
        ("biaochi-0123456789abcdef.js.br", "brotli script"),
        ("biaochi-0123456789abcdef.js.gz", "gzip script"),
        ("biaochi-0123456789abcdef_bg.wasm", "module"),
        ("sw.js", "worker"),
        ("manifest.webmanifest", "{}"),
        ("icons/any.png", "icon"),
    ] {
        fs::write(folder.join(name), content).unwrap();
    }
}

async fn served() -> Stage {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    // The files are in memory by now: the folder may go.
    Stage::new(1, &["--app", folder.path().to_str().unwrap()]).await
}

async fn get(stage: &Stage, path: &str, accept: &str) -> Response {
    stage.open(Method::GET, path).header("accept-encoding", accept).send().await.unwrap()
}

#[tokio::test]
async fn files_are_served_as_built_and_cached_by_their_names() {
    let stage = served().await;
    let forever = "public, max-age=31536000, immutable";
    let script = "/biaochi-0123456789abcdef.js";
    for (path, accept, kind, encoding, cached, body) in [
        (script, "gzip, deflate, br", "text/javascript; charset=utf-8", "br", forever, "brotli script"),
        (script, "gzip, br;q=0", "text/javascript; charset=utf-8", "gzip", forever, "gzip script"),
        (script, "identity", "text/javascript; charset=utf-8", "", forever, "plain script"),
        ("/biaochi-0123456789abcdef_bg.wasm", "br", "application/wasm", "", forever, "module"),
        ("/sw.js", "br", "text/javascript; charset=utf-8", "", "no-cache", "worker"),
        ("/manifest.webmanifest", "br", "application/manifest+json", "", "no-cache", "{}"),
        ("/icons/any.png", "br", "image/png", "", "no-cache", "icon"),
        ("/", "br", "text/html; charset=utf-8", "", "no-cache", "<!doctype html>page"),
        ("/check/NC-A1", "br", "text/html; charset=utf-8", "", "no-cache", "<!doctype html>page"),
        ("/activate", "br", "text/html; charset=utf-8", "", "no-cache", "<!doctype html>page"),
    ] {
        let answer = get(&stage, path, accept).await;
        let headers = answer.headers().clone();
        let header = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap());
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(
            (header("content-type"), header("content-encoding"), header("cache-control")),
            (kind, encoding, cached),
            "{path} {accept}"
        );
        assert_eq!(header("content-security-policy"), POLICY);
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert!(header("permissions-policy").contains("camera=(self)"));
        assert_eq!(header("vary"), "accept-encoding, user-agent");
        assert_eq!(answer.text().await.unwrap(), body, "{path} {accept}");
    }
}

/// The page, and the worker for paper, which compiles wasm under the policy of its own script.
#[tokio::test]
async fn an_engine_that_does_not_know_the_word_for_wasm_gets_the_wider_one() {
    let stage = served().await;
    let wider = POLICY.replace("'wasm-unsafe-eval'", "'unsafe-eval'");
    for path in ["/", "/check", "/biaochi-0123456789abcdef.js"] {
        for (engine, policy) in [("Chrome/86.0.4240.198", wider.as_str()), ("Chrome/97.0.4692.71", POLICY)] {
            let asked = stage
                .open(Method::GET, path)
                .header("user-agent", format!("Mozilla/5.0 {engine} Safari/537.36"));
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.headers()["content-security-policy"], policy, "{path} {engine}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_there() {
    let stage = served().await;
    for path in
        ["/csp.txt", "/missing.js", "/biaochi-0123456789abcdef.js.br", "/../Cargo.toml", "/%2e%2e/x.y"]
    {
        assert_eq!(get(&stage, path, "br").await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let api = get(&stage, "/api/v1/nothing", "br").await;
    assert_eq!(api.status(), StatusCode::NOT_FOUND);
    assert_eq!(api.headers()["content-type"], "application/problem+json");
    let posted = stage.open(Method::POST, "/").send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(posted.headers()["allow"], "GET, HEAD");
}

#[tokio::test]
async fn a_browser_that_has_a_file_gets_no_second_copy() {
    let stage = served().await;
    let script = "/biaochi-0123456789abcdef.js";
    let first = get(&stage, script, "br").await;
    let tag = first.headers()["etag"].clone();
    assert_ne!(tag, get(&stage, script, "gzip").await.headers()["etag"], "each encoding has its own");
    let again = stage.open(Method::GET, script).header("accept-encoding", "br").header("if-none-match", &tag);
    let again = again.send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(again.text().await.unwrap().is_empty());
    let head = stage.open(Method::HEAD, script).header("accept-encoding", "br").send().await.unwrap();
    assert_eq!((head.status(), &head.headers()["etag"]), (StatusCode::OK, &tag));
    assert_eq!(head.headers()["content-length"], "13");
    assert!(head.text().await.unwrap().is_empty());
}

#[tokio::test]
async fn without_the_app_the_api_is_served_alone_and_says_so() {
    let stage = Stage::new(1, &[]).await;
    let root = stage.open(Method::GET, "/").send().await.unwrap();
    assert_eq!(root.status(), StatusCode::NOT_FOUND);
    let text = root.text().await.unwrap();
    assert!(text.contains("/no/such/folder") && text.contains("make build"), "{text}");
    let health = stage.open(Method::GET, paths::HEALTH).send().await.unwrap();
    assert_eq!(health.status(), StatusCode::OK);
    assert!(health.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
}

#[tokio::test]
async fn an_app_without_its_policy_is_not_served_at_all() {
    let folder = tempfile::tempdir().unwrap();
    common::prepare(&file(&folder), 0).await;
    let app = folder.path().join("dist");
    build(&app);
    fs::remove_file(app.join("csp.txt")).unwrap();
    let output = common::program(&file(&folder)).arg("--app").arg(&app).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("csp.txt") && said.contains("make build"), "{said}");
}
