//! Forms, as a whole and in pieces.

use proptest::prelude::*;

use super::decoder::{Decoder, Event, Fault};
use super::*;
use crate::request::{Flow, Source, Terms};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The parts, each as its name, its file's name and its content; or where it goes wrong.
fn read(boundary: &str, content: &str) -> Result<Vec<String>, String> {
    let parts = parts(boundary, &Bytes::copy_from_slice(content.as_bytes()));
    let told = |part: Part| {
        let file = part.file_name.map_or(String::new(), |name| format!("|{name}"));
        format!("{}{file}={}", part.name, String::from_utf8_lossy(&part.content))
    };
    let read = parts.map(|parts| parts.into_iter().map(told).collect());
    let read = read.map_err(|error| error.to_string());
    assert_eq!(in_pieces(boundary, content), read.as_ref().ok().cloned(), "{content:?}");
    for most in [1, 3, 10_000] {
        assert_eq!(as_it_arrives(boundary, content, most), read, "{content:?} by {most}");
    }
    read
}

/// The same, read part by part from content that arrives in pieces of so many octets.
fn as_it_arrives(boundary: &str, content: &str, most: usize) -> Result<Vec<String>, String> {
    async fn told(mut form: Multipart) -> Result<Vec<String>, RequestError> {
        let mut parts = Vec::new();
        while let Some(part) = form.next_part().await {
            let mut part = part?;
            let content = part.collect(usize::MAX).await?;
            let file = part.file_name.as_ref().map_or(String::new(), |name| format!("|{name}"));
            parts.push(format!("{}{file}={}", part.name, String::from_utf8_lossy(&content)));
        }
        assert!(form.next_part().await.is_none());
        Ok(parts)
    }
    let terms = Terms { window: 100, drain: 0, length: None, expects_continue: false };
    let source = Source::new(terms, Waker::noop());
    let flow: &std::sync::Arc<Flow> = source.flow();
    let content_stream = crate::ContentStream::behind(Bytes::new(), flow);
    let mut reading = pin!(told(Multipart::of(boundary, content_stream)));
    let mut pieces = content.as_bytes().chunks(most);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(read) = reading.as_mut().poll(&mut cx) {
            return read.map_err(|error| match error {
                RequestError::Multipart(what) => what.to_string(),
                other => other.to_string(),
            });
        }
        match pieces.next() {
            Some(piece) => assert!(source.push(piece)),
            None => source.end(Ok(None)),
        }
    }
}

/// The same, cut at every octet and at each two; the outcome must not depend on it.
fn in_pieces(boundary: &str, content: &str) -> Option<Vec<String>> {
    let octet_by_octet: Vec<usize> = (0..=content.len()).collect();
    let outcome = collect(boundary, content.as_bytes(), &octet_by_octet);
    for cut in 0..=content.len() {
        let ends = [cut, content.len()];
        assert_eq!(collect(boundary, content.as_bytes(), &ends), outcome, "{content:?} at {cut}");
    }
    outcome.ok()
}

/// Reads content whose first octets, up to each of `ends`, have arrived by then.
fn collect(boundary: &str, content: &[u8], ends: &[usize]) -> Result<Vec<String>, Option<Fault>> {
    let (mut decoder, mut parts) = (Decoder::new(boundary), Vec::<Vec<u8>>::new());
    let (mut at, mut is_over) = (0, false);
    for &end in ends {
        loop {
            let (event, taken) =
                decoder.decode(&content[at..end]).map_err(|(fault, _)| Some(fault))?;
            at += taken;
            match event {
                Event::NeedData => {
                    is_over = false;
                    break;
                }
                Event::Part { disposition, .. } => {
                    let file =
                        disposition.file_name.map_or(String::new(), |name| format!("|{name}"));
                    parts.push(format!("{}{file}=", disposition.name).into());
                }
                Event::Data(octets) => {
                    assert!(!octets.is_empty());
                    parts.last_mut().unwrap().extend_from_slice(octets);
                }
                Event::EndOfPart => {}
                Event::End => {
                    is_over = true;
                    break;
                }
            }
        }
    }
    let parts = parts.into_iter().map(|part| String::from_utf8(part).unwrap()).collect();
    if is_over { Ok(parts) } else { Err(None) }
}

const A: &str = "Content-Disposition: form-data; name=a\r\n\r\n";
const F: &str = "content-disposition: Form-Data; filename=f; name=x\r\nContent-Type: a/b\r\n\r\n";

#[test]
fn parts_in_order_with_whatever_content() {
    for (content, expected) in [
        (
            format!("--b\r\n{A}one\r\n--b\r\n{F}two\r\nlines\r\n--b--\r\n"),
            &["a=one", "x|f=two\r\nlines"][..],
        ),
        (format!("--b\r\n{A}one\r\n--b--"), &["a=one"]),
        // Nothing, and nearly a delimiter.
        (format!("--b\r\n{A}\r\n--b--"), &["a="]),
        (format!("--b\r\n{A}--b--"), &["a="]),
        (format!("--b\r\n{A}--b\r\n{F}--b--"), &["a=", "x|f="]),
        (format!("--b\r\n{A}\r\n\r\n--b--"), &["a=\r\n"]),
        (
            format!("--b\r\n{A}\r\n--\r\n-b\r\r\n--a\n--b--\r\n--b--"),
            &["a=\r\n--\r\n-b\r\r\n--a\n--b--"],
        ),
        (format!("--b\r\n{A}--a\r\n--b--"), &["a=--a"]),
        (format!("--b\r\n{A}x--b--\r\n--b--"), &["a=x--b--"]),
        // In front of it, behind it, and beside the delimiters.
        (format!("hello\r\n--b\r\n{A}1\r\n--b--"), &["a=1"]),
        (format!("\r\n--b\r\n{A}1\r\n--b--"), &["a=1"]),
        (format!("x--b\r\n--bb\r\n\r\n--b\r\n{A}1\r\n--b--").replace("--bb\r\n", ""), &["a=1"]),
        (format!("--b \t\r\n{A}1\r\n--b\t \r\n{A}2\r\n--b-- \r\n--b\r\n{A}3"), &["a=1", "a=2"]),
        ("--b--".into(), &[]),
        ("--b--\r\nepilogue".into(), &[]),
    ] {
        assert_eq!(read("b", &content).unwrap(), expected, "{content:?}");
    }
    let spaced = format!("--a b;c\r\n{A}1\r\n--a b;c--");
    assert_eq!(read("a b;c", &spaced).unwrap(), ["a=1"]);
}

#[test]
fn what_is_no_form_is_told_with_its_octet() {
    let end = "it ends before its last delimiter";
    let line = "more than a delimiter in its line";
    let unnamed = "a part without a Content-Disposition that says form-data and a name";
    for (content, place, what) in [
        ("".into(), 0, end),
        ("hello".into(), 5, end),
        ("x--b--".into(), 6, end),
        ("--b".into(), 3, end),
        ("--b-".into(), 4, end),
        ("--b--\r".into(), 6, end),
        (format!("--b\r\n{A}one"), 50, end),
        (format!("--b\r\n{A}one\r\n--b"), 55, end),
        (format!("--b\r\n{A}one\r\n--b\r\n"), 57, end),
        ("--bx\r\n".into(), 3, line),
        ("--b\n".into(), 3, line),
        ("--b--x".into(), 5, line),
        (format!("--b\r\n{A}one\r\n--b2\r\n"), 55, line),
        (format!("--b{}\r\n{A}\r\n--b--", " ".repeat(257)), 3, line),
        // Heads of parts are as strict as those of messages, and nothing of them is passed over.
        (format!("--b\r\n\r\none\r\n--b\r\n{A}two\r\n--b--"), 5, unnamed),
        (
            "--b\r\nContent-Disposition: form-data; name=a\n\none\r\n\r\n--b--".into(),
            43,
            "LF without CR before it",
        ),
        ("--b\r\nContent-Type: a/b\r\n\r\n--b--".into(), 5, unnamed),
        ("--b\r\nContent-Disposition: form-data\r\n\r\n--b--".into(), 5, unnamed),
        (format!("--b\r\nA : b\r\n{A}--b--"), 6, "white space behind a field name"),
        (format!("--b\r\nA: b\r\n c\r\n{A}--b--"), 11, "a folded field line"),
        (
            format!("--b\r\nContent-Disposition: form-data; name=x\r\n{A}--b--"),
            5,
            "a part with a repeated field",
        ),
        (
            format!("--b\r\nContent-Type: a/b\r\nContent-type: a/b\r\n{A}--b--"),
            5,
            "a part with a repeated field",
        ),
        (
            format!("--b\r\nContent-Transfer-Encoding: base64\r\n{A}--b--"),
            5,
            "a part with a Content-Transfer-Encoding",
        ),
        (format!("--b\r\n{}{A}--b--", "A: b\r\n".repeat(16)), 101, "more fields than the limit"),
        (format!("--b\r\nA: {}\r\n{A}--b--", "b".repeat(9000)), 5 + 8192, "a head over the limit"),
    ] {
        assert_eq!(read("b", &content), Err(format!("octet {place}: {what}")), "{content:?}");
    }
    for coding in ["7bit", "8BIT", "binary"] {
        let content = format!(
            "--b\r\nContent-Length: 1\r\nContent-Transfer-Encoding: {coding}\r\n{A}1\r\n--b--"
        );
        assert_eq!(read("b", &content).unwrap(), ["a=1"]);
    }
}

#[test]
fn the_number_of_parts_is_bounded() {
    let form = |parts: usize| {
        let content = format!("--b\r\n{A}1\r\n").repeat(parts) + "--b--";
        super::parts("b", &content.into())
            .map(|parts| parts.len())
            .map_err(|error| error.to_string())
    };
    assert_eq!(form(1000), Ok(1000));
    let fault = form(1001).unwrap_err();
    assert!(fault.ends_with(": more than 1000 parts"), "{fault}");
}

#[test]
fn boundaries_have_1_to_70_octets() {
    let longest = "x".repeat(70);
    for boundary in ["b", "a;b", "a b", "----WebKitFormBoundaryAbC1", "'()+_,-./:=?", &longest] {
        assert!(is_boundary(boundary), "{boundary}");
    }
    for boundary in ["", "b ", "a\u{e9}", "a\tb", "a\u{7f}", &"x".repeat(71)] {
        assert!(!is_boundary(boundary), "{boundary}");
    }
}

#[test]
fn text_is_utf_8() {
    let part = |media_type: Option<&str>, content: &'static [u8]| Part {
        name: "a".into(),
        file_name: None,
        media_type: media_type.map(str::to_owned),
        content: Bytes::from_static(content),
    };
    assert_eq!(part(None, "é".as_bytes()).text(), Ok("é"));
    assert_eq!(part(Some("text/plain; charset=UTF8"), b"e").text(), Ok("e"));
    assert_eq!(part(None, b"\xE9").text(), Err(RequestError::NotUtf8));
    let latin = part(Some("text/plain; charset=iso-8859-1"), b"e");
    assert_eq!(latin.text(), Err(RequestError::Charset));
    assert_eq!(part(Some("text"), b"e").text(), Err(RequestError::BadMediaType));
}

/// A name as browsers write it (WHATWG HTML, section 4.10.22.8), with the backslashes that others put.
fn quoted(name: &str) -> String {
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", name.replace('\r', "%0D").replace('\n', "%0A"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_clients_write_is_read(
        parts in prop::collection::vec(("[^\0-\x1f\x7f]{0,8}", any::<bool>(), "(?s).{0,20}"), 0..5),
        boundary in "[a-z]{1,3}|-{1,4}[a-zA-Z0-9'()+_,./:=? -]{0,8}[a-z]",
        preamble in "|\r\n|x\r\n",
    ) {
        // Whoever writes a form takes a boundary that is not in it.
        prop_assume!(parts.iter().all(|(.., content)| !content.contains(&boundary)));
        let mut content = preamble;
        let mut expected = Vec::new();
        for (name, is_file, value) in &parts {
            let file = if *is_file { format!("; filename={}", quoted(name)) } else { String::new() };
            let name_of_file = if *is_file { format!("|{name}") } else { String::new() };
            content += &format!("--{boundary}\r\nContent-Disposition: form-data; name={}{file}\r\n\r\n{value}\r\n", quoted(name));
            expected.push(format!("{name}{name_of_file}={value}"));
        }
        content += &format!("--{boundary}--\r\n");
        let parts = super::parts(&boundary, &content.clone().into()).map(|parts| parts.len());
        prop_assert_eq!(parts.map_err(|error| error.to_string()), Ok(expected.len()));
        let ends: Vec<usize> = (0..=content.len()).collect();
        prop_assert_eq!(collect(&boundary, content.as_bytes(), &ends), Ok(expected));
    }

    #[test]
    fn nothing_is_read_in_two_ways(
        pieces in prop::collection::vec(
            prop::sample::select(vec!["--b", "--", "\r\n", "\r", "\n", " ", "x", A, F, "\r\n--b", "\r\n--b\r\n", "b", "-", "\r\n\r\n"]),
            0..12,
        ),
    ) {
        // Every cut of it, and as a whole.
        let content = pieces.concat();
        let _ = read("b", &content);
    }
}
