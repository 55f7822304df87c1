//! What a report says, in order: words, charts and tables, before they become Markdown or HTML.

mod bounds;
mod how;
mod ours;
mod serving;
mod steady;

use super::super::record::{Contestant, Kind, Record};
use super::super::summary::{Figure, cpu, figure};
use super::table::Table;

/// A part of the report under its heading.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) parts: Vec<Part>,
}

pub(super) enum Part {
    /// A paragraph; `code` in backticks is all that is marked.
    Words(String),
    List(Vec<String>),
    Table(Table),
    /// The chart of this name, if there is one.
    Chart(&'static str),
    /// Commands.
    Code(String),
    /// Markdown that somebody wrote.
    Notes(String),
}

/// All that there is something to say about.
pub(super) fn all(record: &Record) -> Vec<Section> {
    let mut sections = vec![
        serving::summary(record),
        serving::rates(record),
        serving::latency(record),
        steady::steady(record),
        serving::scenarios(record),
        bounds::found_faults(record),
        bounds::memory(record),
        ours::workers(record),
        ours::flush(record),
        ours::system_calls(record),
        ours::profile(record),
        ours::parsers(record),
        how::how(record),
    ];
    sections.retain(|section| !section.parts.is_empty());
    sections
}

fn section(title: &str, parts: Vec<Part>) -> Section {
    Section { title: title.into(), parts }
}

/// Median, and the spread behind it.
fn spread(figure: Option<Figure>, digits: usize) -> String {
    figure.map_or(String::new(), |figure| figure.spread(digits))
}

fn alone(figure: Option<Figure>, digits: usize) -> String {
    figure.map_or(String::new(), |f| format!("{:.digits$}", f.median))
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Ours => "ours",
        Kind::Limit => "limit",
        Kind::Peer => "",
    }
}

/// Contestants with figures in a scenario, the least processor time first.
fn ranking<'r>(record: &'r Record, scenario: &str) -> Vec<&'r Contestant> {
    let figure_of =
        |one: &'r Contestant| Some((figure(record, scenario, &one.name, cpu)?.median, one));
    let mut ranked: Vec<_> = record.contestants.iter().filter_map(figure_of).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranked.into_iter().map(|(_, one)| one).collect()
}
