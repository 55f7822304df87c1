//! Targets taken apart, and percent-decoding.

use super::*;
use proptest::prelude::*;
use std::vec::Vec;

#[test]
fn paths_and_queries() {
    let parts = |method: &str, target: &'static str| {
        let target = Target::of(method.as_bytes(), target.as_bytes()).unwrap();
        (target.form, target.path, target.query)
    };
    assert_eq!(parts("GET", "/"), (Form::Origin, &b"/"[..], None));
    assert_eq!(parts("GET", "/?"), (Form::Origin, &b"/"[..], Some(&b""[..])));
    assert_eq!(parts("GET", "//a?b?c"), (Form::Origin, &b"//a"[..], Some(&b"b?c"[..])));
    assert_eq!(parts("GET", "http://a?b"), (Form::Absolute, &b"/"[..], Some(&b"b"[..])));
    assert_eq!(parts("OPTIONS", "http://a"), (Form::Absolute, &b"*"[..], None));
    assert_eq!(parts("OPTIONS", "http://a/"), (Form::Absolute, &b"/"[..], None));
    assert_eq!(parts("OPTIONS", "*"), (Form::Asterisk, &b"*"[..], None));
    assert_eq!(parts("CONNECT", "a:1"), (Form::Authority, &b""[..], None));
    assert_eq!(Target::of(b"GET", b""), None);
}

#[test]
fn bad_percent_encodings_have_a_position() {
    for (text, offset) in [("%", 0), ("a%", 1), ("a%2", 1), ("%zz", 0), ("%20%2g", 3), ("%%20", 0)]
    {
        let mut octets = text.as_bytes().to_vec();
        assert_eq!(percent_decode_in_place(&mut octets).unwrap_err().offset, offset);
        assert_eq!(octets, text.as_bytes(), "nothing has changed");
    }
    assert_eq!(percent_decode(b"%C3%a9%00+", &mut [0; 10]), Some(Ok(&b"\xC3\xA9\0+"[..])));
    assert_eq!(percent_decode(b"%2525", &mut [0; 8]), Some(Ok(&b"%25"[..])), "decoded once");
}

proptest! {
    #[test]
    fn decoding_undoes_encoding(octets in proptest::collection::vec(any::<u8>(), 0..60)) {
        let encoded: Vec<u8> = octets
            .iter()
            .flat_map(|octet| match octet {
                b'a'..=b'z' => std::vec![*octet],
                _ => std::format!("%{octet:02X}").into_bytes(),
            })
            .collect();
        let mut buffer = std::vec![0; encoded.len()];
        prop_assert_eq!(percent_decode(&encoded, &mut buffer), Some(Ok(&octets[..])));
    }

    #[test]
    fn pairs_join_back(pairs in proptest::collection::vec(("[a-z]{1,5}", "[a-z=]{0,5}"), 0..8)) {
        let text: Vec<_> = pairs.iter().map(|(n, v)| std::format!("{n}={v}")).collect();
        let query = text.join("&");
        let found: Vec<_> = Query::new(query.as_bytes()).map(|p| (p.name, p.value)).collect();
        prop_assert!(found.iter().copied().eq(pairs.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes()))));
    }
}
