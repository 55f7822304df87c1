//! Redirects lead where they were meant to, whatever is in them.

use proptest::prelude::*;
use rajada_mio::{App, Redirect, Request};

use crate::wire::{ask, cases};

fn location(to: &str) -> String {
    let to = to.to_owned();
    let answer =
        ask(App::new().get("/", move |_: &Request<'_>| Redirect::see_other(to.clone())), "GET");
    assert_eq!((answer.status, answer.content.len()), (303, 0));
    answer.field("location").unwrap().to_owned()
}

#[test]
fn what_a_location_can_not_hold_is_encoded() {
    for (to, sent) in [
        ("/user/\u{e9}", "/user/%C3%A9"),
        ("/user/a b", "/user/a%20b"),
        ("/user/\u{65e5}\u{672c}?q=\u{1f600}", "/user/%E6%97%A5%E6%9C%AC?q=%F0%9F%98%80"),
        ("/\r\nSet-Cookie: a=b", "/%0D%0ASet-Cookie:%20a=b"),
        ("/\\evil.example", "/%5Cevil.example"),
        ("/\t/evil.example", "/%09/evil.example"),
        ("/50%", "/50%25"),
        ("/a%20b", "/a%20b"),
        ("https://[::1]:80/a?b[]=c#d#e", "https://[::1]:80/a?b%5B%5D=c#d%23e"),
    ] {
        assert_eq!(location(to), sent);
    }
}

#[test]
fn every_kind_of_redirect_is_encoded() {
    for (redirect, status) in [
        (Redirect::see_other("/\u{e9}"), 303),
        (Redirect::temporary("/\u{e9}"), 307),
        (Redirect::permanent(String::from("/\u{e9}")), 308),
    ] {
        let answer = ask(App::new().get("/", move |_: &Request<'_>| redirect.clone()), "GET");
        assert_eq!((answer.status, answer.field("location")), (status, Some("/%C3%A9")));
    }
}

/// What stands for other octets, undone; a `%` that begins no escape stands for itself.
fn decoded(reference: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = reference.as_bytes();
    while let [octet, behind @ ..] = rest {
        let digits = behind.get(..2).filter(|_| *octet == b'%');
        let digits = digits.and_then(|digits| core::str::from_utf8(digits).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        octets.push(escaped.unwrap_or(*octet));
        rest = if escaped.is_some() { &behind[2..] } else { behind };
    }
    octets
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_text_is_a_reference_to_the_same(
        to in prop_oneof![any::<String>(), "[ -~]{0,40}", "(%[0-9a-fA-F]{0,2}|[a-z/?#]){0,20}"],
    ) {
        let sent = location(&to);
        // RFC 3986 section 2.
        let is_uri = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&octet);
        prop_assert!(sent.bytes().all(is_uri), "{}", sent);
        prop_assert!(sent.matches('#').count() <= 1, "{}", sent);
        prop_assert!(to.contains("//") || !sent.contains(['[', ']']), "{}", sent);
        prop_assert!(sent.split('%').skip(1).all(|part| {
            part.len() > 1 && part.bytes().take(2).all(|digit| digit.is_ascii_hexdigit())
        }), "{}", sent);
        prop_assert_eq!(decoded(&sent), decoded(&to));
        prop_assert_eq!(location(&sent), sent);
    }
}

#[test]
fn a_redirect_has_one_location() {
    let app = App::new().get("/", |_: &Request<'_>, res: &mut rajada_mio::Response<'_>| {
        res.header("Location", "/one").header("X", "y").header("location", "/two");
        rajada_mio::IntoResponse::into_response(Redirect::see_other("/three"), res);
    });
    let answer = ask(app, "GET");
    assert_eq!((answer.field("location"), answer.field("x")), (Some("/three"), Some("y")));
}
