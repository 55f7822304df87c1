//! Rajada behind httparse's interface (`parser/httparse`), read in the same way as httparse is.

#[path = "../../src/peers/httparse/interface.rs"]
mod interface;

use httparse_facade as library;
use rajada_parser::Level;

use crate::contest::Contestant;
use crate::corpus::{Item, Kind};
use crate::naive::Head;

pub fn contestants() -> Vec<Box<dyn Contestant>> {
    vec![Box::new(Facade::default())]
}

/// The contestant.
#[derive(Default)]
pub struct Facade {
    config: library::ParserConfig,
}

impl Contestant for Facade {
    fn name(&self) -> &'static str {
        "rajada-facade"
    }

    fn level(&self) -> &'static str {
        Level::detect().name()
    }

    fn reads(&self, _: Kind) -> bool {
        true
    }

    fn heads(&mut self, item: &Item) -> Vec<Head> {
        interface::heads(&self.config, item)
    }

    fn parse(&mut self, item: &Item, buffers: &[&[u8]], rounds: usize) -> usize {
        interface::parse(&self.config, item, buffers, rounds)
    }
}
