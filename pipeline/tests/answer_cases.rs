//! The protocol cases about answers that are the same whoever the application is.

mod common;

use common::{Connection, answers};
use rajada_testkit::{Book, Case, LayerName};

/// HEAD, errors that close, HTTP/1.0, and content beyond the limit.
const RULES: [&str; 4] = ["answer-1", "answer-2", "coding-12", "length-6"];

#[test]
fn every_case_holds_however_it_is_split() {
    let book = Book::read().unwrap_or_else(|error| panic!("{error}"));
    let decided_here = |case: &&Case| {
        // Which methods there are is up to the application.
        RULES.contains(&case.rule.as_str()) && !case.octets.starts_with(b"BREW ")
    };
    let mut count = 0;
    for case in book.cases_of(LayerName::Server).filter(decided_here) {
        count += 1;
        let octets = &case.octets[..];
        let places = if octets.len() < 1000 { 1000 } else { 20 };
        let step = octets.len().div_ceil(places);
        for at in (0..octets.len()).step_by(step) {
            hold(case, [&octets[..at], &octets[at..]]);
        }
        hold(case, octets.chunks(step));
    }
    assert!(count >= 12, "only {count} cases");
}

fn hold<'p>(case: &Case, pieces: impl IntoIterator<Item = &'p [u8]>) {
    let mut connection = Connection::with(common::pages::settings());
    for piece in pieces {
        connection.echo(piece);
    }
    let wire = connection.output();
    let answers: Vec<_> = answers::read(wire.as_bytes(), &case.methods())
        .into_iter()
        .map(|answer| (answer.status.to_string(), answer.close))
        .collect();
    let due: Vec<_> =
        case.answers.iter().map(|answer| (answer.status.clone(), answer.close)).collect();
    assert_eq!(answers, due, "{}: {wire}", case.id);
    let closes = due.last().is_some_and(|(_, close)| *close);
    assert_eq!(connection.is_closed(), closes, "{}", case.id);
}
