//! The first answers, read with care: where they end, where their dates stand. What comes later is only compared with them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use rajada_parser::{
    BodyLength, Chunk, ChunkedDecoder, Config, Error, Limits, Positions, Response, Resume, Status,
};
use rajada_pipeline::client::{Client, Event, RequestHead};
use rajada_pipeline::{Burst, Content, Incoming, Settings, Store};

use super::compare::{DATE, Expected};
use crate::SLOTS;

/// How long a server may think about its first answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the server answers to `requests` (one or more, whole) repeated so many times.
///
/// # Errors
///
/// Tells why a run with these requests would mean nothing: they aren't requests, or the server doesn't answer each with success on
/// a connection that stays open.
pub(super) fn learn(
    address: SocketAddr,
    requests: &[u8],
    depth: usize,
) -> Result<Expected, String> {
    let mut answers = Answers::awaited_by(methods(requests)?)?;
    let failed = |what: &str, error| format!("{address} can't be {what}: {error}");
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)
        .map_err(|error| failed("connected to", error))?;
    let prepared = stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_nodelay(true));
    prepared
        .and_then(|()| stream.write_all(requests))
        .map_err(|error| failed("written to", error))?;
    let mut buffer = vec![0; 64 * 1024];
    while answers.outstanding > 0 {
        let count = stream.read(&mut buffer).map_err(|error| failed("read from", error))?;
        if count == 0 {
            return Err(format!("{address} closed before it had answered"));
        }
        answers.receive(&buffer[..count])?;
    }
    Ok(Expected::new(&answers.octets, &answers.starts, &answers.dates, depth))
}

/// The methods of the requests that `octets` consist of.
fn methods(octets: &[u8]) -> Result<Vec<&[u8]>, String> {
    let mut methods = Vec::new();
    let mut rest = octets;
    while !rest.is_empty() {
        let number = methods.len() + 1;
        match request(rest) {
            Ok(Some((method, len))) if len <= rest.len() => {
                methods.push(method);
                rest = &rest[len..];
            }
            Ok(_) => return Err(format!("request {number} is cut short")),
            Err(error) => return Err(format!("request {number} is none: {error}")),
        }
    }
    if methods.is_empty() { Err("there is no request".into()) } else { Ok(methods) }
}

/// The method and the length of the request that `octets` begin with, if its end is known.
fn request(octets: &[u8]) -> Result<Option<(&[u8], usize)>, Error> {
    let mut slots = Positions::<SLOTS>::new();
    let status = Config::STRICT.parse_request(octets, &mut Resume::new(), &mut slots)?;
    let Status::Complete(request, head) = status else { return Ok(None) };
    let content = match request.framing()?.body {
        BodyLength::Exact(length) => usize::try_from(length).ok(),
        BodyLength::Chunked => chunked(&octets[head..])?,
        _ => Some(0),
    };
    Ok(content.and_then(|length| Some((request.method(), head.checked_add(length)?))))
}

/// The length of the chunked content that `octets` begin with, trailers included.
fn chunked(octets: &[u8]) -> Result<Option<usize>, Error> {
    let mut decoder = ChunkedDecoder::new(&Limits::DEFAULT);
    let mut at = 0;
    loop {
        let (chunk, taken) = decoder.decode(&octets[at..])?;
        at += taken;
        match chunk {
            Chunk::Data(_) => {}
            Chunk::NeedData => return Ok(None),
            Chunk::Trailers => break,
        }
    }
    let mut slots = Positions::<SLOTS>::new();
    let trailers = Config::STRICT.parse_trailers(&octets[at..], &mut Resume::new(), &mut slots)?;
    Ok(match trailers {
        Status::Complete(_, taken) => Some(at + taken),
        Status::Partial => None,
    })
}

/// The answers on one connection, as they come in.
struct Answers {
    client: Client<Vec<u8>>,
    settings: Settings,
    slots: Box<Positions<SLOTS>>,
    outstanding: usize,
    /// Everything received.
    octets: Vec<u8>,
    consumed: usize,
    starts: Vec<usize>,
    dates: Vec<usize>,
}

impl Answers {
    /// For requests with these methods, which are sent by others.
    fn awaited_by(methods: Vec<&[u8]>) -> Result<Self, String> {
        let mut settings = Settings::default();
        settings.content = u64::MAX;
        let mut client = Client::new();
        client.pipeline_any_method();
        client.lend(Box::new(Store::new(&settings)));
        for method in &methods {
            let head = [method, &b" / HTTP/1.1\r\nHost: a\r\n\r\n"[..]].concat();
            let asked = RequestHead::new(&head).map_err(|error| error.to_string())?;
            client.request(&asked, Content::None).map_err(|error| error.to_string())?;
            client.transmitted(usize::MAX);
        }
        Ok(Self {
            client,
            settings,
            slots: Box::new(Positions::new()),
            outstanding: methods.len(),
            octets: Vec::new(),
            consumed: 0,
            starts: Vec::new(),
            dates: Vec::new(),
        })
    }

    fn receive(&mut self, received: &[u8]) -> Result<(), String> {
        self.octets.extend_from_slice(received);
        let mut burst = Burst::new(&self.octets[self.consumed..]);
        let mut end = self.consumed;
        loop {
            let start = end;
            let event = self.client.receive(&self.settings, &mut burst, &mut *self.slots);
            end = self.consumed + burst.consumed();
            match event {
                Event::Response { response, content, upgrade, .. } => {
                    refuse(&response, &content, upgrade)?;
                    self.starts.push(start);
                    self.dates.extend(date(&response).map(|offset| start + offset));
                    if !matches!(content, Incoming::Streaming(_)) {
                        self.outstanding -= 1;
                    }
                }
                Event::EndOfMessage { .. } => self.outstanding -= 1,
                Event::Malformed(offence) => return Err(format!("the server's answer: {offence}")),
                Event::NeedData => break,
                Event::Closed if self.outstanding > 0 => {
                    return Err("the server says that it closes after an answer".into());
                }
                Event::Closed => break,
                _ => {}
            }
        }
        self.consumed = end;
        Ok(())
    }
}

/// Answers that can't be repeated on a connection, or that aren't what anybody wants to measure.
fn refuse(
    response: &Response<'_, '_>,
    content: &Incoming<'_>,
    upgrade: bool,
) -> Result<(), String> {
    if !(200..300).contains(&response.code()) || upgrade {
        let line = response.octets().split(|&octet| octet == b'\r').next().unwrap_or_default();
        return Err(format!("the server answers \"{}\"", line.escape_ascii()));
    }
    if matches!(content, Incoming::Streaming(BodyLength::UntilClose)) {
        return Err("the server ends its answer by closing".into());
    }
    Ok(())
}

/// Where in the head the value of `Date` stands.
fn date(response: &Response<'_, '_>) -> Option<usize> {
    let value = response.fields().get("Date").filter(|value| value.len() == DATE)?;
    Some(value.as_ptr().addr() - response.octets().as_ptr().addr())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_of_all_requests_are_found() {
        let octets = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n\
            POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
            PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n\
            HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
        let expected: [&[u8]; 4] = [b"GET", b"POST", b"PUT", b"HEAD"];
        assert_eq!(methods(octets).unwrap(), expected);
    }

    #[test]
    fn what_is_no_whole_request_is_refused() {
        let cases: [(&[u8], &str); 5] = [
            (b"", "there is no request"),
            (b"GET / HTTP/1.1\r\nHost: a\r\n", "cut short"),
            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab", "cut short"),
            (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "cut short"),
            (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "request 1 is none"),
        ];
        for (octets, complaint) in cases {
            let told = methods(octets).unwrap_err();
            assert!(told.contains(complaint), "{told}");
        }
    }

    #[test]
    fn dates_and_starts_are_found_however_the_answers_are_cut() {
        let answers = b"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 2\r\n\r\nab\
            HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n\
            HTTP/1.1 204 No Content\r\ndate:Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";
        for cut in 1..answers.len() {
            let mut found = Answers::awaited_by(vec![b"GET", b"GET", b"POST"]).unwrap();
            found.receive(&answers[..cut]).unwrap();
            found.receive(&answers[cut..]).unwrap();
            assert_eq!(found.outstanding, 0);
            assert_eq!((found.starts, found.dates), (vec![0, 77, 135], vec![23, 165]));
        }
    }

    #[test]
    fn answers_that_can_not_be_repeated_are_refused() {
        let cases: [(&[u8], &str); 4] = [
            (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 404 Not Found"),
            (b"HTTP/1.1 200 OK\r\n\r\n", "by closing"),
            (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "closes after"),
            (b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n", "the server's answer"),
        ];
        for (octets, complaint) in cases {
            let mut answers = Answers::awaited_by(vec![b"GET", b"GET"]).unwrap();
            let told = answers.receive(octets).unwrap_err();
            assert!(told.contains(complaint), "{told}");
        }
    }
}
