//! Cookies: what is set comes back, and what is received is what user agents mean.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use rajada_mio::cookie::{Cookie, SameSite};
use rajada_mio::{App, Limits, Request, Response, TestClient};

use crate::wire::{Answer, cases, exchange, written};

/// What a request with these `Cookie` lines has, one pair a line: decoded, or as it was sent.
fn received(lines: &[&[u8]], raw: bool) -> String {
    let app = App::new().get("/", move |req: &Request<'_>| {
        let cookies = if raw { req.raw_cookies() } else { req.cookies() };
        cookies.map(|cookie| format!("{}={}\n", cookie.name(), cookie.value())).collect::<String>()
    });
    let mut sent = b"GET / HTTP/1.1\r\nHost: a\r\n".to_vec();
    for line in lines {
        sent.extend_from_slice(&[b"Cookie: ", *line, b"\r\n"].concat());
    }
    sent.extend_from_slice(b"\r\n");
    let answer = exchange(&mut TestClient::new(app), "GET", sent);
    assert_eq!(answer.status, 200);
    answer.text().to_owned()
}

/// What `cookie` and `raw_cookie` say of a name.
fn asked(line: &[u8], name: &'static str) -> (Option<String>, Option<String>) {
    let told = Arc::new(Mutex::new((None, None)));
    let tell = told.clone();
    let app = App::new().get("/", move |req: &Request<'_>| {
        let raw = req.raw_cookie(name).map(str::to_owned);
        *tell.lock().unwrap() = (req.cookie(name).map(|value| value.into_owned()), raw);
    });
    let sent = [b"GET / HTTP/1.1\r\nHost: a\r\nCookie: ", line, b"\r\n\r\n"].concat();
    assert_eq!(exchange(&mut TestClient::new(app), "GET", sent).status, 200);
    let told = told.lock().unwrap();
    told.clone()
}

#[test]
fn a_bad_cookie_costs_only_itself() {
    for (line, pairs) in [
        (&b"id=1; b=\xe9; c=3"[..], "id=1\nc=3\n"),
        (b"id=1; \xe9=2; c=3", "id=1\nc=3\n"),
        (b"a=1; \xc3; b=\xff\xfe; c=\xc3\xa9", "a=1\nc=\u{e9}\n"),
        (b"a=1; nonsense; b=2;; =x;", "a=1\nb=2\n"),
        (b"a b=1; c,d=2; e[0]=3; f=4", "f=4\n"),
        (b"; ;;\t;", ""),
        (b"", ""),
        (b"=", ""),
    ] {
        assert_eq!(received(&[line], false), pairs, "{}", line.escape_ascii());
    }
}

#[test]
fn white_space_around_names_and_values_is_sp_and_htab() {
    for (line, pairs) in [
        (&b"\xe2\x80\x80__Host-session=evil; __Host-session=good"[..], "__Host-session=good\n"),
        (b"\xc2\xa0__Host-session=evil;__Host-session=good", "__Host-session=good\n"),
        (b"__Host-session\xc2\x85=evil; __Host-session=good", "__Host-session=good\n"),
        (b"\xe3\x80\x80a=1;\t b\t =\t2 \t;c=3", "b=2\nc=3\n"),
        (b"a=\xc2\xa01\xe2\x80\x80", "a=\u{a0}1\u{2000}\n"),
        (b"a= b c ", "a=b c\n"),
    ] {
        assert_eq!(received(&[line], false), pairs, "{}", line.escape_ascii());
    }
    let line = b"\xe2\x80\x80__Host-session=evil; __Host-session=good";
    assert_eq!(asked(line, "__Host-session").0.as_deref(), Some("good"));
}

#[test]
fn lines_are_read_in_order_and_the_first_of_a_name_is_it() {
    assert_eq!(received(&[b"a=1; b=2", b"", b"\xff", b"a=3;c=4"], false), "a=1\nb=2\na=3\nc=4\n");
    assert_eq!(asked(b"A=0; a=1; a=2", "a").0.as_deref(), Some("1"));
    assert_eq!(asked(b"ab=0; b=1", "a"), (None, None));
}

#[test]
fn values_are_decoded_and_raw_ones_are_not() {
    for (value, decoded) in [
        (&b"a%20b%C3%a9"[..], "a b\u{e9}"),
        (b"%25", "%"),
        (b"%2541", "%41"),
        // No escapes.
        (b"100%", "100%"),
        (b"%zz%4", "%zz%4"),
        // Octets that are no text stay as they were sent.
        (b"%FF%20", "%FF%20"),
        (b"a+b", "a+b"),
        // Quotes are a part of the value, as user agents send them back.
        (b"\"b\"", "\"b\""),
        (b"\"b", "\"b"),
        // Beyond RFC 6265, which scripts in user agents don't mind.
        (b"a, \\b={}", "a, \\b={}"),
        (b"1=2=3", "1=2=3"),
        (b"", ""),
    ] {
        let line = [b"x=y; a=", value].concat();
        let raw = String::from_utf8(value.to_vec()).unwrap();
        assert_eq!(asked(&line, "a"), (Some(decoded.to_owned()), Some(raw.clone())));
        assert_eq!(received(&[&line], false), format!("x=y\na={decoded}\n"));
        assert_eq!(received(&[&line], true), format!("x=y\na={raw}\n"));
    }
}

#[test]
fn a_line_of_cookies_may_be_as_long_as_a_head() {
    let app = |head| {
        let limits = Limits { head, ..Limits::DEFAULT };
        App::new().limits(limits).get("/", |req: &Request<'_>| {
            format!("{} {:?}", req.cookies().count(), req.cookie("last").as_deref())
        })
    };
    for (pairs, count) in [("a=1; ".repeat(200_000), 200_001), ("a".repeat(1 << 20) + ";", 1)] {
        let sent = format!("GET / HTTP/1.1\r\nHost: a\r\nCookie: {pairs}last=1\r\n\r\n");
        let mut client = TestClient::new(app(Limits::DEFAULT.head));
        let answer = exchange(&mut client, "GET", &sent);
        assert_eq!((answer.status, answer.field("connection")), (431, Some("close")));
        let mut client = TestClient::new(app(2 << 20));
        let answer = exchange(&mut client, "GET", &sent);
        assert_eq!(answer.text(), format!("{count} Some(\"1\")"));
    }
}

fn set(cookie: Cookie<'static>) -> Answer {
    written(move |res| res.cookie(cookie.clone()).text("set"))
}

fn set_raw(name: &'static str, value: &'static str) -> Answer {
    written(move |res| res.raw_cookie((name, value)).text("set"))
}

#[test]
fn names_that_are_no_tokens_are_an_error() {
    for name in [
        "", "a b", "a,b", "a=b", "\u{fc}", "a;b", " a", "a\t", "a\r\nb", "a\0", "a\"", "(a)", "a@b",
    ] {
        let answer = set(Cookie::new(name, "1"));
        assert_eq!((answer.status, answer.field("set-cookie")), (500, None), "{name:?}");
        assert_eq!(set_raw(name, "1").status, 500, "{name:?}");
        let forgotten = written(move |res| res.forget_cookie(name).text("forgotten"));
        assert_eq!(forgotten.status, 500, "{name:?}");
    }
    assert_eq!(set(Cookie::new("!#$%&'*+-.^_`|~09azAZ", "1")).status, 200);
}

#[test]
fn values_are_encoded_and_raw_ones_are_checked() {
    for (value, sent) in [
        ("", "a="),
        ("1; Domain=evil", "a=1%3B%20Domain=evil"),
        ("50%", "a=50%25"),
        ("%", "a=%25"),
        ("\0", "a=%00"),
        ("%41", "a=%2541"),
        ("\"b\"", "a=%22b%22"),
        ("a,b\\c", "a=a%2Cb%5Cc"),
        ("\u{e9}\r\n", "a=%C3%A9%0D%0A"),
        ("!#$&'()*+-./0:<=>?@[]^_`{|}~", "a=!#$&'()*+-./0:<=>?@[]^_`{|}~"),
    ] {
        assert_eq!(set(Cookie::new("a", value)).field("set-cookie"), Some(sent));
    }
    for value in ["", "1", "%41", "100%", "\"b\"", "\"\"", "a=b&c", "{}"] {
        let sent = format!("a={value}");
        assert_eq!(set_raw("a", value).field("set-cookie"), Some(&*sent));
    }
    for value in
        ["a b", "a,b", "a;b", "a\\b", "\"", "\"a", "a\"", "\"a\"b\"", "\u{e9}", "\n", "\u{7f}"]
    {
        assert_eq!(set_raw("a", value).status, 500, "{value:?}");
    }
}

#[test]
fn attributes_are_checked() {
    for bad in
        ["/;a", "/\r\nX: y", "/\0", " /", "/ ", "/\t", "\t", "/\u{e9}", "/\u{7f}", "a; Secure"]
    {
        let path = set(Cookie::build(("a", "1")).path(bad).build());
        assert_eq!((path.status, path.field("set-cookie")), (500, None), "{bad:?}");
        let domain = set(Cookie::build(("a", "1")).domain(bad).build());
        assert_eq!((domain.status, domain.field("set-cookie")), (500, None), "{bad:?}");
    }
    let good = Cookie::build(("a", "1")).path("/a b%20,").domain("a.example").build();
    let sent = "a=1; Path=/a b%20,; Domain=a.example";
    assert_eq!(set(good).field("set-cookie"), Some(sent));
}

#[test]
fn prefixes_need_their_attributes() {
    let build = |name| Cookie::build((name, "1"));
    for bad in [
        build("__Host-a").build(),
        build("__Host-a").secure(true).build(),
        build("__Host-a").path("/").build(),
        build("__Host-a").secure(true).path("/b").build(),
        build("__Host-a").secure(true).path("/").domain("a.example").build(),
        build("__hOST-a").path("/").build(),
        build("__Host-a").secure(false).path("/").same_site(SameSite::None).build(),
        build("__Secure-a").build(),
        build("__Secure-a").path("/").secure(false).build(),
        build("__secure-").build(),
        build("__Http-a").secure(true).build(),
        build("__http-a").http_only(true).build(),
        build("__Host-Http-a").secure(true).path("/").build(),
        build("a").same_site(SameSite::None).secure(false).build(),
    ] {
        let shown = bad.to_string();
        assert_eq!(set(bad).status, 500, "{shown}");
    }
    for (good, sent) in [
        (build("__Host-a").secure(true).path("/"), "__Host-a=1; Secure; Path=/"),
        (build("__Secure-a").secure(true).domain("b.c"), "__Secure-a=1; Secure; Domain=b.c"),
        (build("__Secure-a").same_site(SameSite::None), "__Secure-a=1; SameSite=None; Secure"),
        (build("__Secure-a").partitioned(true), "__Secure-a=1; Partitioned; Secure"),
        (build("__Http-a").secure(true).http_only(true), "__Http-a=1; HttpOnly; Secure"),
        (build("a").same_site(SameSite::None), "a=1; SameSite=None; Secure"),
        (build("__Hos-a"), "__Hos-a=1"),
        (build("a__Host-"), "a__Host-=1"),
    ] {
        assert_eq!(set(good.build()).field("set-cookie"), Some(sent));
    }
    // One can be forgotten only as it was set.
    let forget = |cookie: Cookie<'static>| {
        written(move |res| res.forget_cookie(cookie.clone()).text("forgotten")).status
    };
    assert_eq!(forget(Cookie::from("__Host-a")), 500);
    assert_eq!(forget(build("__Host-a").secure(true).path("/").build()), 200);
}

#[test]
fn an_error_tells_what_is_wrong_with_a_cookie() {
    for (cookie, told) in [
        (Cookie::new("a b", ""), "the name of a cookie is no token"),
        (
            Cookie::new("__Host-a", ""),
            "a `__Host-` cookie needs Secure, Path=/ and no Domain, or user agents drop it",
        ),
        (
            Cookie::new("__Secure-a", ""),
            "a `__Secure-` cookie needs Secure, or user agents drop it",
        ),
        (
            Cookie::build("a").path("/;").build(),
            "the path of a cookie holds what no path of a cookie may hold",
        ),
    ] {
        let app =
            App::new().debug(true).get("/", move |_: &Request<'_>, res: &mut Response<'_>| {
                res.cookie(cookie.clone()).text("set");
            });
        assert_eq!(crate::wire::ask(app, "GET").text(), told);
    }
}

/// Sets a cookie at `/set`, raw or not, and tells at `/get` what has come of its name.
fn echo(name: String, value: String, raw: bool) -> (TestClient, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = told.clone();
    let (wanted, cookie) = (name.clone(), Cookie::new(name, value));
    let app = App::new()
        .get("/set", move |_: &Request<'_>, res: &mut Response<'_>| {
            match raw {
                true => res.raw_cookie(cookie.clone()),
                false => res.cookie(cookie.clone()),
            };
        })
        .get("/get", move |req: &Request<'_>| {
            let mut told = tell.lock().unwrap();
            let (one, mut all) = match raw {
                true => (req.raw_cookie(&wanted).map(str::to_owned), req.raw_cookies()),
                false => (req.cookie(&wanted).map(|value| value.into_owned()), req.cookies()),
            };
            told.extend(one);
            told.extend(
                all.find(|cookie| cookie.name() == wanted).map(|one| one.value().to_owned()),
            );
        });
    (TestClient::new(app), told)
}

/// What a user agent sends back of a `Set-Cookie` (RFC 6265 section 5.2).
fn send_back(client: &mut TestClient, set: &Answer) {
    let pair = set.field("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let sent = format!("GET /get HTTP/1.1\r\nHost: a\r\nCookie: first=0; {pair}; last=1\r\n\r\n");
    assert_eq!(exchange(client, "GET", sent).status, 200);
}

fn token() -> impl Strategy<Value = String> {
    "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,16}"
}

const SET: &str = "GET /set HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn a_cookie_is_as_long_as_user_agents_take_it() {
    // The space is encoded: three octets.
    for (len, status) in [(4000, 200), (4092, 200), (4093, 500), (10_000, 500)] {
        let value = format!(" {}", "x".repeat(len));
        assert_eq!(set(Cookie::new("a", value)).status, status, "{len}");
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_is_set_comes_back(
        name in token(),
        value in prop_oneof![
            prop::collection::vec(any::<char>(), 0..=64).prop_map(String::from_iter),
            "[\\x00-\\x7f]{0,64}",
            "[%0-9a-fA-F\"]{0,64}",
        ],
    ) {
        let (mut client, told) = echo(name, value.clone(), false);
        let set = exchange(&mut client, "GET", SET);
        prop_assert_eq!(set.status, 200);
        send_back(&mut client, &set);
        prop_assert_eq!(&*told.lock().unwrap(), &[value.clone(), value]);
    }

    #[test]
    fn what_is_set_raw_comes_back(
        name in token(),
        value in prop_oneof!["[!-~]{0,64}", "[!-~&&[^\",;\\\\]]{0,64}", "\"[!-~&&[^\",;\\\\]]{0,62}\""],
    ) {
        let (mut client, told) = echo(name, value.clone(), true);
        let set = exchange(&mut client, "GET", SET);
        let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&value);
        prop_assert_eq!(set.status == 200, !inner.contains(['"', ',', ';', '\\']));
        if set.status == 200 {
            send_back(&mut client, &set);
            prop_assert_eq!(&*told.lock().unwrap(), &[value.clone(), value]);
        }
    }

    #[test]
    fn any_octets_of_a_name_are_sent_as_a_token_or_not_at_all(name in any::<String>()) {
        let cookie = Cookie::new(name.clone(), "1");
        let answer = written(move |res| res.cookie(cookie.clone()).text("set"));
        let sent = answer.field("set-cookie").map(str::to_owned);
        let token = rajada_parser::encode::is_token(name.as_bytes());
        prop_assert_eq!(sent, token.then(|| format!("{name}=1")));
    }
}
