//! The same applications on tokio's sockets: a worker is a future, in a runtime that may run other things beside it.
//!
//! ```no_run
//! use rajada_mio::{App, Request, tokio_net};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> std::io::Result<()> {
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//!     let app = App::new().get("/", |_: &Request| "Hello world!");
//!     tokio_net::Server::from_listener(app, listener)?.serve_until_signal().await?;
//!     Ok(())
//! }
//! ```
//!
//! Handlers may use all of tokio, and [`sleep`](crate::sleep), [`spawn`](crate::spawn) and
//! [`spawn_blocking`](crate::spawn_blocking) as everywhere. Answers, bounds and deadlines are those of the
//! [driver](crate::driver). What costs more than on mio is tokio: a few system calls are the same, what stands around
//! them is not. What a peer sends behind urgent data (RFC 9293 section 3.8.5), which nobody sends with HTTP, may be read
//! with the next octets only: a read stops in front of it, and tokio takes that for the end of what is there. That a peer is gone whose
//! octets are not read, at a bound, is found within [`Deadlines::check_interval`](crate::Deadlines::check_interval), where mio
//! tells at once.

mod accept;
mod stream;
mod wakes;
mod worker;

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use socket2::SockRef;
use tokio::task::{LocalSet, unconstrained};

use crate::App;
use crate::app::Shared;
use crate::driver::Exit;
use crate::runtime::WakeQueue;
use crate::server::{Handle, Signals, check_workers, keep_alive, listen, prepare, run_all};
use wakes::Wakes;
use worker::Worker;

/// An application that listens on sockets of tokio, and does not serve yet.
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
    listener: TcpListener,
    queue: Arc<WakeQueue>,
    wakes: Arc<Wakes>,
}

impl Server {
    /// Listens on an address, with as many listeners as the application has [workers](App::workers), as
    /// [`App::bind`] does.
    ///
    /// # Errors
    /// As of [`App::bind`].
    pub fn bind(app: App, address: impl ToSocketAddrs) -> io::Result<Server> {
        let shared = prepare(app)?;
        let listeners = listen(address, shared.settings.workers)?;
        Server::new(shared, listeners)
    }

    /// Serves what a listener accepts. Several [workers](App::workers) share it.
    ///
    /// # Errors
    /// As of [`App::bind`].
    pub fn from_listener(app: App, listener: tokio::net::TcpListener) -> io::Result<Server> {
        let shared = prepare(app)?;
        check_workers(shared.settings.workers)?;
        let listener = listener.into_std()?;
        keep_alive(SockRef::from(&listener))?;
        let mut listeners = Vec::new();
        for _ in 1..shared.settings.workers {
            listeners.push(listener.try_clone()?);
        }
        listeners.push(listener);
        Server::new(shared, listeners)
    }

    fn new(shared: Arc<Shared>, listeners: Vec<TcpListener>) -> io::Result<Server> {
        let address = listeners[0].local_addr()?;
        let seat = |listener| {
            let wakes = Arc::new(Wakes::default());
            let rouse = wakes.clone();
            Seat { listener, queue: WakeQueue::new(move || rouse.rouse()), wakes }
        };
        let seats: Vec<Seat> = listeners.into_iter().map(seat).collect();
        let handle = Handle::new(seats.iter().map(|seat| seat.queue.clone()));
        Ok(Server { shared, address, seats, handle, signals: None })
    }

    /// The address listened on, with its real port.
    pub fn local_address(&self) -> SocketAddr {
        self.address
    }

    /// Stops the server from elsewhere.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Serves with one worker, within the runtime that this is awaited in, until a [`Handle`] says otherwise.
    ///
    /// The future is not `Send`, since handlers need not be: await it in a runtime of one thread
    /// (`#[tokio::main(flavor = "current_thread")]`), in [`block_on`](tokio::runtime::Runtime::block_on), or in a
    /// [`LocalSet`]. The runtime needs its time and its sockets (`enable_all`).
    ///
    /// # Errors
    /// What the worker could not go on with; [`io::ErrorKind::InvalidInput`] for an application with several workers.
    pub async fn serve(self) -> io::Result<Exit> {
        let Server { shared, mut seats, handle, signals: _signals, .. } = self;
        match (seats.pop(), seats.is_empty()) {
            (Some(seat), true) => {
                let worker = Worker::new(shared.clone(), seat, handle.control().clone())?;
                let exit = unconstrained(worker).await?;
                Ok(if wait_for_threads(&shared, &handle).await { exit } else { Exit::Cut })
            }
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "one future is one worker: several need `run`, and threads of their own",
            )),
        }
    }

    /// Has the server obey SIGINT and SIGTERM from now on: see
    /// [`Server::obey_signals`](crate::Server::obey_signals).
    ///
    /// # Errors
    /// If signals can't be had.
    pub fn obey_signals(mut self) -> io::Result<Server> {
        if self.signals.is_none() {
            self.signals = Some(Signals::obey(&self.handle)?);
        }
        Ok(self)
    }

    /// [`obey_signals`](Self::obey_signals) and [`serve`](Self::serve).
    ///
    /// # Errors
    /// As of those.
    pub async fn serve_until_signal(self) -> io::Result<Exit> {
        self.obey_signals()?.serve().await
    }

    /// Serves with as many threads as the application has [workers](App::workers), each with a runtime of its own,
    /// until a [`Handle`] says otherwise. The threads end with this call, which waits for them.
    ///
    /// # Errors
    /// What a worker could not go on with; the others are shut down then.
    pub fn run(self) -> io::Result<Exit> {
        let Server { shared, seats, handle, signals: _signals, .. } = self;
        run_all(&shared, seats, &handle, |seat| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let control = handle.control().clone();
            let worker = async { unconstrained(Worker::new(shared.clone(), seat, control)?).await };
            // Handlers stay on their thread, and so may what they spawn.
            LocalSet::new().block_on(&runtime, worker)
        })
    }

    /// [`obey_signals`](Self::obey_signals) and [`run`](Self::run).
    ///
    /// # Errors
    /// As of those.
    pub fn run_until_signal(self) -> io::Result<Exit> {
        self.obey_signals()?.run()
    }
}

/// Waits for blocking work that has begun, within the grace period. True if all has ended.
async fn wait_for_threads(shared: &Shared, handle: &Handle) -> bool {
    const STEP: Duration = Duration::from_millis(50);
    let ends = handle.control().ends(shared.settings.grace);
    while !shared.blocking.wait(Instant::now()) {
        if Instant::now() >= ends || handle.control().is_cut() {
            return false;
        }
        tokio::time::sleep(STEP).await;
    }
    true
}

impl core::fmt::Debug for Server {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .field("workers", &self.seats.len())
            .finish()
    }
}
