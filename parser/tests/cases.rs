//! The protocol cases at the lowest layer, and the rule list's completeness.

use std::collections::{BTreeMap, BTreeSet};

use rajada_parser::{ErrorKind, Level};
use rajada_testkit::{Book, Failure, LayerName, ParserLayer, check};

fn book() -> Book {
    Book::read().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_case_holds_at_every_level_and_however_it_is_split() {
    let book = book();
    let mut failures: BTreeMap<&str, Box<Failure>> = BTreeMap::new();
    for level in Level::ALL {
        let Some(mut layer) = ParserLayer::at(level) else {
            eprintln!("skipped: {level}: this machine lacks it");
            continue;
        };
        for case in book.cases_of(LayerName::Parser) {
            if let Err(failure) = check(case, &mut layer) {
                failures.entry(&case.id).or_insert(failure);
            }
        }
    }
    let texts: Vec<String> = failures.values().map(|failure| failure.to_string()).collect();
    assert!(texts.is_empty(), "{} cases do not hold:\n\n{}", texts.len(), texts.join("\n"));
}

#[test]
fn every_rule_has_cases_and_a_source() {
    let book = book();
    assert!(book.rules.len() > 80, "the chapters were found: {} rules", book.rules.len());
    let poor: Vec<_> = book.rules_with_fewer_cases_than(2).iter().map(|rule| &rule.id).collect();
    assert!(poor.is_empty(), "without at least two cases: {poor:?}");
    let sources = ["RFC 9110", "RFC 9112", "RFC 6585", "RFC 6455", "Policy"];
    for rule in &book.rules {
        assert!(
            sources.iter().any(|source| rule.text.contains(source)),
            "{}: {} names no source",
            rule.place,
            rule.id
        );
    }
}

/// Rules are numbered without gaps, so that a rule that is taken out is missed.
#[test]
fn rules_of_a_chapter_are_numbered() {
    let (mut chapter, mut number) = (String::new(), 0);
    for rule in book().rules {
        let (name, digits) = rule.id.rsplit_once('-').expect("an id is name-number");
        number = if name == chapter { number + 1 } else { 1 };
        chapter = name.into();
        assert_eq!(Ok(number), digits.parse(), "{}: {}", rule.place, rule.id);
    }
}

#[test]
fn every_error_kind_has_a_case() {
    let book = book();
    let expected = book.cases.iter().flat_map(|case| &case.expected);
    let shown: BTreeSet<&str> =
        expected.filter_map(|line| line.strip_prefix("error ")?.split(' ').next()).collect();
    let without: Vec<String> = ErrorKind::ALL
        .iter()
        .map(|kind| format!("{kind:?}"))
        .filter(|kind| !shown.contains(kind.as_str()))
        .collect();
    assert!(without.is_empty(), "without a case: {without:?}");
}
