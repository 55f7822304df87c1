//! The head benchmark: which parser needs how long for a head.
//!
//! Processes differ, by where their memory happens to lie, and a machine's speed drifts. So the samples of all contestants alternate, one
//! sample each in turn, and the whole is repeated in several processes. The figures are nanoseconds a head, the minimum and the median
//! of all samples; ratios of minima are what can be compared from run to run.
//!
//! ```text
//!   head (driver) --+-- "sample 3 f" --> head --worker          this build: all contestants
//!                   |<-- nanoseconds --
//!                   +-- "sample 0 f" --> head --worker --only   other builds of the same program, where a
//!                   |<-- nanoseconds --                         contestant chooses its instructions when it is built
//!                   ... and again, with new processes
//! ```

mod builds;
mod driver;
mod options;
mod report;
mod worker;

use crate::say::aside;
use std::process::ExitCode;

pub use worker::contestants;

use options::{Mode, Options};

/// The program `head`.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let run = |options: &Options| match &options.mode {
        Mode::Worker { only } => worker::serve(only.as_deref()),
        Mode::Drive => driver::run(options).map(|results| report::print(&results, options.json)),
        Mode::Help => {
            println!("{}", options::HELP);
            Ok(())
        }
    };
    match options::parse(arguments).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            aside!("head: {complaint}");
            ExitCode::FAILURE
        }
    }
}
