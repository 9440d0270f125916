use super::stage::{DALING, SHILI, Stage};
use std::process::{Command, Stdio};

#[tokio::test]
async fn a_live_database_is_backed_up_whole() {
    let stage = Stage::ready();
    if stage.has_no_file() {
        return;
    }
    let server = stage.serve();
    let (one, other) = (server.phone(&stage, SHILI, 1).await, server.phone(&stage, DALING, 2).await);
    let receipt = one.submit(&one.submission(0, &[])).await;
    let file = stage.arg("backup.sqlite");
    // Submissions keep coming while the copy is made.
    let busy = tokio::spawn({
        let other = other.clone();
        async move {
            for number in 0..20 {
                other.submit(&other.submission(number, &[])).await;
            }
        }
    });
    let running =
        stage.command(&["backup", &file]).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    busy.await.unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    drop(server);
    let list = stage.run(&["--database", &file, "review", "list", "--json"]).json();
    let found = list.as_array().unwrap().iter().any(|row| row["receipt"]["code"] == receipt.code);
    assert!(found, "what was acknowledged before the backup is in it: {list}");
    let before = std::fs::read(stage.path("backup.sqlite")).unwrap();
    stage.run(&["backup", &file]).refused(&["已经有了，没有动它"]);
    assert_eq!(std::fs::read(stage.path("backup.sqlite")).unwrap(), before);
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(stage.path("backup.sqlite")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "names and scores are for its owner only");
    stage.run(&["backup", &stage.arg("no/where.sqlite")]).refused(&["写不了"]);
    stage
        .run(&["--database", &stage.arg("gone.sqlite"), "backup", &stage.arg("b2")])
        .refused(&["没有数据库文件"]);
}

/// The shell's limit on a file's size is a disk that fills up in the middle.
#[test]
fn a_backup_that_does_not_fit_leaves_nothing_behind() {
    let stage = Stage::ready();
    if stage.has_no_file() {
        return;
    }
    let whole = std::fs::metadata(stage.path("b.sqlite")).unwrap().len();
    assert!(whole > 256 * 512, "the limit below must be smaller than the database");
    let limited = |file: &str| {
        let mut shell = Command::new("sh");
        shell
            .args([
                "-c",
                "trap '' XFSZ; ulimit -f 256; exec \"$0\" backup \"$1\"",
                env!("CARGO_BIN_EXE_biaochi"),
                file,
            ])
            .env("BIAOCHI_DATABASE", stage.path("b.sqlite"));
        shell.output().unwrap()
    };
    let file = stage.arg("small.sqlite");
    let ended = limited(&file);
    assert_eq!(ended.status.code(), Some(1), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(!stage.path("small.sqlite").exists());
    stage.run(&["backup", &file]).ok();
}

/// Of a newer file nothing is touched, and what to do is said: the disk and its permissions have nothing to do with it.
#[test]
fn an_older_program_leaves_a_newer_database_alone() {
    let stage = Stage::ready();
    if stage.has_no_file() {
        return;
    }
    let file = stage.path("b.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    // The user version: https://www.sqlite.org/fileformat.html#user_version_number
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&file, &bytes).unwrap();
    for words in [&["device", "list"][..], &["standard", "show"], &["serve", "--listen", "127.0.0.1:0"]] {
        stage.run(words).refused(&["是新版本的程序写的", "没有动它", "装回新版本"]);
    }
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

/// What the program before the first migration made, backed up and listed (tests/fixtures/database): today's goes on from there.
#[tokio::test]
async fn a_database_of_the_first_version_tells_the_same_and_goes_on() {
    let stage = Stage::empty();
    if stage.has_no_file() {
        return;
    }
    let fixture = |name: &str| {
        let file = format!("{}/tests/fixtures/database/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(file).unwrap()
    };
    std::fs::write(stage.path("b.sqlite"), fixture("version-1.sqlite")).unwrap();
    for (words, then) in [
        (["review", "list", "--json"], fixture("version-1.reviews.json")),
        (["findings", "list", "--json"], fixture("version-1.findings.json")),
    ] {
        let mut now = stage.run(&words).json();
        for row in now.as_array_mut().unwrap() {
            row.as_object_mut().unwrap().remove("gone");
        }
        let then: serde_json::Value = serde_json::from_slice(&then).unwrap();
        assert!(then.as_array().unwrap().len() >= 2);
        assert_eq!(now, then, "{words:?}");
    }
    stage.run(&["standard", "publish-builtin"]).ok();
    let server = stage.serve();
    let phone = server.phone(&stage, "210726117204", 9).await;
    phone.submit(&phone.submission(0, &[])).await;
    stage.run(&["roster", "end", "210726117204", "--on", "2026-09-01"]).ok();
    assert!(stage.run(&["review", "list"]).ok().contains("2026-09-01撤销"));
}

/// Its own tools copy a PostgreSQL database, and what is told names no password.
#[test]
fn a_backup_of_postgresql_is_left_to_its_own_tools() {
    let stage = Stage::ready();
    if matches!(stage.place(), biaochi::server::database::Place::File(_)) {
        return;
    }
    stage.run(&["backup", &stage.arg("backup")]).refused(&["pg_dump", "照片的文件夹“data/photos”"]);
    assert!(!stage.path("backup").exists());
}
