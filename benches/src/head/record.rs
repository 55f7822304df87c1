//! The page for `benches/record`.

use std::fmt::Write;
use std::path::Path;

use super::driver::{Cell, Run};
use super::figures;
use super::options::Options;
use super::report;
use crate::report::{Before, machine};

/// Writes the page to the file. What stands in `NAME-notes.md` beside `NAME.md` comes last.
pub(super) fn write(
    file: &Path,
    run: &Run,
    options: &Options,
    before: &Before,
) -> Result<(), String> {
    let notes = file.with_file_name(format!(
        "{}-notes.md",
        file.file_stem().unwrap_or_default().to_string_lossy()
    ));
    let notes = std::fs::read_to_string(notes).unwrap_or_default();
    let time = before.time();
    let mut machine: Vec<(&str, String)> = machine().into();
    machine.push(("time", time));
    let text = page(run, options, &machine, &notes);
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}

const METHOD: &str = "\
Lower is better. The items are requests (g: a response) of 35, 170, 703, 1,253, 427, 4,215 and 322 octets, a: tiny, b: the plaintext benchmark's,
c: a classic browser's, d: a browser's of today, e: 32 short fields, f: a cookie of 4 KiB; h: 24 of a, pipelined; i: 512 different ones; **j: 2,048
different ones**, more than a branch predictor learns, as a server sees them. h, i and j are for one head; Rajada reads h by
`Config::parse_requests`, all requests of the buffer in one call.

## How it is measured

- **The same answer.** Before anything is timed, each contestant reads every item, and its methods, targets, versions, names and values are compared
  with those that were found in the most obvious way. What the parsers accept otherwise differs: [table](../src/peers/mod.rs).
- **A sample** is the same item parsed again and again for at least a millisecond, after it was parsed as often without the clock. The samples of all
  contestants alternate, one each in turn; the whole is repeated in new processes.
- **Places.** Processors compare the lowest twelve bits of addresses to see whether a load must wait for a store, and lines of the cache have ends: where slots,
  octets and stack lie within their pages changes the time of a small head by up to a half. So each sample lays all three at other places, drawn
  from a seed. (Two that remain where they are allocated: the buffer of events within milo-parser, and the code.)
- **A figure** is the lower quartile of a contestant's samples: a quarter of them took less. It leaves out the moments when the machine did something
  else, and is not the luckiest place in memory.
- **Ratios** are to httparse as it is built best: for each item, in each process run, the fastest of all its builds below. The median of the runs
  is shown. Some of these builds run on this processor alone; Rajada's figures are of its portable build.
- **The harness** takes time of its own, for the loop over heads and for what is handed over. It is in all figures, and was taken off none.
- **Two copies.** Rajada at its best level and httparse take part a second time, with slots of their own. Both run the same code, so what their figures differ
  by is what all figures may be wrong by.
";

fn page(run: &Run, options: &Options, machine: &[(&str, String)], notes: &str) -> String {
    let cells = &run.cells;
    let mut text = String::from("# Heads\n\nWritten by\n\n```sh\n");
    text += "cargo run --release -p benches --features peers --bin head -- --record benches/record/heads.md\n";
    text += "```\n\n| machine | |\n|---|---|\n";
    for (name, value) in machine {
        _ = writeln!(text, "| {name} | {value} |");
    }
    _ = writeln!(
        text,
        "| samples | {} in each of {} processes, places by seed {} |\n",
        options.samples, options.processes, options.seed
    );
    text += METHOD;
    text += "\n| behind the name | who and how it is built |\n|---|---|\n";
    for build in &run.builds {
        let suffix =
            if build.suffix.is_empty() { "(none)".into() } else { format!("`{}`", build.suffix) };
        _ = writeln!(text, "| {suffix} | {} |", build.told);
    }
    let parses = |cell: &Cell| cell.contestant != "nothing" && !cell.contestant.ends_with("-again");
    text += "\n## Nanoseconds a head\n\n";
    text += &report::nanoseconds(cells, parses);
    text += "\n## Times the speed of httparse's best build\n\n";
    text += &report::ratios(cells);
    text += "\nThe best build of httparse: ";
    text += &best_builds(cells);
    text += ".\n\n## As a dependency of another program\n\n";
    text += "Built with what Cargo does by default, both of them, nanoseconds a head:\n\n";
    text += &report::nanoseconds(cells, |cell| cell.contestant.ends_with("-dependency"));
    text += "\nTimes the speed of httparse in the same program:\n\n";
    text += &report::ratios_as_dependencies(cells);
    text +=
        "\n## Where Rajada is behind\n\nWho is faster than which level, and on which items:\n\n";
    text += &behind(cells);
    text += "\n## How far the figures can be trusted\n\nThe harness without a parser, nanoseconds a head:\n\n";
    text += &report::nanoseconds(cells, |cell| cell.contestant == "nothing");
    text += "\nRajada reads h in one call, and meets the loop over heads once for 24 of them.\n";
    if let Some(copies) = report::copies(cells) {
        let widest = figures::copies(cells).iter().map(|copy| copy.1.abs()).fold(0.0, f64::max);
        _ = write!(
            text,
            "\nThe second copy of the same code, its figure's difference in %, at most {:.1}{}:\n\n{copies}",
            widest * 100.0,
            if widest > TRUSTED { ", **which is too much: the machine was too busy**" } else { "" }
        );
    }
    if !notes.is_empty() {
        text += "\n## Notes\n\n";
        text += notes;
    }
    text
}

/// Two copies must agree to this share of their figure.
const TRUSTED: f64 = 0.02;

fn letters(cells: &[Cell]) -> Vec<&'static str> {
    let mut letters: Vec<&str> = cells.iter().map(|cell| cell.item).collect();
    letters.sort_unstable();
    letters.dedup();
    letters
}

/// `a, h: httparse-native-fat; b: httparse-no-simd-fat`
fn best_builds(cells: &[Cell]) -> String {
    let mut builds: Vec<(&str, Vec<&str>)> = Vec::new();
    for item in letters(cells) {
        let Some(best) = figures::best_build(cells, item) else { continue };
        match builds.iter_mut().find(|build| build.0 == best.contestant) {
            Some(build) => build.1.push(item),
            None => builds.push((&best.contestant, vec![item])),
        }
    }
    let told = builds.iter().map(|(build, items)| format!("{}: {build}", items.join(", ")));
    told.collect::<Vec<_>>().join("; ")
}

/// A line for each level of Rajada: who was faster, and on which items.
fn behind(cells: &[Cell]) -> String {
    let mut text = String::new();
    let ours = |cell: &&Cell| cell.contestant == "rajada";
    let mut levels: Vec<&str> = Vec::new();
    for cell in cells.iter().filter(ours) {
        if !levels.contains(&cell.level.as_str()) {
            levels.push(&cell.level);
        }
    }
    let all = letters(cells).len();
    for level in levels {
        let mut faster: Vec<(&str, Vec<&str>)> = Vec::new();
        for other in cells.iter().filter(|cell| is_peer(cell)) {
            let mine = cells.iter().filter(ours);
            let mut mine = mine.filter(|cell| cell.level == level && cell.item == other.item);
            if !mine.any(|mine| other.figure() < mine.figure()) {
                continue;
            }
            match faster.iter_mut().find(|one| one.0 == other.contestant) {
                Some(one) => one.1.push(other.item),
                None => faster.push((&other.contestant, vec![other.item])),
            }
        }
        let told = faster.iter().map(|(name, items)| {
            if items.len() == all {
                format!("{name} (all)")
            } else {
                format!("{name} ({})", items.join(", "))
            }
        });
        let told = told.collect::<Vec<_>>().join(", ");
        _ = writeln!(text, "- {level}: {}", if told.is_empty() { "nobody" } else { &told });
    }
    text
}

/// Another parser, in whatever build.
fn is_peer(cell: &Cell) -> bool {
    !cell.contestant.starts_with("rajada")
        && cell.contestant != "nothing"
        && !cell.contestant.ends_with("-again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(contestant: &str, level: &str, item: &'static str, figure: f64) -> Cell {
        let samples = vec![vec![figure]];
        Cell { contestant: contestant.into(), level: level.into(), item, samples }
    }

    #[test]
    fn the_page_tells_ratios_losses_and_controls() {
        let cells = vec![
            cell("httparse", "avx2", "a", 30.0),
            cell("httparse", "avx2", "b", 50.0),
            cell("httparse-fat", "avx2", "a", 25.0),
            cell("httparse-fat", "avx2", "b", 60.0),
            cell("rajada", "scalar", "a", 40.0),
            cell("rajada", "avx2", "a", 12.5),
            cell("rajada", "swar", "c", 1.0),
            cell("milo-parser", "avx2", "a", 12.0),
            cell("rajada", "avx2", "b", 10.0),
            cell("nothing", "harness", "a", 1.5),
            cell("rajada-again", "avx2", "a", 13.0),
        ];
        assert_eq!(best_builds(&cells), "a: httparse-fat; b: httparse");
        assert_eq!(
            behind(&cells),
            "- scalar: httparse (a), httparse-fat (a), milo-parser (a)\n- avx2: milo-parser (a)\n- swar: nobody\n"
        );
        let options = crate::head::options::parse(std::iter::empty()).expect("no options");
        let run = Run { cells, builds: Vec::new() };
        let page = page(&run, &options, &[("processor", "one".into())], "What is known.\n");
        for part in [
            "| processor | one |",
            "| samples | 25 in each of 5 processes, places by seed 1 |",
            "| rajada, avx2               |    2.00 |    5.00 |",
            "| nothing, harness           |     1.5 |         |",
            "at most 4.0, **which is too much",
            "## Notes\n\nWhat is known.\n",
        ] {
            assert!(page.contains(part), "{part} in\n{page}");
        }
    }
}
