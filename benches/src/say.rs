//! What programs say beside their work: on a file that may be closed or full, which costs no server its life and no run
//! its result.

use std::fmt::Arguments;
use std::io::{self, Write};
use std::process::ExitCode;

/// A line on standard error, if that takes it.
pub(crate) fn complain(line: Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// A line on standard output that others may wait for, such as where a server listens, if that takes it.
pub(crate) fn announce(line: Arguments<'_>) {
    let mut output = io::stdout().lock();
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}

/// What a program ends with. What it could not do is said.
pub(crate) fn exit(program: &str, done: Result<(), String>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            complain(format_args!("{program}: {complaint}"));
            ExitCode::FAILURE
        }
    }
}

/// As [`eprintln!`], without its panic.
macro_rules! aside {
    ($($line:tt)*) => { $crate::say::complain(::std::format_args!($($line)*)) };
}

pub(crate) use aside;
