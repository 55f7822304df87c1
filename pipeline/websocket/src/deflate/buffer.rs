//! Where a worker puts what it inflates or compresses.

use alloc::vec::Vec;

/// Octets, all of which may be written, and so many at the front that count.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    octets: Vec<u8>,
    len: usize,
}

impl Buffer {
    pub(super) const EMPTY: Self = Self { octets: Vec::new(), len: 0 };

    /// Empties it, and gives memory back if there are more than `kept` octets.
    pub(super) fn clear(&mut self, kept: usize) {
        self.len = 0;
        if self.octets.len() > kept {
            self.octets.truncate(kept);
            self.octets.shrink_to(kept);
        }
    }

    /// What counts.
    pub(super) fn octets(&self) -> &[u8] {
        &self.octets[..self.len]
    }

    /// What is behind it.
    pub(super) fn room(&mut self) -> &mut [u8] {
        &mut self.octets[self.len..]
    }

    /// The first `count` octets of the room count.
    pub(super) fn commit(&mut self, count: usize) {
        self.len = (self.len + count).min(self.octets.len());
    }

    /// The last `count` octets count no longer.
    pub(super) fn drop_last(&mut self, count: usize) {
        self.len = self.len.saturating_sub(count);
    }

    /// Makes the buffer at least so large.
    pub(super) fn reserve(&mut self, octets: usize) {
        if let Some(more) = octets.checked_sub(self.octets.len()) {
            self.octets.reserve_exact(more);
            self.octets.resize(octets, 0);
        }
    }

    /// How large it is.
    pub(super) fn size(&self) -> usize {
        self.octets.len()
    }
}
