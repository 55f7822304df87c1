//! What is measured, and what has to hold.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Contestant;
use super::clients::{Clients, open_stuck};
use super::options::Options;
use super::process::Process;
use super::record;
use super::serve::{BACKLOG_EVENTS, BACKLOG_OCTETS};
use crate::report::most_files;

/// Octets of an event.
const OCTETS: usize = 100;

/// One turn of a server.
pub(super) struct Turn {
    pub(super) contestant: Contestant,
    /// Octets of resident memory for a stream: once it has begun, and once events were sent.
    pub(super) begun: f64,
    pub(super) used: f64,
    /// Milliseconds from the request that sends an event until the last client has it, in order of size.
    pub(super) last: Vec<f64>,
}

/// What those have cost that never read.
pub(super) struct Stuck {
    pub(super) octets: usize,
    pub(super) streams: usize,
    pub(super) sent: usize,
    pub(super) closed: usize,
    /// Octets of resident memory for a stream: before events are sent, and at most.
    pub(super) begun: f64,
    pub(super) most: f64,
    /// What may be added, in all.
    pub(super) allowed: f64,
    pub(super) added: f64,
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    let files = most_files().saturating_sub(100);
    let (streams, stuck) = (options.streams.min(files), options.stuck.min(files));
    let mut turns = Vec::new();
    for round in 0..options.rounds {
        for at in 0..2 {
            // Each is first in every other round.
            let contestant = Contestant::ALL[(round + at) % 2];
            let turn = turn(contestant, streams, options.events)?;
            println!("{}", record::line(&turn));
            turns.push(turn);
        }
    }
    let mut stuck_ones = Vec::new();
    for octets in [OCTETS, 8192] {
        let found = stick(stuck, octets)?;
        println!("{}", record::line_of_stuck(&found));
        stuck_ones.push(found);
    }
    if let Some(file) = &options.record {
        let page = record::page(&options.line, streams, &turns, &stuck_ones);
        std::fs::write(file, page).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    stuck_ones.iter().try_for_each(Stuck::judge)
}

fn turn(contestant: Contestant, streams: usize, events: usize) -> Result<Turn, String> {
    let mut server = Process::start(contestant)?;
    let at_first = warm(&mut server)?;
    let mut clients = Clients::open(server.address(), streams)?;
    sleep(Duration::from_millis(300));
    let a_stream = |resident: u64| resident.saturating_sub(at_first) as f64 / streams as f64;
    let begun = a_stream(server.resident()?);
    let mut last = Vec::new();
    for event in 1..=events {
        let sent = Instant::now();
        server.send(OCTETS)?;
        last.push(clients.read_to(event)?.duration_since(sent).as_secs_f64() * 1000.0);
        server.sent()?;
        sleep(Duration::from_millis(20));
    }
    last.sort_by(f64::total_cmp);
    let used = a_stream(server.resident()?);
    match server.state()? {
        (still, 0) if still == streams => Ok(Turn { contestant, begun, used, last }),
        (still, ended) => Err(format!(
            "{}: {still} of {streams} streams are left, {ended} were ended",
            contestant.name()
        )),
    }
}

/// Has a server done everything once; its memory then.
fn warm(server: &mut Process) -> Result<u64, String> {
    let mut clients = Clients::open(server.address(), 10)?;
    for event in 1..=3 {
        server.send(OCTETS)?;
        clients.read_to(event)?;
        server.sent()?;
    }
    drop(clients);
    // A server may see it only when it writes.
    let began = Instant::now();
    while server.state()?.0 > 0 {
        if began.elapsed() > Duration::from_secs(10) {
            return Err("streams don't end with their clients".into());
        }
        server.send(OCTETS)?;
        server.sent()?;
        sleep(Duration::from_millis(20));
    }
    server.resident()
}

/// Clients of Rajada that never read, and one that does, until all of those are closed.
fn stick(streams: usize, octets: usize) -> Result<Stuck, String> {
    let mut server = Process::start(Contestant::Rajada)?;
    let at_first = warm(&mut server)?;
    let stuck = open_stuck(server.address(), streams)?;
    let began = Instant::now();
    while server.state()?.0 < streams {
        if began.elapsed() > Duration::from_secs(60) {
            return Err("not all streams begin".into());
        }
        sleep(Duration::from_millis(20));
    }
    let mut reader = Clients::open(server.address(), 1)?;
    let before = server.resident()?;
    let (mut most, mut sent, mut closed) = (before, 0, 0);
    while closed < streams && sent < MOST_EVENTS {
        server.send(octets)?;
        server.sent()?;
        sent += 1;
        reader.read_to(sent)?;
        most = most.max(server.resident()?);
        closed = server.state()?.1;
    }
    drop(stuck);
    let a_stream = |resident: u64| resident.saturating_sub(at_first) as f64 / streams as f64;
    Ok(Stuck {
        octets,
        streams,
        sent,
        closed,
        begun: a_stream(before),
        most: a_stream(most),
        allowed: (2 * BACKLOG_OCTETS + SLACK + streams * WINDOW) as f64,
        added: most.saturating_sub(before) as f64,
    })
}

/// Events after which all must have been closed: what sockets hold is far less.
const MOST_EVENTS: usize = 5000;

/// What may be in memory for one that does not read: 4 KiB and an event, in an arena that grows by doubling.
const WINDOW: usize = 8 * 1024 + 1024;

/// What a server may need besides, for the table of tasks that were woken and the like.
const SLACK: usize = 4 << 20;

impl Stuck {
    fn judge(&self) -> Result<(), String> {
        let Stuck { octets, streams, sent, closed, allowed, added, .. } = self;
        if closed != streams {
            return Err(format!(
                "of {streams} that never read, {closed} were closed behind {sent} events of {octets} octets"
            ));
        }
        if sent <= &BACKLOG_EVENTS.min(BACKLOG_OCTETS / octets) {
            return Err(format!("they were closed behind {sent} events: that is no backlog"));
        }
        if added > allowed {
            return Err(format!("they took {added} octets, and {allowed} may be"));
        }
        Ok(())
    }
}
