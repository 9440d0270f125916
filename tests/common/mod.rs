//! What stories and the bench share: a roster, honest answers to the built-in standard, and the real program on a real file.

use biaochi::{
    domain::{BranchCode, Checklist, ContentHash, DeviceId, Submission, SubmissionId},
    protocol::{ActivationCode, Level},
    server::{
        database::{Database, From, Place, Tree, Unit},
        office::{actor::Phone, demonstration},
    },
};
use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{LazyLock, Mutex, OnceLock},
    time::UNIX_EPOCH,
};

#[path = "place.rs"]
mod place;

/// Far enough ahead for any test.
pub(crate) const NEVER: u64 = 4_000_000_000_000;
/// 2026-11-24 12:00 in Shanghai.
pub(crate) const NOON: u64 = 1_795_492_800_000;

/// The built-in rural checklist.
pub(crate) fn builtin() -> Checklist {
    biaochi::authoring::builtin().unwrap().checklists.remove(0)
}

/// The code of the branch with this number.
pub(crate) fn branch(number: usize) -> BranchCode {
    BranchCode::new(format!("2107{number:08}-01")).unwrap()
}

/// The activation code of the branch with this number.
pub(crate) fn code(number: usize) -> ActivationCode {
    ActivationCode::parse(&format!("1000{number:08}")).unwrap()
}

/// A database with the built-in standard and so many branches under one township, each with a code.
pub(crate) async fn prepare(file: &Place, branches: usize) {
    let database = Database::open(file).await.unwrap();
    let builtin = biaochi::authoring::builtin().unwrap();
    database.publish(&builtin.checklists, &builtin.documents, &[]).await.unwrap();
    let township = BranchCode::new("210726105").unwrap();
    let unit = |code: &BranchCode, parent: Option<&BranchCode>, level, name: String| Unit {
        code: code.clone(),
        parent: parent.cloned(),
        level,
        name,
        sector: if level == Level::Branch { "rural".into() } else { String::new() },
        telephone: "0416-0000000".into(),
    };
    let mut units = vec![unit(&township, None, Level::Township, "镇安镇党委".into())];
    units.extend(
        (0..branches).map(|number| {
            unit(&branch(number), Some(&township), Level::Branch, format!("第{number}村党支部"))
        }),
    );
    database.import_units(&Tree::default(), &units, From::Ever, None, &[]).await.unwrap().unwrap();
    for number in 0..branches {
        database.issue_code(&code(number), &branch(number), NEVER).await.unwrap();
    }
    database.close().await;
}

/// The phone with this number.
pub(crate) fn device(number: usize) -> DeviceId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&(number as u64 + 1).to_be_bytes());
    DeviceId::from_random(bytes)
}

/// A whole submission of a branch: every part answered, and some notes of where the originals lie.
pub(crate) fn honest(checklist: &Checklist, number: usize, nonce: u64) -> Submission {
    let phone = Phone { branch: branch(number), device: device(number), has_ended: false };
    let mut random = [0; 10];
    random[..8].copy_from_slice(&nonce.to_be_bytes());
    Submission {
        id: SubmissionId::from_parts(NOON, &random),
        ..demonstration::honest(checklist, &checklist.periods[0], &phone, NOON)
    }
}

/// The token of the phone with this number.
pub(crate) fn token(number: usize) -> String {
    format!("token of phone {number}")
}

/// The body that activates the phone with this number.
pub(crate) fn activation(number: usize) -> serde_json::Value {
    serde_json::json!({
        "code": code(number), "device": device(number), "token_hash": ContentHash::of(token(number).as_bytes()),
    })
}

/// The real program, serving a database on a port of its own. It is killed when dropped.
pub(crate) struct Program {
    /// The process.
    pub(crate) child: Child,
    /// `http://127.0.0.1:…`
    pub(crate) base: String,
}

impl Program {
    /// Starts it at [`NOON`] and waits until it says where it listens.
    pub(crate) fn start(database: &Place, options: &[&str]) -> Self {
        Self::start_at(NOON, database, options)
    }

    /// The same at another time.
    pub(crate) fn start_at(now_ms: u64, database: &Place, options: &[&str]) -> Self {
        let mut command = program(database);
        command.env("BIAOCHI_CLOCK_OFFSET_MS", offset_to(now_ms).to_string());
        command.args(["--listen", "127.0.0.1:0"]).args(options);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let base = lines
            .find_map(|line| {
                line.unwrap().split_once("listening on ").map(|(_, base)| base.trim().to_owned())
            })
            .expect("the program says where it listens");
        // What it says further on is read, so that it is never held up by a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, base }
    }

    /// `kill -9`
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What moves a process's clock to this time, counted from when the first process was started: on whatever day a story runs, it
/// is told on the same one.
pub(crate) fn offset_to(now_ms: u64) -> i64 {
    static BEGUN: OnceLock<i64> = OnceLock::new();
    let machine = || i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    i64::try_from(now_ms).unwrap() - *BEGUN.get_or_init(machine)
}

/// The program: the one just built, or another that is to be measured.
pub(crate) fn executable() -> PathBuf {
    std::env::var_os("BIAOCHI").map_or_else(|| env!("CARGO_BIN_EXE_biaochi").into(), PathBuf::from)
}

/// `biaochi serve` on a database, not started yet.
pub(crate) fn program(database: &Place) -> Command {
    let mut command = command(database);
    command.arg("serve");
    command
}

/// `biaochi` on a database, at [`NOON`], without a word yet about what to do.
pub(crate) fn command(database: &Place) -> Command {
    let mut command = Command::new(executable());
    command.env("NO_COLOR", "1").env("RUST_LOG", "warn,biaochi::server::host::listen=info");
    command.env("BIAOCHI_APP", "/no/such/folder").env("BIAOCHI_CLOCK_OFFSET_MS", offset_to(NOON).to_string());
    command.arg("--database").arg(database.to_string());
    if let Some(folder) = FOLDERS.lock().unwrap().get(&database.to_string()) {
        command.arg("--photos").arg(folder.join("photos"));
    }
    command
}

/// Of the databases that are no file: the folder that each is of.
static FOLDERS: LazyLock<Mutex<HashMap<String, PathBuf>>> = LazyLock::new(Mutex::default);

/// The database of a folder: the file in it, or one of PostgreSQL that stands for it.
pub(crate) fn file(folder: &tempfile::TempDir) -> Place {
    let place = place::of(&folder.path().join("biaochi.sqlite"));
    if matches!(place, Place::Postgres(_)) {
        FOLDERS.lock().unwrap().insert(place.to_string(), folder.path().to_owned());
    }
    place
}
