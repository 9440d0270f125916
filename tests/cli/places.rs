//! Databases that are no file: what is told when one cannot be opened, and that its password is told nowhere.

use super::stage::{Stage, demo_roster};
use biaochi::server::database::Place;
use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::Stdio,
};

#[test]
fn a_server_that_does_not_answer_is_told_from_a_file_that_is_not_there() {
    let stage = Stage::empty();
    let url = "postgres://clerk:geheim@127.0.0.1:1/city?application_name=geheim";
    for words in
        [&["device", "list"][..], &["standard", "publish-builtin"], &["serve", "--listen", "127.0.0.1:0"]]
    {
        let ran = stage.run(&[words, &["--database", url]].concat());
        assert!(!ran.err.contains("geheim"), "{}", ran.err);
        ran.refused(&["连不上数据库服务器“postgres://clerk@127.0.0.1:1/city”", "办法：核对 --database"]);
    }
    assert!(std::fs::read_dir(stage.path("")).unwrap().next().is_none(), "no file of that name either");
    stage
        .run(&["device", "list", "--database", "postgres://clerk:geheim@:nowhere"])
        .refused(&["打不开数据库“postgres://…”"]);
}

/// Whoever mistypes the name of a database would otherwise be told of success, and find nothing in the right one.
#[test]
fn a_database_that_was_made_anew_is_told_of() {
    let stage = Stage::empty();
    let roster = demo_roster();
    for words in [&["standard", "publish-builtin"][..], &["roster", "import", &roster]] {
        let file = format!("{}.sqlite", words[0]);
        let words = [words, &["--database", &file]].concat();
        let first = stage.run(&words);
        let told = format!("新建了数据库“{file}”。以前有过的，核对 --database。");
        assert_eq!(first.new.as_ref(), Some(&told));
        first.ok();
        let second = stage.run(&words);
        assert_eq!(second.new, None);
        second.ok();
    }
}

#[test]
fn help_does_not_tell_the_address_that_the_environment_holds() {
    let stage = Stage::empty();
    let help = stage
        .command(&["--help"])
        .env("BIAOCHI_DATABASE", "postgres://clerk:geheim@db/city")
        .output()
        .unwrap();
    let text = String::from_utf8(help.stdout).unwrap();
    assert!(text.contains("BIAOCHI_DATABASE") && !text.contains("geheim"), "{text}");
}

#[test]
fn what_a_server_of_postgresql_refuses_is_told_with_what_to_do() {
    let stage = Stage::ready();
    let Place::Postgres(url) = stage.place() else { return };
    stage
        .run(&["device", "list", "--database", &format!("{url}x")])
        .refused(&["没有“postgres://", "先建一个空的"]);
    let nobody = url.replace("postgres@", "nobody:geheim@");
    stage
        .run(&["device", "list", "--database", &nobody])
        .refused(&["不让登录“postgres://nobody@", "pg_hba.conf"]);
    // All that is logged, with a password that this server does not ask for.
    let with_password = url.replace("postgres@", "postgres:geheim@");
    let mut serve = stage.command(&["serve", "--listen", "127.0.0.1:0", "--database", &with_password]);
    let mut serve = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(serve.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("listening on") {
        assert!(log.read_line(&mut said).unwrap() > 0, "it ended: {said}");
    }
    serve.kill().unwrap();
    log.read_to_string(&mut said).unwrap();
    said += &String::from_utf8(serve.wait_with_output().unwrap().stdout).unwrap();
    assert!(!said.contains("geheim"), "{said}");
}
