//! No octet is read that isn't there, and no slot that wasn't written: at every level,
//! scanners and whole heads look at octets with nothing in front of them or behind
//! them. What comes of them is compared with the scalar level.
//!
//! Who sees a read too many is not this code: it ends the process where pages are missing
//! ([`places`]), and it is seen by Miri and MemorySanitizer, which run the same tests
//! (`bash .ci/run pages msan miri`). That each of them does is shown by a control: the variable
//! `RAJADA_CONTROL` asks for a read of an octet `behind` the octets or `before` them, or of a
//! `slot` that was not written, and then the tests named for it must fail.

#[cfg_attr(miri, path = "memory/few.rs")]
#[cfg_attr(not(miri), path = "memory/many.rs")]
mod corpus;
mod fill;
mod heads;
#[cfg(rajada_pcmpestri)]
mod pcmpestri;
mod places;

use self::places::places;
use super::{End, Masks, choice, expected, levels};
use crate::fields::Noted;
use crate::scan::class::{HOST, TARGET, TOKEN, VALUE, belongs};
use crate::scan::slots::{Inside, sealed::Storage};
use crate::scan::{Level, are_host, dispatch, dispatch_head};
use crate::{Config, FieldPosition, Positions};
use std::vec::Vec;

/// Octets of each length: all of them inside of all classes, or the last one outside.
fn of_each_length() -> impl Iterator<Item = Vec<u8>> {
    corpus::lengths().flat_map(|len| {
        let inside = b"a".repeat(len);
        let outside = len.checked_sub(1).map(|len| [&b"a".repeat(len)[..], b"\n"].concat());
        [Some(inside), outside].into_iter().flatten()
    })
}

/// What runs these tests may say by `RAJADA_LEVEL` which level there must be, so that it can't be missed unnoticed.
#[test]
fn the_best_level_is_the_one_that_is_expected() {
    let best = Level::detect();
    if let Ok(expected) = std::env::var("RAJADA_LEVEL") {
        assert_eq!(best.name(), expected);
    }
    let is_x86 = cfg!(any(target_arch = "x86", target_arch = "x86_64"));
    let of_x86 = [Level::Sse42, Level::Avx2, Level::Avx512].into_iter().filter(|_| is_x86);
    for level in of_x86.filter(|level| !level.is_here()) {
        assert!(level > best);
        std::eprintln!("not here: {level}");
    }
}

#[test]
fn ends_of_classes() {
    check_ends(&levels().collect::<Vec<_>>());
}

fn check_ends(levels: &[Level]) {
    let mut places = places();
    for octets in of_each_length() {
        for from in corpus::starts(octets.len()) {
            let wanted =
                [TOKEN, TARGET, VALUE].map(|class| (class, expected(&octets, from, class)));
            for place in &mut places {
                let there = place.put(&octets);
                for &level in levels {
                    for (class, wanted) in wanted {
                        let found = dispatch(choice(level), End { octets: there, from, class });
                        assert_eq!(found, wanted, "{level}, class {class}, from {from}");
                    }
                }
            }
        }
    }
}

#[test]
fn hosts() {
    let mut places = places();
    for octets in of_each_length() {
        let wanted = octets.iter().all(|&octet| belongs(octet, HOST));
        for place in &mut places {
            assert_eq!(are_host(place.put(&octets)), wanted, "{} octets", octets.len());
        }
    }
}

#[test]
fn masks_of_blocks() {
    let masks = |level, octets: &[u8]| {
        let mut slots = Positions::<1>::new();
        dispatch_head::<Masks>(choice(level).made(), octets, &Config::STRICT, slots.writer(Inside))
    };
    let mut places = places();
    for octets in of_each_length().filter(|octets| octets.len() >= 32) {
        let wanted = masks(Level::Swar, &octets);
        assert!(wanted.is_some());
        for place in &mut places {
            let there = place.put(&octets);
            for level in levels().filter(|&level| level >= Level::Swar) {
                assert_eq!(masks(level, there), wanted, "{level}, {} octets", octets.len());
            }
        }
    }
}

#[test]
fn whole_heads_and_heads_in_pieces() {
    let mut places = places();
    for octets in corpus::heads() {
        heads::check(&octets, &mut places);
    }
}

/// Whether the environment asks for this control.
fn control(name: &str) -> bool {
    std::env::var_os("RAJADA_CONTROL").is_some_and(|asked| asked == name)
}

// (Nothing is judged before all was read: the place that sees it may be the last.)
#[test]
fn control_behind() {
    let beyond = usize::from(control("behind"));
    let mut places = places();
    let counts = places.iter_mut().map(|place| {
        let there = place.put(b"a token");
        let octets = (0..there.len() + beyond).map(|at| {
            // SAFETY: it is there, but for the control, which must not live.
            unsafe { there.as_ptr().wrapping_add(at).read() }
        });
        octets.filter(|&octet| belongs(octet, TOKEN)).count()
    });
    assert!(counts.collect::<Vec<_>>().into_iter().all(|count| count == 6));
}

#[test]
fn control_before() {
    let before = usize::from(control("before"));
    let mut places = places();
    let firsts = places.iter_mut().map(|place| {
        let there = place.put(b"a token");
        // SAFETY: as above.
        unsafe { there.as_ptr().wrapping_sub(before).read() }
    });
    assert!(firsts.collect::<Vec<_>>().into_iter().all(|first| first == b'a'));
}

#[test]
fn control_slot() {
    let beyond = usize::from(control("slot"));
    let position = FieldPosition { name_start: 1, name_end: 2, value_start: 3, value_end: 4 };
    let mut slots = Positions::<4>::new();
    let mut writer = slots.writer(Inside);
    writer.push(position);
    // SAFETY: the same: there are four slots, and one of them is written.
    unsafe { writer.add(beyond) };
    writer.finish(Noted::NONE);
    assert!(slots.written(Inside).1.iter().all(|&written| written == position));
}
