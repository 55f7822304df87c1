//! What the fuzz targets share: a parse's outcome as a value that can be compared, and parsing from exact copies, so that AddressSanitizer
//! sees each octet that is read beyond the end.

pub mod compose;
pub mod reference;

use rajada_parser::{Config, Error, Limits, Positions, Request, Resume, Status, Version};

/// Room for the fields of a head. Fewer than the default limit allows, so that this bound is reached as well.
const SLOTS: usize = 24;

/// What came of a parse.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The head is incomplete.
    Partial,
    /// The head is complete.
    Request {
        /// Octets of the head.
        consumed: usize,
        /// Method, target, then names and values in turn.
        parts: Vec<Vec<u8>>,
        /// The version that it is handled as.
        version: Version,
    },
    /// The head is refused. Equal errors have equal kind, offset and status.
    Refused(Error),
}

impl Outcome {
    fn of(result: Result<Status<Request<'_, '_>>, Error>) -> Outcome {
        match result {
            Ok(Status::Partial) => Outcome::Partial,
            Ok(Status::Complete(request, consumed)) => {
                let mut parts = vec![request.method().to_vec(), request.target().to_vec()];
                parts.extend(
                    request
                        .fields()
                        .into_iter()
                        .flat_map(|field| [field.name.to_vec(), field.value.to_vec()]),
                );
                Outcome::Request { consumed, parts, version: request.version() }
            }
            Err(error) => Outcome::Refused(error),
        }
    }
}

/// Configurations that differ in their limits: the default ones, and some that small inputs reach.
pub fn configs() -> [Config; 2] {
    let tight = Limits { method: 8, request_line: 60, head: 150, fields: 4, ..Limits::DEFAULT };
    [Config::STRICT, Config::STRICT.with_limits(tight)]
}

/// Parses a request's head in one piece.
pub fn whole(config: &Config, octets: &[u8]) -> Outcome {
    in_pieces(config, octets, &[])
}

/// Parses a request's head that arrives in pieces, which end at `ends` (in ascending order) and at the end of `octets`.
pub fn in_pieces(config: &Config, octets: &[u8], ends: &[usize]) -> Outcome {
    let (mut at, mut slots) = (Resume::new(), Positions::<SLOTS>::new());
    for end in ends.iter().copied().chain([octets.len()]) {
        let copy: Box<[u8]> = octets[..end].into();
        match Outcome::of(config.parse_request(&copy, &mut at, &mut slots)) {
            Outcome::Partial => {}
            decided => return decided,
        }
    }
    Outcome::Partial
}
