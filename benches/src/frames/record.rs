//! The figures in words.

use std::fmt::Write;

use super::options::Options;
use super::study::Taken;
use crate::report::{Before, machine};

/// A line an item: nanoseconds a message, and the ratios to Rajada's.
pub(super) fn table(taken: &[Taken]) -> String {
    let Some(first) = taken.first() else { return "nothing is called so\n".into() };
    let mut text = format!("| {:<21} |", "");
    for (name, _) in &first.of_each {
        _ = write!(text, " {name:>20} |");
    }
    text += "\n|-----------------------|";
    text += &"---------------------:|".repeat(first.of_each.len());
    text += "\n";
    for item in taken {
        _ = write!(text, "| {:<21} |", format!("{} {}", item.what, item.of));
        for at in 0..item.of_each.len() {
            let figure = match at {
                0 => format!("{:.1}", item.figure(at)),
                _ => format!("{:.1} ({:.2})", item.figure(at), item.ratio(at)),
            };
            _ = write!(text, " {figure:>20} |");
        }
        text += "\n";
    }
    text
}

/// Who is faster, and where.
fn behind(taken: &[Taken]) -> String {
    let mut lines = String::new();
    for item in taken {
        for (at, (name, _)) in item.of_each.iter().enumerate().skip(1) {
            let ratio = item.ratio(at);
            if ratio < 1.0 {
                _ = writeln!(lines, "- {} {}: {name}, {ratio:.2}", item.what, item.of);
            }
        }
    }
    if lines.is_empty() { "Nobody, on no item.\n".into() } else { lines }
}

/// The least ratio to a contestant of items whose names begin so.
fn least(taken: &[Taken], contestant: &str, begins: &str) -> Option<f64> {
    let ratios = taken.iter().filter(|item| item.of.starts_with(begins)).filter_map(|item| {
        let at = item.of_each.iter().position(|(name, _)| *name == contestant)?;
        Some(item.ratio(at))
    });
    ratios.reduce(f64::min)
}

pub(super) fn page(options: &Options, taken: &[Taken], before: &Before) -> String {
    let time = before.time();
    let mut page = String::from(
        "# Frames\n\nWritten by\n\n```sh\ncargo run --release -p benches --features peers --bin frames -- --record benches/record/frames.md\n```\n\n| machine | |\n|---|---|\n",
    );
    for (what, value) in machine() {
        _ = writeln!(page, "| {what} | {value} |");
    }
    _ = writeln!(page, "| time | {time} |");
    _ = writeln!(
        page,
        "| samples | {} in each of {} rounds, all contestants in turn, each round with new ones, and payloads at another place |",
        options.samples, options.rounds
    );
    page += "\nNanoseconds a message, and in brackets how many times as long as Rajada that is. Lower figures and higher ratios are better for it. The figure is the lower quartile of all samples, the ratio the median of those of all rounds.\n\n";
    page += &table(taken);
    page += "\n`parse` is from the octets of a read to each message in the caller's hands, as a server: the copy into the buffer, frames, masks, UTF-8. `encode` is from borrowed payloads to frames where one write finds them, as a server; `mask` is the same as a client. Of 16 KiB `encode` is a copy and little else; an owned payload of that size, which Rajada does not copy, does not take part. A burst holds as many messages as 64 KiB do, or one that is `alone`. Each contestant's answers are compared before anything is timed. tungstenite and fastwebsockets read and write streams, here memory that is always ready; tungstenite fills its buffer with zeros before each read, which a message alone pays for.\n\n## Who is faster\n\n";
    page += &behind(taken);
    if let Some(least) = least(taken, "tungstenite", "40") {
        _ = writeln!(page, "\nOf 40 octets, tungstenite takes {least:.2} times as long at least.");
    }
    page
}
