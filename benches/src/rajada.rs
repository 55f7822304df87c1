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
    positions: Positions<SLOTS>,
}

impl Rajada {
    /// `None` if this machine lacks the level.
    pub fn at(level: Level) -> Option<Rajada> {
        let config = Config::STRICT.at_most(level);
        (config.level() == level).then(|| Rajada { config, positions: Positions::new() })
    }

    /// The level that everybody gets who doesn't ask for another.
    pub fn at_best() -> Rajada {
        Rajada { config: Config::STRICT, positions: Positions::new() }
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

    fn heads(&mut self, item: &Item) -> Vec<Head> {
        let (config, positions) = (&self.config, &mut self.positions);
        let mut heads = Vec::new();
        each_head(item, 1, |octets| match item.kind {
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

    fn parse(&mut self, item: &Item, rounds: usize) -> usize {
        let (config, positions) = (&self.config, &mut self.positions);
        match item.kind {
            Kind::Request if item.is_pipelined() => each_head(item, rounds, |octets| {
                burst(octets, config, positions, |request| _ = black_box(request))
            }),
            Kind::Request => each_head(item, rounds, |octets| {
                request(octets, config, positions, |request| _ = black_box(request))
            }),
            Kind::Response => each_head(item, rounds, |octets| {
                response(octets, config, positions, |response| _ = black_box(response))
            }),
        }
    }
}
