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

/// Pieces that one call may need: the run before, a head, content, and a chunk's end.
const PIECES: usize = 4;

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
    /// What may leave, up to the run.
    ready: List,
    /// The run: octets of the arena from here to its end may leave behind `ready`, and are in no
    /// piece yet. Answers in order do no more than make it longer. While it is not empty a piece is
    /// left for it, whenever it may have to be closed.
    run: usize,
    /// Where the next octets go in the arena.
    end: usize,
    /// What is held beside the octets that may leave: those in the lists of answers that wait for
    /// their turn, and the memory of the pieces in use. (One number, since every request asks for the
    /// sum.)
    besides: usize,
    /// Octets that may leave, in pieces, owned or in the run. (Not beside `end`, which grows with it:
    /// the two would be added to as one vector, which takes longer.)
    ready_octets: usize,
    /// The pieces that they are in.
    ready_pieces: u32,
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
            run: 0,
            end: 0,
            ready_octets: 0,
            ready_pieces: 0,
            besides: 0,
            free: NONE,
            touched: 0,
            used: 0,
            oldest: NONE,
            newest: NONE,
        }
    }

    /// Octets not yet transmitted.
    pub(crate) fn held<B, M: Memory<B>>(&self) -> usize {
        self.weight() - self.used as usize * piece_weight::<B, M>()
    }

    /// The memory that is in use for octets not yet transmitted: they and their pieces. This is what
    /// the bound on what is held bounds.
    #[inline]
    pub(crate) const fn weight(&self) -> usize {
        self.ready_octets + self.besides
    }

    /// The same of octets that may leave now.
    pub(crate) fn ready_weight<B, M: Memory<B>>(&self) -> usize {
        self.ready_octets + self.ready_pieces as usize * piece_weight::<B, M>()
    }

    /// Whether no octet of the arena is to leave. The next ones go to its front then.
    pub(crate) const fn is_arena_free(&self) -> bool {
        self.end == 0
    }

    /// Octets that may leave now.
    #[inline]
    pub(crate) const fn ready(&self) -> usize {
        self.ready_octets
    }

    /// Sees to it that `octets` more fit, and as many pieces as one answer may need at once.
    /// `front` says that they belong to the oldest answer, which may use the reserve of a memory
    /// that can't grow.
    #[inline]
    pub(crate) fn reserve<B, M: Memory<B>>(
        &mut self,
        memory: &mut M,
        octets: usize,
        front: bool,
    ) -> bool {
        if (M::GROWS || front)
            && memory.octets().len() - self.end >= octets
            && memory.pieces().len() - self.used as usize >= PIECES
        {
            return true;
        }
        self.make_room(memory, octets, front)
    }

    /// Octets for which [`reserve`](Self::reserve) would find room now.
    pub(crate) fn room_left<B, M: Memory<B>>(&self, memory: &M, front: bool) -> usize {
        if M::GROWS {
            return usize::MAX;
        }
        if self.used as usize + pieces_wanted::<B, M>(memory, front) > memory.pieces().len() {
            return 0;
        }
        let arena = memory.octets().len();
        (arena - octets_kept::<B, M>(memory, front)).saturating_sub(self.live(memory))
    }

    /// Room for `octets` more of the oldest answer, which makes the run longer: it needs one piece,
    /// if the run has none yet.
    #[inline]
    pub(crate) fn room_in_run<'m, B, M: Memory<B>>(
        &mut self,
        memory: &'m mut M,
        octets: usize,
    ) -> Option<&'m mut [u8]> {
        let has_piece = self.run < self.end || (self.used as usize) < memory.pieces().len();
        if (!has_piece || memory.octets().len() - self.end < octets)
            && !self.make_room(memory, octets, true)
        {
            return None;
        }
        memory.octets_mut().get_mut(self.end..)
    }

    #[cold]
    #[inline(never)]
    fn make_room<B, M: Memory<B>>(&mut self, memory: &mut M, octets: usize, front: bool) -> bool {
        let wanted = self.used as usize + pieces_wanted::<B, M>(memory, front);
        if wanted > memory.pieces().len() && !memory.grow_pieces(wanted) {
            return false;
        }
        let arena = memory.octets().len();
        let live = self.live(memory);
        let Some(wanted) = live.checked_add(octets) else { return false };
        if !M::GROWS && wanted > arena - octets_kept::<B, M>(memory, front) {
            return false;
        }
        if arena - self.end >= octets {
            return true;
        }
        // Moving is paid for by the octets that have left since the last time, unless more than
        // half remain.
        if wanted <= arena && (!M::GROWS || live <= arena / 2) {
            self.compact(memory);
            return true;
        }
        memory.grow_octets((self.end + octets).max(arena.saturating_mul(2)))
    }

    /// Octets of the arena that are to leave.
    fn live<B, M: Memory<B>>(&self, memory: &M) -> usize {
        let (mut live, mut link) = (self.end - self.run, self.oldest);
        while let Some(piece) = memory.pieces().get(link as usize) {
            live += piece.len();
            link = piece.newer;
        }
        live
    }

    /// Moves what is live to the front of the arena.
    fn compact<B, M: Memory<B>>(&mut self, memory: &mut M) {
        let mut to = 0;
        let mut link = self.oldest;
        while let Some(piece) = memory.pieces_mut().get_mut(link as usize) {
            link = piece.newer;
            if let Body::Octets { start, len } = &mut piece.body {
                let (from, count) = (*start as usize, *len as usize);
                *start = to as u32;
                memory.octets_mut().copy_within(from..from + count, to);
                to += count;
            }
        }
        // The run is the newest of all.
        memory.octets_mut().copy_within(self.run..self.end, to);
        (self.run, self.end) = (to, to + self.end - self.run);
    }

    /// The room for the next octets. At least what was last reserved.
    #[inline]
    pub(crate) fn room<'m, B, M: Memory<B>>(&self, memory: &'m mut M) -> &'m mut [u8] {
        &mut memory.octets_mut()[self.end..]
    }

    /// Makes the first `len` octets of the room part of what is ready.
    #[inline]
    pub(crate) fn commit_ready(&mut self, len: usize) {
        self.end += len;
        self.ready_octets += len;
    }

    /// Makes the first `len` octets of the room part of `list`. They were reserved.
    pub(crate) fn commit<B, M: Memory<B>>(&mut self, memory: &mut M, list: &mut List, len: usize) {
        if len == 0 {
            return;
        }
        self.close_run(memory);
        self.besides += len;
        self.end += len;
        self.add_octets(memory, list);
    }

    /// Appends owned content to what is ready.
    pub(crate) fn own_ready<B: AsRef<[u8]>, M: Memory<B>>(&mut self, memory: &mut M, content: B) {
        self.close_run(memory);
        let mut ready = self.ready;
        let octets = self.add_owned(memory, &mut ready, content);
        self.ready = ready;
        self.ready_octets += octets;
        self.ready_pieces += u32::from(octets != 0);
    }

    /// Appends owned content, its piece reserved, to `list`.
    pub(crate) fn own<B: AsRef<[u8]>, M: Memory<B>>(
        &mut self,
        memory: &mut M,
        list: &mut List,
        content: B,
    ) {
        self.besides += self.add_owned(memory, list, content);
    }

    /// Lets the octets of `list` leave, behind those that may leave already.
    pub(crate) fn release<B, M: Memory<B>>(&mut self, memory: &mut M, list: List) {
        if list.is_empty() {
            return;
        }
        self.close_run(memory);
        let (mut octets, mut link) = (0, list.head);
        while let Some(piece) = memory.pieces().get(link as usize) {
            octets += piece.len();
            self.ready_pieces += 1;
            link = piece.next;
        }
        self.besides -= octets;
        self.ready_octets += octets;
        let mut head = list.head;
        if let Some((start, len)) = memory.pieces()[head as usize].extent()
            && let Some(Piece { body: Body::Octets { start: before, len: known }, .. }) =
                memory.pieces_mut().get_mut(self.ready.tail as usize)
            && *before + *known == start
        {
            *known += len;
            self.ready_pieces -= 1;
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
    pub(crate) fn forget<B, M: Memory<B>>(&mut self, memory: &mut M, list: List) {
        let mut link = list.head;
        while let Some(piece) = memory.pieces().get(link as usize) {
            self.besides -= piece.len();
            link = self.discard(memory, link);
        }
    }

    /// Forgets what is ready: the connection is gone.
    pub(crate) fn forget_ready<B, M: Memory<B>>(&mut self, memory: &mut M) {
        while self.ready.head != NONE {
            self.ready.head = self.discard(memory, self.ready.head);
        }
        self.ready = List::EMPTY;
        self.run = self.end;
        (self.ready_octets, self.ready_pieces) = (0, 0);
    }

    /// Fills `out` with slices that may leave now, in order, and says how many there are.
    #[inline]
    pub(crate) fn poll_transmit<'s, B: AsRef<[u8]> + 's, M: Memory<B>>(
        &self,
        memory: &'s M,
        out: &mut [&'s [u8]],
    ) -> usize {
        let (mut count, mut link) = (0, self.ready.head);
        while let Some(piece) = memory.pieces().get(link as usize) {
            let Some(out) = out.get_mut(count) else { return count };
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
        if self.run < self.end
            && let Some(out) = out.get_mut(count)
        {
            *out = &memory.octets()[self.run..self.end];
            count += 1;
        }
        count
    }

    /// Takes note that the first `count` octets of what is ready have left. Returns how many that
    /// really were.
    #[inline]
    pub(crate) fn transmitted<B, M: Memory<B>>(&mut self, memory: &mut M, count: usize) -> usize {
        let count = count.min(self.ready_octets);
        self.run += match self.ready.head {
            NONE => count,
            _ => self.transmitted_behind_pieces(memory, count),
        };
        self.ready_octets -= count;
        if self.oldest == NONE && self.run == self.end {
            // Nothing of the arena is to leave: the next octets go to its front again.
            (self.run, self.end) = (0, 0);
        }
        count
    }

    /// The same of pieces. Returns how many octets behind them have left.
    #[inline(never)]
    fn transmitted_behind_pieces<B, M: Memory<B>>(
        &mut self,
        memory: &mut M,
        count: usize,
    ) -> usize {
        let mut left = count;
        while left > 0 && self.ready.head != NONE {
            left -= self.transmitted_of_first(memory, left);
        }
        left
    }

    /// The same of the first piece alone.
    fn transmitted_of_first<B, M: Memory<B>>(&mut self, memory: &mut M, count: usize) -> usize {
        let head = self.ready.head;
        let piece = &mut memory.pieces_mut()[head as usize];
        let whole = piece.len();
        let here = whole.min(count);
        match &mut piece.body {
            Body::Octets { start, len } => {
                *start += here as u32;
                *len -= here as u32;
            }
            Body::Owned { sent, .. } => *sent += here,
            Body::Free => {}
        }
        if here == whole {
            self.ready.head = self.discard(memory, head);
            self.ready_pieces -= 1;
            if self.ready.head == NONE {
                debug_assert_eq!(self.ready_pieces, 0, "they are counted");
                self.ready.tail = NONE;
            }
        }
        here
    }

    /// Makes a piece of the run: what comes into the arena next does not belong to it.
    fn close_run<B, M: Memory<B>>(&mut self, memory: &mut M) {
        if self.run < self.end {
            let mut ready = self.ready;
            self.ready_pieces += self.add_octets(memory, &mut ready);
            self.ready = ready;
        }
    }

    /// Adds the octets of the arena behind all pieces to `list`; how many pieces that makes.
    fn add_octets<B, M: Memory<B>>(&mut self, memory: &mut M, list: &mut List) -> u32 {
        let from = core::mem::replace(&mut self.run, self.end);
        let added = (self.end - from) as u32;
        if let Some(Piece { body: Body::Octets { start, len }, .. }) =
            memory.pieces_mut().get_mut(list.tail as usize)
            && *start as usize + *len as usize == from
        {
            *len += added;
            return 0;
        }
        let link = self.append(memory, list, Body::Octets { start: from as u32, len: added });
        let newest = core::mem::replace(&mut self.newest, link);
        memory.pieces_mut()[link as usize].older = newest;
        match memory.pieces_mut().get_mut(newest as usize) {
            Some(piece) => piece.newer = link,
            None => self.oldest = link,
        }
        1
    }

    /// Adds owned content to `list`; how many octets that are.
    fn add_owned<B: AsRef<[u8]>, M: Memory<B>>(
        &mut self,
        memory: &mut M,
        list: &mut List,
        content: B,
    ) -> usize {
        let len = content.as_ref().len();
        if len != 0 {
            self.append(memory, list, Body::Owned { content, sent: 0, len });
        }
        len
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
        self.besides += piece_weight::<B, M>();
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
        self.besides -= piece_weight::<B, M>();
        piece.next
    }
}

/// What a piece in use counts beside its octets: its memory, where pieces are not there anyway.
const fn piece_weight<B, M: Memory<B>>() -> usize {
    if M::GROWS { size_of::<Piece<B>>() } else { 0 }
}

/// Pieces that must be free for one call: those that it may need, and those that are kept for the
/// oldest answer in memory that can't grow.
fn pieces_wanted<B, M: Memory<B>>(memory: &M, front: bool) -> usize {
    let kept = if M::GROWS || front { 0 } else { PIECES.max(memory.pieces().len() / 4) };
    PIECES + kept
}

/// Octets that are kept for the oldest answer.
fn octets_kept<B, M: Memory<B>>(memory: &M, front: bool) -> usize {
    if M::GROWS || front { 0 } else { memory.octets().len() / 4 }
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
