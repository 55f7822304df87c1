//! A worker: one future over the sockets of its own driver.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::Seat;
use super::accept::Acceptor;
use super::stream::Stream;
use super::wakes::Wakes;
use crate::app::Shared;
use crate::driver::{Driver, Exit, Link, Readiness, Turn};
use crate::runtime::{Clock, after};
use crate::server::Control;

/// Octets of one read.
const BUFFER: usize = 64 * 1024;

/// Sockets that are woken at once where tokio may have left events with the system: it takes 1,024, a few of which are
/// its own.
const EVENTS: usize = 1000;

/// Ends that nobody reads are looked for no more often than this.
const LEAST_INTERVAL: Duration = Duration::from_millis(1);

/// It gives way to others by itself, and must not be told by tokio that sockets have nothing to read when they have: it
/// is to run [`unconstrained`](tokio::task::unconstrained).
pub(super) struct Worker {
    acceptor: Acceptor,
    wakes: Arc<Wakes>,
    driver: Driver<Link<Stream>>,
    buffer: Box<[u8]>,
    control: Arc<Control>,
    sleep: Pin<Box<tokio::time::Sleep>>,
    /// The runtime has looked at its sockets since the last turn.
    is_behind_events: bool,
    /// How often, and when next, to look for the ends of peers that nobody reads.
    interval: Duration,
    next_look: Instant,
}

impl Worker {
    /// Within a runtime.
    pub(super) fn new(
        shared: Arc<Shared>,
        seat: Seat,
        control: Arc<Control>,
    ) -> io::Result<Worker> {
        let Seat { listener, queue, wakes } = seat;
        listener.set_nonblocking(true)?;
        let interval = shared.settings.deadlines.check_interval.max(LEAST_INTERVAL);
        Ok(Worker {
            acceptor: Acceptor::new(tokio::net::TcpListener::from_std(listener)?),
            wakes,
            driver: Driver::with_queue(shared, Clock::system(), queue),
            buffer: vec![0; BUFFER].into(),
            control,
            sleep: Box::pin(tokio::time::sleep(Duration::ZERO)),
            is_behind_events: false,
            interval,
            next_look: Instant::now(),
        })
    }

    fn turn(&mut self, cx: &mut Context<'_>) -> Option<Exit> {
        let mut turn = self.driver.turn(Instant::now());
        if self.control.obey(&mut turn) {
            self.acceptor.end(self.is_behind_events);
            if turn.is_over()
                && let Some(exit) = turn.finish(self.acceptor.is_closed())
            {
                return Some(exit);
            }
        }
        let mut woken = 0;
        for key in self.wakes.take() {
            woken += 1;
            let told = Readiness { readable: true, writable: true, ..Readiness::default() };
            turn.ready(key, told, &mut self.buffer);
        }
        if turn.now() >= self.next_look {
            self.next_look = after(turn.now(), self.interval);
            tell_ends(&mut turn, &mut self.buffer);
        }
        if self.acceptor.accept(&mut turn, &self.wakes, cx) {
            cx.waker().wake_by_ref();
        }
        turn.run();
        turn.drive_listed(&mut self.buffer);
        // If there may be more events, octets may wait that nobody has read.
        if self.is_behind_events && woken < EVENTS {
            turn.look();
        }
        turn.finish(self.acceptor.is_closed())
    }

    /// Has the runtime wake this again in time.
    fn wait(&mut self, cx: &mut Context<'_>) {
        let now = Instant::now();
        let timeouts = [self.driver.timeout(), self.acceptor.timeout(now)];
        let timeout = timeouts.into_iter().flatten().min();
        self.is_behind_events = timeout == Some(Duration::ZERO);
        if self.is_behind_events {
            // Woken again when others had their turn, and the runtime has looked at its sockets.
            let _ = pin!(tokio::task::yield_now()).poll(cx);
        } else if let Some(timeout) = timeout {
            self.sleep.as_mut().reset(after(now, timeout).into());
            if self.sleep.as_mut().poll(cx).is_ready() {
                cx.waker().wake_by_ref();
            }
        }
    }
}

/// Tells connections of their peers' ends that are not read: no socket wakes anyone for those.
fn tell_ends(turn: &mut Turn<'_, Link<Stream>>, buffer: &mut [u8]) {
    for key in turn.keys() {
        let Some(mut connection) = turn.connection(key) else { continue };
        if connection.wants_read() {
            continue;
        }
        let told = connection.link().transport().end();
        if told != Readiness::default() {
            turn.ready(key, told, buffer);
        }
    }
}

impl Future for Worker {
    type Output = io::Result<Exit>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.wakes.register(cx.waker());
        match self.turn(cx) {
            Some(exit) => Poll::Ready(Ok(exit)),
            None => {
                self.wait(cx);
                Poll::Pending
            }
        }
    }
}
