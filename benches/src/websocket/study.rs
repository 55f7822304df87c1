//! All that is measured.

use super::field::field;
use super::options::Options;
use super::{echo, idle, record, room};
use crate::report::{most_files, pin_clients};

pub(super) fn run(options: &Options) -> Result<(), String> {
    pin_clients();
    let sockets = options.sockets.min(most_files().saturating_sub(200));
    let (field, skipped) = field(options)?;
    skipped.iter().for_each(|(title, reason)| println!("{title}: skipped: {reason}"));
    let turns = echo::run(options, &field)?;
    let idle = idle::run(&field, sockets)?;
    let sent = room::run(&field, sockets, options.messages)?;
    if let Some(file) = &options.record {
        let page = record::page(options, sockets, &field, &skipped, &turns, &idle, &sent);
        std::fs::write(file, page).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}
