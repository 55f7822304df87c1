//! At a fixed rate: processor time a request, and latency.

use super::super::record::{Contestant, Load, Record};
use super::super::scenarios::Scenario;
use super::super::steady::{Turns, mean, scenarios};
use super::super::summary::{Figure, cpu, figure, p99};
use super::frame::{Frame, Scale};
use super::{classes, duration, label};

/// Below the last row.
const NOTE: &str = "† has a fault that the report names. » did not keep the higher rate. Grey: marks that are no servers to use.";

/// The lower rate and the higher one.
fn rates() -> Option<(&'static Scenario, &'static Scenario)> {
    let mut scenarios = scenarios();
    Some((scenarios.next()?, scenarios.last()?))
}

/// Contestants with a figure at the higher rate, the smallest first.
fn rows(
    record: &Record,
    number: fn(&Load) -> f64,
) -> Option<Vec<(&Contestant, Figure, Option<Figure>)>> {
    let (low, high) = rates()?;
    let mut rows: Vec<_> = record
        .contestants
        .iter()
        .filter_map(|one| {
            let of = |scenario: &Scenario| figure(record, scenario.name, &one.name, number);
            Some((one, of(high)?, of(low)))
        })
        .collect();
    rows.sort_by(|a, b| a.1.median.total_cmp(&b.1.median));
    Some(rows)
}

/// The name, with a mark if the contestant was too slow.
fn name(record: &Record, one: &Contestant) -> String {
    let is_behind = rates().is_some_and(|(_, high)| Turns::of(record, high, &one.name).is_behind());
    let name = label(record, one);
    if is_behind { format!("» {name}") } else { name }
}

pub(super) fn cpu_chart(record: &Record) -> Option<String> {
    let rows = rows(record, cpu)?;
    let most = rows.iter().flat_map(|(_, high, low)| [high.most, low.map_or(0.0, |low| low.most)]);
    let most = most.reduce(f64::max)?;
    let mut frame = Frame::new(
        "Processor time a request at a fixed rate",
        "Microseconds, one worker on one core, 100 connections. Thick: 20,000 requests a second. Thin: 5,000.",
        Scale::linear(most, 150.0, 0),
        rows.len(),
        32.0,
    );
    for (row, (one, high, low)) in rows.iter().enumerate() {
        let y = frame.row(row, &name(record, one), one.kind);
        let (class, light) = classes(one.kind);
        frame.bar(y + 1.0, 14.0, high.median, class);
        frame.line(y + 8.0, high.least, high.most, "whisker");
        let mut others = String::new();
        let mut behind = high.most;
        if let Some(low) = low {
            frame.bar(y + 17.0, 5.0, low.median, light);
            others = format!("/ {:.1} µs", low.median);
            behind = behind.max(low.median);
        }
        frame.figures(y, behind, one.kind, &format!("{:.1} µs", high.median), &others);
    }
    Some(frame.finish(NOTE))
}

pub(super) fn latency_chart(record: &Record) -> Option<String> {
    let rows = rows(record, p99)?;
    let (low, high) = rates()?;
    let of = |one: &Contestant, scenario: &Scenario| {
        let number = |number: fn(&Load) -> f64| {
            Some(figure(record, scenario.name, &one.name, number)?.median)
        };
        Some((number(mean)?.max(1.0), number(p99)?.max(1.0)))
    };
    let all = || {
        rows.iter().flat_map(|(one, ..)| {
            [of(one, high), of(one, low)].into_iter().flatten().flat_map(|(mean, p99)| [mean, p99])
        })
    };
    let least = 10f64.powf(all().reduce(f64::min)?.log10().floor());
    let most = all().reduce(f64::max)?.max(least * 10.0) * 1.15;
    let mut frame = Frame::new(
        "Latency at a fixed rate: mean (small) and p99 (large)",
        "From when a request was due. Strong: 20,000 requests a second on 100 connections. Faint: 5,000. Logarithmic.",
        Scale::logarithmic(least, most, 40.0, &[1.0, 2.0, 5.0], duration),
        rows.len(),
        30.0,
    );
    for (row, (one, ..)) in rows.iter().enumerate() {
        let y = frame.row(row, &name(record, one), one.kind);
        let (class, light) = classes(one.kind);
        for (scenario, y, class) in [(high, y + 5.0, class), (low, y + 15.0, light)] {
            let Some((mean, p99)) = of(one, scenario) else { continue };
            frame.line(y, mean, p99, &format!("line-{}", classes(one.kind).0));
            frame.picture.dot(frame.scale.at(mean), y, 3.0, class);
            frame.picture.dot(frame.scale.at(p99), y, 5.0, class);
        }
    }
    Some(frame.finish(NOTE))
}
