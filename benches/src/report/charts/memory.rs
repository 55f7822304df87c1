//! Memory of a connection, on a logarithmic scale.

use super::super::record::Record;
use super::svg::{Anchor, Picture, WIDTH};
use super::{FOOTNOTE, LEFT, TOP, classes, label, label_class};

const ROW: f64 = 26.0;
const RIGHT: f64 = WIDTH - 120.0;
/// Where the scale begins.
const LEAST: f64 = 10.0;

pub(super) fn chart(record: &Record) -> Option<String> {
    let mut rows: Vec<_> = record
        .contestants
        .iter()
        .filter_map(|one| {
            let memory = record.memory.iter().find(|memory| memory.contestant == one.name)?;
            let resident = memory.outcome.as_ref().ok()?;
            let moments = [resident.opened, resident.after_request, resident.after_burst];
            Some((one, moments.map(|moment| resident.octets_a_connection(moment))))
        })
        .collect();
    rows.sort_by(|a, b| a.1[2].total_cmp(&b.1[2]));
    let most =
        rows.iter().flat_map(|(_, values)| values).copied().reduce(f64::max)?.max(1000.0) * 1.2;
    let at = |octets: f64| {
        LEFT + (octets.max(LEAST) / LEAST).log10() * (RIGHT - LEFT) / (most / LEAST).log10()
    };

    let mut picture = Picture::new(
        "Memory of a connection, octets, logarithmic",
        "Growth of resident memory over 10,000 idle connections: opened, after one request, after a burst of 24 (large).",
    );
    let bottom = TOP + ROW * rows.len() as f64;
    let mut tick = LEAST;
    while tick < most {
        picture.rule((at(tick), TOP - 14.0), (at(tick), bottom), "grid");
        let name =
            if tick < 1000.0 { format!("{tick:.0}") } else { format!("{:.0} k", tick / 1000.0) };
        picture.text(at(tick), TOP - 20.0, Anchor::Middle, "quiet small", &name);
        tick *= 10.0;
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
        picture.rule((LEFT, y + 8.5), (at(values[2]), y + 8.5), &format!("line-{class}"));
        for (value, radius) in values.iter().zip([3.0, 3.0, 5.5]) {
            picture.dot(at(*value), y + 8.5, radius, class);
        }
        let furthest = values.iter().copied().fold(0.0, f64::max);
        picture.text(
            at(furthest) + 12.0,
            y + 13.0,
            Anchor::Start,
            label_class(one.kind),
            &format!("{:.0}", values[2]),
        );
    }
    picture.text(24.0, bottom + 22.0, Anchor::Start, "quiet small", FOOTNOTE);
    Some(picture.finish(bottom + 40.0))
}
