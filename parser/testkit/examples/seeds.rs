//! Writes the octets of all but the longest cases into a folder, one file a case, for fuzzers to begin with:
//! `cargo run -p rajada-testkit --example seeds -- FOLDER`.

use std::error::Error;
use std::path::PathBuf;

use rajada_testkit::Book;

/// Fuzzers are quicker with small seeds.
const LARGEST: usize = 4096;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    std::fs::create_dir_all(&folder)?;
    let book = Book::read()?;
    let mut seeds = 0;
    for case in book.cases.iter().filter(|case| case.octets.len() <= LARGEST) {
        std::fs::write(folder.join(case.id.replace('/', ".")), &case.octets)?;
        seeds += 1;
    }
    println!("{seeds} seeds in {}", folder.display());
    Ok(())
}
