//! Helps an allocator to see that memory is free.

use std::hint::black_box;

/// When a flood of connections and tasks is over.
#[derive(Debug, Default)]
pub(crate) struct Flood {
    /// The most things that there were.
    most: usize,
    /// Looks since there are much fewer.
    calm: u8,
}

/// So few things leave nothing behind that is worth to be given back.
const FEW: usize = 1024;

/// Looks behind which what was kept for use again is given up, too.
const LOOKS: u8 = 3;

/// Looks behind those at which memory is given back: a minute, as a rule. Others may be there whose memory lies behind that of
/// the flood, and leave meanwhile.
const AGAIN: u8 = 60;

impl Flood {
    /// Takes note of how many things there are, at each look at them; true, for a while, when there were far more and what
    /// they needed is free.
    pub(crate) fn is_over(&mut self, things: usize) -> bool {
        if things.max(FEW) > self.most / 4 {
            (self.most, self.calm) = (self.most.max(things), 0);
            return false;
        }
        self.calm += 1;
        if self.calm == LOOKS + AGAIN {
            *self = Flood { most: things, calm: 0 };
            return true;
        }
        self.calm >= LOOKS
    }

    /// Whether it is to be looked at again, even if nobody is left.
    pub(crate) fn is_ebbing(&self) -> bool {
        self.calm > 0
    }
}

/// Small pieces that allocators keep aside for their thread: glibc 7 of each size, in steps of 16 octets up to this one
/// (`tcache`). All together that is 240 KiB.
const ASIDE: usize = 7;
const LARGEST: usize = 1024 + 8;

/// So much, freed at once, has glibc join its free pieces and give back what is at the end (`malloc_consolidate`, and a
/// trim from 64 KiB on; from 128 KiB on it would have pages of its own).
const TRIMMED: usize = 96 * 1024;

/// Small pieces from a worker's beginning. Those that its allocator keeps aside are exchanged for them: where those are,
/// they would keep all that lies in front of them from being given back.
#[derive(Debug)]
pub(crate) struct Pieces(Vec<Vec<u8>>);

impl Pieces {
    pub(crate) fn take() -> Pieces {
        let sizes = (24..=LARGEST).step_by(16).flat_map(|size| [size; ASIDE]);
        Pieces(sizes.map(|size| black_box(Vec::with_capacity(size))).collect())
    }

    /// Has memory that is free given back to the system. With an allocator that is unlike glibc's it is some hundred
    /// allocations for nothing.
    #[cold]
    pub(crate) fn exchange(&mut self) {
        let aside = Pieces::take();
        self.0.clear();
        drop(aside);
        drop(black_box(Vec::<u8>::with_capacity(TRIMMED)));
        *self = Pieces::take();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_over_when_few_are_left_for_a_while_and_then_for_a_minute() {
        let mut flood = Flood::default();
        let mut over = |things| flood.is_over(things);
        assert!(![10, 0, 0, 0, 0, 1000, 9000, 9000, 5000, 100, 100].map(&mut over).contains(&true));
        assert!(!over(5000), "there are more again");
        assert_eq!([100, 90, 80, 70].map(&mut over), [false, false, true, true]);
        assert_eq!((0..100).filter(|_| over(0)).count(), 59);
        assert!(!flood.is_ebbing());
    }
}
