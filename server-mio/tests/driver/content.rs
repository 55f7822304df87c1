//! Content that handlers take as it arrives, whatever pieces it comes in, in the middle of a burst.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use rajada_mio::driver::{Driver, Key, Next, State, Turn};
use rajada_mio::{
    App, Body, Clock, ContentStream, Deadlines, Endpoint, Error, Limits, OwnedRequest, Peer,
    Request, RequestError, Response, Status, sleep, spawn, yield_now,
};

/// One connection of a driver, fed by hand.
pub(crate) struct Rig {
    driver: Driver<()>,
    clock: Clock,
    key: Key,
    pub(crate) received: Vec<u8>,
    pub(crate) ended: bool,
    /// Answers are left unread.
    stuck: bool,
}

impl Rig {
    pub(crate) fn new(app: App) -> Rig {
        let clock = Clock::manual();
        let app = app.prepare().unwrap();
        let mut driver = Driver::new(&app, clock.clone(), || {});
        let key = driver.turn(clock.now()).open(Peer::Local, ());
        Rig { driver, clock, key, received: Vec::new(), ended: false, stuck: false }
    }

    /// Gives octets as long as they are wanted, at most `most` at once; how many those were.
    pub(crate) fn give(&mut self, octets: &[u8], most: usize) -> usize {
        let mut given = 0;
        while given < octets.len() && self.wants_read() {
            let end = octets.len().min(given + most);
            let piece = &octets[given..end];
            given = end;
            let mut turn = self.driver.turn(self.clock.now());
            let next = turn.connection(self.key).unwrap().receive(piece);
            let (key, stuck) = (self.key, self.stuck);
            self.ended |= follow(&mut turn, key, next, stuck, &mut self.received);
            drop(turn);
            self.run();
        }
        given
    }

    /// Gives all of them, and lets time pass while they are not wanted.
    pub(crate) fn give_all(&mut self, octets: &[u8], most: usize) {
        let mut given = 0;
        for _ in 0..1_000_000 {
            given += self.give(&octets[given..], most);
            if given == octets.len() || self.ended {
                return;
            }
            self.pass(Duration::from_millis(1));
        }
        panic!("octets are never wanted: {:?}", self.state());
    }

    fn wants_read(&mut self) -> bool {
        let mut turn = self.driver.turn(self.clock.now());
        !self.ended && turn.connection(self.key).is_some_and(|it| it.wants_read())
    }

    fn end(&mut self) {
        let mut turn = self.driver.turn(self.clock.now());
        let next = turn.connection(self.key).unwrap().receive_end();
        let (key, stuck) = (self.key, self.stuck);
        self.ended |= follow(&mut turn, key, next, stuck, &mut self.received);
        drop(turn);
        self.run();
    }

    /// Goes on until nobody can any more without time or octets.
    fn run(&mut self) {
        for _ in 0..10_000 {
            let mut turn = self.driver.turn(self.clock.now());
            turn.run();
            turn.look();
            let mut steps = 0;
            while let Some(key) = turn.poll_ready() {
                let next = turn.connection(key).unwrap().go_on();
                let (key, stuck) = (self.key, self.stuck);
                self.ended |= follow(&mut turn, key, next, stuck, &mut self.received);
                steps += 1;
                assert!(steps < 10_000, "a connection is gone on with for ever");
            }
            drop(turn);
            if self.driver.timeout() != Some(Duration::ZERO) {
                return;
            }
        }
        panic!("the driver is never done");
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.clock.advance(time);
        self.run();
    }

    /// Lets time pass until no handler is at work.
    pub(crate) fn settle(&mut self) {
        for _ in 0..10_000 {
            self.pass(Duration::from_millis(1));
            let mut turn = self.driver.turn(self.clock.now());
            if turn.connection(self.key).is_none_or(|it| it.at_work() == 0 && !it.wants_write()) {
                return;
            }
        }
        panic!("a handler does not answer: {:?}", self.state());
    }

    pub(crate) fn state(&mut self) -> Option<State> {
        let mut turn = self.driver.turn(self.clock.now());
        turn.connection(self.key).map(|connection| connection.state())
    }

    /// The answers so far: their status and content, and whether they say that the connection closes.
    pub(crate) fn answers(&self) -> Vec<(u16, String, bool)> {
        let (mut answers, mut rest) = (Vec::new(), &self.received[..]);
        while let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = std::str::from_utf8(&rest[..end]).unwrap();
            let status = head[9..12].parse().unwrap();
            let header = |name: &str| {
                let mut lines = head.lines().filter_map(|line| line.split_once(": "));
                lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
            };
            rest = &rest[end + 4..];
            let mut content = Vec::new();
            if header("transfer-encoding").is_some() {
                while let Some(line) = rest.windows(2).position(|two| two == b"\r\n") {
                    let size = std::str::from_utf8(&rest[..line]).unwrap();
                    let size = usize::from_str_radix(size, 16).unwrap();
                    let Some(chunk) = rest.get(line + 2..line + 2 + size) else { break };
                    content.extend_from_slice(chunk);
                    rest = &rest[line + 2 + size + 2..];
                    if size == 0 {
                        break;
                    }
                }
            } else {
                let length: usize = header("content-length").map_or(0, |it| it.parse().unwrap());
                content.extend_from_slice(&rest[..length.min(rest.len())]);
                rest = &rest[length.min(rest.len())..];
            }
            let closes = header("connection") == Some("close");
            answers.push((status, String::from_utf8_lossy(&content).into_owned(), closes));
        }
        assert!(rest.is_empty(), "{}", rest.escape_ascii());
        answers
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.answers().into_iter().map(|(status, text, _)| format!("{status} {text}")).collect()
    }
}

/// Does what is next; true if the connection is over.
fn follow(
    turn: &mut Turn<'_, ()>,
    key: Key,
    mut next: Next,
    stuck: bool,
    received: &mut Vec<u8>,
) -> bool {
    loop {
        let Some(mut connection) = turn.connection(key) else { return true };
        let mut pieces = [&[][..]; 64];
        let count = if stuck { 0 } else { connection.transmit(&mut pieces) };
        let mut written = 0;
        for piece in &pieces[..count] {
            received.extend_from_slice(piece);
            written += piece.len();
        }
        if written > 0 {
            next = connection.transmitted(written);
            continue;
        }
        match next {
            Next::Wait => return false,
            Next::GoOn => {
                turn.list(key);
                return false;
            }
            _ => {
                turn.close(key);
                return true;
            }
        }
    }
}

pub(crate) const PLAIN: &[u8] = b"GET /plain HTTP/1.1\r\nHost: a\r\n\r\n";

/// How a handler takes its content.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Taker {
    Quick,
    Yielding,
    Slow,
    Collecting,
    Elsewhere,
}

const TAKERS: [Taker; 5] =
    [Taker::Quick, Taker::Yielding, Taker::Slow, Taker::Collecting, Taker::Elsewhere];

async fn take(taker: Taker, mut content: ContentStream) -> Result<String, Error> {
    let mut all = Vec::new();
    match taker {
        Taker::Collecting => all.extend_from_slice(&content.collect(usize::MAX).await?),
        Taker::Elsewhere => {
            let taking = spawn(async move {
                let mut all = Vec::new();
                while let Some(piece) = content.next().await {
                    all.extend_from_slice(&piece?);
                }
                Ok::<_, RequestError>((all, content))
            });
            (all, content) = taking.await??;
        }
        _ => {
            while let Some(piece) = content.next().await {
                all.extend_from_slice(&piece?);
                match taker {
                    Taker::Yielding => yield_now().await,
                    Taker::Slow => sleep(Duration::from_millis(1)).await,
                    _ => {}
                }
            }
        }
    }
    let trailers: Vec<String> = content
        .trailers()
        .iter()
        .map(|field| format!("{}={}", field.name.escape_ascii(), field.value.escape_ascii()))
        .collect();
    Ok(told(&all, &trailers.join(",")))
}

fn told(content: &[u8], trailers: &str) -> String {
    let sum = content
        .iter()
        .fold(0u32, |sum, &octet| sum.wrapping_mul(31).wrapping_add(u32::from(octet)));
    format!("{} {sum:08x} {trailers}", content.len())
}

pub(crate) fn app(taker: Taker, window: usize) -> App {
    let upload = move |_: OwnedRequest, content: ContentStream| take(taker, content);
    App::new()
        .get("/plain", |_: &Request<'_>| "plain")
        .put("/upload", Endpoint::new(upload).content_limit(8 << 30).content_window(window))
        .put(
            "/echo",
            Endpoint::new(|_: OwnedRequest, content: ContentStream| async { Body::from(content) })
                .content_limit(8 << 30)
                .content_window(window),
        )
}

/// A request with content: by its length, or in chunks of `chunk` octets with a trailer behind them.
pub(crate) fn request(target: &str, content: &[u8], chunk: usize, more: &str) -> Vec<u8> {
    let mut octets = format!("PUT {target} HTTP/1.1\r\nHost: a\r\n{more}").into_bytes();
    if chunk == 0 {
        octets.extend_from_slice(format!("Content-Length: {}\r\n\r\n", content.len()).as_bytes());
        octets.extend_from_slice(content);
        return octets;
    }
    octets.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
    for piece in content.chunks(chunk) {
        octets.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        octets.extend_from_slice(piece);
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(b"0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n");
    octets
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn content_is_taken_in_full_whatever_pieces_it_comes_in(
        length in 0usize..3000,
        chunk in prop::sample::select(vec![0usize, 1, 7, 100, 5000]),
        window in 1usize..600,
        most in 1usize..700,
        taker in prop::sample::select(TAKERS.to_vec()),
        echo in any::<bool>(),
        chunked_answer in any::<bool>(),
    ) {
        let content: Vec<u8> = (0..length).map(|at| b'a' + (at % 26) as u8).collect();
        let target = if echo { "/echo" } else { "/upload" };
        let upload = request(target, &content, chunk, "");
        let second = request("/upload", b"abc", if chunked_answer { 2 } else { 0 }, "");
        let burst = [PLAIN, &upload, PLAIN, &second, PLAIN].concat();
        let mut rig = Rig::new(app(taker, window));
        rig.give_all(&burst, most);
        rig.settle();
        let trailers = |chunk: usize| if chunk > 0 { "X-Sum=1,X-Sum=2" } else { "" };
        let first = if echo {
            String::from_utf8_lossy(&content).into_owned()
        } else {
            told(&content, trailers(chunk))
        };
        let second = told(b"abc", trailers(usize::from(chunked_answer)));
        let expected = ["plain", &first, "plain", &second, "plain"].map(|it| format!("200 {it}"));
        prop_assert_eq!(rig.texts(), expected);
        prop_assert_eq!(rig.state(), Some(State::Idle));
    }
}

/// A gate that handlers wait at.
#[derive(Clone, Default)]
struct Permits(Arc<AtomicUsize>);

impl Permits {
    async fn wait(&self) {
        while self.0.load(Ordering::SeqCst) == 0 {
            sleep(Duration::from_millis(1)).await;
        }
    }

    fn open(&self) {
        self.0.store(1, Ordering::SeqCst);
    }
}

#[test]
fn nothing_is_read_before_content_is_asked_for_and_then_the_window() {
    let (asks, goes_on) = (Permits::default(), Permits::default());
    let (first, second) = (asks.clone(), goes_on.clone());
    let upload = move |_: OwnedRequest, mut content: ContentStream| {
        let (asks, goes_on) = (first.clone(), second.clone());
        async move {
            asks.wait().await;
            let piece = content.next().await.unwrap().unwrap();
            goes_on.wait().await;
            let rest = content.collect(usize::MAX).await.unwrap();
            format!("{}", piece.len() + rest.len())
        }
    };
    let app = App::new()
        .get("/plain", |_: &Request<'_>| "plain")
        .put("/upload", Endpoint::new(upload).content_limit(8 << 30).content_window(1000));
    let mut rig = Rig::new(app);
    let burst = [PLAIN, &request("/upload", &[b'x'; 10_000_000], 0, ""), PLAIN].concat();
    let mut given = rig.give(&burst, 100);
    assert!(given < 300, "{given}");
    assert_eq!(rig.state(), Some(State::Held));
    assert_eq!(rig.give(&burst[given..], 100), 0);
    // Our side takes nothing, so no deadline runs.
    rig.pass(Duration::from_secs(3600));
    assert_eq!(rig.state(), Some(State::Held));

    asks.open();
    rig.pass(Duration::from_millis(2));
    for _ in 0..10 {
        given += rig.give(&burst[given..], 100);
        rig.pass(Duration::from_millis(1));
    }
    assert!((1000..1500).contains(&given), "{given}");
    assert_eq!(rig.state(), Some(State::Held));
    rig.pass(Duration::from_secs(3600));
    goes_on.open();
    rig.pass(Duration::from_millis(2));
    rig.give_all(&burst[given..], 65_536);
    rig.settle();
    assert_eq!(rig.texts(), ["200 plain", "200 10000000", "200 plain"]);
}

#[test]
fn a_client_that_asks_first_is_told_when_its_content_is_asked_for_or_by_the_answer_alone() {
    let asks = Permits::default();
    let gate = asks.clone();
    let app = App::new()
        .get("/plain", |_: &Request<'_>| "plain")
        .put("/never", |_: OwnedRequest, _: ContentStream| async { Status::FORBIDDEN })
        .put("/late", move |_: OwnedRequest, mut content: ContentStream| {
            let asks = gate.clone();
            async move {
                asks.wait().await;
                content.collect(100).await.map(|all| all.len().to_string())
            }
        })
        .put("/now", |_: OwnedRequest, mut content: ContentStream| async move {
            content.collect(100).await.map(|all| all.len().to_string())
        });
    let mut rig = Rig::new(app);
    let expect = "Expect: 100-continue\r\n";
    for target in ["/now", "/late"] {
        let octets = request(target, b"content", 0, expect);
        let (head, content) = octets.split_at(octets.len() - 7);
        rig.received.clear();
        rig.give_all(&[PLAIN, head].concat(), 65_536);
        if target == "/late" {
            assert_eq!(rig.texts(), ["200 plain"]);
            asks.open();
            rig.pass(Duration::from_millis(2));
        }
        assert_eq!(rig.texts(), ["200 plain", "100 "]);
        rig.give_all(&[content, PLAIN].concat(), 3);
        assert_eq!(rig.texts(), ["200 plain", "100 ", "200 7", "200 plain"]);
    }
    rig.received.clear();
    let octets = request("/never", b"content", 0, expect);
    rig.give_all(&[PLAIN, &octets[..octets.len() - 7]].concat(), 65_536);
    assert_eq!(
        rig.answers(),
        [(200, "plain".into(), false), (403, String::new(), true)],
        "by the final status alone, and it may or may not send its content"
    );
}

#[test]
fn behind_an_early_answer_the_rest_is_drained_or_the_connection_closes() {
    let app = || {
        App::new()
            .limits(Limits { drain: 1000, ..Limits::DEFAULT })
            .get("/plain", |_: &Request<'_>| "plain")
            .put("/early", |_: OwnedRequest, _: ContentStream| async { "early" })
            .put("/first", |_: OwnedRequest, mut content: ContentStream| async move {
                let first = content.next().await.unwrap().unwrap();
                format!("{}", !first.is_empty())
            })
            .put("/panics", |_: OwnedRequest, mut content: ContentStream| async move {
                let _ = content.next().await;
                if content.length() != Some(1 << 40) {
                    panic!("{}", crate::simulation::ON_PURPOSE);
                }
            })
            .put("/drops", |_: OwnedRequest, mut content: ContentStream| async move {
                let _ = content.next().await;
                drop(content);
                sleep(Duration::from_millis(5)).await;
                "dropped"
            })
    };
    crate::quiet();
    for (target, answer) in [
        ("/early", "200 early"),
        ("/first", "200 true"),
        ("/panics", "500 Internal Server Error"),
        ("/drops", "200 dropped"),
    ] {
        for chunk in [0, 64] {
            // Little is drained, and what stands behind it is answered.
            let mut rig = Rig::new(app());
            let burst = [PLAIN, &request(target, &[b'x'; 500], chunk, ""), PLAIN].concat();
            rig.give_all(&burst, 50);
            rig.settle();
            assert_eq!(rig.texts(), ["200 plain", answer, "200 plain"], "{target} {chunk}");

            // Much is not.
            let mut rig = Rig::new(app());
            let burst = [PLAIN, &request(target, &[b'x'; 100_000], chunk, ""), PLAIN].concat();
            let mut given = 0;
            for _ in 0..100 {
                given += rig.give(&burst[given..], 50);
                rig.pass(Duration::from_millis(1));
            }
            assert!(given < 10_000, "{target} {chunk}: {given}");
            assert_eq!(rig.texts(), ["200 plain", answer], "{target} {chunk}");
            assert!(rig.ended);
            assert!(chunk > 0 || rig.answers()[1].2, "a close that is known is told");
        }
    }
}

type Seen = Arc<Mutex<Vec<Result<usize, RequestError>>>>;

/// Handlers that tell what they have seen of their content, and pass errors on.
fn watched(seen: &Seen) -> App {
    let seen = seen.clone();
    let upload = move |_: OwnedRequest, mut content: ContentStream| {
        let seen = seen.clone();
        async move {
            let mut octets = 0;
            while let Some(piece) = content.next().await {
                let piece = piece.inspect_err(|error| {
                    seen.lock().unwrap().push(Err(error.clone()));
                })?;
                octets += piece.len();
            }
            assert!(content.next().await.is_none());
            seen.lock().unwrap().push(Ok(octets));
            Ok::<_, RequestError>(octets.to_string())
        }
    };
    App::new()
        .get("/plain", |_: &Request<'_>| "plain")
        .put("/upload", Endpoint::new(upload).content_limit(100))
}

#[test]
fn what_is_wrong_with_content_is_told_to_its_handler_whose_answer_has_the_status() {
    let head = "PUT /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (content, status) in [
        ("5\r\nhello\r\nx\r\n", 400),
        ("5\r\nhello\r\n60\r\n", 413),
        ("5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n", 400),
    ] {
        for shaped in [false, true] {
            let seen = Seen::default();
            let app = watched(&seen);
            let app = if shaped {
                app.after(|_: &Request<'_>, res: &mut Response<'_>| {
                    res.header("X-After", "1");
                })
            } else {
                app
            };
            let mut rig = Rig::new(app);
            rig.give_all(&[PLAIN, head.as_bytes(), content.as_bytes(), PLAIN].concat(), 7);
            rig.settle();
            let answers = rig.answers();
            assert_eq!(answers.len(), 2, "{answers:?}");
            assert_eq!((answers[1].0, answers[1].2), (status, true), "{answers:?}");
            assert!(rig.ended);
            let seen = seen.lock().unwrap();
            let [Err(error)] = &seen[..] else { panic!("{seen:?}") };
            assert_eq!(error.status().as_u16(), status);
        }
    }
    // More than is taken, by its length: the handler is not asked.
    let seen = Seen::default();
    let mut rig = Rig::new(watched(&seen));
    rig.give_all(&request("/upload", &[b'x'; 101], 0, ""), 65_536);
    assert_eq!(rig.answers()[0].0, 413);
    assert!(seen.lock().unwrap().is_empty());
}

#[test]
fn a_peer_that_goes_away_or_is_late_is_told_of() {
    // Late: the handler is told, and its answer is 408.
    let seen = Seen::default();
    let mut rig = Rig::new(watched(&seen));
    let octets = request("/upload", &[b'x'; 10], 0, "");
    rig.give_all(&[PLAIN, &octets[..octets.len() - 5]].concat(), 65_536);
    assert_eq!(rig.state(), Some(State::Content));
    for _ in 0..40 {
        rig.pass(Duration::from_secs(1));
    }
    assert_eq!(rig.answers()[1..], [(408, rig.answers()[1].1.clone(), true)]);
    assert_eq!(*seen.lock().unwrap(), [Err(RequestError::Late)]);

    // Gone: whoever takes content elsewhere is told.
    let seen = Seen::default();
    let taker = seen.clone();
    let app = App::new().put("/away", move |_: OwnedRequest, mut content: ContentStream| {
        let seen = taker.clone();
        let thread = std::thread::spawn(move || {
            loop {
                let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
                match content.poll_next(&mut cx) {
                    std::task::Poll::Pending => std::thread::yield_now(),
                    std::task::Poll::Ready(Some(piece)) => {
                        seen.lock().unwrap().push(piece.map(|piece| piece.len()));
                    }
                    std::task::Poll::Ready(None) => return,
                }
            }
        });
        async move {
            while !thread.is_finished() {
                sleep(Duration::from_millis(1)).await;
            }
        }
    });
    let mut rig = Rig::new(app);
    let octets = request("/away", &[b'x'; 10], 0, "");
    rig.give_all(&octets[..octets.len() - 10], 65_536);
    let began = std::time::Instant::now();
    while !rig.wants_read() {
        assert!(began.elapsed() < Duration::from_secs(20));
        rig.run();
    }
    rig.give_all(b"xxxxx", 65_536);
    while seen.lock().unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    rig.end();
    while seen.lock().unwrap().len() < 2 {
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    assert_eq!(*seen.lock().unwrap(), [Ok(5), Err(RequestError::Cut)]);
    assert!(rig.ended && rig.received.is_empty());
}

#[test]
fn hooks_may_wait_for_content_that_the_handler_takes_then() {
    async fn read(req: &mut OwnedRequest) -> Result<(), RequestError> {
        req.read_content().await?;
        assert_eq!(req.bytes(), b"content");
        Ok(())
    }
    async fn unread(req: &mut OwnedRequest) {
        sleep(Duration::from_millis(1)).await;
        assert!(req.text().is_err());
    }
    let upload = |req: OwnedRequest, mut content: ContentStream| async move {
        assert!(req.text() == Err(RequestError::Unread));
        let all = content.collect(7).await?;
        Ok::<_, RequestError>(format!("{} {}", all.escape_ascii(), content.trailers().len()))
    };
    for hook in 0..3 {
        for (chunk, trailers) in [(0, 0), (100, 2)] {
            for most in [1, 10, 65_536] {
                let app = match hook {
                    0 => App::scope().before(read),
                    1 => App::scope().before(unread),
                    _ => App::scope().before(unread).around(
                        async |req: OwnedRequest, next: rajada_mio::Next| next.run(req).await,
                    ),
                };
                let app = App::new()
                    .get("/plain", |_: &Request<'_>| "plain")
                    .nest("/n", app.put("/upload", Endpoint::new(upload).content_window(100)));
                let mut rig = Rig::new(app);
                let burst = [
                    PLAIN,
                    &request("/n/upload", b"content", chunk, "Expect: 100-continue\r\n"),
                    PLAIN,
                ]
                .concat();
                rig.give_all(&burst, most);
                rig.settle();
                let mut texts = rig.texts();
                texts.retain(|text| text != "100 ");
                let told = format!("200 content {trailers}");
                assert_eq!(texts, ["200 plain", &told, "200 plain"], "{hook} {chunk} {most}");
            }
        }
    }
}

#[test]
fn what_takes_no_content_or_hold_of_it_later_is_over_at_once() {
    let app = || {
        App::new().get("/plain", |_: &Request<'_>| "plain").any(
            "/upload",
            |_: OwnedRequest, mut content: ContentStream| async move {
                let all = content.collect(10).await?;
                Ok::<_, RequestError>(format!("{} {:?}", all.len(), content.length()))
            },
        )
    };
    for (head, told) in [
        ("GET /upload HTTP/1.1\r\nHost: a\r\n\r\n", "200 0 Some(0)"),
        ("GET /upload HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "200 0 Some(0)"),
        ("PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "200 0 Some(0)"),
        (
            "PUT /upload HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nab",
            "200 2 Some(2)",
        ),
        (
            "PUT /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "200 0 None",
        ),
    ] {
        for most in [1, 65_536] {
            let mut rig = Rig::new(app());
            rig.give_all(&[PLAIN, head.as_bytes(), PLAIN].concat(), most);
            rig.settle();
            assert_eq!(rig.texts(), ["200 plain", told, "200 plain"], "{head}");
        }
    }
}

#[test]
fn a_handler_that_neither_takes_nor_waits_for_content_is_out_of_time() {
    let app = App::new()
        .deadlines(Deadlines { handler: Some(Duration::from_secs(5)), ..Deadlines::DEFAULT })
        .put("/upload", |_: OwnedRequest, mut content: ContentStream| async move {
            let mut octets = 0;
            while let Some(Ok(piece)) = content.next().await {
                octets += piece.len();
                if octets > 50 {
                    sleep(Duration::from_secs(3600)).await;
                }
            }
        });
    let mut rig = Rig::new(app);
    rig.give_all(&request("/upload", &[b'x'; 1000], 0, "")[..80], 65_536);
    for _ in 0..30 {
        // It waits for us.
        rig.give_all(b"", 1);
        rig.pass(Duration::from_millis(900));
    }
    assert!(rig.received.is_empty());
    rig.give_all(&[b'x'; 100], 65_536);
    for _ in 0..10 {
        rig.pass(Duration::from_millis(900));
    }
    assert_eq!(rig.answers()[0].0, 503);
}

#[test]
fn an_answer_may_be_made_of_content_while_that_arrives() {
    let mut rig = Rig::new(app(Taker::Quick, 100));
    let content: Vec<u8> = (0..100_000u32).map(|at| b'a' + (at % 26) as u8).collect();
    for chunk in [0, 999] {
        rig.received.clear();
        let burst = [PLAIN, &request("/echo", &content, chunk, ""), PLAIN].concat();
        let mut given = rig.give(&burst[..burst.len() / 2], 100);
        assert!(given > 1000, "{given}");
        assert!(rig.received.len() > given / 2, "it leaves while more is to come");
        while given < burst.len() {
            let more = rig.give(&burst[given..], 100);
            given += more;
            rig.pass(Duration::from_millis(1));
            if rig.ended {
                break;
            }
        }
        rig.settle();
        let echoed = format!("200 {}", std::str::from_utf8(&content).unwrap());
        let texts = rig.texts();
        assert!(texts == ["200 plain", &echoed, "200 plain"], "{chunk}: {}", texts.len());
    }
    // While nobody reads the answer, no more than is bounded is read.
    let mut rig = Rig::new(app(Taker::Quick, 100));
    rig.stuck = true;
    let given = rig.give(&request("/echo", &[b'x'; 1_000_000], 0, ""), 1000);
    assert!(given < 200_000, "{given}");
}
