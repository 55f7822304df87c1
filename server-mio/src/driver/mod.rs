//! One worker's part of HTTP, without sockets and without a clock of its own: octets in, octets out, tasks, deadlines,
//! shutting down.
//!
//! The server of this crate, its test client and its loop on tokio are all made of it, and so can be a loop on io_uring,
//! on a simulated network, or on somebody else's events. Whoever drives it gives it the time, connections and octets,
//! and is told what to write, when to call again, and what to close:
//!
//! ```
//! use rajada_mio::driver::{Driver, Next};
//! use rajada_mio::{App, Clock, Peer, Request};
//!
//! let app = App::new().get("/", |_: &Request| "Hello world!").prepare()?;
//! let clock = Clock::manual();
//! let mut driver = Driver::new(&app, clock.clone(), || {});
//!
//! let mut turn = driver.turn(clock.now());
//! let key = turn.open(Peer::Local, ());
//! let mut connection = turn.connection(key).expect("it was opened just now");
//! let next = connection.receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n");
//! assert_eq!(next, Next::Wait);
//!
//! let mut pieces = [&[][..]; 4];
//! let count = connection.transmit(&mut pieces);
//! let written = pieces[..count].concat();
//! assert!(written.starts_with(b"HTTP/1.1 200 OK\r\n"));
//! assert_eq!(written.windows(9).filter(|part| part == b"HTTP/1.1 ").count(), 2);
//! connection.transmitted(written.len());
//! # Ok::<(), rajada_mio::RouteError>(())
//! ```
//!
//! A **turn** is what happens between two waits for events: [`Driver::turn`] begins it, and everything that may run code
//! of the application is a method of the [`Turn`]. A loop does this again and again:
//!
//! 1. Wait for events, for no longer than [`Driver::timeout`].
//! 2. Begin a turn with the time behind that wait.
//! 3. For each event give octets to its [`Connection`] and write what it has ([`Connection::ready`] does both, over
//!    whatever is a [`Transport`]).
//! 4. [`Turn::run`] fires timers and goes on with tasks.
//! 5. [`Turn::poll_ready`] names connections that have something to do without an event: go on with each.
//! 6. If all that has happened was seen, [`Turn::look`] after those who take too long.
//!
//! What a connection waits for meanwhile is its [`State`].
#![doc = include_str!("../../docs/path.md")]

mod answer;
mod connection;
mod connections;
mod deadlines;
mod exchange;
mod futures;
mod later;
mod pace;
mod pool;
mod promise;
mod service;
mod shutdown;
mod sockets;
mod state;
mod transport;
mod turn;
mod work;

pub use connection::{Connection, Next};
pub use connections::Key;
pub use shutdown::Exit;
pub use state::State;
pub use transport::{Link, Readiness, Transport};
pub use turn::Turn;

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rajada_pipeline::Settings;

use crate::app::Shared;
use crate::request::Spare;
use crate::runtime::{Clock, Runtime, TaskId, WakeQueue};
use crate::{PreparedApp, gate};
use connections::Connections;
use pace::TaskPace;
use service::Service;
use shutdown::Shutdown;

/// One worker's connections, requests, tasks and deadlines. `T` is what its owner keeps with each connection: a socket,
/// as a rule; see [the module](self).
pub struct Driver<T> {
    shared: Arc<Shared>,
    settings: Settings,
    service: Service,
    connections: Connections<T>,
    /// Connections that can go on without an event.
    ready: VecDeque<Key>,
    /// Tasks that were woken, those that have had their turn first.
    woken: Vec<TaskId>,
    resumed: usize,
    task_pace: TaskPace,
    /// Owned requests to be filled again.
    spare: Option<Spare>,
    began: Instant,
    next_look: Instant,
    shutdown: Shutdown,
}

/// Deadlines are looked at no more often than this.
const LEAST_INTERVAL: Duration = Duration::from_millis(1);

impl<T> Driver<T> {
    /// A driver without connections. The application's start hooks run, on this thread.
    ///
    /// `rouse` is called, on any thread, when a task is woken while nobody is in a turn: whoever waits for events should
    /// stop waiting then. `clock` is asked for the time during a turn: by [`sleep`](crate::sleep), and between handlers.
    ///
    /// # Panics
    /// If a start hook does.
    pub fn new(
        app: &PreparedApp,
        clock: Clock,
        rouse: impl Fn() + Send + Sync + 'static,
    ) -> Driver<T> {
        Driver::with_queue(app.shared().clone(), clock, WakeQueue::new(rouse))
    }

    pub(crate) fn with_queue(
        shared: Arc<Shared>,
        clock: Clock,
        queue: Arc<WakeQueue>,
    ) -> Driver<T> {
        let now = clock.now();
        let runtime = Runtime::new(shared.blocking.clone(), clock);
        let entered = runtime.enter();
        shared.start.iter().for_each(|hook| hook(&mut runtime.locals().borrow_mut()));
        drop(entered);
        let service = Service::new(&shared, runtime, queue);
        let mut settings = shared.pipeline.clone();
        settings.set_date(service.desk.heads.date());
        Driver {
            settings,
            service,
            connections: Connections::new(),
            ready: VecDeque::new(),
            woken: Vec::new(),
            resumed: 0,
            task_pace: TaskPace::new(now),
            spare: Some(Spare::default()),
            began: now,
            next_look: now,
            shutdown: Shutdown::default(),
            shared,
        }
    }

    /// Begins a turn. `now` is the time behind the wait for events, and that of everything in this turn.
    #[inline]
    pub fn turn(&mut self, now: Instant) -> Turn<'_, T> {
        Turn::new(self, now)
    }

    /// How long nobody has to call, unless there is an event: `None` for ever, zero not at all. Whoever asks may wait
    /// so long; from now on a task that is woken calls `rouse`.
    pub fn timeout(&mut self) -> Option<Duration> {
        self.service.adopt_spawned();
        if !self.ready.is_empty()
            || self.resumed < self.woken.len()
            || !self.service.lost.is_empty()
            || !self.service.tasks.queue().fall_asleep()
        {
            return Some(Duration::ZERO);
        }
        if self.shutdown.ends().is_some() || self.service.runtime.has_timers() {
            return self.timeout_of_all();
        }
        let now = self.service.pace.now();
        (self.connections.len() > 0).then(|| self.next_look.saturating_duration_since(now))
    }

    /// The same where there is more to be in time for than to look after connections.
    #[inline(never)]
    fn timeout_of_all(&mut self) -> Option<Duration> {
        // What was done since the turn began must not make timers late.
        let now = self.service.runtime.clock().now();
        let until = |time: Instant| time.saturating_duration_since(now);
        let looks = (self.connections.len() > 0).then(|| until(self.next_look));
        let timers = self.service.runtime.until_timer(now);
        [looks, timers, self.shutdown.ends().map(until)].into_iter().flatten().min()
    }

    /// Connections.
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    /// Whether another connection may be [opened](Turn::open).
    pub fn has_room(&self) -> bool {
        self.connections.len() < self.shared.settings.limits.connections
            && self.connections.has_room()
    }

    fn runtime(&self) -> &Rc<Runtime> {
        &self.service.runtime
    }
}

/// The stop hooks run, behind the end of all that was under way.
impl<T> Drop for Driver<T> {
    fn drop(&mut self) {
        let (now, shared) = (self.runtime().clock().now(), self.shared.clone());
        let mut turn = self.turn(now);
        turn.close_all();
        turn.drop_tasks();
        let runtime = turn.runtime().clone();
        for hook in &shared.stop {
            gate::run("a stop hook", || hook(&mut runtime.locals().borrow_mut()));
        }
        gate::discard(runtime.locals().take());
    }
}

impl<T> core::fmt::Debug for Driver<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Driver")
            .field("connections", &self.connections.len())
            .finish_non_exhaustive()
    }
}
