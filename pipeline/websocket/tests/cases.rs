//! The protocol cases, in both roles, at every split.

mod common;

use std::path::Path;

use common::book::{self, Case};
use common::naive::{self, Outcome, Receiver};
use common::run::{self, Run};
use rajada_websocket::{Phase, Settings};

fn all() -> Vec<Case> {
    let cases = book::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"));
    assert!(cases.len() >= 200, "only {} cases", cases.len());
    cases
}

/// Settings under which frames of all sizes wait, or none.
fn settings() -> [Settings; 2] {
    let mut waits = Settings::default();
    waits.whole = 70_000;
    let mut never = Settings::default();
    never.whole = 0;
    [waits, never]
}

#[test]
fn every_case_holds_however_it_is_split() {
    for case in all() {
        for settings in &settings() {
            let receiver =
                Receiver { settings, is_server: case.is_server, compressed: case.compressed };
            let len = case.octets.len();
            hold(&case, run::in_pieces(receiver, &case.octets, []));
            // All splits in two; of long ones those near the ends, where something happens, and some between.
            for at in (0..len).filter(|at| len < 400 || *at < 30 || len - at < 30 || at % 4093 == 0)
            {
                hold(&case, run::in_pieces(receiver, &case.octets, [at]));
            }
            if len < 2000 || settings.whole == 0 {
                hold(&case, run::in_pieces(receiver, &case.octets, 0..len));
            }
            // Three pieces.
            if len < 60 {
                for first in 0..len {
                    for second in first..len {
                        hold(&case, run::in_pieces(receiver, &case.octets, [first, second]));
                    }
                }
            }
        }
    }
}

#[test]
fn the_naive_model_says_the_same() {
    let settings = Settings::default();
    for case in all() {
        let receiver = Receiver {
            settings: &settings,
            is_server: case.is_server,
            compressed: case.compressed,
        };
        let outcomes = naive::receive(receiver, &case.octets);
        assert_eq!(written(&outcomes), events(&case), "{}", case.id);
    }
}

fn events(case: &Case) -> Vec<String> {
    case.expected.iter().filter(|line| !line.starts_with("sent ")).cloned().collect()
}

fn hold(case: &Case, run: Run) {
    assert_eq!(written(&run.outcomes), events(case), "{}", case.id);
    let sent = naive::frames(&run.sent, !case.is_server);
    assert_eq!(sent, naive::answers(&run.outcomes), "{}", case.id);
    let told: Vec<_> = case.expected.iter().filter_map(|line| line.strip_prefix("sent ")).collect();
    if !told.is_empty() {
        let sent: Vec<_> =
            sent.iter().map(|(first, payload)| format!("{first:02x} {}", hex(payload))).collect();
        assert_eq!(sent, told, "{}", case.id);
    }
    let ended = matches!(run.outcomes.last(), Some(Outcome::Close(..) | Outcome::Malformed(..)));
    assert_eq!(run.phase, if ended { Phase::Closed } else { Phase::Open }, "{}", case.id);
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Outcomes as the cases write them.
fn written(outcomes: &[Outcome]) -> Vec<String> {
    outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Text(text) => format!("text {}", text.as_bytes().escape_ascii()),
            Outcome::Binary(octets) => format!("binary {}", octets.escape_ascii()),
            Outcome::Compressed(kind, octets) => {
                format!("compressed {kind:?} {}", octets.escape_ascii())
            }
            Outcome::Ping(octets) => format!("ping {}", octets.escape_ascii()),
            Outcome::Pong(octets) => format!("pong {}", octets.escape_ascii()),
            Outcome::Close(Some(code), reason) => format!("close {code} {reason:?}"),
            Outcome::Close(None, _) => "close".into(),
            Outcome::Malformed(offence, offset, code) => {
                format!("malformed {offence:?} {} {offset}", code.unwrap_or(1006))
            }
        })
        .collect()
}
