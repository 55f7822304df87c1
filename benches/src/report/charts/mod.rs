//! Charts: one file each, SVG that needs nothing else.

mod cpu;
mod frame;
mod heads;
mod latency;
mod memory;
mod rates;
mod steady;
mod svg;

pub(super) use heads::rows as head_rows;
pub(super) use svg::escape;

use super::record::{Contestant, Kind, Record};
use super::summary::faults;

/// A chart with the name of its file.
pub(super) struct Chart {
    pub(super) name: &'static str,
    pub(super) svg: String,
}

/// All that there are figures for.
pub(super) fn all(record: &Record) -> Vec<Chart> {
    let charts = [
        ("rates", rates::chart(record)),
        ("cpu", cpu::chart(record)),
        ("latency", latency::chart(record)),
        ("fixed-cpu", steady::cpu_chart(record)),
        ("fixed-latency", steady::latency_chart(record)),
        ("memory", memory::chart(record)),
        ("parsers", heads::chart(record)),
    ];
    charts.into_iter().filter_map(|(name, svg)| Some(Chart { name, svg: svg? })).collect()
}

/// The classes of a contestant's bar: its main part, and a lighter one.
fn classes(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Ours => ("ours", "ours-2"),
        Kind::Limit => ("limit", "limit-2"),
        Kind::Peer => ("peer", "peer-2"),
    }
}

/// The name before a row: with a mark if something is wrong with it.
fn label(record: &Record, contestant: &Contestant) -> String {
    match contestant.kind == Kind::Peer && !faults(record, &contestant.name).is_empty() {
        true => format!("{} †", contestant.title),
        false => contestant.title.clone(),
    }
}

/// `200 µs`, `5 ms`.
fn duration(microseconds: f64) -> String {
    match microseconds {
        short if short < 1e3 => format!("{short:.0} µs"),
        middle if middle < 1e6 => format!("{:.0} ms", middle / 1e3),
        long => format!("{:.0} s", long / 1e6),
    }
}

/// Below the last row.
const FOOTNOTE: &str = "† has a fault that the table names. Grey: marks that are no servers to use (null-mio parses nothing).";

#[cfg(test)]
mod tests {
    use super::super::steady;
    use super::super::summary::tests::record;
    use super::*;

    #[test]
    fn there_is_a_chart_for_what_there_are_figures_for() {
        let names = |charts: &[Chart]| charts.iter().map(|chart| chart.name).collect::<Vec<_>>();
        assert_eq!(names(&all(&record())), ["rates", "cpu", "latency"]);
        let charts = all(&steady::tests::record());
        assert_eq!(names(&charts), ["rates", "cpu", "latency", "fixed-cpu", "fixed-latency"]);
        for chart in charts {
            assert!(
                chart.svg.starts_with("<svg ") && chart.svg.ends_with("</svg>\n"),
                "{}",
                chart.name
            );
            assert!(!chart.svg.contains("NaN") && !chart.svg.contains("inf"), "{}", chart.svg);
        }
    }
}
