//! Where a test keeps its database: in an SQLite file, or, where `.ci/postgres` runs the test, in a PostgreSQL database of its own.

use super::Place;
use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
    process::Command,
    sync::{LazyLock, Mutex},
};

/// The database that stands for this file: the file itself, or an empty database that is made when it is first asked for.
pub(crate) fn of(file: &Path) -> Place {
    static MADE: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    let Ok(server) = std::env::var("BIAOCHI_TEST_POSTGRES") else { return file.into() };
    let mut hasher = DefaultHasher::new();
    file.hash(&mut hasher);
    let name = format!("t{}_{:016x}", std::process::id(), hasher.finish());
    // Not while others wait: it takes a tenth of a second.
    let is_new = MADE.lock().unwrap().insert(name.clone());
    if is_new {
        let make = format!("CREATE DATABASE {name}");
        let made = Command::new("psql").args(["-qX", "-c", &make, &server]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    format!("{server}/{name}").parse().unwrap()
}
