//! A reverse proxy over blocking sockets: both sides of the crate, `std::net`, and of `socket2` what
//! resets a connection.
//!
//! Each in a terminal of its own:
//!
//! ```text
//! cargo run -p rajada-pipeline --example blocking -- 127.0.0.1:8080
//! cargo run -p rajada-pipeline --example proxy -- 127.0.0.1:8081 127.0.0.1:8080
//! curl -vd hello http://127.0.0.1:8081/
//! ```
//!
//! Each client has a connection of its own to the server, made at its first request, and two
//! threads: one receives requests, one responses. They share an [`Exchange`], behind a lock that is
//! not held while octets are read or written. When the server closes, so does the proxy, which
//! sends nothing twice: the client knows which requests it may repeat (RFC 9112 section 9.3.2).
//! Trailers are left out (RFC 9112 section 7.1.2), and no upgrade is offered to the server.

mod exchange;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, Builder, Scope};
use std::time::{Duration, Instant, SystemTime};

use exchange::{Exchange, request_head};
use rajada_parser::{Config, Positions, date};
use rajada_pipeline::client::Event as Answer;
use rajada_pipeline::{Burst, Event, Phase, Settings};
use socket2::SockRef;

/// Octets of each buffer, which must hold the largest head.
const BUFFER: usize = 128 * 1024;
/// Clients at a time: a bound on memory, and the end of a proxy that is its own server.
const CLIENTS: usize = 256;
/// At most so long a thread waits before it looks at the time.
const TICK: Duration = Duration::from_millis(500);

fn main() -> io::Result<()> {
    let arguments: Vec<_> = std::env::args().collect();
    let [_, listen, server] = &arguments[..] else {
        return Err(io::Error::other(
            "usage: proxy <address to listen at> <address of the server>",
        ));
    };
    let listener = TcpListener::bind(listen)?;
    // Whether that is heard or not, it listens: `println!` would panic without a reader.
    let _ = writeln!(io::stdout(), "listening on http://{}", listener.local_addr()?);
    serve(&listener, server.parse().map_err(io::Error::other)?, Duration::from_secs(30));
    Ok(())
}

/// Says what went wrong, if anybody hears it.
fn say(what: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{what}");
}

/// Forwards to `server`. A peer that does nothing for longer than `patience` is given up.
pub(crate) fn serve(listener: &TcpListener, server: SocketAddr, patience: Duration) {
    let clients = Arc::new(());
    for client in listener.incoming() {
        let counted = clients.clone();
        let Some(client) = client.ok().filter(|_| Arc::strong_count(&clients) <= CLIENTS + 1)
        else {
            // The next one may have to wait for a descriptor.
            thread::sleep(Duration::from_millis(1));
            continue;
        };
        let served = Builder::new().spawn(move || {
            let _counted = counted;
            if let Err(error) = Proxy::new(client, server, patience).run() {
                say(error);
            }
        });
        if let Err(error) = served {
            say(error);
        }
    }
}

/// One client, and its connection to the server.
struct Proxy {
    client: TcpStream,
    server: OnceLock<TcpStream>,
    address: SocketAddr,
    patience: Duration,
    settings: Settings,
    exchange: Mutex<Exchange>,
    /// Octets have left or come, which the other thread may wait for.
    changed: Condvar,
    /// Held by who writes to the client, so that octets stay in order.
    writing: Mutex<()>,
}

impl Proxy {
    fn new(client: TcpStream, address: SocketAddr, patience: Duration) -> Self {
        let mut settings = Settings::default();
        // It passes through, and costs no memory.
        settings.content = u64::MAX;
        // They are forwarded in order, on one connection: the server sees to their effects.
        settings.unsafe_in_parallel = true;
        Self {
            client,
            server: OnceLock::new(),
            address,
            patience,
            exchange: Mutex::new(Exchange::new(&settings)),
            settings,
            changed: Condvar::new(),
            writing: Mutex::new(()),
        }
    }

    fn run(&self) -> io::Result<()> {
        self.prepare(&self.client)?;
        thread::scope(|scope| {
            let ended = self.receive_requests(scope);
            // The other thread reads from it, and ends.
            self.server.get().map(|server| server.shutdown(Shutdown::Both));
            // What was taken for the client is written first.
            let turn = self.writing.lock();
            let exchange = self.lock();
            if exchange.gone || exchange.pipeline.wants_reset() {
                // An end in order would make an answer look complete that is not.
                SockRef::from(&self.client).set_linger(Some(Duration::ZERO))?;
                return ended;
            }
            drop((exchange, turn));
            ended?;
            self.linger()
        })
    }

    fn prepare(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TICK.min(self.patience)))?;
        stream.set_write_timeout(Some(self.patience))
    }

    fn receive_requests<'s>(&'s self, scope: &'s Scope<'s, '_>) -> io::Result<()> {
        let (mut buffer, mut filled) = (vec![0; BUFFER], 0);
        let (mut slots, mut settings) = (Positions::<100>::new(), self.settings.clone());
        let (mut progress, mut since) = ((Phase::Idle, 0), Instant::now());
        let mut exchange = self.lock();
        while exchange.pipeline.phase() != Phase::Closed {
            drop(exchange);
            let read = read(&self.client, &mut buffer[filled..])?;
            settings.set_date(&today());
            exchange = self.lock();
            match read {
                Some(0) => drop(exchange.pipeline.receive_eof()),
                count => filled += count.unwrap_or(0),
            }
            let mut burst = Burst::new(&buffer[..filled]);
            loop {
                let between = matches!(exchange.pipeline.phase(), Phase::Idle | Phase::Head);
                if between && !burst.rest().is_empty() && !exchange.upstream.wants_request() {
                    // A bound is reached, or the last request is not idempotent.
                    exchange = self.wait(exchange, |exchange| exchange.upstream.wants_request())?;
                    since = Instant::now();
                }
                match exchange.pipeline.receive(&settings, &mut burst, &mut slots) {
                    Event::Request { ticket, request, content, expects_continue, .. } => {
                        let id = ticket.id();
                        let asked = self.connect(scope).and_then(|()| {
                            let head = request_head(request, self.address)?;
                            exchange.ask(ticket, head, content, expects_continue)
                        });
                        if let Err(status) = asked {
                            let _ = exchange.pipeline.fail(&settings, id, status);
                        }
                    }
                    Event::Data(data) => {
                        exchange.begin();
                        drop(exchange);
                        self.send_to_server();
                        exchange = self.lock();
                        exchange.send(data);
                    }
                    Event::EndOfMessage { .. } => exchange.finish_request(),
                    Event::Malformed(offence) => say(format_args!("client: {offence}")),
                    Event::Paused => {
                        exchange =
                            self.wait(exchange, |exchange| exchange.pipeline.wants_read())?;
                        since = Instant::now();
                    }
                    _ => break,
                }
            }
            let consumed = burst.consumed();
            buffer.copy_within(consumed..filled, 0);
            filled -= consumed;

            let phase = exchange.pipeline.phase();
            let now = (phase, exchange.pipeline.octets_received());
            if now != progress || (phase == Phase::Idle && exchange.pipeline.in_flight() > 0) {
                (progress, since) = (now, Instant::now());
            } else if since.elapsed() >= self.patience {
                match phase {
                    // As if the client had ended it.
                    Phase::Idle => drop(exchange.pipeline.receive_eof()),
                    _ => exchange.pipeline.refuse(&settings, 408),
                }
            }
            if exchange.pipeline.phase() != Phase::Content {
                // Its end never came, or is of no interest any more.
                exchange.cut_request();
            }
            exchange =
                self.wait(exchange, |exchange| exchange.pipeline.phase() != Phase::Ending)?;
        }
        Ok(())
    }

    /// Connects to the server, if that was not done, and receives responses from now on. Otherwise
    /// gives the status to answer.
    fn connect<'s>(&'s self, scope: &'s Scope<'s, '_>) -> Result<(), u16> {
        if self.server.get().is_some() {
            return Ok(());
        }
        let connect = || {
            let server = TcpStream::connect_timeout(&self.address, self.patience)?;
            self.prepare(&server)?;
            let reader = server.try_clone()?;
            Builder::new().spawn_scoped(scope, move || self.receive_responses(&reader))?;
            let _ = self.server.set(server);
            Ok(())
        };
        connect().map_err(|error: io::Error| {
            say(format_args!("{}: {error}", self.address));
            if error.kind() == ErrorKind::TimedOut { 504 } else { 502 }
        })
    }

    fn receive_responses(&self, server: &TcpStream) {
        let (mut buffer, mut filled) = (vec![0; BUFFER], 0);
        let (mut slots, mut settings) = (Positions::<100>::new(), self.settings.clone());
        // Servers may fold lines, and have spaces before colons: neither is forwarded.
        settings.parser = Config::CLIENT_RESPONSE;
        let mut failure = None;
        while failure.is_none() {
            let read = read(server, &mut buffer[filled..]);
            settings.set_date(&today());
            let mut exchange = self.lock();
            match read {
                Ok(Some(count @ 1..)) => filled += count,
                Ok(None) if exchange.is_late(self.patience) => failure = Some(504),
                Ok(None) => continue,
                Ok(Some(_)) => {
                    if let Answer::EndOfMessage { .. } = exchange.upstream.receive_eof() {
                        exchange.finish_answer();
                    }
                    failure = Some(502);
                }
                // A reset does not end content that the end of the connection ends.
                Err(_) => failure = Some(502),
            }
            let mut burst = Burst::new(&buffer[..filled]);
            while failure.is_none() {
                if exchange.must_flush() {
                    // While the client does not read, nothing is read from the server.
                    drop(exchange);
                    self.send_to_client();
                    exchange = self.lock();
                }
                match exchange.upstream.receive(&settings, &mut burst, &mut slots) {
                    Answer::Interim { response, .. } => exchange.inform(response),
                    Answer::Response { response, content, .. } => {
                        let forwarded = exchange.respond(response, content, &settings);
                        failure = forwarded.is_none().then_some(502);
                    }
                    Answer::Data(data) => exchange.send_answer(data),
                    Answer::EndOfMessage { .. } => exchange.finish_answer(),
                    Answer::NeedData => break,
                    Answer::Malformed(offence) => {
                        say(format_args!("server: {offence}"));
                        failure = Some(502);
                    }
                    _ => failure = Some(502),
                }
            }
            let consumed = burst.consumed();
            buffer.copy_within(consumed..filled, 0);
            filled -= consumed;
            if let Some(status) = failure {
                exchange.fail(&settings, status);
            }
            exchange.moved = Instant::now();
            drop(exchange);
            self.send_to_client();
            let exchange = self.lock();
            if exchange.pipeline.phase() == Phase::Closed {
                // The other thread may still be reading, and the client waiting for the end.
                let reset = exchange.gone || exchange.pipeline.wants_reset();
                let side = if reset { Shutdown::Read } else { Shutdown::Write };
                let _ = self.client.shutdown(side);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Exchange> {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what is ready, then waits until `done`, or until the connection comes to its end.
    fn wait<'s>(
        &'s self,
        exchange: MutexGuard<'s, Exchange>,
        done: impl Fn(&Exchange) -> bool,
    ) -> io::Result<MutexGuard<'s, Exchange>> {
        drop(exchange);
        self.send_to_server();
        self.send_to_client();
        let mut exchange = self.lock();
        while !done(&exchange) && exchange.pipeline.phase() != Phase::Closed && !exchange.gone {
            let waited = self.changed.wait_timeout(exchange, TICK);
            exchange = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if exchange.gone { Err(ErrorKind::ConnectionAborted.into()) } else { Ok(exchange) }
    }

    fn send_to_client(&self) {
        let _turn = self.writing.lock();
        if self.send(&self.client, Exchange::take_for_client).is_err() {
            self.lock().gone = true;
            let _ = self.client.shutdown(Shutdown::Read);
        }
    }

    fn send_to_server(&self) {
        let Some(server) = self.server.get() else { return };
        let sent = self.send(server, Exchange::take_for_server);
        let mut exchange = self.lock();
        if sent.is_err() {
            // It may have answered all the same.
            exchange.cut_request();
        }
        if sent.is_err() || exchange.cut {
            let _ = server.shutdown(Shutdown::Write);
        }
    }

    /// Sends what `take` gives, without the lock: while one peer is slow the other is served.
    fn send(
        &self,
        mut peer: &TcpStream,
        take: fn(&mut Exchange, &mut [u8]) -> usize,
    ) -> io::Result<()> {
        let mut piece = [0; 16 * 1024];
        loop {
            let count = take(&mut self.lock(), &mut piece);
            if count == 0 {
                self.changed.notify_all();
                return Ok(());
            }
            peer.write_all(&piece[..count])?;
        }
    }

    /// Lets the client read the last answer before the socket goes.
    fn linger(&self) -> io::Result<()> {
        let _ = self.client.shutdown(Shutdown::Write);
        let (mut drained, since) = (0, Instant::now());
        let mut piece = [0; 16 * 1024];
        while drained < self.settings.drain && since.elapsed() < 4 * TICK {
            match read(&self.client, &mut piece)? {
                Some(0) => break,
                count => drained += count.unwrap_or(0),
            }
        }
        Ok(())
    }
}

/// Now, as an IMF-fixdate.
fn today() -> [u8; date::LEN] {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    date::format(since.unwrap_or_default().as_secs())
}

/// `None` if nothing has come yet.
fn read(mut peer: &TcpStream, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    match peer.read(buffer) {
        Ok(count) => Ok(Some(count)),
        Err(error) => match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(None),
            _ => Err(error),
        },
    }
}
