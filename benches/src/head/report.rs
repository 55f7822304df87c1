//! What is printed: JSON lines, or tables for people, which are Markdown that is aligned for a terminal too.

use super::driver::Cell;
use super::figures;

/// Prints JSON lines, or tables for people.
pub(super) fn print(cells: &[Cell], json: bool) {
    if json {
        cells.iter().for_each(|cell| println!("{}", json_line(cell)));
        return;
    }
    println!("Nanoseconds a head, lower quartile:\n\n{}", nanoseconds(cells, |_| true));
    println!("Times the speed of httparse, of its best build on each item:\n\n{}", ratios(cells));
    if let Some(copies) = copies(cells) {
        println!("A second copy of the same code, difference in %:\n\n{copies}");
    }
}

/// Names and levels hold nothing that JSON would want escaped.
fn json_line(cell: &Cell) -> String {
    format!(
        r#"{{"contestant":"{}","level":"{}","item":"{}","min_ns":{:.2},"quartile_ns":{:.2},"median_ns":{:.2}}}"#,
        cell.contestant,
        cell.level,
        cell.item,
        cell.minimum(),
        cell.figure(),
        cell.median()
    )
}

/// The figures of those contestants that are wanted.
pub(super) fn nanoseconds(cells: &[Cell], wanted: impl Fn(&Cell) -> bool) -> String {
    let figure = |cell: &Cell| format!("{:.1}", cell.figure());
    table(cells, |cell| wanted(cell).then(|| figure(cell)))
}

/// The ratios of Rajada, of the other parsers, and of httparse's builds.
pub(super) fn ratios(cells: &[Cell]) -> String {
    let parses = |cell: &Cell| cell.contestant != "nothing" && !cell.contestant.ends_with("-again");
    table(cells, |cell| {
        figures::ratio(cells, cell).filter(|_| parses(cell)).map(|ratio| format!("{ratio:.2}"))
    })
}

/// How many times as fast as httparse Rajada is where both are dependencies of another program.
pub(super) fn ratios_as_dependencies(cells: &[Cell]) -> String {
    table(cells, |cell| {
        let to = |other: &Cell| other.contestant == "httparse-dependency";
        let ratio = figures::ratio_to(cells, cell, to)?;
        (cell.contestant == "rajada-dependency").then(|| format!("{ratio:.2}"))
    })
}

/// `None` if there are no copies.
pub(super) fn copies(cells: &[Cell]) -> Option<String> {
    let copies = figures::copies(cells);
    let difference = |cell: &Cell| {
        let copy = copies.iter().find(|(copy, _)| std::ptr::eq(*copy, cell))?;
        Some(format!("{:+.1}", copy.1 * 100.0))
    };
    (!copies.is_empty()).then(|| table(cells, difference))
}

/// One row a contestant that has a figure, one column an item.
fn table(cells: &[Cell], figure: impl Fn(&Cell) -> Option<String>) -> String {
    let mut items: Vec<&str> = cells.iter().map(|cell| cell.item).collect();
    items.sort_unstable();
    items.dedup();
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for cell in cells {
        let Some(figure) = figure(cell) else { continue };
        let name = format!("{}, {}", cell.contestant, cell.level);
        let row = rows.iter().position(|row| row.0 == name).unwrap_or_else(|| {
            rows.push((name, vec![String::new(); items.len()]));
            rows.len() - 1
        });
        if let Some(column) = items.iter().position(|item| *item == cell.item) {
            rows[row].1[column] = figure;
        }
    }
    let mut text = format!("| {:<26} |", "");
    text.extend(items.iter().map(|item| format!(" {item:>7} |")));
    text += &format!("\n|{:-<28}|{}\n", "", "--------:|".repeat(items.len()));
    for (name, figures) in rows {
        text += &format!("| {name:<26} |");
        text.extend(figures.iter().map(|figure| format!(" {figure:>7} |")));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(contestant: &str, level: &str, item: &'static str, samples: &[f64]) -> Cell {
        let samples = vec![samples.to_vec()];
        Cell { contestant: contestant.into(), level: level.into(), item, samples }
    }

    #[test]
    fn a_line_of_json_has_the_figures() {
        let line = json_line(&cell("rajada", "sse4.2", "a", &[3.0, 1.0, 2.0, 10.0, 4.0]));
        assert_eq!(
            r#"{"contestant":"rajada","level":"sse4.2","item":"a","min_ns":1.00,"quartile_ns":2.00,"median_ns":3.00}"#,
            line
        );
    }

    #[test]
    fn tables_have_a_row_for_who_has_figures() {
        let cells = [
            cell("httparse", "avx2", "a", &[30.0]),
            cell("rajada", "avx2", "b", &[10.0]),
            cell("rajada", "avx2", "a", &[15.0]),
            cell("nothing", "harness", "a", &[1.0]),
        ];
        let lines = |text: String| text.lines().map(String::from).collect::<Vec<_>>();
        let all = lines(nanoseconds(&cells, |_| true));
        assert_eq!(all[3], "| rajada, avx2               |    15.0 |    10.0 |");
        assert_eq!(all.len(), 5);
        let ratios = lines(ratios(&cells));
        assert_eq!(
            ratios[2..],
            [
                "| httparse, avx2             |    1.00 |         |",
                "| rajada, avx2               |    2.00 |         |"
            ]
        );
        assert_eq!(copies(&cells), None);
    }
}
