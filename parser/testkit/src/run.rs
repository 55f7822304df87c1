//! Running a case at a layer.

use std::fmt;

use crate::book::Case;
use crate::event::Event;

/// A part of Rajada that can be fed octets.
pub trait Layer {
    /// What it is, for messages.
    fn name(&self) -> String;

    /// What comes of the pieces, fed one after another into a fresh instance, and of the end behind them if the case has one.
    fn events(&mut self, case: &Case, pieces: &[&[u8]]) -> Vec<Event>;
}

/// A case that does not hold.
#[derive(Clone, Debug)]
pub struct Failure {
    id: String,
    place: String,
    layer: String,
    split: String,
    expected: Vec<String>,
    actual: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({}), {}, fed {}", self.id, self.place, self.layer, self.split)?;
        for index in 0..self.expected.len().max(self.actual.len()) {
            match (self.expected.get(index), self.actual.get(index)) {
                (Some(expected), Some(actual)) if expected == actual => {
                    writeln!(f, "    {expected}")?
                }
                (expected, actual) => {
                    expected.map_or(Ok(()), |line| writeln!(f, "  - {line}"))?;
                    actual.map_or(Ok(()), |line| writeln!(f, "  + {line}"))?;
                }
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// Cases of more octets are not split at every place.
const SPLIT_EVERYWHERE: usize = 500;

/// Feeds the case whole, split in two at each place, and octet by octet; cases of many octets at fewer
/// places and in larger pieces.
///
/// # Errors
///
/// The first way of feeding that gives other events than the case expects.
pub fn check(case: &Case, layer: &mut dyn Layer) -> Result<(), Box<Failure>> {
    let octets = case.octets.as_slice();
    compare(case, layer, &[octets], || "whole".into())?;
    for end in split_points(octets.len()) {
        let (first, second) = octets.split_at(end);
        compare(case, layer, &[first, second], || format!("split at {end}"))?;
    }
    let step = if octets.len() <= 8 * SPLIT_EVERYWHERE { 1 } else { 61 };
    let small: Vec<&[u8]> = octets.chunks(step).collect();
    compare(case, layer, &small, || format!("in pieces of {step}"))
}

/// All places within, or, of many octets, those near both ends and some between.
fn split_points(length: usize) -> Vec<usize> {
    let within = 1..length.max(1);
    if length <= SPLIT_EVERYWHERE {
        return within.collect();
    }
    let between = length / 10;
    within.filter(|at| *at < 20 || length - *at < 20 || at.is_multiple_of(between)).collect()
}

fn compare(
    case: &Case,
    layer: &mut dyn Layer,
    pieces: &[&[u8]],
    split: impl FnOnce() -> String,
) -> Result<(), Box<Failure>> {
    let mut events = Event::join(layer.events(case, pieces));
    if !case.expected.iter().any(|line| line.starts_with("field ")) {
        events.retain(|event| !matches!(event, Event::Field { .. }));
    }
    let actual: Vec<String> = events.iter().map(Event::to_string).collect();
    if actual == case.expected {
        return Ok(());
    }
    let (id, place) = (case.id.clone(), case.place.clone());
    Err(Box::new(Failure {
        id,
        place,
        layer: layer.name(),
        split: split(),
        expected: case.expected.clone(),
        actual,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{LayerName, Message};

    /// Reports the first piece as content: another report for each way of feeding.
    struct Careless;

    impl Layer for Careless {
        fn name(&self) -> String {
            "careless".into()
        }

        fn events(&mut self, _: &Case, pieces: &[&[u8]]) -> Vec<Event> {
            vec![Event::Data(pieces[0].into()), Event::End]
        }
    }

    fn case(octets: &[u8]) -> Case {
        Case {
            id: "a-1/b".into(),
            rule: "a-1".into(),
            place: "a.md:1".into(),
            message: Message::Requests,
            octets: octets.into(),
            eof: false,
            leniency: rajada_parser::Leniency::NONE,
            layers: vec![LayerName::Parser],
            expected: vec!["data xyz".into(), "end".into()],
            answers: Vec::new(),
            together: Vec::new(),
        }
    }

    #[test]
    fn a_difference_between_ways_of_feeding_is_found_and_shown() {
        let failure = check(&case(b"xyz"), &mut Careless).unwrap_err();
        let text = "a-1/b (a.md:1), careless, fed split at 1\n  - data xyz\n  + data x\n    end\n";
        assert_eq!(text, failure.to_string());
    }

    #[test]
    fn a_difference_from_the_expected_is_found() {
        let failure = check(&case(b"x"), &mut Careless).unwrap_err();
        assert!(failure.to_string().contains("fed whole\n  - data xyz\n  + data x\n"));
    }

    #[test]
    fn many_octets_are_split_at_both_ends_and_between() {
        let points = split_points(10_000);
        assert!(points.contains(&1) && points.contains(&9_999) && points.contains(&5_000));
        assert!(points.len() < 60);
        assert_eq!(vec![1, 2], split_points(3));
        assert!(split_points(0).is_empty() && split_points(1).is_empty());
    }
}
