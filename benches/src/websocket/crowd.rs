//! Many sockets that get a message now and then, and a tenth of them that never read. What has to hold:
//!
//! - Those that read have every message, in order, before the next one is sent or soon after, and stay open.
//! - Each of the others is closed by the bound on its backlog: the server has counted it, and what it finds when it reads at last is the first messages, in
//!   order, and then the end.
//! - The server's memory, at its peak, stays within what those bounds allow.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::clients::{Clients, End, open_stuck};
use super::control::Control;
use super::field::{ours, start};
use super::options::Crowd;
use super::record;
use super::serve::BACKLOG;
use crate::report::{machine, most_files, pin_clients};

/// What was found.
pub(super) struct Found {
    pub(super) readers: usize,
    pub(super) stuck: usize,
    /// Messages sent to all.
    pub(super) sent: usize,
    pub(super) size: usize,
    /// Behind which message the server had closed the first and the last one that does not read.
    pub(super) first_closed: usize,
    pub(super) last_closed: usize,
    /// The fewest and the most messages that one of these had.
    pub(super) fewest: usize,
    pub(super) most: usize,
    /// Those that found a close frame, of code 1008.
    pub(super) told: usize,
    /// Milliseconds until the last reader had a message, in order of size.
    pub(super) last: Vec<f64>,
    /// Octets of resident memory before the first message, at the peak, and that may be added.
    pub(super) before: u64,
    pub(super) peak: u64,
    pub(super) allowed: u64,
}

pub(super) fn run(options: &Crowd) -> Result<(), String> {
    let machine = machine();
    pin_clients();
    let sockets = options.sockets.min(most_files().saturating_sub(200));
    let stuck = (sockets / 10).max(1);
    let readers = sockets.saturating_sub(stuck).max(1);
    let total = ((options.seconds * options.rate) as usize).max(1);
    let found = watch(options, readers, stuck, total)?;
    print!("{}", record::lines_of_crowd(&found));
    if let Some(file) = &options.record {
        let page = record::page_of_crowd(&options.line, options.rate, &machine, &found);
        std::fs::write(file, page).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    if found.peak > found.before + found.allowed {
        return Err(format!(
            "{} octets were added to the server's memory, and {} may be",
            found.peak - found.before,
            found.allowed
        ));
    }
    Ok(())
}

fn watch(options: &Crowd, readers: usize, stuck: usize, total: usize) -> Result<Found, String> {
    let server = start(&ours()?, options.size, 1)?;
    let mut clients = Clients::open(server.address(), readers, options.size)?;
    let silent = open_stuck(server.address(), stuck)?;
    let mut control = Control::open(server.address())?;
    let began = Instant::now();
    while control.state()?.0 < readers + stuck {
        if began.elapsed() > Duration::from_secs(60) {
            return Err("not all sockets join".into());
        }
        sleep(Duration::from_millis(20));
    }

    let before = server.resident()?;
    let (mut first_closed, mut last_closed, mut last) = (None, None, Vec::new());
    let begun = Instant::now();
    for number in 1..=total {
        let due = begun + Duration::from_secs_f64((number - 1) as f64 / options.rate);
        sleep(due.saturating_duration_since(Instant::now()));
        let sent = Instant::now();
        control.send(clients.next())?;
        let done = clients.read_all().map_err(|error| format!("message {number}: {error}"))?;
        last.push(done.duration_since(sent).as_secs_f64() * 1000.0);
        let (_, closed) = control.state()?;
        if closed > 0 {
            first_closed.get_or_insert(number);
        }
        if closed >= stuck {
            last_closed.get_or_insert(number);
        }
    }
    let (members, closed) = control.state()?;
    let peak = server.peak()?;
    last.sort_by(f64::total_cmp);
    if (members, closed) != (readers, stuck) {
        return Err(format!(
            "of {stuck} that do not read, {closed} were closed behind {total} messages of {} octets; {members} of {readers} others are left",
            options.size
        ));
    }

    let ends = Clients::late(silent, options.size, &clients)?.read_to_the_end()?;
    if let Some((end, _)) =
        ends.iter().find(|(end, _)| !matches!(end, End::Cut | End::Closed(1008)))
    {
        return Err(format!("one that does not read has ended so: {end:?}"));
    }
    let had = |most: bool| {
        let messages = ends.iter().map(|(_, messages)| *messages);
        if most { messages.max() } else { messages.min() }.unwrap_or_default()
    };
    if had(true) >= total {
        return Err("one that was closed has had all messages".into());
    }
    Ok(Found {
        readers,
        stuck,
        sent: total,
        size: options.size,
        first_closed: first_closed.unwrap_or_default(),
        last_closed: last_closed.unwrap_or_default(),
        fewest: had(false),
        most: had(true),
        told: ends.iter().filter(|(end, _)| *end == End::Closed(1008)).count(),
        last,
        before,
        peak,
        allowed: allowed(options.size, stuck),
    })
}

/// Octets of memory that the bounds allow. Messages are shared, so what is queued is counted once, whoever it is for. Who does not read has a table of what is queued, and
/// a store for what has not left; all others share those of the worker, also for pings, which may be due for all at once.
fn allowed(size: usize, stuck: usize) -> u64 {
    /// What the connection has taken of the backlog, at most.
    const TAKEN: usize = 64 * 1024;
    /// A store with the least that it allocates, and a queue's first table.
    const STORE: usize = 4096 + 1024;
    /// What a server may need besides, for the table of tasks that were woken and the like.
    const SLACK: usize = 2 << 20;
    // A table grows by doubling.
    let tables = 2 * 64 * ((BACKLOG + TAKEN) / size + 2);
    // What is small is taken by the copy: then each has its own.
    let copied = if size < rajada_websocket::COPY_BELOW { 2 * TAKEN } else { 0 };
    let shared = 2 * (BACKLOG + TAKEN + 2 * size);
    (SLACK + shared + stuck * (STORE + tables + copied)) as u64
}
