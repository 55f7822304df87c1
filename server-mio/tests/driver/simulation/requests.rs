//! What peers ask for, and what they are to be answered.

use super::board::{self, Board};

/// Kinds of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Answered before its handler returns.
    Sync,
    /// By a handler that is asynchronous and does not wait.
    Ready,
    /// By one that waits until the schedule wakes it.
    Park,
    /// By one that sleeps.
    Sleep,
    /// By a stream, of which the schedule wakes piece by piece.
    Stream,
    /// Echoes content of a length.
    PostLength,
    /// Echoes chunked content.
    PostChunked,
    /// Echoes content that waits for `100 (Continue)`.
    PostExpect,
    /// Echoes content once the schedule wakes it.
    PostPark,
    /// Has a handler that panics.
    Panic,
    /// Has one that panics when it is woken.
    ParkPanic,
    /// Is no request.
    Malformed,
    /// Is the last one of its connection.
    Close,
    /// Is of HTTP/1.0.
    Old,
    /// Is of HTTP/1.0, and not the last one.
    OldKeep,
    /// Wants no content.
    Head,
    /// Is answered by a stream that fails at its end.
    StreamFail,
    /// Is answered by a stream that the end of the connection ends.
    OldStream,
    /// Wants to know when its answer has left.
    Told,
    /// Lets ready answers leave before its handler runs.
    Slow,
    /// Has no route.
    Missing,
    /// Has a handler that makes its answer the last one.
    Quit,
    /// Has one that does so when it is woken, whatever has come meanwhile.
    ParkQuit,
    /// Has no route either, and content that nobody waits for.
    PostMissing,
    /// Echoes content behind a hook that sees its head.
    PostGuarded,
}

pub(crate) const KINDS: [Kind; 25] = [
    Kind::Sync,
    Kind::Ready,
    Kind::Park,
    Kind::Sleep,
    Kind::Stream,
    Kind::PostLength,
    Kind::PostChunked,
    Kind::PostExpect,
    Kind::PostPark,
    Kind::Panic,
    Kind::ParkPanic,
    Kind::Malformed,
    Kind::Close,
    Kind::Old,
    Kind::OldKeep,
    Kind::Head,
    Kind::StreamFail,
    Kind::OldStream,
    Kind::Told,
    Kind::Slow,
    Kind::Missing,
    Kind::Quit,
    Kind::ParkQuit,
    Kind::PostMissing,
    Kind::PostGuarded,
];

impl Kind {
    /// Whether its method is not safe.
    pub(crate) fn has_effects(self) -> bool {
        use Kind::{PostChunked, PostExpect, PostGuarded, PostLength, PostMissing, PostPark};
        matches!(self, PostLength | PostChunked | PostExpect | PostPark | PostMissing | PostGuarded)
    }
}

/// A request in a peer's octets.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) id: usize,
    pub(crate) kind: Kind,
    choice: u8,
    /// Where it begins, where its head ends, where it ends.
    pub(crate) start: usize,
    pub(crate) head: usize,
    pub(crate) end: usize,
    /// How much had arrived of all when its head had.
    pub(crate) arrived: Option<usize>,
}

impl Asked {
    /// Adds a request to what a peer sends.
    pub(crate) fn new(id: usize, kind: Kind, choice: u8, octets: &mut Vec<u8>) -> Asked {
        let start = octets.len();
        let method = match kind {
            Kind::Head => "HEAD",
            Kind::PostLength | Kind::PostChunked | Kind::PostExpect | Kind::PostPark => "POST",
            Kind::PostMissing | Kind::PostGuarded => "POST",
            Kind::Malformed => "GET ",
            _ => "GET",
        };
        let path = match kind {
            Kind::Sync | Kind::Malformed | Kind::Close | Kind::Old | Kind::OldKeep | Kind::Head => {
                "sync"
            }
            Kind::Ready => "ready",
            Kind::Park => "park",
            Kind::Sleep => "sleep",
            Kind::Stream | Kind::OldStream => "stream",
            Kind::StreamFail => "fail",
            Kind::PostLength | Kind::PostChunked | Kind::PostExpect => "echo",
            Kind::PostPark => "later",
            Kind::Panic => "panic",
            Kind::ParkPanic => "panics",
            Kind::Told => "told",
            Kind::Slow => "slow",
            Kind::Missing | Kind::PostMissing => "missing",
            Kind::PostGuarded => "guarded",
            Kind::Quit => "quit",
            Kind::ParkQuit => "quits",
        };
        let version = match kind {
            Kind::Old | Kind::OldKeep | Kind::OldStream => 0,
            _ => 1,
        };
        let content = content(id, choice);
        let fields = match kind {
            Kind::PostLength | Kind::PostPark | Kind::PostMissing | Kind::PostGuarded => {
                format!("Content-Length: {}\r\n", content.len())
            }
            Kind::PostExpect => {
                format!("Content-Length: {}\r\nExpect: 100-continue\r\n", content.len())
            }
            Kind::PostChunked => "Transfer-Encoding: chunked\r\n".to_owned(),
            Kind::Close => "Connection: close\r\n".to_owned(),
            Kind::OldKeep => "Connection: keep-alive\r\n".to_owned(),
            _ => String::new(),
        };
        let head =
            format!("{method} /{path}/{id}/{choice} HTTP/1.{version}\r\nHost: a\r\n{fields}\r\n");
        octets.extend_from_slice(head.as_bytes());
        let head = octets.len();
        match kind {
            Kind::PostLength
            | Kind::PostExpect
            | Kind::PostPark
            | Kind::PostMissing
            | Kind::PostGuarded => {
                octets.extend(content);
            }
            Kind::PostChunked => {
                for chunk in content.chunks(100) {
                    octets.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                    octets.extend_from_slice(chunk);
                    octets.extend_from_slice(b"\r\n");
                }
                octets.extend_from_slice(b"0\r\n\r\n");
            }
            _ => {}
        }
        Asked { id, kind, choice, start, head, end: octets.len(), arrived: None }
    }

    /// The status of its answer.
    pub(crate) fn status(&self) -> u16 {
        match self.kind {
            Kind::Panic | Kind::ParkPanic => 500,
            Kind::Malformed => 400,
            Kind::Missing | Kind::PostMissing => 404,
            _ => 200,
        }
    }

    /// The content of its answer, as far as that is made by now; nothing where it is not the handler's.
    pub(crate) fn content(&self, board: &Board) -> Option<Vec<u8>> {
        match self.kind {
            Kind::Panic | Kind::ParkPanic | Kind::Malformed => None,
            Kind::Head => Some(Vec::new()),
            _ if self.is_stream() => {
                let pieces = 0..board.requests[self.id].handed;
                Some(pieces.flat_map(|number| piece(self.id, number, self.choice)).collect())
            }
            _ => Some(content(self.id, self.choice)),
        }
    }

    /// Whether its answer is made piece by piece.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.kind, Kind::Stream | Kind::StreamFail | Kind::OldStream)
    }

    /// Where it ends for its handler: content that nobody waits for is thrown away.
    pub(crate) fn needed(&self) -> usize {
        if self.kind == Kind::PostMissing { self.head } else { self.end }
    }

    /// Whether nobody may be at work beside it.
    pub(crate) fn has_effects(&self) -> bool {
        self.kind.has_effects()
    }

    /// Whether it is no request.
    pub(crate) fn is_malformed(&self) -> bool {
        self.kind == Kind::Malformed
    }

    /// Whether it is the last one of its connection, whatever is sent behind it.
    pub(crate) fn closes(&self) -> bool {
        use Kind::{Close, Malformed, Old, OldStream, Quit};
        matches!(self.kind, Malformed | Close | Old | OldStream | Quit)
    }

    /// Whether its handler needs a place among those that wait.
    pub(crate) fn is_async(&self) -> bool {
        use Kind::{Park, ParkPanic, ParkQuit, PostPark, Ready, Sleep};
        matches!(self.kind, Park | ParkPanic | ParkQuit | PostPark | Ready | Sleep)
    }

    /// Whether its answer waits for the schedule.
    pub(crate) fn waits(&self) -> bool {
        self.is_stream()
            || matches!(self.kind, Kind::Park | Kind::ParkPanic | Kind::PostPark | Kind::ParkQuit)
    }

    /// How long its handler sleeps, if it does.
    pub(crate) fn sleeps(&self) -> Option<u64> {
        (self.kind == Kind::Sleep).then(|| board::sleeping(self.choice))
    }
}

/// The content of a request and of an answer.
pub(crate) fn content(id: usize, choice: u8) -> Vec<u8> {
    vec![b'a' + (id % 26) as u8; usize::from(choice) * 2]
}

/// A piece of a stream.
pub(crate) fn piece(id: usize, number: usize, choice: u8) -> Vec<u8> {
    vec![b'A' + ((id + number) % 26) as u8; usize::from(choice)]
}

/// The octets that an answer has at most, or a piece of one.
pub(crate) const MOST: usize = 900;
