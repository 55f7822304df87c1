//! The report as one page that needs nothing else.

use super::super::charts::{Chart, escape};
use super::super::record::Record;
use super::super::summary::{LIMIT, OURS, cpu, figure, rate, ratio, user};
use super::day;
use super::sections::{self, Part};

const STYLE: &str = include_str!("page.css");

pub(super) fn page(record: &Record, charts: &[Chart]) -> String {
    let sections = sections::all(record);
    let date = day(&record.environment.begun);
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Rajada: serving, {date}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header><h1>Rajada: serving</h1><p class=\"quiet\">{date} · {} · {}</p></header>\n{}<nav><ul>\n",
        escape(&record.environment.processor),
        escape(record.environment.system.split(',').next().unwrap_or_default()),
        tiles(record),
    );
    for (number, section) in sections.iter().enumerate() {
        text += &format!("<li><a href=\"#s{number}\">{}</a></li>\n", escape(&section.title));
    }
    text += "</ul></nav>\n<main>\n";
    for (number, section) in sections.iter().enumerate() {
        text += &format!("<section id=\"s{number}\">\n<h2>{}</h2>\n", escape(&section.title));
        text.extend(section.parts.iter().map(|part| written(part, charts)));
        text += "</section>\n";
    }
    text + "</main>\n</body>\n</html>\n"
}

/// The few figures that most readers come for.
fn tiles(record: &Record) -> String {
    let tile = |value: Option<String>, what: &str| {
        value.map_or(String::new(), |value| format!("<li><b>{value}</b> {what}</li>\n"))
    };
    let ours = |scenario: &str, number: fn(&_) -> f64| {
        Some(figure(record, scenario, OURS, number)?.median)
    };
    let memory = record.memory.iter().find(|memory| memory.contestant == OURS);
    let octets = memory.and_then(|memory| {
        let resident = memory.outcome.as_ref().ok()?;
        Some(resident.octets_a_connection(resident.after_burst))
    });
    let tiles = [
        tile(
            ours("pipelined", rate).map(|rate| format!("{:.2} M", rate / 1e6)),
            "requests a second, 24 pipelined, one core",
        ),
        tile(
            ratio(record, "pipelined", OURS, LIMIT, cpu).map(|r| format!("{:.2} ×", r.median)),
            "the processor time of a server that does nothing",
        ),
        tile(
            ours("pipelined", user).map(|user| format!("{:.0} ns", user * 1000.0)),
            "a request in user space",
        ),
        tile(
            ours("single", rate).map(|rate| format!("{:.2} M", rate / 1e6)),
            "requests a second, not pipelined",
        ),
        tile(octets.map(|octets| format!("{octets:.0}")), "octets of memory an idle connection"),
    ];
    match tiles.concat() {
        none if none.is_empty() => none,
        tiles => format!("<ul class=\"tiles\">\n{tiles}</ul>\n"),
    }
}

fn written(part: &Part, charts: &[Chart]) -> String {
    match part {
        Part::Words(words) => format!("<p>{}</p>\n", marked(words)),
        Part::List(items) => {
            let items: String =
                items.iter().map(|item| format!("<li>{}</li>\n", marked(item))).collect();
            format!("<ul>\n{items}</ul>\n")
        }
        Part::Table(table) => table.html(),
        Part::Chart(name) => {
            let chart = charts.iter().find(|chart| chart.name == *name);
            chart.map_or(String::new(), |chart| format!("<figure>\n{}</figure>\n", chart.svg))
        }
        Part::Code(code) => format!("<pre><code>{}</code></pre>\n", escape(code)),
        Part::Notes(notes) => simple(notes),
    }
}

/// Paragraphs, lists and code blocks: as much of Markdown as notes need.
fn simple(notes: &str) -> String {
    let mut text = String::new();
    for (number, block) in notes.split("```").enumerate() {
        if number % 2 == 1 {
            let code = block.split_once('\n').map_or(block, |(_, code)| code);
            text += &format!("<pre><code>{}</code></pre>\n", escape(code.trim_end()));
            continue;
        }
        for paragraph in
            block.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty())
        {
            text += &match paragraph.strip_prefix("- ") {
                Some(list) => {
                    let items: String = list
                        .split("\n- ")
                        .map(|item| format!("<li>{}</li>\n", marked(item)))
                        .collect();
                    format!("<ul>\n{items}</ul>\n")
                }
                None => format!("<p>{}</p>\n", marked(paragraph)),
            };
        }
    }
    text
}

/// Escaped, what stands between backticks as code.
fn marked(words: &str) -> String {
    let pieces = words.split('`').enumerate().map(|(number, piece)| match number % 2 {
        0 => escape(piece),
        _ => format!("<code>{}</code>", escape(piece)),
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_become_paragraphs_lists_and_code() {
        let text = simple("One `a < b`\nline.\n\n- x\n- y\n\n```\nlet a;\n```\n");
        assert_eq!(
            text,
            "<p>One <code>a &lt; b</code>\nline.</p>\n<ul>\n<li>x</li>\n<li>y</li>\n</ul>\n<pre><code>let a;</code></pre>\n"
        );
    }
}
