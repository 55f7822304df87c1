//! Listening, worker threads, and their end.

mod acceptor;
mod control;
mod listener;
#[cfg_attr(target_os = "linux", path = "readiness_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "readiness_any.rs")]
mod readiness;
#[cfg_attr(target_os = "linux", path = "socket_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "socket_any.rs")]
mod socket;
mod tcp;
mod unheard;
mod worker;

pub use control::Handle;
#[cfg(not(feature = "tokio-net"))]
use control::{Control, Signals};
#[cfg(feature = "tokio-net")]
pub(crate) use {
    acceptor::Unaccepted,
    control::{Control, Signals},
    listener::{check_workers, keep_alive, listen},
};

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use mio::{Poll, Token, Waker};
use rajada_parser::Level;
use socket2::SockRef;

use crate::app::Shared;
use crate::driver::Exit;
use crate::runtime::WakeQueue;
use crate::{App, gate};
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
    signals: Option<Signals>,
}

/// What a worker is begun with.
struct Seat {
    poll: Poll,
    listener: TcpListener,
    queue: Arc<WakeQueue>,
}

/// The token that a waker's events carry.
const WAKER: Token = Token(usize::MAX);

impl Server {
    pub(crate) fn bind(app: App, address: impl ToSocketAddrs) -> io::Result<Server> {
        let shared = prepare(app)?;
        let workers = shared.settings.workers;
        Server::new(shared, listener::listen(address, workers)?)
    }

    /// Serves what a listener accepts that is open already, such as one that was handed over by another program. Several
    /// [workers](App::workers) share it.
    ///
    /// ```no_run
    /// use rajada_mio::{App, Request, Server};
    ///
    /// let listener = std::net::TcpListener::bind("127.0.0.1:8080")?;
    /// let app = App::new().get("/", |_: &Request| "Hello world!");
    /// Server::from_listener(app, listener)?.run_until_signal()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// As of [`App::bind`].
    #[doc(alias("socket activation", "from_tcp"))]
    pub fn from_listener(app: App, listener: TcpListener) -> io::Result<Server> {
        let shared = prepare(app)?;
        listener::check_workers(shared.settings.workers)?;
        listener.set_nonblocking(true)?;
        listener::keep_alive(SockRef::from(&listener))?;
        let mut listeners = Vec::new();
        for _ in 1..shared.settings.workers {
            listeners.push(listener.try_clone()?);
        }
        listeners.push(listener);
        Server::new(shared, listeners)
    }

    fn new(shared: Arc<Shared>, listeners: Vec<TcpListener>) -> io::Result<Server> {
        let address = listeners[0].local_addr()?;
        let mut seats = Vec::with_capacity(listeners.len());
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
        let handle = Handle::new(seats.iter().map(|seat| seat.queue.clone()));
        Ok(Server { shared, address, seats, handle, signals: None })
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
        let Server { shared, seats, handle, signals: _signals, .. } = self;
        run_all(&shared, seats, &handle, |seat| work(&shared, seat, handle.control().clone()))
    }

    /// Has the server obey SIGINT and SIGTERM from now on: the first ends service in order
    /// ([`Handle::shut_down`]), a second one cuts it. One that comes before the server runs is not lost: it answers those
    /// who have connected, and ends. Whoever tells others that it listens calls this before.
    ///
    /// ```no_run
    /// use rajada_mio::{App, Request};
    ///
    /// let server = App::new().get("/", |_: &Request| "Hello world!").bind("127.0.0.1:0")?.obey_signals()?;
    /// println!("listening on http://{}", server.local_address());
    /// server.run()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// If signals can't be had.
    #[doc(alias("graceful shutdown", "ctrl_c", "SIGTERM"))]
    pub fn obey_signals(mut self) -> io::Result<Server> {
        if self.signals.is_none() {
            self.signals = Some(Signals::obey(&self.handle)?);
        }
        Ok(self)
    }

    /// Serves until SIGINT or SIGTERM: [`obey_signals`](Self::obey_signals) and [`run`](Self::run).
    ///
    /// # Errors
    /// As of those.
    #[doc(alias("graceful shutdown", "ctrl_c"))]
    pub fn run_until_signal(self) -> io::Result<Exit> {
        self.obey_signals()?.run()
    }
}

/// An application that is ready to be served.
///
/// # Errors
/// A route that can't be ([`io::ErrorKind::InvalidInput`]).
pub(crate) fn prepare(app: App) -> io::Result<Arc<Shared>> {
    match app.prepare() {
        Ok(app) => Ok(app.shared().clone()),
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidInput, error)),
    }
}

/// Runs workers, each on a thread of its own, and says how service has ended. One that fails takes the others down
/// with it, in peace.
pub(crate) fn run_all<S: Send>(
    shared: &Shared,
    seats: Vec<S>,
    handle: &Handle,
    work: impl Fn(S) -> io::Result<Exit> + Sync,
) -> io::Result<Exit> {
    let work = |seat| {
        let end = gate::enter(|| work(seat)).unwrap_or_else(|panic| {
            Err(io::Error::other(format!("a worker panicked: {}", panic.message())))
        });
        if end.is_err() {
            handle.shut_down();
        }
        end
    };
    let work = &work;
    let ends: Vec<io::Result<Exit>> = thread::scope(|scope| {
        let begin = |(number, seat)| {
            let thread = thread::Builder::new().name(format!("rajada-{number}"));
            thread.spawn_scoped(scope, move || work(seat))
        };
        let threads: Vec<_> = seats.into_iter().enumerate().map(begin).collect();
        if threads.iter().any(Result::is_err) {
            handle.shut_down();
        }
        let lost = |_| Err(io::Error::other("a worker panicked"));
        threads.into_iter().map(|thread| thread?.join().unwrap_or_else(lost)).collect()
    });
    let mut exit = if wait_for_threads(shared, handle.control()) { Exit::Clean } else { Exit::Cut };
    for end in ends {
        if end? == Exit::Cut {
            exit = Exit::Cut;
        }
    }
    Ok(exit)
}

/// Waits for blocking work that has begun, within the grace period. True if all has ended.
fn wait_for_threads(shared: &Shared, control: &Control) -> bool {
    /// How often it is looked whether all is to be cut.
    const STEP: Duration = Duration::from_millis(50);
    let ends = control.ends(shared.settings.grace);
    loop {
        let now = Instant::now();
        if shared.blocking.wait(ends.min(now + STEP)) {
            return true;
        }
        if now >= ends || control.is_cut() {
            return false;
        }
    }
}

/// What a worker's thread does.
fn work(shared: &Arc<Shared>, seat: Seat, control: Arc<Control>) -> io::Result<Exit> {
    let ambient = shared.settings.ambient.clone();
    let _entered = ambient.enter();
    Worker::new(shared.clone(), seat, control)?.run()
}

/// From an application to a server.
impl App {
    /// Listens on an address, for [`Server::run`] to serve: on the first that works, if it is a name of several.
    ///
    /// Each worker has a listener of its own. On Linux the kernel spreads connections over them (`SO_REUSEPORT`), elsewhere
    /// they share a queue. Port 0 takes a free port, the same for all. A second server on a port is an error, however many
    /// workers either has; only a program of the same user that asks for `SO_REUSEPORT` from the beginning, which this one
    /// does not, can join several workers on Linux.
    ///
    /// # Errors
    /// A route that can't be served, or a number of [workers](Self::workers) that can't be had
    /// ([`io::ErrorKind::InvalidInput`]); what the operating system says, in a text that names each address that was
    /// tried: `127.0.0.1:8080 can't be listened on: Address already in use (os error 98)`. The kind is that of the last
    /// one, and its own error, with its number, is the [source](core::error::Error::source).
    #[doc(alias("listen", "serve"))]
    pub fn bind(self, address: impl ToSocketAddrs) -> io::Result<Server> {
        Server::bind(self, address)
    }

    /// Serves on an address until SIGINT or SIGTERM, see [`Server::run_until_signal`].
    ///
    /// # Errors
    /// As [`bind`](Self::bind), or what stops the workers.
    pub fn run(self, address: impl ToSocketAddrs) -> io::Result<Exit> {
        self.bind(address)?.run_until_signal()
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
