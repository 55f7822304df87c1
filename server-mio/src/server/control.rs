//! How a server is stopped.

use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::driver::Turn;
use crate::runtime::{WakeQueue, after};

/// Stops a server from elsewhere.
#[derive(Clone)]
pub struct Handle {
    control: Arc<Control>,
    queues: Arc<[Arc<WakeQueue>]>,
}

/// What workers are told.
#[derive(Default)]
pub(crate) struct Control {
    order: AtomicU8,
    /// When the first order was given.
    since: OnceLock<Instant>,
}

/// What a worker is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    Serve,
    /// End what is under way, within the grace period.
    ShutDown,
    /// Stop at once.
    Cut,
}

impl Control {
    pub(crate) fn order(&self) -> Order {
        match self.order.load(Ordering::Acquire) {
            0 => Order::Serve,
            1 => Order::ShutDown,
            _ => Order::Cut,
        }
    }

    /// Whether all is to end at once.
    pub(crate) fn is_cut(&self) -> bool {
        self.order() == Order::Cut
    }

    /// When the grace period is over; it begins now if nobody has begun it.
    pub(crate) fn ends(&self, grace: Duration) -> Instant {
        after(*self.since.get_or_init(Instant::now), grace)
    }

    /// Has a driver do what was ordered. True if it is to end.
    #[inline]
    pub(crate) fn obey<T>(&self, turn: &mut Turn<'_, T>) -> bool {
        let order = self.order();
        match order {
            Order::Serve => {}
            Order::ShutDown => turn.shut_down(),
            Order::Cut => turn.cut(),
        }
        order != Order::Serve
    }
}

impl Handle {
    /// The handle of workers that are roused by these queues.
    pub(crate) fn new(queues: impl IntoIterator<Item = Arc<WakeQueue>>) -> Handle {
        Handle { control: Arc::default(), queues: queues.into_iter().collect() }
    }

    pub(crate) fn control(&self) -> &Arc<Control> {
        &self.control
    }

    /// Ends service in order, within the [grace period](crate::App::grace): see
    /// [`Turn::shut_down`](crate::driver::Turn::shut_down).
    #[doc(alias("graceful shutdown", "shutdown", "stop"))]
    pub fn shut_down(&self) {
        self.give(Order::ShutDown);
    }

    /// Ends service at once.
    #[doc(alias("abort", "kill"))]
    pub fn cut(&self) {
        self.give(Order::Cut);
    }

    fn give(&self, order: Order) {
        self.control.since.get_or_init(Instant::now);
        self.control.order.fetch_max(order as u8, Ordering::AcqRel);
        self.queues.iter().for_each(|queue| queue.rouse());
    }
}

impl core::fmt::Debug for Handle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Handle").field("order", &self.control.order()).finish()
    }
}

/// Has a server obey SIGINT and SIGTERM for as long as this is there: the first has it shut down, a second cuts it.
pub(crate) struct Signals {
    watch: signal_hook::iterator::Handle,
    thread: Option<JoinHandle<()>>,
}

impl Signals {
    /// # Errors
    /// If signals can't be had.
    pub(crate) fn obey(handle: &Handle) -> io::Result<Signals> {
        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
        let (watch, handle) = (signals.handle(), handle.clone());
        let obey = move || {
            for (count, signal) in signals.forever().enumerate() {
                log::info!("signal {signal}");
                match count {
                    0 => handle.shut_down(),
                    _ => handle.cut(),
                }
            }
        };
        let thread = thread::Builder::new().name("rajada-signals".into()).spawn(obey)?;
        Ok(Signals { watch, thread: Some(thread) })
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.watch.close();
        // It ends with the watch; what it panicked with was told.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
