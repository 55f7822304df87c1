//! Processor time a request, as a multiple of null-mio's, in user space and in the kernel.

use super::super::record::Record;
use super::super::summary::{LIMIT, cpu, figure, ratio, user};
use super::svg::{Anchor, Picture, steps};
use super::{FOOTNOTE, LEFT, RIGHT, TOP, classes, label, label_class};

const ROW: f64 = 26.0;
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
    let (step, count) = steps(most);
    let end = step * count as f64;
    let at = |times: f64| LEFT + times.min(end) * (RIGHT - LEFT) / end;

    let mut picture = Picture::new(
        "Processor time a request, times null-mio's of the same round",
        "24 pipelined on 100 connections. Dark: in user space, what a server can do something about. Light: in the kernel.",
    );
    let bottom = TOP + ROW * rows.len() as f64;
    for tick in 0..=count {
        let value = step * tick as f64;
        picture.rule((at(value), TOP - 14.0), (at(value), bottom), "grid");
        picture.text(at(value), TOP - 20.0, Anchor::Middle, "quiet small", &format!("{value:.1}"));
    }
    for (row, (one, times, total, user)) in rows.iter().enumerate() {
        let y = TOP + ROW * row as f64;
        let (class, light) = classes(one.kind);
        picture.text(
            LEFT - 10.0,
            y + 13.0,
            Anchor::End,
            label_class(one.kind),
            &label(record, one),
        );
        let width = at(times.median) - LEFT;
        picture.bar(LEFT, y + 1.0, width, 15.0, light);
        // Of a bar that is cut, both parts are.
        picture.bar(LEFT, y + 1.0, width * user.median / total.median, 15.0, class);
        if times.most <= end {
            picture.rule((at(times.least), y + 8.5), (at(times.most), y + 8.5), "whisker");
        }
        let (x, class) = (at(times.most) + 8.0, label_class(one.kind));
        if times.median > end {
            picture.text(x, y + 13.0, Anchor::Start, class, &format!("» {:.0}", times.median));
            let microseconds = format!("{:.1} µs", total.median);
            picture.text(x + 42.0, y + 13.0, Anchor::Start, "quiet small", &microseconds);
        } else {
            picture.text(x, y + 13.0, Anchor::Start, class, &format!("{:.2}", times.median));
            let microseconds = format!("{:.3} µs, {:.3} user", total.median, user.median);
            picture.text(x + 42.0, y + 13.0, Anchor::Start, "quiet small", &microseconds);
        }
    }
    picture.rule((at(1.0), TOP - 14.0), (at(1.0), bottom), "mark");
    picture.text(24.0, bottom + 22.0, Anchor::Start, "quiet small", FOOTNOTE);
    Some(picture.finish(bottom + 40.0))
}
