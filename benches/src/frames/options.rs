//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

/// How much to measure.
pub(super) struct Options {
    pub(super) rounds: usize,
    pub(super) samples: usize,
    /// Items whose names contain it.
    pub(super) items: String,
    pub(super) record: Option<PathBuf>,
}

pub(super) enum Command {
    Study(Options),
    /// Print this and end.
    Tell(&'static str),
}

const HELP: &str = "\
Times codecs of WebSocket against each other: their samples alternate, one of each in turn.

Usage: frames [OPTIONS]

Options:
  --rounds N     Rounds, each with new contestants [default: 10]
  --samples N    Samples of each contestant and item in a round [default: 15]
  --items TEXT   Only items whose names contain it, such as parse-40
  --record FILE  Write the figures down, as a page
  --help         Print this

The feature `peers` adds contestants: cargo run --release -p benches --features peers --bin frames
";

pub(super) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    let mut options = Options { rounds: 10, samples: 15, items: String::new(), record: None };
    let mut parser = Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("rounds") => options.rounds = at_least_one(parser.value()?.parse()?),
            Arg::Long("samples") => options.samples = at_least_one(parser.value()?.parse()?),
            Arg::Long("items") => options.items = parser.value()?.string()?,
            Arg::Long("record") => options.record = Some(parser.value()?.into()),
            Arg::Long("help") => return Ok(Command::Tell(HELP)),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Study(options))
}

fn at_least_one(count: usize) -> usize {
    count.max(1)
}
