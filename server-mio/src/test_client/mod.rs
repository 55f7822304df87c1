//! An application asked in process, without sockets.

mod request;
mod response;

pub use request::{TestCall, TestRequest};
pub use response::TestResponse;

use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rajada_pipeline::{Burst, Phase};

use crate::App;
use crate::app::Shared;
use crate::runtime::{BlockingPool, Runtime, WakeQueue};
use crate::service::{Around, Exchange, Service, Stop, flush};

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
/// assert_eq!((answer.status().code(), answer.text()), (200, "Hello world!"));
/// assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
///
/// // A burst: all requests at once, the answers in their order.
/// let answers = client.send_all(["/slow", "/user/7"].map(rajada_mio::TestRequest::get));
/// assert_eq!(answers[0].text(), "at last");
/// assert_eq!(answers[1].text(), "7");
/// ```
pub struct TestClient {
    service: Service,
    runtime: Rc<Runtime>,
    bell: Arc<Bell>,
    exchange: Exchange,
    /// The beginning of a request that the last call has left.
    rest: Vec<u8>,
    woken: Vec<u32>,
    octets: Vec<u8>,
}

/// How long an answer may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// What wakes a client that waits for a handler.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    ring: Condvar,
}

/// Whose requests they are, as handlers see it.
const PEER: std::net::SocketAddr =
    std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

impl TestClient {
    /// A client of an application. Its start hooks run.
    ///
    /// # Panics
    /// If a route can't be served.
    pub fn new(app: App) -> TestClient {
        let shared = match Shared::new(app) {
            Ok(shared) => Arc::new(shared),
            Err(error) => panic!("{error}"),
        };
        let bell = Arc::new(Bell::default());
        let queue = WakeQueue::new({
            let bell = bell.clone();
            move || bell.ring()
        });
        let runtime = Runtime::new(
            BlockingPool::new(shared.settings.blocking_threads),
            shared.settings.ambient.clone(),
        );
        let service = Service::new(shared.clone(), runtime.clone(), queue);
        let entered = runtime.enter();
        shared.start.iter().for_each(|hook| hook(&mut runtime.locals().borrow_mut()));
        drop(entered);
        let exchange = Exchange::new(0);
        TestClient {
            service,
            runtime,
            bell,
            exchange,
            rest: Vec::new(),
            woken: Vec::new(),
            octets: Vec::new(),
        }
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

    /// Sends requests in one burst and gives their answers in order.
    ///
    /// # Panics
    /// If there are fewer answers than requests, as behind one that closes the connection, or an answer is malformed.
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
        let runtime = self.runtime.clone();
        let entered = runtime.enter();
        if self.exchange.pipeline.phase() == Phase::Closed {
            self.reconnect();
        }
        self.service.tick(Instant::now());
        let mut kept = core::mem::take(&mut self.rest);
        let mut burst = Burst::new(if kept.is_empty() {
            sent
        } else {
            kept.extend_from_slice(sent);
            &kept
        });
        let shared = self.service.shared.clone();
        let around = Around { shared: &shared, peer: &PEER };
        loop {
            let stop = self.service.receive(around, &mut self.exchange, &mut burst, received);
            self.finish_handlers(received);
            if !matches!(stop, Ok(Stop::Paused)) {
                break;
            }
        }
        self.rest = burst.rest().to_vec();
        self.service.reclaim(&mut self.exchange);
        drop(entered);
    }

    /// A new connection, instead of the one there was.
    pub fn reconnect(&mut self) {
        let runtime = self.runtime.clone();
        let entered = runtime.enter();
        self.service.cancel_all(&mut self.exchange);
        self.exchange = Exchange::new(self.exchange.key + 1);
        self.rest.clear();
        drop(entered);
    }

    fn call(&mut self, request: TestRequest) -> TestCall<'_> {
        TestCall { client: self, request }
    }

    /// Runs tasks until nothing is owed to the connection.
    fn finish_handlers(&mut self, received: &mut Vec<u8>) {
        let began = Instant::now();
        loop {
            self.run_tasks();
            // Nothing is written to but memory.
            let _ = flush(&mut self.exchange, received);
            self.service.tell_sent(&mut self.exchange);
            if self.exchange.at_work() == 0 {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "a handler does not answer");
            if self.service.executor.queue().fall_asleep() {
                let until = self.runtime.until_timer(Instant::now()).unwrap_or(PATIENCE);
                self.bell.wait(until.min(PATIENCE));
            }
            self.service.executor.queue().wake_up();
            self.runtime.fire_timers(Instant::now());
        }
    }

    fn run_tasks(&mut self) {
        self.service.adopt_spawned();
        self.service.executor.queue().take(&mut self.woken);
        for task in core::mem::take(&mut self.woken) {
            match self.service.executor.connection_of(task) {
                None => self.service.resume_spawned(task),
                Some(key) if key == self.exchange.key => {
                    self.service.resume(&mut self.exchange, task);
                }
                Some(_) => {}
            }
        }
    }
}

impl Bell {
    fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ring.notify_one();
    }

    fn wait(&self, time: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut rung, _) = self
            .ring
            .wait_timeout_while(rung, time, |rung| !*rung)
            .unwrap_or_else(PoisonError::into_inner);
        *rung = false;
    }
}

impl Drop for TestClient {
    fn drop(&mut self) {
        let entered = self.runtime.enter();
        self.service.cancel_all(&mut self.exchange);
        self.service.drop_tasks();
        let shared = self.service.shared.clone();
        shared.stop.iter().for_each(|hook| hook(&mut self.runtime.locals().borrow_mut()));
        drop(entered);
    }
}

impl core::fmt::Debug for TestClient {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TestClient").finish_non_exhaustive()
    }
}
