//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

use super::echoes::ECHOES;
use super::{contestants, scenarios};

pub(super) enum Command {
    Run(Run),
    /// Makes the pages anew from raw data.
    Render {
        data: PathBuf,
        out: PathBuf,
        notes: Option<PathBuf>,
    },
    BuildPeers {
        names: Vec<String>,
        install: bool,
    },
    /// The server of this program that `run` measures the flush policy with.
    SlowServer {
        address: String,
        flush_after: String,
    },
    Tell(String),
}

/// What to measure, and how.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) out: PathBuf,
    /// What the names of the report's files begin with.
    pub(super) name: String,
    pub(super) rounds: usize,
    pub(super) seconds: f64,
    pub(super) warmup: f64,
    /// Names; empty: all.
    pub(super) contestants: Vec<String>,
    pub(super) scenarios: Vec<String>,
    pub(super) parts: Vec<String>,
    /// Build Rajada, the generator and the parsers first.
    pub(super) build: bool,
    /// A file of Markdown that the page shows.
    pub(super) notes: Option<PathBuf>,
}

/// The parts of a report; first those for which the machine must be quiet.
pub(super) const PARTS: [&str; 9] =
    ["serving", "workers", "flush", "profile", "heads", "probe", "calls", "memory", "unread"];

const HELP: &str = "\
Measures Rajada's server beside others and writes a report: a page, tables, charts and the raw data.

Usage: report [run] [OPTIONS]
       report build-peers [--no-install] [NAME...]
       report render DATA [--out FOLDER] [--notes FILE]

Options of run:
  --out FOLDER          Where the report goes [default: target/report]
  --name NAME           What the names of its files begin with [default: serving]
  --rounds N            Rounds in which all contestants take their turn [default: 7]
  --seconds S           Time that is measured in each turn [default: 3]
  --warmup S            Time before it that isn't [default: 0.5]
  --contestants A,B     Only these; null-mio and rajada are always there [default: all that can be had]
  --scenarios A,B       Only these [default: all]
  --parts A,B           Only these [default: all]
  --notes FILE          Markdown to put into the report: where the time goes
  --no-build            Take the programs beside this one as they are

`build-peers` builds the servers around other people's libraries into benches/peers/build, which takes some
minutes, and says for each that can't be had why. Where it may, it installs packages of the system.
`render` makes the pages of raw data anew.
";

/// Reads a command line.
pub(super) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Command, lexopt::Error> {
    let mut parser = Parser::from_args(arguments);
    let mut words: Vec<String> = Vec::new();
    let mut install = true;
    let mut run = Run {
        out: "target/report".into(),
        name: "serving".into(),
        rounds: 7,
        seconds: 3.0,
        warmup: 0.5,
        contestants: Vec::new(),
        scenarios: Vec::new(),
        parts: Vec::new(),
        build: true,
        notes: None,
    };
    while let Some(argument) = parser.next()? {
        let name = match argument {
            Arg::Value(word) => {
                words.push(word.string()?);
                continue;
            }
            Arg::Long(name) => name.to_owned(),
            Arg::Short('h') => "help".into(),
            other => return Err(other.unexpected()),
        };
        match name.as_str() {
            "out" => run.out = parser.value()?.into(),
            "name" => run.name = parser.value()?.string()?,
            "rounds" => run.rounds = parser.value()?.parse()?,
            "seconds" => run.seconds = parser.value()?.parse()?,
            "warmup" => run.warmup = parser.value()?.parse()?,
            "contestants" => {
                run.contestants =
                    list(&parser.value()?.string()?, contestants::ALL.iter().map(|e| e.name))?
            }
            "scenarios" => {
                run.scenarios =
                    list(&parser.value()?.string()?, scenarios::ALL.iter().map(|s| s.name))?
            }
            "parts" => run.parts = list(&parser.value()?.string()?, PARTS.into_iter())?,
            "notes" => run.notes = Some(parser.value()?.into()),
            "no-build" => run.build = false,
            "no-install" => install = false,
            "help" => return Ok(Command::Tell(help())),
            _ => return Err(Arg::Long(&name).unexpected()),
        }
    }
    let mut words = words.into_iter();
    Ok(match (words.next().as_deref(), words.collect::<Vec<_>>().as_slice()) {
        (None | Some("run"), []) => Command::Run(run),
        (Some("build-peers"), names) => {
            let all = contestants::ALL.iter().chain(ECHOES);
            let names = list(&names.join(","), all.map(|entry| entry.name))?;
            Command::BuildPeers { names, install }
        }
        (Some("render"), [data]) => {
            Command::Render { data: data.into(), out: run.out, notes: run.notes }
        }
        (Some("slow-server"), [address, flush_after]) => {
            Command::SlowServer { address: address.clone(), flush_after: flush_after.clone() }
        }
        _ => return Err("this is no command; try --help".into()),
    })
}

/// Words between commas, each of which must be known.
fn list<'k>(
    text: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Result<Vec<String>, lexopt::Error> {
    let words: Vec<String> =
        text.split(',').filter(|word| !word.is_empty()).map(String::from).collect();
    match words.iter().find(|word| known.clone().all(|name| name != word.as_str())) {
        None => Ok(words),
        Some(word) => {
            let known = known.collect::<Vec<_>>().join(", ");
            Err(format!("`{word}` is none of {known}").into())
        }
    }
}

fn help() -> String {
    let join = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(", ");
    format!(
        "{HELP}\nContestants: {}\nOf WebSocket, to be built: {}\nScenarios: {}\nParts: {}\n",
        join(&mut contestants::ALL.iter().map(|entry| entry.name)),
        join(&mut ECHOES.iter().map(|entry| entry.name)),
        join(&mut scenarios::ALL.iter().map(|scenario| scenario.name)),
        PARTS.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<Command, lexopt::Error> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn a_run_is_the_default() {
        let Ok(Command::Run(run)) = of("--rounds 2 --contestants hyper,ntex --parts serving")
        else {
            panic!()
        };
        assert_eq!((run.rounds, run.contestants.len(), run.parts.len()), (2, 2, 1));
        assert!(matches!(of("run"), Ok(Command::Run(_))));
    }

    #[test]
    fn what_is_unknown_is_refused() {
        assert!(of("--contestants hyper,nobody").is_err());
        assert!(of("build-peers nobody").is_err());
        assert!(of("--parts all").is_err());
        assert!(of("dance").is_err());
        assert!(matches!(of("build-peers hyper"), Ok(Command::BuildPeers { .. })));
        assert!(matches!(of("--help"), Ok(Command::Tell(text)) if text.contains("japronto")));
    }
}
