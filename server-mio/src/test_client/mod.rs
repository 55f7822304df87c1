//! An application asked in process, without sockets.

mod bell;
mod connection;
mod request;
mod response;
#[cfg(feature = "websocket")]
mod socket;

pub use request::{TestCall, TestRequest};
pub use response::TestResponse;
#[cfg(feature = "websocket")]
pub use socket::TestSocket;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::app::Ambient;
use crate::driver::State;
use crate::{App, Clock, Peer};
use connection::InMemory;

/// Asks an application in process: the whole way of a request but the sockets, one connection at a time.
///
/// ```
/// use rajada_mio::{App, OwnedRequest, Request, Response, TestClient, sleep};
/// use std::time::Duration;
///
/// let app = App::new()
///     .get("/", |_: &Request| "Hello world!")
///     .get("/user/{id}", |req: &Request, res: &mut Response| res.text(req.param("id")))
///     .get("/slow", |_: OwnedRequest| async {
///         sleep(Duration::from_millis(5)).await;
///         "at last"
///     });
/// let mut client = TestClient::new(app);
///
/// let answer = client.get("/").send();
/// assert_eq!((answer.status().as_u16(), answer.text()), (200, "Hello world!"));
/// assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
///
/// // A burst: all requests at once, the answers in their order.
/// let answers = client.send_all(["/slow", "/user/7"].map(rajada_mio::TestRequest::get));
/// assert_eq!(answers[0].text(), "at last");
/// assert_eq!(answers[1].text(), "7");
/// ```
///
/// With a clock of its own nobody has to wait, and time passes when the test says so:
///
/// ```
/// use rajada_mio::{App, Clock, OwnedRequest, TestClient, sleep};
/// use std::time::Duration;
///
/// let app = App::new().get("/tomorrow", |_: OwnedRequest| async {
///     sleep(Duration::from_secs(86_400)).await;
///     "a day later"
/// });
/// let mut client = TestClient::with_clock(app, Clock::manual());
/// assert_eq!(client.get("/tomorrow").send().text(), "a day later");
///
/// let mut received = Vec::new();
/// client.exchange(b"GET /tomorrow HTTP/1.1\r\nHost:", &mut received);
/// client.advance(Duration::from_secs(15), &mut received);
/// assert!(received.starts_with(b"HTTP/1.1 408 "));
/// ```
pub struct TestClient {
    ambient: Ambient,
    connection: InMemory,
    octets: Vec<u8>,
}

/// Whose requests they are, as handlers see it.
const PEER: Peer = Peer::Inet(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0));

impl TestClient {
    /// A client of an application. Its start hooks run.
    ///
    /// # Panics
    /// If a route can't be served.
    pub fn new(app: App) -> TestClient {
        TestClient::with_clock(app, Clock::system())
    }

    /// The same with a clock. While a client with a [manual](Clock::manual) one waits for a handler that waits for a
    /// time, that time comes at once.
    ///
    /// # Panics
    /// If a route can't be served.
    pub fn with_clock(app: App, clock: Clock) -> TestClient {
        let app = match app.prepare() {
            Ok(app) => app,
            Err(error) => panic!("{error}"),
        };
        let ambient = app.shared().settings.ambient.clone();
        let connection = {
            let _entered = ambient.enter();
            InMemory::new(&app, clock)
        };
        TestClient { ambient, connection, octets: Vec::new() }
    }

    /// Begins a `GET`.
    pub fn get(&mut self, target: &str) -> TestCall<'_> {
        self.call(TestRequest::get(target))
    }

    /// Begins a `POST`.
    pub fn post(&mut self, target: &str) -> TestCall<'_> {
        self.call(TestRequest::post(target))
    }

    /// Begins a request with any method.
    pub fn request(&mut self, method: &str, target: &str) -> TestCall<'_> {
        self.call(TestRequest::new(method, target))
    }

    fn call(&mut self, request: TestRequest) -> TestCall<'_> {
        TestCall { client: self, request }
    }

    /// Sends requests in one burst and gives their answers in order.
    ///
    /// # Panics
    /// If there are fewer answers than requests, as behind one that closes the connection, or an answer is malformed; and
    /// if a request can't be sent: its method or the name of a header is no token, its target is empty or holds spaces,
    /// controls, `#` or what is not ASCII, or the value of a header holds controls.
    pub fn send_all(
        &mut self,
        requests: impl IntoIterator<Item = TestRequest>,
    ) -> Vec<TestResponse> {
        let mut sent = Vec::new();
        let mut methods = Vec::new();
        for request in requests {
            request.encode(&mut sent);
            methods.push(request.method);
        }
        let mut received = core::mem::take(&mut self.octets);
        received.clear();
        self.exchange(&sent, &mut received);
        let answers = TestResponse::parse_all(&received, &methods);
        self.octets = received;
        answers
    }

    /// Gives the server octets, and adds what it answers to `received`: everything, once no handler is at work any
    /// more. Octets may be any part of any number of requests; what is left of one belongs to the next call.
    ///
    /// # Panics
    /// If a handler takes longer than half a minute.
    pub fn exchange(&mut self, sent: &[u8], received: &mut Vec<u8>) {
        let ambient = self.ambient.clone();
        let _entered = ambient.enter();
        self.connection.send(PEER, sent, received);
        self.connection.finish(received);
    }

    /// Gives the server octets, unless the connection is gone, and adds what it answers at once to `received`.
    #[cfg(feature = "websocket")]
    fn give(&mut self, sent: &[u8], received: &mut Vec<u8>) {
        let ambient = self.ambient.clone();
        let _entered = ambient.enter();
        if self.connection.is_open() {
            self.connection.send(PEER, sent, received);
        }
        self.connection.run(received);
    }

    /// Waits for something to happen, and adds what the server sends to `received`. False if there is no connection.
    #[cfg(feature = "websocket")]
    fn wait(&mut self, received: &mut Vec<u8>) -> bool {
        let ambient = self.ambient.clone();
        let _entered = ambient.enter();
        self.connection.wait(received)
    }

    /// Lets time pass on a [manual](Clock::manual) clock, and adds what the server sends to `received`: deadlines
    /// are kept.
    pub fn advance(&mut self, time: Duration, received: &mut Vec<u8>) {
        let ambient = self.ambient.clone();
        let _entered = ambient.enter();
        // In steps, as a server looks after its connections: what a look finds counts from then on.
        const STEPS: u32 = 16;
        for _ in 0..STEPS {
            self.connection.clock().advance(time / STEPS);
            self.connection.run(received);
        }
    }

    /// What the connection waits for; nothing if there is none.
    pub fn state(&mut self) -> Option<State> {
        self.connection.state()
    }

    /// Ends the client's side of the connection, and adds what the server still sends to `received`.
    pub fn end(&mut self, received: &mut Vec<u8>) {
        let ambient = self.ambient.clone();
        let _entered = ambient.enter();
        self.connection.send_end(received);
        self.connection.run(received);
    }

    /// A new connection, instead of the one there was.
    pub fn reconnect(&mut self) {
        self.connection.close();
    }
}

impl core::fmt::Debug for TestClient {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TestClient").finish_non_exhaustive()
    }
}
