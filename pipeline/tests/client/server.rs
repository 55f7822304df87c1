//! A server that answers requests in order and keeps what it meant, to be held against what a
//! client understood.

use super::reference::{Content, Reference, Seen};

/// The server's side of one connection.
#[derive(Debug, Default)]
pub struct Server {
    /// What it sent that has not arrived.
    wire: Vec<u8>,
    /// The number of the next request that it answers.
    next: usize,
    /// Messages that were sent and not yet understood, the oldest first.
    meant: Vec<Message>,
    /// Content of the message that is being received.
    content: Vec<u8>,
    /// It says no more.
    done: bool,
    closed: bool,
    /// It broke the protocol: nobody knows what it meant.
    rude: bool,
}

#[derive(Debug)]
struct Message {
    number: usize,
    code: u16,
    content: String,
    trailers: usize,
    framed: Framed,
}

/// When a message is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framed {
    Here,
    AtTheEnd,
    Never,
}

impl Server {
    /// Octets that arrive.
    pub fn take(&mut self, count: usize) -> Vec<u8> {
        self.wire.drain(..count.min(self.wire.len())).collect()
    }

    /// Octets that have not arrived.
    pub fn coming(&self) -> usize {
        self.wire.len()
    }

    pub fn send_raw(&mut self, octets: &[u8]) {
        self.rude |= !octets.is_empty();
        self.wire.extend_from_slice(octets);
    }

    /// Whether it has said all.
    pub fn is_done(&self) -> bool {
        self.done && self.wire.is_empty()
    }

    pub fn close(&mut self) {
        self.done = true;
        self.closed = true;
        if let Some(message) = self.meant.first_mut()
            && message.framed == Framed::AtTheEnd
            && !self.wire.is_empty()
        {
            // Nobody can tell that some of it was lost.
            message.content.truncate(self.content.len());
        }
        self.wire.clear();
    }

    /// Answers the oldest request that it has not answered and of which something has left, or does
    /// what no server may do.
    pub fn answer(&mut self, client: &Reference, choice: u8) {
        let (form, size) = (choice % 16, usize::from(choice / 16) * 150);
        let asked = client.requests.get(self.next.max(client.answered));
        let asked = asked.filter(|request| request.start < client.transmitted);
        if form == 15 && choice >= 192 {
            return self.send_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
        let Some(&request) = asked.filter(|_| !self.done) else { return };
        self.next = self.next.max(client.answered);
        let is_head = request.method == "HEAD";
        let text = String::from(char::from(b'a' + choice % 26)).repeat(size);
        let length = format!("Content-Length: {size}\r\n");
        let chunks: String = text
            .as_bytes()
            .chunks(1 + size / 3)
            .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk)))
            .collect();
        let chunked = "Transfer-Encoding: chunked\r\n";
        // What refuses a tunnel.
        let code = if request.method == "CONNECT" { 502 } else { 200 };
        match form {
            _ if request.method == "CONNECT" && form < 12 => {
                self.done = true;
                self.say(200, &length, "", 0, "not HTTP", Framed::Here);
            }
            11 if request.offers() => {
                self.done = true;
                let fields = "Upgrade: other\r\nConnection: upgrade\r\n";
                self.say(101, fields, "", 0, "not HTTP", Framed::Here);
            }
            _ if is_head && form < 12 => {
                let fields = if form % 2 == 0 { &length[..] } else { chunked };
                self.say(200, fields, "", 0, "", Framed::Here);
            }
            3 => self.say(200, chunked, &text, 0, &(chunks + "0\r\n\r\n"), Framed::Here),
            4 => {
                let body = chunks + "0;x=y\r\nSum: 1\r\nA: b\r\n\r\n";
                self.say(200, chunked, &text, 2, &body, Framed::Here);
            }
            5 => self.say(204, "", "", 0, "", Framed::Here),
            6 => self.say(304, &length, "", 0, "", Framed::Here),
            7 | 8 => {
                let code = if form == 7 { 103 } else { 100 };
                for _ in 0..=size / 750 {
                    self.say(code, "", "", 0, "", Framed::Here);
                    self.next -= 1;
                }
            }
            9 => {
                self.done = true;
                self.say(200, "", &text, 0, &text, Framed::AtTheEnd);
            }
            10 => {
                let fields = format!("{length}Connection: close\r\n");
                self.done = true;
                self.say(
                    200,
                    &fields,
                    &text,
                    0,
                    &(text.clone() + "what comes too late"),
                    Framed::Here,
                );
            }
            12 if !is_head => {
                // Cut short.
                self.done = true;
                let longer = format!("Content-Length: {}\r\n", size + 5);
                let close = format!("{longer}Connection: close\r\n");
                match size / 150 % 4 {
                    0 => self.say(code, &longer, &text, 0, &text, Framed::Never),
                    1 => self.say(code, &close, &text, 0, &text, Framed::Never),
                    2 => self.say(code, chunked, &text, 0, &(chunks + "0\r\nSum: "), Framed::Never),
                    _ => self.say(code, chunked, &text, 0, &chunks, Framed::Never),
                }
            }
            13 => {
                const WRONG: [&str; 16] = [
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
                    "HTTP/1.1 600 Other\r\n\r\n",
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n: x\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: x\r\n\r\n",
                    "HTTP/1.0 {code} OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                    "\r\nHTTP/1.1 200 OK\r\n\r\n",
                ];
                self.send_raw(WRONG[size / 150].as_bytes());
            }
            14 if !is_head => {
                // Of the older version, which goes on.
                self.begin(code, &text, 0, Framed::Here);
                let head =
                    format!("HTTP/1.0 {code} \r\n{length}Connection: keep-alive\r\n\r\n{text}");
                self.wire.extend(head.bytes());
            }
            _ if is_head => self.say(404, &length, "", 0, "", Framed::Here),
            _ => self.say(404, &length, &text, 0, &text, Framed::Here),
        }
    }

    fn say(
        &mut self,
        code: u16,
        fields: &str,
        content: &str,
        trailers: usize,
        body: &str,
        framed: Framed,
    ) {
        self.begin(code, content, trailers, framed);
        self.wire.extend(format!("HTTP/1.1 {code} Some\r\n{fields}\r\n{body}").bytes());
    }

    fn begin(&mut self, code: u16, content: &str, trailers: usize, framed: Framed) {
        let content = content.to_owned();
        self.meant.push(Message { number: self.next, code, content, trailers, framed });
        self.next += 1;
    }

    /// The client gave this event. Panics if that is not what was meant.
    pub fn is_understood(&mut self, seen: &Seen) {
        if self.rude {
            return;
        }
        let complete = match seen {
            Seen::Interim { number, code } => {
                self.is_message(*number, *code);
                true
            }
            Seen::Response { number, code, content, .. } => {
                self.is_message(*number, *code);
                if let Content::Whole(content) = content {
                    self.content.extend_from_slice(content);
                }
                !matches!(content, Content::Streaming(_))
            }
            Seen::Data(data) => {
                self.content.extend_from_slice(data);
                assert!(self.meant[0].content.as_bytes().starts_with(&self.content));
                false
            }
            Seen::End(trailers) => {
                assert_eq!(trailers.len(), self.meant[0].trailers);
                true
            }
            Seen::NeedData | Seen::Malformed(_) | Seen::Upgraded | Seen::Closed => false,
        };
        if complete {
            let message = self.meant.remove(0);
            assert!(std::mem::take(&mut self.content) == message.content.as_bytes(), "{message:?}");
            let ended = match message.framed {
                Framed::Here => true,
                Framed::AtTheEnd => self.closed,
                Framed::Never => false,
            };
            assert!(ended, "{message:?}");
        }
    }

    fn is_message(&self, number: usize, code: u16) {
        assert_eq!((number, code), (self.meant[0].number, self.meant[0].code));
    }
}
