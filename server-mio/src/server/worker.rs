//! A worker: one thread, one loop, its own connections.

use std::hint::cold_path;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Poll, Token};

use super::connection::{Connection, Next};
use super::connections::Connections;
use super::deadlines::{self, Activity};
use super::readiness::{Readiness, Ready};
use super::{Control, Exit, Order, Seat, WAKER};
use crate::Status;
use crate::app::Shared;
use crate::runtime::{BlockingPool, Runtime};
use crate::service::Service;

const LISTENER: Token = Token(usize::MAX - 1);

/// Octets of one read.
const BUFFER: usize = 64 * 1024;

/// Connections accepted before others get their turn.
const ACCEPTS_A_TURN: usize = 64;

/// How long to wait when the system is out of file descriptors or memory for connections.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Worker {
    poll: Poll,
    listener: Option<TcpListener>,
    accept: Accept,
    connections: Connections,
    service: Service,
    buffer: Box<[u8]>,
    /// Connections that can go on without an event: the kernel will not report them again.
    ready: Vec<u64>,
    control: Arc<Control>,
    began: Instant,
    next_look: Instant,
    /// When shutdown must have ended; set once it was ordered.
    ends: Option<Instant>,
    /// Tasks that were woken, and connections that they have answered: empty between turns.
    woken: Vec<u32>,
    answered: Vec<u64>,
}

/// Whether there may be connections to accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accept {
    /// The kernel will say.
    Wait,
    Now,
    /// Not before this time, or the end of a connection.
    Later(Instant),
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        seat: Seat,
        control: Arc<Control>,
        blocking: Arc<BlockingPool>,
    ) -> io::Result<Worker> {
        let Seat { poll, mut listener, queue } = seat;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        let now = Instant::now();
        let service = Service::new(
            shared.clone(),
            Runtime::new(blocking, shared.settings.ambient.clone()),
            queue,
        );
        Ok(Worker {
            poll,
            listener: Some(listener),
            accept: Accept::Wait,
            connections: Connections::new(),
            service,
            buffer: vec![0; BUFFER].into(),
            ready: Vec::new(),
            control,
            began: now,
            next_look: now,
            ends: None,
            woken: Vec::new(),
            answered: Vec::new(),
        })
    }

    /// Serves until it is told to stop.
    pub(super) fn run(mut self) -> io::Result<Exit> {
        let runtime = self.service.runtime.clone();
        let entered = runtime.enter();
        let shared = self.service.shared.clone();
        shared.start.iter().for_each(|hook| hook(&mut runtime.locals().borrow_mut()));
        let exit = self.turn_until_end();
        for key in self.connections.keys() {
            self.close(key);
        }
        self.service.drop_tasks();
        shared.stop.iter().for_each(|hook| hook(&mut runtime.locals().borrow_mut()));
        drop(entered);
        exit
    }

    fn turn_until_end(&mut self) -> io::Result<Exit> {
        let mut events = Readiness::with_capacity(1024);
        let shared = self.service.shared.clone();
        loop {
            if let Some(exit) = self.obey() {
                return Ok(exit);
            }
            let timeout = self.timeout();
            if let Err(error) = events.wait(&mut self.poll, timeout)
                && error.kind() != ErrorKind::Interrupted
            {
                return Err(error);
            }
            self.service.executor.queue().wake_up();
            let now = Instant::now();
            self.service.tick(now);
            // Those that are listed from now on have their turn in the next one.
            let listed = !self.ready.is_empty();
            let ready = if listed { core::mem::take(&mut self.ready) } else { Vec::new() };
            for event in events.iter() {
                self.event(&shared, event);
            }
            if self.accept != Accept::Wait {
                self.accept_at(now);
            }
            if listed {
                self.drive_listed(ready);
            }
            if self.service.runtime.has_timers() {
                self.service.runtime.fire_timers(now);
            }
            self.service.adopt_spawned();
            if self.service.executor.queue().has_some() {
                self.run_tasks();
            }
            if now >= self.next_look {
                self.look(now);
            }
        }
    }

    /// How long to wait for events at most.
    #[inline]
    fn timeout(&mut self) -> Option<Duration> {
        self.service.adopt_spawned();
        if !self.ready.is_empty()
            || self.accept == Accept::Now
            || !self.service.executor.queue().fall_asleep()
        {
            return Some(Duration::ZERO);
        }
        let more =
            self.accept != Accept::Wait || self.ends.is_some() || self.service.runtime.has_timers();
        if more {
            return self.timeout_of_all();
        }
        let now = self.service.clock();
        (self.connections.len() > 0).then(|| self.next_look.saturating_duration_since(now))
    }

    /// The same where there is more to be in time for than to look after connections.
    #[inline(never)]
    fn timeout_of_all(&mut self) -> Option<Duration> {
        // What was done since the turn began must not make timers late.
        let now = Instant::now();
        let until = |time: Instant| time.saturating_duration_since(now);
        let looks = (self.connections.len() > 0).then(|| until(self.next_look));
        let accepts = match self.accept {
            Accept::Later(time) => Some(until(time)),
            _ => None,
        };
        let timers = self.service.runtime.until_timer(now);
        [looks, accepts, timers, self.ends.map(until)].into_iter().flatten().min()
    }

    #[inline(always)]
    fn event(&mut self, shared: &Shared, event: Ready<'_>) {
        match event.token() {
            WAKER => {}
            LISTENER => self.accept = Accept::Now,
            Token(key) => {
                let key = key as u64;
                let Some(connection) = self.connections.get(key) else { return };
                connection.readable |= event.is_readable();
                if event.is_writable() {
                    connection.exchange.blocked = false;
                }
                if event.is_end() {
                    cold_path();
                    connection.readable |= event.is_read_closed();
                    connection.read_closed |= event.is_read_closed();
                    if event.is_error() || (event.is_write_closed() && !connection.is_lingering()) {
                        // Nobody is left to answer.
                        return self.close(key);
                    }
                }
                let next = connection.drive(shared, &mut self.service, &mut self.buffer);
                self.follow(key, next);
            }
        }
    }

    /// Goes on with a connection as far as it can.
    #[inline(never)]
    fn drive(&mut self, key: u64) {
        let Some(connection) = self.connections.get(key) else { return };
        let shared = self.service.shared.clone();
        let next = connection.drive(&shared, &mut self.service, &mut self.buffer);
        self.follow(key, next);
    }

    #[inline]
    fn follow(&mut self, key: u64, next: Next) {
        match next {
            Next::Wait => {}
            Next::GoOn => self.list(key),
            Next::Close => self.close(key),
        }
    }

    /// Has a connection go on in the next turn.
    fn list(&mut self, key: u64) {
        if let Some(connection) = self.connections.get(key)
            && !connection.listed
        {
            connection.listed = true;
            self.ready.push(key);
        }
    }

    /// Goes on with connections that were listed in the turn before.
    #[inline(never)]
    fn drive_listed(&mut self, mut ready: Vec<u64>) {
        for key in ready.drain(..) {
            if let Some(connection) = self.connections.get(key) {
                connection.listed = false;
                self.drive(key);
            }
        }
        self.reuse(ready);
    }

    /// Keeps the memory of a list that was worked through.
    fn reuse(&mut self, mut empty: Vec<u64>) {
        if self.ready.is_empty() {
            self.ready = empty;
        } else if empty.capacity() > self.ready.capacity() {
            empty.append(&mut self.ready);
            self.ready = empty;
        }
    }

    fn close(&mut self, key: u64) {
        let Some(mut connection) = self.connections.remove(key) else { return };
        self.service.cancel_all(&mut connection.exchange);
        connection.end();
        if let Accept::Later(_) = self.accept {
            self.accept = Accept::Now;
        }
    }

    /// Accepts what waits, if it is time to.
    #[cold]
    fn accept_at(&mut self, now: Instant) {
        if self.accept == Accept::Now || matches!(self.accept, Accept::Later(time) if time <= now) {
            self.accept();
        }
    }

    /// Accepts what waits, in turns with everything else. No error of one connection, and no shortage, ends it.
    fn accept(&mut self) {
        let Some(listener) = &self.listener else {
            self.accept = Accept::Wait;
            return;
        };
        for _ in 0..ACCEPTS_A_TURN {
            if self.connections.len() >= self.service.shared.settings.limits.connections {
                self.accept = Accept::Later(self.service.clock() + ACCEPT_PAUSE);
                return;
            }
            match listener.accept() {
                Ok((stream, peer)) => {
                    if let Err(error) = adopt(&self.poll, &mut self.connections, stream, peer) {
                        log::debug!("{peer}: {error}");
                    }
                }
                Err(error) => match Unaccepted::of(&error) {
                    Unaccepted::None => {
                        self.accept = Accept::Wait;
                        return;
                    }
                    Unaccepted::One => {}
                    Unaccepted::All => {
                        log::warn!("a connection can't be accepted: {error}");
                        self.accept = Accept::Later(self.service.clock() + ACCEPT_PAUSE);
                        return;
                    }
                },
            }
        }
        self.accept = Accept::Now;
    }

    /// Goes on with the tasks that were woken; what they answer leaves together.
    #[inline(never)]
    fn run_tasks(&mut self) {
        let mut woken = core::mem::take(&mut self.woken);
        self.service.executor.queue().take(&mut woken);
        let mut answered = core::mem::take(&mut self.answered);
        for task in woken.drain(..) {
            match self.service.executor.connection_of(task) {
                None => self.service.resume_spawned(task),
                Some(key) => {
                    if let Some(connection) = self.connections.get(key)
                        && self.service.resume(&mut connection.exchange, task)
                        && answered.last() != Some(&key)
                    {
                        answered.push(key);
                    }
                }
            }
        }
        self.woken = woken;
        for key in answered.drain(..) {
            self.drive(key);
        }
        self.answered = answered;
    }

    /// Looks after those who take too long.
    fn look(&mut self, now: Instant) {
        let deadlines = self.service.shared.settings.deadlines;
        self.next_look = now + deadlines.check_interval;
        let age = deadlines::age(self.began, now);
        let mut late = Vec::new();
        for connection in self.connections.iter_mut() {
            if let Some(activity) = deadlines::look(connection, &deadlines, age) {
                late.push((connection.exchange.key, activity));
            }
        }
        for (key, activity) in late {
            match activity {
                Activity::Head | Activity::Content => {
                    if let Some(connection) = self.connections.get(key) {
                        self.service.refuse(&mut connection.exchange, Status::REQUEST_TIMEOUT);
                    }
                    self.drive(key);
                }
                _ => self.close(key),
            }
        }
        for (task, key) in self.service.overdue(now) {
            if let Some(connection) = self.connections.get(key) {
                self.service.expire(&mut connection.exchange, task);
            }
            self.drive(key);
        }
    }

    /// Does what the server was told; says so when everything is done.
    fn obey(&mut self) -> Option<Exit> {
        match self.control.order() {
            Order::Serve => return None,
            Order::Cut => {
                return Some(if self.connections.len() == 0 { Exit::Clean } else { Exit::Cut });
            }
            Order::ShutDown => {}
        }
        let now = self.service.clock();
        let ends = match self.ends {
            Some(ends) => ends,
            None => self.begin_shutdown(),
        };
        for key in self.connections.keys() {
            if let Some(connection) = self.connections.get(key)
                && connection.is_idle()
            {
                self.close(key);
            }
        }
        if self.connections.len() == 0 {
            Some(Exit::Clean)
        } else {
            (now >= ends).then_some(Exit::Cut)
        }
    }

    /// No new connections, no new requests.
    fn begin_shutdown(&mut self) -> Instant {
        let ends = Instant::now() + self.service.shared.settings.grace;
        self.ends = Some(ends);
        if let Some(mut listener) = self.listener.take() {
            // A listener that can't be taken back closes all the same.
            let _ = self.poll.registry().deregister(&mut listener);
        }
        self.accept = Accept::Wait;
        for key in self.connections.keys() {
            if let Some(connection) = self.connections.get(key)
                && !connection.is_idle()
                && !connection.is_lingering()
            {
                connection.exchange.pipeline.shut_down();
                self.drive(key);
            }
        }
        ends
    }
}

/// Takes in a connection that was accepted. It is registered once, for everything, for ever.
fn adopt(
    poll: &Poll,
    connections: &mut Connections,
    stream: TcpStream,
    peer: std::net::SocketAddr,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let key = connections.insert(|key| Connection::new(stream, peer, key));
    let registered = match connections.get(key) {
        Some(connection) => poll.registry().register(
            connection.stream_mut(),
            Token(key as usize),
            Interest::READABLE | Interest::WRITABLE,
        ),
        None => Ok(()),
    };
    if registered.is_err() {
        connections.remove(key);
    }
    registered
}

/// What it means that there is no connection to accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unaccepted {
    /// None waits.
    None,
    /// One that waited is gone again (`ECONNABORTED`); others may wait.
    One,
    /// Something is short (`EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`) or wrong for all: trying again
    /// at once would be to spin.
    All,
}

impl Unaccepted {
    fn of(error: &io::Error) -> Unaccepted {
        match error.kind() {
            ErrorKind::WouldBlock => Unaccepted::None,
            ErrorKind::Interrupted | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset => {
                Unaccepted::One
            }
            _ => Unaccepted::All,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_taken_in_sends_small_answers_at_once() {
        let poll = Poll::new().unwrap();
        let mut connections = Connections::new();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let _client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (stream, peer) = listener.accept().unwrap();
        stream.set_nonblocking(true).unwrap();
        adopt(&poll, &mut connections, TcpStream::from_std(stream), peer).unwrap();
        let connection = connections.iter_mut().next().unwrap();
        assert!(connection.stream_mut().nodelay().unwrap());
        let key = connection.exchange.key;
        assert!(connections.remove(key).is_some());
        assert!(connections.get(key).is_none(), "a key finds its own connection or none");
        assert_eq!(connections.len(), 0);
    }

    #[test]
    fn waiting_never_ends_before_what_is_waited_for() {
        // The operating system waits in milliseconds, and waking up early would be to spin.
        let mut poll = Poll::new().unwrap();
        let mut events = Readiness::with_capacity(1);
        for time in [0, 1, 1_000_001, 2_500_000].map(Duration::from_nanos) {
            let began = Instant::now();
            match events.wait(&mut poll, Some(time)) {
                Ok(()) => assert!(began.elapsed() >= time, "{time:?}"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Interrupted),
            }
            assert_eq!(events.iter().count(), 0);
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn errors_of_accept_neither_stop_nor_spin() {
        // By their numbers on Linux: EAGAIN; ECONNABORTED, EINTR; EMFILE, ENFILE, ENOBUFS, ENOMEM.
        for (numbers, meaning) in [
            (&[11][..], Unaccepted::None),
            (&[103, 4], Unaccepted::One),
            (&[24, 23, 105, 12], Unaccepted::All),
        ] {
            for &number in numbers {
                let error = io::Error::from_raw_os_error(number);
                assert_eq!(Unaccepted::of(&error), meaning, "{error}");
            }
        }
    }
}
