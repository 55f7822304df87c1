//! Content in and out, piece by piece, under a schedule of octets, times, wake-ups and vanishing peers, beside a slow
//! model: what handlers get, what leaves, and who is waited for.

mod asked;
mod away;
mod board;
mod handlers;
mod peer;
mod rules;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rajada_mio::driver::{Driver, Next, Turn};
use rajada_mio::{Clock, Peer as Address};

pub(crate) use handlers::ON_PURPOSE;

use asked::{Asked, Does};
use away::Away;
use board::{Known, Shared, lock};
use peer::Peer;
use rules::{DEADLINE, INTERVAL, Rules};

/// Connections at the same time.
const MOST_PEERS: usize = 2;
/// Requests of one peer.
const MOST_ASKED: usize = 16;
/// Turns at one time, and connections gone on with in one turn, before the driver is said to spin.
const SPINS: usize = 5000;

/// Runs a schedule. Panics at the first difference.
///
/// The first octet chooses bounds, and the second how it is wound up; each two behind them are a call and what it is about,
/// and a request with content takes five more.
pub(crate) fn run(schedule: &[u8]) {
    let mut schedule = schedule.iter().copied();
    let bounds = schedule.next().unwrap_or(0);
    let how = schedule.next().unwrap_or(0);
    let mut world = World::new(Rules::new(bounds));
    world.open();
    while let Some(call) = schedule.next() {
        let choice = schedule.next().unwrap_or(0);
        world.step(call, choice, &mut || schedule.next().unwrap_or(0));
    }
    world.wind_up(how);
}

struct World {
    rules: Rules,
    board: Shared,
    clock: Clock,
    driver: Driver<()>,
    peers: Vec<Peer>,
    opened: usize,
    /// Service is ending.
    ends: bool,
    /// The driver is idle, and someone may wait: whoever wakes has to rouse.
    asleep: bool,
    rung: Arc<AtomicUsize>,
}

/// Connections that have come to an end: their places among the peers, and whether they should be reset.
type Closed = Vec<(usize, bool)>;

impl World {
    fn new(rules: Rules) -> World {
        let board = Shared::default();
        let app = handlers::app(&board, rules.window, rules.limits(), rules.deadlines());
        // Longer than any schedule.
        let app = app.grace(Duration::from_secs(1 << 20));
        let app = app.unsafe_in_parallel(rules.unsafe_in_parallel);
        let app = app.prepare().expect("routes that can be served");
        let clock = Clock::manual();
        let rung = Arc::new(AtomicUsize::new(0));
        let ring = rung.clone();
        let driver = Driver::new(&app, clock.clone(), move || {
            ring.fetch_add(1, Ordering::SeqCst);
        });
        let (peers, opened) = (Vec::new(), 0);
        World { rules, board, clock, driver, peers, opened, ends: false, asleep: false, rung }
    }

    fn step(&mut self, call: u8, choice: u8, more: &mut dyn FnMut() -> u8) {
        let place = usize::from(call >> 4 & 1);
        let times = usize::from(call >> 5) + 1;
        match call % 16 {
            0 | 1 => (0..times).for_each(|_| self.ask(place, None)),
            2..=4 => self.ask(place, Some([choice, more(), more(), more(), more()])),
            5 => _ = self.send(place, usize::from(choice) + 1),
            6 => _ = self.send(place, 100 << (choice & 7)),
            7 => _ = self.take(place, usize::from(choice) * 8 + 1),
            8 => _ = self.take(place, usize::MAX),
            9 | 10 => _ = self.allow(choice),
            11 | 12 => (0..times).for_each(|_| _ = self.go_away(choice)),
            13 => self.advance(u64::from(choice) % 32),
            14 => match choice {
                0..=7 => self.end(place),
                8..=11 => self.vanish(place),
                12..=15 => self.shut_down(),
                16..=31 => self.open(),
                _ => self.turns(),
            },
            _ if choice >= 224 => self.advance(u64::from(choice)),
            _ => self.turns(),
        }
    }

    fn open(&mut self) {
        if self.peers.len() < MOST_PEERS && !self.ends {
            let key = self.driver.turn(self.clock.now()).open(Address::Local, ());
            self.peers.push(Peer::new(key, self.opened));
            self.opened += 1;
            self.asleep = false;
        }
    }

    /// A peer will send one more request.
    fn ask(&mut self, place: usize, choice: Option<[u8; 5]>) {
        let Some(place) = self.at(place) else { return };
        let peer = &mut self.peers[place];
        // Nobody knows what octets are behind content that is not sound.
        let is_open = peer.asked.last().is_none_or(Asked::is_sound);
        if peer.asked.len() < MOST_ASKED && is_open {
            let mut board = lock(&self.board);
            let id = board.requests.len();
            let asked = match choice {
                None => Asked::plain(id, &mut peer.octets),
                Some(choice) => Asked::new(id, choice, &mut peer.octets),
            };
            let (connection, plan) = (peer.number, asked.plan);
            board.requests.push(Known { connection, plan, ..Known::default() });
            peer.asked.push(asked);
        }
    }

    fn at(&self, place: usize) -> Option<usize> {
        place.checked_rem(self.peers.len())
    }

    /// Octets of a peer arrive, if they are read.
    fn send(&mut self, place: usize, count: usize) -> bool {
        let Some(place) = self.at(place) else { return false };
        let mut sent = false;
        self.act(|turn, peers, closed| {
            let peer = &mut peers[place];
            let count = count.min(peer.octets.len() - peer.delivered);
            let mut connection = turn.connection(peer.key).expect("it is there");
            if count == 0 || peer.has_ended || !connection.wants_read() {
                return;
            }
            sent = true;
            let octets = peer.octets[peer.delivered..][..count].to_vec();
            peer.has_sent(count);
            let next = connection.receive(&octets);
            follow(turn, (place, peer), next, closed);
        });
        sent
    }

    /// A peer takes octets that are ready.
    fn take(&mut self, place: usize, count: usize) -> bool {
        let Some(place) = self.at(place) else { return false };
        let count = count.min(self.peers[place].unread());
        if count > 0 {
            self.act(|turn, peers, closed| {
                let peer = &mut peers[place];
                peer.has_taken(count);
                let next = turn.connection(peer.key).expect("it is there").transmitted(count);
                follow(turn, (place, peer), next, closed);
            });
        }
        count > 0
    }

    fn end(&mut self, place: usize) {
        let Some(place) = self.at(place) else { return };
        self.act(|turn, peers, closed| {
            let peer = &mut peers[place];
            if !peer.has_ended {
                peer.has_ended = true;
                peer.still = 0;
                let next = turn.connection(peer.key).expect("it is there").receive_end();
                assert!(!peer.is_told || next == Next::Close, "both sides have ended");
                follow(turn, (place, peer), next, closed);
            }
        });
    }

    fn vanish(&mut self, place: usize) {
        let Some(place) = self.at(place) else { return };
        let peer = self.peers.remove(place);
        assert!(self.driver.turn(self.clock.now()).close(peer.key).is_some());
        self.asleep = false;
        self.forget(&peer);
    }

    fn shut_down(&mut self) {
        self.ends = true;
        self.act(|turn, _, _| turn.shut_down());
    }

    /// Lets a handler go on that waits.
    fn allow(&mut self, choice: u8) -> bool {
        let mut board = lock(&self.board);
        let waits = |known: &&mut Known| known.waits && known.waker.is_some();
        let count = board.requests.iter_mut().filter(waits).count();
        let Some(at) = usize::from(choice).checked_rem(count) else { return false };
        let Some(known) = board.requests.iter_mut().filter(waits).nth(at) else { return false };
        known.allowed += 1;
        let waker = known.waker.take();
        drop(board);
        let before = self.rung.load(Ordering::SeqCst);
        waker.into_iter().for_each(std::task::Waker::wake);
        let roused = self.rung.load(Ordering::SeqCst) > before;
        assert!(roused || !self.asleep, "nobody was roused");
        self.asleep = false;
        true
    }

    /// Somebody elsewhere does one thing.
    fn go_away(&mut self, choice: u8) -> bool {
        let at = |count: usize| usize::from(choice).checked_rem(count);
        let mut board = lock(&self.board);
        let Some(id) = at(board.away.len()).and_then(|at| board.away.keys().nth(at).copied())
        else {
            return false;
        };
        let Some(mut away) = board.away.remove(&id) else { return false };
        drop(board);
        let before = self.rung.load(Ordering::SeqCst);
        let acted = away.step(&self.board);
        self.asleep &= self.rung.load(Ordering::SeqCst) == before;
        if away.content.is_some() || away.sender.is_some() {
            lock(&self.board).away.insert(id, away);
        }
        acted
    }

    /// A turn in which something happens, and what follows at once.
    fn act(&mut self, happens: impl FnOnce(&mut Turn<'_, ()>, &mut [Peer], &mut Closed)) {
        let mut closed = Closed::new();
        let mut turn = self.driver.turn(self.clock.now());
        happens(&mut turn, &mut self.peers, &mut closed);
        let mut spins = 0;
        while let Some(key) = turn.poll_ready() {
            let at = self.peers.iter().position(|peer| peer.key == key).expect("a peer");
            let next = turn.connection(key).expect("a connection that was named").go_on();
            follow(&mut turn, (at, &mut self.peers[at]), next, &mut closed);
            spins += 1;
            assert!(spins < SPINS, "connections are gone on with for ever");
        }
        self.peers.iter_mut().for_each(|peer| peer.refresh(&mut turn));
        drop(turn);
        self.asleep = false;
        for peer in &mut self.peers {
            peer.compare(&lock(&self.board), &self.rules);
        }
        closed.sort_unstable();
        for (place, reset) in closed.into_iter().rev() {
            let mut peer = self.peers.remove(place);
            peer.judge_end((&lock(&self.board), &self.rules), Some(reset), self.ends);
            self.forget(&peer);
        }
        for peer in self.peers.iter_mut().filter(|peer| peer.is_told && !peer.is_judged) {
            peer.judge_end((&lock(&self.board), &self.rules), None, self.ends);
        }
        assert_eq!(self.driver.connections(), self.peers.len());
        let board = lock(&self.board);
        assert!(board.wrong.is_empty(), "{:?}", board.wrong);
    }

    /// A connection is gone: whoever had to do with it is told.
    fn forget(&mut self, peer: &Peer) {
        for asked in &peer.asked {
            let away = lock(&self.board).away.remove(&asked.id);
            if let Some(mut away) = away {
                let is_hungry = lock(&self.board).requests[asked.id].hungry;
                assert!(!is_hungry || away.is_woken(), "{} waits for ever", asked.id);
                let is_closed = away.sender.as_ref().is_none_or(|sender| sender.is_closed());
                assert!(is_closed, "{} is not told that its peer is gone", asked.id);
                let steps = (0..SPINS * 10).take_while(|_| away.step(&self.board)).count();
                assert!(steps < SPINS * 10, "{} goes on for ever", asked.id);
                assert!(away.content.is_none() && away.sender.is_none(), "{} goes on", asked.id);
            }
        }
    }

    /// Time passes, and the driver is called when it wants to be.
    fn advance(&mut self, time: u64) {
        self.turns();
        let mut left = time;
        while left > 0 {
            let timeout = self.driver.timeout().map_or(u64::MAX, |time| time.as_millis() as u64);
            let step = timeout.clamp(1, left.min(INTERVAL));
            left -= step;
            for peer in &mut self.peers {
                peer.wait(step);
            }
            self.clock.advance(Duration::from_millis(step));
            self.turns();
        }
    }

    /// Turns until there is nothing to do at this time.
    fn turns(&mut self) {
        for _ in 0..SPINS {
            self.act(|turn, _, _| turn.run());
            self.act(|turn, _, _| turn.look());
            if self.driver.timeout() != Some(Duration::ZERO) {
                let mut turn = self.driver.turn(self.clock.now());
                let board = lock(&self.board);
                for peer in &mut self.peers {
                    let connection = turn.connection(peer.key).expect("it is there");
                    peer.settle(&board, connection.state());
                }
                drop(turn);
                self.asleep = self.driver.timeout() != Some(Duration::ZERO);
                return;
            }
        }
        panic!("the driver spins");
    }

    /// All that can happen without time does.
    fn exhaust(&mut self, sends: bool) {
        for _ in 0..100_000 {
            let mut any = false;
            for place in 0..self.peers.len() {
                any |= sends && self.send(place, 1 << 14);
                any |= self.take(place, usize::MAX);
            }
            any |= self.allow(0);
            let count = lock(&self.board).away.len() as u8;
            for choice in 0..count {
                any |= self.go_away(choice);
            }
            self.turns();
            any |= self.peers.iter().any(|peer| peer.unread() > 0);
            any |= lock(&self.board).away.values().any(Away::is_woken);
            if !any {
                return;
            }
        }
        panic!("it never ends");
    }

    fn wind_up(&mut self, how: u8) {
        self.turns();
        self.exhaust(how & 1 == 0);
        {
            let board = lock(&self.board);
            for peer in &self.peers {
                if let Some(asked) = peer.first()
                    && peer.is_served(asked)
                    && !peer.is_told
                {
                    let never = asked.plan.is_some_and(|plan| plan.does == Does::Never);
                    let waits = asked.end > peer.delivered && peer.reads;
                    let known = &board.requests[asked.id];
                    assert!(never || waits || peer.excused, "{} is stuck: {known:?}", asked.id);
                }
            }
        }
        if how & 2 != 0 {
            (0..self.peers.len()).rev().for_each(|place| self.end(place));
            self.exhaust(false);
        }
        // Handlers may be late one behind the other.
        for _ in 0..MOST_ASKED {
            self.advance(2 * DEADLINE);
            self.exhaust(false);
            if self.peers.is_empty() {
                break;
            }
        }
        while !self.peers.is_empty() {
            let peer = &self.peers[0];
            let never = |asked: &Asked| asked.plan.is_some_and(|plan| plan.does == Does::Never);
            let waits = peer.first().is_some_and(never);
            assert!(waits && !peer.has_ended, "left: {}", peer.told());
            self.vanish(0);
        }
        self.exhaust(false);
        self.turns();
        let board = lock(&self.board);
        assert_eq!(board.alive, 0, "futures and streams are left");
        assert!(board.away.is_empty() && board.requests.iter().all(|known| known.holders == 0));
        assert_eq!(self.driver.buffered(), 0, "octets are held of nobody");
    }
}

/// Does what is next.
fn follow(
    turn: &mut Turn<'_, ()>,
    (place, peer): (usize, &mut Peer),
    next: Next,
    closed: &mut Closed,
) {
    peer.refresh(turn);
    match next {
        Next::Wait => {}
        Next::GoOn => turn.list(peer.key),
        Next::ShutDown => {
            assert!(!peer.is_told && !peer.has_ended, "there is nobody to linger for");
            peer.is_told = true;
        }
        Next::Close => {
            let (_, reset) = turn.close(peer.key).expect("it was there");
            closed.push((place, reset));
        }
        _ => unreachable!("no other step"),
    }
}
