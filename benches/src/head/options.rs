//! The command line.

/// What `--help` prints.
pub(super) const HELP: &str = "\
Times parsers of message heads against each other.

  --json           one JSON object a line: contestant, level, item, min_ns, median_ns
  --processes N    processes one after another (5)
  --samples N      samples of each contestant and item in each process (25)
  --items LIST     only these items, such as a,b,j
  --no-builds      without the contestants that need a build of their own
  --help           this text

The feature `peers` adds contestants: cargo run --release -p benches --features peers --bin head";

/// What to do.
pub(super) enum Mode {
    Drive,
    /// Serve a driver on standard input and output, with the contestant of this name alone, or all.
    Worker {
        only: Option<String>,
    },
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
}

pub(super) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        mode: Mode::Drive,
        json: false,
        processes: 5,
        samples: 25,
        items: Vec::new(),
        builds: true,
    };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--json" => options.json = true,
            "--processes" => options.processes = count(&value()?)?,
            "--samples" => options.samples = count(&value()?)?,
            "--items" => options.items = value()?.split(',').map(String::from).collect(),
            "--no-builds" => options.builds = false,
            "--worker" => options.mode = Mode::Worker { only: None },
            "--only" => options.mode = Mode::Worker { only: Some(value()?) },
            "--help" | "-h" => options.mode = Mode::Help,
            _ => return Err(format!("{argument} is unknown; --help tells what there is")),
        }
    }
    Ok(options)
}

fn count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or(format!("{text} is no count"))
}
