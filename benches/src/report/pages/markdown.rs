//! The report as Markdown: charts are files beside it.

use super::super::charts::Chart;
use super::super::record::Record;
use super::day;
use super::sections::{self, Part};

pub(super) fn page(record: &Record, charts: &[Chart]) -> String {
    let mut text = format!("# Serving: {}\n", day(&record.environment.begun));
    for section in sections::all(record) {
        text += &format!("\n## {}\n", section.title);
        for part in &section.parts {
            if let Some(part) = written(part, charts, &record.settings.name) {
                text += &format!("\n{}\n", part.trim_end());
            }
        }
    }
    text
}

fn written(part: &Part, charts: &[Chart], files: &str) -> Option<String> {
    Some(match part {
        Part::Words(words) => words.clone(),
        Part::List(items) => items.iter().map(|item| format!("- {item}\n")).collect(),
        Part::Table(table) => table.markdown(),
        Part::Chart(name) => {
            charts.iter().find(|chart| chart.name == *name)?;
            format!("![Chart: {name}]({files}-{name}.svg)")
        }
        Part::Code(code) => format!("```sh\n{code}\n```"),
        Part::Notes(notes) => notes.clone(),
    })
}
