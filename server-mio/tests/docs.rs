//! What the documentation says of files is true.

use std::path::Path;

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
