//! Slow and stuck clients, and crowds: they lose their connection, nobody else does.

use crate::common::{self, file};
use axum_server::Handle;
use biaochi::{
    domain::photo,
    protocol::{MAX_BODY_BYTES, paths},
    server::{
        database::Database,
        host::listen::Limits,
        office::evidence::files::Photos,
        serve::{Options, serve},
    },
};
use std::{net::SocketAddr, time::Duration};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(20);

struct Running {
    _folder: TempDir,
    address: SocketAddr,
    handle: Handle<SocketAddr>,
    task: JoinHandle<()>,
}

async fn running(limits: Limits) -> Running {
    let folder = tempfile::tempdir().unwrap();
    common::prepare(&file(&folder), 0).await;
    let database = Database::open(&file(&folder)).await.unwrap();
    let options = Options {
        listen: ([127, 0, 0, 1], 0).into(),
        app: folder.path().join("none"),
        trusted_proxy: Vec::new(),
        tls: None,
        desk: None,
        phone_url: None,
        filing: None,
    };
    let photos = Photos::in_folder(&folder.path().join("photos")).unwrap();
    let handle = Handle::new();
    let serving = handle.clone();
    let task = tokio::spawn(async move { serve(options, limits, &database, photos, serving).await.unwrap() });
    let address = handle.listening().await.unwrap();
    Running { _folder: folder, address, handle, task }
}

/// Reads until the other end closes.
async fn rest(line: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end as well.
    let _ = timeout(PATIENCE, line.read_to_end(&mut bytes)).await.expect("it is closed");
    String::from_utf8(bytes).unwrap()
}

async fn health(address: SocketAddr) -> String {
    let mut line = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", paths::HEALTH);
    line.write_all(request.as_bytes()).await.unwrap();
    rest(&mut line).await
}

#[test]
fn the_web_server_of_the_readme_lets_through_what_the_endpoint_takes() {
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once("client_max_body_size ").unwrap();
    let (megabytes, _) = after.split_once("m;").unwrap();
    let bytes = megabytes.parse::<usize>().unwrap() * 1024 * 1024;
    assert!(bytes > photo::MAX_BYTES.max(MAX_BODY_BYTES));
    // And it says how large these are.
    let said = format!(
        "a photo has at most {} MB, everything else {} KB",
        photo::MAX_BYTES >> 20,
        MAX_BODY_BYTES >> 10
    );
    assert!(readme.contains(&said), "{said}");
}

#[tokio::test]
async fn who_does_not_finish_a_request_loses_the_connection() {
    let running = running(Limits { head_within: Duration::from_millis(200), ..Limits::default() }).await;
    let mut silent = TcpStream::connect(running.address).await.unwrap();
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
    let mut idle = TcpStream::connect(running.address).await.unwrap();
    idle.write_all(format!("GET {} HTTP/1.1\r\nhost: x\r\n\r\n", paths::HEALTH).as_bytes()).await.unwrap();
    for (name, line) in [("silent", &mut silent), ("slow", &mut slow), ("idle", &mut idle)] {
        let answer = rest(line).await;
        assert_eq!(answer.starts_with("HTTP/1.1 200"), name == "idle", "{name}: {answer}");
    }
    assert!(health(running.address).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_crowd_is_refused_until_a_place_is_free() {
    let running = running(Limits { connections: 2, ..Limits::default() }).await;
    let held = [
        TcpStream::connect(running.address).await.unwrap(),
        TcpStream::connect(running.address).await.unwrap(),
    ];
    assert_eq!(health(running.address).await, "");
    drop(held);
    let served = async {
        while health(running.address).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, served).await.expect("a place becomes free");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let limits = Limits { stop_within: Duration::from_millis(200), ..Limits::default() };
    let running = running(limits).await;
    let mut stuck = TcpStream::connect(running.address).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n",
        paths::ACTIVATE
    );
    stuck.write_all(head.as_bytes()).await.unwrap();
    stuck.read_exact(&mut [0; 25]).await.unwrap();
    running.handle.graceful_shutdown(Some(limits.stop_within));
    timeout(PATIENCE, running.task).await.expect("it ends").unwrap();
    assert_eq!(rest(&mut stuck).await, "");
}
