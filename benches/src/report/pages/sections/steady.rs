//! What requests at a fixed rate cost, and how long they take.

use super::super::super::record::{Contestant, Load, Record};
use super::super::super::scenarios::Scenario;
use super::super::super::steady::{self, LATE, Turns, lag, mean, waited};
use super::super::super::summary::{LIMIT, cpu, figure, p99, rate, ratio};
use super::super::table::Table;
use super::Part::{Chart, List, Words};
use super::serving::{failures, marked};
use super::{Part, Section, alone, class, ranking, section, spread};

pub(super) fn steady(record: &Record) -> Section {
    let mut parts = Vec::new();
    for scenario in steady::scenarios() {
        let rows = ranking(record, scenario.name);
        if !rows.is_empty() {
            parts.push(Words(format!("{}:", scenario.title)));
            parts.push(Part::Table(table(record, scenario, &rows)));
        }
    }
    let failures: Vec<String> = failures(record, |scenario| scenario.rate.is_some()).collect();
    if !failures.is_empty() {
        parts.push(Words("Runs that failed:".into()));
        parts.push(List(failures));
    }
    if !parts.is_empty() {
        let words = format!(
            "Not pipelined, open loop: each request has a time when it is due, evenly spread over all connections, and is sent then, or as soon as its \
             connection is free. Latency counts from when it was due, so a pause of the server counts for all that would have come in it. The server \
             is mostly idle, and pays for being woken: so a request costs more than under full load. A rate is not kept where less than 99 % of it \
             was answered, or ever more requests were waiting. The server waits for \
             its processor where it has to be woken, where others want it, and where it has threads that wait for each other: a wait of 4 ms makes 80 \
             requests late at the higher rate, so where others were busy p99 says more of the machine than of the server. The lag is the generator's own: from when a request was due and its connection free, \
             to when it was sent. Turns with a lag above {LATE:.0} µs for one in a hundred are invalid: they are taken again, and left out if that \
             does not help; where no turn is valid, ‡ marks figures that are the generator's as much as the server's. † has a fault."
        );
        parts.splice(0..0, [Chart("fixed-cpu"), Chart("fixed-latency"), Words(words)]);
    }
    section("At a fixed rate", parts)
}

fn table(record: &Record, scenario: &Scenario, rows: &[&Contestant]) -> Table {
    let mut table = Table::new(&[
        "server",
        "requests/s reached",
        "CPU, µs",
        "× null-mio",
        "mean latency, µs",
        "p99 latency, µs",
        "waited for its processor, % of the time",
        "the generator's lag: p99, µs",
        "valid turns",
    ]);
    for one in rows {
        let turns = Turns::of(record, scenario, &one.name);
        let of = |number: fn(&Load) -> f64| figure(record, scenario.name, &one.name, number);
        let name = marked(record, one);
        let reached = alone(of(rate), 0);
        table.row(
            class(one.kind),
            vec![
                if turns.is_void() { format!("{name} ‡") } else { name },
                if turns.is_behind() { format!("{reached}: not kept") } else { reached },
                spread(of(cpu), 2),
                spread(ratio(record, scenario.name, &one.name, LIMIT, cpu), 2),
                spread(of(mean), 0),
                spread(of(p99), 0),
                spread(of(waited), 1),
                alone(of(lag), 0),
                format!("{} of {}", turns.all - turns.late, turns.all),
            ],
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::super::super::steady::tests::record;
    use super::*;

    #[test]
    fn who_is_behind_is_shown_with_what_was_reached() {
        let section = steady(&record());
        let tables = section.parts.iter().filter_map(|part| match part {
            Part::Table(table) => Some(table.markdown()),
            _ => None,
        });
        let tables: Vec<String> = tables.collect();
        assert_eq!(tables.len(), 2);
        assert!(tables[1].contains("| HYPER | 18000: not kept | 10.00 (10.00–10.00) "));
        assert!(tables[1].contains("| 2 of 3 |"), "{}", tables[1]);
        assert!(tables[0].contains("| **RAJADA** | **4998** "), "{}", tables[0]);
    }

    #[test]
    fn without_a_rate_there_is_nothing_to_say() {
        assert!(steady(&Record::default()).parts.is_empty());
    }
}
