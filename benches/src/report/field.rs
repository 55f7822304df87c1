//! The contestants of a run, each ready to be started.

use crate::say::aside;
use std::process::Command;

use super::build_peers::quiet_build;
use super::command::said;
use super::contestants::{ALL, Entry, Source};
use super::generator::beside;
use super::launch::{self, Launch};
use super::probe;
use super::record::{Contestant, Skipped};
use super::server::{SERVERS, Server};
use super::summary::{LIMIT, OURS};

/// One that is there.
pub(super) struct Ready {
    pub(super) entry: &'static Entry,
    pub(super) launch: Launch,
    /// Octets of its answer to `GET /`.
    pub(super) answer: usize,
}

/// Those that take part, and those that can't, with the reason.
pub(super) fn field(names: &[String]) -> Result<(Vec<Ready>, Vec<Skipped>), String> {
    let (mut ready, mut skipped) = (Vec::new(), Vec::new());
    let built = launch::built();
    let wanted = |entry: &&Entry| {
        names.is_empty()
            || [LIMIT, OURS].contains(&entry.name)
            || names.iter().any(|name| name == entry.name)
    };
    for entry in ALL.iter().filter(wanted) {
        let launch = match &entry.source {
            Source::Own { bin, .. } => own(bin),
            _ => match built.iter().find(|built| built.name == entry.name) {
                Some(built) => built.outcome.clone(),
                None => Err("was not built: `report build-peers` does it".into()),
            },
        };
        let answer = launch.and_then(|launch| Ok((answer(&launch)?, launch)));
        match answer {
            Ok((answer, launch)) => ready.push(Ready { entry, launch, answer }),
            Err(reason) if [LIMIT, OURS].contains(&entry.name) => {
                return Err(format!("{} must take part: {reason}", entry.title));
            }
            Err(reason) => skipped.push(Skipped { title: entry.title.into(), reason }),
        }
    }
    Ok((ready, skipped))
}

impl Ready {
    pub(super) fn contestant(&self) -> Contestant {
        Contestant {
            name: self.entry.name.into(),
            title: self.entry.title.into(),
            kind: self.entry.kind,
            version: self.launch.version.clone(),
            setup: self.entry.setup.into(),
            answer: self.answer,
        }
    }
}

fn own(bin: &str) -> Result<Launch, String> {
    let program = beside(bin)?;
    let version = match bin {
        OURS => said(Command::new(&program).arg("--version")).unwrap_or_default(),
        _ => format!("{bin} {}", env!("CARGO_PKG_VERSION")),
    };
    let arguments = ["--listen", "{address}"].map(String::from).into();
    Ok(Launch { program, arguments, configuration: None, version })
}

/// Starts it once: is its answer that of all others, and how long is it?
fn answer(launch: &Launch) -> Result<usize, String> {
    let server = Server::start(launch, &[], SERVERS)?;
    probe::greeting(server.address())
}

/// Builds what is of this workspace, into the folder that this program is in.
pub(super) fn build(heads: bool) -> Result<(), String> {
    aside!("building what is compared");
    quiet_build(&["-p", "rajada-mio", "--bin", "rajada"])?;
    let bins = ["load", "null-mio", "mio-httparse"].map(|bin| ["--bin", bin]);
    quiet_build(&[&["-p", "benches"], bins.as_flattened()].concat())?;
    if !heads {
        return Ok(());
    }
    // Some of the parsers are in C.
    quiet_build(&["-p", "benches", "--features", "peers", "--bin", "head"])
        .or_else(|_| quiet_build(&["-p", "benches", "--bin", "head"]))
}
