//! What a turn at a fixed rate says: whether the server kept up, and whether the generator did.

use super::record::{Latency, Load, Record};
use super::scenarios::{ALL, Scenario};
use super::summary::{OURS, figure, loads, rate};

/// The part of the rate that a server must reach to have kept it.
const KEPT: f64 = 0.99;

/// One in a hundred requests may be sent so late by the generator itself, in microseconds: the time between two of them at the higher rate.
pub(super) const LATE: f64 = 50.0;

/// The scenarios that have a timetable.
pub(super) fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    ALL.iter().filter(|scenario| scenario.rate.is_some())
}

/// The generator was late for reasons of its own, so what it says of latency is said of itself.
pub(super) fn is_late(load: &Load) -> bool {
    lag(load) > LATE
}

/// In microseconds; 0 without a timetable.
pub(super) fn lag(load: &Load) -> f64 {
    load.lag_us.as_ref().map_or(0.0, |lag| lag.p99)
}

/// For which part of the time the server was ready to run and did not, in percent.
pub(super) fn waited(load: &Load) -> f64 {
    let server = load.server.as_ref();
    server.map_or(f64::NAN, |server| server.waited_us_per_request * load.requests_per_second / 1e4)
}

pub(super) fn mean(load: &Load) -> f64 {
    load.latency_us.mean
}

/// Answers came at the rate of the requests, and no ever longer line waited for them.
fn is_kept(load: &Load, connections: usize) -> bool {
    let reached = load.rate.is_none_or(|rate| load.requests_per_second >= KEPT * rate);
    reached && !grows(&load.backlog, connections as u64)
}

/// More at each moment than at the one before, in the end by more than one for each connection.
fn grows(backlog: &[u64], connections: u64) -> bool {
    let is_more = backlog.windows(2).all(|two| two[0] < two[1]);
    let (first, last) = (backlog.first(), backlog.last());
    is_more && first.zip(last).is_some_and(|(first, last)| last - first > connections)
}

/// What became of a contestant's turns in a scenario.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Turns {
    pub(super) all: usize,
    /// In which the generator was late.
    pub(super) late: usize,
    /// In which the generator was in time (or in all, if it never was), and the server did not keep the rate.
    pub(super) behind: usize,
    judged: usize,
}

impl Turns {
    pub(super) fn of(record: &Record, scenario: &Scenario, contestant: &str) -> Turns {
        let all = record.runs.iter().filter(|run| {
            run.scenario == scenario.name && run.contestant == contestant && run.outcome.is_ok()
        });
        let all: Vec<&Load> = all.filter_map(|run| run.outcome.as_ref().ok()).collect();
        let judged: Vec<&Load> =
            loads(record, scenario.name, contestant).into_iter().map(|(_, load)| load).collect();
        Turns {
            all: all.len(),
            late: all.iter().filter(|load| is_late(load)).count(),
            behind: judged.iter().filter(|load| !is_kept(load, scenario.connections)).count(),
            judged: judged.len(),
        }
    }

    /// The rate was not kept in most of the turns that count.
    pub(super) fn is_behind(self) -> bool {
        self.behind * 2 > self.judged
    }

    /// All figures are of turns in which the generator was late.
    pub(super) fn is_void(self) -> bool {
        self.all > 0 && self.late == self.all
    }
}

/// Where Rajada did not keep a rate.
pub(super) fn shortfalls(record: &Record) -> impl Iterator<Item = String> {
    scenarios().filter_map(|scenario| {
        let reached = figure(record, scenario.name, OURS, rate)?.median;
        let is_behind = Turns::of(record, scenario, OURS).is_behind();
        is_behind.then(|| format!("{}: not kept, {reached:.0} were reached", scenario.title))
    })
}

impl Latency {
    /// For tests: all the same.
    #[cfg(test)]
    pub(super) fn flat(micros: f64) -> Latency {
        let (min, p50, p75, p90, p99) = (micros, micros, micros, micros, micros);
        Latency { min, p50, p75, p90, p99, p99_9: micros, max: micros, mean: micros }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::record::Run;
    use super::super::summary::tests::record as pipelined;
    use super::*;

    /// Three rounds of the three contestants at both rates: hyper is behind, and the generator was late for it in the last.
    pub(in super::super) fn record() -> Record {
        let mut record = pipelined();
        let names: Vec<String> = record.contestants.iter().map(|one| one.name.clone()).collect();
        for (scenario, contestant) in
            scenarios().flat_map(|scenario| names.iter().map(move |name| (scenario, name)))
        {
            for round in 0..3 {
                let slow = contestant == "hyper";
                let rate = scenario.rate.unwrap();
                let load = Load {
                    requests: 1000,
                    requests_per_second: if slow { 0.9 * rate } else { 0.9995 * rate },
                    rate: Some(rate),
                    latency_us: Latency::flat(if slow { 4e4 } else { 40.0 }),
                    lag_us: Some(Latency::flat(if slow && round == 2 { 1e3 } else { 3.0 })),
                    backlog: if slow { vec![1, 90, 200, 300, 400] } else { vec![1, 0, 1, 0, 2] },
                    server: Some(super::super::record::Server {
                        cpu_us_per_request: 10.0,
                        ..Default::default()
                    }),
                    ..Load::default()
                };
                let (scenario, contestant) = (scenario.name.into(), contestant.clone());
                record.runs.push(Run { scenario, contestant, round, outcome: Ok(load) });
            }
        }
        record
    }

    #[test]
    fn a_line_that_grows_is_told_from_one_that_comes_and_goes() {
        assert!(grows(&[1, 50, 120, 160, 200], 100));
        assert!(!grows(&[1, 0, 300, 160, 200], 100));
        assert!(!grows(&[1, 2, 3, 4, 5], 100));
        assert!(!grows(&[], 100));
    }

    #[test]
    fn who_does_not_keep_a_rate_and_who_is_late_is_told() {
        let record = record();
        let scenario = scenarios().next().unwrap();
        let turns = Turns::of(&record, scenario, "hyper");
        assert_eq!((turns.all, turns.late, turns.behind), (3, 1, 2));
        assert!(turns.is_behind() && !turns.is_void());
        let turns = Turns::of(&record, scenario, OURS);
        assert_eq!((turns.late, turns.behind, turns.is_behind()), (0, 0, false));
        assert_eq!(shortfalls(&record).count(), 0);
    }

    #[test]
    fn figures_are_those_of_turns_in_which_the_generator_was_in_time() {
        let mut record = record();
        assert_eq!(figure(&record, "rate-5000", "hyper", lag).unwrap().rounds, 2);
        for run in &mut record.runs {
            if let Ok(load) = &mut run.outcome {
                load.lag_us = load.lag_us.as_ref().map(|_| Latency::flat(1e3));
            }
        }
        // Of bad figures rather than of none, which the pages say.
        assert_eq!(figure(&record, "rate-5000", "hyper", lag).unwrap().rounds, 3);
        assert!(Turns::of(&record, scenarios().next().unwrap(), "hyper").is_void());
    }
}
