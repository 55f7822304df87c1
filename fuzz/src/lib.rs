//! What the fuzz targets share: a parse's outcome as a value that can be compared, and parsing from exact copies, so that AddressSanitizer
//! sees each octet that is read beyond the end.

pub mod compose;
pub mod reference;

use std::ops::ControlFlow;

use rajada_parser::{
    Config, Error, Fields, Framing, Leniency, Limits, Positions, Request, Resume, Status, Version,
};

/// Room for the fields of a head. Fewer than the default limit allows, so that this bound is reached as well.
const SLOTS: usize = 24;

/// What is parsed.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// The head of a request.
    Request,
    /// The head of a response.
    Response,
    /// A trailer section.
    Trailers,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 3] = [Kind::Request, Kind::Response, Kind::Trailers];
}

/// What came of a parse. Equal errors have equal kind, offset and status.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What is parsed is incomplete.
    Partial,
    /// It is complete.
    Complete {
        /// Its octets.
        consumed: usize,
        /// What the start line consists of, then names and values in turn.
        parts: Vec<Vec<u8>>,
        /// Version and framing, of a head.
        head: Option<(Version, Result<Framing, Error>)>,
    },
    /// It is refused.
    Refused(Error),
}

impl Outcome {
    fn of_request(request: &Request<'_, '_>) -> Outcome {
        Outcome::Complete {
            consumed: request.octets().len(),
            parts: parts(&[request.method(), request.target()], request.fields()),
            head: Some((request.version(), request.framing())),
        }
    }

    fn of(
        config: &Config,
        kind: Kind,
        octets: &[u8],
        at: &mut Resume,
        slots: &mut Positions<SLOTS>,
    ) -> Result<Outcome, Error> {
        Ok(match kind {
            Kind::Request => match config.parse_request(octets, at, slots)? {
                Status::Partial => Outcome::Partial,
                Status::Complete(request, _) => Outcome::of_request(&request),
            },
            Kind::Response => match config.parse_response(octets, at, slots)? {
                Status::Partial => Outcome::Partial,
                Status::Complete(response, consumed) => Outcome::Complete {
                    consumed,
                    parts: parts(
                        &[response.code().to_string().as_bytes(), response.reason()],
                        response.fields(),
                    ),
                    head: Some((response.version(), response.framing(b"GET"))),
                },
            },
            Kind::Trailers => match config.parse_trailers(octets, at, slots)? {
                Status::Partial => Outcome::Partial,
                Status::Complete(trailers, consumed) => {
                    Outcome::Complete { consumed, parts: parts(&[], trailers), head: None }
                }
            },
        })
    }
}

fn parts(start: &[&[u8]], fields: Fields<'_, '_>) -> Vec<Vec<u8>> {
    let fields = fields.into_iter().flat_map(|field| [field.name, field.value]);
    start.iter().copied().chain(fields).map(Vec::from).collect()
}

/// Configurations that differ in their limits (the default ones, and some that small inputs reach), and in what they accept (nothing but
/// what is strict, and all that there is a switch for).
pub fn configs() -> [Config; 3] {
    let tight = Limits {
        method: 8,
        request_line: 60,
        head: 150,
        fields: 4,
        trailers: 60,
        ..Limits::DEFAULT
    };
    let lenient = Leniency {
        bare_lf: true,
        empty_lines: true,
        target_octets: true,
        spaces: true,
        any_code: true,
        obs_fold: true,
        space_before_colon: true,
    };
    let strict = Config::STRICT;
    [strict, strict.with_limits(tight), strict.with_leniency(lenient)]
}

/// Parses what is there in one piece.
pub fn whole(config: &Config, kind: Kind, octets: &[u8]) -> Outcome {
    in_pieces(config, kind, octets, &[])
}

/// Parses what arrives in pieces, which end at `ends` (in ascending order) and at the end of `octets`.
pub fn in_pieces(config: &Config, kind: Kind, octets: &[u8], ends: &[usize]) -> Outcome {
    let (mut at, mut slots) = (Resume::new(), Positions::<SLOTS>::new());
    for end in ends.iter().copied().chain([octets.len()]) {
        let copy: Box<[u8]> = octets[..end].into();
        match Outcome::of(config, kind, &copy, &mut at, &mut slots) {
            Ok(Outcome::Partial) => {}
            Ok(complete) => {
                assert_eq!(at, Resume::new(), "for the next message");
                return complete;
            }
            Err(error) => return Outcome::Refused(error),
        }
    }
    Outcome::Partial
}

/// Parses requests that follow each other in one call, with `content` octets behind each head. The last outcome is that of the head which
/// ends the burst, and partial where a request's content does.
pub fn burst(config: &Config, octets: &[u8], content: usize) -> Vec<Outcome> {
    let copy: Box<[u8]> = octets.into();
    let (mut outcomes, mut slots) = (Vec::new(), Positions::<SLOTS>::new());
    let parsed = config.parse_requests(&copy, &mut slots, |request| {
        outcomes.push(Outcome::of_request(&request));
        ControlFlow::Continue(content)
    });
    let heads = outcomes.iter().map(|outcome| match outcome {
        Outcome::Complete { consumed, .. } => consumed + content,
        _ => 0,
    });
    let all: usize = heads.sum();
    let cut = all.saturating_sub(octets.len());
    assert_eq!(parsed.consumed, all - if cut > 0 { content } else { 0 });
    outcomes.push(parsed.error.map_or(Outcome::Partial, Outcome::Refused));
    outcomes
}

/// The same, head by head.
pub fn one_by_one(config: &Config, octets: &[u8], content: usize) -> Vec<Outcome> {
    let (mut outcomes, mut rest) = (Vec::new(), octets);
    loop {
        let outcome = whole(config, Kind::Request, rest);
        let Outcome::Complete { consumed, .. } = outcome else {
            outcomes.push(outcome);
            return outcomes;
        };
        outcomes.push(outcome);
        match rest.get(consumed + content..) {
            Some(behind) => rest = behind,
            None => {
                outcomes.push(Outcome::Partial);
                return outcomes;
            }
        }
    }
}
