//! The way in: from octets to events.

use core::ops::DerefMut;

use crate::header::{self, CLOSE, CONTINUATION, First, PING, Rest};
use crate::memory::Memory;
use crate::role::Role;
use crate::socket::{Frame, Input, Message};
use crate::store::Store;
use crate::utf8::{Utf8, first_wrong};
use crate::{Burst, CloseCode, Error, Event, Kind, Offence, Settings, WebSocket, mask, row};

impl<R: Role, B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>>
    WebSocket<R, B, M, L>
{
    /// Says what the next octets of the burst mean. Call it until it gives [`Event::NeedData`], [`Event::Paused`] or [`Event::Closed`].
    ///
    /// What is right comes before what is wrong behind it; [`Event::Malformed`] comes as soon as an octet is there that
    /// can't be right.
    #[inline]
    pub fn receive<'b>(&mut self, settings: &Settings, burst: &mut Burst<'b>) -> Event<'b> {
        if self.input == Input::Header && self.message.kind.is_none() && self.store.is_some() {
            if burst.row().is_empty() && (self.row > 0 || row::begins(burst.rest(), !R::MASKS)) {
                self.make_row(settings, burst);
            }
            if let Some((text, behind)) = row::split(burst.row(), !R::MASKS) {
                let consumed = burst.row().len() - behind.len();
                burst.consume_of_row(consumed, behind);
                self.row = self.row.saturating_sub(consumed as u16);
                self.controls = 0;
                self.received += consumed as u64;
                return Event::Text(text);
            }
            if self.row == 0
                && let Some((kind, payload)) = self.usual(settings, burst)
            {
                return self.message(kind, payload);
            }
            if self.row == 0 && burst.rest().is_empty() {
                return Event::NeedData;
            }
        }
        self.receive_any(settings, burst)
    }

    /// Makes a row of the texts at the front of the burst, or takes up the one that is there.
    #[inline(never)]
    fn make_row<'b>(&mut self, settings: &Settings, burst: &mut Burst<'b>) {
        if self.row == 0 {
            let most = usize::try_from(settings.frame.min(settings.message)).unwrap_or(usize::MAX);
            self.row = row::open(burst.rest_mut(), !R::MASKS, most) as u16;
        }
        let len = usize::from(self.row.saturating_sub(self.wrong));
        if len <= burst.rest().len() {
            let octets: &'b [u8] = burst.lift(len);
            match simdutf8::basic::from_utf8(octets) {
                Ok(row) => burst.set_row(row),
                Err(_) => self.wrong_row(octets, burst),
            }
        }
    }

    /// A row of which a text is wrong: those before it are right.
    #[cold]
    #[inline(never)]
    fn wrong_row<'b>(&mut self, octets: &'b [u8], burst: &mut Burst<'b>) {
        let (right, wrong, header) = row::right(octets, !R::MASKS);
        let row = simdutf8::basic::from_utf8(right).unwrap_or_default();
        self.wrong = (header + first_wrong(wrong)) as u16;
        self.row = row.len() as u16 + self.wrong;
        burst.set_row(row);
    }

    /// The event of a whole message, whose octets are consumed.
    // Made here and not where its parts are found: an event that is handed on is copied, which takes longer than all else.
    #[inline(always)]
    fn message<'b>(&mut self, kind: Kind, payload: &'b [u8]) -> Event<'b> {
        if kind == Kind::Binary {
            return Event::Binary(payload);
        }
        match simdutf8::basic::from_utf8(payload) {
            Ok(text) => Event::Text(text),
            Err(_) => self.wrong_text(payload),
        }
    }

    /// A message in one frame that stands in the burst, of less than 64 KiB: nothing of the state is in its way.
    #[inline]
    fn usual<'b>(
        &mut self,
        settings: &Settings,
        burst: &mut Burst<'b>,
    ) -> Option<(Kind, &'b [u8])> {
        let rest = burst.rest();
        let [first, second, ..] = *rest else { return None };
        // FIN, no reserved bits, and the opcode of text or octets.
        let kind = match first {
            0x81 => Kind::Text,
            0x82 => Kind::Binary,
            _ => return None,
        };
        // (A server's peer masks.)
        let length = second.wrapping_sub(if R::MASKS { 0 } else { header::MASK });
        let (length, mut size) = match length {
            0..126 => (usize::from(length), 2),
            126 => match rest.get(2..4) {
                Some(&[high, low]) if high > 0 || low >= 126 => {
                    (usize::from(high) << 8 | usize::from(low), 4)
                }
                _ => return None,
            },
            _ => return None,
        };
        let mut key = 0;
        if !R::MASKS {
            key = u32::from_ne_bytes(*rest.get(size..)?.first_chunk()?);
            size += 4;
        }
        if rest.len() - size.min(rest.len()) < length
            || length as u64 > settings.frame.min(settings.message)
        {
            return None;
        }
        let frame = burst.take(size + length);
        let payload = frame.get_mut(size..)?;
        if !R::MASKS {
            mask::in_place(payload, key);
        }
        self.controls = 0;
        self.received += (size + length) as u64;
        Some((kind, payload))
    }

    /// A message that is no UTF-8, whose octets are consumed.
    #[cold]
    #[inline(never)]
    fn wrong_text<'b>(&mut self, text: &[u8]) -> Event<'b> {
        let before = self.received - text.len() as u64;
        self.malformed(Offence::NotUtf8, before + first_wrong(text) as u64)
    }

    #[inline(never)]
    fn receive_any<'b>(&mut self, settings: &Settings, burst: &mut Burst<'b>) -> Event<'b> {
        if self.store.is_none() {
            return Event::Paused;
        }
        loop {
            let event = match self.input {
                Input::Ended => Some(Event::Closed),
                Input::Header => self.header(settings, burst),
                Input::Payload if self.frame.opcode >= CLOSE => self.control(burst),
                Input::Payload => self.data(settings, burst),
            };
            if let Some(event) = event {
                return event;
            }
        }
    }

    /// Takes note that the peer has closed the connection: [`Event::Closed`] if it did so in order, or was wrong before, otherwise
    /// [`Event::Malformed`]. Nothing more is received.
    pub fn receive_eof(&mut self) -> Event<'static> {
        if self.input == Input::Ended {
            return Event::Closed;
        }
        self.malformed(Offence::Truncated, self.received)
    }

    /// A header: `None` once it is complete and consumed.
    fn header<'b>(&mut self, settings: &Settings, burst: &mut Burst<'b>) -> Option<Event<'b>> {
        if self.row > 0 {
            return Some(match self.wrong {
                wrong if self.row == wrong => {
                    self.malformed(Offence::NotUtf8, self.received + u64::from(wrong))
                }
                // What was given before is not all there again.
                _ => Event::NeedData,
            });
        }
        match self.read_header(settings, burst.rest()) {
            Err((offence, at)) => Some(self.malformed(offence, self.received + at as u64)),
            Ok(None) => Some(Event::NeedData),
            Ok(Some((first, rest))) => {
                burst.take(rest.size);
                self.received += rest.size as u64;
                self.begin(first, rest);
                None
            }
        }
    }

    /// Reads a header, and judges it by what was before. `None` if it is incomplete.
    fn read_header(
        &self,
        settings: &Settings,
        octets: &[u8],
    ) -> Result<Option<(First, Rest)>, (Offence, usize)> {
        let Some(first) = octets.first() else { return Ok(None) };
        let first = self.judge_first(settings, *first).map_err(|offence| (offence, 0))?;
        let Some(rest) = Rest::read(first, octets, !R::MASKS)? else { return Ok(None) };
        if !first.is_control() {
            self.judge_length(settings, first, rest.length)
                .map_err(|offence| (offence, rest.length_at))?;
        }
        Ok((rest.size <= octets.len()).then_some((first, rest)))
    }

    fn judge_first(&self, settings: &Settings, octet: u8) -> Result<First, Offence> {
        let first = First::judge(octet)?;
        if first.is_compressed() && !self.compressed {
            return Err(Offence::ReservedBits);
        }
        if first.is_control() {
            return if self.controls >= settings.controls {
                Err(Offence::TooManyControls)
            } else {
                Ok(first)
            };
        }
        match (self.message.kind, first.opcode()) {
            (None, CONTINUATION) => Err(Offence::Continuation),
            (Some(_), CONTINUATION) if self.message.frames >= settings.fragments => {
                Err(Offence::TooManyFragments)
            }
            (None, _) | (Some(_), CONTINUATION) => Ok(first),
            (Some(_), _) => Err(Offence::Interrupted),
        }
    }

    /// Judges the length of a frame of data.
    fn judge_length(&self, settings: &Settings, first: First, length: u64) -> Result<(), Offence> {
        if length > settings.frame {
            return Err(Offence::FrameTooBig);
        }
        if length > settings.message.saturating_sub(self.message.octets) {
            return Err(Offence::MessageTooBig);
        }
        // (A message in one frame has no fragments.)
        let is_fragment = !first.is_final() || first.opcode() == CONTINUATION;
        if length == 0 && is_fragment && self.message.empty >= settings.empty {
            return Err(Offence::TooManyEmpty);
        }
        Ok(())
    }

    /// A header is complete: its payload is due.
    fn begin(&mut self, first: First, rest: Rest) {
        self.frame = Frame {
            remaining: rest.length,
            key: rest.key,
            opened: 0,
            opcode: first.opcode(),
            is_final: first.is_final(),
        };
        self.input = Input::Payload;
        if first.is_control() {
            self.controls += 1;
            return;
        }
        self.controls = 0;
        if first.opcode() != CONTINUATION {
            let kind = if first.opcode() == header::TEXT { Kind::Text } else { Kind::Binary };
            self.message = Message {
                before: self.received - rest.size as u64,
                kind: Some(kind),
                compressed: first.is_compressed(),
                ..Message::NONE
            };
        }
        self.message.octets += rest.length;
        self.message.frames = self.message.frames.saturating_add(1);
        self.message.empty = self.message.empty.saturating_add(u16::from(rest.length == 0));
    }

    /// Payload of a frame of data: `None` once it is all consumed and the message is not at its end.
    fn data<'b>(&mut self, settings: &Settings, burst: &mut Burst<'b>) -> Option<Event<'b>> {
        let kind = self.message.kind.unwrap_or(Kind::Binary);
        let available = burst.rest().len() as u64;
        let Frame { remaining, is_final, .. } = self.frame;
        if !self.message.begun {
            if is_final && self.message.frames == 1 && remaining <= available {
                return Some(self.whole(kind, burst));
            }
            if !is_final
                || self.message.frames > 1
                || remaining > settings.whole as u64
                || u32::try_from(remaining).is_err()
            {
                self.message.begun = true;
                return Some(Event::Begin { kind, compressed: self.message.compressed });
            }
            // It waits, and its text is judged as it comes.
            let opened = self.open(burst.rest_mut());
            // (Perhaps fewer are there than before.)
            self.frame.opened = self.frame.opened.max(available as u32);
            return Some(match opened {
                Ok(()) => Event::NeedData,
                Err(at) => self.malformed(Offence::NotUtf8, self.received + at as u64),
            });
        }
        if remaining == 0 {
            self.input = Input::Header;
            return if is_final { Some(self.end()) } else { None };
        }
        if available == 0 {
            return Some(Event::NeedData);
        }
        let piece = burst.take(usize::try_from(remaining).unwrap_or(usize::MAX));
        let opened = self.open(piece);
        self.frame.opened = 0;
        self.frame.remaining -= piece.len() as u64;
        let before = self.received;
        self.received += piece.len() as u64;
        Some(match opened {
            Ok(()) => Event::Data(piece),
            Err(at) => self.malformed(Offence::NotUtf8, before + at as u64),
        })
    }

    /// Unmasks and judges payload that stands at the front of the burst, but for what was before.
    ///
    /// # Errors
    /// The index of the first octet that can't be right.
    fn open(&mut self, payload: &mut [u8]) -> Result<(), usize> {
        let opened = payload.len().min(self.frame.opened as usize);
        let masked = &mut payload[opened..];
        if !R::MASKS {
            self.frame.key = mask::in_place(masked, self.frame.key);
        }
        if self.message.kind == Some(Kind::Text) && !self.message.compressed {
            self.message.text.judge(masked).map_err(|at| opened + at)?;
        }
        Ok(())
    }

    /// A message in one frame, all of which stands in the burst.
    fn whole<'b>(&mut self, kind: Kind, burst: &mut Burst<'b>) -> Event<'b> {
        let payload = burst.take(self.frame.remaining as usize);
        let opened = payload.len().min(self.frame.opened as usize);
        if !R::MASKS {
            mask::in_place(&mut payload[opened..], self.frame.key);
        }
        let compressed = self.message.compressed;
        self.message = Message::NONE;
        self.input = Input::Header;
        self.received += payload.len() as u64;
        if compressed { Event::Compressed(kind, payload) } else { self.message(kind, payload) }
    }

    /// The end of a message in pieces.
    fn end<'b>(&mut self) -> Event<'b> {
        let text = self.message.text;
        self.message = Message::NONE;
        if text.is_complete() {
            Event::End
        } else {
            self.malformed(Offence::NotUtf8, self.received)
        }
    }

    /// A control frame's payload, which waits until it is complete: it has 125 octets at most.
    fn control<'b>(&mut self, burst: &mut Burst<'b>) -> Option<Event<'b>> {
        let remaining = self.frame.remaining as usize;
        if burst.rest().len() < remaining {
            return Some(Event::NeedData);
        }
        let payload = burst.take(remaining);
        if !R::MASKS {
            mask::in_place(payload, self.frame.key);
        }
        let before = self.received;
        self.received += remaining as u64;
        self.input = Input::Header;
        Some(match self.frame.opcode {
            CLOSE => self.closed_by_peer(payload, before),
            PING => {
                self.answer_ping(payload);
                Event::Ping(payload)
            }
            _ => Event::Pong(payload),
        })
    }

    /// A close frame, whose payload begins `before`: it is answered, and is the last frame.
    fn closed_by_peer<'b>(&mut self, payload: &'b [u8], before: u64) -> Event<'b> {
        let (code, reason) = match payload.split_first_chunk() {
            None => (None, payload),
            Some((code, reason)) => match CloseCode::new(u16::from_be_bytes(*code)) {
                Some(code) => (Some(code), reason),
                None => return self.malformed(Offence::BadCode, before + 1),
            },
        };
        let Ok(text) = simdutf8::basic::from_utf8(reason) else {
            return self.malformed(Offence::BadReason, before + 2 + first_wrong(reason) as u64);
        };
        self.input = Input::Ended;
        self.reply(code);
        Event::Close { code, reason: text }
    }

    /// Ends the connection for an offence, which the peer is told.
    #[cold]
    pub(crate) fn malformed<'b>(&mut self, offence: Offence, offset: u64) -> Event<'b> {
        self.input = Input::Ended;
        self.frame.opened = 0;
        self.message.text = Utf8::START;
        match offence.code() {
            Some(code) => self.reply(Some(code)),
            None => self.closing = true,
        }
        Event::Malformed(Error { offence, offset })
    }
}
