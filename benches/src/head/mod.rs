//! The head benchmark: which parser needs how long for a head.
//!
//! The code of a parser takes different times by how it was built, and by where its octets, its slots and its stack lie in memory; a machine's
//! speed drifts, and others use it too. So
//!
//! - the samples of all contestants alternate, one sample each in turn, and the whole is repeated in several processes;
//! - each sample has octets, slots and stack at other places within their pages, drawn from a seed (`worker/place.rs`);
//! - a figure is the lower quartile of all samples, in nanoseconds a head, the harness's own time included (`figures.rs`);
//! - httparse takes part as it is built in several ways, and ratios are to the one that is the fastest on the item, within the same process run;
//! - controls take part: a contestant that parses nothing, for what the harness takes, and two contestants a second time, whose figures
//!   must agree.
//!
//! ```text
//!   head (driver) --+-- "3 5 77" --> head --worker       this build: all contestants, and the controls
//!                   |<-- nanoseconds --                  (contestant 3, item 5, a seed)
//!                   +-- "0 5 78" --> foreign httparse    other builds: of benches/foreign, a small program
//!                   |<-- nanoseconds --                  of a workspace of its own
//!                   ... and again, with new processes
//! ```

mod builds;
mod contestants;
mod driver;
pub(crate) mod figures;
mod options;
mod record;
mod report;
mod worker;

use std::process::ExitCode;

pub use contestants::contestants;

use crate::report::Before;
use crate::say::exit;
use options::{Mode, Options};

/// Takes the samples, prints the figures, and writes the record if that is wanted.
fn drive(options: &Options) -> Result<(), String> {
    let before = Before::now();
    let run = driver::run(options)?;
    report::print(&run.cells, options.json);
    options.record.as_deref().map_or(Ok(()), |file| record::write(file, &run, options, &before))
}

/// The program `head`.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let run = |options: &Options| match &options.mode {
        Mode::Worker => worker::serve(contestants::entries(options.builds)),
        Mode::Drive => drive(options),
        Mode::Help => {
            println!("{}", options::HELP);
            Ok(())
        }
    };
    exit("head", options::parse(arguments).and_then(|options| run(&options)))
}
