//! The parser beside others: nanoseconds a head of 2,048 different requests, and of the shape that is measured the longest.

use super::super::record::{Head, Record};
use super::svg::{Anchor, Picture, steps};
use super::{LEFT, RIGHT, TOP};

const ROW: f64 = 32.0;

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
    let (step, count) = steps(most);
    let at = |nanoseconds: f64| LEFT + nanoseconds * (RIGHT - LEFT) / (step * count as f64);

    let mut picture = Picture::new(
        "Parsing a head, nanoseconds",
        "Thick: of 2,048 different requests, more than a branch predictor learns. Thin: one browser's request of 703 octets.",
    );
    let bottom = TOP + ROW * rows.len() as f64;
    for tick in 0..=count {
        let value = step * tick as f64;
        picture.rule((at(value), TOP - 14.0), (at(value), bottom), "grid");
        picture.text(at(value), TOP - 20.0, Anchor::Middle, "quiet small", &format!("{value:.0}"));
    }
    for (row, (all, one, (contestant, level))) in rows.iter().enumerate() {
        let y = TOP + ROW * row as f64;
        let ours = contestant == "rajada";
        let (class, light) = if ours { ("ours", "ours-2") } else { ("peer", "peer-2") };
        let name = format!("{contestant}, {level}");
        let weight = if ours { "strong" } else { "" };
        picture.text(LEFT - 10.0, y + 13.0, Anchor::End, weight, &name);
        picture.bar(LEFT, y + 1.0, at(*all) - LEFT, 14.0, class);
        picture.text(at(*all) + 8.0, y + 13.0, Anchor::Start, weight, &format!("{all:.0}"));
        if let Some(one) = one {
            picture.bar(LEFT, y + 17.0, at(*one) - LEFT, 5.0, light);
            picture.text(
                at(*all) + 44.0,
                y + 13.0,
                Anchor::Start,
                "quiet small",
                &format!("/ {one:.0}"),
            );
        }
    }
    Some(picture.finish(bottom + 20.0))
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
