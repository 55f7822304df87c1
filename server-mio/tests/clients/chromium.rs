//! Chromium, without a window. The page at `/` does what its query names, and says in its title how that went.

use std::process::Command;
use std::sync::OnceLock;

use crate::app::serve;
use crate::arrivals::{Arrival, Content, Part};
use crate::expected::{
    PERCENT, assert_cookies, assert_form, assert_pages, assert_redirects, assert_upload,
};
use crate::process::{Folder, skip};

#[test]
fn a_form() {
    let Some(arrivals) = drive("form") else { return };
    assert_form(&arrivals);
}

/// Quotation marks come as `%22`, a backslash as itself; where no file was chosen, one comes without name and content.
#[test]
fn files() {
    let Some(arrivals) = drive("upload") else { return };
    let none = Part {
        name: "none".to_owned(),
        file_name: Some(String::new()),
        media_type: Some("application/octet-stream".to_owned()),
        content: Content::of(b""),
    };
    assert_upload(&arrivals, PERCENT, &[none]);
}

#[test]
fn cookies() {
    let Some(arrivals) = drive("cookies") else { return };
    assert_cookies(&arrivals);
    let scripts: Vec<_> = arrivals.iter().map(script).collect();
    assert_eq!(scripts, ["plain=abc", "plain=abc", "", ""], "HttpOnly and Path are kept to");
}

#[test]
fn redirects() {
    let Some(arrivals) = drive("redirects") else { return };
    assert_redirects(&arrivals);
}

#[test]
fn pages() {
    let Some(arrivals) = drive("pages") else { return };
    assert_pages(&arrivals);
}

/// Messages of each kind, in one burst, come back, the long ones compressed.
#[test]
fn a_websocket() {
    let Some(arrivals) = drive("socket") else { return };
    let [Arrival::Seen(seen)] = &arrivals[..] else { panic!("{arrivals:?}") };
    let seen: Vec<_> = seen.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(seen[0], ("protocol", "echo"));
    assert!(seen[1].1.starts_with("permessage-deflate"), "{seen:?}");
    assert_eq!(seen[2], ("seen", "5"));
}

/// Has the page do what `subject` names, and gives what arrived; `None`, with the reason told, where no browser is.
fn drive(subject: &str) -> Option<Vec<Arrival>> {
    let program = match browser() {
        Ok(program) => program,
        Err(reason) => {
            skip("chromium", reason);
            return None;
        }
    };
    let (folder, serving) = (Folder::new(), serve());
    let page = dump(&folder, program, &format!("{}/?{subject}", serving.url)).unwrap();
    let title = page.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
    assert_eq!(title, Some("done"), "{page}");
    Some(serving.arrivals.take())
}

/// The name of a browser that can show a page here.
fn browser() -> Result<&'static str, &'static str> {
    static BROWSER: OnceLock<Result<&str, String>> = OnceLock::new();
    let found = BROWSER.get_or_init(|| {
        let mut reason = String::new();
        for name in ["chromium", "chromium-browser", "google-chrome"] {
            let folder = Folder::new();
            if folder.run(Command::new(name).arg("--version")).is_ok() {
                match dump(&folder, name, "data:text/html,<p>here") {
                    Ok(page) if page.contains("<p>here") => return Ok(name),
                    Ok(_) => reason = format!("{name} shows no page"),
                    Err(error) => reason = format!("{name} shows no page: {error}"),
                }
            }
        }
        Err(if reason.is_empty() { "not installed".to_owned() } else { reason })
    });
    found.as_ref().copied().map_err(String::as_str)
}

/// The document that a page has become. Its time stands still while an answer is waited for.
fn dump(folder: &Folder, program: &str, url: &str) -> Result<String, String> {
    let mut command = Command::new(program);
    // Root may not have a sandbox, and small machines have little shared memory.
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]);
    command.args(["--no-first-run", "--no-proxy-server", "--disable-background-networking"]);
    command.arg(format!("--user-data-dir={}", folder.path("profile").display()));
    command.args(["--virtual-time-budget=20000", "--dump-dom", url]);
    folder.run(&mut command)?.well()
}

fn script(arrival: &Arrival) -> &str {
    match arrival {
        Arrival::Cookies { script: Some(script), .. } => script,
        other => panic!("no script told its cookies: {other:?}"),
    }
}
