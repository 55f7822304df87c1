//! What the documentation of `Config::STRICT` and of the crate says that is taken and refused, is taken
//! and refused.

use std::collections::BTreeSet;

use rajada_parser::{Config, Error, ErrorKind, Leniency, Positions, Resume, Status};
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

/// The octets of each line that begins so.
fn examples(what: &str) -> Vec<Vec<u8>> {
    let lines = documentation();
    let lines = lines.iter().filter_map(|line| line.strip_prefix(what)?.strip_suffix('`'));
    lines.map(|text| unescape(text).expect(text)).collect()
}

/// A row of the crate's table of where it is not what the RFCs say.
struct Deviation {
    here: &'static str,
    octets: Vec<u8>,
    switch: &'static str,
}

fn deviations() -> Vec<Deviation> {
    let text = include_str!("../src/lib.rs");
    let (_, table) = text.split_once("//! | section | there |").expect("the table");
    let rows =
        table.lines().skip(2).map_while(|line| line.strip_prefix("//! | ")?.strip_suffix(" |"));
    rows.map(|row| match row.split(" | ").collect::<Vec<_>>()[..] {
        [_, _, here, example, switch] => {
            let octets = unescape(example.trim_matches('`')).expect(example);
            Deviation { here, octets, switch }
        }
        _ => panic!("five columns: {row}"),
    })
    .collect()
}

fn switched_on(switch: &str) -> Option<Leniency> {
    let none = Leniency::NONE;
    Some(match switch.split('`').nth(1).filter(|_| switch.starts_with('`'))? {
        "bare_lf" => Leniency { bare_lf: true, ..none },
        "empty_lines" => Leniency { empty_lines: true, ..none },
        "spaces" => Leniency { spaces: true, ..none },
        "any_code" => Leniency { any_code: true, ..none },
        "space_before_colon" => Leniency { space_before_colon: true, ..none },
        "obs_fold" => Leniency { obs_fold: true, ..none },
        other => panic!("no switch: {other}"),
    })
}

fn error(octets: &[u8]) -> Option<Error> {
    error_by(Config::STRICT, octets)
}

/// What is wrong with the octets; they are complete.
fn error_by(config: Config, octets: &[u8]) -> Option<Error> {
    let (mut at, mut slots) = (Resume::new(), Positions::<16>::new());
    // A field line without a start line before it is of a trailer section.
    let line = octets.split(|octet| *octet == b'\r').next().unwrap_or_default();
    if line.contains(&b':') && !line.contains(&b'/') {
        return config.parse_trailers(octets, &mut at, &mut slots).err();
    }
    let framed = if octets.starts_with(b"HTTP/") {
        let head = config.parse_response(octets, &mut at, &mut slots).map(Status::complete);
        head.map(|head| head.map(|(head, taken)| (head.framing(b"GET"), taken)))
    } else {
        let head = config.parse_request(octets, &mut at, &mut slots).map(Status::complete);
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

#[test]
fn each_deviation_is_one_and_has_a_switch_or_says_why_not() {
    let deviations = deviations();
    assert!(deviations.len() > 15, "only {} rows were found", deviations.len());
    for Deviation { here, octets, switch } in &deviations {
        let found = error(octets).map(|error| error.kind());
        let shown = octets.escape_ascii();
        // The first kind that the row names is that of the example.
        let named = here.split('`').skip(1).step_by(2).find_map(|word| {
            ErrorKind::ALL.iter().find(|kind| format!("{kind:?}") == word).copied()
        });
        assert_eq!(found, named, "{shown}");
        match switched_on(switch) {
            Some(leniency) => {
                assert!(found.is_some(), "{shown}");
                assert_eq!(
                    error_by(Config::STRICT.with_leniency(leniency), octets),
                    None,
                    "{shown}"
                );
            }
            None => {
                let reason = switch.strip_prefix("none: ").expect(switch);
                assert!(reason.split(' ').count() >= 3, "{shown}");
            }
        }
        let client = error_by(Config::CLIENT_RESPONSE, octets).is_none();
        if switch.contains("CLIENT_RESPONSE") {
            assert!(client, "{shown}");
        } else {
            assert_eq!(client, found.is_none(), "{shown}");
        }
    }
    // All that the configuration's documentation says that is refused is explained there.
    let explained: BTreeSet<_> = deviations.into_iter().map(|deviation| deviation.octets).collect();
    for octets in examples("Refuses: `") {
        assert!(explained.contains(&octets), "{}", octets.escape_ascii());
    }
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
