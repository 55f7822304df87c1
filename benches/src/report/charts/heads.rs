//! The parser beside others: nanoseconds a head of 2,048 different requests, and of the shape that is measured the longest.

use super::super::record::{Head, Kind, Record};
use super::super::summary::OURS;
use super::classes;
use super::frame::{Frame, Scale};

pub(super) fn chart(record: &Record) -> Option<String> {
    let of = |row: &(String, String), item: &str| {
        let same =
            |head: &&Head| (&head.contestant, &head.level) == (&row.0, &row.1) && head.item == item;
        record.heads.iter().find(same).map(|head| head.min_ns)
    };
    let mut rows: Vec<_> = rows(record)
        .into_iter()
        .filter_map(|row| Some((of(&row, "j")?, of(&row, "c"), row)))
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let most = rows.iter().map(|row| row.0).reduce(f64::max)?;

    let mut frame = Frame::new(
        "Parsing a head, nanoseconds",
        "Thick: of 2,048 different requests, more than a branch predictor learns. Thin: one browser's request of 703 octets.",
        Scale::linear(most, 130.0, 0),
        rows.len(),
        32.0,
    );
    for (row, (all, one, (contestant, level))) in rows.iter().enumerate() {
        let kind = if contestant == OURS { Kind::Ours } else { Kind::Peer };
        let y = frame.row(row, &format!("{contestant}, {level}"), kind);
        let (class, light) = classes(kind);
        frame.bar(y + 1.0, 14.0, *all, class);
        if let Some(one) = one {
            frame.bar(y + 17.0, 5.0, *one, light);
        }
        let one = one.map_or(String::new(), |one| format!("/ {one:.0}"));
        frame.figures(y, *all, kind, &format!("{all:.0}"), &one);
    }
    Some(frame.finish(""))
}

/// Contestants and levels, in the order in which they come.
pub(in super::super) fn rows(record: &Record) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = Vec::new();
    for head in &record.heads {
        let row = (head.contestant.clone(), head.level.clone());
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}
