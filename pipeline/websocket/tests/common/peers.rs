//! Two ends against each other: what one sends the other receives, in any pieces.

use std::collections::VecDeque;

use rajada_websocket::{
    ApiMisuse, Burst, CloseCode, Collector, Event, Kind, Phase, Role, Settings, Store, WebSocket,
};

/// One end, its wire to the other, and what the other must receive of it.
struct End<R: Role> {
    socket: WebSocket<R, Vec<u8>>,
    /// What has come and was not consumed.
    buffer: Vec<u8>,
    collector: Collector,
    /// Messages that were sent and that the other has not received.
    due: VecDeque<(Kind, Vec<u8>)>,
    /// Pings sent whose pongs have not come.
    pings: VecDeque<Vec<u8>>,
    asked: u32,
    /// The message in pieces, up to there.
    pieces: Option<(Kind, Vec<u8>)>,
    /// Octets that are the front of the next piece.
    held_back: Vec<u8>,
    /// What it closed with, itself or for the other's close frame.
    closed: Option<Option<u16>>,
    /// What the other closed with.
    received_close: Option<Option<u16>>,
}

impl<R: Role> End<R> {
    fn new(mut socket: WebSocket<R, Vec<u8>>, settings: &Settings) -> Self {
        assert!(socket.wants_store() && socket.lend(Box::new(Store::new(settings))).is_none());
        Self {
            socket,
            buffer: vec![],
            collector: Collector::new(),
            due: VecDeque::new(),
            pings: VecDeque::new(),
            asked: 0,
            pieces: None,
            held_back: vec![],
            closed: None,
            received_close: None,
        }
    }

    /// Does one thing.
    fn act(&mut self, what: u8, length: u8) {
        let text: String =
            "né€😀".chars().cycle().skip(usize::from(what)).take(length.into()).collect();
        let octets = vec![what; usize::from(length) * usize::from(what >> 4)];
        let open = self.closed.is_none() && self.socket.has_room();
        let outcome = match what % 10 {
            0 | 1 => {
                let sent = self.socket.send_text(&text);
                self.sent(sent, Kind::Text, text.into_bytes(), open)
            }
            2 => {
                let sent = self.socket.send_binary(&octets);
                self.sent(sent, Kind::Binary, octets, open)
            }
            3 => {
                let sent = self.socket.send_owned(Kind::Binary, octets.clone());
                self.sent(sent, Kind::Binary, octets, open)
            }
            4 => {
                let text = text.repeat(9);
                let sent = self.socket.send_owned(Kind::Text, text.clone().into_bytes());
                self.sent(sent, Kind::Text, text.into_bytes(), open)
            }
            5 => {
                let kind = if length.is_multiple_of(2) { Kind::Text } else { Kind::Binary };
                let started = self.socket.start(kind);
                if started.is_ok() {
                    assert!(self.pieces.is_none());
                    self.pieces = Some((kind, vec![]));
                }
                started
            }
            6 | 7 => self.piece(text.as_bytes(), what & 16 == 0),
            8 => {
                // None like another.
                self.asked += 1;
                let mut payload = [&self.asked.to_be_bytes()[..], text.as_bytes()].concat();
                payload.truncate(125);
                let sent = self.socket.ping(&payload);
                if sent.is_ok() {
                    self.pings.push_back(payload);
                }
                sent
            }
            _ if what == 249 || what == 19 => {
                let code = CloseCode::new(3000 + u16::from(length)).unwrap();
                let was_open = self.closed.is_none();
                let closed = self.socket.close(code, "bye");
                if was_open {
                    self.closed = Some(Some(code.get()));
                }
                closed
            }
            _ => self.socket.pong(b"alive"),
        };
        if self.closed.is_some() && what % 10 < 5 {
            assert!(
                matches!(outcome, Err(ApiMisuse::Closing | ApiMisuse::InMessage)),
                "{outcome:?}"
            );
        }
    }

    fn sent(
        &mut self,
        sent: Result<(), ApiMisuse>,
        kind: Kind,
        octets: Vec<u8>,
        open: bool,
    ) -> Result<(), ApiMisuse> {
        assert_eq!(sent.is_ok(), open && self.pieces.is_none(), "{sent:?}");
        if sent.is_ok() {
            self.due.push_back((kind, octets));
        }
        sent
    }

    /// A piece of text that may be parted within a code point, or the last one.
    fn piece(&mut self, text: &[u8], last: bool) -> Result<(), ApiMisuse> {
        let octets = [&self.held_back[..], text].concat();
        let back = if last { 0 } else { octets.len() % 4 };
        let (piece, back) = octets.split_at(octets.len() - back);
        let outcome = if last { self.socket.finish(piece) } else { self.socket.send(piece) };
        match (&mut self.pieces, outcome) {
            (Some((_, octets)), Ok(())) => {
                octets.extend(piece);
                self.held_back = back.into();
                if last {
                    self.due.extend(self.pieces.take());
                }
            }
            (None, outcome) => assert_eq!(outcome, Err(ApiMisuse::NoMessage)),
            (_, Err(error)) => assert!(matches!(error, ApiMisuse::Full | ApiMisuse::Closing)),
        }
        outcome
    }

    /// Up to `count` octets leave for `to`.
    fn transmit(&mut self, to: &mut Vec<u8>, count: usize) {
        let mut slices = [&[][..]; 4];
        let polled = self.socket.poll_transmit(&mut slices);
        assert_eq!(polled > 0, self.socket.wants_write());
        let octets = slices[..polled].concat();
        let count = octets.len().min(count);
        to.extend_from_slice(&octets[..count]);
        self.socket.transmitted(count);
    }

    /// Receives what is there, of which `other` tells what it is.
    fn receive<O: Role>(&mut self, settings: &Settings, other: &mut End<O>) {
        let mut burst = Burst::new(&mut self.buffer);
        loop {
            let event = self.socket.receive(settings, &mut burst);
            let done = matches!(event, Event::NeedData | Event::Closed);
            match self.collector.take(event) {
                Some(Event::Text(text)) => {
                    assert_eq!(other.due.pop_front(), Some((Kind::Text, text.as_bytes().to_vec())));
                }
                Some(Event::Binary(octets)) => {
                    assert_eq!(other.due.pop_front(), Some((Kind::Binary, octets.to_vec())));
                }
                Some(Event::Pong(b"alive")) => {}
                Some(Event::Pong(payload)) => {
                    // Of those before it none need be answered.
                    let at = self.pings.iter().position(|ping| ping == payload);
                    let at = at.unwrap_or_else(|| panic!("{payload:?} was not asked for"));
                    self.pings.drain(..=at);
                }
                Some(Event::Close { code, reason }) => {
                    let code = code.map(CloseCode::get);
                    self.received_close = Some(code);
                    assert_eq!(Some(code), other.closed);
                    // Both at once, or one answers, without a reason.
                    assert!(reason == "bye" || reason.is_empty());
                    self.closed.get_or_insert(code);
                    assert!(other.due.is_empty(), "what was sent before the close frame has come");
                }
                Some(Event::Ping(_) | Event::NeedData | Event::Closed) | None => {}
                Some(event) => panic!("unexpected: {event:?}"),
            }
            if done {
                break;
            }
        }
        let consumed = burst.consumed();
        self.buffer.drain(..consumed);
    }
}

/// Two octets of the input are a step: who does what, or how many octets pass to whom.
pub fn check(input: &[u8]) {
    let mut settings = Settings::default();
    settings.held = 3000;
    settings.control = 300;
    settings.whole = usize::from(input.first().copied().unwrap_or_default());
    let mut last = 0x5EED_u32;
    let keys = move || {
        last = last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        last.to_be_bytes()
    };
    let mut client = End::new(WebSocket::client(keys), &settings);
    let mut server = End::new(WebSocket::server(), &settings);
    for step in input.chunks_exact(3) {
        let [who, what, length] = *step else { continue };
        match who % 5 {
            0 => client.act(what, length),
            1 => server.act(what, length),
            2 => {
                client.transmit(&mut server.buffer, usize::from(what) * usize::from(length % 5));
                server.receive(&settings, &mut client);
            }
            3 => {
                server.transmit(&mut client.buffer, usize::from(what) * usize::from(length % 5));
                client.receive(&settings, &mut server);
            }
            _ => {
                client.transmit(&mut server.buffer, usize::from(what));
                server.transmit(&mut client.buffer, usize::from(length));
            }
        }
        assert!(
            client.socket.held() <= 3000 + 2 * 64 * 1024
                && server.socket.held() <= 3000 + 2 * 64 * 1024
        );
    }
    // A message under way is finished, both close at once, and all that is on its way arrives.
    let _ = client.piece(b"", true);
    let _ = server.piece(b"", true);
    for _ in 0..2 {
        loop {
            client.transmit(&mut server.buffer, 1000);
            server.transmit(&mut client.buffer, 1000);
            server.receive(&settings, &mut client);
            client.receive(&settings, &mut server);
            if !client.socket.wants_write() && !server.socket.wants_write() {
                break;
            }
        }
        if client.closed.is_none() && server.closed.is_none() {
            assert!(
                client.pings.is_empty() && server.pings.is_empty(),
                "the newest one was answered"
            );
        }
        close(&mut client);
        close(&mut server);
    }
    assert_eq!((client.socket.phase(), server.socket.phase()), (Phase::Closed, Phase::Closed));
    assert!(client.due.is_empty() && server.due.is_empty());
    assert!(client.received_close.is_some() && server.received_close.is_some());
    assert!(client.socket.reclaim().is_some() && server.socket.reclaim().is_some());
}

fn close<R: Role>(end: &mut End<R>) {
    end.socket.close(CloseCode::NORMAL, "").unwrap();
    end.closed.get_or_insert(Some(1000));
}
