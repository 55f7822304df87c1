//! The figures in words.

use std::fmt::Write;

use super::Contestant;
use super::serve::{BACKLOG_EVENTS, BACKLOG_OCTETS};
use super::study::{Stuck, Turn};
use crate::report::{machine, now};

pub(super) fn line(turn: &Turn) -> String {
    let Turn { contestant, begun, used, last } = turn;
    format!(
        "{}: {begun:.0} octets a stream, {used:.0} with events; the last one has an event after {:.1} ms ({:.1} to {:.1})",
        contestant.name(),
        median(last),
        last[0],
        last[last.len() - 1],
    )
}

pub(super) fn line_of_stuck(stuck: &Stuck) -> String {
    let Stuck { octets, streams, sent, closed, begun, most, allowed, added } = stuck;
    format!(
        "rajada: {closed} of {streams} that never read were closed behind {sent} events of {octets} octets; {begun:.0} octets each at first, {most:.0} at most: {:.1} MiB more, {:.1} may be",
        added / MIB,
        allowed / MIB,
    )
}

const MIB: f64 = 1024.0 * 1024.0;

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

/// The middle one of each server's turns.
fn middle(turns: &[Turn], contestant: Contestant, of: impl Fn(&Turn) -> f64) -> f64 {
    let turns = turns.iter().filter(|turn| turn.contestant == contestant);
    let mut figures: Vec<f64> = turns.map(of).collect();
    figures.sort_by(f64::total_cmp);
    median(&figures)
}

pub(super) fn page(command: &str, streams: usize, turns: &[Turn], stuck: &[Stuck]) -> String {
    let mut page = format!(
        "# Event streams: {}\n\nWritten by `cargo run --release -p benches --features events --bin events -- {command}`.\n\n",
        now()
    );
    for (what, value) in machine() {
        let _ = writeln!(page, "- {what}: {value}");
    }
    let _ = writeln!(
        page,
        "\n## {streams} streams on one worker\n\nServer and clients are a process each. An event of 100 octets is sent to all streams by a request; the time is that from this request until the last client has read the event, the clients' own time included. axum is its `Sse` on a runtime of one thread, with tokio's broadcast channel. Turns in order:\n"
    );
    page += "| server | octets of resident memory a stream | the same behind the events | ms until the last client has an event: median | least | most |\n|---|---:|---:|---:|---:|---:|\n";
    for Turn { contestant, begun, used, last } in turns {
        let _ = writeln!(
            page,
            "| {} | {begun:.0} | {used:.0} | {:.1} | {:.1} | {:.1} |",
            contestant.name(),
            median(last),
            last[0],
            last[last.len() - 1],
        );
    }
    let ratio = |of: fn(&Turn) -> f64| {
        middle(turns, Contestant::Rajada, of) / middle(turns, Contestant::Axum, of)
    };
    let _ = writeln!(
        page,
        "\nRajada to axum, medians of turns: {:.2} of the memory, {:.2} of it behind the events, {:.2} of the time.",
        ratio(|turn| turn.begun),
        ratio(|turn| turn.used),
        ratio(|turn| median(&turn.last)),
    );
    let _ = writeln!(
        page,
        "\n## Clients that never read\n\nThe backlog is {BACKLOG_EVENTS} events and {} KiB. Sockets of these clients have room for 4 KiB and segments of 536 octets, so that the server's hold little as well. Each is closed by the bound; one that reads beside them has every event.\n",
        BACKLOG_OCTETS / 1024
    );
    page += "| clients | octets of an event | events until all are closed | closed by the bound | octets of resident memory a client before | at most | MiB more, all together | MiB that may be |\n|---:|---:|---:|---:|---:|---:|---:|---:|\n";
    for Stuck { octets, streams, sent, closed, begun, most, allowed, added } in stuck {
        let _ = writeln!(
            page,
            "| {streams} | {octets} | {sent} | {closed} | {begun:.0} | {most:.0} | {:.1} | {:.1} |",
            added / MIB,
            allowed / MIB
        );
    }
    page
}
