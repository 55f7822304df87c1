//! Lists and parameters: examples, and a slow splitter as oracle.

use super::*;
use proptest::prelude::*;
use std::vec::Vec;

fn all(value: &[u8]) -> Result<Vec<&[u8]>, ListError> {
    elements(value).collect()
}

type Pair<'b> = (&'b [u8], Option<&'b [u8]>);

fn pairs(element: &[u8]) -> Result<(&[u8], Vec<Pair<'_>>), ListError> {
    let (before, parameters) = parameters(element);
    let pairs: Result<Vec<_>, _> =
        parameters.map(|item| item.map(|parameter| (parameter.name, parameter.raw))).collect();
    pairs.map(|pairs| (before, pairs))
}

#[test]
fn elements_without_white_space_and_without_empty_ones() {
    for none in ["", " ", ",", " ,\t, ", ",,,,"] {
        assert_eq!(all(none.as_bytes()), Ok(Vec::new()), "{none:?}");
    }
    assert_eq!(all(b"a"), Ok(std::vec![&b"a"[..]]));
    assert_eq!(all(b",a b ,\t\xE9,"), Ok(std::vec![&b"a b"[..], b"\xE9"]));
    assert_eq!(all(b"\x85a\xA0"), Ok(std::vec![&b"\x85a\xA0"[..]]));
}

#[test]
fn quoted_commas_do_not_split() {
    assert_eq!(all(br#"W/"a,b", "c""#), Ok(std::vec![&br#"W/"a,b""#[..], br#""c""#]));
    assert_eq!(all(br#""\",", b"#), Ok(std::vec![&br#""\",""#[..], b"b"]));
    assert_eq!(all(br#""\\",b"#), Ok(std::vec![&br#""\\""#[..], b"b"]));
    assert_eq!(all(br#""""#), Ok(std::vec![&br#""""#[..]]));
}

#[test]
fn a_quote_that_does_not_end_is_an_error_at_its_start() {
    for (text, offset) in [("\"", 0), ("a,\"", 2), (r#""a\"#, 0), (r#""a\""#, 0), (r#""a","b"#, 4)]
    {
        assert_eq!(all(text.as_bytes()), Err(ListError::UnterminatedQuote(offset)), "{text}");
    }
    let mut items = elements(b"a, \"b");
    assert_eq!(items.by_ref().count(), 2);
    assert_eq!(items.next(), None);
    let text = std::format!("{}", ListError::UnterminatedQuote(7));
    assert_eq!(text, "a quoted string that does not end, at octet 7");
}

#[test]
fn parameters_behind_what_they_belong_to() {
    assert_eq!(pairs(b"gzip"), Ok((&b"gzip"[..], Vec::new())));
    assert_eq!(pairs(b""), Ok((&b""[..], Vec::new())));
    assert_eq!(
        pairs(b"text/html ;\tcharset=utf-8;; q=\"0;5\" ;flag;"),
        Ok((
            &b"text/html"[..],
            std::vec![
                (&b"charset"[..], Some(&b"utf-8"[..])),
                (b"q", Some(b"\"0;5\"")),
                (b"flag", None)
            ]
        ))
    );
    assert_eq!(pairs(b"; a=b"), Ok((&b""[..], std::vec![(&b"a"[..], Some(&b"b"[..]))])));
}

#[test]
fn malformed_parameters() {
    use ListError::*;
    for (text, error) in [
        ("x;=b", ParameterName(2)),
        ("x; [=b", ParameterName(3)),
        ("x;a =b", ParameterName(3)),
        ("x;a= b", ParameterValue(4)),
        ("x;a=", ParameterValue(4)),
        ("x;a=b c", ParameterValue(5)),
        ("x;a=b=c", ParameterValue(5)),
        ("x;\ta=\"b\"c", ParameterValue(8)),
        ("x;a=\"b", UnterminatedQuote(4)),
        ("x;a=\"b\\\"", UnterminatedQuote(4)),
        ("\"x;a=b", UnterminatedQuote(0)),
        ("x;a=\u{e9}", ParameterValue(4)),
    ] {
        assert_eq!(pairs(text.as_bytes()), Err(error), "{text}");
        let (_, mut parameters) = parameters(text.as_bytes());
        assert!(parameters.any(|item| item.is_err()));
        assert_eq!(parameters.next(), None, "{text}");
    }
}

#[test]
fn values_are_unquoted() {
    let value = |text: &'static [u8], room: usize| {
        let mut buffer = std::vec![0; room];
        let parameter = Parameter::parse(text).unwrap();
        parameter.value(&mut buffer).map(<[u8]>::to_vec)
    };
    assert_eq!(value(b"a=b", 0).unwrap(), b"b");
    assert_eq!(value(b"a", 0).unwrap(), b"");
    assert_eq!(value(b"a=\"\"", 0).unwrap(), b"");
    assert_eq!(value(b"a=\"b c\"", 0).unwrap(), b"b c");
    assert_eq!(value(br#"a="\b\"\\""#, 3).unwrap(), br#"b"\"#);
    assert_eq!(value(br#"a="\b\"\\""#, 2), None);
}

/// The elements, or where an open quote begins, found an octet at a time.
fn slowly(value: &[u8], separator: u8) -> Result<Vec<Vec<u8>>, ListError> {
    let mut parts = std::vec![Vec::new()];
    let (mut quote, mut escaped) = (None, false);
    for (index, &octet) in value.iter().enumerate() {
        match (quote, octet) {
            (None, octet) if octet == separator => {
                parts.push(Vec::new());
                continue;
            }
            (None, b'"') => quote = Some(index),
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(_), b'"') => quote = None,
            _ => {}
        }
        parts.last_mut().unwrap().push(octet);
    }
    match quote {
        Some(at) => Err(ListError::UnterminatedQuote(at)),
        None => Ok(parts.iter().map(|part| trim(part).to_vec()).collect()),
    }
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![
        Just(b','),
        Just(b';'),
        Just(b'"'),
        Just(b'\\'),
        Just(b' '),
        Just(b'='),
        Just(b'a'),
        any::<u8>()
    ];
    proptest::collection::vec(octet, 0..30)
}

proptest! {
    #[test]
    fn elements_are_those_of_the_slow_splitter(value in text()) {
        let expected = slowly(&value, b',').map(|mut parts| {
            parts.retain(|part| !part.is_empty());
            parts
        });
        let found = all(&value).map(|found| found.iter().map(|part| part.to_vec()).collect());
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn parameters_split_as_the_slow_splitter_does(element in text()) {
        let found = pairs(&element);
        match slowly(&element, b';') {
            // Some parameter before it may be malformed as well.
            Err(_) => prop_assert!(found.is_err()),
            Ok(parts) => {
                let (before, rest) = parameters(&element);
                prop_assert_eq!(before, &parts[0][..]);
                let expected: Result<Vec<_>, ()> = parts[1..]
                    .iter()
                    .filter(|part| !part.is_empty())
                    .map(|part| Parameter::parse(part).map_err(|_| ()))
                    .collect();
                let found: Result<Vec<_>, ()> = rest.map(|item| item.map_err(|_| ())).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn what_is_quoted_comes_back(value in proptest::collection::vec(any::<u8>(), 0..20)) {
        let mut quoted = b"x; name=\"".to_vec();
        for &octet in &value {
            if matches!(octet, b'"' | b'\\') {
                quoted.push(b'\\');
            }
            quoted.push(octet);
        }
        quoted.extend_from_slice(b"\";flag , y");
        let mut elements = elements(&quoted);
        let (before, mut parameters) = parameters(elements.next().unwrap().unwrap());
        prop_assert_eq!(before, b"x");
        let mut buffer = [0; 64];
        let parameter = parameters.next().unwrap().unwrap();
        prop_assert_eq!(parameter.value(&mut buffer), Some(&value[..]));
        prop_assert_eq!(parameters.next().unwrap().unwrap().raw, None);
        prop_assert_eq!(elements.next(), Some(Ok(&b"y"[..])));
    }
}

#[test]
fn white_space_is_sp_and_htab_at_the_ends() {
    for (octets, trimmed) in [
        (&b""[..], &b""[..]),
        (b" \t ", b""),
        (b"a", b"a"),
        (b"\t a \tb ", b"a \tb"),
        (b"\xE2\x80\x80a\xC2\xA0", b"\xE2\x80\x80a\xC2\xA0"),
        (b"\x0Ba\x0C", b"\x0Ba\x0C"),
        (b"\xA0a\x85", b"\xA0a\x85"),
    ] {
        assert_eq!(trim(octets), trimmed, "{}", octets.escape_ascii());
    }
}
