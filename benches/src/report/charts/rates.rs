//! Requests a second: pipelined, and not, one below the other.

use super::super::record::Record;
use super::super::summary::{Figure, figure, rate};
use super::svg::{Anchor, Picture, steps};
use super::{FOOTNOTE, LEFT, RIGHT, TOP, classes, label, label_class};

const ROW: f64 = 32.0;

pub(super) fn chart(record: &Record) -> Option<String> {
    let mut rows: Vec<_> = record
        .contestants
        .iter()
        .filter_map(|one| Some((one, figure(record, "pipelined", &one.name, rate)?)))
        .collect();
    rows.sort_by(|a, b| b.1.median.total_cmp(&a.1.median));
    let most = rows.iter().map(|(_, figure)| figure.most).reduce(f64::max)? / 1e6;
    let (step, count) = steps(most);
    let scale = (RIGHT - LEFT) / (step * count as f64);
    let at = |millions: f64| LEFT + millions * scale;

    let mut picture = Picture::new(
        "Requests a second, one worker on one core",
        "Million GET / a second. Thick: 24 pipelined on 100 connections. Thin: not pipelined, 100 connections.",
    );
    let bottom = TOP + ROW * rows.len() as f64;
    for tick in 0..=count {
        let value = step * tick as f64;
        picture.rule((at(value), TOP - 14.0), (at(value), bottom), "grid");
        picture.text(at(value), TOP - 20.0, Anchor::Middle, "quiet small", &format!("{value:.1}"));
    }
    for (row, (one, pipelined)) in rows.iter().enumerate() {
        let y = TOP + ROW * row as f64;
        let (class, light) = classes(one.kind);
        picture.text(
            LEFT - 10.0,
            y + 13.0,
            Anchor::End,
            label_class(one.kind),
            &label(record, one),
        );
        picture.bar(LEFT, y + 1.0, at(pipelined.median / 1e6) - LEFT, 14.0, class);
        whisker(&mut picture, *pipelined, y + 8.0, at);
        let single = figure(record, "single", &one.name, rate);
        if let Some(single) = single {
            picture.bar(LEFT, y + 17.0, at(single.median / 1e6) - LEFT, 5.0, light);
        }
        let x = at(pipelined.most.max(pipelined.median) / 1e6) + 8.0;
        picture.text(
            x,
            y + 13.0,
            Anchor::Start,
            label_class(one.kind),
            &millions(pipelined.median),
        );
        if let Some(single) = single {
            picture.text(
                x + 52.0,
                y + 13.0,
                Anchor::Start,
                "quiet small",
                &format!("/ {}", millions(single.median)),
            );
        }
    }
    picture.text(24.0, bottom + 22.0, Anchor::Start, "quiet small", FOOTNOTE);
    Some(picture.finish(bottom + 40.0))
}

fn whisker(picture: &mut Picture, figure: Figure, y: f64, at: impl Fn(f64) -> f64) {
    picture.rule((at(figure.least / 1e6), y), (at(figure.most / 1e6), y), "whisker");
}

/// `3.31 M`
fn millions(number: f64) -> String {
    format!("{:.2} M", number / 1e6)
}
