//! The parser's figures: those of the program `head`.

use std::process::{Command, Stdio};

use super::generator::beside;
use super::record::Head;

/// Runs it for a while.
pub(super) fn heads(processes: usize, samples: usize) -> Result<Vec<Head>, String> {
    let program = beside("head")?;
    let mut command = Command::new(program);
    command.args([
        "--json",
        "--no-builds",
        "--processes",
        &processes.to_string(),
        "--samples",
        &samples.to_string(),
    ]);
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("head: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr)
            .lines()
            .next_back()
            .unwrap_or("head failed")
            .into());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("head: {error}")))
        .collect()
}
