//! Rajada itself as a contestant, at any of its levels.

use std::hint::black_box;

use rajada_parser::{Config, Level, Positions, Request, Resume, Status, Version};

use crate::SLOTS;
use crate::contest::{Contestant, each_head};
use crate::corpus::{Item, Kind};
use crate::naive::Head;

/// The contestant: the strict configuration, at one level.
pub struct Rajada {
    config: Config,
    positions: Positions<SLOTS>,
}

/// All levels, lowest first.
pub const LEVELS: [Level; 5] = [
    Level::Scalar,
    Level::Swar,
    Level::Sse42,
    Level::Avx2,
    Level::Avx512,
];

impl Rajada {
    /// `None` if this machine lacks the level.
    pub fn at(level: Level) -> Option<Rajada> {
        let config = Config::STRICT.at_most(level);
        (config.level() == level).then(|| Rajada {
            config,
            positions: Positions::new(),
        })
    }

    /// The level that everybody gets who doesn't ask for another.
    pub fn at_best() -> Rajada {
        Rajada {
            config: Config::STRICT,
            positions: Positions::new(),
        }
    }
}

/// The name of a level, as reports show it.
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::Scalar => "scalar",
        Level::Swar => "swar",
        Level::Sse42 => "sse4.2",
        Level::Avx2 => "avx2",
        Level::Avx512 => "avx512",
        _ => "unknown",
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

impl Contestant for Rajada {
    fn name(&self) -> &'static str {
        "rajada"
    }

    fn level(&self) -> &'static str {
        level_name(self.config.level())
    }

    fn reads(&self, kind: Kind) -> bool {
        kind == Kind::Request
    }

    fn heads(&mut self, item: &Item) -> Vec<Head> {
        let mut heads = Vec::new();
        each_head(item, 1, |octets| {
            request(octets, &self.config, &mut self.positions, |request| {
                heads.push(Head {
                    method: request.method().into(),
                    target: request.target().into(),
                    minor: if request.version() == Version::Http10 {
                        0
                    } else {
                        1
                    },
                    fields: request
                        .fields()
                        .into_iter()
                        .map(|field| (field.name.into(), field.value.into()))
                        .collect(),
                    ..Head::default()
                });
            })
        });
        heads
    }

    fn parse(&mut self, item: &Item, rounds: usize) -> usize {
        let (config, positions) = (&self.config, &mut self.positions);
        each_head(item, rounds, |octets| {
            request(octets, config, positions, |request| _ = black_box(request))
        })
    }
}
