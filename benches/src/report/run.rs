//! Measures everything, part by part.

use crate::say::aside;
use std::collections::BTreeMap;

use super::environment::{Ticks, environment, load_average, now};
use super::field::{Ready, build, field};
use super::generator::{Generator, beside};
use super::options;
use super::record::{Contestant, Environment, Flush, Load, Memory, Record, Run, Settings, Workers};
use super::scenarios::{self, Scenario};
use super::server::{CLIENTS, Core, SERVERS, Server};
use super::steady::{is_late, lag};
use super::summary::{LIMIT, OURS, cpu};
use super::{calls, flush, heads, memory, pages, probe, profile, samples};

/// Rounds of the parts that compare Rajada only with null-mio.
const SMALL_ROUNDS: usize = 5;

/// Measures what the options ask for, and writes the report after each part.
pub(super) fn run(options: &options::Run, command: &str) -> Result<(), String> {
    let wants =
        |part: &str| options.parts.is_empty() || options.parts.iter().any(|one| one == part);
    if options.build {
        build(wants("heads"))?;
    }
    let (ready, skipped) = field(&options.contestants)?;
    let generator =
        Generator { program: beside("load")?, seconds: options.seconds, warmup: options.warmup };
    let mut record = Record {
        environment: environment(command),
        settings: Settings {
            name: options.name.clone(),
            rounds: options.rounds,
            seconds: options.seconds,
            warmup: options.warmup,
        },
        contestants: contestants(&ready),
        skipped,
        ..Record::default()
    };
    if let Some(file) = &options.notes {
        record.notes = pages::text(file)?;
    }
    for skipped in &record.skipped {
        aside!("{} is skipped: {}", skipped.title, skipped.reason);
    }
    for part in options::PARTS.into_iter().filter(|part| wants(part)) {
        aside!("{part}");
        match part {
            "probe" => probes(&mut record, &ready),
            "serving" => serving(&mut record, &ready, &generator, options)?,
            "memory" => idle(&mut record, &ready),
            "unread" => unread(&mut record, &ready),
            "workers" => workers(&mut record, &ready, &generator, options.rounds.min(SMALL_ROUNDS)),
            "flush" => flushes(&mut record, &ready, &generator, options.rounds.min(SMALL_ROUNDS))?,
            "calls" => system_calls(&mut record, &ready),
            "profile" => profiled(&mut record, &ready, &generator),
            _ => parsers(&mut record, options),
        }
        record.environment.ended = now();
        pages::write(&record, &options.out)?;
    }
    aside!("written to {}", options.out.display());
    Ok(())
}

/// What is said of them; null-mio's answers will be as long as Rajada's.
fn contestants(ready: &[Ready]) -> Vec<Contestant> {
    let mut contestants: Vec<Contestant> = ready.iter().map(Ready::contestant).collect();
    let ours = contestants.iter().find(|one| one.name == OURS).map_or(0, |one| one.answer);
    contestants.iter_mut().filter(|one| one.name == LIMIT).for_each(|one| one.answer = ours);
    contestants
}

fn probes(record: &mut Record, ready: &[Ready]) {
    for one in ready {
        match Server::start(&one.launch, &[], SERVERS) {
            Ok(server) => record.probes.push(probe::probe(one.entry.name, server.address())),
            Err(reason) => aside!("  {}: {reason}", one.entry.title),
        }
    }
}

/// Rounds in which all take their turn, the order reversed in every second one.
fn serving(
    record: &mut Record,
    ready: &[Ready],
    generator: &Generator,
    options: &options::Run,
) -> Result<(), String> {
    let chosen = |scenario: &&Scenario| {
        options.scenarios.is_empty() || options.scenarios.iter().any(|name| name == scenario.name)
    };
    let scenarios: Vec<&Scenario> = scenarios::ALL.iter().filter(chosen).collect();
    let lengths = lengths(ready, &scenarios)?;
    for round in 0..options.rounds {
        record.environment.load_averages.push(load_average());
        let mut others = Vec::new();
        for scenario in &scenarios {
            let mut turns: Vec<&Ready> = ready.iter().filter(|one| scenario.has(one)).collect();
            if round % 2 == 1 {
                turns.reverse();
            }
            for one in turns {
                let before = Ticks::now();
                let outcome = lengths[scenario.name].clone().and_then(|length| {
                    turn(one, scenario, generator, length, &mut record.environment)
                });
                others.push(Ticks::now().others_since(before));
                tell(options, round, scenario, one, &outcome);
                record.runs.push(Run {
                    scenario: scenario.name.into(),
                    contestant: one.entry.name.into(),
                    round,
                    outcome,
                });
            }
        }
        record.environment.others.push(others.iter().sum::<f64>() / others.len().max(1) as f64);
        record.environment.ended = now();
        pages::write(record, &options.out)?;
    }
    Ok(())
}

impl Scenario {
    fn has(&self, one: &Ready) -> bool {
        self.everyone || [LIMIT, OURS].contains(&one.entry.name)
    }
}

/// Octets of Rajada's answer in each scenario: null-mio's are as long.
fn lengths(
    ready: &[Ready],
    scenarios: &[&Scenario],
) -> Result<BTreeMap<&'static str, Result<usize, String>>, String> {
    let server = Server::start(&find(ready, OURS)?.launch, &[], SERVERS)?;
    let length = |scenario: &&Scenario| {
        (scenario.name, probe::good(server.address(), scenarios::request(scenario.shape)))
    };
    Ok(scenarios.iter().map(length).collect())
}

fn find<'r>(ready: &'r [Ready], name: &str) -> Result<&'r Ready, String> {
    ready.iter().find(|one| one.entry.name == name).ok_or_else(|| format!("{name} is not there"))
}

/// Turns until the machine has time for one, at most.
const TRIES: usize = 3;
/// Segments sent again in a turn that is as good as undisturbed: each stops one of the connections for some 200 milliseconds.
const FEW: u64 = 10;

/// One turn; taken again if the kernel dropped many segments on loopback or the generator was late, as happens when others want the processors,
/// too.
fn turn(
    one: &Ready,
    scenario: &Scenario,
    generator: &Generator,
    length: usize,
    environment: &mut Environment,
) -> Result<Load, String> {
    let more = more(one, length);
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    let mut tries = 1;
    loop {
        let server = Server::start(&one.launch, &more, SERVERS)?;
        let mut load = generator.run(&server, scenario, 1, CLIENTS)?;
        if (load.retransmitted.unwrap_or(0) > FEW || is_late(&load)) && tries < TRIES {
            environment.repeated += 1;
            tries += 1;
            continue;
        }
        // There would be too few of them to tell more than the scheduler does.
        if scenario.rate.is_some() {
            return Ok(load);
        }
        match samples::samples(&server, generator, scenario) {
            Ok(samples) => load.samples = Some(samples),
            Err(reason) => {
                environment.unsampled.get_or_insert(reason);
            }
        }
        return Ok(load);
    }
}

/// Arguments that only null-mio wants: how long its answer is to be.
fn more(one: &Ready, length: usize) -> Vec<String> {
    match one.entry.name {
        LIMIT => vec!["--length".into(), length.to_string()],
        _ => Vec::new(),
    }
}

fn tell(
    options: &options::Run,
    round: usize,
    scenario: &Scenario,
    one: &Ready,
    outcome: &Result<Load, String>,
) {
    let what = match outcome {
        Ok(load) if load.rate.is_some() => format!(
            "{:.0} requests/s, {:.3} µs, p99 {:.0} µs, the generator's lag {:.0} µs",
            load.requests_per_second,
            cpu(load),
            load.latency_us.p99,
            lag(load)
        ),
        Ok(load) => format!("{:.0} requests/s, {:.3} µs", load.requests_per_second, cpu(load)),
        Err(reason) => reason.clone(),
    };
    aside!("  {}/{} {} {}: {what}", round + 1, options.rounds, scenario.name, one.entry.title);
}

fn idle(record: &mut Record, ready: &[Ready]) {
    for one in ready {
        let outcome =
            Server::start(&one.launch, &[], SERVERS).and_then(|server| memory::idle(&server));
        match &outcome {
            Ok(resident) => aside!(
                "  {}: {:.0} octets a connection",
                one.entry.title,
                resident.octets_a_connection(resident.after_burst)
            ),
            Err(reason) => aside!("  {}: {reason}", one.entry.title),
        }
        record.memory.push(Memory { contestant: one.entry.name.into(), outcome });
    }
}

fn unread(record: &mut Record, ready: &[Ready]) {
    for one in ready {
        let growth = Server::start(&one.launch, &[], SERVERS)
            .and_then(|server| memory::unread(one.entry.name, &server));
        match growth {
            Ok(unread) => {
                aside!("  {}: {} KiB", one.entry.title, unread.growth >> 10);
                record.unread.push(unread);
            }
            Err(reason) => aside!("  {}: {reason}", one.entry.title),
        }
    }
}

/// One worker and two, not pinned, beside a generator of two threads on the same two cores.
fn workers(record: &mut Record, ready: &[Ready], generator: &Generator, rounds: usize) {
    let scenario = &scenarios::ALL[0];
    let length = ready.iter().find(|one| one.entry.name == OURS).map_or(0, |one| one.answer);
    for round in 0..rounds {
        for one in ready.iter().filter(|one| [LIMIT, OURS].contains(&one.entry.name)) {
            for workers in [1, 2] {
                let mut more = more(one, length);
                more.extend(["--workers".into(), workers.to_string()]);
                let more: Vec<&str> = more.iter().map(String::as_str).collect();
                let outcome = Server::start(&one.launch, &more, Core::Any)
                    .and_then(|server| generator.run(&server, scenario, 2, Core::Any));
                record.workers.push(Workers {
                    contestant: one.entry.name.into(),
                    workers,
                    round,
                    outcome,
                });
            }
        }
    }
}

fn flushes(
    record: &mut Record,
    ready: &[Ready],
    generator: &Generator,
    rounds: usize,
) -> Result<(), String> {
    let ours = find(ready, OURS)?;
    for (policy, flush_after) in flush::POLICIES {
        let [first_quick_us, last_quick_us, first_slow_us, last_slow_us] =
            flush::times(flush_after)?;
        record.flush.push(Flush {
            policy: policy.into(),
            flush_after: flush_after.into(),
            requests_per_second: Vec::new(),
            cpu_us: Vec::new(),
            first_quick_us,
            last_quick_us,
            first_slow_us,
            last_slow_us,
        });
    }
    for _ in 0..rounds {
        for flush in &mut record.flush {
            let server =
                Server::start(&ours.launch, &["--flush-after", &flush.flush_after], SERVERS)?;
            let load = generator.run(&server, &scenarios::ALL[0], 1, CLIENTS)?;
            flush.requests_per_second.push(load.requests_per_second);
            flush.cpu_us.push(cpu(&load));
        }
    }
    Ok(())
}

fn system_calls(record: &mut Record, ready: &[Ready]) {
    for one in ready.iter().filter(|one| [LIMIT, OURS].contains(&one.entry.name)) {
        for (scenario, depth) in [("pipelined", 24), ("single", 1)] {
            let counted = Server::start(&one.launch, &[], SERVERS)
                .and_then(|server| calls::count(one.entry.name, scenario, &server, depth));
            match counted {
                Ok(counted) => record.calls.push(counted),
                Err(reason) => aside!("  {}: {reason}", one.entry.title),
            }
        }
    }
}

fn profiled(record: &mut Record, ready: &[Ready], generator: &Generator) {
    let server = find(ready, OURS).and_then(|ours| Server::start(&ours.launch, &[], SERVERS));
    match server.and_then(|server| profile::profile(&server, generator)) {
        Ok(profile) => record.profile = profile,
        Err(reason) => aside!("  {reason}"),
    }
}

/// With few rounds only a taste.
fn parsers(record: &mut Record, options: &options::Run) {
    let (processes, samples) = if options.rounds < SMALL_ROUNDS { (1, 3) } else { (5, 25) };
    match heads::heads(processes, samples) {
        Ok(heads) => record.heads = heads,
        Err(reason) => aside!("  {reason}"),
    }
}
