//! Latency of bursts: four percentiles on a logarithmic scale.

use super::super::record::{Latency, Record};
use super::super::summary::figure;
use super::svg::{Anchor, Picture, WIDTH};
use super::{FOOTNOTE, LEFT, TOP, classes, label, label_class};

const ROW: f64 = 26.0;
const RIGHT: f64 = WIDTH - 40.0;

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
    let all =
        || rows.iter().flat_map(|(_, values)| values.iter().copied().map(|value| value.max(1.0)));
    let least = 10f64.powf(all().reduce(f64::min)?.log10().floor());
    let most = all().reduce(f64::max)?.max(least * 10.0) * 1.15;
    let at = |value: f64| {
        LEFT + (value.max(least) / least).log10() * (RIGHT - LEFT) / (most / least).log10()
    };

    let mut picture = Picture::new(
        "Latency of a burst: median, p90, p99 (large), p99.9",
        "24 pipelined on 100 connections that always want something (closed loop), logarithmic: shorter is better.",
    );
    let bottom = TOP + ROW * rows.len() as f64;
    let mut decade = least;
    while decade < most {
        for (times, named) in [(1.0, true), (2.0, true), (5.0, true)] {
            let value = decade * times;
            if value < most {
                picture.rule((at(value), TOP - 14.0), (at(value), bottom), "grid");
                if named {
                    picture.text(
                        at(value),
                        TOP - 20.0,
                        Anchor::Middle,
                        "quiet small",
                        &duration(value),
                    );
                }
            }
        }
        decade *= 10.0;
    }
    for (row, (one, values)) in rows.iter().enumerate() {
        let y = TOP + ROW * row as f64;
        let (class, _) = classes(one.kind);
        picture.text(
            LEFT - 10.0,
            y + 13.0,
            Anchor::End,
            label_class(one.kind),
            &label(record, one),
        );
        picture.rule((at(values[0]), y + 8.5), (at(values[3]), y + 8.5), &format!("line-{class}"));
        for (Percentile(_, radius), value) in PERCENTILES.iter().zip(values) {
            picture.dot(at(*value), y + 8.5, *radius, class);
        }
    }
    picture.text(24.0, bottom + 22.0, Anchor::Start, "quiet small", FOOTNOTE);
    Some(picture.finish(bottom + 40.0))
}

/// `200 µs`, `5 ms`.
fn duration(microseconds: f64) -> String {
    match microseconds {
        short if short < 1e3 => format!("{short:.0} µs"),
        middle if middle < 1e6 => format!("{:.0} ms", middle / 1e3),
        long => format!("{:.0} s", long / 1e6),
    }
}
