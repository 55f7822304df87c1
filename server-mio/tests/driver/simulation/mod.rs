//! A driver under a schedule of octets, times, wake-ups and vanishing peers, on several connections at once, beside a
//! slow model: what the rules say must have come out, and which connections must have ended.

mod board;
mod ending;
mod peer;
mod requests;
mod rules;
mod waits;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rajada_mio::driver::{Driver, Exit, Next, Turn};
use rajada_mio::{Clock, Peer as Address};

pub(crate) use board::ON_PURPOSE;

use board::{Board, Shared, lock};
use peer::{Peer, Service};
use requests::{Asked, KINDS, Kind};
use rules::{GRACE, IDLE_AT_END, INTERVAL, Rules};
use waits::Waits;

/// Connections at the same time.
const MOST_PEERS: usize = 4;
/// Requests of one peer.
const MOST_ASKED: usize = 24;
/// Looks behind the end of the last connection, at most.
const LOOKS_BEHIND: usize = 3;
/// Turns at one time, and connections gone on with in one turn, before the driver is said to spin.
const SPINS: usize = 1000;

/// Runs a schedule. Panics at the first difference.
pub(crate) fn run(schedule: &[u8]) {
    let mut schedule = schedule.iter().copied();
    let choice = schedule.next().unwrap_or(0);
    let mut simulation = Simulation::new(choice);
    while let Some(call) = schedule.next() {
        let mut more = || schedule.next().unwrap_or(0);
        simulation.step(call, more(), &mut more);
        if simulation.is_over {
            break;
        }
    }
    simulation.wind_up(choice >> 5 & 3);
}

struct Simulation {
    rules: Rules,
    board: Shared,
    clock: Clock,
    driver: Driver<()>,
    peers: Vec<Peer>,
    now: u64,
    next_look: u64,
    looked: u64,
    ends: Option<u64>,
    service: Service,
    cut: bool,
    /// The driver is idle, and someone may wait: whoever wakes has to rouse.
    asleep: bool,
    rung: Arc<AtomicUsize>,
    /// Something was woken that has not had its turn.
    woken: bool,
    is_over: bool,
}

/// What a call has led to.
#[derive(Default)]
struct Ends(Vec<(usize, Next, bool)>);

impl Ends {
    /// Does what is next.
    fn follow(&mut self, turn: &mut Turn<'_, ()>, peer: &mut Peer, next: Next) {
        refresh(turn, peer);
        match next {
            Next::Wait => {}
            Next::GoOn => turn.list(peer.key),
            Next::ShutDown => {
                assert!(!peer.is_told, "told twice");
                self.0.push((peer.number, next, false));
            }
            Next::Close => {
                let (_, reset) = turn.close(peer.key).expect("it was there");
                assert!(turn.connection(peer.key).is_none() && turn.close(peer.key).is_none());
                self.0.push((peer.number, next, reset));
            }
            _ => unreachable!("no other step"),
        }
    }

    /// Goes on with every connection that can, until none can.
    fn drain(&mut self, turn: &mut Turn<'_, ()>, peers: &mut [Peer]) {
        for _ in 0..SPINS {
            let Some(key) = turn.poll_ready() else {
                peers.iter_mut().for_each(|peer| refresh(turn, peer));
                return;
            };
            let peer = peers.iter_mut().find(|peer| peer.key == key).expect("a peer");
            let next = turn.connection(key).expect("a connection that was named").go_on();
            self.follow(turn, peer, next);
        }
        panic!("connections are gone on with for ever");
    }
}

/// Looks at what is ready.
fn refresh(turn: &mut Turn<'_, ()>, peer: &mut Peer) {
    let Some(connection) = turn.connection(peer.key) else { return };
    let mut pieces = [&[][..]; 512];
    let count = connection.transmit(&mut pieces);
    let before = peer.output.split_off(peer.taken);
    pieces[..count].iter().for_each(|piece| peer.output.extend_from_slice(piece));
    let ready = &peer.output[peer.taken..];
    assert!(ready.starts_with(&before), "what was ready has changed");
    assert_eq!(connection.wants_write(), !ready.is_empty());
}

impl Simulation {
    fn new(choice: u8) -> Simulation {
        let rules = Rules::new(choice);
        let board = Shared::default();
        (lock(&board).in_flight, lock(&board).tasks) = (rules.in_flight, rules.tasks);
        lock(&board).unsafe_in_parallel = rules.unsafe_in_parallel;
        let grace = Duration::from_millis(GRACE);
        let app = board::app(&board, rules.limits(), rules.deadlines(), grace);
        let app = app.unsafe_in_parallel(rules.unsafe_in_parallel);
        let app = app.prepare().expect("routes that can be served");
        let clock = Clock::manual();
        let rung = Arc::new(AtomicUsize::new(0));
        let ring = rung.clone();
        let driver = Driver::new(&app, clock.clone(), move || {
            ring.fetch_add(1, Ordering::Relaxed);
        });
        Simulation {
            rules,
            board,
            clock,
            driver,
            peers: Vec::new(),
            now: 0,
            next_look: 0,
            looked: 0,
            ends: None,
            service: Service::Lasts,
            cut: false,
            asleep: false,
            rung,
            woken: false,
            is_over: false,
        }
    }

    fn step(&mut self, call: u8, choice: u8, more: &mut dyn FnMut() -> u8) {
        let size = usize::from(choice >> 2);
        match call % 16 {
            0 => self.open(),
            1..=3 => {
                let kind = KINDS[usize::from(more()) % KINDS.len()];
                let length = more();
                for _ in 0..=usize::from(call >> 4) / 4 {
                    self.ask(choice, kind, length);
                }
            }
            4 => self.send(choice, size),
            5 => self.send(choice, usize::MAX),
            6 => self.take(choice, size * 8),
            7 => self.take(choice, usize::MAX),
            8 => self.wake(choice, true),
            9 => self.wake(choice, false),
            10 => self.advance(u64::from(choice) % 64),
            11 => {
                self.pass(u64::from(choice));
                self.turns();
            }
            12 => self.turns(),
            13 if choice & 4 != 0 => self.end(choice),
            14 if choice & 12 == 12 => self.vanish(choice),
            15 if choice >= 224 => self.shut_down(choice >= 252),
            _ => self.turns(),
        }
    }

    fn open(&mut self) {
        if self.peers.len() >= MOST_PEERS {
            return;
        }
        assert!(self.driver.has_room());
        let number = {
            let mut board = lock(&self.board);
            board.connections.push(Vec::new());
            board.connections.len() - 1
        };
        let mut turn = self.driver.turn(self.clock.now());
        let key = turn.open(Address::Local, ());
        drop(turn);
        self.peers.push(Peer::new(key, number, self.now, self.ends.is_some()));
        self.asleep = false;
    }

    /// A peer will send one more request.
    fn ask(&mut self, choice: u8, kind: Kind, length: u8) {
        let Some(index) = self.chosen(choice) else { return };
        let peer = &mut self.peers[index];
        if peer.asked.len() < MOST_ASKED {
            let id = lock(&self.board).ask(peer.number, kind.has_effects());
            peer.asked.push(Asked::new(id, kind, length, &mut peer.octets));
        }
    }

    fn chosen(&self, choice: u8) -> Option<usize> {
        usize::from(choice & 3).checked_rem(self.peers.len())
    }

    /// Octets of a peer arrive, if they are read: so many, or (0) all to the end of a head.
    fn send(&mut self, choice: u8, count: usize) {
        let Some(index) = self.chosen(choice) else { return };
        self.act(|turn, peers, ends| {
            let peer = &mut peers[index];
            let mut connection = turn.connection(peer.key).expect("it is there");
            let head = peer.asked.iter().map(|one| one.head).find(|end| *end > peer.delivered);
            let count = match count {
                0 => head.unwrap_or(peer.delivered) - peer.delivered,
                _ => count.min(peer.octets.len() - peer.delivered),
            };
            if count == 0 || peer.has_ended || !connection.wants_read() {
                return;
            }
            let octets = peer.octets[peer.delivered..][..count].to_vec();
            peer.delivered += count;
            let delivered = peer.delivered;
            for one in peer.asked.iter_mut().filter(|one| one.head <= delivered) {
                one.arrived.get_or_insert(delivered);
            }
            let next = connection.receive(&octets);
            assert!(!peer.is_told || next == Next::Wait, "what lingers is thrown away");
            ends.follow(turn, peer, next);
        });
    }

    /// A peer takes octets that are ready.
    fn take(&mut self, choice: u8, count: usize) {
        let Some(index) = self.chosen(choice) else { return };
        self.act(|turn, peers, ends| {
            let peer = &mut peers[index];
            let count = count.min(peer.unread());
            if count > 0 {
                peer.taken += count;
                let mut connection = turn.connection(peer.key).expect("it is there");
                let next = connection.transmitted(count);
                ends.follow(turn, peer, next);
            }
        });
    }

    fn end(&mut self, choice: u8) {
        let Some(index) = self.chosen(choice) else { return };
        self.act(|turn, peers, ends| {
            let peer = &mut peers[index];
            if peer.has_ended {
                return;
            }
            peer.has_ended = true;
            let next = turn.connection(peer.key).expect("it is there").receive_end();
            assert!(!peer.is_told || next == Next::Close, "both sides have ended");
            ends.follow(turn, peer, next);
        });
    }

    fn vanish(&mut self, choice: u8) {
        let Some(index) = self.chosen(choice) else { return };
        let peer = self.peers.remove(index);
        self.act(|turn, _, _| assert!(turn.close(peer.key).is_some()));
        self.are_dropped(peer.number);
    }

    /// Nothing is left of a connection that is gone.
    fn are_dropped(&self, number: usize) {
        let board = lock(&self.board);
        for id in &board.connections[number] {
            let known = &board.requests[*id];
            assert!(known.called.is_none() || board.is_over(*id), "{id} is left behind");
        }
    }

    /// Lets something go on that waits, or wakes it for nothing.
    fn wake(&mut self, choice: u8, allow: bool) {
        let mut board = lock(&self.board);
        let waits: Vec<usize> = (0..board.requests.len())
            .filter(|id| board.requests[*id].called.is_some() && !board.is_over(*id))
            .filter(|id| {
                self.peers
                    .iter()
                    .flat_map(|peer| &peer.asked)
                    .any(|one| one.id == *id && one.waits())
            })
            .collect();
        let Some(at) = usize::from(choice).checked_rem(waits.len()) else { return };
        let known = &mut board.requests[waits[at]];
        known.allowed += usize::from(allow);
        let waker = known.waker.clone();
        drop(board);
        let before = self.rung.load(Ordering::Relaxed);
        if let Some(waker) = waker {
            waker.wake();
            self.woken = true;
            if self.asleep {
                assert!(self.rung.load(Ordering::Relaxed) > before, "nobody was roused");
                self.asleep = false;
            }
        }
    }

    fn shut_down(&mut self, cut: bool) {
        if self.ends.is_none() {
            self.ends = Some(self.now + GRACE);
            self.service = Service::Ends;
        }
        self.cut |= cut;
        self.act(|turn, _, _| if cut { turn.cut() } else { turn.shut_down() });
    }

    /// A turn in which something happens, and what follows at once.
    fn act(&mut self, happens: impl FnOnce(&mut Turn<'_, ()>, &mut [Peer], &mut Ends)) {
        let mut ends = Ends::default();
        let mut turn = self.driver.turn(self.clock.now());
        happens(&mut turn, &mut self.peers, &mut ends);
        ends.drain(&mut turn, &mut self.peers);
        drop(turn);
        self.asleep = false;
        self.finish(ends);
        self.compare();
    }

    /// Connections have come to their end, in order.
    fn finish(&mut self, ends: Ends) {
        for (number, next, reset) in ends.0 {
            let index = self.peers.iter().position(|peer| peer.number == number).expect("a peer");
            let peer = &mut self.peers[index];
            let lingered = peer.is_told;
            if !lingered {
                let over = Some((next, reset));
                peer.compare(&lock(&self.board), &self.rules, None, over, false, self.service);
            }
            if next == Next::Close {
                assert!(!lingered || peer.has_ended, "it was cut while it lingered");
                self.peers.remove(index);
                self.are_dropped(number);
            } else {
                peer.is_told = true;
                assert!(!peer.has_ended, "there is nobody to linger for");
            }
        }
    }

    /// Time passes, and nobody calls.
    fn pass(&mut self, time: u64) {
        self.now += time;
        lock(&self.board).now = self.now;
        self.clock.advance(Duration::from_millis(time));
    }

    /// Time passes, and the driver is called when it wants to be.
    fn advance(&mut self, time: u64) {
        let until = self.now + time;
        self.turns();
        while self.now < until && !self.is_over {
            let timeout = self.timeout().map_or(u64::MAX, |time| time.as_millis() as u64);
            self.pass(timeout.clamp(1, until - self.now));
            self.turns();
        }
    }

    /// Turns until there is nothing to do at this time.
    fn turns(&mut self) {
        for _ in 0..SPINS {
            self.turn();
            if self.timeout() != Some(Duration::ZERO) {
                self.are_settled();
                return;
            }
            if self.is_over {
                return;
            }
        }
        panic!("the driver spins");
    }

    fn turn(&mut self) {
        self.woken = false;
        if self.idle_ends().is_some_and(|time| time <= self.now) {
            self.service = Service::EndsIdle;
        }
        self.act(|turn, _, _| turn.run());
        self.look();
        let exit = self.driver.turn(self.clock.now()).exit();
        let expected = match self.ends {
            None => None,
            Some(_) if self.peers.is_empty() => Some(Exit::Clean),
            Some(ends) => (self.cut || self.now >= ends).then_some(Exit::Cut),
        };
        assert_eq!(exit, expected);
        self.is_over = exit.is_some();
    }

    /// When idle connections end, if service ends and they have not.
    fn idle_ends(&self) -> Option<u64> {
        let ends = self.ends.filter(|_| self.service == Service::Ends)?;
        Some(ends - GRACE + IDLE_AT_END)
    }

    /// Deadlines are looked at: those who are late are cut, and nobody else.
    fn look(&mut self) {
        let looks = (self.now >= self.next_look).then(|| self.now - self.looked);
        if looks.is_some() {
            self.next_look = self.now + INTERVAL;
            self.looked = self.now;
        }
        let mut ends = Ends::default();
        let expired = self.overdue();
        let mut turn = self.driver.turn(self.clock.now());
        let mut judged = Vec::new();
        for peer in &mut self.peers {
            let reads = turn.connection(peer.key).is_some_and(|one| one.wants_read());
            let (must, may) = peer.judge(&self.rules, self.now, looks, self.ends.is_some());
            let drains = matches!(peer.waits, Waits::Draining(_));
            judged.push((peer.number, must, may, peer.is_refused_when_late(), reads, drains));
        }
        turn.look();
        ends.drain(&mut turn, &mut self.peers);
        let mut late = Vec::new();
        for (number, must, may, refused, reads, drains) in judged {
            let ended = ends.0.iter().find(|(other, ..)| *other == number);
            let closed = ended.is_some_and(|(_, next, _)| *next == Next::Close);
            let told = ended.is_some() && !closed;
            assert!(!told || drains, "nothing more was to be said");
            let peer = self.peers.iter_mut().find(|peer| peer.number == number).expect("a peer");
            let reads_now = turn.connection(peer.key).is_some_and(|one| one.wants_read());
            // That of an answer to a handler that is late, too, may be why nothing is read any more.
            let stops = (refused || drains) && reads && !reads_now;
            let other = peer.asked.iter().any(|one| expired.contains(&one.id));
            peer.may_be_refused |= refused && stops && may && other;
            let cut = closed || told || (stops && !other);
            assert!(!cut || may, "it was cut too early: {}", peer.told());
            assert!(cut || !must || (stops && other), "it should have been cut: {}", peer.told());
            if closed {
                assert!(!refused, "it was not told that it is late: {}", peer.told());
                late.push(number);
            } else if drains && (cut || stops) {
                peer.stop_draining(&lock(&self.board), cut);
            } else if cut {
                peer.refused = true;
            }
        }
        drop(turn);
        ends.0.retain(|(_, next, _)| *next == Next::ShutDown);
        self.finish(ends);
        self.peers.retain(|peer| !late.contains(&peer.number));
        late.iter().for_each(|number| self.are_dropped(*number));
        if looks.is_some() {
            let board = lock(&self.board);
            for id in expired {
                assert!(board.is_over(id), "{id} has had its time");
            }
        }
        self.compare();
    }

    /// Handlers that have had their time.
    fn overdue(&self) -> Vec<usize> {
        let board = lock(&self.board);
        let Some(time) = self.rules.handler else { return Vec::new() };
        let all = self.peers.iter().flat_map(|peer| &peer.asked);
        let waits = all.filter(|one| !one.is_stream() && !board.is_over(one.id));
        let late = waits.filter(|one| {
            board.requests[one.id].called.is_some_and(|called| self.now - called >= time)
        });
        late.map(|one| one.id).collect()
    }

    /// How long nobody has to call, which must not be longer than until something is due.
    fn timeout(&mut self) -> Option<Duration> {
        let timeout = self.driver.timeout();
        let millis = timeout.map_or(u64::MAX, |time| time.as_millis() as u64);
        if !self.peers.is_empty() {
            assert!(millis <= self.next_look.saturating_sub(self.now), "it looks too late");
        }
        if let Some(ends) = self.ends {
            assert!(millis <= ends.saturating_sub(self.now), "it ends too late");
        }
        if let Some(ends) = self.idle_ends() {
            assert!(millis <= ends.saturating_sub(self.now), "idle connections end too late");
        }
        let board = lock(&self.board);
        for asked in self.peers.iter().flat_map(|peer| &peer.asked) {
            if let (Some(time), Some(called)) = (asked.sleeps(), board.requests[asked.id].called)
                && !board.is_over(asked.id)
            {
                let left = (called + time).saturating_sub(self.now);
                assert!(millis <= left + 1, "{} sleeps for too long", asked.id);
            }
        }
        self.asleep = timeout != Some(Duration::ZERO);
        timeout
    }

    /// All that may go on has gone on.
    fn are_settled(&self) {
        let board = lock(&self.board);
        for peer in &self.peers {
            let has_place = board.alive < board.tasks;
            assert!(!peer.is_placed || !has_place, "there is a place: {}", peer.told());
            let mut is_first = true;
            for asked in &peer.asked {
                let known = &board.requests[asked.id];
                let Some(called) = known.called else { break };
                let waits = !board.is_over(asked.id);
                if asked.is_stream() && waits && is_first && peer.unread() == 0 && !peer.is_told {
                    assert_eq!(
                        known.handed,
                        known.allowed,
                        "{} was not woken: {}",
                        asked.id,
                        peer.told()
                    );
                }
                if !asked.is_stream() && waits {
                    let may_go_on = asked.waits() && known.allowed > 0;
                    assert!(!may_go_on, "{} was not woken: {}", asked.id, peer.told());
                    assert!(asked.waits() || asked.sleeps().is_some(), "{} waits", asked.id);
                    let due = asked.sleeps().map_or(u64::MAX, |time| called + time + 1);
                    assert!(self.now < due, "{} sleeps still", asked.id);
                }
                is_first &= !waits;
            }
        }
    }

    fn compare(&mut self) {
        assert_eq!(self.driver.connections(), self.peers.len());
        let mut turn = self.driver.turn(self.clock.now());
        let board: &Board = &lock(&self.board);
        assert!(board.wrong.is_empty(), "{:?}", board.wrong);
        for peer in &mut self.peers {
            let reads = turn.connection(peer.key).map(|connection| connection.wants_read());
            peer.compare(board, &self.rules, reads, None, !self.woken, self.service);
        }
    }

    /// Everybody is woken, time passes, and in the end nothing is left.
    fn wind_up(&mut self, how: u8) {
        // As long as the handlers of one peer can sleep one by one, and then some.
        for _ in 0..400 {
            if self.is_over || (self.peers.is_empty() && self.ends.is_none()) {
                break;
            }
            {
                let mut board = lock(&self.board);
                for known in board.requests.iter_mut().filter(|known| !known.done && !known.gone) {
                    known.allowed += 1;
                    known.waker.take().into_iter().for_each(|waker| waker.wake());
                }
                self.woken = true;
            }
            for place in 0..self.peers.len() as u8 {
                if how != 2 {
                    self.take(place, usize::MAX);
                }
                if how == 0 || how == 3 {
                    self.send(place, usize::MAX);
                }
                if how == 3 {
                    self.end(place);
                }
            }
            self.advance(INTERVAL);
        }
        if self.is_over && !self.peers.is_empty() {
            let mut turn = self.driver.turn(self.clock.now());
            for peer in self.peers.drain(..) {
                assert!(turn.close(peer.key).is_some());
            }
            assert_eq!(turn.exit(), Some(Exit::Clean));
        }
        assert!(self.peers.is_empty(), "left: {}", self.peers[0].told());
        assert_eq!(lock(&self.board).alive, 0, "futures and streams are left");
        assert_eq!(self.driver.connections(), 0);
        if self.ends.is_none() {
            // What connections have used is given back first.
            for _ in 0..LOOKS_BEHIND {
                self.pass(200);
                self.turns();
            }
            assert_eq!(self.driver.timeout(), None, "nothing is left to wait for");
            self.driver.turn(self.clock.now()).shut_down();
            assert_eq!(self.driver.turn(self.clock.now()).exit(), Some(Exit::Clean));
        }
    }
}
