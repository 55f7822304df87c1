//! All that is measured.

use super::echo::Turn;
use super::field::{Skipped, field};
use super::idle::Idle;
use super::options::Options;
use super::room::Sent;
use super::{bounds, echo, idle, record, room};
use crate::report::{Echo, Machine, machine, most_files, pin_clients};

/// What was measured, on which machine.
pub(super) struct Measured {
    pub(super) machine: Machine,
    /// Sockets that were idle at once.
    pub(super) sockets: usize,
    pub(super) field: Vec<Echo>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) turns: Vec<Turn>,
    pub(super) idle: Vec<Idle>,
    pub(super) sent: Vec<Sent>,
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    let machine = machine();
    pin_clients();
    let sockets = options.sockets.min(most_files().saturating_sub(200));
    let (field, skipped) = field(options)?;
    skipped.iter().for_each(|(title, reason)| println!("{title}: skipped: {reason}"));
    let turns = echo::run(options, &field)?;
    let idle = idle::run(&field, sockets)?;
    let sent = room::run(&field, sockets, options.messages)?;
    let measured = Measured { machine, sockets, field, skipped, turns, idle, sent };
    if let Some(file) = &options.record {
        let page = record::page(options, &measured);
        std::fs::write(file, page).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    if options.check { bounds::check(&measured.turns, &measured.idle) } else { Ok(()) }
}
