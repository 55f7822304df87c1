//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

use super::Contestant;

/// What to measure.
pub(super) struct Options {
    pub(super) streams: usize,
    pub(super) stuck: usize,
    pub(super) events: usize,
    pub(super) rounds: usize,
    pub(super) record: Option<PathBuf>,
    /// As it was given.
    pub(super) line: String,
}

pub(super) enum Command {
    Study(Options),
    Serve(Contestant),
    /// Print this and end.
    Tell(&'static str),
}

const HELP: &str = "\
Opens many event streams to Rajada and to axum in turn: octets of resident memory for each, and how long it takes until
the last one has an event that was sent to all. Then as many that never read, to Rajada: each of them is closed by the
bound on its backlog, and costs no more memory than that allows, or this fails.

Usage: events [OPTIONS]

Options:
  --streams N    Streams at once [default: 10000]
  --stuck N      Streams that nobody reads [default: 5000]
  --events N     Events that are sent to all streams, one after another, in a round [default: 20]
  --rounds N     Turns of each server [default: 3]
  --record FILE  Write the figures down, as a page
  --help         Print this
";

pub(super) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    let arguments: Vec<OsString> = arguments.collect();
    let line = arguments.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let mut options =
        Options { streams: 10_000, stuck: 5000, events: 20, rounds: 3, record: None, line };
    let mut parser = Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("streams") => options.streams = parser.value()?.parse()?,
            Arg::Long("stuck") => options.stuck = parser.value()?.parse()?,
            Arg::Long("events") => options.events = at_least_one(parser.value()?.parse()?),
            Arg::Long("rounds") => options.rounds = at_least_one(parser.value()?.parse()?),
            Arg::Long("record") => options.record = Some(parser.value()?.into()),
            Arg::Long("serve") => {
                let name = parser.value()?.string()?;
                let all = Contestant::ALL.into_iter();
                return match all.into_iter().find(|contestant| contestant.name() == name) {
                    Some(contestant) => Ok(Command::Serve(contestant)),
                    None => Err(format!("--serve {name}: nobody").into()),
                };
            }
            Arg::Long("help") => return Ok(Command::Tell(HELP)),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Study(options))
}

fn at_least_one(count: usize) -> usize {
    count.max(1)
}
