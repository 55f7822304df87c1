//! A hierarchical timer wheel: four levels of 64 slots, a tick of one millisecond.
//!
//! Setting and cancelling a timer are constant in time and, after warm-up, free of allocation: a cancelled timer
//! leaves nothing behind until its time, so a `timeout` around every request costs no memory (a heap with lazy
//! deletion would keep them all).

use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

use super::numbers::Numbers;
use crate::home::Home;

const LEVELS: usize = 4;
const SLOT_BITS: u32 = 6;
const SLOTS: usize = 1 << SLOT_BITS;
/// The furthest time a timer can be filed under; one set for later is filed here, and again when it comes up.
const HORIZON: u64 = 1 << (SLOT_BITS * LEVELS as u32);
const NONE: u32 = u32::MAX;

/// A timer that was set: of which wheel, at which entry, and how many were set there before. Another timer never has
/// the same, whatever becomes of its wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimerKey {
    wheel: u64,
    serial: u64,
    index: u32,
}

/// Timers by the millisecond in which they are due. Time is counted from the wheel's own beginning.
#[derive(Debug)]
pub(crate) struct Wheel {
    /// No other wheel has this number.
    id: u64,
    /// Timers that were set so far.
    set: u64,
    now: u64,
    pending: usize,
    /// The first timer of every slot.
    heads: [[u32; SLOTS]; LEVELS],
    /// A bit for every slot that holds a timer.
    occupied: [u64; LEVELS],
    timers: Vec<Timer>,
    home: Home<Timer>,
    numbers: Numbers,
}

/// An entry, on the list of a slot while it is set.
#[derive(Debug)]
struct Timer {
    due: u64,
    /// The timer that it is, or was last; 0 before the first.
    serial: u64,
    level: u8,
    slot: u8,
    next: u32,
    previous: u32,
    waker: Option<Waker>,
}

impl Wheel {
    pub(crate) fn new() -> Wheel {
        static WHEELS: AtomicU64 = AtomicU64::new(0);
        Wheel {
            id: WHEELS.fetch_add(1, Ordering::Relaxed),
            set: 0,
            now: 0,
            pending: 0,
            heads: [[NONE; SLOTS]; LEVELS],
            occupied: [0; LEVELS],
            timers: Vec::new(),
            home: Home::new(),
            numbers: Numbers::new(),
        }
    }

    /// Sets a timer for the millisecond `due`; one in the past is due at the next tick.
    pub(crate) fn set(&mut self, due: u64, waker: Waker) -> TimerKey {
        let index = self.entry();
        self.set += 1;
        let key = TimerKey { wheel: self.id, serial: self.set, index };
        let timer = &mut self.timers[index as usize];
        timer.serial = key.serial;
        timer.due = due.max(self.now + 1);
        timer.waker = Some(waker);
        self.file(index);
        self.pending += 1;
        key
    }

    /// Changes whom a timer wakes, and gives back the waker that is no longer needed.
    ///
    /// # Errors
    /// The new one, if the timer has fired or is of another wheel.
    pub(crate) fn renew(&mut self, key: TimerKey, waker: Waker) -> Result<Option<Waker>, Waker> {
        match self.find(key) {
            Some(timer) => Ok(timer.waker.replace(waker)),
            None => Err(waker),
        }
    }

    /// Takes a timer back, with its waker; nothing happens if it has fired or is of another wheel.
    pub(crate) fn cancel(&mut self, key: TimerKey) -> Option<Waker> {
        self.find(key)?;
        self.unlink(key.index);
        self.release(key.index)
    }

    /// A timer that is set.
    fn find(&mut self, key: TimerKey) -> Option<&mut Timer> {
        let of_this = key.wheel == self.id;
        let timer = self.timers.get_mut(key.index as usize).filter(|_| of_this)?;
        (timer.serial == key.serial && timer.waker.is_some()).then_some(timer)
    }

    /// Gives back the memory of entries that were not needed since it was called last.
    pub(crate) fn trim(&mut self) {
        self.timers.truncate(self.numbers.trim());
        self.home.give_back(&mut self.timers);
    }

    /// Whether no timer is set.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.pending == 0
    }

    /// The millisecond at which [`advance`](Self::advance) has something to do, at the latest. It can be early (when
    /// only timers far away are set), never late.
    pub(crate) fn next_due(&self) -> Option<u64> {
        if self.pending == 0 {
            return None;
        }
        (0..LEVELS)
            .filter(|&level| self.occupied[level] != 0)
            .map(|level| {
                let shift = SLOT_BITS * level as u32;
                let at = self.now >> shift;
                let rotated = self.occupied[level].rotate_right((at & (SLOTS as u64 - 1)) as u32);
                // Slot 0 after rotation is the current one: on level 0 it is past, above it has been filed downwards.
                let ahead = match (rotated & !1).trailing_zeros() {
                    64 => SLOTS as u64,
                    ahead => u64::from(ahead),
                };
                (at + ahead) << shift
            })
            .min()
    }

    /// Moves to the millisecond `now` and hands out the wakers of all whose time has come. (Waking them is left to the
    /// caller: it may run code that sets or cancels timers.)
    pub(crate) fn advance(&mut self, now: u64, expired: &mut Vec<Waker>) {
        while let Some(due) = self.next_due() {
            if due > now {
                break;
            }
            self.now = due;
            self.turn(expired);
        }
        self.now = self.now.max(now);
    }

    /// Everything that is due or must be filed anew at `self.now`.
    fn turn(&mut self, expired: &mut Vec<Waker>) {
        for level in (0..LEVELS).rev() {
            let shift = SLOT_BITS * level as u32;
            if self.now & ((1 << shift) - 1) != 0 {
                continue;
            }
            let slot = (self.now >> shift) as usize & (SLOTS - 1);
            let mut index = core::mem::replace(&mut self.heads[level][slot], NONE);
            self.occupied[level] &= !(1 << slot);
            while index != NONE {
                let next = self.timers[index as usize].next;
                if self.timers[index as usize].due <= self.now {
                    expired.extend(self.release(index));
                } else {
                    self.file(index);
                }
                index = next;
            }
        }
    }

    /// Puts a timer on the list of the slot that its time belongs to.
    fn file(&mut self, index: u32) {
        let due = self.timers[index as usize].due.min(self.now + HORIZON - 1);
        let distance = (due ^ self.now) | 1;
        let level = ((63 - distance.leading_zeros()) / SLOT_BITS).min(LEVELS as u32 - 1);
        let slot = (due >> (SLOT_BITS * level)) as usize & (SLOTS - 1);
        let level = level as usize;
        let head = core::mem::replace(&mut self.heads[level][slot], index);
        self.occupied[level] |= 1 << slot;
        let timer = &mut self.timers[index as usize];
        (timer.level, timer.slot, timer.next, timer.previous) =
            (level as u8, slot as u8, head, NONE);
        if head != NONE {
            self.timers[head as usize].previous = index;
        }
    }

    fn unlink(&mut self, index: u32) {
        let Timer { level, slot, next, previous, .. } = self.timers[index as usize];
        let (level, slot) = (usize::from(level), usize::from(slot));
        if next != NONE {
            self.timers[next as usize].previous = previous;
        }
        if previous != NONE {
            self.timers[previous as usize].next = next;
        } else {
            self.heads[level][slot] = next;
            if next == NONE {
                self.occupied[level] &= !(1 << slot);
            }
        }
    }

    fn entry(&mut self) -> u32 {
        let index = self.numbers.take();
        if index as usize == self.timers.len() {
            let timer = Timer {
                due: 0,
                serial: 0,
                level: 0,
                slot: 0,
                next: NONE,
                previous: NONE,
                waker: None,
            };
            self.home.push(&mut self.timers, timer);
        }
        index
    }

    /// Frees an entry that is on no list; its waker is the caller's.
    fn release(&mut self, index: u32) -> Option<Waker> {
        self.numbers.release(index);
        self.pending -= 1;
        self.timers[index as usize].waker.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::task::Wake;

    struct Count(AtomicU64);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn advance(wheel: &mut Wheel, now: u64) {
        let mut expired = Vec::new();
        wheel.advance(now, &mut expired);
        expired.into_iter().for_each(Waker::wake);
    }

    fn probe() -> (Arc<Count>, Waker) {
        let count = Arc::new(Count(AtomicU64::new(0)));
        (count.clone(), Waker::from(count))
    }

    #[test]
    fn a_timer_fires_in_its_millisecond_and_not_before() {
        for start in [0, 1, 63, 64, 4095, 262_143, 999_999] {
            for delay in [1, 2, 62, 63, 64, 65, 127, 4095, 4096, 4097, 300_000, 20_000_000] {
                let (count, waker) = probe();
                let mut wheel = Wheel::new();
                advance(&mut wheel, start);
                wheel.set(start + delay, waker);
                advance(&mut wheel, start + delay - 1);
                assert_eq!(count.0.load(Ordering::Relaxed), 0, "{start} {delay}");
                assert!(wheel.next_due().unwrap() <= start + delay);
                advance(&mut wheel, start + delay);
                assert_eq!(count.0.load(Ordering::Relaxed), 1, "{start} {delay}");
                assert_eq!(wheel.next_due(), None);
            }
        }
    }

    #[test]
    fn a_cancelled_timer_never_fires_and_its_entry_is_used_again() {
        let (count, waker) = probe();
        let mut wheel = Wheel::new();
        for round in 0..1000 {
            let key = wheel.set(round + 500, waker.clone());
            wheel.cancel(key);
            wheel.cancel(key);
            assert!(wheel.renew(key, waker.clone()).is_err());
        }
        assert_eq!(wheel.timers.len(), 1);
        advance(&mut wheel, 10_000);
        assert_eq!(count.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_key_is_of_its_wheel_and_of_its_timer_only() {
        let (count, waker) = probe();
        let (mut one, mut other) = (Wheel::new(), Wheel::new());
        let (of_one, of_other) = (one.set(10, waker.clone()), other.set(10, waker.clone()));
        assert!(one.renew(of_other, waker.clone()).is_err() && one.cancel(of_other).is_none());
        assert!(other.renew(of_one, waker.clone()).is_err() && other.cancel(of_one).is_none());
        assert!(one.renew(of_one, waker.clone()).is_ok());
        advance(&mut one, 10);
        advance(&mut other, 10);
        assert_eq!(count.0.load(Ordering::Relaxed), 2);
        // The table goes, and its places come back.
        let keys: Vec<TimerKey> = (0..1000).map(|_| one.set(20, waker.clone())).collect();
        advance(&mut one, 20);
        one.trim();
        one.trim();
        assert!(one.timers.len() <= 16 && one.timers.capacity() <= 64);
        let again: Vec<TimerKey> = (0..1000).map(|_| one.set(30, waker.clone())).collect();
        assert!(keys.iter().all(|key| one.cancel(*key).is_none()));
        assert!(again.iter().all(|key| one.cancel(*key).is_some()));
    }

    #[test]
    fn any_mixture_fires_as_a_sorted_map_would() {
        let mut wheel = Wheel::new();
        let mut model: BTreeMap<(u64, u64), (TimerKey, Arc<Count>)> = BTreeMap::new();
        let (mut now, mut seed) = (0u64, 7u64);
        let mut random = move |below: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for step in 0..40_000 {
            if random(50) == 0 {
                wheel.trim();
            }
            match random(4) {
                0 | 1 => {
                    let range = [10, 100, 5_000, 400_000][random(4) as usize];
                    let due = now + 1 + random(range);
                    let (count, waker) = probe();
                    model.insert((due, step), (wheel.set(due, waker), count));
                }
                2 => {
                    if let Some((&key, _)) =
                        model.iter().nth(random(model.len() as u64 + 1) as usize)
                    {
                        let (timer, count) = model.remove(&key).unwrap();
                        wheel.cancel(timer);
                        assert_eq!(count.0.load(Ordering::Relaxed), 0);
                    }
                }
                _ => {
                    now += random(300);
                    advance(&mut wheel, now);
                    let later = model.split_off(&(now + 1, 0));
                    assert!(model.values().all(|(_, count)| count.0.load(Ordering::Relaxed) == 1));
                    model = later;
                    assert!(model.values().all(|(_, count)| count.0.load(Ordering::Relaxed) == 0));
                }
            }
        }
    }
}
