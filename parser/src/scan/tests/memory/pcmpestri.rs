//! The SSE4.2 level's other way to find the end of a class.

use super::super::check;
use super::check_ends;
use crate::scan::Level;
use crate::scan::class::{TARGET, TOKEN, VALUE};
use crate::scan::pcmpestri::{Classes, by_pcmpestri};
use std::sync::{Mutex, PoisonError};

/// What is asked for is asked for in all threads.
static ONE_TEST: Mutex<()> = Mutex::new(());

#[test]
fn ends_of_classes() {
    if !Level::Sse42.is_here() {
        std::eprintln!("skipped: this CPU lacks {}", Level::Sse42);
        return;
    }
    let _alone = ONE_TEST.lock().unwrap_or_else(PoisonError::into_inner);
    by_pcmpestri(Classes::All);
    check_ends(&[Level::Sse42]);
    by_pcmpestri(Classes::Nothing);
}

#[test]
#[cfg_attr(miri, ignore = "takes hours; `memory` has a taste")]
fn every_octet_at_every_position() {
    if !Level::Sse42.is_here() {
        std::eprintln!("skipped: this CPU lacks {}", Level::Sse42);
        return;
    }
    let _alone = ONE_TEST.lock().unwrap_or_else(PoisonError::into_inner);
    for way in Classes::EACH {
        by_pcmpestri(way);
        for class in [TOKEN, TARGET, VALUE] {
            for len in [0, 1, 15, 16, 17, 31, 32, 33, 50] {
                let mut octets = std::vec![b'a'; len];
                for at in 0..len {
                    for octet in 0..=255 {
                        octets[at] = octet;
                        check(Level::Sse42, &octets, 0, class);
                        check(Level::Sse42, &octets, at / 2, class);
                    }
                    octets[at] = b'|';
                }
            }
        }
    }
    by_pcmpestri(Classes::Nothing);
}
