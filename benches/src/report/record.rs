//! What was measured, as it is kept: the raw data of a report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// All that a page is made of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    pub(super) environment: Environment,
    pub(super) settings: Settings,
    /// In the order of the list of contestants.
    pub(super) contestants: Vec<Contestant>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) runs: Vec<Run>,
    pub(super) probes: Vec<Probe>,
    pub(super) memory: Vec<Memory>,
    pub(super) unread: Vec<Unread>,
    pub(super) workers: Vec<Workers>,
    pub(super) flush: Vec<Flush>,
    pub(super) calls: Vec<Calls>,
    pub(super) heads: Vec<Head>,
    pub(super) profile: Vec<Hot>,
    /// What somebody found out about it by hand: Markdown.
    pub(super) notes: String,
}

/// Where it was measured.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Environment {
    /// When the first run began: `2026-11-24 10:45 UTC`.
    pub(super) begun: String,
    pub(super) ended: String,
    pub(super) processor: String,
    pub(super) cores: usize,
    /// MiB.
    pub(super) memory: u64,
    pub(super) system: String,
    pub(super) rustc: String,
    pub(super) flags: String,
    /// Of the servers and the generator, as the kernel tells it of this process.
    pub(super) priority: String,
    pub(super) commit: String,
    pub(super) command: String,
    /// The load average over a minute, before each round.
    pub(super) load_averages: Vec<f64>,
    /// What share of both cores' time other processes took while contestants ran, one a round: 0 to 1.
    pub(super) others: Vec<f64>,
    /// Turns that were taken again because the machine had been too busy, which it is if the generator is late, too.
    pub(super) repeated: usize,
    /// Why perf could not say which part of the time is in user space, where it could not: the first reason.
    pub(super) unsampled: Option<String>,
}

/// How it was measured.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    /// What the names of the report's files begin with.
    pub(super) name: String,
    pub(super) rounds: usize,
    pub(super) seconds: f64,
    pub(super) warmup: f64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { name: "serving".into(), rounds: 0, seconds: 0.0, warmup: 0.0 }
    }
}

/// A server that took part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Contestant {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) kind: Kind,
    pub(super) version: String,
    /// How it is set up, for readers.
    pub(super) setup: String,
    /// Octets of its answer to `GET /`.
    pub(super) answer: usize,
}

/// What a contestant stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    /// Rajada.
    Ours,
    /// Parses nothing, or has no framework: a mark, not a server that could be used.
    Limit,
    /// Other people's.
    Peer,
}

/// A server that could not take part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Skipped {
    pub(super) title: String,
    pub(super) reason: String,
}

/// One contestant in one round of one scenario.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) scenario: String,
    pub(super) contestant: String,
    pub(super) round: usize,
    /// What came out, or why nothing did.
    pub(super) outcome: Result<Load, String>,
}

/// What the load generator says. What it says besides is not used.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Load {
    pub(super) requests: u64,
    pub(super) requests_per_second: f64,
    /// Requests a second that were asked for, where there was a timetable.
    pub(super) rate: Option<f64>,
    pub(super) errors: BTreeMap<String, u64>,
    pub(super) latency_us: Latency,
    /// At a rate: how late the generator itself sent what was due.
    pub(super) lag_us: Option<Latency>,
    /// At a rate: requests that were due and not answered, at the beginning, at moments between, and at the end.
    pub(super) backlog: Vec<u64>,
    pub(super) generator_cpu_us_per_request: f64,
    pub(super) server: Option<Server>,
    /// TCP segments that the machine sent again: each a pause of 200 milliseconds or more, and no server's fault.
    pub(super) retransmitted: Option<u64>,
    /// Where the server was found, in a run of its own; none where perf can't be had.
    pub(super) samples: Option<Samples>,
}

/// How often a server was found running, and how often of that in user space.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Samples {
    pub(super) user: u64,
    pub(super) all: u64,
}

/// Microseconds of a burst, from its write (at a rate: from when it was due) to its last octet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Latency {
    pub(super) min: f64,
    pub(super) p50: f64,
    pub(super) p75: f64,
    pub(super) p90: f64,
    pub(super) p99: f64,
    pub(super) p99_9: f64,
    pub(super) max: f64,
    pub(super) mean: f64,
}

/// The server's processor time, microseconds a request.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Server {
    pub(super) user_us_per_request: f64,
    pub(super) system_us_per_request: f64,
    pub(super) cpu_us_per_request: f64,
    /// Ready to run, and not running.
    pub(super) waited_us_per_request: f64,
}

/// What a contestant does with what clients may do. `None`: fine; else what went wrong.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Probe {
    pub(super) contestant: String,
    /// Answers come in the order of the requests.
    pub(super) order: Option<String>,
    /// Requests may come an octet at a time.
    pub(super) fragments: Option<String>,
    /// A client may close its side behind its requests.
    pub(super) half_close: Option<String>,
    /// Requests before a malformed one are answered, and the malformed one is refused.
    pub(super) malformed: Option<String>,
}

/// Resident octets of a server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) contestant: String,
    pub(super) outcome: Result<Resident, String>,
}

/// Resident octets at five moments.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Resident {
    pub(super) connections: u64,
    /// One connection has come, had a burst answered, and gone.
    pub(super) before: u64,
    pub(super) opened: u64,
    /// Each connection has had one request answered.
    pub(super) after_request: u64,
    /// Each connection has had a burst of 24 answered.
    pub(super) after_burst: u64,
    /// All have gone.
    pub(super) closed: u64,
}

/// A client that sends requests and never reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Unread {
    pub(super) contestant: String,
    /// Octets of requests that the server's side took.
    pub(super) taken: u64,
    /// Growth of resident memory at its most, in octets.
    pub(super) growth: u64,
}

/// One or more workers, all on the same two cores with the generator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Workers {
    pub(super) contestant: String,
    pub(super) workers: usize,
    pub(super) round: usize,
    pub(super) outcome: Result<Load, String>,
}

/// One policy of sending answers before their burst ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Flush {
    pub(super) policy: String,
    /// The option's value.
    pub(super) flush_after: String,
    /// Requests a second, 24 pipelined on 100 connections, one a round.
    pub(super) requests_per_second: Vec<f64>,
    /// Processor time a request, in microseconds, one a round.
    pub(super) cpu_us: Vec<f64>,
    /// Time to the first answer of a burst of 24 whose handlers do nothing: median, in microseconds.
    pub(super) first_quick_us: f64,
    pub(super) last_quick_us: f64,
    /// The same with handlers that work for 200 microseconds each.
    pub(super) first_slow_us: f64,
    pub(super) last_slow_us: f64,
}

/// System calls of a server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Calls {
    pub(super) contestant: String,
    /// `pipelined` or `single`.
    pub(super) scenario: String,
    pub(super) bursts: u64,
    pub(super) requests: u64,
    /// Calls by name, all of the run.
    pub(super) calls: BTreeMap<String, u64>,
}

/// A place where the server's time goes, under the pipelined load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Hot {
    /// Share of the samples: 0 to 1.
    pub(super) share: f64,
    /// The file that the code is from; the kernel's is `[kernel]`.
    pub(super) object: String,
    pub(super) symbol: String,
}

/// A figure of the parser's benchmark.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) contestant: String,
    pub(super) level: String,
    pub(super) item: String,
    pub(super) min_ns: f64,
    pub(super) median_ns: f64,
}

impl Resident {
    /// Growth since before at that moment, in octets a connection.
    pub(super) fn octets_a_connection(&self, moment: u64) -> f64 {
        moment.saturating_sub(self.before) as f64 / self.connections.max(1) as f64
    }
}
