//! Latency of bursts: four percentiles on a logarithmic scale.

use super::super::record::{Latency, Record};
use super::super::summary::figure;
use super::frame::{Frame, Scale};
use super::{FOOTNOTE, classes, duration, label};

/// A percentile, and how large its dot is.
struct Percentile(fn(&Latency) -> f64, f64);

/// Median, p90, p99, p99.9.
const PERCENTILES: [Percentile; 4] = [
    Percentile(|latency| latency.p50, 3.0),
    Percentile(|latency| latency.p90, 4.0),
    Percentile(|latency| latency.p99, 5.5),
    Percentile(|latency| latency.p99_9, 3.0),
];

pub(super) fn chart(record: &Record) -> Option<String> {
    let mut rows: Vec<_> = record
        .contestants
        .iter()
        .filter_map(|one| {
            let median = |of: fn(&Latency) -> f64| {
                figure(record, "pipelined", &one.name, |load| of(&load.latency_us))
            };
            let values: Option<Vec<f64>> =
                PERCENTILES.iter().map(|Percentile(of, _)| Some(median(*of)?.median)).collect();
            Some((one, values?))
        })
        .collect();
    rows.sort_by(|a, b| a.1[2].total_cmp(&b.1[2]));
    let all = || rows.iter().flat_map(|(_, values)| values.iter().map(|value| value.max(1.0)));
    let least = 10f64.powf(all().reduce(f64::min)?.log10().floor());
    let most = all().reduce(f64::max)?.max(least * 10.0) * 1.15;

    let mut frame = Frame::new(
        "Latency of a burst: median, p90, p99 (large), p99.9",
        "24 pipelined on 100 connections that always want something (closed loop), logarithmic: shorter is better.",
        Scale::logarithmic(least, most, 40.0, &[1.0, 2.0, 5.0], duration),
        rows.len(),
        26.0,
    );
    for (row, (one, values)) in rows.iter().enumerate() {
        let y = frame.row(row, &label(record, one), one.kind) + 8.5;
        let (class, _) = classes(one.kind);
        frame.line(y, values[0], values[3], &format!("line-{class}"));
        for (Percentile(_, radius), value) in PERCENTILES.iter().zip(values) {
            frame.picture.dot(frame.scale.at(*value), y, *radius, class);
        }
    }
    Some(frame.finish(FOOTNOTE))
}
