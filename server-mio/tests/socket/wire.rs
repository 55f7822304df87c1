//! Values as they come from the wire, octet by octet, and what a request makes of them.

use rajada_mio::{App, Error, Request, RequestError, Response, Status};

use crate::client::Answer;
use crate::serving::serve;

/// Sends a request with header lines and content of any octets.
fn ask(app: App, line: &str, headers: &[u8], content: &[u8]) -> Answer {
    let serving = serve(app);
    let mut client = serving.client();
    let length = format!("\r\nContent-Length: {}\r\n", content.len());
    let head = [line.as_bytes(), b"\r\n", headers, length.as_bytes(), b"\r\n"].concat();
    client.send([&head, content].concat());
    client.answer()
}

fn post(app: App, content_type: &[u8], content: impl AsRef<[u8]>) -> Answer {
    let headers = [b"Host: a\r\nContent-Type: ", content_type].concat();
    ask(app, "POST / HTTP/1.1", &headers, content.as_ref())
}

/// Status and text.
fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.text())
}

#[test]
fn white_space_is_sp_and_htab() {
    let json = || App::new().post("/", |req: &Request<'_>| req.json::<u8>().map(|n| n.to_string()));
    for (content_type, status) in [
        (&b"application/json"[..], 200),
        (b" application/json\t", 200),
        (b"application/json\t; x=y", 200),
        (b"application/json\xC2\xA0", 400),
        (b"\xE2\x80\x80application/json", 400),
        (b"application/json;\xC2\xA0charset=utf-8", 400),
        (b"application/json,", 400),
        (b"text/plain,x+json", 400),
        (b"text/plain", 415),
    ] {
        assert_eq!(
            post(json(), content_type, "7").status,
            status,
            "{}",
            content_type.escape_ascii()
        );
    }
}

#[test]
fn charsets_other_than_utf_8_are_refused() {
    let text = || App::new().post("/", |req: &Request<'_>| req.text().map(str::to_owned));
    for (content_type, content, status) in [
        (&b"text/plain"[..], "é".as_bytes(), 200),
        (b"text/plain; charset=utf8", "é".as_bytes(), 200),
        (b"text/plain; charset=\" UTF-8\t\"", "é".as_bytes(), 200),
        (b"text/plain; charset=\"utf\\-8\"", "é".as_bytes(), 200),
        (b"text/plain; Charset=US-ASCII", b"e", 200),
        (b"text/plain; x=\"; charset=utf-16\"", b"e", 200),
        (b"text/plain; x=\"caf\xE9\"", b"e", 200),
        (b"text/plain; charset=utf-16", b"e", 415),
        (b"text/plain; charset=iso-8859-1", b"\xE9", 415),
        (b"text/plain; charset=utf-8; charset=utf-16", b"e", 400),
        (b"text/plain; charset=", b"e", 400),
        (b"text/plain", b"\xE9", 400),
    ] {
        let answer = post(text(), content_type, content);
        assert_eq!(answer.status, status, "{}", content_type.escape_ascii());
        assert!(status != 200 || answer.content == content);
    }
}

#[test]
fn a_form_is_utf_8_or_refused() {
    let form = || {
        App::new().post("/", |req: &Request<'_>| {
            let form = req.form()?;
            Ok::<_, RequestError>(
                form.map(|(name, value)| format!("{name}={value};")).collect::<String>(),
            )
        })
    };
    const FORM: &[u8] = b"application/x-www-form-urlencoded";
    let labelled = |charset: &str| [FORM, b"; charset=", charset.as_bytes()].concat();
    for (content, expected) in [
        ("a=%C3%A9&b=+%2B", "a=é;b= +;"),
        ("a=é", "a=é;"),
        ("a=%EF%BF%BD", "a=\u{fffd};"),
        ("a=100%&b=%zz&c=%4", "a=100%;b=%zz;c=%4;"),
        ("_charset_=utf-8&a=b", "_charset_=utf-8;a=b;"),
        ("_charset_=UTF8", "_charset_=UTF8;"),
        ("_charset_=utf%2D8&a", "_charset_=utf-8;a=;"),
        ("_charset_=&a=b", "_charset_=;a=b;"),
        ("", ""),
    ] {
        assert_eq!(told(&post(form(), FORM, content)), (200, expected));
        assert_eq!(told(&post(form(), &labelled("UTF-8"), content)), (200, expected));
        assert_eq!(post(form(), &labelled("iso-8859-1"), content).status, 415);
    }
    for content in ["a=%E9", "a=%C3&b=%A9", "a%E9=b", "a=%C3=%A9", "a=%ED%A0%80"] {
        assert_eq!(
            told(&post(form(), FORM, content)),
            (400, "the content is not UTF-8"),
            "{content}"
        );
    }
    assert_eq!(post(form(), FORM, b"a=\xE9").status, 400);
    for content in [
        "_charset_=iso-8859-1&a=e",
        "a=b&_charset_=windows-1252",
        "%5Fcharset_=latin1&a=e",
        "_charset_=utf-8&_charset_=latin1",
    ] {
        assert_eq!(post(form(), FORM, content).status, 415, "{content}");
    }
}

#[test]
fn the_host_is_that_of_the_target_if_it_has_one() {
    let app = || {
        App::new().any("/", |req: &Request<'_>| {
            format!("{:?} {:?} {}", req.host(), req.port(), req.path())
        })
    };
    for (line, host, expected) in [
        ("GET / HTTP/1.1", "Host: b:81", "Some(\"b\") Some(81) /"),
        ("GET http://b/ HTTP/1.1", "Host: b", "Some(\"b\") None /"),
        ("GET http://b:80 HTTP/1.1", "Host: b", "Some(\"b\") Some(80) /"),
        ("GET HTTPS://[::1]:8443/ HTTP/1.1", "Host: [::1]:8443", "Some(\"[::1]\") Some(8443) /"),
        // There was no Host in HTTP/1.0.
        ("GET http://b:81/ HTTP/1.0", "X: y", "Some(\"b\") Some(81) /"),
        ("GET http://B.example/?x HTTP/1.0", "X: y", "Some(\"B.example\") None /"),
        ("GET / HTTP/1.0", "X: y", "None None /"),
        ("GET / HTTP/1.0", "Host: c", "Some(\"c\") None /"),
    ] {
        assert_eq!(told(&ask(app(), line, host.as_bytes(), b"")), (200, expected), "{line}");
    }
}

#[derive(serde::Deserialize)]
struct Order {
    items: Vec<Item>,
}

#[derive(serde::Deserialize)]
struct Item {
    price: u32,
}

fn orders() -> App {
    App::new().post("/", |req: &Request<'_>| {
        let order: Order = req.json()?;
        let sum = order.items.iter().map(|item| item.price).sum::<u32>();
        Ok::<_, RequestError>(sum.to_string())
    })
}

#[test]
fn errors_of_json_name_the_field() {
    for (content, expected) in [
        (
            "{\"items\": [{\"price\": 1}, {\"price\": \"a\"}]}",
            "items[1].price: invalid type: string \"a\", expected u32 at line 1 column 38",
        ),
        ("{\"items\": [{}]}", "items[0]: missing field `price` at line 1 column 13"),
        ("{}", "missing field `items` at line 1 column 2"),
        ("{\"items\": [}", "items[0]: expected value at line 1 column 12"),
        ("{\"items\": []} x", "trailing characters at line 1 column 15"),
        ("", "EOF while parsing a value at line 1 column 0"),
        (
            "{\"it\u{1}ems\": 1}",
            "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 5",
        ),
        ("\u{feff}\u{feff}{}", "expected value at line 1 column 1"),
    ] {
        let answer = post(orders(), b"application/json", content);
        let text = format!("the content is not the JSON expected: {expected}");
        assert_eq!(told(&answer), (400, &*text), "{content}");
    }
    let long = format!("{{\"items\": \"{}\"}}", "\u{85}x".repeat(100_000));
    let answer = post(orders(), b"application/json", long);
    assert_eq!(answer.status, 400);
    assert!(answer.content.len() < 600 && answer.text().contains("items: invalid type"));
}

#[test]
fn a_byte_order_mark_is_passed_over_in_json() {
    let content = "\u{feff}{\"items\": [{\"price\": 7}]}";
    for content_type in [&b"application/json"[..], b"application/json; charset=utf-16", b"a/b+json"]
    {
        assert_eq!(told(&post(orders(), content_type, content)), (200, "7"));
    }
    let utf_16 = [b"\xFF\xFE", &b"{\0}\0"[..]].concat();
    assert_eq!(post(orders(), b"application/json", utf_16).status, 400);
}

#[test]
fn errors_have_the_words_and_the_error_of_serde() {
    let app = App::new()
        .on_error(|error: &RequestError, _: &Request<'_>, res: &mut Response<'_>| {
            let source = core::error::Error::source(error);
            let of_serde = source.and_then(|source| source.downcast_ref::<serde_json::Error>());
            let RequestError::Json(what) = error else { panic!("{error}") };
            let text = format!("{:?} {}", of_serde.map(serde_json::Error::is_data), what.place());
            res.set_status(Status::UNPROCESSABLE_CONTENT).text(&text);
        })
        .post("/", |req: &Request<'_>| {
            req.json::<Order>()?;
            Ok::<_, Error>("fine")
        });
    let answer = post(app, b"application/json", "{\"items\": [{\"price\": -1}]}");
    assert_eq!(told(&answer), (422, "Some(true) items[0].price"));
}

#[cfg(feature = "multipart")]
mod forms_with_files {
    use super::*;

    fn app() -> App {
        App::new().post("/", |req: &Request<'_>| {
            let part = |part: rajada_mio::Part| {
                format!("{:?} {:?} {};", part.name, part.file_name, part.content.escape_ascii())
            };
            let parts = req.multipart()?.into_iter().map(part).collect::<String>();
            let media_type = req.media_type()?.unwrap();
            Ok::<_, RequestError>(format!("{} {parts}", media_type.parameter("boundary").unwrap()))
        })
    }

    #[test]
    fn one_reader_finds_the_boundary() {
        for (content_type, boundary) in [
            ("multipart/form-data; boundary=b", "b"),
            ("multipart/form-data; boundary=\"a;b\"", "a;b"),
            ("Multipart/Form-Data; x=\"; boundary=c\"; BOUNDARY=\"a b\"", "a b"),
            ("multipart/form-data; boundary=\"a\\b\"; charset=utf-8", "ab"),
            ("multipart/form-data; boundary=b; boundary=b", "b"),
        ] {
            let content = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--{boundary}--\r\n"
            );
            let answer = post(app(), content_type.as_bytes(), content);
            assert_eq!(
                told(&answer),
                (200, &*format!("{boundary} \"a\" None 1;")),
                "{content_type}"
            );
        }
        let content = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n";
        let long = format!("multipart/form-data; boundary={}", "x".repeat(71));
        for (content_type, status) in [
            ("multipart/form-data", 400),
            ("multipart/form-data; boundary=\"\"", 400),
            ("multipart/form-data; boundary=b; boundary=c", 400),
            ("multipart/form-data; boundary=\"b", 400),
            ("multipart/form-data; boundary=c", 400),
            ("multipart/mixed; boundary=b", 415),
            (&long, 400),
        ] {
            assert_eq!(
                post(app(), content_type.as_bytes(), content).status,
                status,
                "{content_type}"
            );
        }
    }

    #[test]
    fn a_file_with_a_name_that_is_not_utf_8_is_a_file() {
        let content = b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"caf\xE9.txt\"\r\n\r\n\xE9\r\n--b--";
        let answer = post(app(), b"multipart/form-data; boundary=b", content);
        assert_eq!(told(&answer), (200, "b \"f\" Some(\"caf\u{fffd}.txt\") \\xe9;"));
    }

    #[test]
    fn a_form_says_its_charset_and_where_it_is_wrong() {
        let form = |value: &str| {
            let content = format!(
                "--b\r\nContent-Disposition: form-data; name=_charset_\r\n\r\n{value}\r\n--b--"
            );
            post(app(), b"multipart/form-data; boundary=b", content)
        };
        assert_eq!(form("UTF-8").status, 200);
        assert_eq!(form("iso-8859-1").status, 415);
        let answer = post(app(), b"multipart/form-data; boundary=b", "--b\r\nA\r\n");
        let text = "the content is not a multipart form: octet 6: a field line without a colon";
        assert_eq!(told(&answer), (400, text));
    }
}
