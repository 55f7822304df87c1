//! What a client must do, as slowly and plainly as it can be written: `Vec`s of all that was made
//! and all that arrived, read anew from the message's first octet at every call.

use rajada_parser::{BodyLength, Chunk, ChunkedDecoder, Config, Limits, Positions, Resume, Status};
use rajada_pipeline::{ApiMisuse, Offence};

/// One connection's client.
#[derive(Debug, Default)]
pub struct Reference {
    pub bounds: Bounds,
    /// All requests made, the oldest first, and how many of them have a complete response.
    pub requests: Vec<Request>,
    pub answered: usize,
    /// Octets that may leave, and memory that counts as held beside them. (Which octets are
    /// neighbours in memory is not known here.)
    pub ready: Vec<u8>,
    pub pieces: usize,
    /// Octets that have left.
    pub transmitted: usize,
    pub upload: Upload,
    pub input: Input,
    /// All octets that have arrived, how many were consumed, and where the message begins that is
    /// being received.
    octets: Vec<u8>,
    pub consumed: usize,
    message: usize,
    /// Interim responses to the oldest request.
    interim: u8,
    /// The last complete response said that the server closes.
    closes: bool,
    failed: bool,
    cautious: bool,
    pub any_method: bool,
    pub has_store: bool,
}

#[derive(Debug, Default, Clone, Copy)]
pub struct Bounds {
    pub in_flight: usize,
    pub held: usize,
    pub content: usize,
    pub interim: u8,
}

/// What may be sent.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Upload {
    #[default]
    Idle,
    Exact(usize),
    Chunked,
    Ended,
}

/// What the next octets are.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    #[default]
    Head,
    /// Content from this octet on, of which so much was given out.
    Content {
        from: usize,
        given: usize,
        body: BodyLength,
        closes: bool,
    },
    Upgraded,
    Ended,
}

/// A request that was made.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    pub method: &'static str,
    pub fields: &'static str,
    /// Its first octet, of all that were sent.
    pub start: usize,
}

impl Request {
    pub fn target(&self) -> &'static str {
        if self.method == "CONNECT" { "h:1" } else { "/" }
    }

    /// Request line and fields as its user gives them.
    pub fn head(&self) -> String {
        format!("{} {} HTTP/1.1\r\nHost: h:1\r\n{}", self.method, self.target(), self.fields)
    }

    pub fn offers(&self) -> bool {
        self.fields.contains("Upgrade: ")
    }

    /// RFC 9110 section 9.2.2: `PUT`, `DELETE` and the safe methods.
    fn is_idempotent(&self) -> bool {
        matches!(self.method, "PUT" | "DELETE" | "GET" | "HEAD" | "OPTIONS" | "TRACE")
    }
}

/// An event without borrows, its request by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    Interim { number: usize, code: u16 },
    Response { number: usize, code: u16, content: Content, upgrade: bool },
    Data(Vec<u8>),
    End(Vec<(Vec<u8>, Vec<u8>)>),
    NeedData,
    Malformed(Offence),
    Upgraded,
    Closed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    None,
    Whole(Vec<u8>),
    Streaming(BodyLength),
}

/// How far content goes.
enum Ending {
    Open,
    /// So many octets of the wire, and a trailer section.
    Complete(usize, Vec<(Vec<u8>, Vec<u8>)>),
    Broken(Offence),
}

impl Reference {
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, has_store: true, ..Self::default() }
    }

    pub fn in_flight(&self) -> usize {
        self.requests.len() - self.answered
    }

    fn oldest(&self) -> Option<&Request> {
        self.requests.get(self.answered)
    }

    /// Whether a request may be made, and if not, why.
    pub fn may_request(&self) -> Result<(), ApiMisuse> {
        let in_flight = &self.requests[self.answered..];
        let ended = matches!(self.input, Input::Upgraded | Input::Ended);
        if ended || self.upload == Upload::Ended {
            return Err(ApiMisuse::Gone);
        }
        if !self.has_store {
            return Err(ApiMisuse::Full);
        }
        let waits = in_flight.iter().any(|request| {
            let unsafe_method = !self.any_method && !request.is_idempotent();
            unsafe_method || request.method == "CONNECT" || request.offers()
        });
        if self.upload != Upload::Idle || waits || (self.cautious && !in_flight.is_empty()) {
            return Err(ApiMisuse::MustWait);
        }
        if in_flight.len() >= self.bounds.in_flight || self.weight() >= self.bounds.held {
            return Err(ApiMisuse::Full);
        }
        Ok(())
    }

    /// A request with all its content.
    pub fn request(&mut self, method: &'static str, fields: &'static str, content: Option<&[u8]>) {
        let needed = matches!(method, "POST" | "PUT" | "PATCH");
        let length = content.map(<[u8]>::len).or(needed.then_some(0));
        let framing =
            length.map_or(String::new(), |length| format!("Content-Length: {length}\r\n"));
        self.make(method, fields, &framing);
        self.ready.extend_from_slice(content.unwrap_or_default());
    }

    /// A request whose content comes in pieces.
    pub fn start(&mut self, method: &'static str, fields: &'static str, length: Option<usize>) {
        let framing = match length {
            Some(length) => format!("Content-Length: {length}\r\n"),
            None => "Transfer-Encoding: chunked\r\n".to_owned(),
        };
        self.make(method, fields, &framing);
        self.upload = length.map_or(Upload::Chunked, Upload::Exact);
    }

    fn make(&mut self, method: &'static str, fields: &'static str, framing: &str) {
        let start = self.transmitted + self.ready.len();
        let request = Request { method, fields, start };
        let connection = match (request.offers(), fields.contains("TE: ")) {
            (true, true) => "Connection: upgrade, TE\r\n",
            (true, false) => "Connection: upgrade\r\n",
            (false, true) => "Connection: TE\r\n",
            (false, false) => "",
        };
        self.ready.extend(format!("{}{framing}{connection}\r\n", request.head()).bytes());
        self.requests.push(request);
    }

    pub fn is_sending(&self) -> bool {
        matches!(self.upload, Upload::Exact(_) | Upload::Chunked)
    }

    pub fn send(&mut self, content: &[u8]) -> Result<(), ApiMisuse> {
        if !self.is_sending() {
            return Err(ApiMisuse::Gone);
        }
        if content.is_empty() {
            return Ok(());
        }
        if !self.ready.is_empty() && self.weight() + content.len() > self.bounds.held {
            return Err(ApiMisuse::Full);
        }
        match self.upload {
            Upload::Exact(left) if left < content.len() => {
                self.upload = Upload::Ended;
                return Err(ApiMisuse::TooLong);
            }
            Upload::Exact(left) => {
                self.upload = Upload::Exact(left - content.len());
                self.ready.extend_from_slice(content);
            }
            _ => {
                self.ready.extend(format!("{:x}\r\n", content.len()).bytes());
                self.ready.extend_from_slice(content);
                self.ready.extend_from_slice(b"\r\n");
            }
        }
        Ok(())
    }

    /// Ends a request, with a trailer section if there is one.
    pub fn finish(&mut self, trailers: &str) -> Result<(), ApiMisuse> {
        match self.upload {
            Upload::Idle | Upload::Ended => return Err(ApiMisuse::Gone),
            Upload::Exact(1..) => {
                self.upload = Upload::Ended;
                return Err(ApiMisuse::TooShort);
            }
            Upload::Exact(0) => {}
            Upload::Chunked => self.ready.extend(format!("0\r\n{trailers}\r\n").bytes()),
        }
        self.upload = Upload::Idle;
        Ok(())
    }

    pub fn abort(&mut self) {
        self.upload = Upload::Ended;
    }

    pub fn transmit(&mut self, count: usize) -> Vec<u8> {
        self.transmitted += count;
        self.ready.drain(..count).collect()
    }

    pub fn arrive(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// What has arrived and was not consumed.
    pub fn rest(&self) -> &[u8] {
        &self.octets[self.consumed..]
    }

    fn weight(&self) -> usize {
        self.ready.len() + self.pieces
    }

    /// Whether the store is in use no longer.
    pub fn is_idle(&self) -> bool {
        self.in_flight() == 0 && self.ready.is_empty() && !self.is_sending()
    }

    /// The client gave this event and consumed so many octets. Panics if it should not have.
    pub fn receive(&mut self, seen: &Seen, consumed: usize) {
        self.consumed += consumed;
        match self.input {
            Input::Head => self.receive_head(seen),
            Input::Content { from, given, body, closes } => {
                self.receive_content(seen, from, given, body, closes);
            }
            Input::Upgraded => assert_eq!((seen, consumed), (&Seen::Upgraded, 0)),
            Input::Ended => assert_eq!((seen, self.rest()), (&Seen::Closed, &[][..])),
        }
    }

    fn receive_head(&mut self, seen: &Seen) {
        let arrived = self.octets[self.message..].to_vec();
        if arrived.is_empty() {
            return assert_eq!(seen, &Seen::NeedData);
        }
        let Some(&request) = self.oldest().filter(|request| request.start < self.transmitted)
        else {
            return self.offends(seen, Offence::Unasked);
        };
        let (mut at, mut slots) = (Resume::new(), Positions::<100>::new());
        let (response, len) = match Config::STRICT.parse_response(&arrived, &mut at, &mut slots) {
            Ok(Status::Complete(response, len)) => (response, len),
            Ok(Status::Partial) => {
                assert_eq!(self.consumed, self.message);
                return assert_eq!(seen, &Seen::NeedData);
            }
            Err(error) => return self.offends(seen, Offence::Head(error)),
        };
        let framing = match response.framing(request.method.as_bytes()) {
            Ok(framing) => framing,
            Err(error) => return self.offends(seen, Offence::Head(error)),
        };
        let (number, code) = (self.answered, response.code());
        let from = self.message + len;
        if code < 200 && code != 101 {
            if self.interim == self.bounds.interim {
                return self.offends(seen, Offence::TooManyInterim);
            }
            self.interim += 1;
            self.message = from;
            assert_eq!(self.consumed, from);
            return assert_eq!(seen, &Seen::Interim { number, code });
        }
        if code == 101 && !request.offers() {
            return self.offends(seen, Offence::UpgradeUnasked);
        }
        let behind = &arrived[len..];
        let content = match framing.body {
            BodyLength::Exact(length) if length > self.bounds.content as u64 => {
                return self.offends(seen, Offence::ContentTooLarge);
            }
            BodyLength::None | BodyLength::Exact(0) => Content::None,
            BodyLength::Exact(length) if behind.len() as u64 >= length => {
                Content::Whole(behind[..length as usize].to_vec())
            }
            body => Content::Streaming(body),
        };
        let upgrade = code == 101 || (request.method == "CONNECT" && code / 100 == 2);
        let closes = !framing.persistent;
        let whole = if let Content::Whole(content) = &content { content.len() } else { 0 };
        self.message = from + whole;
        assert_eq!(self.consumed, self.message);
        match &content {
            _ if upgrade => {
                self.answered += 1;
                self.input = Input::Upgraded;
            }
            Content::Streaming(body) => {
                self.input = Input::Content { from, given: 0, body: *body, closes };
            }
            _ => self.complete(closes),
        }
        assert_eq!(seen, &Seen::Response { number, code, content, upgrade });
    }

    fn receive_content(
        &mut self,
        seen: &Seen,
        from: usize,
        given: usize,
        body: BodyLength,
        closes: bool,
    ) {
        let (content, ending) = decode(&self.octets[from..], body, self.bounds.content);
        // Without a length, what is too large is told where a piece begins.
        let too_large = content.len() > self.bounds.content;
        match seen {
            Seen::Data(data) => {
                assert!(!data.is_empty() && content[given..].starts_with(data));
                let given = given + data.len();
                assert!(given <= self.bounds.content);
                assert!(self.consumed >= from + given && self.consumed <= self.octets.len());
                self.input = Input::Content { from, given, body, closes };
            }
            Seen::Malformed(_) if too_large => self.offends(seen, Offence::ContentTooLarge),
            _ => {
                assert_eq!(given, content.len(), "all content that is there is given out first");
                match ending {
                    Ending::Open => assert_eq!(seen, &Seen::NeedData),
                    Ending::Broken(offence) => self.offends(seen, offence),
                    Ending::Complete(len, trailers) => {
                        self.message = from + len;
                        assert_eq!(self.consumed, self.message);
                        assert_eq!(seen, &Seen::End(trailers));
                        self.complete(closes);
                    }
                }
            }
        }
    }

    /// The response to the oldest request is complete.
    fn complete(&mut self, closes: bool) {
        let unfinished = self.upload != Upload::Idle && self.in_flight() == 1;
        self.answered += 1;
        self.interim = 0;
        self.cautious = false;
        self.closes = closes;
        self.input = Input::Head;
        if closes || unfinished {
            self.end();
        }
    }

    fn offends(&mut self, seen: &Seen, offence: Offence) {
        assert_eq!(seen, &Seen::Malformed(offence));
        assert_eq!(self.rest(), b"");
        self.end();
    }

    /// The server's stream has ended; what it sent was received.
    pub fn eof(&mut self) -> Seen {
        let seen = match self.input {
            Input::Content { body: BodyLength::UntilClose, .. } => {
                self.complete(true);
                Seen::End(Vec::new())
            }
            Input::Content { .. } => Seen::Malformed(Offence::Truncated),
            Input::Head if self.message < self.octets.len() => Seen::Malformed(Offence::Truncated),
            _ => Seen::Closed,
        };
        self.end();
        seen
    }

    /// RFC 9112 section 9.3.2: a connection has failed that was "not explicitly closed by the
    /// server in its last complete response".
    fn end(&mut self) {
        self.failed |= !self.closes && self.in_flight() > 0;
        self.input = Input::Ended;
        self.upload = Upload::Ended;
    }

    /// The oldest request without a complete response, and whether it may be sent again.
    pub fn unanswered(&mut self) -> Option<(usize, bool)> {
        self.end();
        self.ready.clear();
        let request = self.oldest()?;
        let may_replay = request.is_idempotent() || request.start >= self.transmitted;
        self.answered += 1;
        Some((self.answered - 1, may_replay))
    }

    pub fn successor(&self) -> Self {
        Self {
            bounds: self.bounds,
            cautious: self.failed,
            any_method: self.any_method,
            has_store: self.has_store,
            ..Self::default()
        }
    }
}

/// All content in these octets, and how it ends: at the latest in front of a chunk with which it would
/// have more octets than `bound`.
fn decode(octets: &[u8], body: BodyLength, bound: usize) -> (Vec<u8>, Ending) {
    match body {
        BodyLength::None => (Vec::new(), Ending::Complete(0, Vec::new())),
        BodyLength::Exact(length) if octets.len() as u64 >= length => {
            let length = length as usize;
            (octets[..length].to_vec(), Ending::Complete(length, Vec::new()))
        }
        BodyLength::Exact(_) | BodyLength::UntilClose => (octets.to_vec(), Ending::Open),
        BodyLength::Chunked => {
            let (mut decoder, mut content) = (ChunkedDecoder::new(&Limits::DEFAULT), Vec::new());
            let mut taken = 0;
            loop {
                let (chunk, len) = match decoder.decode(&octets[taken..]) {
                    Ok(decoded) => decoded,
                    Err(error) => return (content, Ending::Broken(Offence::Content(error))),
                };
                taken += len;
                if u128::from(decoder.content()) + u128::from(decoder.remaining()) > bound as u128 {
                    return (content, Ending::Broken(Offence::ContentTooLarge));
                }
                match chunk {
                    Chunk::Data(data) => content.extend_from_slice(data),
                    Chunk::NeedData => return (content, Ending::Open),
                    Chunk::Trailers => break,
                }
            }
            let (mut at, mut slots) = (Resume::new(), Positions::<100>::new());
            let ending = match Config::STRICT.parse_trailers(&octets[taken..], &mut at, &mut slots)
            {
                Ok(Status::Partial) => Ending::Open,
                Ok(Status::Complete(fields, len)) => {
                    let fields = fields.iter().map(|field| (field.name.into(), field.value.into()));
                    Ending::Complete(taken + len, fields.collect())
                }
                Err(error) => Ending::Broken(Offence::Trailers(error)),
            };
            (content, ending)
        }
    }
}
