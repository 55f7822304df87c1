//! Rajada itself as a contestant, at any of its levels.

use std::hint::black_box;
use std::ops::ControlFlow;

use rajada_parser::{Config, Fields, Level, Positions, Request, Response, Resume, Status, Version};

use crate::SLOTS;
use crate::contest::{Contestant, each_head};
use crate::corpus::{Item, Kind};
use crate::naive::Head;

/// The contestant: the strict configuration, at one level.
pub struct Rajada {
    config: Config,
    /// One of them is in use; [`Contestant::place`] chooses which.
    slots: Box<[Slots]>,
    chosen: usize,
}

/// Side by side, they begin everywhere in a page, in steps of at most 16 octets.
struct Slots {
    positions: Positions<SLOTS>,
    _uneven: [u8; UNEVEN],
}

/// What keeps the size of [`Slots`] from being a multiple of 32.
const UNEVEN: usize = if size_of::<Positions<SLOTS>>().is_multiple_of(32) { 16 } else { 0 };

impl Slots {
    fn new(_: usize) -> Slots {
        Slots { positions: Positions::new(), _uneven: [0; UNEVEN] }
    }
}

impl Rajada {
    /// `None` if this machine lacks the level.
    pub fn at(level: Level) -> Option<Rajada> {
        let config = Config::STRICT.at_most(level);
        (config.level() == level).then(|| Rajada::new(config))
    }

    /// The level that everybody gets who doesn't ask for another.
    pub fn at_best() -> Rajada {
        Rajada::new(Config::STRICT)
    }

    fn new(config: Config) -> Rajada {
        Rajada { config, slots: (0..256).map(Slots::new).collect(), chosen: 0 }
    }
}

#[inline(always)]
fn request(
    octets: &[u8],
    config: &Config,
    positions: &mut Positions<SLOTS>,
    mut with: impl FnMut(&Request<'_, '_>),
) -> usize {
    match config.parse_request(octets, &mut Resume::new(), positions) {
        Ok(Status::Complete(request, consumed)) => {
            with(&request);
            consumed
        }
        _ => 0,
    }
}

#[inline(always)]
fn response(
    octets: &[u8],
    config: &Config,
    positions: &mut Positions<SLOTS>,
    mut with: impl FnMut(&Response<'_, '_>),
) -> usize {
    match config.parse_response(octets, &mut Resume::new(), positions) {
        Ok(Status::Complete(response, consumed)) => {
            with(&response);
            consumed
        }
        _ => 0,
    }
}

/// All requests of a buffer in one call.
#[inline(always)]
fn burst(
    octets: &[u8],
    config: &Config,
    positions: &mut Positions<SLOTS>,
    mut with: impl FnMut(&Request<'_, '_>),
) -> usize {
    let parsed = config.parse_requests(octets, positions, |request| {
        with(&request);
        ControlFlow::Continue(0)
    });
    parsed.consumed
}

fn minor(version: Version) -> u8 {
    if version == Version::Http10 { 0 } else { 1 }
}

fn copied(fields: Fields<'_, '_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    fields.iter().map(|field| (field.name.into(), field.value.into())).collect()
}

fn request_head(request: &Request<'_, '_>) -> Head {
    Head {
        method: request.method().into(),
        target: request.target().into(),
        minor: minor(request.version()),
        fields: copied(request.fields()),
        ..Head::default()
    }
}

fn response_head(response: &Response<'_, '_>) -> Head {
    Head {
        minor: minor(response.version()),
        status: response.code(),
        reason: response.reason().into(),
        fields: copied(response.fields()),
        ..Head::default()
    }
}

impl Contestant for Rajada {
    fn name(&self) -> &'static str {
        "rajada"
    }

    fn level(&self) -> &'static str {
        self.config.level().name()
    }

    fn reads(&self, _: Kind) -> bool {
        true
    }

    fn place(&mut self, number: usize) {
        self.chosen = number % self.slots.len();
    }

    fn heads(&mut self, item: &Item) -> Vec<Head> {
        let (config, positions) = (&self.config, &mut self.slots[self.chosen].positions);
        let mut heads = Vec::new();
        each_head(&item.slices(), 1, |octets| match item.kind {
            Kind::Request if item.is_pipelined() => {
                burst(octets, config, positions, |request| heads.push(request_head(request)))
            }
            Kind::Request => {
                request(octets, config, positions, |request| heads.push(request_head(request)))
            }
            Kind::Response => {
                response(octets, config, positions, |response| heads.push(response_head(response)))
            }
        });
        heads
    }

    fn parse(&mut self, item: &Item, buffers: &[&[u8]], rounds: usize) -> usize {
        let (config, positions) = (&self.config, &mut self.slots[self.chosen].positions);
        match item.kind {
            Kind::Request if item.is_pipelined() => each_head(buffers, rounds, |octets| {
                burst(octets, config, positions, |request| _ = black_box(request))
            }),
            Kind::Request => each_head(buffers, rounds, |octets| {
                request(octets, config, positions, |request| _ = black_box(request))
            }),
            Kind::Response => each_head(buffers, rounds, |octets| {
                response(octets, config, positions, |response| _ = black_box(response))
            }),
        }
    }
}
