//! A start that fails says which, why and what to do, in one line.

use crate::{
    Stage,
    common::{file, program},
};
use std::{path::Path, process::Command};

fn fails(command: &mut Command, words: &[&str]) {
    let output = command.env("RUST_LOG", "error").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
    assert!(said.lines().count() == 1 && !said.contains("Os {"), "one line, no dump: {said}");
}

#[tokio::test]
async fn a_port_that_is_taken() {
    let stage = Stage::new(0, &[]).await;
    let address = stage.program.base.trim_start_matches("http://");
    fails(
        program(&file(&stage.folder)).args(["--listen", address]),
        &[address, "已经被别的程序占用", "--listen"],
    );
}

#[test]
fn a_database_that_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    fails(&mut program(&folder.path().into()), &[folder.path().to_str().unwrap(), "--database"]);
    let garbage = folder.path().join("garbage.sqlite");
    std::fs::write(&garbage, "this is no database at all, but a letter to the township".repeat(20)).unwrap();
    fails(&mut program(&(&garbage).into()), &["garbage.sqlite", "--database"]);
    fails(&mut program(&Path::new("/proc/none/biaochi.sqlite").into()), &["写不了“/proc/none”", "办法"]);
}
