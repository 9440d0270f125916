//! HTTPS with one's own certificate, for a real phone.

use crate::common::{self, Program, file};
use biaochi::protocol::{SERVER_HEADER, paths};
use reqwest::{Certificate, Client, StatusCode};
use std::fs;

#[tokio::test]
async fn a_phone_that_trusts_the_certificate_talks_over_https() {
    let folder = tempfile::tempdir().unwrap();
    common::prepare(&file(&folder), 0).await;
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    fs::write(&certificate, own.cert.pem()).unwrap();
    fs::write(&key, own.signing_key.serialize_pem()).unwrap();
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let program = Program::start(&file(&folder), &["--tls-cert", certificate, "--tls-key", key]);
    assert!(program.base.starts_with("https://"), "{}", program.base);

    let root = Certificate::from_pem(own.cert.pem().as_bytes()).unwrap();
    let trusting = Client::builder().add_root_certificate(root).https_only(true).build().unwrap();
    let answer = trusting.get(format!("{}{}", program.base, paths::HEALTH)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[SERVER_HEADER], "1");
    let wary = Client::new().get(format!("{}{}", program.base, paths::HEALTH)).send().await;
    assert!(wary.unwrap_err().is_connect());

    let other = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let unfit = folder.path().join("other.pem");
    fs::write(&unfit, other.signing_key.serialize_pem()).unwrap();
    for (wrong, reason) in [(unfit.as_path(), "不能一起用"), (folder.path(), "读不了")] {
        let mut command = common::program(&file(&folder));
        let output = command
            .env("RUST_LOG", "error")
            .args(["--tls-cert", certificate, "--tls-key"])
            .arg(wrong)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said.contains(reason) && said.lines().count() == 1, "{said}");
    }
}
