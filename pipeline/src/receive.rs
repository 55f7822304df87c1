//! Octets in: everything that moves the state of the input side.

use core::ops::DerefMut;

use rajada_parser::{BodyLength, Error, Framing, Positions, Request, Slots, Status, Version};

use crate::burst::Burst;
use crate::content::{Body, Part};
use crate::event::{Event, Incoming, Offence};
use crate::memory::Memory;
use crate::pipeline::{Ahead, Input, Pipeline};
use crate::settings::Settings;
use crate::store::{Content, Store};
use crate::ticket::{ApiMisuse, Terms, Ticket};
use crate::websocket;

impl<B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>> Pipeline<B, M, L> {
    /// Takes the next event out of a burst. Call it until it gives [`Event::NeedData`],
    /// [`Event::Paused`], [`Event::Upgraded`] or [`Event::Closed`].
    ///
    /// While a head is incomplete its octets stay unconsumed; they are given again, with more
    /// behind them and the same `slots`, and are not parsed twice.
    // Always: a server calls it from one place, once an event, and looks at the event at once.
    #[inline(always)]
    pub fn receive<'b, 'h, S: Slots + ?Sized>(
        &mut self,
        settings: &Settings,
        burst: &mut Burst<'b>,
        slots: &'h mut S,
    ) -> Event<'b, 'h> {
        if self.input == Input::Head {
            self.receive_head::<S, false>(settings, burst, slots)
        } else {
            self.receive_rest(settings, burst.again(), slots).event(burst)
        }
    }

    /// Takes note that the peer sends nothing more. Requests received in full are still answered; a
    /// message cut short is not (RFC 9112 section 8), and its ticket is void.
    ///
    /// Gives [`Event::Closed`], or [`Event::Malformed`] for a message cut short.
    pub fn receive_eof(&mut self) -> Event<'static, 'static> {
        let truncated = match self.input {
            Input::Head | Input::Leaving => self.ahead.has_begun(),
            Input::Content => true,
            Input::Held | Input::Upgraded | Input::Ended => false,
        };
        if self.input == Input::Content && self.draining().is_none() {
            self.cut_short(self.order.last());
        }
        self.closing = true;
        if self.input != Input::Held && self.input != Input::Upgraded {
            self.input = Input::Ended;
        }
        if truncated { Event::Malformed(Offence::Truncated) } else { Event::Closed }
    }

    /// Allows the request whose content is being received, [`Incoming::Streaming`], so many octets of it, in place of
    /// [`Settings::content`]: more than that, or than a bound further down, by the limit of a route, say. More is
    /// answered `413` as soon as a length or the size of a chunk tells that it is to come; of content by its length, only what
    /// is still to come counts.
    ///
    /// Call it before anything more is received, and before [`send_continue`](Self::send_continue). It changes nothing if
    /// all of the content was received.
    ///
    /// # Errors
    /// [`ApiMisuse::ForeignTicket`]; [`ApiMisuse::Gone`] if the request has been answered, or its ticket is void.
    pub fn limit_content(&mut self, ticket: &Ticket, octets: u64) -> Result<(), ApiMisuse> {
        self.owes(ticket.id())?;
        if self.input == Input::Content
            && ticket.id().sequence() == self.order.last()
            && let Some(store) = self.store.as_deref_mut()
        {
            store.content.limit = octets;
        }
        Ok(())
    }

    /// Says that the content of a request that is being received, [`Incoming::Streaming`], is taken on while an answer in
    /// pieces leaves, as where that is made of it. Without this such an answer says `Connection: close`, like one that is
    /// given whole, if more content is known to come than is [drained](Settings::drain).
    ///
    /// If more than that is still to come when the answer is finished, the connection closes behind it without a word.
    ///
    /// # Errors
    /// As of [`limit_content`](Self::limit_content).
    pub fn take_content(&mut self, ticket: &Ticket) -> Result<(), ApiMisuse> {
        self.owes(ticket.id())?;
        if self.input == Input::Content
            && ticket.id().sequence() == self.order.last()
            && let Some(store) = self.store.as_deref_mut()
        {
            store.content.taken = true;
        }
        Ok(())
    }

    /// Counts octets of content as drained that were given, and thrown away before their request is answered: so many fewer are
    /// [drained](Settings::drain) behind the answer.
    pub fn count_drained(&mut self, octets: usize) {
        if self.input == Input::Content
            && let Some(store) = self.store.as_deref_mut()
        {
            store.content.drained = store.content.drained.saturating_add(octets);
        }
    }

    /// With `LEAVING` a request may be the last one.
    #[inline(always)]
    fn receive_head<'b, 'h, S: Slots + ?Sized, const LEAVING: bool>(
        &mut self,
        settings: &Settings,
        burst: &mut Burst<'b>,
        slots: &'h mut S,
    ) -> Event<'b, 'h> {
        debug_assert!(!self.closing, "a connection that closes awaits no head");
        if burst.rest().is_empty() {
            return Event::NeedData;
        }
        if !self.has_room_freely() && !self.makes_room() {
            self.leave_unread(burst.rest());
            return Event::Paused;
        }
        match settings.parser.parse_request(burst.rest(), &mut self.resume, slots) {
            Ok(Status::Complete(request, octets)) => {
                let plain = !LEAVING && request.is_plain();
                // Before they are consumed: a length that is at hand.
                self.ahead = Ahead::of(octets < burst.rest().len());
                self.consume(burst, octets);
                if plain {
                    return self.admit(request, Incoming::None);
                }
                // By reference to copies: so a plain request is never in memory.
                if !LEAVING
                    && let Some(content) = plain_content(settings, &{ request }, burst.rest())
                    && !(has_effects(&request) && self.holds_back_effects(settings))
                {
                    self.consume(burst, content.len());
                    self.ahead = Ahead::of(!burst.rest().is_empty());
                    return self.admit(request, Incoming::Whole(content));
                }
                self.admit_unusual(settings, &{ request }, burst.again()).event(burst)
            }
            Ok(Status::Partial) => {
                self.ahead =
                    if is_empty_line(burst.rest()) { Ahead::Nothing } else { begun(burst.rest()) };
                Event::NeedData
            }
            Err(error) => self.receive_malformed(settings, error, burst.again()).event(burst),
        }
    }

    /// Takes note of octets that can't be received now.
    #[cold]
    fn leave_unread(&mut self, rest: &[u8]) {
        let is_head = is_head(rest);
        self.ahead = match self.ahead {
            _ if is_empty_line(rest) => Ahead::Nothing,
            Ahead::Begun | Ahead::BegunHead if is_head => Ahead::BegunHead,
            Ahead::Begun | Ahead::BegunHead => Ahead::Begun,
            _ => Ahead::unread(is_head),
        };
    }

    #[cold]
    fn receive_malformed<'b>(
        &mut self,
        settings: &Settings,
        error: Error,
        mut burst: Burst<'b>,
    ) -> Received<'b, 'static> {
        // Up to the octet that is wrong, so that it makes no difference what else is there.
        let rest = burst.rest();
        let known = rest.get(..=error.offset()).unwrap_or(rest);
        let terms = Terms::USUAL.with(Terms::HEAD, is_head(known));
        let event = self.offend(settings, Offence::Head(error), &mut burst, (None, terms));
        Received { event, burst }
    }

    /// A plain request, and its content.
    #[inline(always)]
    fn admit<'b, 'h>(&mut self, request: Request<'b, 'h>, content: Incoming<'b>) -> Event<'b, 'h> {
        let Some(sequence) =
            self.store.as_deref_mut().and_then(|store| store.admit(&mut self.order))
        else {
            return Event::Paused;
        };
        Event::Request {
            ticket: Ticket::new(self.made, sequence, Terms::USUAL),
            request,
            content,
            expects_continue: false,
            upgrade: false,
        }
    }

    /// Any other complete head.
    #[inline(never)]
    fn admit_unusual<'b, 'h>(
        &mut self,
        settings: &Settings,
        request: &Request<'b, 'h>,
        mut burst: Burst<'b>,
    ) -> Received<'b, 'h> {
        if self.holds_back(settings, request) {
            self.received -= burst.put_back(request.octets().len()) as u64;
            return Received { event: Event::Paused, burst };
        }
        let event = match &request.framing() {
            Ok(framing) => self.admit_in_full(settings, request, framing, &mut burst),
            Err(error) => {
                let known = (Some(request.octets()), terms_of(request));
                self.offend(settings, Offence::Head(*error), &mut burst, known)
            }
        };
        Received { event, burst }
    }

    /// One whose framing is clear.
    #[inline]
    fn admit_in_full<'b, 'h>(
        &mut self,
        settings: &Settings,
        request: &Request<'b, 'h>,
        framing: &Framing,
        burst: &mut Burst<'b>,
    ) -> Event<'b, 'h> {
        let terms = terms_of(request).with(Terms::CONNECT, framing.tunnel);
        if terms.has(Terms::CONNECT) && !settings.connect {
            return self.offend(
                settings,
                Offence::NoTunnel,
                burst,
                (Some(request.octets()), terms),
            );
        }
        if framing.upgrade && !framing.body.is_empty() && websocket::is_named(request.fields()) {
            return self.offend(
                settings,
                Offence::WebSocketContent,
                burst,
                (Some(request.octets()), terms),
            );
        }
        if let BodyLength::Exact(length) = framing.body
            && length > settings.most_content()
        {
            return self.offend(
                settings,
                Offence::ContentTooLarge,
                burst,
                (Some(request.octets()), terms),
            );
        }
        let Some(store) = self.store.as_deref_mut() else {
            return Event::Paused;
        };
        let Some(sequence) = store.admit(&mut self.order) else {
            return Event::Paused;
        };
        let upgrade = framing.upgrade || terms.has(Terms::CONNECT);
        self.closing |= !framing.persistent;
        let begun = !burst.rest().is_empty();
        let content = match framing.body {
            BodyLength::None | BodyLength::Exact(0) | BodyLength::UntilClose => Incoming::None,
            BodyLength::Exact(length)
                if length <= settings.content.min(burst.rest().len() as u64) =>
            {
                Incoming::Whole(self.consume(burst, length as usize))
            }
            body => {
                store.content = Content {
                    body: Body::new(body, settings),
                    limit: settings.content,
                    drained: 0,
                    draining: None,
                    expected: framing.expect_continue && !begun,
                    taken: false,
                    hold: upgrade,
                    terms,
                };
                Incoming::Streaming(body)
            }
        };
        self.ahead = Ahead::of(!burst.rest().is_empty());
        self.closing |= self.leaving && is_last(settings, content, burst.again());
        self.input = match content {
            Incoming::Streaming(_) => Input::Content,
            _ => self.input_behind(upgrade),
        };
        Event::Request {
            ticket: Ticket::new(self.made, sequence, terms.with(Terms::UPGRADE, upgrade)),
            request: *request,
            content,
            expects_continue: framing.expect_continue
                && !begun
                && matches!(content, Incoming::Streaming(_)),
            upgrade,
        }
    }

    #[inline(never)]
    fn receive_rest<'b, 'h, S: Slots + ?Sized>(
        &mut self,
        settings: &Settings,
        mut burst: Burst<'b>,
        slots: &'h mut S,
    ) -> Received<'b, 'h> {
        let event = match self.input {
            // Behind content that was drained.
            Input::Head => self.receive_head::<S, false>(settings, &mut burst, slots),
            Input::Leaving => self.receive_head::<S, true>(settings, &mut burst, slots),
            Input::Content => self.receive_content(settings, &mut burst, slots),
            Input::Held => Event::Paused,
            Input::Upgraded => Event::Upgraded,
            Input::Ended => {
                self.consume(&mut burst, usize::MAX);
                Event::Closed
            }
        };
        Received { event, burst }
    }

    fn receive_content<'b, 'h, S: Slots + ?Sized>(
        &mut self,
        settings: &Settings,
        burst: &mut Burst<'b>,
        slots: &'h mut S,
    ) -> Event<'b, 'h> {
        if self.draining().is_some() {
            return self.drain(settings, burst, slots);
        }
        if !self.has_room() {
            return Event::Paused;
        }
        match self.next_part(settings, burst, slots) {
            Ok(Part::Data(data)) => Event::Data(data),
            Ok(Part::End(trailers)) => {
                self.end_content();
                Event::EndOfMessage { trailers }
            }
            Ok(Part::NeedData) => Event::NeedData,
            Err(offence) => {
                self.consume(burst, usize::MAX);
                self.void_content(settings, offence)
            }
        }
    }

    /// Throws content away whose request has been answered, then goes on behind it.
    fn drain<'b, 'h, S: Slots + ?Sized>(
        &mut self,
        settings: &Settings,
        burst: &mut Burst<'b>,
        slots: &'h mut S,
    ) -> Event<'b, 'h> {
        loop {
            let before = burst.consumed();
            let part = self.next_part(settings, burst, slots);
            let octets = burst.consumed() - before;
            let left = self.draining().and_then(|left| left.checked_sub(octets));
            match part {
                Ok(Part::End(_)) => {
                    self.end_content();
                    break;
                }
                Ok(Part::NeedData) if left.is_some() => {
                    self.set_draining(left);
                    return Event::NeedData;
                }
                Ok(Part::Data(_)) if left.is_some() => self.set_draining(left),
                Ok(_) => {
                    self.end_input();
                    break;
                }
                Err(offence) => {
                    self.end_input();
                    return Event::Malformed(offence);
                }
            }
        }
        self.receive_rest(settings, burst.again(), slots).event(burst)
    }

    /// The next part of the content of the youngest request.
    fn next_part<'b, 'h, S: Slots + ?Sized>(
        &mut self,
        settings: &Settings,
        burst: &mut Burst<'b>,
        slots: &'h mut S,
    ) -> Result<Part<'b, 'h>, Offence> {
        let Some(store) = self.store.as_deref_mut() else {
            return Ok(Part::NeedData);
        };
        let before = burst.consumed();
        store.content.expected &= burst.rest().is_empty();
        let part = store.content.body.next(settings, store.content.limit, burst, slots);
        self.received += (burst.consumed() - before) as u64;
        self.ahead = Ahead::of(!burst.rest().is_empty());
        part
    }

    /// The content of the youngest request is complete.
    fn end_content(&mut self) {
        let hold = self.store.as_ref().is_some_and(|store| store.content.hold);
        self.input = self.input_behind(hold);
    }

    /// What follows a complete request.
    #[inline]
    pub(crate) fn input_behind(&self, hold: bool) -> Input {
        if hold {
            Input::Held
        } else if self.closing {
            Input::Ended
        } else if self.leaving {
            Input::Leaving
        } else {
            Input::Head
        }
    }

    pub(crate) fn end_input(&mut self) {
        self.closing = true;
        self.input = Input::Ended;
    }

    /// Octets that may still be thrown away, if the request was answered before its content came.
    fn draining(&self) -> Option<usize> {
        self.store.as_ref().and_then(|store| store.content.draining)
    }

    fn set_draining(&mut self, left: Option<usize>) {
        if let Some(store) = self.store.as_deref_mut() {
            store.content.draining = left;
        }
    }

    #[inline]
    fn consume<'b>(&mut self, burst: &mut Burst<'b>, count: usize) -> &'b [u8] {
        let taken = burst.take(count);
        self.received += taken.len() as u64;
        taken
    }
}

/// What came of octets that are no plain request, and what is left of the burst behind it.
///
/// Handed over by value, and more than the event alone: so neither the event nor the burst of a
/// plain request need be in memory, where a call could find them.
struct Received<'b, 'h> {
    event: Event<'b, 'h>,
    burst: Burst<'b>,
}

impl<'b, 'h> Received<'b, 'h> {
    #[inline(always)]
    fn event(self, burst: &mut Burst<'b>) -> Event<'b, 'h> {
        *burst = self.burst;
        self.event
    }
}

/// Whether the next head has not begun: an empty line may stand before it (RFC 9112 section 2.2).
fn is_empty_line(rest: &[u8]) -> bool {
    b"\r\n".starts_with(rest)
}

/// What is known of a head that is incomplete.
#[cold]
#[inline(never)]
fn begun(rest: &[u8]) -> Ahead {
    if is_head(rest) { Ahead::BegunHead } else { Ahead::Begun }
}

/// Whether a request of the method `HEAD` begins here, behind an empty line perhaps.
fn is_head(rest: &[u8]) -> bool {
    // A line end that is none to the parser is an error in front of the method.
    let line = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n")).unwrap_or(rest);
    line.starts_with(b"HEAD ")
}

/// Whether nothing stands behind a request in its burst, or not even all of its content.
#[cold]
fn is_last(settings: &Settings, content: Incoming<'_>, mut burst: Burst<'_>) -> bool {
    if let Incoming::Streaming(length) = content {
        // The slots are in use for the request's fields. Trailers of more count as missing.
        let (mut body, mut slots) = (Body::new(length, settings), Positions::<32>::new());
        loop {
            match body.next(settings, settings.most_content(), &mut burst, &mut slots) {
                Ok(Part::Data(_)) => {}
                Ok(Part::End(_)) => break,
                Ok(Part::NeedData) | Err(_) => return true,
            }
        }
    }
    is_empty_line(burst.rest())
}

/// The content of a request that would be plain without it, if all of it is there.
#[inline(never)]
fn plain_content<'b>(
    settings: &Settings,
    request: &Request<'b, '_>,
    rest: &'b [u8],
) -> Option<&'b [u8]> {
    let length = request.plain_length()?;
    if length == 0 || length > settings.content {
        return None;
    }
    rest.get(..usize::try_from(length).ok()?)
}

/// Whether a request with content has effects that would be plain without it: no other method of three or four
/// octets is safe.
#[inline(always)]
fn has_effects(request: &Request<'_, '_>) -> bool {
    request.method() != b"GET"
}

/// What a head says about the form of its answer.
#[inline]
fn terms_of(request: &Request<'_, '_>) -> Terms {
    Terms::USUAL
        .with(Terms::HEAD, request.method() == b"HEAD")
        .with(Terms::HTTP10, request.version() == Version::Http10)
}
