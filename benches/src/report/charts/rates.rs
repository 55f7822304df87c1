//! Requests a second: pipelined, and not, one below the other.

use super::super::record::Record;
use super::super::summary::{figure, rate};
use super::frame::{Frame, Scale};
use super::{FOOTNOTE, classes, label};

pub(super) fn chart(record: &Record) -> Option<String> {
    let mut rows: Vec<_> = record
        .contestants
        .iter()
        .filter_map(|one| Some((one, figure(record, "pipelined", &one.name, rate)?)))
        .collect();
    rows.sort_by(|a, b| b.1.median.total_cmp(&a.1.median));
    let most = rows.iter().map(|(_, figure)| figure.most).reduce(f64::max)? / 1e6;

    let mut frame = Frame::new(
        "Requests a second, one worker on one core",
        "Million GET / a second. Thick: 24 pipelined on 100 connections. Thin: not pipelined, 100 connections.",
        Scale::linear(most, 130.0, 1),
        rows.len(),
        32.0,
    );
    for (row, (one, pipelined)) in rows.iter().enumerate() {
        let y = frame.row(row, &label(record, one), one.kind);
        let (class, light) = classes(one.kind);
        frame.bar(y + 1.0, 14.0, pipelined.median / 1e6, class);
        frame.line(y + 8.0, pipelined.least / 1e6, pipelined.most / 1e6, "whisker");
        let single = figure(record, "single", &one.name, rate);
        if let Some(single) = single {
            frame.bar(y + 17.0, 5.0, single.median / 1e6, light);
        }
        let single =
            single.map_or(String::new(), |single| format!("/ {}", millions(single.median)));
        frame.figures(y, pipelined.most / 1e6, one.kind, &millions(pipelined.median), &single);
    }
    Some(frame.finish(FOOTNOTE))
}

/// `3.31 M`
fn millions(number: f64) -> String {
    format!("{:.2} M", number / 1e6)
}
