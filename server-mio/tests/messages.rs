//! What the compiler says to usual mistakes: each is one program in `messages/`, with all that is said about it. Each message
//! names the mistake and the mend, and stands in the guide.
//!
//! Another compiler has other words, and so has this one in a folder with a long name, so they are compared at the one of the
//! record in others alone. (What this compiler says is
//! written down by `TRYBUILD=overwrite`.)

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What `rustc --version` begins with where messages are compared.
const OF_RECORD: &str = "rustc 1.95.0 ";

/// Where the programs are, if not here.
const ELSEWHERE: &str = "RAJADA_MESSAGES";

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/messages");

#[test]
fn each_mistake_is_named_and_mended() {
    let elsewhere = env::var(ELSEWHERE).ok();
    if elsewhere.is_none() && !is_of_record() {
        return refuse_copies();
    }
    let folder = elsewhere.unwrap_or_else(|| "tests/messages".to_owned());
    trybuild::TestCases::new().compile_fail(format!("{folder}/*.rs"));
}

/// Compiles copies of the programs, whatever is said about them: none of them may compile.
fn refuse_copies() {
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("messages");
    fs::create_dir_all(&copies).unwrap();
    for program in files("rs") {
        fs::copy(&program, copies.join(program.file_name().unwrap())).unwrap();
    }
    let mut test = Command::new(env::current_exe().unwrap());
    test.args(["--exact", "each_mistake_is_named_and_mended"]);
    let status = test.env(ELSEWHERE, &copies).env("TRYBUILD", "overwrite").status().unwrap();
    assert!(status.success());
}

/// Whether messages are those of the record: the compiler's version is, and the name of the project's folder is not so long that
/// the compiler shortens types of closures, which hold it.
fn is_of_record() -> bool {
    const LONGEST: usize = 32;
    if env!("CARGO_MANIFEST_DIR").len() > LONGEST {
        return false;
    }
    let output = Command::new("rustc").arg("--version").output();
    output.is_ok_and(|output| output.stdout.starts_with(OF_RECORD.as_bytes()))
}

#[test]
fn the_guide_has_the_first_line_of_each_message() {
    let guide = include_str!("../docs/guide/mistakes.md");
    let messages = files("stderr");
    assert_eq!(messages.len(), files("rs").len(), "each program has its message");
    assert!(messages.len() >= 15);
    for path in messages {
        let message = fs::read_to_string(&path).unwrap();
        let line = first_line(&message);
        assert!(guide.contains(&line), "{}: {line}", path.display());
    }
}

/// The first line, without its number and without the place of a closure.
fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line = line.split_once(": ").map_or(line, |(_, line)| line);
    match (line.split_once("closure@"), line.split_once("}`")) {
        (Some((before, _)), Some((_, behind))) => format!("{before}closure}}`{behind}"),
        _ => line.to_owned(),
    }
}

fn files(extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|it| it == extension)).collect()
}
