//! Samples that `perf` takes of a server by the clock, while the generator runs.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::command::{quietly, said};
use super::generator::Generator;
use super::scenarios::Scenario;
use super::server::{CLIENTS, Server, pinned};
use crate::load::family;

/// Has the generator go on, looks meanwhile so many times a second of the server's running time where it is, and says what
/// `perf` makes of that with these arguments.
pub(super) fn sampled(
    server: &Server,
    generator: &Generator,
    scenario: &Scenario,
    rate: u32,
    reading: &[&str],
) -> Result<String, String> {
    let data = std::env::temp_dir().join(format!("rajada-perf-{}", std::process::id()));
    let pids = family(server.pid()).iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    // The generator's time begins with its warm-up, during which perf finds the threads.
    let begins = generator.warmup / 2.0;
    let mut perf = pinned("perf".as_ref(), CLIENTS);
    perf.args(["record", "-q", "-N", "-B", "-e", "cpu-clock", "-F", &rate.to_string()]);
    perf.args(["-p", &pids, "-o"]).arg(&data);
    perf.args(["--", "sleep", &(generator.seconds + begins).to_string()]);
    let taken = std::thread::scope(|scope| {
        let load = scope.spawn(|| generator.run(server, scenario, 1, CLIENTS));
        std::thread::sleep(Duration::from_secs_f64(begins));
        let taken = quietly(&mut perf);
        let load = load.join().map_err(|_| "the thread of the generator panicked".to_owned());
        load.flatten().and(taken)
    });
    let mut perf = Command::new("perf");
    perf.args(reading).arg("-i").arg(&data).stderr(Stdio::null());
    let text = taken.and_then(|()| said(&mut perf));
    let _ = fs::remove_file(&data);
    text
}
