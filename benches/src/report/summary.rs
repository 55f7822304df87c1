//! Figures of many rounds as one.

use super::record::{Kind, Load, Probe, Record, Run};
use super::steady::is_late;

/// The server that others are compared with.
pub(super) const LIMIT: &str = "null-mio";
pub(super) const OURS: &str = "rajada";

/// A median and how far the rounds spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) most: f64,
    pub(super) rounds: usize,
}

impl Figure {
    /// Of these numbers, if there are any.
    pub(super) fn of(numbers: impl IntoIterator<Item = f64>) -> Option<Figure> {
        let mut sorted: Vec<f64> =
            numbers.into_iter().filter(|number| number.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let (least, most) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = match sorted.len() % 2 {
            0 => f64::midpoint(sorted[middle - 1], sorted[middle]),
            _ => sorted[middle],
        };
        Some(Figure { median, least, most, rounds: sorted.len() })
    }

    /// `1.10 (1.05–1.20)`; of one round only the figure.
    pub(super) fn spread(&self, digits: usize) -> String {
        let Figure { median, least, most, rounds } = self;
        match rounds {
            1 => format!("{median:.digits$}"),
            _ => format!("{median:.digits$} ({least:.digits$}–{most:.digits$})"),
        }
    }
}

/// The loads of one contestant in one scenario, with their rounds; if there are any for which the generator was in time, only those.
pub(super) fn loads<'r>(
    record: &'r Record,
    scenario: &str,
    contestant: &str,
) -> Vec<(usize, &'r Load)> {
    let of_both = |run: &&Run| run.scenario == scenario && run.contestant == contestant;
    let rounds = record.runs.iter().filter(of_both);
    let mut loads: Vec<_> =
        rounds.filter_map(|run| Some((run.round, run.outcome.as_ref().ok()?))).collect();
    if loads.iter().any(|(_, load)| !is_late(load)) {
        loads.retain(|(_, load)| !is_late(load));
    }
    loads
}

/// A number of each round.
pub(super) fn figure(
    record: &Record,
    scenario: &str,
    contestant: &str,
    number: impl Fn(&Load) -> f64,
) -> Option<Figure> {
    Figure::of(loads(record, scenario, contestant).into_iter().map(|(_, load)| number(load)))
}

/// A number of each round, divided by that of `other` in the same round.
pub(super) fn ratio(
    record: &Record,
    scenario: &str,
    contestant: &str,
    other: &str,
    number: impl Fn(&Load) -> f64,
) -> Option<Figure> {
    let others = loads(record, scenario, other);
    let of_round =
        |round: usize| others.iter().find(|(r, _)| *r == round).map(|(_, load)| number(load));
    let ratios = loads(record, scenario, contestant)
        .into_iter()
        .filter_map(|(round, load)| Some(number(load) / of_round(round)?));
    Figure::of(ratios)
}

/// Why a contestant has no figure in a scenario: the first reason of its rounds.
pub(super) fn failure<'r>(record: &'r Record, scenario: &str, contestant: &str) -> Option<&'r str> {
    let mut of_both =
        record.runs.iter().filter(|run| run.scenario == scenario && run.contestant == contestant);
    of_both.find_map(|run| run.outcome.as_ref().err().map(String::as_str))
}

pub(super) fn rate(load: &Load) -> f64 {
    load.requests_per_second
}

pub(super) fn cpu(load: &Load) -> f64 {
    load.server.as_ref().map_or(f64::NAN, |server| server.cpu_us_per_request)
}

/// By samples; where there are none, by the kernel's ticks.
pub(super) fn user(load: &Load) -> f64 {
    let ticks = || load.server.as_ref().map_or(f64::NAN, |server| server.user_us_per_request);
    load.samples.map_or_else(ticks, |samples| cpu(load) * samples.user as f64 / samples.all as f64)
}

pub(super) fn system(load: &Load) -> f64 {
    cpu(load) - user(load)
}

pub(super) fn p99(load: &Load) -> f64 {
    load.latency_us.p99
}

/// Growth that is bounded, in octets: what a kernel takes for a connection is not the server's, and all that have a bound stay below this.
pub(super) const BOUNDED: u64 = 64 * 1024 * 1024;

/// What is wrong with a contestant, for people. Empty: nothing that was looked for.
pub(super) fn faults(record: &Record, contestant: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(probe) = record.probes.iter().find(|probe| probe.contestant == contestant) {
        for (when, fault) in probe.parts() {
            faults.extend(fault.as_ref().map(|fault| format!("{when}: {fault}")));
        }
    }
    if let Some(unread) = record.unread.iter().find(|unread| unread.contestant == contestant)
        && unread.growth > BOUNDED
    {
        faults.push(format!("unread answers: grows by {} MiB", unread.growth >> 20));
    }
    faults
}

impl Probe {
    /// Each thing that was tried, and what was wrong.
    pub(super) fn parts(&self) -> [(&'static str, &Option<String>); 4] {
        [
            ("order", &self.order),
            ("fragments", &self.fragments),
            ("half-close", &self.half_close),
            ("before a malformed request", &self.malformed),
        ]
    }
}

/// Peers that nothing was found against.
pub(super) fn correct_peers(record: &Record) -> impl Iterator<Item = &str> {
    let peers = record.contestants.iter().filter(|contestant| contestant.kind == Kind::Peer);
    let probed = |name: &str| record.probes.iter().any(|probe| probe.contestant == name);
    peers
        .map(|peer| peer.name.as_str())
        .filter(move |name| probed(name) && faults(record, name).is_empty())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::record::{Contestant, Samples, Server, Unread};
    use super::*;

    /// Two rounds of three contestants in the scenario `pipelined`.
    pub(in super::super) fn record() -> Record {
        let mut record = Record::default();
        for (name, kind, cpu) in
            [(LIMIT, Kind::Limit, 0.2), (OURS, Kind::Ours, 0.22), ("hyper", Kind::Peer, 0.6)]
        {
            record.contestants.push(Contestant {
                name: name.into(),
                title: name.to_uppercase(),
                kind,
                version: "1".into(),
                setup: "one <worker>".into(),
                answer: 105,
            });
            record.probes.push(Probe {
                contestant: name.into(),
                order: None,
                fragments: None,
                half_close: None,
                malformed: None,
            });
            for round in 0..2 {
                let slower = 1.0 + round as f64;
                let server = Server {
                    user_us_per_request: cpu * slower / 4.0,
                    system_us_per_request: cpu * slower * 0.75,
                    cpu_us_per_request: cpu * slower,
                    waited_us_per_request: 1.0,
                };
                let load = Load {
                    requests: 1000,
                    requests_per_second: 1e6 / (cpu * slower),
                    server: Some(server),
                    ..Load::default()
                };
                let (scenario, contestant) = ("pipelined".into(), name.into());
                record.runs.push(Run { scenario, contestant, round, outcome: Ok(load) });
            }
        }
        record
    }

    #[test]
    fn a_figure_is_the_median_and_the_spread() {
        let figure = Figure::of([3.0, 1.0, f64::NAN, 2.0, 10.0]).unwrap();
        assert_eq!(figure, Figure { median: 2.5, least: 1.0, most: 10.0, rounds: 4 });
        assert_eq!(figure.spread(1), "2.5 (1.0–10.0)");
        assert_eq!(Figure::of([1.0]).unwrap().spread(2), "1.00");
        assert_eq!(Figure::of([]), None);
    }

    #[test]
    fn samples_say_better_than_ticks_what_is_the_servers_own() {
        let record = record();
        let (_, load) = loads(&record, "pipelined", OURS)[0];
        let sampled = Load { samples: Some(Samples { user: 1, all: 10 }), ..load.clone() };
        assert!((user(load) - 0.055).abs() < 1e-9 && (system(load) - 0.165).abs() < 1e-9);
        assert!((user(&sampled) - 0.022).abs() < 1e-9 && (system(&sampled) - 0.198).abs() < 1e-9);
    }

    #[test]
    fn ratios_are_those_within_a_round() {
        let record = record();
        let ratio = ratio(&record, "pipelined", OURS, LIMIT, cpu).unwrap();
        assert!((ratio.least - 1.1).abs() < 1e-9 && (ratio.most - 1.1).abs() < 1e-9, "{ratio:?}");
        assert!(figure(&record, "pipelined", OURS, cpu).unwrap().most > 0.4);
    }

    #[test]
    fn a_fault_makes_a_peer_incorrect() {
        let mut record = record();
        assert_eq!(correct_peers(&record).collect::<Vec<_>>(), ["hyper"]);
        let growth = BOUNDED + 1;
        record.unread.push(Unread { contestant: "hyper".into(), taken: growth, growth });
        assert_eq!(correct_peers(&record).count(), 0);
        assert_eq!(faults(&record, "hyper").len(), 1);
    }
}
