//! One folder with a database, and the binary run in it.

use biaochi::{
    domain::{
        AnswerKey, AnswerValue, BranchCode, BranchProfile, Checklist, ClaimedGrade, ContentHash, Declaration,
        DeviceId, Entry, FindingEntry, FindingField, FindingId, FindingValue, Findings, HybridClock,
        PeriodId, Stamp, Submission, SubmissionId,
        submission::{ConsideredBy, FORMAT},
    },
    protocol::{BranchFindings, NewFindings, Receipt, paths},
    server::database::{Database, Place},
};
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::UNIX_EPOCH,
};
use tempfile::TempDir;

#[path = "../common/place.rs"]
mod place;

/// 黑山县镇安镇十里村党支部
pub(crate) const SHILI: &str = "210726117203";
/// Its neighbour in the roster.
pub(crate) const DALING: &str = "210726117205";
/// The address that codes are printed with.
pub(crate) const BASE: &str = "https://biaochi.example.cn";
/// 2026-11-24 12:00 in Shanghai: before the period's 上报截止.
pub(crate) const NOON: u64 = 1_795_492_800_000;

/// What moves the clock of every process to [`NOON`], counted from when the first was started: on whatever day the tests run, they
/// play on the same one.
fn offset_to_noon() -> i64 {
    static BEGUN: OnceLock<i64> = OnceLock::new();
    let machine = || i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    i64::try_from(NOON).unwrap() - *BEGUN.get_or_init(machine)
}

pub(crate) struct Stage {
    folder: TempDir,
}

/// How a run ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    /// Without the line that tells of a new database.
    pub(crate) err: String,
    /// That line.
    pub(crate) new: Option<String>,
}

impl Ran {
    /// It succeeded and told nothing on standard error.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// It refused in these words, and printed nothing else.
    #[track_caller]
    pub(crate) fn refused(self, words: &[&str]) {
        assert_eq!((self.code, self.out.as_str()), (1, ""), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "{word} is not in\n{}", self.err);
        }
    }

    /// It did a part and refused another: what it told of each.
    #[track_caller]
    pub(crate) fn partly(self) -> (String, String) {
        assert_eq!(self.code, 1, "{}{}", self.out, self.err);
        assert!(!self.out.is_empty() && self.err.contains("没有写入"), "{}{}", self.out, self.err);
        (self.out, self.err)
    }

    #[track_caller]
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.ok()).unwrap()
    }
}

impl Stage {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With the built-in standard and the demonstration roster.
    pub(crate) fn ready() -> Self {
        let stage = Self::empty();
        stage.run(&["standard", "publish-builtin"]).ok();
        stage.run(&["roster", "import", &demo_roster()]).ok();
        stage
    }

    /// Its database: the file `b.sqlite` in it, or one of PostgreSQL that stands for it.
    pub(crate) fn place(&self) -> Place {
        place::of(&self.path("b.sqlite"))
    }

    /// The same, opened.
    pub(crate) async fn database(&self) -> Database {
        Database::open(self.place()).await.unwrap()
    }

    /// Whether a test that is about the SQLite file itself has to be left out, because it runs on PostgreSQL; it says so.
    #[track_caller]
    #[expect(clippy::print_stderr, reason = "nothing is left out silently")]
    pub(crate) fn has_no_file(&self) -> bool {
        let is_left_out = matches!(self.place(), Place::Postgres(_));
        if is_left_out {
            let at = std::panic::Location::caller();
            eprintln!("left out on PostgreSQL, being about the SQLite file: {}:{}", at.file(), at.line());
        }
        is_left_out
    }

    /// What is told where there is no database yet.
    pub(crate) fn nothing_there(&self) -> &'static str {
        match self.place() {
            Place::File(_) => "没有数据库文件",
            Place::Postgres(_) => "还是空的",
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn arg(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        self.arg(name)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_biaochi"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("BIAOCHI_DATABASE", self.place().to_string())
            .env("NO_COLOR", "1")
            .env("BIAOCHI_CLOCK_OFFSET_MS", offset_to_noon().to_string());
        // What libraries have to say is no clerk's business, even where somebody asks for all of it.
        command.env("RUST_LOG", "trace").stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let output = self.command(args).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        let (new, err) = match err.split_once('\n') {
            Some((line, rest)) if line.starts_with("新建了数据库") => {
                (Some(line.to_owned()), rest.to_owned())
            }
            _ => (None, err),
        };
        Ran { code: output.status.code().unwrap(), out: String::from_utf8(output.stdout).unwrap(), err, new }
    }

    /// The endpoint as its own process on a free port.
    pub(crate) fn serve(&self) -> Server {
        let mut child = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        child.env("RUST_LOG", "info");
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the endpoint ended before it listened");
            if let Some((_, rest)) = line.split_once("127.0.0.1:") {
                let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
                break format!("http://127.0.0.1:{port}");
            }
        };
        // Somebody has to read on, or the endpoint would stand still when the pipe is full.
        std::thread::spawn(move || log.read_to_string(&mut String::new()));
        Server { child, address, client: reqwest::Client::new() }
    }
}

/// The built-in standard as its authors have it: the tables, and the documents in their folders.
pub(crate) const BUILTIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/authoring/builtin");

/// Copies a folder with the folders in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) fn demo_roster() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/demo-roster.csv").to_owned()
}

/// A running endpoint; killed when dropped.
pub(crate) struct Server {
    child: Child,
    address: String,
    client: reqwest::Client,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A phone that is bound to a branch.
#[derive(Clone)]
pub(crate) struct Phone {
    address: String,
    client: reqwest::Client,
    token: String,
    branch: String,
    device: DeviceId,
}

impl Server {
    /// Issues a code on the command line and uses it as a phone does.
    pub(crate) async fn phone(&self, stage: &Stage, branch: &str, number: u8) -> Phone {
        let issued = stage.run(&["codes", "issue", "--branch", branch, "--json"]).json();
        let phone = Phone {
            address: self.address.clone(),
            client: self.client.clone(),
            token: format!("token-{number}-of-a-test"),
            branch: branch.into(),
            device: DeviceId::from_random([number; 16]),
        };
        let body = json!({
            "code": issued[0]["code"],
            "device": phone.device,
            "token_hash": ContentHash::of(phone.token.as_bytes()),
        });
        let url = format!("{}{}", self.address, paths::ACTIVATE);
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        phone
    }
}

impl Phone {
    /// The list of submissions as the phone sees it, or the status when it is refused.
    pub(crate) async fn list(&self) -> Result<Value, u16> {
        let url = format!("{}{}", self.address, paths::SUBMISSIONS);
        let answer = self.client.get(url).bearer_auth(&self.token).send().await.unwrap();
        if answer.status() == 200 { Ok(answer.json().await.unwrap()) } else { Err(answer.status().as_u16()) }
    }

    /// Whatever lies at a path, as the phone is answered.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.address);
        let answer = self.client.get(url).bearer_auth(&self.token).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// Sends it, and tells how it was answered.
    pub(crate) async fn try_submit(&self, submission: &Submission) -> u16 {
        let url = format!("{}{}", self.address, paths::submission(submission.id));
        let answer = self.client.put(url).bearer_auth(&self.token).json(submission).send().await.unwrap();
        answer.status().as_u16()
    }

    pub(crate) async fn submit(&self, submission: &Submission) -> Receipt {
        let url = format!("{}{}", self.address, paths::submission(submission.id));
        let answer = self.client.put(url).bearer_auth(&self.token).json(submission).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// Sends what it wrote on findings; answers all that the endpoint has.
    pub(crate) async fn write_findings(&self, entries: Vec<FindingEntry>) -> Findings {
        let url = format!("{}{}", self.address, paths::FINDINGS);
        let sent = NewFindings { entries: entries.into() };
        let answer = self.client.put(url).bearer_auth(&self.token).json(&sent).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        answer.json::<BranchFindings>().await.unwrap().into()
    }

    /// One entry by this phone, after all that it has seen.
    pub(crate) fn entry(
        &self,
        seen: &Findings,
        finding: FindingId,
        field: FindingField,
        value: FindingValue,
    ) -> FindingEntry {
        let mut clock = HybridClock::new(self.device);
        if let Some(latest) = seen.latest() {
            clock.observe(latest);
        }
        FindingEntry { finding, field, stamp: clock.tick(NOON), value }
    }

    pub(crate) async fn withdraw(&self, id: SubmissionId) {
        let url = format!("{}{}", self.address, paths::withdrawal(id));
        let answer = self.client.put(url).bearer_auth(&self.token).send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }

    /// A submission with a profile and a note, nothing answered, so many milliseconds after noon.
    pub(crate) fn submission(&self, after: u64, parents: &[SubmissionId]) -> Submission {
        let checklist = rural();
        let stamp = Stamp { ms: NOON, count: 0, device: self.device };
        let (_, item) = checklist.items().next().unwrap();
        let profile = BranchProfile {
            full_members: 12,
            probationary_members: 1,
            committee_members: 3,
            ..BranchProfile::default()
        };
        let mut random = [0; 10];
        random[..6].copy_from_slice(&self.branch.as_bytes()[6..]);
        Submission {
            format: FORMAT,
            id: SubmissionId::from_parts(NOON + after, &random),
            parents: parents.to_vec(),
            branch: BranchCode::new(self.branch.clone()).unwrap(),
            period: PeriodId::new("2026-H2").unwrap(),
            sector: checklist.sector.clone(),
            checklist: checklist.hash().unwrap(),
            device: self.device,
            made_at: NOON + after,
            declaration: Declaration {
                reporter: "王文书".into(),
                reporter_post: "文书".into(),
                considered_on: jiff::civil::date(2026, 11, 20),
                considered_by: ConsideredBy::Committee,
                secretary: "=李书记".into(),
                claimed_grade: ClaimedGrade::Excellent,
            },
            answers: vec![
                Entry {
                    key: AnswerKey::Profile,
                    stamp,
                    value: AnswerValue::Profile { profile },
                    under: None,
                },
                Entry {
                    key: AnswerKey::Note { item: item.id.clone() },
                    stamp,
                    value: AnswerValue::Text { text: "@签到表在镇里".into() },
                    under: None,
                },
            ]
            .into(),
            ledger: Vec::new().into(),
            attachments: Vec::new(),
        }
    }
}

/// The built-in checklist of the rural sector.
pub(crate) fn rural() -> Checklist {
    let package = biaochi::authoring::builtin().unwrap();
    package.checklists.into_iter().find(|list| list.sector.as_str() == "rural").unwrap()
}
