//! Libraries of Python: both have sessions, and one script drives both.

use std::process::Command;

use crate::app::serve;
use crate::arrivals::Arrival;
use crate::process::{Folder, skip};

/// Has a library do what `subject` names, and gives what arrived; `None`, with the reason told, where the library is
/// not here.
pub(crate) fn drive(library: &str, subject: &str) -> Option<Vec<Arrival>> {
    let folder = Folder::new();
    let trial = folder.run(python().args(["-c", &format!("import {library}")]));
    if let Err(reason) = trial.and_then(|trial| trial.well()) {
        skip(library, &reason);
        return None;
    }
    let serving = serve();
    let script = folder.write("session.py", include_bytes!("session.py"));
    let ended = folder.run(python().arg(script).args([library, subject, &serving.url])).unwrap();
    assert!(ended.status.success(), "{ended:?}");
    Some(serving.arrivals.take())
}

fn python() -> Command {
    let program = std::env::var_os("CLIENTS_PYTHON").unwrap_or_else(|| "python3".into());
    let mut command = Command::new(program);
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUTF8", "1");
    command
}
