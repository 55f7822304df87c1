//! Standard output and standard error, either of which may be closed, full or stuck.
//!
//! (One that was closed when the program began is not seen to be: the standard library opens `/dev/null` in its place.)

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use signal_hook::consts::SIGPIPE;
use signal_hook::low_level::emulate_default_handler;

use crate::outlet::Outlet;

/// Prints what was asked for. If nobody reads it the program ends without a word by SIGPIPE, as others do, whose signal
/// Rust ignores; if it can't be written otherwise, with a sentence and a status.
pub(crate) fn print(text: &str) -> ExitCode {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if error.kind() == ErrorKind::BrokenPipe {
                // Comes back only if the signal can't be had.
                let _ = emulate_default_handler(SIGPIPE);
            }
            complain(&format!("rajada: standard output can't be written: {error}\n"));
            ExitCode::FAILURE
        }
    }
}

/// Says to standard error why the program ends. There is nobody to tell that this was not heard.
pub(crate) fn complain(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Says something to standard output, and does not wait for one that is stuck.
///
/// # Errors
/// What became of it instead.
pub(crate) fn announce(text: &str) -> io::Result<()> {
    let output = Outlet::begin("rajada-stdout", io::stdout())?;
    output.say(text);
    output.settle()
}
