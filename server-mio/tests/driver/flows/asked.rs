//! What a peer asks for: requests with content of all framings, and what is to be done with each.

/// Octets of content that a request may have.
pub(crate) const LIMIT: usize = 8000;

/// Octets of content that requests have.
const LENGTHS: [usize; 8] = [0, 1, 5, 90, 700, 1500, 3000, 7000];

/// How content is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    None,
    Length,
    Chunked,
    Trailers,
    /// In chunks, of which the last is none.
    Malformed,
    /// In chunks, of which the last is too large.
    TooLarge,
}

/// How much a handler takes of its content before it does anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    Piece,
    All,
    /// As one.
    Whole,
}

/// What it does then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Does {
    Text,
    Fail,
    Panic,
    Never,
    /// Answers with the rest of its content.
    Echo,
    /// The same, by a stream of its own.
    EchoWatched,
    /// By a task of its own, which sends.
    EchoSpawned,
    /// By somebody elsewhere.
    EchoAway,
    /// Has somebody elsewhere send what is not the content.
    Push,
    /// Answers, and leaves its content to somebody elsewhere.
    LeaveAway,
}

/// How somebody elsewhere ends what he sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    Finish,
    Trailers,
    Drop,
    Abort,
}

/// What a handler is to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// It waits to be let on: before it takes anything, between two pieces, before it answers.
    pub(crate) waits: [bool; 3],
    pub(crate) takes: Takes,
    /// It gives up what it has not taken.
    pub(crate) drops: bool,
    pub(crate) does: Does,
    pub(crate) ends: Ends,
    /// The length of what is pushed is told.
    pub(crate) tells: bool,
    /// Pieces that are pushed, and the octets of each.
    pub(crate) pieces: (usize, usize),
    pub(crate) capacity: usize,
}

impl Plan {
    fn new(how: u8, what: u8, size: u8) -> Plan {
        use Does::{
            Echo, EchoAway, EchoSpawned, EchoWatched, Fail, LeaveAway, Never, Panic, Push, Text,
        };
        let does = [
            Text,
            Text,
            Text,
            Echo,
            EchoWatched,
            EchoSpawned,
            EchoAway,
            EchoAway,
            Push,
            Push,
            Push,
            Fail,
            Panic,
            Never,
            LeaveAway,
            EchoSpawned,
        ];
        let takes = [Takes::Nothing, Takes::Piece, Takes::All, Takes::Whole];
        let ends = [Ends::Finish, Ends::Trailers, Ends::Drop, Ends::Abort];
        Plan {
            waits: [how & 4 != 0, how & 8 != 0, how & 16 != 0],
            takes: takes[usize::from(how & 3)],
            drops: how & 32 != 0,
            does: does[usize::from(what & 15)],
            ends: if what & 128 == 0 {
                ends[usize::from(what >> 4 & 1)]
            } else {
                ends[usize::from(what >> 4 & 3)]
            },
            tells: what & 64 != 0,
            pieces: (usize::from(size & 15), [3, 40, 1100, 5000][usize::from(size >> 4 & 3)]),
            capacity: [1, 200, 3000, 20_000][usize::from(size >> 6)],
        }
    }

    /// Octets that are pushed in all.
    pub(crate) fn pushed(&self) -> usize {
        self.pieces.0 * self.pieces.1
    }
}

/// A request in a peer's octets.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) id: usize,
    /// None is answered at once, in plain text.
    pub(crate) plan: Option<Plan>,
    pub(crate) framing: Framing,
    pub(crate) is_head: bool,
    /// It says that it is the last one of its connection.
    pub(crate) closes: bool,
    pub(crate) expects: bool,
    /// Where it begins, where its head ends, where it ends.
    pub(crate) start: usize,
    pub(crate) head: usize,
    pub(crate) end: usize,
    pub(crate) content: Vec<u8>,
    /// Octets of content in front of each place behind the head.
    counts: Vec<usize>,
}

/// The field of a trailer section.
pub(crate) const TRAILER: &str = "X-Sum: 1";

impl Asked {
    /// Adds a plain request to what a peer sends.
    pub(crate) fn plain(id: usize, octets: &mut Vec<u8>) -> Asked {
        let start = octets.len();
        octets.extend_from_slice(format!("GET /plain/{id} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes());
        Asked {
            id,
            plan: None,
            framing: Framing::None,
            is_head: false,
            closes: false,
            expects: false,
            start,
            head: octets.len(),
            end: octets.len(),
            content: Vec::new(),
            counts: vec![0],
        }
    }

    /// Adds one with content.
    pub(crate) fn new(id: usize, choice: [u8; 5], octets: &mut Vec<u8>) -> Asked {
        let [shape, length, how, what, size] = choice;
        let kind = shape >> 4;
        let is_old = kind < 2;
        let is_head = kind == 2;
        let closes = kind == 0 || kind == 3;
        let framing = match (shape & 7, is_old) {
            (0, _) => Framing::None,
            (1 | 2, _) | (_, true) => Framing::Length,
            (3, _) => Framing::Chunked,
            (6, _) => Framing::Malformed,
            (7, _) => Framing::TooLarge,
            _ => Framing::Trailers,
        };
        let expects = shape & 8 != 0 && framing != Framing::None && !is_old;
        let length = if framing == Framing::None { 0 } else { LENGTHS[usize::from(length & 7)] };
        let content: Vec<u8> = (0..length).map(|at| octet(id, at)).collect();
        let method = match kind {
            2 => "HEAD",
            4 | 5 => "GET",
            _ => "PUT",
        };
        let mut head = format!("{method} /flow/{id} HTTP/1.{}\r\nHost: a\r\n", u8::from(!is_old));
        match framing {
            Framing::None => {}
            Framing::Length => head.push_str(&format!("Content-Length: {length}\r\n")),
            _ => head.push_str("Transfer-Encoding: chunked\r\n"),
        }
        if expects {
            head.push_str("Expect: 100-continue\r\n");
        }
        match kind {
            1 => head.push_str("Connection: keep-alive\r\n"),
            3 => head.push_str("Connection: close\r\n"),
            _ => {}
        }
        head.push_str("\r\n");
        let start = octets.len();
        octets.extend_from_slice(head.as_bytes());
        let mut asked = Asked {
            id,
            plan: Some(Plan::new(how, what, size)),
            framing,
            is_head,
            closes,
            expects,
            start,
            head: octets.len(),
            end: 0,
            content: content.clone(),
            counts: vec![0],
        };
        // Not so many that a schedule takes long.
        let chunk = [1, 30, 600, 5000][usize::from(choice[1] >> 3 & 3)].max(length / 60);
        match framing {
            Framing::None => {}
            Framing::Length => asked.add(&content, true, octets),
            _ => {
                for chunk in content.chunks(chunk) {
                    asked.add(format!("{:x}\r\n", chunk.len()).as_bytes(), false, octets);
                    asked.add(chunk, true, octets);
                    asked.add(b"\r\n", false, octets);
                }
                let last = match framing {
                    Framing::Malformed => "x\r\n".to_owned(),
                    Framing::TooLarge => format!("{:x}\r\n", LIMIT + 1),
                    Framing::Trailers => format!("0\r\n{TRAILER}\r\n\r\n"),
                    _ => "0\r\n\r\n".to_owned(),
                };
                asked.add(last.as_bytes(), false, octets);
            }
        }
        asked.end = octets.len();
        asked
    }

    fn add(&mut self, octets: &[u8], are_content: bool, all: &mut Vec<u8>) {
        all.extend_from_slice(octets);
        for _ in octets {
            let before = self.counts[self.counts.len() - 1];
            self.counts.push(before + usize::from(are_content));
        }
    }

    /// Octets of its content among the first `delivered` of its peer.
    pub(crate) fn arrived(&self, delivered: usize) -> usize {
        let at = delivered.clamp(self.head, self.end) - self.head;
        self.counts[at]
    }

    /// Whether its content can be complete.
    pub(crate) fn is_sound(&self) -> bool {
        !matches!(self.framing, Framing::Malformed | Framing::TooLarge)
    }
}

/// An octet of a request's content.
fn octet(id: usize, at: usize) -> u8 {
    (id * 7 + at * 13 + at / 251) as u8
}

/// A piece that is pushed.
pub(crate) fn piece(id: usize, number: usize, length: usize) -> Vec<u8> {
    (0..length).map(|at| (id * 31 + number * 17 + at * 3 + at / 253) as u8).collect()
}
