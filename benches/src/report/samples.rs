//! Which part of a server's processor time is its own, and which the kernel's: samples that `perf` takes by the clock.
//!
//! The kernel tells both of every process, but it learns them by looking 250 times a second (where it was not built to count
//! exactly, which few are). A server that isn't pipelined spends some 5 % of its time in user space: in a second that is
//! a dozen looks, and a figure that is off by a third.

use super::generator::Generator;
use super::perf::sampled;
use super::record::Samples;
use super::scenarios::Scenario;
use super::server::Server;

/// Samples a second of the server's running time: a prime, so that it keeps no step with anything.
pub(super) const RATE: u32 = 7993;

/// What is sampled in each turn, in seconds: longer where the kernel takes nearly all of the time.
pub(super) const PIPELINED: f64 = 0.4;
pub(super) const SINGLE: f64 = 1.0;
const WARMUP: f64 = 0.15;

/// Has the generator go on for a while, and looks where the server is meanwhile.
pub(super) fn samples(
    server: &Server,
    generator: &Generator,
    scenario: &Scenario,
) -> Result<Samples, String> {
    let seconds = if scenario.depth > 1 { PIPELINED } else { SINGLE };
    let generator = Generator { seconds, warmup: WARMUP, ..generator.clone() };
    count(&sampled(server, &generator, scenario, RATE, &["script", "-F", "ip"])?)
}

/// Counts addresses, one a line. Those of the kernel are the upper half of all.
fn count(text: &str) -> Result<Samples, String> {
    let addresses = text.split_whitespace().filter_map(|word| u64::from_str_radix(word, 16).ok());
    let mut samples = Samples::default();
    for address in addresses {
        samples.all += 1;
        samples.user += u64::from(address >> 63 == 0);
    }
    match samples {
        Samples { all: 0, .. } => Err("perf has seen nothing".into()),
        // No server does without system calls: perf is not allowed to see them.
        Samples { user, all } if user == all => Err("perf does not see the kernel".into()),
        _ => Ok(samples),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_counted() {
        let text = " ffffffff81a00010\n     7f0157722ba4\n ffffffff81000000\n 55afa1f155dc\n 1\n";
        assert_eq!(count(text), Ok(Samples { user: 3, all: 5 }));
        assert!(count("").is_err());
        assert!(count("7f0157722ba4\n").is_err());
    }
}
