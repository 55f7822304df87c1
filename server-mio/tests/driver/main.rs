//! The driver beside a slow model, under pseudo-random schedules. The fuzz targets `driver` and `streams`
//! run the same.

mod answers;
mod content;
#[cfg(all(feature = "multipart", feature = "stream", feature = "tokio"))]
#[path = "../content_by_traits/mod.rs"]
mod content_by_traits;
mod content_left;
#[cfg(all(feature = "multipart", feature = "stream", feature = "tokio"))]
mod content_taken;
mod flows;
mod simulation;
mod sources;
mod streams;

use std::panic;
use std::sync::Once;

/// Handlers that panic on purpose are not worth a line each.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let told = info.to_string();
            let purposes = [simulation::ON_PURPOSE, flows::ON_PURPOSE];
            if !purposes.iter().any(|purpose| told.ends_with(purpose)) {
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

/// Runs pseudo-random schedules of up to `length` octets: `$SCHEDULES` of them, or so many.
fn run_random(run: fn(&[u8]), length: u64, runs: u64) {
    quiet();
    let runs = std::env::var("SCHEDULES").ok().and_then(|runs| runs.parse().ok()).unwrap_or(runs);
    for seed in 1..=runs {
        let mut random = Random(u64::wrapping_mul(seed, 0x9e37_79b9_7f4a_7c15));
        let length = random.next() % length;
        let schedule: Vec<u8> = (0..length).map(|_| (random.next() >> 24) as u8).collect();
        let ran = panic::catch_unwind(|| run(&schedule));
        assert!(ran.is_ok(), "schedule {seed}: {schedule:?}");
    }
}

/// Runs the seeds of a fuzz target.
fn run_seeds(run: fn(&[u8]), target: &str) {
    quiet();
    // They are not part of what is published.
    let seeds = format!("{}/../fuzz/seeds/{target}", env!("CARGO_MANIFEST_DIR"));
    let Ok(seeds) = std::fs::read_dir(seeds) else { return };
    for seed in seeds {
        let path = seed.unwrap().path();
        let schedule = std::fs::read(&path).unwrap();
        let ran = panic::catch_unwind(|| run(&schedule));
        assert!(ran.is_ok(), "{}", path.display());
    }
}

#[test]
fn schedules_lead_to_what_the_rules_say() {
    run_random(simulation::run, 400, 2000);
}

#[test]
fn content_flows_in_and_out_as_the_rules_say() {
    run_random(flows::run, 300, 500);
}

#[test]
fn seeds_of_the_fuzz_targets_lead_to_what_the_rules_say() {
    run_seeds(simulation::run, "driver");
    run_seeds(flows::run, "streams");
}
