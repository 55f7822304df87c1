//! Both servers, and a client that asks both.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::JoinHandle;

use axum::Router;
use axum_application::with_connect_info;
use rajada_mio::{App, Exit, Handle, Limits};
use tokio::runtime::Runtime;

/// An answer, but for what tells the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In lower case, sorted.
    pub(crate) fields: Vec<(String, String)>,
    /// Without its chunks.
    pub(crate) content: Vec<u8>,
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.content.clone()).unwrap()
    }

    /// The first answer of some octets, and what is behind it.
    fn parse<'o>(method: &str, octets: &'o [u8]) -> (Answer, &'o [u8]) {
        let end = octets.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        let (head, mut rest) = octets.split_at(end);
        let mut lines = std::str::from_utf8(head).unwrap().lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let field = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_lowercase(), value.trim().to_owned()))
        };
        let mut fields: Vec<_> =
            lines.filter_map(field).filter(|(name, _)| name != "date").collect();
        fields.sort();
        let mut answer = Answer { status, fields, content: Vec::new() };
        if method == "HEAD" || status == 204 {
            return (answer, rest);
        }
        if answer.field("transfer-encoding") != Some("chunked") {
            let length = answer.field("content-length").expect("a length").parse().unwrap();
            let (content, behind) = rest.split_at(length);
            answer.content = content.to_vec();
            return (answer, behind);
        }
        loop {
            let line = rest.windows(2).position(|two| two == b"\r\n").expect("a chunk");
            let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16);
            let (chunk, behind) = rest[line + 2..].split_at(size.unwrap());
            answer.content.extend(chunk);
            rest = behind.strip_prefix(b"\r\n").expect("the end of a chunk");
            if chunk.is_empty() {
                return (answer, rest);
            }
        }
    }
}

/// The answers of both.
pub(crate) struct Answers {
    asked: String,
    theirs: Answer,
    ours: Answer,
}

impl Answers {
    /// But for how the end of the content is told: who waits for the first piece may tell a length.
    pub(crate) fn whatever_the_framing(mut self) -> Answers {
        for answer in [&mut self.theirs, &mut self.ours] {
            answer
                .fields
                .retain(|(name, _)| !["content-length", "transfer-encoding"].contains(&&**name));
        }
        self
    }
}

/// The one answer that both have given.
#[track_caller]
pub(crate) fn same(answers: Answers) -> Answer {
    let Answers { asked, theirs, ours } = answers;
    assert_eq!(theirs, ours, "left: theirs, right: ours, to {asked}");
    ours
}

/// Serves an application by both, and has `test` ask them.
pub(crate) fn each(router: fn() -> Router, test: impl FnOnce(&Client)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let ours = Ours::begin(router(), &runtime);
    let theirs = theirs(router(), &runtime);
    test(&Client { theirs, ours: ours.address });
    drop(ours);
}

fn theirs(router: Router, runtime: &Runtime) -> SocketAddr {
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    runtime.spawn(async { axum::serve(listener, service).await });
    address
}

/// Our server, which ends in order.
struct Ours {
    address: SocketAddr,
    handle: Handle,
    serving: Option<JoinHandle<Exit>>,
}

impl Ours {
    fn begin(router: Router, runtime: &Runtime) -> Ours {
        let app = App::of_service(with_connect_info(router)).tokio(runtime.handle().clone());
        // The other one has no limit of its own.
        let limits = Limits { content: 64 << 20, ..Limits::DEFAULT };
        let server = app.limits(limits).bind("127.0.0.1:0").unwrap();
        let (address, handle) = (server.local_address(), server.handle());
        let serving = Some(std::thread::spawn(move || server.run().unwrap()));
        Ours { address, handle, serving }
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        self.handle.shut_down();
        if let Some(serving) = self.serving.take()
            && !std::thread::panicking()
        {
            assert_eq!(serving.join().unwrap(), Exit::Clean);
        }
    }
}

/// Asks both servers.
pub(crate) struct Client {
    theirs: SocketAddr,
    ours: SocketAddr,
}

impl Client {
    pub(crate) fn get(&self, target: &str) -> Answers {
        self.ask("GET", target, &[], b"")
    }

    pub(crate) fn send(
        &self,
        method: &str,
        target: &str,
        media_type: &str,
        content: &[u8],
    ) -> Answers {
        self.ask(method, target, &[("content-type", media_type)], content)
    }

    pub(crate) fn ask(
        &self,
        method: &str,
        target: &str,
        fields: &[(&str, &str)],
        content: &[u8],
    ) -> Answers {
        let mut head =
            format!("{method} {target} HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n");
        for (name, value) in fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !content.is_empty() || method == "POST" {
            head.push_str(&format!("content-length: {}\r\n", content.len()));
        }
        head.push_str("\r\n");
        self.answers(method, &[head.as_bytes(), content].concat())
    }

    /// Sends content in chunks.
    pub(crate) fn send_chunked(&self, target: &str, content: &[u8]) -> Answers {
        let mut octets = format!(
            "POST {target} HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        .into_bytes();
        for chunk in content.chunks(10_000) {
            octets.extend(format!("{:x}\r\n", chunk.len()).bytes());
            octets.extend(chunk);
            octets.extend(b"\r\n");
        }
        octets.extend(b"0\r\n\r\n");
        self.answers("POST", &octets)
    }

    /// Sends requests in one burst. What both answer comes back, in the order of the requests.
    pub(crate) fn burst(&self, lines: &[&str]) -> Vec<Answer> {
        let mut octets = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let last = if at + 1 == lines.len() { "connection: close\r\n" } else { "" };
            octets.extend(format!("{line} HTTP/1.1\r\nhost: a.example\r\n{last}\r\n").bytes());
        }
        let [theirs, ours] = [self.theirs, self.ours].map(|server| {
            let received = exchange(server, &octets);
            let mut rest = &received[..];
            let next = |_: &&str| {
                let (answer, behind) = Answer::parse("GET", rest);
                rest = behind;
                answer
            };
            let answers: Vec<Answer> = lines.iter().map(next).collect();
            assert!(rest.is_empty());
            answers
        });
        assert_eq!(theirs, ours);
        ours
    }

    fn answers(&self, method: &str, octets: &[u8]) -> Answers {
        let asked = String::from_utf8_lossy(octets).lines().next().unwrap_or_default().to_owned();
        let [theirs, ours] = [self.theirs, self.ours].map(|server| {
            let received = exchange(server, octets);
            let (answer, rest) = Answer::parse(method, &received);
            assert!(rest.is_empty(), "more than an answer to {asked}");
            answer
        });
        Answers { asked, theirs, ours }
    }
}

fn exchange(server: SocketAddr, octets: &[u8]) -> Vec<u8> {
    let mut connection = TcpStream::connect(server).unwrap();
    connection.write_all(octets).unwrap();
    let mut received = Vec::new();
    connection.read_to_end(&mut received).unwrap();
    received
}
