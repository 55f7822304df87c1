//! A picture, line by line.

use std::fmt::Display;

/// The width of all charts.
pub(super) const WIDTH: f64 = 860.0;

/// Where a text begins, ends, or has its middle.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

pub(super) struct Picture {
    title: String,
    description: String,
    body: String,
}

/// The classes that the charts' parts have: a chart looks the same in a page and alone, in light and dark.
const STYLE: &str = "\
.chart .panel{fill:#fff;stroke:#d0d7de}\
.chart text{fill:#1f2328;font-size:13px}\
.chart .head{font-size:16px;font-weight:600}\
.chart .quiet{fill:#59636e}.chart .small{font-size:12px}.chart .strong{font-weight:600}\
.chart .grid{stroke:#d0d7de}.chart .mark{stroke:#1f2328;stroke-dasharray:3 3}\
.chart .whisker{stroke:#1f2328;stroke-opacity:.55;stroke-width:1.5}\
.chart .ours{fill:#d97706}.chart .ours-2{fill:#f3b562}\
.chart .peer{fill:#5b7fa8}.chart .peer-2{fill:#a9bfd8}\
.chart .limit{fill:#8c959f}.chart .limit-2{fill:#c8ced4}\
.chart .line-ours{stroke:#d97706}.chart .line-peer{stroke:#a9bfd8}.chart .line-limit{stroke:#c8ced4}\
@media (prefers-color-scheme:dark){\
.chart .panel{fill:#0d1117;stroke:#3d444d}\
.chart text{fill:#f0f6fc}.chart .quiet{fill:#9198a1}\
.chart .grid{stroke:#2b323b}.chart .mark{stroke:#f0f6fc}.chart .whisker{stroke:#f0f6fc}\
.chart .ours{fill:#e0a030}.chart .ours-2{fill:#7a5414}\
.chart .peer{fill:#6b93c4}.chart .peer-2{fill:#34506f}\
.chart .limit{fill:#7d8590}.chart .limit-2{fill:#474e57}\
.chart .line-ours{stroke:#e0a030}.chart .line-peer{stroke:#34506f}.chart .line-limit{stroke:#474e57}}";

impl Picture {
    pub(super) fn new(title: &str, description: &str) -> Picture {
        let mut picture =
            Picture { title: title.into(), description: description.into(), body: String::new() };
        picture.text(24.0, 34.0, Anchor::Start, "head", title);
        picture.text(24.0, 54.0, Anchor::Start, "quiet", description);
        picture
    }

    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escape(text);
        self.line(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" class="{class}">{text}</text>"#
        ));
    }

    pub(super) fn bar(&mut self, x: f64, y: f64, width: f64, height: f64, class: &str) {
        let width = width.max(0.5);
        self.line(format_args!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" class="{class}"/>"#
        ));
    }

    pub(super) fn dot(&mut self, x: f64, y: f64, radius: f64, class: &str) {
        self.line(format_args!(
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius}" class="{class}"/>"#
        ));
    }

    pub(super) fn rule(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        self.line(format_args!(
            r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" class="{class}"/>"#,
            from.0, from.1, to.0, to.1
        ));
    }

    fn line(&mut self, line: impl Display) {
        self.body += &format!("  {line}\n");
    }

    /// All of it, so high.
    pub(super) fn finish(self, height: f64) -> String {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-label="{}: {}" font-family="ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif">
  <style>{STYLE}</style>
  <rect class="panel" x="0.5" y="0.5" width="{}" height="{}" rx="10"/>
{}</svg>
"#,
            escape(&self.title),
            escape(&self.description),
            WIDTH - 1.0,
            height - 1.0,
            self.body
        )
    }
}

/// Text as it may stand in XML.
pub(in super::super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A scale that starts at 0 and goes up to a round number of 4 to 10 steps.
pub(super) fn steps(most: f64) -> (f64, usize) {
    let magnitude = 10f64.powf(most.max(1e-9).log10().floor());
    let step = [0.1, 0.2, 0.25, 0.5, 1.0, 2.0].into_iter().map(|part| part * magnitude);
    let step = step
        .filter(|step| most / step <= 10.0)
        .fold(f64::NAN, |first, step| if first.is_nan() { step } else { first });
    (step, (most / step).ceil() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round() {
        assert_eq!(steps(3.4), (0.5, 7));
        assert_eq!(steps(10.0), (1.0, 10));
        let (step, count) = steps(0.83);
        assert!(step * count as f64 >= 0.83 && count <= 10);
    }

    #[test]
    fn a_picture_is_well_formed_whatever_it_says() {
        let mut picture = Picture::new("a < b", "c & \"d\"");
        picture.text(1.0, 2.0, Anchor::End, "x", "<script>");
        let text = picture.finish(100.0);
        assert!(
            text.contains("a &lt; b")
                && text.contains("&lt;script&gt;")
                && !text.contains("<script>")
        );
        assert_eq!(text.matches("<text").count(), text.matches("</text>").count());
    }
}
