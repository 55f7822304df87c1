//! Which part of a server's processor time is its own, and which the kernel's: samples that `perf` takes by the clock.
//!
//! The kernel tells both of every process, but it learns them by looking 250 times a second (where it was not built to count
//! exactly, which few are). A server that isn't pipelined spends some 5 % of its time in user space: in a second that is
//! a dozen looks, and a figure that is off by a third.

use std::fs;
use std::process::{Command, Stdio};

use super::command::{quietly, said};
use super::generator::Generator;
use super::record::Samples;
use super::scenarios::Scenario;
use super::server::{CLIENTS, Server, pinned};

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
    let data = std::env::temp_dir().join(format!("rajada-samples-{}", std::process::id()));
    let seconds = if scenario.depth > 1 { PIPELINED } else { SINGLE };
    // The generator's time begins with its warm-up, during which perf finds the threads.
    let generator = Generator { seconds, warmup: WARMUP, ..generator.clone() };
    let mut perf = pinned("perf".as_ref(), CLIENTS);
    perf.args(["record", "-q", "-N", "-B", "-e", "cpu-clock", "-F", &RATE.to_string()]);
    perf.args(["-p", &family(server.pid()), "-o"]).arg(&data);
    perf.args(["--", "sleep", &(seconds + WARMUP / 2.0).to_string()]);
    let taken = std::thread::scope(|scope| {
        let load = scope.spawn(|| generator.run(server, scenario, 1, CLIENTS));
        std::thread::sleep(std::time::Duration::from_secs_f64(WARMUP / 2.0));
        let taken = quietly(&mut perf);
        load.join()
            .map_err(|_| "the thread of the generator panicked".to_owned())
            .flatten()
            .and(taken)
    });
    let mut script = Command::new("perf");
    script.args(["script", "-F", "ip", "-i"]).arg(&data).stderr(Stdio::null());
    let text = taken.and_then(|()| said(&mut script));
    let _ = fs::remove_file(&data);
    count(&text?)
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

/// A process and its descendants, as perf wants to have them.
fn family(pid: u32) -> String {
    let mut found = vec![pid];
    let mut at = 0;
    while let Some(pid) = found.get(at) {
        let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        let children: Vec<u32> = threads
            .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
            .flat_map(|text| text.split_whitespace().flat_map(str::parse).collect::<Vec<u32>>())
            .collect();
        found.extend(children);
        at += 1;
    }
    found.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
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

    #[test]
    fn a_process_is_of_its_own_family() {
        assert!(family(std::process::id()).starts_with(&std::process::id().to_string()));
    }
}
