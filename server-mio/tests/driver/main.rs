//! The driver beside a slow model, under pseudo-random schedules. The fuzz target `driver` runs the same.

mod content;
#[cfg(all(feature = "multipart", feature = "stream", feature = "tokio"))]
#[path = "../content_by_traits/mod.rs"]
mod content_by_traits;
mod content_left;
#[cfg(all(feature = "multipart", feature = "stream", feature = "tokio"))]
mod content_taken;
mod simulation;
mod streams;

use std::panic;
use std::sync::Once;

/// Handlers that panic on purpose are not worth a line each.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !info.to_string().ends_with(simulation::ON_PURPOSE) {
                before(info);
            }
        }));
    });
}

/// Xorshift: the same schedules each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[test]
fn schedules_lead_to_what_the_rules_say() {
    quiet();
    let runs = std::env::var("SCHEDULES").ok().and_then(|runs| runs.parse().ok()).unwrap_or(2000);
    for seed in 1..=runs {
        let mut random = Random(u64::wrapping_mul(seed, 0x9e37_79b9_7f4a_7c15));
        let length = random.next() % 400;
        let schedule: Vec<u8> = (0..length).map(|_| (random.next() >> 24) as u8).collect();
        let ran = panic::catch_unwind(|| simulation::run(&schedule));
        assert!(ran.is_ok(), "schedule {seed}: {schedule:?}");
    }
}

#[test]
fn seeds_of_the_fuzz_target_lead_to_what_the_rules_say() {
    quiet();
    // They are not part of what is published.
    let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds/driver");
    let Ok(seeds) = std::fs::read_dir(seeds) else { return };
    for seed in seeds {
        let path = seed.unwrap().path();
        let schedule = std::fs::read(&path).unwrap();
        let ran = panic::catch_unwind(|| simulation::run(&schedule));
        assert!(ran.is_ok(), "{}", path.display());
    }
}
