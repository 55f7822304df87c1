//! What passes between the two sides of a proxy, and in which form. No IO.

use std::collections::VecDeque;
use std::io::Write;
use std::mem;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rajada_parser::{BodyLength, Fields, Form, Request, Response, Target, Unfolded, Version, list};
use rajada_pipeline::client::{Client, RequestError, RequestHead, Sending};
use rajada_pipeline::{
    Content, Head, Incoming, Length, Phase, Pipeline, Settings, Store, Streaming, Ticket,
};

pub(crate) struct Exchange {
    pub(crate) pipeline: Pipeline<Vec<u8>>,
    pub(crate) upstream: Client<Vec<u8>>,
    /// When octets last moved, as far as the server is concerned.
    pub(crate) moved: Instant,
    /// A request broke off in its content, and the server must see that.
    pub(crate) cut: bool,
    /// The client can't be written to.
    pub(crate) gone: bool,
    /// Of requests whose response has not begun, in the order in which they were forwarded.
    tickets: VecDeque<Ticket>,
    /// The response under way.
    answer: Option<Streaming>,
    /// The request whose content is under way.
    upload: Upload,
}

enum Upload {
    None,
    /// Not an octet has left. One whose content is malformed from the start is never forwarded.
    Due(Vec<u8>, Length),
    Begun(Sending),
}

impl Exchange {
    pub(crate) fn new(settings: &Settings) -> Self {
        let (mut pipeline, mut upstream) = (Pipeline::new(), Client::new());
        pipeline.lend(Box::new(Store::new(settings)));
        upstream.lend(Box::new(Store::new(settings)));
        let (tickets, answer, upload) = (VecDeque::new(), None, Upload::None);
        let (moved, cut, gone) = (Instant::now(), false, false);
        Self { pipeline, upstream, moved, cut, gone, tickets, answer, upload }
    }

    /// Whether the server was silent for too long. It may be while the client owes content.
    pub(crate) fn is_late(&self, patience: Duration) -> bool {
        let owes = self.answer.is_some() || !self.tickets.is_empty();
        owes && matches!(self.upload, Upload::None) && self.moved.elapsed() >= patience
    }

    /// Whether a response is under way of which the client has not got all that is there.
    pub(crate) fn must_flush(&self) -> bool {
        self.answer.is_some() && self.pipeline.wants_write()
    }

    /// Takes octets for the client, as many as there is room for.
    pub(crate) fn take_for_client(&mut self, room: &mut [u8]) -> usize {
        let mut slices = [&[][..]; 16];
        let count = self.pipeline.poll_transmit(&mut slices);
        let count = copy(&slices[..count], room);
        self.pipeline.transmitted(count);
        count
    }

    /// Takes octets for the server. They count as transmitted before they are: a response can't
    /// come earlier than that.
    pub(crate) fn take_for_server(&mut self, room: &mut [u8]) -> usize {
        let mut slices = [&[][..]; 16];
        let count = self.upstream.poll_transmit(&mut slices);
        let count = copy(&slices[..count], room);
        self.upstream.transmitted(count);
        if count > 0 {
            self.moved = Instant::now();
        }
        count
    }

    /// Forwards a request, or gives the status to answer.
    pub(crate) fn ask(
        &mut self,
        ticket: Ticket,
        head: Vec<u8>,
        content: Incoming<'_>,
        expects_continue: bool,
    ) -> Result<(), u16> {
        let asked = RequestHead::new(&head).map_err(|error| match error {
            RequestError::Malformed(error) => error.status(),
            _ => 400,
        })?;
        let whole = match content {
            Incoming::None => Some(Content::None),
            Incoming::Whole(content) => Some(Content::Copied(content)),
            Incoming::Streaming(_) => None,
        };
        if let Some(content) = whole {
            self.upstream.request(&asked, content).map_err(|_| 502_u16)?;
        } else {
            self.upload = Upload::Due(head, length_of(content));
        }
        if expects_continue {
            // The client sends no more before the server has seen this much.
            self.begin();
        }
        self.tickets.push_back(ticket);
        Ok(())
    }

    /// Forwards the head of the request whose content is under way, if that was not done.
    pub(crate) fn begin(&mut self) {
        if let Upload::Due(head, length) = &self.upload {
            let asked = RequestHead::new(head).ok();
            let begun = asked.and_then(|asked| self.upstream.start(&asked, *length).ok());
            self.upload = begun.map_or(Upload::None, Upload::Begun);
        }
    }

    /// Forwards a piece of a request's content. What is held must have left, so that there is room.
    pub(crate) fn send(&mut self, data: &[u8]) {
        if let Upload::Begun(sending) = &self.upload
            && self.upstream.send(sending, Content::Copied(data)).is_err()
        {
            self.cut_request();
        }
    }

    pub(crate) fn finish_request(&mut self) {
        self.begin();
        if let Upload::Begun(sending) = mem::replace(&mut self.upload, Upload::None) {
            let _ = self.upstream.finish(sending, &[]);
        }
    }

    /// Breaks off the request whose content is under way, if there is one.
    pub(crate) fn cut_request(&mut self) {
        if let Upload::Begun(sending) = mem::replace(&mut self.upload, Upload::None) {
            self.cut = true;
            let _ = self.upstream.abort(sending);
        }
    }

    /// Forwards an interim response; the pipeline knows which client understands it.
    pub(crate) fn inform(&mut self, response: Response<'_, '_>) {
        let Some(ticket) = self.tickets.front() else { return };
        let head = response_head(response, None);
        let _ = match Head::new(&head) {
            _ if response.code() == 100 => self.pipeline.send_continue(ticket),
            Ok(head) => self.pipeline.inform(ticket, &head),
            Err(_) => Ok(false),
        };
    }

    /// Forwards a response, or what there is of it. `None` for one that can't be forwarded.
    pub(crate) fn respond(
        &mut self,
        response: Response<'_, '_>,
        content: Incoming<'_>,
        settings: &Settings,
    ) -> Option<()> {
        let fields = response.fields();
        let mut codings = fields.get_all("Transfer-Encoding").flat_map(Unfolded::new);
        if !codings.all(|coding| coding.eq_ignore_ascii_case(b"chunked")) {
            // Another coding was not asked for, and is not undone here.
            return None;
        }
        let head = response_head(response, settings.date());
        let head = Head::new(&head).ok()?;
        let ticket = self.tickets.pop_front()?;
        // The server closes behind it, or may not read what is left of the request.
        let early = self.tickets.is_empty() && !matches!(self.upload, Upload::None);
        let until_close = content == Incoming::Streaming(BodyLength::UntilClose);
        if early || until_close || !fields.persistent(response.version()) {
            let _ = self.pipeline.close_after(&ticket);
            self.fail_all(settings, 502);
        }
        if let Incoming::Whole(content) = content {
            let _ = self.pipeline.respond(ticket, &head, Content::Copied(content));
            return Some(());
        }
        let mut lengths = fields.get_all("Content-Length").flat_map(Unfolded::new);
        let length = lengths.next().filter(|_| lengths.next().is_none());
        let length = match length.and_then(number) {
            // To HEAD, or with 304, it tells the length of what is not sent.
            Some(length) if content == Incoming::None => Length::Exact(length),
            _ => length_of(content),
        };
        self.answer = self.pipeline.start(ticket, &head, length).ok();
        if content == Incoming::None {
            self.finish_answer();
        }
        Some(())
    }

    /// Forwards a piece of a response's content. What is held must have left.
    pub(crate) fn send_answer(&mut self, data: &[u8]) {
        if let Some(answer) = &self.answer {
            let _ = self.pipeline.send(answer, Content::Copied(data));
        }
    }

    pub(crate) fn finish_answer(&mut self) {
        if let Some(answer) = self.answer.take() {
            let _ = self.pipeline.finish(answer, &[]);
        }
    }

    /// Nothing more comes from the server: ends the connection behind the response under way, which
    /// breaks off, or behind the requests whose response has not begun, which are answered with
    /// `status`.
    pub(crate) fn fail(&mut self, settings: &Settings, status: u16) {
        if let Some(answer) = self.answer.take() {
            let _ = self.pipeline.fail(settings, answer.id(), status);
        }
        if let Some(ticket) = self.tickets.front() {
            // Void behind an answer that broke off.
            let _ = self.pipeline.close_after(ticket);
        }
        self.fail_all(settings, status);
        self.pipeline.shut_down();
        if self.pipeline.phase() == Phase::Idle && self.pipeline.in_flight() == 0 {
            // No request is known to be on its way. As if the client had ended the connection.
            let _ = self.pipeline.receive_eof();
        }
    }

    /// No response comes to any request whose response has not begun.
    fn fail_all(&mut self, settings: &Settings, status: u16) {
        for ticket in self.tickets.drain(..) {
            let _ = self.pipeline.fail(settings, ticket.id(), status);
        }
    }
}

/// The head to forward to `server` (RFC 9112 section 3.2), or the status to answer.
pub(crate) fn request_head(request: Request<'_, '_>, server: SocketAddr) -> Result<Vec<u8>, u16> {
    let (method, fields) = (request.method(), request.fields());
    let target = Target::of(method, request.target()).ok_or(400_u16)?;
    let mut head = [method, b" ", target.path].concat();
    if let Some(query) = target.query {
        head.extend([b"?", query].concat());
    }
    head.extend(b" HTTP/1.1\r\n");
    if fields.get("Host").is_none() {
        let mut parts = request.target().split(|octet| b"/?".contains(octet));
        let named = parts.nth(2).filter(|_| target.form == Form::Absolute);
        line(&mut head, b"Host", named.unwrap_or(server.to_string().as_bytes()));
    }
    // RFC 9110 section 7.6.2.
    let hops = fields.get("Max-Forwards").filter(|_| matches!(method, b"OPTIONS" | b"TRACE"));
    let hops = hops.and_then(number).map(|hops| hops.checked_sub(1).ok_or(501_u16)).transpose()?;
    forward(&mut head, fields, request.version(), hops);
    head.extend(b"\r\n");
    Ok(head)
}

/// The lines to forward to the client, with a `Date` where there was none (RFC 9110 section 6.6.1).
fn response_head(response: Response<'_, '_>, date: Option<&[u8; 29]>) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} ", response.code()).into_bytes();
    head.extend([response.reason(), b"\r\n"].concat());
    forward(&mut head, response.fields(), response.version(), None);
    if let (None, Some(date)) = (response.fields().get("Date"), date) {
        line(&mut head, b"Date", date);
    }
    head
}

/// Forwards the fields that concern more than one connection (RFC 9110 section 7.6).
fn forward(head: &mut Vec<u8>, fields: Fields<'_, '_>, version: Version, hops: Option<u64>) {
    const NEVER: [&str; 3] = ["TE", "Trailer", "Upgrade"];
    let lines = fields.iter().filter(|field| field.is("Connection"));
    let named = lines.flat_map(|field| field.unfolded().flat_map(list::elements)).flatten();
    let named: Vec<&[u8]> = named.collect();
    for field in fields {
        let concerns_one = Head::is_added(field.name)
            || NEVER.iter().any(|name| field.is(name))
            || field.name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"Proxy-"))
            || named.iter().any(|name| field.name.eq_ignore_ascii_case(name));
        match hops {
            Some(hops) if field.is("Max-Forwards") => {
                line(head, field.name, hops.to_string().as_bytes())
            }
            // No client decides that the server gets another `Host`. RFC 9112 section 5.2: nothing
            // that is forwarded is folded.
            _ if field.is("Host") || !concerns_one => {
                line(head, field.name, &field.unfolded().collect::<Vec<_>>().join(&b' '));
            }
            _ => {}
        }
    }
    line(head, b"Via", if version == Version::Http10 { b"1.0 rajada" } else { b"1.1 rajada" });
}

fn line(head: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    head.extend([name, b": ", value, b"\r\n"].concat());
}

/// Digits and nothing else: `parse` alone would take a `+`.
fn number(value: &[u8]) -> Option<u64> {
    let digits = str::from_utf8(value).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    digits?.parse().ok()
}

fn length_of(content: Incoming<'_>) -> Length {
    match content {
        Incoming::Streaming(BodyLength::Exact(length)) => Length::Exact(length),
        _ => Length::Unknown,
    }
}

fn copy(slices: &[&[u8]], mut room: &mut [u8]) -> usize {
    slices.iter().map(|slice| room.write(slice).unwrap_or(0)).sum()
}
