//! A run: learn, warm up, measure, drain.

use crate::say::aside;
use std::thread;
use std::time::Instant;

use super::learn::learn;
use super::options::Load;
use super::pace::Timetable;
use super::process::Usage;
use super::report::{Errors, Report, Server};
use super::shared::{Counts, Phase, Shared};
use super::websocket::Messages;
use super::worker::{Task, Worker};
use super::{latency, progress, retransmitted, websocket};

/// The time that is measured has so many parts, between which is looked how much is due.
const PARTS: u32 = 4;

/// What was so far, at one moment.
struct Sample {
    at: Instant,
    counts: Counts,
    server: Option<Usage>,
    generator: Usage,
    retransmitted: Option<u64>,
}

/// Loads a server as is told.
///
/// # Errors
///
/// If nothing can be measured: there is no server, its first answer is no success, or its process is not there. What goes wrong later is
/// counted in the report, and its first cause is printed to standard error.
pub fn run(load: &Load) -> Result<Report, String> {
    let before = load.pid.map(Usage::of).transpose()?;
    let (burst, expected) = match &load.websocket {
        Some(messages) => websocket::learn(load.address, messages, load.depth)?,
        None => {
            let expected = learn(load.address, &load.requests, load.depth)?;
            (load.requests.repeat(load.depth), expected)
        }
    };
    let answers = expected.answers();
    let shared = Shared::new(load.threads);
    let timetable = load.rate.map(|rate| Timetable::new(rate / answers as f64, load.connections));
    let task = Task {
        address: load.address,
        handshake: load.websocket.as_ref().map(|messages| messages.path.as_str()),
        connections: load.connections,
        threads: load.threads,
        burst: &burst,
        expected: &expected,
        timetable,
        shared: &shared,
    };
    let workers: Vec<Worker<'_>> = (0..load.threads)
        .map(|number| Worker::new(task, number))
        .collect::<Result<_, _>>()
        .map_err(|error| format!("no thread can be prepared: {error}"))?;

    let mut errors = Errors::default();
    let (mut latencies, mut firsts) = (latency::histogram(), latency::histogram());
    let (mut lags, mut backlog) = (latency::histogram(), Vec::new());
    let (first, last) = thread::scope(|scope| {
        let threads: Vec<_> =
            workers.into_iter().map(|worker| scope.spawn(|| worker.run())).collect();
        let begun = Instant::now();
        progress::wait(&shared, answers, "warm-up", begun + load.warm_up);
        let first = Sample::take(load, &shared);
        shared.enter(Phase::Measure);
        for part in 1..=PARTS {
            backlog.push(left(&shared));
            let until = load.warm_up + load.measured * part / PARTS;
            progress::wait(&shared, answers, "measuring", begun + until);
        }
        backlog.push(left(&shared));
        let last = Sample::take(load, &shared);
        shared.enter(Phase::Drain);
        for thread in threads {
            let tally = thread.join().map_err(|_| "a thread panicked")?;
            let tally = tally.map_err(|error| format!("a thread can't poll: {error}"))?;
            errors.add(&tally.errors);
            let added = latencies.add(&tally.latencies).and_then(|()| firsts.add(&tally.first));
            added.and_then(|()| lags.add(&tally.lag)).map_err(|error| error.to_string())?;
        }
        Ok::<_, String>((first, last))
    })?;
    if let Some(complaint) = shared.complaint() {
        aside!("load: the first error: {complaint}");
    }

    let seconds = (last.at - first.at).as_secs_f64();
    let counts = last.counts - first.counts;
    let requests = counts.bursts * answers as u64;
    let per_request = |used: f64| if requests == 0 { 0.0 } else { used * 1e6 / requests as f64 };
    let server = before.zip(first.server.zip(last.server)).zip(load.pid);
    let server = server.map(|((before, (first, last)), pid)| {
        let used = last.since(&first);
        Server {
            pid,
            user_us_per_request: per_request(used.user),
            system_us_per_request: per_request(used.system),
            cpu_us_per_request: per_request(used.total()),
            waited_us_per_request: per_request(last.waited(&first)),
            resident_before: before.resident,
            resident_after: last.resident,
        }
    });
    let generator = last.generator.since(&first.generator);
    Ok(Report {
        address: load.address.to_string(),
        shape: load.websocket.as_ref().map_or_else(|| load.shape.clone(), Messages::name),
        unit: if load.websocket.is_some() { "message" } else { "request" }.into(),
        connections: load.connections,
        depth: load.depth,
        threads: load.threads,
        seconds,
        warmup: load.warm_up.as_secs_f64(),
        mode: if load.rate.is_some() { "rate" } else { "closed" }.into(),
        rate: load.rate,
        requests,
        requests_per_second: requests as f64 / seconds,
        bursts: counts.bursts,
        octets_in: counts.octets_in,
        octets_out: counts.octets_out,
        errors,
        latency_us: latency::summary(&latencies),
        first_answer_us: latency::summary(&firsts),
        lag_us: load.rate.map(|_| latency::summary(&lags)),
        backlog: if load.rate.is_some() { backlog } else { Vec::new() },
        generator_cpu_us_per_request: per_request(generator.total()),
        retransmitted: last
            .retransmitted
            .zip(first.retransmitted)
            .map(|(last, first)| last - first),
        server,
    })
}

/// Bursts that are due and not answered.
fn left(shared: &Shared) -> u64 {
    let counts = shared.counts();
    // Threads publish one number behind the other.
    counts.due.saturating_sub(counts.bursts)
}

impl Sample {
    fn take(load: &Load, shared: &Shared) -> Self {
        // A process that has gone, or no /proc, shows as nothing used.
        let generator = Usage::of(std::process::id()).unwrap_or_default();
        let server = load.pid.map(|pid| Usage::of(pid).unwrap_or_default());
        let retransmitted = retransmitted::segments();
        Self { at: Instant::now(), counts: shared.counts(), server, generator, retransmitted }
    }
}
