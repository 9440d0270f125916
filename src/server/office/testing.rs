//! What tests of use cases stand on: a clock that stands still, and a small town in a database of its own.

use super::{actor::Actor, clock::Clock, roster::Unit};
use crate::{domain::BranchCode, protocol::Level, server::database::Database};
use tempfile::TempDir;

/// 2026-11-24 12:00 in Shanghai.
pub(crate) const NOW: At = At(1_795_492_800_000);

/// A clock that shows this instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At(pub(crate) u64);

impl Clock for At {
    fn now_ms(&self) -> u64 {
        self.0
    }
}

/// The command line, without `--by`.
pub(crate) const OPERATOR: Actor = Actor::Operator { by: None };

/// A code.
pub(crate) fn code(text: &str) -> BranchCode {
    BranchCode::new(text).unwrap()
}

/// A unit; a branch is a rural one.
pub(crate) fn unit(text: &str, above: Option<&str>, level: Level, name: &str) -> Unit {
    Unit {
        code: code(text),
        parent: above.map(code),
        level,
        name: name.into(),
        sector: if level == Level::Branch { "rural".into() } else { String::new() },
        telephone: String::new(),
    }
}

/// 镇安镇党委 `t` with the branches `a` and `b`; the folder goes with its guard.
pub(crate) async fn town() -> (TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("town.sqlite")).await.unwrap();
    for unit in [
        unit("t", None, Level::Township, "镇安镇党委"),
        unit("a", Some("t"), Level::Branch, "十里村党支部"),
        unit("b", Some("t"), Level::Branch, "大岭村党支部"),
    ] {
        database.put_unit(&unit).await.unwrap();
    }
    (folder, database)
}
