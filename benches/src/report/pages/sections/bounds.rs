//! Faults and memory of the servers.

use super::super::super::record::Record;
use super::super::super::summary::BOUNDED;
use super::super::table::Table;
use super::Part::{Chart, List, Words};
use super::{Part, Section, class, section};

pub(super) fn found_faults(record: &Record) -> Section {
    if record.probes.is_empty() {
        return section("Faults", Vec::new());
    }
    let mut table = Table::of_prose(&[
        "server",
        "order",
        "fragments",
        "half-close",
        "before a malformed request",
        "unread answers",
    ]);
    for probe in &record.probes {
        let Some(one) = record.contestants.iter().find(|one| one.name == probe.contestant) else {
            continue;
        };
        let mut cells = vec![one.title.clone()];
        cells
            .extend(probe.parts().map(|(_, fault)| fault.clone().unwrap_or_else(|| "fine".into())));
        let unread = record.unread.iter().find(|unread| unread.contestant == one.name);
        cells.push(unread.map_or(String::new(), |unread| {
            let word = if unread.growth > BOUNDED { "grows" } else { "bounded" };
            format!("{word}: +{}", mebibytes(unread.growth))
        }));
        table.row(class(one.kind), cells);
    }
    let words = "Each was tried with 64 pipelined requests of which every second is for something that isn't there (order), two requests sent \
        an octet at a time (fragments), 24 requests and the end of the client's side behind them (all answers must come, then the end: \
        half-close), two good requests and a malformed one in one write, and 64 MiB of requests whose answers are never read (resident memory \
        must stay bounded). null-mio and the bare loop are marks, not servers: what they can't do is no surprise.";
    section("Faults", vec![Words(words.into()), Part::Table(table)])
}

fn mebibytes(octets: u64) -> String {
    match octets >> 20 {
        0 => format!("{} KiB", octets >> 10),
        more => format!("{more} MiB"),
    }
}

pub(super) fn memory(record: &Record) -> Section {
    let mut table = Table::new(&[
        "server",
        "before, KiB",
        "opened: octets a connection",
        "after a request",
        "after a burst of 24",
        "all closed, KiB",
    ]);
    let mut failed = Vec::new();
    for memory in &record.memory {
        let Some(one) = record.contestants.iter().find(|one| one.name == memory.contestant) else {
            continue;
        };
        match &memory.outcome {
            Ok(resident) => {
                let octets = |moment| format!("{:.0}", resident.octets_a_connection(moment));
                table.row(
                    class(one.kind),
                    vec![
                        one.title.clone(),
                        (resident.before >> 10).to_string(),
                        octets(resident.opened),
                        octets(resident.after_request),
                        octets(resident.after_burst),
                        (resident.closed >> 10).to_string(),
                    ],
                );
            }
            Err(reason) => failed.push(format!("{}: {reason}", one.title)),
        }
    }
    if table.rows.is_empty() && failed.is_empty() {
        return section("Memory", Vec::new());
    }
    let mut parts = vec![Chart("memory"), Part::Table(table)];
    if !failed.is_empty() {
        parts.push(List(failed));
    }
    section("Memory", parts)
}
