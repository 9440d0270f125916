//! The desk over real HTTP: people of an invented county sign in, read pages, fill in forms and send them.
//!
//! A test takes a [`County`], lets somebody in with [`County::person`], who is a [`Clerk`], and goes on as a browser does.

mod apart;
mod clerk;
mod codes;
mod entry;
mod findings;
mod later;
mod log;
mod manual;
mod mistyped;
mod moved;
mod orders;
mod people;
mod phones;
mod reports;
mod restored;
mod reviewing;
mod roster;
mod standards;
mod twice;

pub(crate) use clerk::{Clerk, Page};

use crate::common::{self, NEVER, NOON, Program, file};
use biaochi::{
    domain::BranchCode,
    protocol::Level,
    server::database::{Database, From, Tree, Unit},
};
use std::process::Stdio;
use tempfile::TempDir;

/// 示例县委组织部
pub(crate) const COUNTY: &str = "210726";
/// 示例镇党委, with the branches 0 and on.
pub(crate) const TOWN: &str = "210726105";
/// 邻镇党委, with the branches 100 and on.
pub(crate) const NEXT_TOWN: &str = "210726106";
/// What everybody here signs in with.
pub(crate) const PASSWORD: &str = "山楂树下开会记得带本子";

/// A running program over a county with two towns; each branch has its code ([`common::code`]).
pub(crate) struct County {
    pub(crate) folder: TempDir,
    pub(crate) program: Program,
}

impl County {
    /// With so many branches in each town, at [`NOON`].
    pub(crate) async fn new(branches: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        prepare(&folder, branches).await;
        let program = Program::start_at(NOON, &file(&folder), &[]);
        Self { folder, program }
    }

    /// Stops the program, and starts it over the same database at another time.
    pub(crate) fn again_at(self, now_ms: u64) -> Self {
        let Self { folder, program } = self;
        drop(program);
        let program = Program::start_at(now_ms, &file(&folder), &[]);
        Self { folder, program }
    }

    /// Runs the command line on the same database, and answers what it printed.
    #[track_caller]
    pub(crate) fn run(&self, words: &[&str]) -> String {
        command(&self.folder, words).unwrap()
    }

    /// Makes an account, and answers the path of the link that sets its password.
    #[track_caller]
    pub(crate) fn invite(&self, unit: &str, name: &str, login: &str, roles: &str) -> String {
        let words =
            ["account", "add", "--unit", unit, "--name", name, "--login", login, "--role", roles, "--json"];
        let told: serde_json::Value = serde_json::from_str(&self.run(&words)).unwrap();
        told["link"].as_str().unwrap().to_owned()
    }

    /// Somebody of a unit with these roles (审核 or 管理,审核 …), who has set [`PASSWORD`] and is signed in.
    pub(crate) async fn person(&self, unit: &str, name: &str, login: &str, roles: &str) -> Clerk {
        let link = self.invite(unit, name, login, roles);
        let clerk = self.visitor();
        let welcome = clerk.get(&link).await;
        let set = clerk
            .send(&welcome, "/desk/welcome", &[("password", PASSWORD), ("password-again", PASSWORD)])
            .await;
        assert!(set.says("密码设好了"), "{}", set.html);
        clerk.sign_in(login, PASSWORD).await;
        clerk
    }

    /// Somebody's browser, with nobody signed in.
    pub(crate) fn visitor(&self) -> Clerk {
        Clerk::new(&self.program.base)
    }
}

async fn prepare(folder: &TempDir, branches: usize) {
    let database = Database::open(file(folder)).await.unwrap();
    let builtin = biaochi::authoring::builtin().unwrap();
    database.publish(&builtin.checklists, &builtin.documents, &[]).await.unwrap();
    let unit = |code: &str, parent: Option<&str>, level, name: String| Unit {
        code: BranchCode::new(code).unwrap(),
        parent: parent.map(|parent| BranchCode::new(parent).unwrap()),
        level,
        name,
        sector: if level == Level::Branch { "rural".into() } else { String::new() },
        telephone: "0416-0000000".into(),
    };
    let mut units = vec![
        unit(COUNTY, None, Level::County, "示例县委组织部".into()),
        unit(TOWN, Some(COUNTY), Level::Township, "示例镇党委".into()),
        unit(NEXT_TOWN, Some(COUNTY), Level::Township, "邻镇党委".into()),
    ];
    for (town, first) in [(TOWN, 0), (NEXT_TOWN, 100)] {
        let own = first..first + branches;
        units.extend(own.map(|number| {
            unit(common::branch(number).as_str(), Some(town), Level::Branch, format!("第{number}村党支部"))
        }));
    }
    database.import_units(&Tree::default(), &units, From::Ever, None, &[]).await.unwrap().unwrap();
    for number in (0..branches).chain(100..100 + branches) {
        database.issue_code(&common::code(number), &common::branch(number), NEVER).await.unwrap();
    }
    database.close().await;
}

/// Runs the command line on the database of a folder: what it printed, or how it refused.
#[track_caller]
pub(crate) fn command(folder: &TempDir, words: &[&str]) -> Result<String, String> {
    let output = common::command(&file(folder)).args(words).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}
