//! The server that is soaked, in a process of its own.

use crate::say::{self, aside};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use rajada_mio::{
    App, Body, BodyStream, Bytes, Deadlines, Error, Exit, OwnedRequest, Request, Response, sleep,
};

use super::client::{PIECE, piece};

/// How long a client may take, for anything. Clients that are late on purpose have to wait for it; those that are not
/// have to be this much in time on a busy machine.
pub(super) const DEADLINE: Duration = Duration::from_secs(1);

/// Serves until SIGTERM.
pub(super) fn main() -> ExitCode {
    let deadlines = Deadlines {
        first_octet: DEADLINE,
        head: DEADLINE,
        content: DEADLINE,
        idle: DEADLINE * 2,
        write: DEADLINE,
        half_closed: DEADLINE,
        linger: DEADLINE / 2,
        check_interval: DEADLINE / 10,
        ..Deadlines::DEFAULT
    };
    let app = App::new()
        .deadlines(deadlines)
        .get("/", |_: &Request<'_>| "Hello world!")
        .get("/user/{id}", |req: &Request<'_>, res: &mut Response<'_>| res.text(req.param("id")))
        .get("/ready", |_: OwnedRequest| async { "Hello async!" })
        .get("/delay/{ms}", delay)
        .get("/stream/{pieces}", |req: &Request<'_>| {
            let of = number(req.param("pieces"));
            Body::Stream(Box::new(Pieces { number: 0, of, waits: false }))
        })
        .get("/panic", |_: &Request<'_>| -> &str { panic!("{}", PANIC) })
        .post("/echo", |req: &Request<'_>, res: &mut Response<'_>| res.bytes(req.bytes()));
    std::panic::set_hook(Box::new(|info| {
        if !info.to_string().ends_with(PANIC) {
            aside!("{info}");
        }
    }));
    let served = app.bind("127.0.0.1:0").and_then(|server| {
        say::announce(format_args!("{}", server.local_address()));
        server.run_until_signal()
    });
    match served {
        Ok(Exit::Clean) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(3),
        Err(error) => {
            aside!("{error}");
            ExitCode::FAILURE
        }
    }
}

const PANIC: &str = "on purpose";

fn number(text: &str) -> usize {
    text.parse().unwrap_or_default()
}

async fn delay(req: OwnedRequest) -> String {
    let time = number(req.param("ms"));
    sleep(Duration::from_millis(time as u64)).await;
    time.to_string()
}

/// Pieces of a streamed answer.
struct Pieces {
    number: usize,
    of: usize,
    waits: bool,
}

impl BodyStream for Pieces {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        // Before some pieces it has to wait.
        self.waits = !self.waits && self.number % 4 == 1;
        if self.waits {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.number == self.of {
            return Poll::Ready(None);
        }
        self.number += 1;
        Poll::Ready(Some(Ok(Bytes::from(vec![piece(self.number - 1); PIECE]))))
    }
}

/// The process, from outside.
pub(super) struct Server {
    child: Child,
    said: Option<BufReader<ChildStdout>>,
    address: SocketAddr,
}

impl Server {
    pub(super) fn start() -> Result<Server, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut child = Command::new(program)
            .arg("--serve")
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("no server: {error}"))?;
        let mut said = child.stdout.take().map(BufReader::new);
        let mut line = String::new();
        if let Some(said) = &mut said {
            said.read_line(&mut line).map_err(|error| error.to_string())?;
        }
        let address = line.trim().parse().map_err(|_| format!("no address: {line:?}"))?;
        Ok(Server { child, said, address })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM.
    pub(super) fn terminate(&mut self) -> Result<(), String> {
        let pid = self.pid().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        match told {
            Ok(status) if status.success() => Ok(()),
            other => Err(format!("SIGTERM could not be sent: {other:?}")),
        }
    }

    /// Waits for its end; gives its exit status, and what it has said.
    pub(super) fn wait(
        &mut self,
        patience: Duration,
    ) -> Result<(Option<i32>, impl Read + use<>), String> {
        let began = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => {
                    let said = self.said.take().ok_or("it was waited for")?;
                    return Ok((status.code(), said));
                }
                Ok(None) if began.elapsed() < patience => thread::sleep(Duration::from_millis(10)),
                Ok(None) => return Err("the server does not end".to_owned()),
                Err(error) => return Err(error.to_string()),
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended, unless something was found.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
