//! What the documentation says of files is true.

use std::path::Path;

use rajada_mio::{Deadlines, Limits};

/// The page that leads from a socket to its answer.
const PATH: &str = include_str!("../docs/path.md");

#[test]
fn every_file_on_a_requests_way_is_there_and_no_file_of_the_driver_is_forgotten() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named: Vec<&str> =
        PATH.split('`').skip(1).step_by(2).filter(|text| text.ends_with(".rs")).collect();
    assert!(named.len() > 30, "{named:?}");
    for name in &named {
        let file = match name.split_once("/src/") {
            Some((other, file)) => crates.join("..").join(other).join("src").join(file),
            None => crates.join("src").join(name),
        };
        assert!(file.is_file(), "{name} is named, and is not there");
    }
    // Files that hold no step of the way.
    let aside = ["mod.rs", "exchange.rs", "futures.rs", "arrival.rs", "task.rs"];
    for file in std::fs::read_dir(crates.join("src/driver")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let is_named = named.contains(&&*format!("driver/{name}"));
        let is_test = !name.ends_with(".rs");
        assert!(is_named || is_test || aside.contains(&&*name), "driver/{name} is not named");
    }
}

/// The tables of what peers can make the server hold.
const BOUNDS: &str = include_str!("../docs/bounds.md");

/// The rows of a page's tables by the names of their columns, without the heads of tables.
fn rows(page: &'static str) -> Vec<Vec<(&'static str, &'static str)>> {
    let (mut rows, mut names) = (Vec::new(), Vec::new());
    for line in page.lines() {
        let Some(line) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            names.clear();
            continue;
        };
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if names.is_empty() {
            names = cells;
        } else if !cells[0].starts_with("---") {
            assert_eq!(cells.len(), names.len(), "{line}");
            rows.push(names.iter().copied().zip(cells).collect());
        }
    }
    rows
}

fn cell(row: &[(&'static str, &'static str)], name: &str) -> &'static str {
    row.iter().find(|(column, _)| *column == name).unwrap().1
}

/// The text of every test.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &sources(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text += &std::fs::read_to_string(path).unwrap();
        }
    }
    text
}

#[test]
fn every_bound_has_a_test() {
    let tests = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"));
    let rows = rows(BOUNDS);
    assert!(rows.len() > 25);
    for row in rows {
        let named: Vec<&str> = cell(&row, "test").split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "{row:?}");
        for name in named {
            assert!(tests.contains(&format!("#[test]\nfn {name}()")), "{name} is no test");
        }
    }
}

/// How a table may write a default that is printed like that.
fn written(value: &str) -> Vec<String> {
    if let Some(seconds) = value.strip_suffix('s') {
        return vec![format!("{seconds} s")];
    }
    let Ok(number) = value.parse::<u64>() else {
        assert_eq!(value, "None");
        return vec!["none".into()];
    };
    if number == u64::from(u32::MAX) {
        return vec!["no bound".into()];
    }
    let units = [(1 << 20, " MiB"), (1 << 10, " KiB"), (1, "")];
    let whole = units.iter().filter(|(unit, _)| number.is_multiple_of(*unit));
    whole
        .map(|(unit, name)| match number / unit {
            few @ 0..1000 => format!("{few}{name}"),
            many => format!("{},{:03}{name}", many / 1000, many % 1000),
        })
        .collect()
}

#[test]
fn every_option_has_a_bound_in_the_tables_with_its_default() {
    let rows = rows(BOUNDS);
    let defaults = [
        ("Limits", format!("{:?}", Limits::DEFAULT)),
        ("Deadlines", format!("{:?}", Deadlines::DEFAULT)),
    ];
    for (name, printed) in defaults {
        let fields = printed.split_once('{').unwrap().1.trim_end_matches('}').split(',');
        for field in fields {
            let (field, value) = field.trim().split_once(": ").unwrap();
            let link = format!("(crate::{name}::{field})");
            let of_it: Vec<_> =
                rows.iter().filter(|row| cell(row, "option").ends_with(&link)).collect();
            assert!(!of_it.is_empty(), "{field} is in no table");
            for row in of_it {
                let default = cell(row, "default");
                assert!(written(value).iter().any(|text| text == default), "{field}: {default}");
            }
        }
    }
}

/// What accessors take and give.
const VALUES: &str = include_str!("../docs/values.md");

/// The names of the methods in the blocks that begin with one of `blocks`.
fn methods(text: &str, blocks: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    let mut within = false;
    for line in text.lines() {
        if line.starts_with("impl") {
            within = blocks.iter().any(|block| line.starts_with(block));
        }
        if let Some(rest) = line.strip_prefix("    pub fn ").filter(|_| within) {
            names.push(rest.split(['(', '<']).next().unwrap().to_owned());
        }
    }
    names
}

#[test]
fn every_accessor_has_a_row_of_what_it_accepts_and_refuses() {
    let source = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let (of_request, of_response) = VALUES.split_once("## Of a response").unwrap();
    for (table, column, blocks) in [
        (
            of_request,
            "accessor",
            &["impl<'r> Request<'r> {", "impl Request<'_> {", "impl OwnedRequest {"][..],
        ),
        (
            of_response,
            "helper",
            &["impl<'r> Response<'r> {", "impl Response<'_> {", "impl OwnedResponse {"],
        ),
    ] {
        let named: Vec<&str> = rows(table)
            .iter()
            .flat_map(|row| cell(row, column).split('`').skip(1).step_by(2))
            .collect();
        let there = methods(&source, blocks);
        assert!(there.len() > 20, "{there:?}");
        for name in &there {
            assert!(named.contains(&&**name), "{name} has no row");
        }
        for name in named {
            let is_method = name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
            assert!(!is_method || there.iter().any(|own| own == name), "{name} is no method");
        }
    }
}
