//! curl, as a command.

use std::ffi::OsStr;
use std::process::Command;

use crate::app::{Serving, serve};
use crate::arrivals::binary;
use crate::expected::{
    BACKSLASH, FIELD, FILE, FILES, LINES, PERCENT, VALUE, assert_cookies, assert_form,
    assert_pages, assert_redirects, assert_upload,
};
use crate::process::{Folder, skip};

#[test]
fn a_form() {
    let Some(curl) = Curl::new() else { return };
    curl.ask("/form", [&encoded(FIELD, VALUE)[..], &encoded("lines", LINES)].concat());
    assert_form(&curl.serving.arrivals.take());
}

#[test]
fn files_with_percents() {
    let Some(curl) = Curl::new() else { return };
    curl.ask("/upload", curl.files());
    assert_upload(&curl.serving.arrivals.take(), PERCENT, &[]);
}

#[test]
fn files_with_backslashes() {
    let Some(curl) = Curl::new() else { return };
    let mut arguments = curl.files();
    arguments.push("--form-escape".to_owned());
    curl.ask("/upload", arguments);
    assert_upload(&curl.serving.arrivals.take(), BACKSLASH, &[]);
}

#[test]
fn cookies() {
    let Some(curl) = Curl::new() else { return };
    // One process: where curl 7.88 ends, it reads its file once more, and with it what it was told to forget.
    let url = &curl.serving.url;
    let others = ["see", "elsewhere", "forget", "see"].map(|path| format!("{url}/cookies/{path}"));
    let before = ["--cookie".to_owned(), String::new(), format!("{url}/cookies/set")];
    curl.ask("/cookies/elsewhere", before.iter().chain(&others));
    assert_cookies(&curl.serving.arrivals.take());
}

#[test]
fn redirects() {
    let Some(curl) = Curl::new() else { return };
    for path in ["/see-other", "/temporary"] {
        let answer =
            curl.ask(path, [&encoded(FIELD, VALUE)[..], &["--location".to_owned()]].concat());
        assert_eq!(answer, "welcome");
    }
    assert_redirects(&curl.serving.arrivals.take());
}

#[test]
fn pages() {
    let Some(curl) = Curl::new() else { return };
    // The head is what is shown then.
    let head = curl.ask("/page", ["--head"]);
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
    let head = format!("{} {length} ", &head["HTTP/1.1 ".len()..][..3]);
    // What is told stands behind the content. An answer of 404 is no failure here.
    let split = |said: String| {
        let (content, told) = said.rsplit_once('\n').unwrap();
        format!("{told} {content}")
    };
    let behind = ["--write-out", "\n%{http_code} %{size_download}", "--no-fail"];
    let (get, missing) = (split(curl.ask("/page", behind)), split(curl.ask("/missing", behind)));
    let mut told = vec!["--get".to_owned()];
    for (name, value) in [("head", head), ("get", get), ("missing", missing)] {
        told.extend(encoded(name, &value));
    }
    curl.ask("/seen", told);
    assert_pages(&curl.serving.arrivals.take());
}

struct Curl {
    serving: Serving,
    folder: Folder,
}

impl Curl {
    fn new() -> Option<Curl> {
        let folder = Folder::new();
        // `--form-escape` came in 7.81.
        let trial = folder.run(Command::new("curl").args(["-q", "--form-escape", "--version"]));
        match trial.and_then(|trial| trial.well()) {
            Ok(_) => Some(Curl { serving: serve(), folder }),
            Err(reason) => {
                skip("curl", &reason);
                None
            }
        }
    }

    /// Asks and gives the content of the answer.
    fn ask<A: AsRef<OsStr>>(&self, path: &str, arguments: impl IntoIterator<Item = A>) -> String {
        let mut command = Command::new("curl");
        command.args(["-q", "--silent", "--show-error", "--fail", "--fail-early"]);
        command.args(["--globoff", "--noproxy", "*"]);
        command.args(arguments).arg(format!("{}{path}", self.serving.url));
        self.folder.run(&mut command).and_then(|ended| ended.well()).unwrap()
    }

    fn files(&self) -> Vec<String> {
        let full = self.folder.write("full", &binary());
        let empty = self.folder.write("empty", b"");
        let name = FILE.replace('\\', "\\\\").replace('"', "\\\"");
        let full = full.display();
        [
            ["--form-string".to_owned(), format!("{FIELD}={VALUE}")],
            ["--form-string".to_owned(), format!("lines={LINES}")],
            [
                "--form".to_owned(),
                format!("{FILES}=@\"{full}\";filename=\"{name}\";type=application/octet-stream"),
            ],
            ["--form".to_owned(), format!("{FILES}=@\"{}\"", empty.display())],
        ]
        .concat()
    }
}

/// One pair of a form. curl leaves the name as it is: it is not ASCII.
fn encoded(name: &str, value: &str) -> [String; 2] {
    ["--data-urlencode".to_owned(), format!("{name}={value}")]
}
