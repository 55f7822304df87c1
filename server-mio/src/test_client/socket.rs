//! WebSockets in tests.

use core::fmt;
use std::collections::VecDeque;

use rajada_websocket::{
    ApiMisuse, Burst, Client, CloseCode, Collector, Event, Kind, Phase, Settings, Store,
    WebSocket as Codec,
};

use super::{TestCall, TestClient, TestResponse};
use crate::websocket::Message;

/// Keys for masks (RFC 6455 section 5.3): nobody stands between a test and its server whom foreseeable ones could deceive.
type Keys = fn() -> [u8; 4];

const KEYS: Keys = || [0x37, 0xFA, 0x21, 0x3D];

/// The key of a handshake and its answer (RFC 6455 section 1.3).
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// The client's end of a WebSocket, in process (feature `websocket`): see [`TestCall::websocket`]. Pings are answered by it. Dropped, its
/// connection ends without a close frame.
pub struct TestSocket<'c> {
    client: &'c mut TestClient,
    answer: TestResponse,
    codec: Codec<Client<Keys>, Vec<u8>>,
    collector: Collector,
    /// Octets that have come and were not looked at.
    octets: Vec<u8>,
    messages: VecDeque<Message>,
    closed: Option<Option<CloseCode>>,
}

impl<'c> TestCall<'c> {
    /// Sends it as the handshake of a WebSocket (RFC 6455 section 4.1), with the headers that were added: `Origin`,
    /// `Sec-WebSocket-Protocol`. On a connection of its own.
    ///
    /// # Errors
    /// The answer, if it is another one than 101.
    ///
    /// # Panics
    /// As [`TestClient::send_all`], and if an answer of 101 is none to this handshake.
    ///
    /// ```
    /// use rajada_mio::websocket::{Message, WebSocket};
    /// use rajada_mio::{App, Status, TestClient};
    ///
    /// let app = App::new().websocket("/echo", |mut socket: WebSocket| async move {
    ///     while let Some(message) = socket.recv().await {
    ///         if socket.send(message).await.is_err() {
    ///             break;
    ///         }
    ///     }
    /// });
    /// let mut client = TestClient::new(app);
    ///
    /// let mut socket = client.get("/echo").websocket().unwrap();
    /// socket.send("hello");
    /// assert_eq!(socket.recv().as_ref().and_then(Message::text), Some("hello"));
    /// drop(socket);
    ///
    /// let refused = client.get("/echo").header("Origin", "https://other.example").websocket();
    /// assert_eq!(refused.unwrap_err().status(), Status::FORBIDDEN);
    /// ```
    pub fn websocket(self) -> Result<TestSocket<'c>, TestResponse> {
        let TestCall { client, request } = self;
        let request = request
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", KEY);
        client.reconnect();
        let (mut sent, mut octets) = (Vec::new(), Vec::new());
        request.encode(&mut sent);
        client.exchange(&sent, &mut octets);
        if !octets.starts_with(b"HTTP/1.1 101 ") {
            let mut answers = TestResponse::parse_all(&octets, &[request.method]);
            return Err(answers.pop().expect("one answer for one request"));
        }
        let (answer, size) = TestResponse::parse_head(&octets);
        assert_eq!(answer.header("sec-websocket-accept"), Some(ACCEPT));
        octets.drain(..size);
        let mut codec = Codec::client(KEYS);
        codec.lend(Box::new(Store::new(&Settings::DEFAULT)));
        let (collector, messages) = (Collector::new(), VecDeque::new());
        let mut socket =
            TestSocket { client, answer, codec, collector, octets, messages, closed: None };
        socket.receive();
        Ok(socket)
    }
}

impl TestSocket<'_> {
    /// The answer to its handshake.
    pub fn response(&self) -> &TestResponse {
        &self.answer
    }

    /// Sends a message, and lets the server go on until nothing more happens at once.
    ///
    /// # Panics
    /// If it has closed.
    pub fn send(&mut self, message: impl Into<Message>) {
        let sent = match message.into() {
            Message::Text(text) => self.codec.send_owned(Kind::Text, text.into_bytes()),
            Message::Binary(octets) => self.codec.send_owned(Kind::Binary, octets.to_vec()),
        };
        self.check(sent);
    }

    /// Sends a close frame: what the server sends before its own can still be received.
    ///
    /// # Panics
    /// If it has closed, or the reason has more than 123 octets.
    pub fn close(&mut self, code: CloseCode, reason: &str) {
        let sent = self.codec.close(code, reason);
        self.check(sent);
    }

    fn check(&mut self, sent: Result<(), ApiMisuse>) {
        if let Err(why) = sent {
            panic!("nothing can be sent: {why}");
        }
        self.flush();
    }

    /// Waits for the next message. `None` behind the last one: then [`closed`](Self::closed) tells how it has. While it waits for a handler that
    /// waits for a time on a [manual](crate::Clock::manual) clock, that time comes at once.
    ///
    /// # Panics
    /// If it takes longer than half a minute, or the server breaks the protocol.
    pub fn recv(&mut self) -> Option<Message> {
        self.flush();
        while self.messages.is_empty() && self.codec.phase() != Phase::Closed {
            let before = self.octets.len();
            let is_there = self.client.wait(&mut self.octets);
            if self.octets.len() > before {
                self.receive();
                self.flush();
            } else if !is_there {
                break;
            }
        }
        self.messages.pop_front()
    }

    /// A message that is there already.
    pub fn try_recv(&mut self) -> Option<Message> {
        self.flush();
        self.messages.pop_front()
    }

    /// How the server has closed, once its close frame is there, in front of which all messages were
    /// [received](Self::recv): its code, if it has one. `None` also for a connection that ended without.
    pub fn closed(&self) -> Option<Option<CloseCode>> {
        self.closed
    }

    /// Gives the server what is to be sent, and takes what it answers.
    fn flush(&mut self) {
        loop {
            let mut pieces = [&[][..]; 16];
            let count = self.codec.poll_transmit(&mut pieces);
            let sent = pieces[..count].concat();
            self.codec.transmitted(sent.len());
            self.client.give(&sent, &mut self.octets);
            self.receive();
            if !self.codec.wants_write() {
                return;
            }
        }
    }

    fn receive(&mut self) {
        let mut burst = Burst::new(&mut self.octets);
        loop {
            let event = self.codec.receive(&Settings::DEFAULT, &mut burst);
            match self.collector.take(event) {
                None | Some(Event::Ping(_) | Event::Pong(_)) => {}
                Some(Event::Text(text)) => self.messages.push_back(text.into()),
                Some(Event::Binary(octets)) => self.messages.push_back(octets.into()),
                Some(Event::Close { code, .. }) => self.closed = Some(code),
                Some(Event::Malformed(error)) => panic!("the server broke the protocol: {error}"),
                _ => break,
            }
        }
        let consumed = burst.consumed();
        self.octets.drain(..consumed);
    }
}

impl Drop for TestSocket<'_> {
    fn drop(&mut self) {
        self.client.reconnect();
    }
}

impl fmt::Debug for TestSocket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestSocket").field("closed", &self.closed).finish_non_exhaustive()
    }
}
