//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

use super::Contestant;

/// What to measure.
pub(super) struct Options {
    /// How long a turn is measured.
    pub(super) turn: Duration,
    pub(super) rounds: usize,
    pub(super) idle: usize,
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
Loads one application of axum under axum::serve, under hyper with pipeline_flush, and under Rajada, and the same answers by
native handlers, in turn: requests a second and CPU a request, not pipelined and 16 deep, and memory of idle connections.
All must answer the same first.

Usage: adapter [OPTIONS]

Options:
  --seconds S    Measure each turn for so long [default: 1]
  --rounds N     Turns of each server in each setting [default: 3]
  --idle N       Idle connections [default: 10000]
  --record FILE  Write the figures down, as a page
  --serve NAME   Be a server, alone: axum, hyper, rajada, bare or native
  --help         Print this
";

pub(super) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    let arguments: Vec<OsString> = arguments.collect();
    let line = arguments.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let turn = Duration::from_secs(1);
    let mut options = Options { turn, rounds: 3, idle: 10_000, record: None, line };
    let mut parser = Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("seconds") => options.turn = parser.value()?.parse_with(seconds)?,
            Arg::Long("rounds") => options.rounds = parser.value()?.parse::<usize>()?.max(1),
            Arg::Long("idle") => options.idle = parser.value()?.parse::<usize>()?.max(1),
            Arg::Long("record") => options.record = Some(parser.value()?.into()),
            Arg::Long("serve") => {
                let name = parser.value()?.string()?;
                let mut all = Contestant::ALL.into_iter();
                return match all.find(|contestant| contestant.name() == name) {
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

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or_else(|| "a time in seconds".into())
}
