//! What a run found.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The figures of a run, as `--json` prints them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// The server's.
    pub address: String,
    /// The requests' name, or the file that they are from.
    pub shape: String,
    /// `"request"` or `"message"` (of WebSocket): what one of the requests below is.
    pub unit: String,
    /// Connections.
    pub connections: usize,
    /// How often a burst repeats the requests.
    pub depth: usize,
    /// Threads of the generator.
    pub threads: usize,
    /// What was measured, in seconds.
    pub seconds: f64,
    /// What went before, in seconds.
    pub warmup: f64,
    /// `"closed"` or `"rate"`.
    pub mode: String,
    /// Requests a second that were asked for.
    pub rate: Option<f64>,
    /// Requests answered.
    pub requests: u64,
    /// Per second.
    pub requests_per_second: f64,
    /// Bursts answered.
    pub bursts: u64,
    /// Octets read.
    pub octets_in: u64,
    /// Octets written.
    pub octets_out: u64,
    /// What went wrong, during the warm-up and at the end, too.
    pub errors: Errors,
    /// Of bursts, in microseconds.
    pub latency_us: Latency,
    /// Of the first answer to each burst, in microseconds.
    pub first_answer_us: Latency,
    /// How late the generator itself was: microseconds from when a burst was due and its connection free, to when it was sent. Only at a rate.
    pub lag_us: Option<Latency>,
    /// Bursts that were due and not answered: at the beginning, at three moments between, and at the end. Only at a rate.
    pub backlog: Vec<u64>,
    /// User and system time of the generator, in microseconds a request.
    pub generator_cpu_us_per_request: f64,
    /// TCP segments that the whole machine sent again meanwhile. If there are many, it was too busy to measure anything.
    pub retransmitted: Option<u64>,
    /// The server's process, if it was named.
    pub server: Option<Server>,
}

/// Counts of what went wrong.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errors {
    /// Connections that could not be opened.
    pub connect: u64,
    /// Connections that the server closed, or that could not be read, and bursts without an answer at the end.
    pub read: u64,
    /// Connections that could not be written.
    pub write: u64,
    /// Answers that differ from the first, but not in the status code, and octets that nobody asked for.
    pub mismatch: u64,
    /// Answers with another status code than the first.
    pub status: u64,
}

/// Latencies in microseconds.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Latency {
    pub min: f64,
    pub p50: f64,
    pub p75: f64,
    pub p90: f64,
    pub p99: f64,
    pub p99_9: f64,
    pub max: f64,
    pub mean: f64,
}

/// What the server's process used, with its descendants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// Its number.
    pub pid: u32,
    /// In the program.
    pub user_us_per_request: f64,
    /// In the kernel.
    pub system_us_per_request: f64,
    /// Both.
    pub cpu_us_per_request: f64,
    /// Ready to run, and not running: others had the processor, or it had to be woken.
    pub waited_us_per_request: f64,
    /// Octets in use before the first connection.
    pub resident_before: u64,
    /// Octets in use at the end, with all connections open.
    pub resident_after: u64,
}

impl Errors {
    /// Of all kinds.
    pub fn total(&self) -> u64 {
        self.connect + self.read + self.write + self.mismatch + self.status
    }
}

impl Report {
    /// One JSON object.
    ///
    /// # Errors
    ///
    /// Never, as far as is known.
    pub fn json(&self) -> Result<String, String> {
        serde_json::to_string(self).map_err(|error| error.to_string())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.rate {
            Some(rate) => format!("{rate} {}s a second", self.unit),
            None => "closed loop".into(),
        };
        writeln!(
            f,
            "{}: {}, {} connections x {}, {} threads, {:.2} s after {:.2} s, {mode}",
            self.address,
            self.shape,
            self.connections,
            self.depth,
            self.threads,
            self.seconds,
            self.warmup
        )?;
        writeln!(f)?;
        let (requests, rate) = (self.requests, self.requests_per_second);
        let unit = &self.unit;
        writeln!(f, "{:<11} {requests}, {:.3} M a second", format!("{unit}s"), rate / 1e6)?;
        let (read, written) = (self.octets_in as f64, self.octets_out as f64);
        writeln!(f, "octets      {:.1} MB read, {:.1} MB written", read / 1e6, written / 1e6)?;
        writeln!(f, "bursts      {}", self.latency_us)?;
        writeln!(f, "first ones  {}", self.first_answer_us)?;
        if let Some(lag) = &self.lag_us {
            let Latency { p50, p99, max, .. } = lag;
            let backlog: Vec<String> = self.backlog.iter().map(u64::to_string).collect();
            writeln!(f, "own lag     sent late by us: p50 {p50:.0}, p99 {p99:.0}, max {max:.0}")?;
            writeln!(f, "backlog     due and not answered, in turn: {}", backlog.join(", "))?;
        }
        writeln!(f, "generator   {:.3} us CPU a {unit}", self.generator_cpu_us_per_request)?;
        if let Some(server) = &self.server {
            writeln!(
                f,
                "server      {:.3} us CPU a {unit}: user {:.3}, system {:.3}; {:.3} us waited for it; resident {} KiB before, {} KiB at the end",
                server.cpu_us_per_request,
                server.user_us_per_request,
                server.system_us_per_request,
                server.waited_us_per_request,
                server.resident_before / 1024,
                server.resident_after / 1024
            )?;
        }
        if let Some(segments @ 1..) = self.retransmitted {
            writeln!(
                f,
                "busy        {segments} TCP segments were sent again by this machine, each after a pause"
            )?;
        }
        let Errors { connect, read, write, mismatch, status } = self.errors;
        match self.errors.total() {
            0 => writeln!(f, "errors      none; every octet is as expected"),
            _ => writeln!(
                f,
                "errors      {connect} connect, {read} read, {write} write, {mismatch} mismatch, {status} status"
            ),
        }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { min, p50, p75, p90, p99, p99_9, max, mean } = self;
        write!(
            f,
            "answered after us: min {min:.0}, p50 {p50:.0}, p75 {p75:.0}, p90 {p90:.0}, p99 {p99:.0}, p99.9 {p99_9:.0}, max {max:.0}, mean {mean:.0}"
        )
    }
}
