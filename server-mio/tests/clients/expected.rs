//! What each client sends, and what must have arrived.

use crate::arrivals::{Arrival, Content, Part};

/// The name of a field.
pub(crate) const FIELD: &str = "naïve ☃";
/// What it holds.
pub(crate) const VALUE: &str = "é ☃ & + % = ;";
/// What stands in a textarea of two lines. A client sends CR LF between them.
pub(crate) const LINES: &str = "one \"é\\\r\ntwo";
/// The name of the field that files are in.
pub(crate) const FILES: &str = "fi\"les";
/// The name of a file.
pub(crate) const FILE: &str = "naïve ☃ \"quoted\" \\back.txt";
/// Both names where a client writes a quotation mark as `%22` (WHATWG HTML, Multipart form data). That stays: nobody can
/// tell it from a name that has these octets.
pub(crate) const PERCENT: Names<'static> =
    Names { field: "fi%22les", file: "naïve ☃ %22quoted%22 \\back.txt" };
/// Both names where a client writes a backslash before it.
pub(crate) const BACKSLASH: Names<'static> = Names { field: FILES, file: FILE };
/// Both names where that of the file comes as `filename*` (RFC 8187).
pub(crate) const EXTENDED: Names<'static> = Names { field: "files", file: FILE };
/// The value of a cookie. Most of it can't stand in one (RFC 6265 section 4.1.1).
pub(crate) const ODD: &str = "a b; \"é☃\" 100%41, +\\";
/// A segment of the path that redirects lead to.
pub(crate) const USER: &str = "é ☃";
/// A page.
pub(crate) const HELLO: &str = "Hello ☃!";
/// What stands where no page is.
pub(crate) const NOWHERE: &str = "nothing here, ☃";

/// The names that arrive with a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) field: &'a str,
    pub(crate) file: &'a str,
}

pub(crate) fn assert_form(arrivals: &[Arrival]) {
    assert_eq!(arrivals, [Arrival::Form(vec![pair(FIELD, VALUE), pair("lines", LINES)])]);
}

/// Two fields, a file of many octets and an empty one, and what stands behind them.
pub(crate) fn assert_upload(arrivals: &[Arrival], names: Names<'_>, rest: &[Part]) {
    let [Arrival::Upload(parts)] = arrivals else { panic!("one upload: {arrivals:?}") };
    let [value, lines, full, empty, others @ ..] = &parts[..] else {
        panic!("four parts at least: {parts:?}")
    };
    assert_eq!(value, &text(FIELD, VALUE));
    assert_eq!(lines, &text("lines", LINES));
    assert_eq!(full.name, names.field);
    assert_eq!(full.file_name.as_deref(), Some(names.file));
    assert_eq!(full.media_type.as_deref(), Some("application/octet-stream"));
    assert_eq!(full.content, Content::Binary);
    assert_eq!(empty.name, names.field);
    assert_eq!(empty.file_name.as_deref(), Some("empty"));
    assert_eq!(empty.content, Content::of(b""));
    assert_eq!(others, rest);
}

/// Set, seen, seen elsewhere, forgotten, and seen at both places again.
pub(crate) fn assert_cookies(arrivals: &[Arrival]) {
    let (here, elsewhere) = ("/cookies/see", "/cookies/elsewhere");
    let kept = [pair("odd", ODD), pair("plain", "abc")];
    let all = [pair("elsewhere", "1"), kept[0].clone(), kept[1].clone()];
    let seen: Vec<_> = arrivals.iter().map(path_and_cookies).collect();
    let expected: [(&str, &[_]); 4] =
        [(here, &kept), (elsewhere, &all), (here, &[]), (elsewhere, &[])];
    assert_eq!(seen, expected);
    for line in arrivals.iter().flat_map(lines) {
        for pair in line.split("; ") {
            let (_, value) = pair.split_once('=').unwrap();
            assert!(value.bytes().all(is_cookie_octet), "{line}");
        }
    }
}

/// 303 behind a POST, which becomes a GET; 307, which keeps method and content.
pub(crate) fn assert_redirects(arrivals: &[Arrival]) {
    let arrived = |method: &str, form| Arrival::User {
        method: method.to_owned(),
        target: "/user/%C3%A9%20%E2%98%83".to_owned(),
        name: USER.to_owned(),
        form,
    };
    assert_eq!(arrivals, [arrived("GET", vec![]), arrived("POST", vec![pair(FIELD, VALUE)])]);
}

/// HEAD and GET of a page, then a path that has none.
pub(crate) fn assert_pages(arrivals: &[Arrival]) {
    let length = HELLO.len();
    let seen = vec![
        pair("head", &format!("200 {length} ")),
        pair("get", &format!("200 {length} {HELLO}")),
        pair("missing", &format!("404 {} {NOWHERE}", NOWHERE.len())),
    ];
    let page = |method: &str| Arrival::Page(method.to_owned());
    assert_eq!(arrivals, [page("HEAD"), page("GET"), Arrival::Seen(seen)]);
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn text(name: &str, value: &str) -> Part {
    let content = Content::of(value.as_bytes());
    Part { name: name.to_owned(), file_name: None, media_type: None, content }
}

fn path_and_cookies(arrival: &Arrival) -> (&str, &[(String, String)]) {
    match arrival {
        Arrival::Cookies { path, cookies, .. } => (path, cookies),
        other => panic!("no cookies were looked for: {other:?}"),
    }
}

fn lines(arrival: &Arrival) -> &[String] {
    match arrival {
        Arrival::Cookies { lines, .. } => lines,
        _ => &[],
    }
}

/// `cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E` (RFC 6265 section 4.1.1).
fn is_cookie_octet(octet: u8) -> bool {
    matches!(octet, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}
