//! What happens between two waits for events.

use std::rc::Rc;
use std::time::{Duration, Instant};

use super::arrival::Around;
use super::connection::Connection;
use super::core::Driver;
use super::deadlines;
use super::entry::{Entry, Side};
use super::holdings::Lane;
use super::key::Key;
use super::upgraded;
use crate::gate;
use crate::peer::Peer;
use crate::request::Spare;
use crate::runtime::{Entered, Runtime, after, bell_of};

/// Deadlines are looked at no more often than this.
const LEAST_INTERVAL: Duration = Duration::from_millis(1);

/// Looks behind the end of the last connection: the first one still sees what that has used.
const LOOKS_BEHIND: u8 = 3;

/// A turn of a [`Driver`]: while it lasts, code of the application on this thread finds this worker.
pub struct Turn<'d, T> {
    pub(super) driver: &'d mut Driver<T>,
    now: Instant,
    /// Nothing, if the driver is at home on its thread.
    visit: Option<Visit>,
}

/// What a turn leaves behind it as it was.
struct Visit {
    /// What this thread kept before.
    before: Option<Spare>,
    _entered: Entered,
}

impl<T> Driver<T> {
    /// Begins a turn. `now` is the time behind the wait for events, and that of everything in this turn.
    #[inline]
    pub fn turn(&mut self, now: Instant) -> Turn<'_, T> {
        Turn::new(self, now)
    }
}

impl<'d, T> Turn<'d, T> {
    #[inline]
    pub(super) fn new(driver: &'d mut Driver<T>, now: Instant) -> Turn<'d, T> {
        let visit = if driver.home.is_some() { None } else { Some(Visit::begin(driver)) };
        driver.service.tasks.queue().wake_up();
        driver.service.pace.tick(now);
        if driver.service.desk.heads.tick(now, driver.service.runtime.clock()) {
            driver.settings.set_date(driver.service.desk.heads.date());
        }
        Turn { driver, now, visit }
    }

    /// Takes in a connection, with what its owner keeps with it.
    ///
    /// It is the owner's to ask before whether there [is room](Driver::has_room).
    pub fn open(&mut self, peer: Peer, link: T) -> Key {
        let age = deadlines::age(self.driver.began, self.now);
        self.driver.looks_left = LOOKS_BEHIND;
        if !core::mem::take(&mut self.driver.reserved) {
            self.driver.shared.room.take_anyway();
        }
        let key = self.driver.connections.insert(|key| Entry::new(key, peer, link, age));
        if self.driver.ends.is_some() {
            // It is to be seen what has come on it.
            self.list(key);
        }
        key
    }

    /// Takes room for a connection that is to be opened next. False if there is none: then `rouse` is called when there
    /// may be.
    pub(crate) fn reserve(&mut self) -> bool {
        let Driver { connections, shared, reserved, .. } = &mut *self.driver;
        *reserved = *reserved || (connections.has_room() && shared.room.take());
        *reserved || (self.has_room() && self.reserve())
    }

    /// Whether there will never be room for a connection.
    pub(crate) fn is_closed(&self) -> bool {
        self.driver.shared.room.is_none()
    }

    /// Gives room back that no connection was opened for.
    pub(crate) fn unreserve(&mut self) {
        if core::mem::take(&mut self.driver.reserved) {
            self.driver.shared.room.give();
        }
    }

    /// A connection, unless it is gone.
    #[inline]
    pub fn connection(&mut self, key: Key) -> Option<Connection<'_, T>> {
        let Driver { connections, service, shared, settings, .. } = &mut *self.driver;
        let entry = connections.get(key)?;
        Some(Connection { entry, service, shared, settings })
    }

    /// Ends a connection, and gives back what its owner keeps with it. Where an end in order would make an answer look
    /// complete that is not, `true` comes with it: it should be a reset
    /// ([`Pipeline::wants_reset`](rajada_pipeline::Pipeline::wants_reset)).
    pub fn close(&mut self, key: Key) -> Option<(T, bool)> {
        let Driver { connections, service, shared, .. } = &mut *self.driver;
        let Entry { link, mut exchange, .. } = connections.remove(key)?;
        shared.room.give();
        let reset = exchange.pipeline.wants_reset();
        service.cancel_all(&mut exchange.ledger);
        let nothing = (Lane::Requests, false, false);
        service.holdings.note(key, &mut exchange.ledger.holding, 0, nothing);
        exchange.ledger.forget_pending();
        // One by one: a panic that meets another on its way ends the process.
        if let Some(behind) = exchange.ledger.behind.take() {
            behind
                .told
                .into_iter()
                .flat_map(|told| told.0)
                .for_each(|(_, tell)| gate::discard(tell));
            gate::discard(behind.protocol);
        }
        // Content that has not left.
        gate::discard(exchange);
        Some((link, reset))
    }

    /// Has a connection named by [`poll_ready`](Self::poll_ready): it can go on without an event.
    pub fn list(&mut self, key: Key) {
        if let Some(entry) = self.driver.connections.get(key)
            && !entry.listed
        {
            entry.listed = true;
            self.driver.ready.push_back(key);
        }
    }

    /// How many connections [`poll_ready`](Self::poll_ready) names now. Those that are listed meanwhile should have
    /// their turn in the next one.
    pub fn listed(&self) -> usize {
        self.driver.ready.len()
    }

    /// A connection that can go on without an event: what a task has answered, what a deadline or a shutdown has
    /// changed, octets that were left for others to have their turn.
    pub fn poll_ready(&mut self) -> Option<Key> {
        loop {
            let key = self.driver.ready.pop_front()?;
            if let Some(entry) = self.driver.connections.get(key) {
                entry.listed = false;
                return Some(key);
            }
        }
    }

    /// Fires timers, and goes on with tasks that were woken, for as long as others can wait.
    #[inline]
    pub fn run(&mut self) {
        if self.driver.service.runtime.has_timers() {
            self.driver.service.runtime.fire_timers(self.now);
        }
        self.end_idle();
        self.driver.service.adopt_spawned();
        if !self.driver.service.lost.is_empty() {
            self.answer_lost();
        }
        if self.driver.resumed < self.driver.woken.len()
            || self.driver.service.tasks.queue().has_some()
        {
            self.run_tasks();
        }
        if self.driver.service.has_place_for_some() {
            self.place_some();
        }
        if self.driver.service.holdings.has_room_for_some() {
            self.read_some();
        }
    }

    #[inline(never)]
    fn run_tasks(&mut self) {
        let began = self.driver.service.pace.now();
        self.driver.task_pace.begin(began);
        if self.driver.resumed == self.driver.woken.len() {
            self.driver.woken.clear();
            self.driver.resumed = 0;
            self.driver.service.tasks.queue().take(&mut self.driver.woken);
        }
        while let Some(&task) = self.driver.woken.get(self.driver.resumed) {
            self.driver.resumed += 1;
            self.resume(task);
            let clock = self.driver.service.runtime.clock();
            if self.driver.task_pace.is_over(clock) {
                break;
            }
        }
    }

    /// Lets requests go on that have waited for places among the tasks.
    #[cold]
    fn place_some(&mut self) {
        let mut room = self.driver.service.tasks.room();
        while room > 0 && self.driver.service.has_place_for_some() {
            room -= 1;
            let Some(key) = self.driver.service.unplaced.pop_front() else { break };
            if let Some(entry) = self.driver.connections.get(key) {
                entry.exchange.ledger.give_turn();
                self.list(key);
            }
        }
    }

    /// Lets connections be read on that have waited for others to hold less.
    #[cold]
    fn read_some(&mut self) {
        self.driver.service.holdings.grant().into_iter().for_each(|key| self.list(key));
    }

    fn resume(&mut self, task: u32) {
        let Driver { connections, service, shared, settings, .. } = &mut *self.driver;
        let Some(work) = service.tasks.work(task) else { return self.answer_bell(task) };
        let Some(key) = work.connection() else { return service.resume_spawned(task) };
        let Some(entry) = connections.get(key) else { return };
        let around = Around { shared, settings, peer: &entry.peer };
        if service.resume(around, &mut entry.exchange, task) {
            if entry.exchange.ledger.given_up && entry.exchange.pipeline.wants_write() {
                entry.side = Side::Over;
            }
            self.list(key);
        }
    }

    /// Has a connection go on that was woken without a task.
    #[cold]
    fn answer_bell(&mut self, woken: u32) {
        if let Some(key) = bell_of(woken).and_then(|place| self.driver.connections.at(place)) {
            self.list(key);
        }
    }

    /// Looks after those who take too long, if it is time to. Only if everything was seen that has happened until the
    /// turn began: nobody is to be judged by octets that wait to be read.
    #[inline]
    pub fn look(&mut self) {
        if self.now >= self.driver.next_look {
            self.look_after_all();
        }
    }

    #[inline(never)]
    fn look_after_all(&mut self) {
        let Driver {
            connections, service, shared, settings, looked, next_look, began, ends, ..
        } = &mut *self.driver;
        let mut deadlines = shared.settings.deadlines;
        if ends.is_some() {
            // Nobody's sending holds the end.
            deadlines.linger_most = deadlines.linger_most.min(deadlines.linger);
        }
        let deadlines = &deadlines;
        *next_look = after(self.now, deadlines.check_interval.max(LEAST_INTERVAL));
        let age = deadlines::age(*began, self.now);
        // If the worker was busy for longer, that is nobody else's fault.
        let usual = deadlines.check_interval.as_millis().saturating_mul(2).max(2);
        let step = age.wrapping_sub(*looked).min(u32::try_from(usual).unwrap_or(u32::MAX));
        *looked = age;
        let mut late = Vec::new();
        for entry in connections.iter_mut() {
            service.renew_deadline(shared, &mut entry.exchange.ledger, self.now);
            if entry.side == Side::Upgraded {
                if upgraded::look(entry, &service.holdings, age, deadlines.content) {
                    late.push(entry.exchange.ledger.key);
                }
                continue;
            }
            let Some(state) = deadlines::look(entry, &service.tasks, deadlines, age, step) else {
                continue;
            };
            match state.refusal() {
                Some(status) => {
                    Connection { entry, service, shared, settings }.refuse(status);
                }
                None => entry.side = Side::Over,
            }
            late.push(entry.exchange.ledger.key);
        }
        if shared.has_handler_deadline {
            for (task, key) in service.overdue(self.now) {
                let Some(entry) = connections.get(key) else { continue };
                let around = Around { shared, settings, peer: &entry.peer };
                service.expire(around, &mut entry.exchange, task);
                late.push(key);
            }
        }
        late.into_iter().for_each(|key| self.list(key));
        self.driver.trim();
        if self.driver.connections.len() == 0 && !self.driver.flood.is_ebbing() {
            self.driver.looks_left = self.driver.looks_left.saturating_sub(1);
        }
    }

    /// Answers requests whose promises were dropped.
    #[cold]
    fn answer_lost(&mut self) {
        for (key, id) in self.driver.service.lost.take() {
            let Some(entry) = self.driver.connections.get(key) else { continue };
            crate::response::abandon(&mut entry.exchange.pipeline, &self.driver.settings, id);
            self.list(key);
        }
    }

    /// Ends every connection.
    pub(super) fn close_all(&mut self) {
        for key in self.keys() {
            self.close(key);
        }
    }

    pub(super) fn drop_tasks(&mut self) {
        self.driver.service.drop_tasks();
    }

    /// The names of all connections.
    pub fn keys(&mut self) -> Vec<Key> {
        self.driver.connections.iter_mut().map(|entry| entry.exchange.ledger.key).collect()
    }

    pub(super) fn runtime(&self) -> &Rc<Runtime> {
        self.driver.runtime()
    }

    /// Connections.
    pub fn connections(&self) -> usize {
        self.driver.connections()
    }

    /// The time of this turn.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Whether another connection may be [opened](Self::open).
    pub fn has_room(&self) -> bool {
        self.driver.has_room()
    }
}

impl<T> Drop for Turn<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(visit) = self.visit.take() {
            visit.end(self.driver);
        }
    }
}

impl Visit {
    #[inline(never)]
    fn begin<T>(driver: &mut Driver<T>) -> Visit {
        let entered = driver.runtime().enter();
        Visit { before: Spare::exchange(driver.spare.take()), _entered: entered }
    }

    #[inline(never)]
    fn end<T>(self, driver: &mut Driver<T>) {
        driver.spare = Spare::exchange(self.before);
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
        // What those have spawned has nowhere to run.
        for task in runtime.take_spawned() {
            gate::discard(task);
        }
        drop(turn);
        if self.home.is_some() {
            Spare::exchange(None);
        }
    }
}

impl<T> core::fmt::Debug for Turn<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Turn").field("driver", &self.driver).finish_non_exhaustive()
    }
}
