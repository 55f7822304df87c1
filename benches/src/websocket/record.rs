//! The figures in words.

use std::fmt::Write;

use super::bounds::SOCKET;
use super::crowd::Found;
use super::echo::{CONNECTIONS, SETTINGS, Turn, middle};
use super::field::{NULL, OURS, RECEIVES};
use super::idle::Idle;
use super::options::Options;
use super::room::{SIZE, Sent};
use super::serve::{BACKLOG, future_size};
use super::study::Measured;
use crate::report::{Echo, Machine, now};

const COMMAND: &str = "cargo run --release -p benches --bin websocket --";
const MIB: f64 = 1024.0 * 1024.0;

fn head(page: &mut String, title: &str, line: &str, machine: &Machine) {
    let _ = write!(page, "# {title}: {}\n\nWritten by `{COMMAND} {line}`.\n\n", now());
    for (what, value) in machine {
        let _ = writeln!(page, "- {what}: {value}");
    }
}

pub(super) fn page(options: &Options, found: &Measured) -> String {
    let Measured { machine, sockets, field, skipped, turns, idle, sent } = found;
    let mut page = String::new();
    head(&mut page, "WebSockets", &options.line, machine);
    page += "\n## Who takes part\n\nEach is one process with one worker, on one processor; the clients are on the other.\n\n| server | version | setup |\n|---|---|---|\n";
    for Echo { title, setup, launch, .. } in field {
        let _ = writeln!(page, "| {title} | {} | {setup} |", launch.version);
    }
    for (title, reason) in skipped {
        let _ = writeln!(page, "| {title} | - | skipped: {reason} |");
    }
    echoes(&mut page, options, field, turns);
    memory(&mut page, *sockets, idle);
    let _ = writeln!(
        page,
        "\n## A message to {sockets} sockets\n\nThe time is that from when a message of {SIZE} octets is handed to a socket of the server that sends it on to all, until the last client has it, the clients' own time included. {} messages, one after another.\n",
        options.messages
    );
    page += "| server | ms until the last client has it: median | least | most | ms of the server's processor |\n|---|---:|---:|---:|---:|\n";
    for one in sent {
        let Sent { title, last, cpu } = one;
        let (least, most) = (last[0], last[last.len() - 1]);
        let _ =
            writeln!(page, "| {title} | {:.1} | {least:.1} | {most:.1} | {cpu:.1} |", one.median());
    }
    page
}

fn echoes(page: &mut String, options: &Options, field: &[Echo], turns: &[Turn]) {
    let _ = writeln!(
        page,
        "\n## Echoes\n\nBinary messages on {CONNECTIONS} connections, so many of them in one write; the next are sent when all have come back. Every octet of what comes back is compared, and before anything is timed all servers have answered the same octets. Medians of {} turns of {:.1} s each, in turn.",
        options.rounds,
        options.turn.as_secs_f64()
    );
    for setting in SETTINGS {
        let (size, depth) = setting;
        let _ = writeln!(page, "\n### {size} octets, {depth} in flight\n");
        *page += "| server | us of the processor a message | in the program | to the null echo | M messages a second | us until a burst is answered: median | 99 in 100 |\n|---|---:|---:|---:|---:|---:|---:|\n";
        let of = |name: &str, of: fn(&Turn) -> f64| middle(turns, name, setting, of);
        let limit = of(NULL, |turn| turn.cpu);
        for Echo { name, title, .. } in field {
            let cpu = of(name, |turn| turn.cpu);
            let _ = writeln!(
                page,
                "| {title} | {cpu:.3} | {:.3} | {:.2} | {:.3} | {:.0} | {:.0} |",
                of(name, |turn| turn.user),
                cpu / limit,
                of(name, |turn| turn.rate) / 1e6,
                of(name, |turn| turn.p50),
                of(name, |turn| turn.p99)
            );
        }
        let ours = of(OURS, |turn| turn.cpu);
        let peers = field.iter().filter(|echo| ![OURS, RECEIVES, NULL].contains(&echo.name));
        let best = peers
            .min_by(|a, b| of(a.name, |turn| turn.cpu).total_cmp(&of(b.name, |turn| turn.cpu)));
        if let Some(best) = best {
            let _ = writeln!(
                page,
                "\nRajada: {:.2} of the null echo, {:.2} of the best peer, {}.",
                ours / limit,
                ours / of(best.name, |turn| turn.cpu),
                best.title
            );
        }
    }
}

fn memory(page: &mut String, sockets: usize, idle: &[Idle]) {
    let (awaits, echo) = future_size();
    let _ = writeln!(
        page,
        "\n## {sockets} idle sockets\n\nGrowth of resident memory, divided by the sockets: behind the handshake, and behind one message of 40 octets each that has come back. Of Rajada's, {awaits} octets are the handler's future where it only awaits messages, and {echo} where it sends them back. The bound is {SOCKET:.0}. Compression is permessage-deflate as each server has it by default; what declines it is not shown.\n"
    );
    *page += "| server | compression | octets a socket | behind a message |\n|---|---|---:|---:|\n";
    for Idle { title, deflate, begun, used, .. } in idle {
        let with = if *deflate { "agreed" } else { "no" };
        let used = used.map_or("-".into(), |used| format!("{used:.0}"));
        let _ = writeln!(page, "| {title} | {with} | {begun:.0} | {used} |");
    }
}

pub(super) fn lines_of_crowd(found: &Found) -> String {
    let Found { readers, stuck, sent, size, first_closed, last_closed, .. } = found;
    let Found { fewest, most, told, last, before, peak, allowed, .. } = found;
    format!(
        "{readers} sockets have had all {sent} messages of {size} octets; the last of them after {:.1} ms ({:.1} to {:.1})\n\
        {stuck} that do not read were closed by the bound, behind message {first_closed} to {last_closed}; they have had {fewest} to {most} messages, and {told} a close frame\n\
        the server's memory: {:.1} MiB before, {:.1} more at the peak, {:.1} may be\n",
        last[last.len() / 2],
        last[0],
        last[last.len() - 1],
        *before as f64 / MIB,
        peak.saturating_sub(*before) as f64 / MIB,
        *allowed as f64 / MIB,
    )
}

pub(super) fn page_of_crowd(line: &str, rate: f64, machine: &Machine, found: &Found) -> String {
    let mut page = String::new();
    head(&mut page, "Sockets that do not read", line, machine);
    let Found { readers, stuck, sent, size, .. } = found;
    let _ = writeln!(
        page,
        "\nOne worker of Rajada sends {sent} messages of {size} octets, {rate} a second, to {} sockets; {stuck} of them never read, and their sockets have room for 4 KiB and segments of 536 octets. A member of the broadcast may be {} KiB behind, beside the 64 KiB that its connection has taken and what the sockets of both ends hold. Clients answer pings and compare every octet. The run fails if one that reads lacks a message, if one that does not is not closed by the bound, or has had anything but the first messages in order, or if the server's memory exceeds what these bounds allow.\n",
        readers + stuck,
        BACKLOG / 1024
    );
    for line in lines_of_crowd(found).lines() {
        let _ = writeln!(page, "- {line}");
    }
    page
}
