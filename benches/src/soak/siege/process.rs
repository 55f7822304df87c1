//! The program `rajada`, from outside.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::report::beside;

/// How long the server may take to end, as it is told.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// A server that listens. It ends with the value.
pub(super) struct Process {
    child: Child,
    address: SocketAddr,
    _out: BufReader<ChildStdout>,
}

impl Process {
    /// Starts it at an address, or at a free one.
    pub(super) fn start(address: Option<SocketAddr>) -> Result<Process, String> {
        let listen = address.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
        let grace = GRACE.as_secs().to_string();
        let mut child = Command::new(beside("rajada")?)
            .args(["--listen", &listen.to_string(), "--grace", &grace])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("no rajada: {error}"))?;
        let mut out = BufReader::new(child.stdout.take().ok_or("rajada is mute")?);
        let mut line = String::new();
        out.read_line(&mut line).map_err(|error| error.to_string())?;
        let told =
            line.split_once("http://").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
        let mut process = Process { child, address: told.unwrap_or(listen), _out: out };
        match told {
            Some(_) => Ok(process),
            None => Err(format!("rajada doesn't say where it listens: {line:?}{}", process.said())),
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM.
    pub(super) fn terminate(&mut self) -> Result<(), String> {
        let told = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        match told {
            Ok(status) if status.success() => Ok(()),
            other => Err(format!("SIGTERM could not be sent: {other:?}")),
        }
    }

    /// Waits for its end, at most so long.
    pub(super) fn wait(&mut self, patience: Duration) -> Result<Option<i32>, String> {
        let began = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Ok(status.code()),
                Ok(None) if began.elapsed() < patience => thread::sleep(Duration::from_millis(2)),
                Ok(None) => {
                    return Err(format!("the server has not ended {patience:?} behind SIGTERM"));
                }
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// What it has written to standard error until its end.
    pub(super) fn said(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut error) = self.child.stderr.take() {
            let _ = self.child.kill();
            let _ = error.read_to_string(&mut text);
        }
        text.trim().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended, unless something was found.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
