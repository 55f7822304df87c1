//! Heads made to hurt: odd lines, every combination of leniencies, limits at
//! their edges, slots that run out, cuts anywhere. Whatever comes of a message
//! must come of it at every level, at every cut, from both kinds of slots and
//! without any, and must not change when more octets arrive.

use proptest::prelude::*;
use rajada_parser::pull::{Part, Pull};
use rajada_parser::{
    BorrowedPositions, Config, Error, ErrorKind, FieldPosition, Fields, Leniency, Level, Limits,
    Positions, Resume, Slots, Status,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Request,
    Response,
    Trailers,
}

/// The parts of a head, and its octets; `None` if more are needed.
type Outcome = Result<Option<(Vec<Vec<u8>>, usize)>, Error>;

fn with_fields(mut parts: Vec<Vec<u8>>, fields: Fields<'_, '_>) -> Vec<Vec<u8>> {
    parts.extend(fields.iter().flat_map(|field| [field.name.to_vec(), field.value.to_vec()]));
    parts
}

fn step<S: Slots>(
    config: &Config,
    kind: Kind,
    octets: &[u8],
    at: &mut Resume,
    slots: &mut S,
) -> Outcome {
    // An exact copy, so that AddressSanitizer sees any read outside of it.
    let octets: Box<[u8]> = octets.into();
    match kind {
        Kind::Request => Ok(match config.parse_request(&octets, at, slots)? {
            Status::Complete(head, taken) => {
                assert_eq!(head.octets(), &octets[..taken]);
                let version = format!("{:?}", head.version()).into_bytes();
                let parts = vec![head.method().to_vec(), head.target().to_vec(), version];
                Some((with_fields(parts, head.fields()), taken))
            }
            Status::Partial => None,
        }),
        Kind::Response => Ok(match config.parse_response(&octets, at, slots)? {
            Status::Complete(head, taken) => {
                assert_eq!(head.octets(), &octets[..taken]);
                let line = format!("{} {:?}", head.code(), head.version()).into_bytes();
                let parts = vec![line, head.reason().to_vec()];
                Some((with_fields(parts, head.fields()), taken))
            }
            Status::Partial => None,
        }),
        Kind::Trailers => Ok(match config.parse_trailers(&octets, at, slots)? {
            Status::Complete(fields, taken) => Some((with_fields(Vec::new(), fields), taken)),
            Status::Partial => None,
        }),
    }
}

fn in_pieces<S: Slots>(
    config: &Config,
    kind: Kind,
    octets: &[u8],
    ends: &[usize],
    slots: &mut S,
) -> Outcome {
    let mut at = Resume::new();
    for &end in ends {
        match step(config, kind, &octets[..end], &mut at, slots) {
            Ok(None) => {}
            decided => return decided,
        }
    }
    step(config, kind, octets, &mut at, slots)
}

fn pulled(config: &Config, kind: Kind, octets: &[u8], ends: &[usize]) -> Outcome {
    let mut pull = match kind {
        Kind::Request => Pull::request(),
        Kind::Response => Pull::response(),
        Kind::Trailers => Pull::trailers(),
    };
    let mut parts = Vec::new();
    for &end in ends.iter().chain([&octets.len()]) {
        let octets: Box<[u8]> = octets[..end].into();
        loop {
            match pull.next(config, &octets)? {
                Part::RequestLine(line) => {
                    let version = format!("{:?}", line.version).into_bytes();
                    parts.extend([line.method.to_vec(), line.target.to_vec(), version]);
                }
                Part::StatusLine(line) => {
                    let text = format!("{} {:?}", line.code, line.version).into_bytes();
                    parts.extend([text, line.reason.to_vec()]);
                }
                Part::Field(field) => parts.extend([field.name.to_vec(), field.value.to_vec()]),
                Part::End(taken) => return Ok(Some((parts, taken))),
                _ => break,
            }
        }
    }
    Ok(None)
}

/// Asserts that nothing changes the outcome, with room for `N` fields.
fn check<const N: usize>(config: Config, kind: Kind, octets: &[u8], cuts: &[usize]) {
    let text = octets.escape_ascii();
    let at_scalar = config.at_most(Level::Scalar);
    // Slots in use again, and slots with other positions in them.
    let mut slots = Positions::<N>::new();
    let expected = in_pieces(&at_scalar, kind, octets, &[], &mut slots);
    let mut storage = [FieldPosition { name_end: 7, value_end: u32::MAX, ..Default::default() }; N];
    let every: Vec<usize> = (0..octets.len()).collect();
    for level in Level::ALL.into_iter().filter(|level| level.is_here()) {
        let config = config.at_most(level);
        for ends in [&[][..], cuts, &every] {
            let found = in_pieces(&config, kind, octets, ends, &mut slots);
            assert_eq!(found, expected, "{level}, ends {ends:?}: {text}");
            let mut slots = BorrowedPositions::new(&mut storage);
            let found = in_pieces(&config, kind, octets, ends, &mut slots);
            assert_eq!(found, expected, "{level}, borrowed, ends {ends:?}: {text}");
        }
        if !matches!(&expected, Err(error) if error.kind() == ErrorKind::TooManyFields) {
            for ends in [&[][..], cuts] {
                let found = pulled(&config, kind, octets, ends);
                assert_eq!(found, expected, "{level}, pulled, ends {ends:?}: {text}");
            }
        }
    }
    // What is decided stays decided.
    for end in 0..octets.len() {
        match in_pieces(&at_scalar, kind, &octets[..end], &[], &mut slots) {
            Ok(None) => {}
            decided => assert_eq!(decided, expected, "by {end} octets of {text}"),
        }
    }
    // An offence lies within what was looked at, or is the first octet beyond.
    if let Err(error) = &expected {
        assert!(error.offset() < octets.len().max(1), "{error} in {text}");
    }
}

fn limit() -> impl Strategy<Value = u32> {
    prop_oneof![
        8 => Just(u32::MAX),
        1 => Just(0),
        1 => Just(1),
        1 => Just(u32::MAX - 1),
        3 => 2u32..140,
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    (limit(), limit(), limit(), limit(), limit()).prop_map(
        |(method, request_line, head, fields, trailers)| Limits {
            method,
            request_line,
            head,
            fields,
            trailers,
            ..Limits::NONE
        },
    )
}

fn leniency() -> impl Strategy<Value = Leniency> {
    prop_oneof![
        Just(Leniency::NONE),
        any::<[bool; 7]>().prop_map(|on| Leniency {
            bare_lf: on[0],
            empty_lines: on[1],
            target_octets: on[2],
            spaces: on[3],
            any_code: on[4],
            obs_fold: on[5],
            space_before_colon: on[6],
        }),
    ]
}

/// One of `snippets`, or one octet, or many of the same.
fn octets(snippets: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let one = prop_oneof![
        12 => proptest::sample::select(snippets).prop_map(|text| text.as_bytes().to_vec()),
        1 => any::<u8>().prop_map(|octet| vec![octet]),
        1 => proptest::sample::select(&b"\r\n :\t\0\x7F\x80#?,=aA1"[..]).prop_map(|octet| vec![octet]),
        1 => (proptest::sample::select(&b"aX /- \t\r\n\x80"[..]), 0usize..70)
            .prop_map(|(octet, count)| vec![octet; count]),
    ];
    proptest::collection::vec(one, 0..7).prop_map(|parts| parts.concat())
}

const STARTS: &[&str] = &[
    "GET / HTTP/1.1\r\n",
    "GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa HTTP/1.0\r\n",
    "\r\nPOST /a?b HTTP/1.9\r\n",
    "\r\n",
    "\n",
    "GET ",
    "/",
    "  ",
    " HTTP/1.1\r\n",
    " HTTP/1.1\n",
    " HTTP/2.0\r\n",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.0 404\r\n",
    "HTTP/1.1  200  OK\n",
    "HTTP/3.1 999 \r\n",
    "HTTP/1.",
    "",
];

const LINES: &[&str] = &[
    "Host: a\r\n",
    "A:\r\n",
    "A: \r\n",
    "B:b\n",
    "C: c \t\r\n",
    " folded\r\n",
    "\t\r\n",
    " \n",
    "D : d\r\n",
    "D \t:\r\n",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "X-Long-Name-That-Is-Longer-Than-A-Half-Of-Sixty-Four-Octets: v\r\n",
    "V: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
    "\r\n",
    "\n",
    "\r",
    ":",
    "nocolon\r\n",
    "\r\n\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]
    #[test]
    fn nothing_changes_what_comes_of_a_message(
        start in octets(STARTS),
        lines in octets(LINES),
        end in prop_oneof![Just(""), Just("\r\n"), Just("\n"), Just("\r\n\r\nGET / HTTP/1.1\r\n")],
        kind in proptest::sample::select(&[Kind::Request, Kind::Response, Kind::Trailers][..]),
        limits in prop_oneof![Just(Limits::DEFAULT), limits()],
        leniency in leniency(),
        room in 0usize..4,
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let mut message = if kind == Kind::Trailers { Vec::new() } else { start };
        message.extend_from_slice(&lines);
        message.extend_from_slice(end.as_bytes());
        let mut cuts: Vec<usize> =
            cuts.iter().map(|cut| cut.index(message.len() + 1)).collect();
        cuts.sort_unstable();
        let config = Config::STRICT.with_limits(limits).with_leniency(leniency);
        match room {
            0 => check::<0>(config, kind, &message, &cuts),
            1 => check::<1>(config, kind, &message, &cuts),
            2 => check::<3>(config, kind, &message, &cuts),
            _ => check::<32>(config, kind, &message, &cuts),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]
    /// A resume and slots are hints: given with other octets, kinds of heads,
    /// configurations and slots than before, they may give nonsense, in bounds.
    #[test]
    fn mixed_up_hints_do_no_harm(
        calls in proptest::collection::vec(
            (
                proptest::sample::select(&[Kind::Request, Kind::Response, Kind::Trailers][..]),
                octets(STARTS),
                octets(LINES),
                limits(),
                leniency(),
                proptest::sample::select(&Level::ALL[..]),
                0u8..8,
            ),
            1..6,
        ),
    ) {
        let mut at = Resume::new();
        let (mut slots, mut others) = (Positions::<4>::new(), Positions::<4>::new());
        let mut storage = [FieldPosition { value_end: 9, ..Default::default() }; 3];
        let mut pull = Pull::request();
        for (kind, start, lines, limits, leniency, level, what) in calls {
            let octets = [start, lines].concat();
            let config = Config::STRICT.with_limits(limits).with_leniency(leniency).at_most(level);
            if what & 1 == 1 {
                std::mem::swap(&mut slots, &mut others);
            }
            let _ = match what >> 1 {
                0 => {
                    let mut slots = BorrowedPositions::new(&mut storage);
                    step(&config, kind, &octets, &mut at, &mut slots)
                }
                1 => {
                    slots = Positions::new();
                    step(&config, kind, &octets, &mut at, &mut slots)
                }
                _ => step(&config, kind, &octets, &mut at, &mut slots),
            };
            let _ = pull.next(&config, &octets);
        }
    }
}

/// `RAJADA_CASES` asks for more than a test run should take.
fn cases() -> u32 {
    std::env::var("RAJADA_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(512)
}
