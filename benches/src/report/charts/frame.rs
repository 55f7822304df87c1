//! What all charts have in common: rows with names at the left, a scale above them, and lines that go down from it.

use super::super::record::Kind;
use super::svg::{Anchor, Picture, WIDTH, steps};

/// The left edge of bars: names stand before it.
pub(super) const LEFT: f64 = 196.0;
/// The upper edge of the first row.
const TOP: f64 = 104.0;

/// From figures to places.
pub(super) struct Scale {
    least: f64,
    most: f64,
    logarithmic: bool,
    right: f64,
    ticks: Vec<(f64, String)>,
}

impl Scale {
    /// From 0 to a round number that is at least `most`. Behind bars there is room for so much text.
    pub(super) fn linear(most: f64, room: f64, digits: usize) -> Scale {
        let (step, count) = steps(most);
        let ticks = (0..=count).map(|tick| step * tick as f64);
        let ticks = ticks.map(|value| (value, format!("{value:.digits$}"))).collect();
        Scale {
            least: 0.0,
            most: step * count as f64,
            logarithmic: false,
            right: WIDTH - room,
            ticks,
        }
    }

    /// From a power of ten to `most`, with these multiples of powers of ten as ticks.
    pub(super) fn logarithmic(
        least: f64,
        most: f64,
        room: f64,
        multiples: &[f64],
        name: fn(f64) -> String,
    ) -> Scale {
        let mut ticks = Vec::new();
        let mut decade = least;
        while decade < most {
            let values =
                multiples.iter().map(|multiple| decade * multiple).filter(|value| *value < most);
            ticks.extend(values.map(|value| (value, name(value))));
            decade *= 10.0;
        }
        Scale { least, most, logarithmic: true, right: WIDTH - room, ticks }
    }

    /// Where a figure stands; what is beyond the end, at the end.
    pub(super) fn at(&self, figure: f64) -> f64 {
        let figure = figure.clamp(self.least, self.most);
        let part = match self.logarithmic {
            true => (figure / self.least).log10() / (self.most / self.least).log10(),
            false => figure / self.most,
        };
        LEFT + part * (self.right - LEFT)
    }

    pub(super) fn end(&self) -> f64 {
        self.most
    }
}

/// A picture with its scale and room for rows.
pub(super) struct Frame {
    pub(super) picture: Picture,
    pub(super) scale: Scale,
    row: f64,
    bottom: f64,
}

impl Frame {
    /// Draws the scale for `rows` rows, each so high.
    pub(super) fn new(
        title: &str,
        description: &str,
        scale: Scale,
        rows: usize,
        row: f64,
    ) -> Frame {
        let mut picture = Picture::new(title, description);
        let bottom = TOP + row * rows as f64;
        for (value, name) in &scale.ticks {
            let x = scale.at(*value);
            picture.rule((x, TOP - 14.0), (x, bottom), "grid");
            picture.text(x, TOP - 20.0, Anchor::Middle, "quiet small", name);
        }
        Frame { picture, scale, row, bottom }
    }

    /// Writes the name before a row, and returns the row's upper edge.
    pub(super) fn row(&mut self, number: usize, name: &str, kind: Kind) -> f64 {
        let y = TOP + self.row * number as f64;
        self.picture.text(LEFT - 10.0, y + 13.0, Anchor::End, text_class(kind), name);
        y
    }

    /// A bar from the left edge to a figure.
    pub(super) fn bar(&mut self, y: f64, height: f64, figure: f64, class: &str) {
        self.picture.bar(LEFT, y, self.scale.at(figure) - LEFT, height, class);
    }

    /// A line between two figures.
    pub(super) fn line(&mut self, y: f64, from: f64, to: f64, class: &str) {
        self.picture.rule((self.scale.at(from), y), (self.scale.at(to), y), class);
    }

    /// Figures behind a row: the one that counts, and others.
    pub(super) fn figures(&mut self, y: f64, behind: f64, kind: Kind, first: &str, others: &str) {
        let x = self.scale.at(behind) + 9.0;
        self.picture.text(x, y + 13.0, Anchor::Start, text_class(kind), first);
        if !others.is_empty() {
            self.picture.text(
                x + 8.5 * first.chars().count() as f64 + 6.0,
                y + 13.0,
                Anchor::Start,
                "quiet small",
                others,
            );
        }
    }

    /// A line from top to bottom.
    pub(super) fn mark(&mut self, figure: f64) {
        let x = self.scale.at(figure);
        self.picture.rule((x, TOP - 14.0), (x, self.bottom), "mark");
    }

    /// The end, with a note below the last row.
    pub(super) fn finish(mut self, note: &str) -> String {
        if note.is_empty() {
            return self.picture.finish(self.bottom + 20.0);
        }
        self.picture.text(24.0, self.bottom + 22.0, Anchor::Start, "quiet small", note);
        self.picture.finish(self.bottom + 40.0)
    }
}

fn text_class(kind: Kind) -> &'static str {
    match kind {
        Kind::Ours => "strong",
        Kind::Limit => "quiet",
        Kind::Peer => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_between_the_ends() {
        let scale = Scale::linear(3.4, 160.0, 1);
        assert_eq!((scale.at(0.0), scale.at(3.5), scale.at(99.0)), (LEFT, 700.0, 700.0));
        let scale = Scale::logarithmic(10.0, 1000.0, 160.0, &[1.0, 5.0], |value| value.to_string());
        assert_eq!((scale.at(1.0), scale.at(100.0)), (LEFT, (LEFT + 700.0) / 2.0));
        assert_eq!(
            scale.ticks.iter().map(|(value, _)| *value).collect::<Vec<_>>(),
            [10.0, 50.0, 100.0, 500.0]
        );
    }
}
