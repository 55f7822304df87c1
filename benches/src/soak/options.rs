//! The command line.

use std::ffi::OsString;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

/// How to soak.
pub(super) struct Options {
    pub(super) lasts: Duration,
    pub(super) restarts: u32,
    pub(super) clients: usize,
    /// Connections of a flood.
    pub(super) flood: usize,
    /// How often the program is ended, in the second half.
    pub(super) restart_every: Duration,
    /// Build the program first.
    pub(super) build: bool,
}

/// What a command line asks for.
pub(super) enum Command {
    Soak(Options),
    /// Be the server.
    Serve,
    /// Print this and end.
    Tell(String),
}

const HELP: &str = "\
Serves clients of all kinds for a while: bursts, drips, uploads, streams, half-closed ones, those that vanish, that
are malformed, late, or don't read. Compares every answer, and looks whether the server's descriptors, threads or
memory grow, and whether it ends in order. Besieges the program `rajada` at the same time: floods of connections that
are reset, peers that are slow or vanish, steady clients that account for each request, and SIGTERM under all of it.

Usage: soak [OPTIONS]

Options:
  --seconds S    How long, in all; the siege takes 13 at the least [default: 300]
  --restarts N   End the server of the clients of all kinds and start another one so many times [default: 0]
  --clients N    Threads that are a client of some kind each [default: 24]
  --flood N      Connections of a flood, as far as there can be descriptors [default: 5000]
  --restart-every S
                 End the besieged program so often in the second half of the time [default: 15]
  --no-build     Take the program beside this one as it is
  --help         Print this

Exit status: 0 if nothing was found, 1 if something was, 2 if the command line is wrong.
";

impl Options {
    pub(super) fn parse(
        arguments: impl Iterator<Item = OsString>,
    ) -> Result<Command, lexopt::Error> {
        let mut options = Options {
            lasts: Duration::from_secs(300),
            restarts: 0,
            clients: 24,
            flood: 5000,
            restart_every: Duration::from_secs(15),
            build: true,
        };
        let mut parser = Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("seconds") => {
                    options.lasts = Duration::from_secs(parser.value()?.parse()?);
                }
                Arg::Long("restarts") => options.restarts = parser.value()?.parse()?,
                Arg::Long("clients") => options.clients = parser.value()?.parse()?,
                Arg::Long("flood") => options.flood = parser.value()?.parse()?,
                Arg::Long("restart-every") => {
                    options.restart_every = Duration::from_secs(parser.value()?.parse()?);
                }
                Arg::Long("no-build") => options.build = false,
                Arg::Long("serve") => return Ok(Command::Serve),
                Arg::Long("help") => return Ok(Command::Tell(HELP.to_owned())),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Command::Soak(options))
    }
}
