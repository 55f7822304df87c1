//! How fast the servers are, and what a request costs them.

use super::super::super::goals::{Verdict, cells, losses};
use super::super::super::record::{Contestant, Kind, Latency, Load, Record};
use super::super::super::scenarios::{ALL, Scenario};
use super::super::super::summary::{
    LIMIT, OURS, cpu, failure, faults, figure, p99, rate, ratio, system, user,
};
use super::super::table::Table;
use super::Part::{Chart, List, Words};
use super::{Part, Section, alone, class, ranking, section, spread};

pub(super) fn summary(record: &Record) -> Section {
    let cells = cells(record);
    let mut behind = Vec::new();
    let losses = losses(record);
    if !losses.is_empty() {
        behind.push(Words("Where a peer is ahead of Rajada, whether it has faults or not:".into()));
        behind.push(List(losses));
    }
    if cells.is_empty() {
        return section("Where Rajada is behind", behind);
    }
    let count = |verdict| cells.iter().filter(|cell| cell.verdict == verdict).count();
    let mut table = Table::of_prose(&["scenario", "goal", "measured", ""]);
    for cell in &cells {
        let class = match cell.verdict {
            Verdict::Met => "met",
            Verdict::Missed => "missed",
            Verdict::Unknown => "unknown",
        };
        table.row(
            class,
            vec![
                cell.scenario.clone(),
                cell.goal.clone(),
                cell.measured.clone(),
                cell.verdict.word().into(),
            ],
        );
    }
    let verdicts = format!(
        "{} goals met, {} missed, {} not measured. Figures are medians of the rounds, with the least and the most behind them.",
        count(Verdict::Met),
        count(Verdict::Missed),
        count(Verdict::Unknown)
    );
    let mut parts = vec![Words(verdicts), Part::Table(table)];
    parts.append(&mut behind);
    section("What was to be reached", parts)
}

pub(super) fn rates(record: &Record) -> Section {
    if ranking(record, "pipelined").is_empty() {
        return section("Requests a second", Vec::new());
    }
    let mut parts = vec![
        Chart("rates"),
        Words(
            "Requests a second depend on what else the machine does, and on the generator being faster than the server; processor time \
             a request does not. It is compared with that of null-mio in the same round, a loop on mio that counts heads, parses nothing, \
             and sends an answer exactly as long as Rajada's: what the kernel charges for the same octets."
                .into(),
        ),
        Chart("cpu"),
    ];
    parts.push(Words("24 × 100 pipelined, and beside it not pipelined:".into()));
    parts.push(Part::Table(pipelined_and_single(record)));
    parts.push(Words("16 × 256, requests of 161 octets:".into()));
    parts.push(Part::Table(plaintext(record)));
    parts.push(Words("Octets written are most of what a burst costs, so mind the length of the answers. † has a fault: see below.".into()));
    let failures: Vec<String> = failures(record, |scenario| scenario.rate.is_none()).collect();
    if !failures.is_empty() {
        parts.push(Words("Runs that failed:".into()));
        parts.push(List(failures));
    }
    section("Requests a second, and what they cost", parts)
}

/// The name, with a mark if it has a fault.
pub(super) fn marked(record: &Record, one: &Contestant) -> String {
    match one.kind == Kind::Peer && !faults(record, &one.name).is_empty() {
        true => format!("{} †", one.title),
        false => one.title.clone(),
    }
}

fn pipelined_and_single(record: &Record) -> Table {
    let mut table = Table::new(&[
        "server",
        "requests/s",
        "CPU, µs",
        "of it user",
        "× null-mio",
        "single: requests/s",
        "CPU, µs",
        "of it user",
        "answer, octets",
    ]);
    for one in ranking(record, "pipelined") {
        let of = |scenario: &str, number: fn(&Load) -> f64, digits| {
            alone(figure(record, scenario, &one.name, number), digits)
        };
        table.row(
            class(one.kind),
            vec![
                marked(record, one),
                of("pipelined", rate, 0),
                of("pipelined", cpu, 3),
                of("pipelined", user, 3),
                spread(ratio(record, "pipelined", &one.name, LIMIT, cpu), 2),
                of("single", rate, 0),
                of("single", cpu, 2),
                of("single", user, 2),
                one.answer.to_string(),
            ],
        );
    }
    table
}

fn plaintext(record: &Record) -> Table {
    let mut table = Table::new(&[
        "server",
        "requests/s",
        "CPU, µs",
        "of it user",
        "× null-mio",
        "p99 latency, µs",
    ]);
    for one in ranking(record, "plaintext") {
        let of = |number: fn(&Load) -> f64, digits| {
            alone(figure(record, "plaintext", &one.name, number), digits)
        };
        table.row(
            class(one.kind),
            vec![
                marked(record, one),
                of(rate, 0),
                of(cpu, 3),
                of(user, 3),
                spread(ratio(record, "plaintext", &one.name, LIMIT, cpu), 2),
                of(p99, 0),
            ],
        );
    }
    table
}

pub(super) fn failures(record: &Record, of: fn(&Scenario) -> bool) -> impl Iterator<Item = String> {
    ALL.iter().filter(move |scenario| of(scenario)).flat_map(move |scenario| {
        record.contestants.iter().filter_map(move |one| {
            let reason = failure(record, scenario.name, &one.name)?;
            Some(format!("{}, {}: {reason}", one.title, scenario.title))
        })
    })
}

pub(super) fn latency(record: &Record) -> Section {
    if ranking(record, "pipelined").is_empty() {
        return section("Latency", Vec::new());
    }
    let mut table = Table::new(&[
        "server",
        "p50, µs",
        "p90",
        "p99",
        "p99.9",
        "p99 × null-mio",
        "not pipelined: p50, µs",
        "p99",
    ]);
    for one in ranking(record, "pipelined") {
        let percentile = |scenario: &str, of: fn(&Latency) -> f64| {
            alone(figure(record, scenario, &one.name, |load| of(&load.latency_us)), 0)
        };
        table.row(
            class(one.kind),
            vec![
                one.title.clone(),
                percentile("pipelined", |latency| latency.p50),
                percentile("pipelined", |latency| latency.p90),
                percentile("pipelined", |latency| latency.p99),
                percentile("pipelined", |latency| latency.p99_9),
                spread(ratio(record, "pipelined", &one.name, LIMIT, p99), 2),
                percentile("single", |latency| latency.p50),
                percentile("single", |latency| latency.p99),
            ],
        );
    }
    let words = "From a burst's write to the last octet of its answers, all connections in a closed loop: most of it is waiting for the \
        turns of the other connections.";
    section("Latency", vec![Chart("latency"), Words(words.into()), Part::Table(table)])
}

/// What only Rajada and null-mio were asked.
pub(super) fn scenarios(record: &Record) -> Section {
    let mut table = Table::new(&[
        "scenario",
        "requests/s",
        "CPU, µs",
        "of it user",
        "kernel",
        "null-mio: CPU, µs",
        "× null-mio",
    ]);
    for scenario in ALL.iter().filter(|scenario| scenario.rate.is_none()) {
        let of = |number: fn(&_) -> f64, digits| {
            alone(figure(record, scenario.name, OURS, number), digits)
        };
        if figure(record, scenario.name, OURS, cpu).is_none() {
            continue;
        }
        table.row(
            "",
            vec![
                scenario.title.into(),
                of(rate, 0),
                of(cpu, 3),
                of(user, 3),
                of(system, 3),
                alone(figure(record, scenario.name, LIMIT, cpu), 3),
                spread(ratio(record, scenario.name, OURS, LIMIT, cpu), 3),
            ],
        );
    }
    match table.rows.is_empty() {
        true => section("Rajada, scenario by scenario", Vec::new()),
        false => section("Rajada, scenario by scenario", vec![Part::Table(table)]),
    }
}
