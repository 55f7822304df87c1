//! A driver: what one worker keeps between two turns.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rajada_pipeline::Settings;

use super::connections::Connections;
use super::key::Key;
use super::pace::TaskPace;
use super::service::Service;
use crate::PreparedApp;
use crate::allocator::{Flood, Pieces};
use crate::app::Shared;
use crate::home::{give_back, give_back_queue};
use crate::request::Spare;
use crate::runtime::{Clock, Entered, Runtime, TaskId, WakeQueue};

/// One worker's connections, requests, tasks and deadlines. `T` is what its owner keeps with each connection: a socket,
/// as a rule; see [the module](crate::driver).
pub struct Driver<T> {
    pub(super) shared: Arc<Shared>,
    pub(super) settings: Settings,
    pub(super) service: Service,
    pub(super) connections: Connections<T>,
    /// Connections that can go on without an event.
    pub(super) ready: VecDeque<Key>,
    /// Tasks that were woken, those that have had their turn first.
    pub(super) woken: Vec<TaskId>,
    pub(super) resumed: usize,
    pub(super) task_pace: TaskPace,
    /// There while code of the application finds this worker between turns, too.
    pub(super) home: Option<Entered>,
    /// Owned requests to be filled again.
    pub(super) spare: Option<Spare>,
    pub(super) began: Instant,
    /// When it was looked after connections last, in milliseconds of the driver's life.
    pub(super) looked: u32,
    pub(super) next_look: Instant,
    /// Looks that there are still to be when the last connection has ended: so memory comes back.
    pub(super) looks_left: u8,
    pub(super) flood: Flood,
    pieces: Pieces,
    /// Room was taken for a connection that is to be opened.
    pub(super) reserved: bool,
    /// When a shutdown must have ended, once it was ordered.
    pub(super) ends: Option<Instant>,
    /// When connections that are idle then are closed, if a shutdown was ordered and that has not happened yet.
    pub(super) idle_ends: Option<Instant>,
    /// It is to end now.
    pub(super) cut: bool,
}

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
        let most_tasks = shared.settings.limits.tasks;
        let runtime = Runtime::new(shared.blocking.clone(), clock, most_tasks);
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
            home: None,
            spare: Some(Spare::default()),
            began: now,
            looked: 0,
            next_look: now,
            looks_left: 0,
            flood: Flood::default(),
            pieces: Pieces::take(),
            reserved: false,
            ends: None,
            idle_ends: None,
            cut: false,
            shared,
        }
    }

    /// Makes this driver the only one of its thread for as long as it lives: turns need not enter and leave then.
    pub(crate) fn make_home(&mut self) {
        self.home = Some(self.runtime().enter());
        Spare::exchange(self.spare.take());
    }

    /// How long nobody has to call, unless there is an event: `None` for ever, zero not at all. Whoever asks may wait
    /// so long; from now on a task that is woken calls `rouse`.
    pub fn timeout(&mut self) -> Option<Duration> {
        self.service.adopt_spawned();
        if !self.ready.is_empty()
            || self.resumed < self.woken.len()
            || !self.service.lost.is_empty()
            || self.service.has_place_for_some()
            || self.service.holdings.has_room_for_some()
            || !self.service.tasks.queue().fall_asleep()
        {
            return Some(Duration::ZERO);
        }
        if self.ends.is_some() || self.service.runtime.has_timers() {
            return self.timeout_of_all();
        }
        let now = self.service.pace.now();
        (self.looks_left > 0).then(|| self.next_look.saturating_duration_since(now))
    }

    /// The same where there is more to be in time for than to look after connections.
    #[inline(never)]
    fn timeout_of_all(&mut self) -> Option<Duration> {
        // What was done since the turn began must not make timers late.
        let now = self.service.runtime.clock().now();
        let until = |time: Instant| time.saturating_duration_since(now);
        let looks = (self.looks_left > 0).then(|| until(self.next_look));
        let timers = self.service.runtime.until_timer(now);
        let ends = [self.ends, self.idle_ends].map(|end| end.map(until));
        [looks, timers].into_iter().chain(ends).flatten().min()
    }

    /// Connections.
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    /// Octets of requests that are held: see [`Limits::buffered`](crate::Limits::buffered).
    pub fn buffered(&self) -> usize {
        self.service.holdings.held()
    }

    /// Whether another connection may be [opened](super::Turn::open), here or by another driver of the same application
    /// ([`Limits::connections`](crate::Limits::connections)). If not, `rouse` is called when there may be room.
    pub fn has_room(&self) -> bool {
        self.connections.has_room() && self.shared.room.is_there_for(self.service.tasks.queue())
    }

    /// Gives memory back that was of use for others than those who are here now.
    pub(super) fn trim(&mut self) {
        let Driver { connections, service, woken, resumed, ready, flood, pieces, .. } = self;
        let things = connections.most() + service.tasks.most();
        connections.trim();
        service.trim();
        Spare::trim();
        if *resumed == woken.len() {
            woken.clear();
            give_back(woken, 0);
            *resumed = 0;
        }
        give_back_queue(ready);
        if flood.is_over(things) {
            pieces.exchange();
        }
    }

    pub(super) fn runtime(&self) -> &Rc<Runtime> {
        &self.service.runtime
    }
}

impl<T> core::fmt::Debug for Driver<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Driver")
            .field("connections", &self.connections.len())
            .finish_non_exhaustive()
    }
}
