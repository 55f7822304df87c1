//! Octets on their way out: pieces of an arena and owned content, in lists.
//!
//! Octets enter the arena in the order in which they are made. A list holds those of one answer
//! that waits for its turn; one more list, *ready*, holds what may leave now. Neighbours in the
//! arena that are neighbours on the wire are one piece, so answers given in order leave as one
//! slice.

use core::fmt;

use crate::memory::Memory;

/// The place of a piece in the table of pieces; `NONE` ends a list.
type Link = u32;
const NONE: Link = Link::MAX;

/// A run of octets on its way out. (Opaque; public because [`Fixed`](crate::memory::Fixed) memory
/// holds an array of them.)
pub struct Piece<B> {
    body: Body<B>,
    /// The next one of the same list, or of the free list.
    next: Link,
    /// Neighbours in the order of the arena; unused by owned content.
    older: Link,
    newer: Link,
}

enum Body<B> {
    Free,
    /// `len` octets of the arena from `start`.
    Octets {
        start: u32,
        len: u32,
    },
    /// Content of `len` octets, of which `sent` are gone.
    Owned {
        content: B,
        sent: usize,
        len: usize,
    },
}

impl<B> Piece<B> {
    pub(crate) const FREE: Self = Self { body: Body::Free, next: NONE, older: NONE, newer: NONE };
}

impl<B> fmt::Debug for Piece<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").finish_non_exhaustive()
    }
}

/// A list of pieces: those of one answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List {
    head: Link,
    tail: Link,
}

impl List {
    pub(crate) const EMPTY: Self = Self { head: NONE, tail: NONE };

    pub(crate) const fn is_empty(&self) -> bool {
        self.head == NONE
    }
}

/// The state of the output side; the memory is passed to each call.
#[derive(Debug)]
pub(crate) struct Output {
    ready: List,
    /// Where the next octets go in the arena.
    end: usize,
    /// Octets of the arena that belong to a piece.
    live: usize,
    /// Octets not yet transmitted, in the arena or owned.
    held: usize,
    /// Those of them that are in `ready`.
    ready_octets: usize,
    free: Link,
    /// Entries of the table that were ever used, and how many are in use.
    touched: u32,
    used: u32,
    oldest: Link,
    newest: Link,
}

impl Output {
    pub(crate) const fn new() -> Self {
        Self {
            ready: List::EMPTY,
            end: 0,
            live: 0,
            held: 0,
            ready_octets: 0,
            free: NONE,
            touched: 0,
            used: 0,
            oldest: NONE,
            newest: NONE,
        }
    }

    /// Octets not yet transmitted.
    #[inline]
    pub(crate) const fn held(&self) -> usize {
        self.held
    }

    /// Octets that may leave now.
    #[inline]
    pub(crate) const fn ready(&self) -> usize {
        self.ready_octets
    }

    /// Sees to it that `octets` more and three more pieces fit. `front` says that they belong to
    /// the oldest answer, which may use the reserve of a memory that can't grow.
    #[inline]
    pub(crate) fn reserve<B, M: Memory<B>>(
        &mut self,
        memory: &mut M,
        octets: usize,
        front: bool,
    ) -> bool {
        const PIECES: u32 = 3;
        if self.oldest == NONE {
            self.end = 0;
        }
        if M::GROWS
            && memory.octets().len() - self.end >= octets
            && memory.pieces().len() - self.used as usize >= PIECES as usize
        {
            return true;
        }
        self.make_room(memory, octets, PIECES, front)
    }

    #[cold]
    #[inline(never)]
    fn make_room<B, M: Memory<B>>(
        &mut self,
        memory: &mut M,
        octets: usize,
        pieces: u32,
        front: bool,
    ) -> bool {
        let keep = |all: usize| if M::GROWS || front { 0 } else { all / 4 };
        let table = memory.pieces().len();
        let wanted = (self.used + pieces) as usize;
        if wanted > table - keep(table) && !memory.grow_pieces(wanted.max(wanted + keep(table))) {
            return false;
        }
        let arena = memory.octets().len();
        let Some(wanted) = self.live.checked_add(octets) else {
            return false;
        };
        if !M::GROWS && wanted > arena - keep(arena) {
            return false;
        }
        if arena - self.end >= octets {
            return true;
        }
        // Moving is paid for by the octets that have left since the last time, unless more than
        // half remain.
        if wanted <= arena && (!M::GROWS || self.live <= arena / 2) {
            self.compact(memory);
            return true;
        }
        memory.grow_octets((self.end + octets).max(arena.saturating_mul(2)))
    }

    /// Moves what is live to the front of the arena.
    fn compact<B, M: Memory<B>>(&mut self, memory: &mut M) {
        let mut to = 0;
        let mut link = self.oldest;
        while link != NONE {
            let piece = &mut memory.pieces_mut()[link as usize];
            link = piece.newer;
            if let Body::Octets { start, len } = &mut piece.body {
                let (from, count) = (*start as usize, *len as usize);
                *start = to as u32;
                memory.octets_mut().copy_within(from..from + count, to);
                to += count;
            }
        }
        self.end = to;
    }

    /// The room for the next octets. At least what was last reserved.
    #[inline]
    pub(crate) fn room<'m, B, M: Memory<B>>(&self, memory: &'m mut M) -> &'m mut [u8] {
        &mut memory.octets_mut()[self.end..]
    }

    /// Makes the first `len` octets of the room part of what is ready.
    #[inline]
    pub(crate) fn commit_ready<B, M: Memory<B>>(&mut self, memory: &mut M, len: usize) {
        let mut ready = self.ready;
        self.commit(memory, &mut ready, len);
        self.ready = ready;
        self.ready_octets += len;
    }

    /// Makes the first `len` octets of the room part of `list`. They were reserved.
    #[inline]
    pub(crate) fn commit<B, M: Memory<B>>(&mut self, memory: &mut M, list: &mut List, len: usize) {
        if len == 0 {
            return;
        }
        let from = self.end;
        self.end += len;
        self.live += len;
        self.held += len;
        if let Some(Piece { body: Body::Octets { start, len: known }, .. }) =
            memory.pieces_mut().get_mut(list.tail as usize)
            && *start as usize + *known as usize == from
        {
            *known += len as u32;
            return;
        }
        let body = Body::Octets { start: from as u32, len: len as u32 };
        let link = self.append(memory, list, body);
        let newest = self.newest;
        memory.pieces_mut()[link as usize].older = newest;
        match memory.pieces_mut().get_mut(newest as usize) {
            Some(piece) => piece.newer = link,
            None => self.oldest = link,
        }
        self.newest = link;
    }

    /// Appends owned content to what is ready.
    pub(crate) fn own_ready<B: AsRef<[u8]>, M: Memory<B>>(&mut self, memory: &mut M, content: B) {
        self.ready_octets += content.as_ref().len();
        let mut ready = self.ready;
        self.own(memory, &mut ready, content);
        self.ready = ready;
    }

    /// Appends owned content, its piece reserved, to `list`.
    pub(crate) fn own<B: AsRef<[u8]>, M: Memory<B>>(
        &mut self,
        memory: &mut M,
        list: &mut List,
        content: B,
    ) {
        let len = content.as_ref().len();
        if len != 0 {
            self.held += len;
            self.append(memory, list, Body::Owned { content, sent: 0, len });
        }
    }

    /// Lets the octets of `list` leave, behind those that may leave already.
    pub(crate) fn release<B: AsRef<[u8]>, M: Memory<B>>(&mut self, memory: &mut M, list: List) {
        if list.is_empty() {
            return;
        }
        let mut link = list.head;
        while link != NONE {
            let piece = &memory.pieces()[link as usize];
            self.ready_octets += piece.len();
            link = piece.next;
        }
        let mut head = list.head;
        if let Some((start, len)) = memory.pieces()[head as usize].extent()
            && let Some(Piece { body: Body::Octets { start: before, len: known }, .. }) =
                memory.pieces_mut().get_mut(self.ready.tail as usize)
            && *before + *known == start
        {
            *known += len;
            head = self.discard(memory, head);
            if head == NONE {
                return;
            }
        }
        match memory.pieces_mut().get_mut(self.ready.tail as usize) {
            Some(tail) => tail.next = head,
            None => self.ready.head = head,
        }
        self.ready.tail = list.tail;
    }

    /// Forgets the octets of `list`, which will never leave.
    pub(crate) fn forget<B: AsRef<[u8]>, M: Memory<B>>(&mut self, memory: &mut M, list: List) {
        let mut link = list.head;
        while link != NONE {
            let piece = &memory.pieces()[link as usize];
            self.held -= piece.len();
            if let Some((_, len)) = piece.extent() {
                self.live -= len as usize;
            }
            link = self.discard(memory, link);
        }
    }

    /// Forgets what is ready: the connection is gone.
    pub(crate) fn forget_ready<B: AsRef<[u8]>, M: Memory<B>>(&mut self, memory: &mut M) {
        let ready = core::mem::replace(&mut self.ready, List::EMPTY);
        self.forget(memory, ready);
        self.ready_octets = 0;
    }

    /// Fills `out` with slices that may leave now, in order, and says how many there are.
    #[inline]
    pub(crate) fn poll_transmit<'s, B: AsRef<[u8]> + 's, M: Memory<B>>(
        &self,
        memory: &'s M,
        out: &mut [&'s [u8]],
    ) -> usize {
        let mut link = self.ready.head;
        let mut count = 0;
        while let (Some(piece), Some(out)) =
            (memory.pieces().get(link as usize), out.get_mut(count))
        {
            *out = match &piece.body {
                Body::Octets { start, len } => &memory.octets()[*start as usize..][..*len as usize],
                Body::Owned { content, sent, len } => {
                    content.as_ref().get(*sent..*len).unwrap_or_default()
                }
                Body::Free => &[],
            };
            count += 1;
            link = piece.next;
        }
        count
    }

    /// Takes note that the first `count` octets of what is ready have left. Returns how many that
    /// really were.
    #[inline]
    pub(crate) fn transmitted<B: AsRef<[u8]>, M: Memory<B>>(
        &mut self,
        memory: &mut M,
        count: usize,
    ) -> usize {
        let count = count.min(self.ready_octets);
        let mut left = count;
        while left > 0 {
            let head = self.ready.head;
            let piece = &mut memory.pieces_mut()[head as usize];
            let here = piece.len().min(left);
            let whole = here == piece.len();
            match &mut piece.body {
                Body::Octets { start, len } => {
                    *start += here as u32;
                    *len -= here as u32;
                    self.live -= here;
                }
                Body::Owned { sent, .. } => *sent += here,
                Body::Free => {}
            }
            left -= here;
            if whole {
                self.ready.head = self.discard(memory, head);
            }
        }
        if self.ready.head == NONE {
            self.ready.tail = NONE;
        }
        self.held -= count;
        self.ready_octets -= count;
        count
    }

    /// A new last piece of `list`.
    fn append<B, M: Memory<B>>(&mut self, memory: &mut M, list: &mut List, body: Body<B>) -> Link {
        let link = if self.free == NONE {
            self.touched += 1;
            self.touched - 1
        } else {
            self.free
        };
        let pieces = memory.pieces_mut();
        let piece = &mut pieces[link as usize];
        if self.free == link {
            self.free = piece.next;
        }
        *piece = Piece { body, next: NONE, older: NONE, newer: NONE };
        self.used += 1;
        match pieces.get_mut(list.tail as usize) {
            Some(tail) => tail.next = link,
            None => list.head = link,
        }
        list.tail = link;
        link
    }

    /// Frees a piece, whatever is left of it, and returns the next one of its list.
    fn discard<B, M: Memory<B>>(&mut self, memory: &mut M, link: Link) -> Link {
        let pieces = memory.pieces_mut();
        let piece = core::mem::replace(&mut pieces[link as usize], Piece::FREE);
        if let Body::Octets { .. } = piece.body {
            match pieces.get_mut(piece.older as usize) {
                Some(older) => older.newer = piece.newer,
                None => self.oldest = piece.newer,
            }
            match pieces.get_mut(piece.newer as usize) {
                Some(newer) => newer.older = piece.older,
                None => self.newest = piece.older,
            }
        }
        pieces[link as usize].next = self.free;
        self.free = link;
        self.used -= 1;
        piece.next
    }
}

impl<B> Piece<B> {
    /// Octets not yet transmitted.
    fn len(&self) -> usize {
        match &self.body {
            Body::Free => 0,
            Body::Octets { len, .. } => *len as usize,
            Body::Owned { sent, len, .. } => len - sent,
        }
    }

    fn extent(&self) -> Option<(u32, u32)> {
        match self.body {
            Body::Octets { start, len } => Some((start, len)),
            _ => None,
        }
    }
}
