//! The counts that were committed, one line for each compiler: another one makes other instructions.

use std::process::Command;

const RECORD: &str = include_str!("record.md");

/// So much more than the record, in percent, is a loss that somebody must explain: of the first column, `/`, and of the
/// others.
const TOLERATED: [u64; 2] = [2, 3];

/// Fails if a count is above its record, and tells which line to commit if counts have moved. Skips where there is nothing to compare with,
/// and tells why.
pub(crate) fn compare(counts: &[u64]) {
    if cfg!(debug_assertions) {
        return println!("skipped: only a release build is compared with the record");
    }
    let Some(compiler) = compiler() else {
        return println!("skipped: `rustc -vV` says nothing");
    };
    let figures: String = counts.iter().map(|count| format!(" {count} |")).collect();
    let line = format!("| {compiler} |{figures}");
    let Some(recorded) = recorded(&compiler) else {
        return println!("skipped: the record has no line for this compiler\n{line}");
    };
    assert_eq!(recorded.len(), counts.len(), "the record has a column for each target");
    let [first, others] = TOLERATED;
    let tolerated = || std::iter::once(first).chain(std::iter::repeat(others));
    let triples = || counts.iter().zip(&recorded).zip(tolerated());
    let more = triples().any(|((count, recorded), most)| count * 100 > recorded * (100 + most));
    assert!(
        !more,
        "more than {first} % (`/`) or {others} % above the record, {recorded:?}. Find out why, or commit:\n{line}"
    );
    let less = triples().any(|((count, recorded), most)| count * (100 + most) < recorded * 100);
    match less {
        true => println!("better than the record, {recorded:?}: commit\n{line}"),
        false => println!("as the record has it, {recorded:?}"),
    }
}

/// What the record has for this compiler.
fn recorded(compiler: &str) -> Option<Vec<u64>> {
    let mut rows = RECORD.lines().map(|line| line.trim_matches('|').split('|').map(str::trim));
    rows.find_map(|mut cells| (cells.next() == Some(compiler)).then(|| cells.flat_map(str::parse)))
        .map(Iterator::collect)
}

/// Version, commit and host of the compiler that cargo uses here.
fn compiler() -> Option<String> {
    let output = Command::new("rustc").arg("-vV").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "))?;
    Some(format!("{} {host}", text.lines().next()?))
}
