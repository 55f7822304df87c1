//! All that comes of octets taken for each kind of head, in every way to parse one.

use core::mem::MaybeUninit;
use core::ops::ControlFlow;
use std::boxed::Box;
use std::vec::Vec;

use super::super::levels;
use super::corpus;
use super::places::Place;
use crate::pull::{Part, Pull};
use crate::{
    Config, Error, FieldText, Fields, Framing, Leniency, Level, Positions, Resume, Slots, TextSlots,
};

#[derive(Clone, Copy, Debug)]
enum Section {
    Request,
    Response,
    Trailers,
}

const SECTIONS: [Section; 3] = [Section::Request, Section::Response, Section::Trailers];

/// What comes of octets: the parts, one behind the other, what they mean, and where they end
/// or what is wrong with them; `None` if more are needed.
#[derive(Debug, PartialEq)]
struct Found {
    parts: Vec<u8>,
    framing: Option<Result<Framing, Error>>,
    end: Result<Option<usize>, Error>,
}

/// Parses the octets in all ways in each place at each level, whole and cut, and asserts that
/// it comes to the same as elsewhere at the scalar level.
pub(super) fn check(octets: &[u8], places: &mut [Box<dyn Place>]) {
    for config in [Config::STRICT, Config::STRICT.with_leniency(Leniency::ALL)] {
        let scalar = config.at_most(Level::Scalar);
        for cut in corpus::cuts(octets.len()).chain([octets.len()]) {
            let ends = [cut, octets.len()];
            for section in SECTIONS {
                let wanted = in_pieces(&scalar, section, octets, ends, None);
                for place in &mut *places {
                    for level in levels() {
                        let config = config.at_most(level);
                        let found = in_pieces(&config, section, octets, ends, Some(place.as_mut()));
                        assert_eq!(
                            found,
                            wanted,
                            "{level}, {section:?}, cut at {cut}: {}",
                            octets.escape_ascii()
                        );
                    }
                }
            }
            let front = &octets[..cut];
            let wanted = burst(&scalar, front);
            for place in &mut *places {
                let there = place.put(front);
                for level in levels() {
                    let found = burst(&config.at_most(level), there);
                    assert_eq!(found, wanted, "{level}, {}", front.escape_ascii());
                    check_text(&config.at_most(level), there);
                }
            }
        }
    }
}

/// What comes of the octets up to each end, one after the other: into slots that were never
/// written, and pulled.
fn in_pieces(
    config: &Config,
    section: Section,
    octets: &[u8],
    ends: [usize; 2],
    mut place: Option<&mut (dyn Place + 'static)>,
) -> Vec<Found> {
    let (mut at, mut slots) = (Resume::new(), Positions::<16>::new());
    let mut pull = match section {
        Section::Request => Pull::request(),
        Section::Response => Pull::response(),
        Section::Trailers => Pull::trailers(),
    };
    let mut found = Vec::new();
    for end in ends {
        let piece = match &mut place {
            Some(place) => place.put(&octets[..end]),
            None => &octets[..end],
        };
        let parsed = parsed(config, section, piece, &mut at, &mut slots);
        let pulled = pulled(config, piece, &mut pull);
        let is_decided = parsed.end != Ok(None) || pulled.end != Ok(None);
        found.extend([parsed, pulled]);
        if is_decided {
            break;
        }
    }
    found
}

fn parsed<S: Slots>(
    config: &Config,
    section: Section,
    octets: &[u8],
    at: &mut Resume,
    slots: &mut S,
) -> Found {
    let (mut parts, mut framing) = (Vec::new(), None);
    let end = match section {
        Section::Request => config.parse_request(octets, at, slots).map(|status| {
            let (head, end) = status.complete()?;
            add(&mut parts, [head.method(), head.target()], head.fields());
            framing = Some(head.framing());
            Some(end)
        }),
        Section::Response => config.parse_response(octets, at, slots).map(|status| {
            let (head, end) = status.complete()?;
            add(&mut parts, [head.reason(), &head.code().to_be_bytes()], head.fields());
            framing = Some(head.framing(b"GET"));
            Some(end)
        }),
        Section::Trailers => config.parse_trailers(octets, at, slots).map(|status| {
            let (fields, end) = status.complete()?;
            add(&mut parts, [b"", b""], fields);
            Some(end)
        }),
    };
    Found { parts, framing, end }
}

fn add(parts: &mut Vec<u8>, start: [&[u8]; 2], fields: Fields<'_, '_>) {
    let fields = fields.iter().flat_map(|field| [field.name, field.value]);
    for part in start.into_iter().chain(fields) {
        parts.extend(part);
        parts.push(0);
    }
}

fn pulled(config: &Config, octets: &[u8], pull: &mut Pull) -> Found {
    let mut parts = Vec::new();
    let end = loop {
        let [one, other] = match pull.next(config, octets) {
            Ok(Part::RequestLine(line)) => [line.method, line.target],
            Ok(Part::StatusLine(line)) => [line.reason, b""],
            Ok(Part::Field(field)) => [field.name, field.value],
            Ok(Part::End(end)) => break Ok(Some(end)),
            Ok(Part::Partial) => break Ok(None),
            Err(error) => break Err(error),
        };
        parts.extend([one, b"\0", other, b"\0"].concat());
    };
    Found { parts, framing: None, end }
}

/// What is given as text is what the same octets are parsed to.
fn check_text(config: &Config, octets: &[u8]) {
    let mut storage = [const { MaybeUninit::<FieldText<'_>>::uninit() }; 16];
    let mut slots = Positions::<16>::new();
    if let Ok(head) = config.parse_request_text(octets, TextSlots::new(&mut storage)) {
        let start = [head.method(), head.target()].map(str::as_bytes);
        let found = joined(start, head.fields());
        let wanted = parsed(config, Section::Request, octets, &mut Resume::new(), &mut slots);
        assert_eq!((found, Ok(Some(head.len()))), (wanted.parts, wanted.end));
    }
    if let Ok(head) = config.parse_response_text(octets, TextSlots::new(&mut storage)) {
        let code = head.code().to_be_bytes();
        let found = joined([head.reason().as_bytes(), &code], head.fields());
        let wanted = parsed(config, Section::Response, octets, &mut Resume::new(), &mut slots);
        assert_eq!((found, Ok(Some(head.len()))), (wanted.parts, wanted.end));
    }
}

fn joined(start: [&[u8]; 2], fields: &[FieldText<'_>]) -> Vec<u8> {
    let fields = fields.iter().flat_map(|field| [field.name.as_bytes(), field.value.as_bytes()]);
    let parts = start.into_iter().chain(fields);
    parts.flat_map(|part| part.iter().copied().chain([0])).collect()
}

/// What comes of requests that follow each other, and how many octets they take.
fn burst(config: &Config, octets: &[u8]) -> (Found, usize) {
    let (mut parts, mut slots) = (Vec::new(), Positions::<16>::new());
    let parsed = config.parse_requests(octets, &mut slots, |request| {
        add(&mut parts, [request.method(), request.target()], request.fields());
        ControlFlow::Continue(0)
    });
    let end = parsed.error.map_or(Ok(Some(parsed.consumed)), Err);
    (Found { parts, framing: None, end }, parsed.consumed)
}
