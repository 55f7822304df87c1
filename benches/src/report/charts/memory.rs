//! Memory of a connection, on a logarithmic scale.

use super::super::record::Record;
use super::frame::{Frame, Scale};
use super::{FOOTNOTE, classes, label};

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
    let most = rows.iter().flat_map(|(_, values)| values).copied().reduce(f64::max)?;

    let mut frame = Frame::new(
        "Memory of a connection, octets, logarithmic",
        "Growth of resident memory over 10,000 idle connections: opened, after one request, after a burst of 24 (large).",
        Scale::logarithmic(LEAST, most.max(1000.0) * 1.2, 120.0, &[1.0], octets),
        rows.len(),
        26.0,
    );
    for (row, (one, values)) in rows.iter().enumerate() {
        let y = frame.row(row, &label(record, one), one.kind);
        let (class, _) = classes(one.kind);
        frame.line(y + 8.5, LEAST, values[2], &format!("line-{class}"));
        for (value, radius) in values.iter().zip([3.0, 3.0, 5.5]) {
            frame.picture.dot(frame.scale.at(*value), y + 8.5, radius, class);
        }
        let furthest = values.iter().copied().fold(0.0, f64::max);
        frame.figures(y, furthest, one.kind, &format!("{:.0}", values[2]), "");
    }
    Some(frame.finish(FOOTNOTE))
}

/// `100`, `10 k`.
fn octets(number: f64) -> String {
    match number < 1000.0 {
        true => format!("{number:.0}"),
        false => format!("{:.0} k", number / 1000.0),
    }
}
