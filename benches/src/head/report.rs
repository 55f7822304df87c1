//! What is printed.

use super::driver::Cell;

impl Cell {
    fn minimum(&self) -> f64 {
        self.samples.iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn median(&self) -> f64 {
        let mut sorted = self.samples.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        } else {
            sorted[middle]
        }
    }
}

/// Prints JSON lines, or tables for people.
pub(super) fn print(cells: &[Cell], json: bool) {
    if json {
        for cell in cells {
            println!("{}", json_line(cell));
        }
    } else {
        println!(
            "Nanoseconds a head, minimum:\n\n{}",
            table(cells, |cell| Some(format!("{:.1}", cell.minimum())))
        );
        println!(
            "Times the speed of httparse:\n\n{}",
            table(cells, |cell| Some(format!("{:.2}", httparse(cells, cell)? / cell.minimum())))
        );
    }
}

/// Names and levels hold nothing that JSON would want escaped.
fn json_line(cell: &Cell) -> String {
    format!(
        r#"{{"contestant":"{}","level":"{}","item":"{}","min_ns":{:.2},"median_ns":{:.2}}}"#,
        cell.contestant,
        cell.level,
        cell.item,
        cell.minimum(),
        cell.median()
    )
}

/// The minimum of httparse at its best level on the cell's item.
fn httparse(cells: &[Cell], cell: &Cell) -> Option<f64> {
    let others = cells.iter().filter(|other| {
        other.contestant == "httparse" && other.level != "swar" && other.item == cell.item
    });
    others.map(Cell::minimum).reduce(f64::min)
}

/// One row a contestant, one column an item, as Markdown that is aligned for a terminal too.
fn table(cells: &[Cell], figure: impl Fn(&Cell) -> Option<String>) -> String {
    let mut items: Vec<&str> = cells.iter().map(|cell| cell.item).collect();
    items.sort_unstable();
    items.dedup();
    let mut rows: Vec<(&str, &str)> = Vec::new();
    for cell in cells {
        let row = (cell.contestant.as_str(), cell.level.as_str());
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    let mut text = format!("| {:<24} |", "");
    text.extend(items.iter().map(|item| format!(" {item:>7} |")));
    text += &format!("\n|{:-<26}|{}\n", "", "--------:|".repeat(items.len()));
    for (contestant, level) in rows {
        text += &format!("| {:<24} |", format!("{contestant}, {level}"));
        for item in &items {
            let cell = cells.iter().find(|cell| {
                (cell.contestant.as_str(), cell.level.as_str(), cell.item)
                    == (contestant, level, *item)
            });
            text += &format!(" {:>7} |", cell.and_then(&figure).unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(contestant: &str, level: &str, item: &'static str, samples: &[f64]) -> Cell {
        Cell { contestant: contestant.into(), level: level.into(), item, samples: samples.into() }
    }

    #[test]
    fn figures_are_minimum_and_median() {
        let line = json_line(&cell("rajada", "sse4.2", "a", &[3.0, 1.0, 2.0, 10.0]));
        assert_eq!(
            r#"{"contestant":"rajada","level":"sse4.2","item":"a","min_ns":1.00,"median_ns":2.50}"#,
            line
        );
    }

    #[test]
    fn ratios_are_to_httparse_at_its_best() {
        let cells = [
            cell("httparse", "avx2", "a", &[30.0]),
            cell("httparse", "swar", "a", &[60.0]),
            cell("rajada", "avx2", "a", &[10.0]),
        ];
        assert_eq!(Some(3.0), httparse(&cells, &cells[2]).map(|best| best / cells[2].minimum()));
        assert_eq!(4, table(&cells, |cell| Some(cell.item.into())).lines().count() - 1);
    }
}
