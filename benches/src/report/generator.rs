//! Runs the load generator.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::record::Load;
use super::scenarios::Scenario;
use super::server::{Core, Server, pinned};

/// The generator and how long it runs.
#[derive(Debug, Clone)]
pub(super) struct Generator {
    pub(super) program: PathBuf,
    pub(super) seconds: f64,
    pub(super) warmup: f64,
}

impl Generator {
    /// Loads a server in this way.
    pub(super) fn run(
        &self,
        server: &Server,
        scenario: &Scenario,
        threads: usize,
        core: Core,
    ) -> Result<Load, String> {
        let mut command = pinned(&self.program, core);
        let numbers = [
            ("--connections", scenario.connections.to_string()),
            ("--depth", scenario.depth.to_string()),
            ("--seconds", self.seconds.to_string()),
            ("--warmup", self.warmup.to_string()),
            ("--threads", threads.to_string()),
            ("--pid", server.pid().to_string()),
        ];
        command.arg(server.address().to_string()).args(["--shape", scenario.shape, "--json"]);
        command.args(numbers.iter().flat_map(|(name, value)| [*name, value.as_str()]));
        if let Some(rate) = scenario.rate {
            command.args(["--rate", &rate.to_string()]);
        }
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("{}: {error}", self.program.display()))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            return Err(text.lines().next_back().unwrap_or("the load generator failed").into());
        }
        read(&String::from_utf8_lossy(&output.stdout))
    }
}

/// What the generator printed. Errors make a run void.
fn read(text: &str) -> Result<Load, String> {
    let load: Load =
        serde_json::from_str(text).map_err(|error| format!("the generator's words: {error}"))?;
    let errors: Vec<String> = load
        .errors
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    match errors.is_empty() {
        true if load.requests == 0 => Err("no request was answered".into()),
        true => Ok(load),
        false => Err(format!("errors: {}", errors.join(", "))),
    }
}

/// A program beside this one.
pub(crate) fn beside(name: &str) -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = this.parent().unwrap_or(Path::new("")).join(name);
    match program.is_file() {
        true => Ok(program),
        false => Err(format!("{} is not there", program.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generators_words_are_read() {
        let text = r#"{"address":"127.0.0.1:1","connections":100,"requests":48,"requests_per_second":2e6,
            "errors":{"connect":0,"read":0},"latency_us":{"min":1.0,"p50":2.0,"p99":3.0,"p99_9":4.0,"mean":2.0},
            "generator_cpu_us_per_request":0.2,
            "server":{"pid":1,"user_us_per_request":0.04,"system_us_per_request":0.2,"cpu_us_per_request":0.24}}"#;
        let load = read(text).unwrap();
        assert_eq!((load.requests, load.latency_us.p99_9), (48, 4.0));
        assert_eq!(load.server.unwrap().user_us_per_request, 0.04);
        assert_eq!(read(&text.replace("\"read\":0", "\"read\":2")).unwrap_err(), "errors: 2 read");
        assert!(read(&text.replace(":48", ":0")).is_err());
    }
}
