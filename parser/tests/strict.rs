//! What the documentation of `Config::STRICT` says that it takes and refuses, it takes and refuses.

use rajada_parser::{Config, Error, Positions, Resume, Status};
use rajada_testkit::unescape;

/// The documentation, as it is written.
fn documentation() -> Vec<&'static str> {
    let text = include_str!("../src/config.rs");
    let (before, _) = text.split_once("    pub const STRICT: Config").expect("its definition");
    let lines = before.lines().rev().map_while(|line| line.trim_start().strip_prefix("///"));
    let mut lines: Vec<_> = lines.map(|line| line.trim_start_matches(' ')).collect();
    lines.reverse();
    lines
}

/// What is wrong with the octets; they are complete.
fn error(octets: &[u8]) -> Option<Error> {
    let (mut at, mut slots) = (Resume::new(), Positions::<16>::new());
    let framed = if octets.starts_with(b"HTTP/") {
        let head = Config::STRICT.parse_response(octets, &mut at, &mut slots).map(Status::complete);
        head.map(|head| head.map(|(head, taken)| (head.framing(b"GET"), taken)))
    } else {
        let head = Config::STRICT.parse_request(octets, &mut at, &mut slots).map(Status::complete);
        head.map(|head| head.map(|(head, taken)| (head.framing(), taken)))
    };
    match framed {
        Ok(Some((framing, taken))) => {
            assert_eq!(taken, octets.len());
            framing.err()
        }
        Ok(None) => panic!("incomplete: {}", octets.escape_ascii()),
        Err(error) => Some(error),
    }
}

#[test]
fn it_takes_and_refuses_what_its_documentation_says() {
    let lines = documentation();
    let examples = |what: &str| -> Vec<Vec<u8>> {
        let lines = lines.iter().filter_map(|line| line.strip_prefix(what)?.strip_suffix('`'));
        lines.map(|text| unescape(text).expect(text)).collect()
    };
    let (takes, refuses) = (examples("Takes: `"), examples("Refuses: `"));
    for octets in &takes {
        assert_eq!(error(octets), None, "{}", octets.escape_ascii());
    }
    for octets in &refuses {
        assert!(error(octets).is_some(), "{}", octets.escape_ascii());
    }
    // One for each item.
    let items = lines.iter().filter(|line| line.starts_with("- ")).count();
    assert_eq!(takes.len() + refuses.len(), items);
    assert!(items >= 12, "{items}");
}

/// `pchar`, `/` and `?` of RFC 3986 section 3.3: what paths and queries are made of, percent-encodings
/// aside.
fn is_of_the_grammar(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&octet)
}

#[test]
fn targets_hold_what_the_documentation_says_beyond_the_grammar() {
    let text = documentation().join(" ");
    let start = text.find("the octets `").expect("the list") + "the octets ".len();
    let end = text.find(", and a `%`").expect("the end of the list");
    // Each stands between backticks, and the backtick itself between two of two.
    let list = text[start..end].replace("`` ` ``", "grave").replace('`', "").replace("grave", "`");
    let mut documented = list.replace(" and ", ",").replace([',', ' '], "").into_bytes();
    documented.sort_unstable();
    for place in ["/", "/?", "http://a/", "http://a/?b="] {
        let taken = |octets: &[u8]| {
            let parts = [b"GET ", place.as_bytes(), octets, b" HTTP/1.1\r\nHost: a\r\n\r\n"];
            error(&parts.concat()).is_none()
        };
        // A space ends the target.
        let octets = (0..=255_u8).filter(|octet| !matches!(octet, b' ' | b'%'));
        let beyond: Vec<u8> =
            octets.filter(|octet| taken(&[*octet]) && !is_of_the_grammar(*octet)).collect();
        assert_eq!(beyond, documented, "behind {place}");
        for percent in [&b"%"[..], b"%4", b"%zz", b"%%41", b"%4g"] {
            assert!(taken(percent), "behind {place}: {}", percent.escape_ascii());
        }
        for octet in (0..=255).filter(|octet| is_of_the_grammar(*octet)) {
            assert!(taken(&[octet]), "behind {place}: {octet}");
        }
    }
    // Not in an authority.
    for octet in documented {
        let target = [b"GET http://a", &[octet][..], b"/ HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
        assert!(error(&target).is_some(), "{}", target.escape_ascii());
    }
}
