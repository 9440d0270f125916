//! What a clerk sees while a command works: on a terminal that it does, and for how long; in a pipe nothing; nowhere SQL.

use super::stage::{Stage, demo_roster};
use biaochi::server::database::Place;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use sqlx::{AnyConnection, Connection as _};
use std::{
    fs::{File, OpenOptions},
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

/// Long enough for a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal of our own: what is written to it, piece by piece.
struct Terminal {
    child: Child,
    shown: Receiver<String>,
}

impl Terminal {
    /// Runs a command with its standard error on a terminal.
    fn run(mut command: Command) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let theirs = OpenOptions::new().read(true).write(true).open(name).unwrap();
        command.env("TERM", "xterm").env_remove("NO_COLOR").stdout(Stdio::null()).stderr(theirs);
        let child = command.spawn().unwrap();
        // The command kept the other end: without it, reading would never end.
        drop(command);
        let (tell, shown) = channel();
        std::thread::spawn(move || {
            let mut ours = File::from(ours);
            let mut bytes = [0; 4096];
            // A terminal whose other end is closed cannot be read any more.
            while let Ok(read @ 1..) = ours.read(&mut bytes) {
                let _ = tell.send(String::from_utf8_lossy(&bytes[..read]).into_owned());
            }
        });
        Self { child, shown }
    }

    /// Waits until this is shown; answers all that was.
    fn wait_for(&self, words: &str) -> String {
        let mut all = String::new();
        while !all.contains(words) {
            let more = self.shown.recv_timeout(PATIENCE);
            assert!(more.is_ok(), "{words} is not in {all:?}");
            all.push_str(&more.unwrap());
        }
        all
    }

    /// Waits for the end; answers whether it went well, and what else was shown.
    fn end(mut self) -> (bool, String) {
        let succeeded = self.child.wait().unwrap().success();
        (succeeded, self.shown.iter().collect())
    }
}

/// Somebody writes into the database: whoever wants to write as well has to wait.
async fn held(stage: &Stage) -> AnyConnection {
    sqlx::any::install_default_drivers();
    let (url, hold) = match stage.place() {
        Place::File(file) => (format!("sqlite:{}", file.display()), "BEGIN IMMEDIATE"),
        Place::Postgres(url) => (url, "BEGIN; LOCK TABLE units IN EXCLUSIVE MODE"),
    };
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(hold).execute(&mut connection).await.unwrap();
    connection
}

#[tokio::test]
async fn work_of_more_than_a_second_is_shown_on_a_terminal_and_not_in_a_pipe() {
    let stage = Stage::ready();
    let roster = stage
        .write("again.csv", std::fs::read_to_string(demo_roster()).unwrap().replace("十里村", "十里铺村"));
    let held = held(&stage).await;
    // The one in the pipe begins first, so that it has worked for longer than the other when that shows something.
    let mut piped = stage.command(&["roster", "import", &roster]);
    let mut piped = piped.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let terminal = Terminal::run(stage.command(&["codes", "issue", "--under", "210726"]));
    let shown = terminal.wait_for("秒");
    assert!(shown.contains("正在发激活码"), "{shown:?}");
    held.close().await.unwrap();
    let (succeeded, rest) = terminal.end();
    assert!(succeeded, "{shown}{rest}");
    for said in [&shown, &rest] {
        assert!(!said.contains("INSERT") && !said.contains("BEGIN") && !said.contains("WARN"), "{said:?}");
    }
    let mut err = String::new();
    piped.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert!(piped.wait().unwrap().success());
    assert_eq!(err, "");
}

#[test]
fn what_refuses_is_read_on_a_terminal_as_in_a_pipe() {
    let stage = Stage::ready();
    let (succeeded, shown) = Terminal::run(stage.command(&["codes", "issue", "--branch", "999"])).end();
    assert!(!succeeded && shown.contains("名册里没有“999”"), "{shown:?}");
}

/// The log of the endpoint tells ids, never statements with what is in them, however much somebody wants to be told.
#[tokio::test]
async fn the_log_holds_no_sql() {
    let stage = Stage::ready();
    let mut serve = stage.command(&["serve", "--listen", "127.0.0.1:0"]);
    let mut serve = serve.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(serve.stderr.take().unwrap());
    let mut said = String::new();
    let address = loop {
        let from = said.len();
        assert_ne!(log.read_line(&mut said).unwrap(), 0, "{said}");
        if let Some((_, address)) = said[from..].split_once("listening on ") {
            break address.trim().to_owned();
        }
    };
    let reading = std::thread::spawn(move || {
        log.read_to_string(&mut said).unwrap();
        said
    });
    for path in ["/api/v1/health", "/api/v1/standard", "/api/v1/branch"] {
        reqwest::get(format!("{address}{path}")).await.unwrap();
    }
    serve.kill().unwrap();
    serve.wait().unwrap();
    let said = reading.join().unwrap();
    assert!(said.contains("listening on"));
    for word in ["SELECT", "INSERT", "PRAGMA", "CREATE TABLE"] {
        assert!(!said.contains(word), "{word} in {said}");
    }
}
