extern crate std;

use std::format;
use std::string::{String, ToString};

use rajada_parser::list;

use super::*;

fn window(bits: u8) -> WindowBits {
    WindowBits::new(bits).unwrap()
}

fn accept(terms: &Terms, offers: &str) -> Result<Option<String>, ListError> {
    let agreed = terms.accept(list::elements(offers.as_bytes()))?;
    Ok(agreed.map(|agreed| agreed.to_string().replacen("permessage-deflate", "", 1)))
}

fn check(terms: &Terms, answer: &str) -> Result<Option<Agreed>, AnswerError> {
    terms.check(list::elements(answer.as_bytes()))
}

/// What a server with the defaults adds to each answer.
const NO_CONTEXTS: &str = "; server_no_context_takeover; client_no_context_takeover";

#[test]
fn what_a_server_with_the_defaults_answers() {
    let cases: &[(&str, Option<&str>)] = &[
        ("", None),
        ("permessage-deflate", Some("")),
        ("PerMessage-Deflate", Some("")),
        ("permessage-deflate; client_max_window_bits", Some("")),
        ("permessage-deflate; client_max_window_bits=15", Some("; client_max_window_bits=15")),
        ("permessage-deflate; client_max_window_bits=8", Some("; client_max_window_bits=8")),
        ("permessage-deflate; client_max_window_bits=\"10\"", Some("; client_max_window_bits=10")),
        (
            "permessage-deflate; client_max_window_bits=\"1\\0\"",
            Some("; client_max_window_bits=10"),
        ),
        ("permessage-deflate; server_max_window_bits=9", Some("; server_max_window_bits=9")),
        ("permessage-deflate; server_max_window_bits=15", Some("; server_max_window_bits=15")),
        (
            "permessage-deflate ;\tSERVER_max_window_bits=12 \t; client_max_window_bits=\"\\1\\1\"",
            Some("; server_max_window_bits=12; client_max_window_bits=11"),
        ),
        ("permessage-deflate; server_no_context_takeover; client_no_context_takeover", Some("")),
        ("x-webkit-deflate-frame, permessage-deflate", Some("")),
        ("permessage-bzip2, foo; bar=\"a, b; c\",, permessage-deflate", Some("")),
        // Declined.
        ("permessage-deflate-frame", None),
        ("x-permessage-deflate", None),
        ("permessage-deflate; foo", None),
        ("permessage-deflate; foo=1", None),
        ("permessage-deflate; server_no_context_takeover=1", None),
        ("permessage-deflate; server_no_context_takeover=\"\"", None),
        ("permessage-deflate; client_no_context_takeover=true", None),
        ("permessage-deflate; server_max_window_bits", None),
        ("permessage-deflate; server_max_window_bits=\"\"", None),
        ("permessage-deflate; server_max_window_bits=7", None),
        ("permessage-deflate; server_max_window_bits=16", None),
        ("permessage-deflate; server_max_window_bits=09", None),
        ("permessage-deflate; server_max_window_bits=010", None),
        ("permessage-deflate; server_max_window_bits=\"010\"", None),
        ("permessage-deflate; server_max_window_bits=+10", None),
        ("permessage-deflate; server_max_window_bits=-10", None),
        ("permessage-deflate; server_max_window_bits=1e1", None),
        ("permessage-deflate; server_max_window_bits=0xA", None),
        ("permessage-deflate; server_max_window_bits=\" 10\"", None),
        ("permessage-deflate; server_max_window_bits=\"10;\"", None),
        ("permessage-deflate; server_max_window_bits=10000000000000000000000000000000010", None),
        ("permessage-deflate; client_max_window_bits=\"\"", None),
        ("permessage-deflate; client_max_window_bits=7", None),
        ("permessage-deflate; client_max_window_bits=16", None),
        ("permessage-deflate; client_max_window_bits=08", None),
        // zlib would make it 9.
        ("permessage-deflate; server_max_window_bits=8", None),
        // Repeated.
        ("permessage-deflate; server_no_context_takeover; server_no_context_takeover", None),
        ("permessage-deflate; client_no_context_takeover; Client_No_Context_Takeover", None),
        ("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10", None),
        ("permessage-deflate; client_max_window_bits; client_max_window_bits", None),
        ("permessage-deflate; client_max_window_bits; client_max_window_bits=10", None),
        // Empty.
        ("permessage-deflate;", None),
        ("permessage-deflate; ;", None),
        ("permessage-deflate;; server_no_context_takeover", None),
        ("permessage-deflate; server_no_context_takeover;", None),
        // One by one, and the first that can be granted.
        ("permessage-deflate; foo, permessage-deflate", Some("")),
        ("permessage-deflate; server_max_window_bits=8, permessage-deflate", Some("")),
        (
            "permessage-deflate; server_max_window_bits=10, permessage-deflate",
            Some("; server_max_window_bits=10"),
        ),
        ("permessage-deflate, permessage-deflate; server_max_window_bits=10", Some("")),
        ("permessage-deflate; server_max_window_bits=16, permessage-deflate; foo", None),
    ];
    for (offers, expected) in cases {
        let expected = expected.map(|expected| format!("{NO_CONTEXTS}{expected}"));
        assert_eq!(accept(&Terms::DEFAULT, offers), Ok(expected), "{offers}");
    }
}

#[test]
fn a_malformed_field_fails_wherever_it_is() {
    for (offers, error) in [
        ("permessage-deflate; a=\"b", ListError::UnterminatedQuote(22)),
        ("permessage-deflate, foo; =", ListError::ParameterName(5)),
        ("foo; bar=, permessage-deflate", ListError::ParameterValue(9)),
        ("permessage-deflate; server_max_window_bits = 10", ListError::ParameterName(42)),
        ("permessage-deflate; foo; server_max_window_bits=(", ListError::ParameterValue(48)),
        ("permessage-deflate; client_max_window_bits\u{a0}", ListError::ParameterName(42)),
    ] {
        assert_eq!(accept(&Terms::DEFAULT, offers), Err(error), "{offers}");
    }
}

#[test]
fn contexts_are_kept_where_both_ends_want_them() {
    let terms = Terms { server_context: true, client_context: true, ..Terms::DEFAULT };
    for (offer, answer) in [
        ("", ""),
        ("; server_no_context_takeover", "; server_no_context_takeover"),
        ("; client_no_context_takeover", "; client_no_context_takeover"),
        (NO_CONTEXTS, NO_CONTEXTS),
    ] {
        let offer = format!("permessage-deflate{offer}");
        assert_eq!(accept(&terms, &offer), Ok(Some(answer.into())), "{offer}");
    }
    let terms = Terms { client_context: false, ..terms };
    assert_eq!(
        accept(&terms, "permessage-deflate"),
        Ok(Some("; client_no_context_takeover".into()))
    );
}

#[test]
fn a_server_limits_windows_where_it_may() {
    let terms = Terms { server_window: window(11), client_window: window(10), ..Terms::DEFAULT };
    for (offer, answer) in [
        // Its own it may limit unasked; the client's if that has offered it.
        ("", None),
        ("; server_max_window_bits=10", None),
        (
            "; client_max_window_bits",
            Some("; server_max_window_bits=11; client_max_window_bits=10"),
        ),
        (
            "; client_max_window_bits=9",
            Some("; server_max_window_bits=11; client_max_window_bits=9"),
        ),
        (
            "; client_max_window_bits=12",
            Some("; server_max_window_bits=11; client_max_window_bits=10"),
        ),
        (
            "; client_max_window_bits; server_max_window_bits=10",
            Some("; server_max_window_bits=10; client_max_window_bits=10"),
        ),
        (
            "; client_max_window_bits; server_max_window_bits=12",
            Some("; server_max_window_bits=11; client_max_window_bits=10"),
        ),
        ("; client_max_window_bits; server_max_window_bits=8", None),
    ] {
        let answer = answer.map(|answer| format!("{NO_CONTEXTS}{answer}"));
        assert_eq!(accept(&terms, &format!("permessage-deflate{offer}")), Ok(answer), "{offer}");
    }
    let none = Terms { server_window: WindowBits::MIN, ..Terms::DEFAULT };
    assert_eq!(accept(&none, "permessage-deflate"), Ok(None));
    let able = Terms { least: WindowBits::MIN, ..none };
    let answer = format!("{NO_CONTEXTS}; server_max_window_bits=8");
    assert_eq!(accept(&able, "permessage-deflate"), Ok(Some(answer)));
}

#[test]
fn answers_that_are_none() {
    let wide = Terms { server_context: true, client_context: true, ..Terms::DEFAULT };
    let narrow = Terms { server_window: window(12), client_window: window(11), ..wide };
    let ours = format!("permessage-deflate{NO_CONTEXTS}");
    for (terms, answer, error) in [
        (wide, "foo", AnswerError::NotOffered),
        (wide, "permessage-deflate, foo", AnswerError::NotOffered),
        (wide, "permessage-deflate, permessage-deflate", AnswerError::Repeated),
        (wide, "permessage-deflate; foo", AnswerError::Parameter),
        (wide, "permessage-deflate;", AnswerError::Parameter),
        (wide, "permessage-deflate; client_max_window_bits", AnswerError::Parameter),
        (wide, "permessage-deflate; server_max_window_bits", AnswerError::Parameter),
        (wide, "permessage-deflate; server_max_window_bits=16", AnswerError::Parameter),
        (wide, "permessage-deflate; client_max_window_bits=8", AnswerError::ClientWindow),
        (narrow, "permessage-deflate", AnswerError::ServerWindow),
        (narrow, "permessage-deflate; server_max_window_bits=13", AnswerError::ServerWindow),
        (
            narrow,
            "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12",
            AnswerError::ClientWindow,
        ),
        (Terms::DEFAULT, "permessage-deflate", AnswerError::ServerContext),
        (
            Terms::DEFAULT,
            "permessage-deflate; client_no_context_takeover",
            AnswerError::ServerContext,
        ),
        (
            wide,
            "permessage-deflate; a=\"",
            AnswerError::Malformed(ListError::UnterminatedQuote(22)),
        ),
        (Terms::DEFAULT, &format!("{ours}, {ours}"), AnswerError::Repeated),
    ] {
        assert_eq!(check(&terms, answer), Err(error), "{answer}");
    }
}

#[test]
fn what_answers_mean() {
    let wide = Terms { server_context: true, client_context: true, ..Terms::DEFAULT };
    let narrow = Terms { server_window: window(12), client_window: window(11), ..Terms::DEFAULT };
    for (terms, answer, server_context, client_context, server, client) in [
        (wide, "", true, true, 15, 15),
        (wide, "; server_no_context_takeover", false, true, 15, 15),
        (wide, "; client_no_context_takeover", true, false, 15, 15),
        (wide, "; server_max_window_bits=8; client_max_window_bits=9", true, true, 8, 9),
        (Terms::DEFAULT, "; server_no_context_takeover", false, false, 15, 15),
        // What the client has said about itself need not be confirmed.
        (narrow, "; server_no_context_takeover; server_max_window_bits=12", false, false, 12, 11),
        (
            narrow,
            "; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=\"10\"",
            false,
            false,
            9,
            10,
        ),
    ] {
        let agreed = check(&terms, &format!("permessage-deflate{answer}")).unwrap().unwrap();
        assert_eq!(
            (agreed.server_context(), agreed.client_context()),
            (server_context, client_context),
            "{answer}"
        );
        assert_eq!(
            (agreed.server_window().get(), agreed.client_window().get()),
            (server, client),
            "{answer}"
        );
    }
    assert_eq!(check(&wide, ""), Ok(None));
}

/// All terms that there are, but for the least window.
fn all_terms() -> impl Iterator<Item = Terms> {
    (0..256_u16).map(|index| Terms {
        server_context: index & 1 != 0,
        client_context: index & 2 != 0,
        server_window: window(8 + (index >> 2 & 7) as u8),
        client_window: window(8 + (index >> 5) as u8),
        ..Terms::DEFAULT
    })
}

#[test]
fn both_ends_agree_on_the_same_within_the_terms_of_both() {
    let mut agreements = 0;
    for client in all_terms().filter(|terms| terms.client_window >= terms.least) {
        let offer = client.offer().to_string();
        for server in all_terms() {
            let Some(agreed) = server.accept([Ok(offer.as_bytes())]).unwrap() else {
                let server_window = server.server_window.min(client.server_window);
                assert!(server_window < server.least, "{offer} by {server:?}");
                continue;
            };
            let answer = agreed.to_string();
            let checked = client.check(list::elements(answer.as_bytes()));
            if server.client_window < client.least {
                assert_eq!(checked, Err(AnswerError::ClientWindow), "{answer}");
                continue;
            }
            let checked = checked.unwrap().unwrap();
            assert_eq!(checked.server_window(), agreed.server_window());
            assert_eq!(checked.client_window(), agreed.client_window());
            assert_eq!(checked.server_context(), agreed.server_context());
            assert_eq!(checked.client_context(), agreed.client_context());
            for terms in [client, server] {
                assert!(agreed.server_window() <= terms.server_window);
                assert!(agreed.client_window() <= terms.client_window);
                assert!(agreed.server_context() <= terms.server_context);
                assert!(agreed.client_context() <= terms.client_context);
            }
            agreements += 1;
        }
    }
    assert_eq!(agreements, 4 * 49 * 4 * 49);
}
