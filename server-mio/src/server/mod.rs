//! Listening, worker threads, and their end.

mod connection;
mod connections;
mod deadlines;
mod listener;
#[cfg_attr(target_os = "linux", path = "readiness_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "readiness_any.rs")]
mod readiness;
#[cfg_attr(target_os = "linux", path = "socket_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "socket_any.rs")]
mod socket;
mod worker;

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

use mio::{Poll, Token, Waker};
use rajada_parser::Level;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::App;
use crate::app::Shared;
use crate::runtime::{BlockingPool, WakeQueue};
use worker::Worker;

/// An application that listens, and does not serve yet.
///
/// ```no_run
/// use rajada_mio::{App, Request};
///
/// let server = App::new().get("/", |_: &Request| "Hello world!").bind("127.0.0.1:0")?;
/// println!("listening on http://{}", server.local_address());
/// server.run_until_signal()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "a server does nothing until it runs"]
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    seats: Vec<Seat>,
    handle: Handle,
}

/// What a worker is begun with.
struct Seat {
    poll: Poll,
    listener: mio::net::TcpListener,
    queue: Arc<WakeQueue>,
}

/// The token that a waker's events carry.
const WAKER: Token = Token(usize::MAX);

/// Stops a server from elsewhere.
#[derive(Clone)]
pub struct Handle {
    control: Arc<Control>,
    queues: Arc<[Arc<WakeQueue>]>,
}

/// What workers are told.
#[derive(Default)]
struct Control {
    order: AtomicU8,
}

/// What a worker is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    Serve,
    /// End what is under way, within the grace period.
    ShutDown,
    /// Stop at once.
    Cut,
}

impl Control {
    fn order(&self) -> Order {
        match self.order.load(Ordering::Acquire) {
            0 => Order::Serve,
            1 => Order::ShutDown,
            _ => Order::Cut,
        }
    }
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// Every request that had been received was answered.
    Clean,
    /// Connections were cut: the grace period was over, or a second signal came.
    Cut,
}

impl Server {
    pub(crate) fn bind(app: App, address: impl ToSocketAddrs) -> io::Result<Server> {
        let workers = app.settings.workers;
        let shared =
            Shared::new(app).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let listeners = listener::listen(address, workers)?;
        let address = listeners[0].local_addr()?;
        let mut seats = Vec::with_capacity(workers);
        for listener in listeners {
            let poll = Poll::new()?;
            let waker = Waker::new(poll.registry(), WAKER)?;
            let queue = WakeQueue::new(move || {
                if let Err(error) = waker.wake() {
                    log::error!("a worker can't be woken: {error}");
                }
            });
            seats.push(Seat { poll, listener, queue });
        }
        let queues = seats.iter().map(|seat| seat.queue.clone()).collect();
        let handle = Handle { control: Arc::default(), queues };
        Ok(Server { shared: Arc::new(shared), address, seats, handle })
    }

    /// The address listened on, with its real port.
    pub fn local_address(&self) -> SocketAddr {
        self.address
    }

    /// How many threads will serve.
    pub fn workers(&self) -> usize {
        self.seats.len()
    }

    /// The instruction set that requests will be parsed with.
    pub fn level(&self) -> Level {
        self.shared.pipeline.parser.level()
    }

    /// Stops the server from elsewhere.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Serves until a [`Handle`] says otherwise. The workers' threads end with this call.
    ///
    /// # Errors
    /// What a worker could not go on with; the others are shut down then.
    pub fn run(self) -> io::Result<Exit> {
        let Server { shared, seats, handle, .. } = self;
        let blocking = BlockingPool::new(shared.settings.blocking_threads);
        let ends: Vec<io::Result<Exit>> = thread::scope(|scope| {
            let begin = |(number, seat)| {
                let (shared, handle, blocking) = (shared.clone(), handle.clone(), blocking.clone());
                let thread = thread::Builder::new().name(format!("rajada-{number}"));
                thread.spawn_scoped(scope, move || work(shared, seat, &handle, blocking))
            };
            let threads: Vec<_> = seats.into_iter().enumerate().map(begin).collect();
            if threads.iter().any(Result::is_err) {
                handle.shut_down();
            }
            let lost = |_| Err(io::Error::other("a worker panicked"));
            threads.into_iter().map(|thread| thread?.join().unwrap_or_else(lost)).collect()
        });
        let mut exit = Exit::Clean;
        for end in ends {
            if end? == Exit::Cut {
                exit = Exit::Cut;
            }
        }
        Ok(exit)
    }

    /// Serves until SIGINT or SIGTERM. The first signal closes idle connections and lets busy ones finish within the
    /// [grace period](App::grace); a second one cuts them.
    ///
    /// # Errors
    /// As [`run`](Self::run), or if signals can't be had.
    pub fn run_until_signal(self) -> io::Result<Exit> {
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let (watch, handle) = (signals.handle(), self.handle());
        thread::scope(|scope| {
            let serving = scope.spawn(move || {
                let end = self.run();
                watch.close();
                end
            });
            for (count, signal) in signals.forever().enumerate() {
                log::info!("signal {signal}");
                match count {
                    0 => handle.shut_down(),
                    _ => handle.cut(),
                }
            }
            serving.join().unwrap_or_else(|_| Err(io::Error::other("the server panicked")))
        })
    }
}

/// What a worker's thread does. One that fails takes the others down with it, in peace.
fn work(
    shared: Arc<Shared>,
    seat: Seat,
    handle: &Handle,
    blocking: Arc<BlockingPool>,
) -> io::Result<Exit> {
    let control = handle.control.clone();
    let serve = || Worker::new(shared, seat, control, blocking).and_then(Worker::run);
    let end = catch_unwind(AssertUnwindSafe(serve));
    let end = end.unwrap_or_else(|_| Err(io::Error::other("a worker panicked")));
    if end.is_err() {
        handle.shut_down();
    }
    end
}

impl Handle {
    /// Ends service: idle connections close at once, busy ones within the [grace period](App::grace).
    pub fn shut_down(&self) {
        self.give(Order::ShutDown);
    }

    /// Ends service at once.
    pub fn cut(&self) {
        self.give(Order::Cut);
    }

    fn give(&self, order: Order) {
        self.control.order.fetch_max(order as u8, Ordering::AcqRel);
        self.queues.iter().for_each(|queue| queue.rouse());
    }
}

impl core::fmt::Debug for Server {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .field("workers", &self.seats.len())
            .finish()
    }
}

impl core::fmt::Debug for Handle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Handle").field("order", &self.control.order()).finish()
    }
}
