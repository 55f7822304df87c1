//! Messages that come in pieces, made whole.

use alloc::vec::Vec;

use crate::{Event, Kind};

/// Collects the pieces of a message. It holds memory only while one is under way, and never more than twice what has come of it.
///
/// ```
/// use rajada_websocket::{Collector, Event, Kind};
///
/// let mut collector = Collector::new();
/// assert_eq!(collector.take(Event::Begin { kind: Kind::Text, compressed: false }), None);
/// assert_eq!(collector.take(Event::Data(b"in a ")), None);
/// // What stands between pieces passes.
/// assert_eq!(collector.take(Event::Ping(b"?")), Some(Event::Ping(b"?")));
/// assert_eq!(collector.take(Event::Data(b"burst")), None);
/// assert_eq!(collector.take(Event::End), Some(Event::Text("in a burst")));
/// ```
#[derive(Debug, Default)]
pub struct Collector {
    octets: Vec<u8>,
    kind: Option<Kind>,
    compressed: bool,
}

impl Collector {
    /// An empty one; nothing is allocated.
    pub const fn new() -> Self {
        Self { octets: Vec::new(), kind: None, compressed: false }
    }

    /// Takes an event: pieces are kept, and give the whole message at its end. All else passes.
    #[inline]
    pub fn take<'e>(&'e mut self, event: Event<'e>) -> Option<Event<'e>> {
        match event {
            Event::Begin { .. } | Event::Data(_) | Event::End => self.take_piece(event),
            event => Some(event),
        }
    }

    fn take_piece<'e>(&'e mut self, event: Event<'e>) -> Option<Event<'e>> {
        match event {
            Event::Begin { kind, compressed } => {
                self.release();
                (self.kind, self.compressed) = (Some(kind), compressed);
                None
            }
            Event::Data(piece) => {
                // Of what was given up nothing is kept.
                if self.kind.is_some() {
                    self.octets.extend_from_slice(piece);
                }
                None
            }
            _ => Some(match self.kind.take()? {
                kind if self.compressed => Event::Compressed(kind, &self.octets),
                Kind::Binary => Event::Binary(&self.octets),
                // It was judged piece by piece: this says so once more to the compiler.
                Kind::Text => Event::Text(simdutf8::basic::from_utf8(&self.octets).ok()?),
            }),
        }
    }

    /// Octets that have come of the message under way.
    pub fn octets(&self) -> usize {
        if self.kind.is_some() { self.octets.len() } else { 0 }
    }

    /// Gives the memory back: of the last message, once it is of no use any more, or of one that is given up, whose other pieces are thrown
    /// away. (The next message does so, too.)
    pub fn release(&mut self) {
        *self = Self::new();
    }
}
