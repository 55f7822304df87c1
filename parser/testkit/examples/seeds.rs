//! Writes the octets of all cases into a folder, one file a case, for fuzzers to begin with:
//! `cargo run -p rajada-testkit --example seeds -- FOLDER`.

use std::error::Error;
use std::path::PathBuf;

use rajada_testkit::Book;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    std::fs::create_dir_all(&folder)?;
    let book = Book::read()?;
    for case in &book.cases {
        std::fs::write(folder.join(case.id.replace('/', ".")), &case.octets)?;
    }
    println!("{} seeds in {}", book.cases.len(), folder.display());
    Ok(())
}
