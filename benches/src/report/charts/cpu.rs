//! Processor time a request, as a multiple of null-mio's, in user space and in the kernel.

use super::super::record::Record;
use super::super::summary::{LIMIT, cpu, figure, ratio, user};
use super::frame::{Frame, LEFT, Scale};
use super::{FOOTNOTE, classes, label};

/// Bars that are longer are cut: the slowest would make the others too small to read.
const LONGEST: f64 = 6.0;

pub(super) fn chart(record: &Record) -> Option<String> {
    let mut rows: Vec<_> = record
        .contestants
        .iter()
        .filter_map(|one| {
            let times = ratio(record, "pipelined", &one.name, LIMIT, cpu)?;
            let total = figure(record, "pipelined", &one.name, cpu)?;
            let user = figure(record, "pipelined", &one.name, user)?;
            Some((one, times, total, user))
        })
        .collect();
    rows.sort_by(|a, b| a.1.median.total_cmp(&b.1.median));
    let most = rows.iter().map(|row| row.1.most).reduce(f64::max)?.min(LONGEST);

    let mut frame = Frame::new(
        "Processor time a request, times null-mio's of the same round",
        "24 pipelined on 100 connections. Strong: in user space, what a server can do something about. Faint: in the kernel.",
        Scale::linear(most, 170.0, 1),
        rows.len(),
        26.0,
    );
    for (row, (one, times, total, user)) in rows.iter().enumerate() {
        let y = frame.row(row, &label(record, one), one.kind);
        let (class, light) = classes(one.kind);
        frame.bar(y + 1.0, 15.0, times.median, light);
        // Of a bar that is cut, both parts are.
        let width = frame.scale.at(times.median) - LEFT;
        frame.picture.bar(LEFT, y + 1.0, width * user.median / total.median, 15.0, class);
        if times.most <= frame.scale.end() {
            frame.line(y + 8.5, times.least, times.most, "whisker");
        }
        let (ratio, time) = match times.median > frame.scale.end() {
            true => (format!("» {:.0}", times.median), format!("{:.1} µs", total.median)),
            false => (
                format!("{:.2}", times.median),
                format!("{:.3} µs, {:.3} user", total.median, user.median),
            ),
        };
        frame.figures(y, times.most, one.kind, &ratio, &time);
    }
    frame.mark(1.0);
    Some(frame.finish(FOOTNOTE))
}
