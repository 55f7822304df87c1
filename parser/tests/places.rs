//! The places in the code that the crate's table of what is validated names are there, and
//! refuse what it says.

use std::fs;
use std::path::Path;

/// What stands in backticks.
fn named(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The functions of this name, with their bodies.
fn functions<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let declared = format!("fn {name}");
    let body = |(at, _)| {
        let (before, function) = text.split_at(at);
        function[declared.len()..].starts_with(['(', '<']).then_some(())?;
        let line = before.rsplit('\n').next()?;
        let indent = &line[..line.len() - line.trim_start().len()];
        function.split_inclusive(&format!("\n{indent}}}\n")).next()
    };
    text.match_indices(&declared).filter_map(body).collect()
}

#[test]
fn each_rule_is_where_the_table_says() {
    let (_, table) = include_str!("../src/lib.rs")
        .split_once("//! | section | rule | offences | where |\n")
        .expect("the table");
    let rows =
        table.lines().skip(1).map_while(|line| line.strip_prefix("//! | ")?.strip_suffix(" |"));
    let mut count = 0;
    for row in rows {
        let [_, _, offences, places] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("four columns: {row}");
        };
        let mut bodies = String::new();
        for place in places.split("; ") {
            let (file, names) = place.split_once(": ").expect(place);
            let file = named(file).next().expect(place);
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(named(names).next().is_some(), "{place}");
            for name in named(names) {
                let found = functions(&text, name);
                assert!(!found.is_empty(), "{file} has no function {name}");
                bodies.extend(found);
            }
        }
        for offence in named(offences) {
            let says = bodies.match_indices(&format!("ErrorKind::{offence}")).any(|(at, found)| {
                !bodies[at + found.len()..].starts_with(|next: char| next.is_alphanumeric())
            });
            assert!(says, "{offence} is refused by none of {places}");
        }
        count += 1;
    }
    assert!(count >= 17, "{count} rows");
}
