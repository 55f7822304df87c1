//! A thread of the generator: its connections, and the loop that serves them.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use mio::event::Event;
use mio::{Events, Poll, Token};

use super::compare::Expected;
use super::connection::Connection;
use super::latency;
use super::pace::{self, Timetable};
use super::report::Errors;
use super::shared::{Counts, Phase, Shared};

/// Octets of one read: more than the answers to usual bursts, so that a read that is not full was the last.
const READ: usize = 256 * 1024;

/// A thread looks at least so often whether it is to end.
const LOOK: Duration = Duration::from_millis(20);

/// Connections that can't be opened are tried again after this.
const AGAIN: Duration = Duration::from_millis(10);

/// How long after the end bursts are still sent that were due before it.
const CATCH_UP: Duration = Duration::from_secs(1);

/// How long after the end answers are waited for.
const DRAIN: Duration = Duration::from_secs(2);

/// What all threads do.
#[derive(Clone, Copy)]
pub(super) struct Task<'r> {
    pub(super) address: SocketAddr,
    /// The target of the opening handshake, if there is one.
    pub(super) handshake: Option<&'r str>,
    pub(super) connections: usize,
    pub(super) threads: usize,
    pub(super) burst: &'r [u8],
    pub(super) expected: &'r Expected,
    pub(super) timetable: Option<Timetable>,
    pub(super) shared: &'r Shared,
}

/// What a thread found.
pub(super) struct Tally {
    /// Of bursts.
    pub(super) latencies: Histogram<u64>,
    /// Of the first answer to each.
    pub(super) first: Histogram<u64>,
    /// How late bursts were sent behind the time when they were due and their connection was free: what the generator itself owes.
    pub(super) lag: Histogram<u64>,
    pub(super) errors: Errors,
}

/// One thread's share.
pub(super) struct Worker<'r> {
    task: Task<'r>,
    number: usize,
    poll: Poll,
    connections: Vec<Connection>,
    /// Connections to be opened again.
    broken: Vec<usize>,
    /// Connections that wait for answers.
    busy: usize,
    expected: Expected,
    buffer: Vec<u8>,
    epoch: Instant,
    /// When events were looked for last, and when there were some, in nanoseconds since the epoch.
    looked: u64,
    came: u64,
    phase: Phase,
    /// When measuring began and ended, in nanoseconds since the epoch; far away until it is known.
    measured: (u64, u64),
    /// Entries of the timetable that were seen to.
    ticks: u64,
    counts: Counts,
    tally: Tally,
}

impl<'r> Worker<'r> {
    /// Opens its connections: those of all whose number is its own, modulo the number of threads.
    pub(super) fn new(task: Task<'r>, number: usize) -> io::Result<Self> {
        let share = (task.connections + task.threads - 1 - number) / task.threads;
        let mut worker = Self {
            task,
            number,
            poll: Poll::new()?,
            connections: (0..share).map(|_| Connection::default()).collect(),
            broken: Vec::new(),
            busy: 0,
            expected: task.expected.clone(),
            buffer: vec![0; READ],
            epoch: Instant::now(),
            looked: 0,
            came: 0,
            phase: Phase::WarmUp,
            measured: (u64::MAX, u64::MAX),
            ticks: 0,
            counts: Counts::default(),
            tally: Tally {
                latencies: latency::histogram(),
                first: latency::histogram(),
                lag: latency::histogram(),
                errors: Errors::default(),
            },
        };
        worker.broken = (0..share).filter(|&index| !worker.open(index)).collect();
        Ok(worker)
    }

    pub(super) fn run(mut self) -> io::Result<Tally> {
        // Between many events, what is due would wait.
        let mut events =
            Events::with_capacity(if self.task.timetable.is_some() { 16 } else { 1024 });
        self.epoch = Instant::now();
        let mut tried = 0;
        if self.task.timetable.is_none() {
            (0..self.connections.len()).for_each(|index| self.next(index, 0));
        }
        loop {
            let timeout = self.sleep();
            match self.poll.poll(&mut events, Some(timeout)) {
                Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            self.look(self.task.shared.phase());
            events.iter().for_each(|event| self.ready(event));
            let now = self.now();
            self.looked = now;
            if !events.is_empty() {
                self.came = now;
            }
            self.tick(now);
            if self.phase == Phase::Drain {
                let over = now.saturating_sub(self.measured.1) >= nanos(DRAIN);
                if over || self.busy == 0 {
                    break;
                }
            } else if !self.broken.is_empty() && now >= tried + nanos(AGAIN) {
                tried = now;
                self.mend();
            }
            self.counts.errors = self.tally.errors.total();
            self.task.shared.publish(self.number, &self.counts);
        }
        self.count_what_is_left();
        Ok(self.tally)
    }

    /// Notices what phase it is.
    fn look(&mut self, phase: Phase) {
        if phase != self.phase {
            let now = self.now();
            match phase {
                Phase::WarmUp => {}
                Phase::Measure => self.measured.0 = now,
                Phase::Drain => self.measured.1 = now,
            }
            self.phase = phase;
        }
    }

    #[inline]
    fn now(&self) -> u64 {
        nanos(self.epoch.elapsed())
    }

    /// Sleeps if nothing can come before something is due; tells how long to wait for events.
    fn sleep(&self) -> Duration {
        let until_look = if self.broken.is_empty() { LOOK } else { AGAIN };
        match self.due() {
            Some((_, due)) if self.phase != Phase::Drain => {
                let left = Duration::from_nanos(due.saturating_sub(self.now()));
                if self.busy == 0 && left <= until_look {
                    std::thread::sleep(pace::sleep(left));
                    return Duration::ZERO;
                }
                pace::poll(left).min(until_look)
            }
            None => pace::idle(Duration::from_nanos(self.looked - self.came), until_look),
            Some(_) => until_look,
        }
    }

    #[inline]
    fn ready(&mut self, event: &Event) {
        let index = event.token().0;
        if event.is_writable() {
            let connection = &self.connections[index];
            if connection.busy && connection.sent < self.task.burst.len() {
                self.write(index);
            }
        }
        if event.is_readable() {
            self.read(index, event.is_read_closed());
        }
    }

    // ---- bursts ---------------------------------------------------------------------------------

    /// Begins the next burst on an idle connection, if it is time. What was due before the end is sent after it, too.
    #[inline]
    fn next(&mut self, index: usize, now: u64) {
        let began = match self.task.timetable {
            None => now,
            Some(table) => table.due(self.global(index), self.connections[index].bursts),
        };
        let end = self.measured.1;
        let due = began <= now && began < end && now < end.saturating_add(nanos(CATCH_UP));
        if due && self.connections[index].stream.is_some() {
            if self.task.timetable.is_some() {
                // Others that were due at the same time have been sent since `now`.
                let could = began.max(self.connections[index].free);
                let late = self.now().saturating_sub(could);
                if began >= self.measured.0 {
                    self.tally.lag.saturating_record(late);
                }
            }
            self.connections[index].begin(began);
            self.busy += 1;
            self.write(index);
        }
    }

    fn write(&mut self, index: usize) {
        let connection = &mut self.connections[index];
        let Some(stream) = &mut connection.stream else { return };
        while connection.sent < self.task.burst.len() {
            match stream.write(&self.task.burst[connection.sent..]) {
                Ok(count) => {
                    connection.sent += count;
                    self.counts.octets_out += count as u64;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.tally.errors.write += 1;
                    return self.give_up(index, || format!("a write failed: {error}"));
                }
            }
        }
        // The answers may have come before the last octet was accepted.
        if connection.received == self.expected.len() {
            self.complete(index, self.now());
        }
    }

    #[inline]
    fn read(&mut self, index: usize, closed: bool) {
        loop {
            let connection = &mut self.connections[index];
            let Some(stream) = &mut connection.stream else { return };
            match stream.read(&mut self.buffer) {
                Ok(0) => {
                    self.tally.errors.read += 1;
                    return self.give_up(index, || "the server closed a connection".into());
                }
                Ok(count) => {
                    self.counts.octets_in += count as u64;
                    if !self.receive(index, count) || (count < READ && !closed) {
                        return;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.tally.errors.read += 1;
                    return self.give_up(index, || format!("a read failed: {error}"));
                }
            }
        }
    }

    /// Compares so many octets of the buffer with what is expected; tells whether they are right.
    #[inline]
    fn receive(&mut self, index: usize, count: usize) -> bool {
        let connection = &mut self.connections[index];
        let received = &self.buffer[..count];
        // Without a burst, nothing is expected: the place behind its last answer.
        let at = if connection.busy { connection.received } else { self.expected.len() };
        match self.expected.check(at, received) {
            Ok(()) => {
                let (before, end) = (connection.received, self.expected.first_end());
                connection.received += count;
                let sent = connection.sent == self.task.burst.len();
                let complete = sent && connection.received == self.expected.len();
                let first = before < end && connection.received >= end;
                if complete || first {
                    let (began, now) = (connection.began, self.now());
                    if first {
                        self.record(began, now, |tally| &mut tally.first);
                    }
                    if complete {
                        self.complete(index, now);
                    }
                }
                true
            }
            Err(difference) => {
                let complaint = self.expected.describe(difference, at, received);
                match difference.status {
                    true => self.tally.errors.status += 1,
                    false => self.tally.errors.mismatch += 1,
                }
                self.give_up(index, || complaint);
                false
            }
        }
    }

    #[inline]
    fn complete(&mut self, index: usize, now: u64) {
        let connection = &mut self.connections[index];
        (connection.busy, connection.free) = (false, now);
        self.busy -= 1;
        self.counts.bursts += 1;
        let began = connection.began;
        self.record(began, now, |tally| &mut tally.latencies);
        self.next(index, now);
    }

    /// Records a latency, if the burst belongs to what is measured.
    #[inline]
    fn record(&mut self, began: u64, now: u64, of: fn(&mut Tally) -> &mut Histogram<u64>) {
        if began >= self.measured.0 {
            of(&mut self.tally).saturating_record(now - began);
        }
    }

    // ---- the timetable --------------------------------------------------------------------------

    /// The number of a connection over all threads.
    #[inline]
    fn global(&self, index: usize) -> usize {
        index * self.task.threads + self.number
    }

    /// The next entry of the timetable: connection and time.
    #[inline]
    fn due(&self) -> Option<(usize, u64)> {
        let table = self.task.timetable?;
        let connections = self.connections.len() as u64;
        let (round, index) = (self.ticks / connections, (self.ticks % connections) as usize);
        Some((index, table.due(self.global(index), round)))
    }

    /// Begins what is due on idle connections. (A busy one looks itself when it is answered.)
    fn tick(&mut self, now: u64) {
        while let Some((index, due)) = self.due()
            && due <= now
            && due < self.measured.1
        {
            self.ticks += 1;
            self.counts.due += 1;
            if !self.connections[index].busy {
                self.next(index, now);
            }
        }
    }

    // ---- what goes wrong ------------------------------------------------------------------------

    #[cold]
    fn give_up(&mut self, index: usize, complaint: impl FnOnce() -> String) {
        let connection = &mut self.connections[index];
        connection.stream = None;
        self.busy -= usize::from(std::mem::take(&mut connection.busy));
        self.broken.push(index);
        self.task.shared.complain(complaint);
    }

    /// Opens what is broken, as far as it can be.
    fn mend(&mut self) {
        while let Some(index) = self.broken.pop() {
            if !self.open(index) {
                return self.broken.push(index);
            }
            let now = self.now();
            self.connections[index].free = now;
            self.next(index, now);
        }
    }

    fn open(&mut self, index: usize) -> bool {
        let connection = &mut self.connections[index];
        let opened = connection.open(
            self.task.address,
            self.task.handshake,
            self.poll.registry(),
            Token(index),
        );
        if let Err(error) = &opened {
            self.tally.errors.connect += 1;
            self.task.shared.complain(|| format!("a connection can't be opened: {error}"));
        }
        opened.is_ok()
    }

    /// Bursts without an answer are errors and as late as they are now, and those that were due behind them are late, too.
    fn count_what_is_left(&mut self) {
        let now = self.now();
        for index in 0..self.connections.len() {
            let connection = &self.connections[index];
            let (busy, began, bursts) = (connection.busy, connection.began, connection.bursts);
            if busy {
                self.tally.errors.read += 1;
                self.record(began, now, |tally| &mut tally.latencies);
                let waited = DRAIN.as_secs();
                self.task.shared.complain(|| format!("no answer within {waited} s after the end"));
            }
            let Some(table) = self.task.timetable else { continue };
            let left = (bursts..).map(|burst| table.due(self.global(index), burst));
            let left: Vec<u64> = left.take_while(|&due| due < self.measured.1).collect();
            for due in left {
                self.record(due, now, |tally| &mut tally.latencies);
            }
        }
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
