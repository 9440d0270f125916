//! What tests of use cases stand on: a clock that stands still, and a small town in a database of its own.

use super::{
    actor::{Actor, Phone},
    clock::{Clock, Random},
    people::{Grant, Person, PersonId, Role},
    roster::Unit,
    submitting::Inbox,
};
use crate::{
    domain::{BranchCode, Checklist, Submission, SubmissionId, check::tests::submission, testing::checklist},
    protocol::Level,
    server::database::{Database, From, Tree},
};
use std::{pin::Pin, sync::Mutex};
use tempfile::TempDir;
use uuid::Uuid;

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

/// A clock at which somebody else acts when it is first looked at: between what a use case reads and what it writes.
pub(crate) struct Interrupted(At, Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>);

impl Interrupted {
    /// By this act.
    pub(crate) fn by(act: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(NOW, Mutex::new(Some(Box::pin(act))))
    }
}

impl Clock for Interrupted {
    fn now_ms(&self) -> u64 {
        if let Some(act) = self.1.lock().unwrap().take() {
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(act));
        }
        self.0.now_ms()
    }
}

impl Random for Interrupted {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        self.now_ms();
        bytes.fill(7);
        true
    }
}

/// Draws 1, 2, 3 … and never the same bytes twice.
#[derive(Debug, Default)]
pub(crate) struct Counting(u64);

impl Random for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        self.0 += 1;
        let number = self.0.to_be_bytes();
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = number[place % 8] ^ u8::try_from(place / 8).unwrap();
        }
        true
    }
}

pub(crate) use super::actor::OPERATOR;

/// Somebody with a role at a unit.
pub(crate) fn person(role: Role, at: &str) -> Actor {
    Actor::Person(Person {
        id: PersonId(Uuid::from_u128(7)),
        name: "王芳".into(),
        unit: code(at),
        unit_name: "镇安镇党委".into(),
        grants: vec![Grant { unit: code(at), role, until: None }],
    })
}

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
    let database = crate::server::database::testing::database(&folder).await;
    let units = [
        unit("t", None, Level::Township, "镇安镇党委"),
        unit("a", Some("t"), Level::Branch, "十里村党支部"),
        unit("b", Some("t"), Level::Branch, "大岭村党支部"),
    ];
    database.import_units(&Tree::default(), &units, From::Ever, None, &[]).await.unwrap().unwrap();
    (folder, database)
}

/// What every branch of the town submits, of a checklist that is published with it: one each.
pub(crate) async fn submitted<const N: usize>(database: &Database, branches: [&str; N]) -> [SubmissionId; N] {
    let list: Checklist = checklist();
    database.publish(std::slice::from_ref(&list), &[], &[]).await.unwrap();
    let inbox = Inbox::start(database.clone());
    let mut ids = Vec::new();
    for (number, branch) in (1_u8..).zip(branches) {
        let id = SubmissionId::from_parts(NOW.0, &[number; 10]);
        let checklist = list.hash().unwrap();
        let submission = Submission { id, branch: code(branch), checklist, made_at: NOW.0, ..submission() };
        let phone = Phone { branch: code(branch), device: submission.device, has_ended: false };
        let bytes = serde_json::to_vec(&submission).unwrap();
        inbox.submit(&NOW, &phone, submission, bytes).await.unwrap();
        ids.push(id);
    }
    ids.try_into().unwrap()
}
