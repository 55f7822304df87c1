//! The command line.

use std::path::PathBuf;

/// What `--help` prints.
pub(super) const HELP: &str = "\
Times parsers of message heads against each other.

  --json           one JSON object a line: contestant, level, item, min_ns, median_ns
  --record FILE    writes a page of Markdown too, with the notes of FILE-notes.md (both without the ending) at its end
  --processes N    processes one after another, each new (5)
  --samples N      samples of each contestant and item in each process (25)
  --items LIST     only these items, such as a,b,j
  --no-builds      without the contestants that need a build of their own, and without controls
  --seed N         what the places of slots, octets and stack are drawn from, 0 to 4294967295 (1)
  --help           this text

The feature `peers` adds contestants: cargo run --release -p benches --features peers --bin head";

/// What to do.
pub(super) enum Mode {
    Drive,
    /// Serve a driver on standard input and output.
    Worker,
    Help,
}

/// The options of a run.
pub(super) struct Options {
    pub(super) mode: Mode,
    pub(super) json: bool,
    pub(super) processes: usize,
    pub(super) samples: usize,
    /// Letters; empty for all.
    pub(super) items: Vec<String>,
    pub(super) builds: bool,
    /// What the places of all samples are drawn from.
    pub(super) seed: u64,
    /// Where to write the record.
    pub(super) record: Option<PathBuf>,
}

pub(super) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        mode: Mode::Drive,
        json: false,
        processes: 5,
        samples: 25,
        items: Vec::new(),
        builds: true,
        seed: 1,
        record: None,
    };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--json" => options.json = true,
            "--processes" => options.processes = count(&value()?)?,
            "--samples" => options.samples = count(&value()?)?,
            "--items" => options.items = value()?.split(',').map(String::from).collect(),
            "--no-builds" => options.builds = false,
            "--record" => options.record = Some(value()?.into()),
            "--seed" => options.seed = u64::from(seed(&value()?)?),
            "--worker" => options.mode = Mode::Worker,
            "--help" | "-h" => options.mode = Mode::Help,
            _ => return Err(format!("{argument} is unknown; --help tells what there is")),
        }
    }
    Ok(options)
}

fn seed(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("{text} is no seed"))
}

fn count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or(format!("{text} is no count"))
}
