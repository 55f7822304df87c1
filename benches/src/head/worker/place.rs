//! Where things lie in memory while a sample is taken.
//!
//! A load may have to wait for an earlier store whose address has the same lowest twelve bits, and an octet may lie at the end of a line of the cache or
//! within it: so the same code takes different times when its slots, its octets or its stack lie elsewhere within their pages. Each sample has
//! them at places of its own, drawn from the sample's seed.

use std::hint::black_box;

/// What a processor compares first, and the size of a page on most.
const PAGE: usize = 4096;

/// Sebastiano Vigna's splitmix64: any seed will do, and seeds that follow each other give unlike numbers.
pub(super) struct Random(pub(super) u64);

impl Random {
    /// From 0 to `bound` - 1.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (((mixed >> 32) * bound as u64) >> 32) as usize
    }
}

/// Room for copies of an item's buffers.
#[derive(Default)]
pub(super) struct Arena(Vec<u8>);

/// Between two buffers lie less than so many octets: the line of a cache.
const GAP: usize = 64;

impl Arena {
    /// Copies the buffers, the first to a random place within a page, each next one less than [`GAP`] octets behind the one before.
    pub(super) fn lay(&mut self, buffers: &[Vec<u8>], random: &mut Random) -> Vec<&[u8]> {
        let most: usize = buffers.iter().map(|buffer| buffer.len() + GAP).sum::<usize>() + 2 * PAGE;
        if self.0.len() < most {
            self.0.resize(most, 0);
        }
        let to_page = self.0.as_ptr().addr().wrapping_neg() % PAGE;
        let mut rest = &mut self.0[to_page + random.below(PAGE)..];
        let mut laid = Vec::with_capacity(buffers.len());
        for buffer in buffers {
            let (place, behind) = rest.split_at_mut(buffer.len());
            place.copy_from_slice(buffer);
            laid.push(&*place);
            rest = &mut behind[random.below(GAP)..];
        }
        laid
    }
}

/// So many places the stack may have.
pub(super) const STACKS: usize = 512;

/// Calls `then` with its stack at one of [`STACKS`] places, which lie all over a page.
pub(super) fn on_stack(place: usize, then: &mut dyn FnMut()) {
    // Frames are multiples of 16 octets, seldom less than 32, so that 128 of them cross a page. A first one of four sizes makes good for those
    // that are multiples of 64.
    let steps = place / 4 % (STACKS / 4);
    match place % 4 {
        0 => behind::<0>(steps, then),
        1 => behind::<16>(steps, then),
        2 => behind::<32>(steps, then),
        _ => behind::<48>(steps, then),
    }
}

#[inline(never)]
fn behind<const OCTETS: usize>(steps: usize, then: &mut dyn FnMut()) {
    let frame = black_box([0_u8; OCTETS]);
    deeper(steps, then);
    black_box(&frame);
}

/// Calls `then` so many frames of this function deeper.
#[inline(never)]
fn deeper(steps: usize, then: &mut dyn FnMut()) {
    let frame = black_box([0_u8; 16]);
    if steps == 0 {
        then()
    } else {
        deeper(steps - 1, then)
    }
    black_box(&frame);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_copied_to_places_all_over_a_page() {
        let buffers = [b"first".to_vec(), b"second one".to_vec(), Vec::new(), vec![7; 5000]];
        let (mut arena, mut places) = (Arena::default(), [false; PAGE / 64]);
        for seed in 0..1000 {
            let laid = arena.lay(&buffers, &mut Random(seed));
            assert_eq!(laid, buffers);
            places[laid[0].as_ptr().addr() % PAGE / 64] = true;
        }
        assert_eq!(places, [true; PAGE / 64]);
    }

    #[test]
    fn stacks_begin_all_over_a_page() {
        let mut places: Vec<usize> = Vec::new();
        for place in 0..STACKS {
            on_stack(place, &mut || {
                let local = 0_u64;
                places.push(black_box(&raw const local).addr() % PAGE);
            });
        }
        assert_eq!(places.len(), STACKS);
        places.sort_unstable();
        places.dedup();
        assert!(places.len() >= 128, "{} places", places.len());
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] <= 64), "{places:?}");
    }

    #[test]
    fn numbers_stay_below_their_bound() {
        let mut random = Random(1);
        let mut seen = [0; 5];
        (0..1000).for_each(|_| seen[random.below(5)] += 1);
        assert!(seen.iter().all(|&count| count > 150), "{seen:?}");
    }
}
