//! Who takes part.

use super::options::Options;
use crate::report::{Echo, Launch, Server, echoes};

pub(super) const OURS: &str = "rajada";
/// The same with a handler that receives messages and sends them.
pub(super) const RECEIVES: &str = "rajada-recv";
pub(super) const NULL: &str = "null";

/// Who can't take part, and why.
pub(super) type Skipped = (String, String);

/// Those that take part, ours first; and those that can't, with the reason.
pub(super) fn field(options: &Options) -> Result<(Vec<Echo>, Vec<Skipped>), String> {
    let (peers, skipped) = echoes(&options.contestants);
    let setup = "the same, with a handler that calls `recv` and `send`";
    let mut field = vec![ours()?, own(RECEIVES, "Rajada, recv and send", setup, false)?, null()?];
    field.extend(peers);
    Ok((field, skipped))
}

pub(super) fn ours() -> Result<Echo, String> {
    let setup =
        "one worker, everything as it is by default, compression included; `for_each` answers";
    own(OURS, "Rajada", setup, true)
}

fn null() -> Result<Echo, String> {
    own(NULL, "null echo", "mio, counts octets, answers with prepared frames", false)
}

/// This program once more.
fn own(
    name: &'static str,
    title: &'static str,
    setup: &'static str,
    has_room: bool,
) -> Result<Echo, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let arguments = ["serve", name, "--listen", "{address}"].map(String::from).into();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let launch = Launch { program, arguments, configuration: None, version };
    Ok(Echo { name, title, setup, has_room, launch })
}

/// Starts one for messages of this size, so many in a burst: the null echo needs to know.
pub(super) fn start(echo: &Echo, size: usize, depth: usize) -> Result<Server, String> {
    let (size, depth) = (size.to_string(), depth.to_string());
    let more = ["--size", &size, "--depth", &depth];
    let started = echo.start(if echo.name == NULL { &more } else { &[] });
    started.map_err(|error| format!("{}: {error}", echo.title))
}
