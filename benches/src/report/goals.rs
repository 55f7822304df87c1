//! What Rajada is to reach, beside what it reached.

use super::record::{Contestant, Kind, Load, Record};
use super::scenarios::{ALL, Ahead, Scenario};
use super::steady::{mean, shortfalls};
use super::summary::{
    Figure, LIMIT, OURS, correct_peers, cpu, failure, figure, p99, rate, ratio, user,
};

/// One floor or ceiling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) scenario: String,
    pub(super) goal: String,
    pub(super) measured: String,
    pub(super) verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Met,
    Missed,
    /// Not to be judged: something was not measured.
    Unknown,
}

impl Verdict {
    pub(super) fn word(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::Missed => "missed",
            Verdict::Unknown => "not measured",
        }
    }

    fn when(met: bool) -> Verdict {
        match met {
            true => Verdict::Met,
            false => Verdict::Missed,
        }
    }
}

/// At most so many octets for an idle connection after a burst.
const CONNECTION: f64 = 300.0;
/// At most so much growth by a client that never reads.
const UNREAD: u64 = 1 << 20;
/// At most so many times the memory from before, when all connections have gone.
const AFTERWARDS: f64 = 1.1;

/// All that was to be reached and was looked at.
pub(super) fn cells(record: &Record) -> Vec<Cell> {
    let mut cells = Vec::new();
    for scenario in
        ALL.iter().filter(|scenario| record.runs.iter().any(|run| run.scenario == scenario.name))
    {
        of_scenario(record, scenario, &mut cells);
    }
    system_calls(record, &mut cells);
    memory(record, &mut cells);
    cells
}

fn of_scenario(record: &Record, scenario: &Scenario, cells: &mut Vec<Cell>) {
    let goal = &scenario.goal;
    let mut most = |what: &str, unit: &str, limit: Option<f64>, figure: Option<Figure>| {
        let Some(limit) = limit else { return };
        cells.push(Cell {
            scenario: scenario.title.into(),
            goal: format!("{what} at most {limit}{unit}"),
            measured: figure.map_or_else(
                || failure(record, scenario.name, OURS).unwrap_or("no figure").to_owned(),
                |f| f.spread(3),
            ),
            verdict: figure.map_or(Verdict::Unknown, |f| Verdict::when(f.median <= limit)),
        });
    };
    let name = scenario.name;
    most(
        "processor time, times null-mio's:",
        "",
        goal.ratio,
        ratio(record, name, OURS, LIMIT, cpu),
    );
    most("in user space", " µs", goal.user, figure(record, name, OURS, user));
    most("p99 latency, times null-mio's:", "", goal.p99, ratio(record, name, OURS, LIMIT, p99));
    if let Some(least) = goal.japronto {
        let faster = ratio(record, name, OURS, "japronto", rate);
        cells.push(Cell {
            scenario: scenario.title.into(),
            goal: format!("requests a second, times Japronto's: at least {least}"),
            measured: faster.map_or("Japronto did not take part".into(), |f| f.spread(2)),
            verdict: faster.map_or(Verdict::Unknown, |f| Verdict::when(f.median >= least)),
        });
    }
    if let Some(ahead) = goal.ahead {
        cells.extend(ahead_of_peers(record, scenario, ahead));
    }
}

fn ahead_of_peers(record: &Record, scenario: &Scenario, ahead: Ahead) -> Option<Cell> {
    let (number, what): (fn(&_) -> f64, _) = match ahead {
        Ahead::Cpu => (cpu, "processor time"),
        Ahead::User => (user, "user time"),
    };
    let ours = figure(record, scenario.name, OURS, number)?.median;
    let figure_of =
        |peer: &str| Some((figure(record, scenario.name, peer, number)?.median, peer.to_owned()));
    let best = correct_peers(record).filter_map(figure_of).min_by(|a, b| a.0.total_cmp(&b.0));
    let title = |name: &str| {
        let found = record.contestants.iter().find(|contestant| contestant.name == name);
        found.map_or(name.to_owned(), |contestant| contestant.title.clone())
    };
    Some(Cell {
        scenario: scenario.title.into(),
        goal: format!("less {what} than each peer without a fault"),
        measured: best.as_ref().map_or("no such peer took part".into(), |(figure, name)| {
            format!("{ours:.3} µs; the best of them is {} with {figure:.3} µs", title(name))
        }),
        verdict: best.map_or(Verdict::Unknown, |(figure, _)| Verdict::when(ours < figure)),
    })
}

fn system_calls(record: &Record, cells: &mut Vec<Cell>) {
    let of = |contestant: &str, scenario: &str| {
        record
            .calls
            .iter()
            .find(|calls| calls.contestant == contestant && calls.scenario == scenario)
    };
    let each = |count: u64, bursts: u64| format!("{:.2}", count as f64 / bursts as f64);
    if let (Some(ours), Some(limit)) = (of(OURS, "single"), of(LIMIT, "single")) {
        let (a, b) = (ours.calls.values().sum::<u64>(), limit.calls.values().sum::<u64>());
        cells.push(Cell {
            scenario: "not pipelined, 1 connection".into(),
            goal: "as many system calls a request as null-mio".into(),
            measured: format!("{} and {}", each(a, ours.bursts), each(b, limit.bursts)),
            // A timer now and then is no call a request.
            verdict: Verdict::when(a.saturating_sub(b) * 100 <= ours.bursts),
        });
    }
    if let Some(ours) = of(OURS, "pipelined") {
        let besides = ours.calls.iter().filter(|(name, _)| !name.starts_with("epoll_"));
        let besides: u64 = besides.map(|(_, count)| count).sum();
        cells.push(Cell {
            scenario: "bursts of 24, 1 connection".into(),
            goal: "one read and one write a burst, besides the poll".into(),
            measured: format!("{} calls besides the poll", each(besides, ours.bursts)),
            verdict: Verdict::when(besides.abs_diff(2 * ours.bursts) * 100 <= ours.bursts),
        });
    }
}

fn memory(record: &Record, cells: &mut Vec<Cell>) {
    if let Some(memory) = record.memory.iter().find(|memory| memory.contestant == OURS) {
        let scenario = "10,000 idle connections";
        match &memory.outcome {
            Ok(resident) => {
                let octets = resident.octets_a_connection(resident.after_burst);
                let afterwards = resident.closed as f64 / resident.before.max(1) as f64;
                cells.push(Cell {
                    scenario: scenario.into(),
                    goal: format!(
                        "after a burst of 24 on each at most {CONNECTION} octets a connection"
                    ),
                    measured: format!("{octets:.0} octets"),
                    verdict: Verdict::when(octets <= CONNECTION),
                });
                cells.push(Cell {
                    scenario: scenario.into(),
                    goal: "after they have closed within 10 % of before".into(),
                    measured: format!(
                        "{:+.1} % ({} KiB before)",
                        (afterwards - 1.0) * 100.0,
                        resident.before >> 10
                    ),
                    verdict: Verdict::when(afterwards <= AFTERWARDS),
                });
            }
            Err(reason) => cells.push(Cell {
                scenario: scenario.into(),
                goal: format!("at most {CONNECTION} octets a connection"),
                measured: reason.clone(),
                verdict: Verdict::Unknown,
            }),
        }
    }
    if let Some(unread) = record.unread.iter().find(|unread| unread.contestant == OURS) {
        cells.push(Cell {
            scenario: "64 MiB of requests whose answers are never read".into(),
            goal: "at most 1 MiB of growth".into(),
            measured: format!("{} KiB", unread.growth >> 10),
            verdict: Verdict::when(unread.growth <= UNREAD),
        });
    }
}

/// In what Rajada is behind, and behind whom: nothing is hidden.
pub(super) fn losses(record: &Record) -> Vec<String> {
    struct Measure(&'static str, fn(&Load) -> f64, /* more is better */ bool);
    let closed = [
        Measure("requests a second", rate, true),
        Measure("processor time", cpu, false),
        Measure("user time", user, false),
        Measure("p99 latency", p99, false),
    ];
    let at_rate = [
        Measure("processor time", cpu, false),
        Measure("mean latency", mean, false),
        Measure("p99 latency", p99, false),
    ];
    let mut losses: Vec<String> = shortfalls(record).collect();
    for scenario in ALL.iter().filter(|scenario| scenario.everyone) {
        let measures = if scenario.rate.is_some() { &at_rate[..] } else { &closed };
        for Measure(what, number, more_is_better) in measures {
            // Behind in the median of the ratios, or in the ratio of the medians: the worse of both is told.
            let behind = |peer: &&Contestant| {
                let rounds = ratio(record, scenario.name, OURS, &peer.name, number)?.median;
                let median = |name: &str| Some(figure(record, scenario.name, name, number)?.median);
                let medians = median(OURS)? / median(&peer.name)?;
                let (worse, behind) = match more_is_better {
                    true => (rounds.min(medians), rounds.min(medians) < 1.0),
                    false => (rounds.max(medians), rounds.max(medians) > 1.0),
                };
                behind.then(|| format!("{worse:.2} times that of {}", peer.title))
            };
            let peers =
                record.contestants.iter().filter(|contestant| contestant.kind == Kind::Peer);
            let ahead: Vec<String> = peers.filter_map(|peer| behind(&peer)).collect();
            if !ahead.is_empty() {
                losses.push(format!("{}, {what}: {}", scenario.title, ahead.join(", ")));
            }
        }
    }
    losses
}

#[cfg(test)]
mod tests {
    use super::super::record::{Memory, Resident, Unread};
    use super::super::summary::tests::record;
    use super::*;

    fn cell<'c>(cells: &'c [Cell], goal: &str) -> &'c Cell {
        cells
            .iter()
            .find(|cell| cell.goal.contains(goal))
            .unwrap_or_else(|| panic!("no cell with {goal}: {cells:?}"))
    }

    #[test]
    fn medians_are_held_against_their_goals() {
        let cells = cells(&record());
        assert_eq!(cell(&cells, "times null-mio's: at most 1.12").verdict, Verdict::Met);
        assert_eq!(cell(&cells, "user space").verdict, Verdict::Missed);
        assert_eq!(cell(&cells, "Japronto").verdict, Verdict::Unknown);
        assert_eq!(cell(&cells, "each peer").verdict, Verdict::Met);
    }

    #[test]
    fn memory_is_held_against_its_goals() {
        let mut record = record();
        let (before, after_burst) = (4 << 20, (4 << 20) + 10_000 * 301);
        let resident = Resident {
            connections: 10_000,
            before,
            opened: before,
            after_request: before,
            after_burst,
            closed: before,
        };
        record.memory.push(Memory { contestant: OURS.into(), outcome: Ok(resident) });
        record.unread.push(Unread { contestant: OURS.into(), taken: 1, growth: 1 << 20 });
        let cells = cells(&record);
        assert_eq!(cell(&cells, "300 octets").verdict, Verdict::Missed);
        assert_eq!(cell(&cells, "within 10 %").verdict, Verdict::Met);
        assert_eq!(cell(&cells, "1 MiB of growth").verdict, Verdict::Met);
    }

    #[test]
    fn losses_are_named() {
        let mut record = record();
        assert!(losses(&record).is_empty());
        for run in record.runs.iter_mut().filter(|run| run.contestant == "hyper") {
            run.outcome.as_mut().unwrap().requests_per_second *= 100.0;
        }
        assert_eq!(losses(&record).len(), 1);
    }
}
