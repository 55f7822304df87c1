//! The ordering queue: a window of sequence numbers over a ring of slots. It knows of tickets and
//! order alone, and nothing of octets or HTTP.

/// The number of a request on its connection. Numbers wrap; only their distance from the oldest one
/// in flight counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Sequence(pub(crate) u32);

impl Sequence {
    pub(crate) const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    pub(crate) const fn before(self) -> Self {
        Self(self.0.wrapping_sub(1))
    }

    /// Whether this number was given out later than `earlier`. They are less than 2^31 requests
    /// apart.
    pub(crate) const fn is_behind(self, earlier: Self) -> bool {
        let distance = self.0.wrapping_sub(earlier.0);
        distance != 0 && distance < 1 << 31
    }
}

/// Which sequence numbers are in flight: `front..next`.
///
/// A number's slot is the number modulo the ring's length, a power of two, so a ring can grow
/// without renaming anything that is in flight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    front: Sequence,
    next: Sequence,
}

impl Order {
    /// An empty window whose first number is `first`.
    pub(crate) const fn new(first: Sequence) -> Self {
        Self { front: first, next: first }
    }

    /// The oldest number in flight; the next one to be given out if there is none.
    #[inline]
    pub(crate) const fn front(&self) -> Sequence {
        self.front
    }

    /// The number that the next request gets.
    #[inline]
    pub(crate) const fn next(&self) -> Sequence {
        self.next
    }

    /// The number that was given out last.
    #[inline]
    pub(crate) const fn last(&self) -> Sequence {
        self.next.before()
    }

    /// How many numbers are in flight.
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.next.0.wrapping_sub(self.front.0) as usize
    }

    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.front.0 == self.next.0
    }

    /// Gives out the next number. The caller has seen to it that the ring has a slot for it.
    #[inline]
    pub(crate) fn push(&mut self) -> Sequence {
        let sequence = self.next;
        self.next = sequence.next();
        sequence
    }

    /// Retires the oldest number.
    #[inline]
    pub(crate) fn pop(&mut self) {
        debug_assert!(!self.is_empty());
        self.front = self.front.next();
    }

    /// Forgets every number from `sequence` on, the youngest ones.
    pub(crate) fn truncate(&mut self, sequence: Sequence) {
        if self.contains(sequence) {
            self.next = sequence;
        }
    }

    /// Whether `sequence` is in flight.
    #[inline]
    pub(crate) const fn contains(&self, sequence: Sequence) -> bool {
        (sequence.0.wrapping_sub(self.front.0) as usize) < self.len()
    }

    /// The slot of `sequence` in `ring`.
    #[inline]
    pub(crate) fn slot<T>(sequence: Sequence, ring: &mut [T]) -> Option<&mut T> {
        let mask = ring.len().wrapping_sub(1);
        ring.get_mut(sequence.0 as usize & mask)
    }

    /// Copies the slots in flight from a ring into a longer one, each to its own place there.
    pub(crate) fn transfer<T: Copy>(&self, from: &[T], to: &mut [T]) {
        let mut sequence = self.front;
        while sequence != self.next {
            to[sequence.0 as usize & (to.len() - 1)] = from[sequence.0 as usize & (from.len() - 1)];
            sequence = sequence.next();
        }
    }
}
