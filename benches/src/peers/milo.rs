//! [milo-parser](https://docs.rs/milo-parser): a state machine that writes events into a buffer of its own.
//!
//! It does more than the others: it knows methods by name, and reads Content-Length, Transfer-Encoding and Connection on its way. Stricter
//! than Rajada in targets, which may hold RFC 3986's characters only. Its buffer of events lies where it was allocated, in all samples.

use std::hint::black_box;

use milo_parser::{
    EVENT_ACTIVE_ON_HEADER_NAME, EVENT_ACTIVE_ON_HEADER_VALUE, EVENT_ACTIVE_ON_HEADERS,
    EVENT_ACTIVE_ON_METHOD, EVENT_ACTIVE_ON_REASON, EVENT_ACTIVE_ON_STATUS, EVENT_ACTIVE_ON_URL,
    EVENT_ACTIVE_ON_VERSION, EVENT_END, EVENT_HEADER_NAME, EVENT_HEADER_VALUE, EVENT_HEADERS,
    EVENT_METHOD, EVENT_REASON, EVENT_STATUS, EVENT_URL, EVENT_VERSION, Parser, STATE_ERROR,
};

use crate::contest::{Contestant, each_head};
use crate::corpus::{Item, Kind};
use crate::machine;
use crate::naive::Head;

/// The contestant.
pub struct Milo {
    parser: Parser,
}

impl Default for Milo {
    fn default() -> Milo {
        let mut parser = Parser::new();
        parser.autodetect = false;
        parser.suspend_after_headers = true;
        parser.active_events = EVENT_ACTIVE_ON_METHOD
            | EVENT_ACTIVE_ON_URL
            | EVENT_ACTIVE_ON_VERSION
            | EVENT_ACTIVE_ON_STATUS
            | EVENT_ACTIVE_ON_REASON
            | EVENT_ACTIVE_ON_HEADER_NAME
            | EVENT_ACTIVE_ON_HEADER_VALUE
            | EVENT_ACTIVE_ON_HEADERS;
        Milo { parser }
    }
}

impl Milo {
    #[inline(always)]
    fn head(&mut self, octets: &[u8], kind: Kind) -> usize {
        let parser = &mut self.parser;
        parser.reset(false);
        parser.is_request = kind == Kind::Request;
        let consumed = parser.parse(octets.as_ptr(), octets.len());
        if parser.state == STATE_ERROR { 0 } else { consumed }
    }

    /// The octets of the parser's events.
    fn events(&self) -> &[u8; 65536] {
        // SAFETY: the parser has a buffer of 65,536 initialised octets, which it owns and only changes in methods that borrow it mutably.
        unsafe { &*self.parser.events.cast() }
    }

    /// Takes the head together from the events.
    fn collect(&self, octets: &[u8]) -> Head {
        let mut head = Head::default();
        let mut events = &self.events()[..];
        while events[0] != EVENT_END && events[0] != EVENT_HEADERS {
            let number = |at: usize| {
                u32::from_le_bytes([events[at], events[at + 1], events[at + 2], events[at + 3]])
                    as usize
            };
            let text = &octets[number(1)..number(1) + number(5)];
            match events[0] {
                EVENT_METHOD => head.method = text.into(),
                EVENT_URL => head.target = text.into(),
                EVENT_VERSION => head.minor = text[text.len() - 1] - b'0',
                EVENT_STATUS => {
                    head.status =
                        text.iter().fold(0, |status, digit| status * 10 + u16::from(digit - b'0'))
                }
                EVENT_REASON => head.reason = text.into(),
                EVENT_HEADER_NAME => head.fields.push((text.into(), Vec::new())),
                EVENT_HEADER_VALUE => {
                    head.fields.last_mut().expect("a name comes first").1 = text.into()
                }
                _ => {}
            }
            events = &events[9..];
        }
        head
    }
}

impl Contestant for Milo {
    fn name(&self) -> &'static str {
        "milo-parser"
    }

    /// It leaves its searches to memchr, which chooses at run time.
    fn level(&self) -> &'static str {
        machine::at_most_avx2()
    }

    fn reads(&self, _: Kind) -> bool {
        true
    }

    fn heads(&mut self, item: &Item) -> Vec<Head> {
        let mut heads = Vec::new();
        each_head(&item.slices(), 1, |octets| {
            let consumed = self.head(octets, item.kind);
            if consumed > 0 {
                heads.push(self.collect(octets));
            }
            consumed
        });
        heads
    }

    fn parse(&mut self, item: &Item, buffers: &[&[u8]], rounds: usize) -> usize {
        each_head(buffers, rounds, |octets| {
            let consumed = self.head(octets, item.kind);
            black_box(self.events());
            consumed
        })
    }
}
