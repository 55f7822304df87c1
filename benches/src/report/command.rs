//! Runs programs whose output matters only if they fail, or only for its first line.

use std::process::{Command, Stdio};

/// Runs it; if it fails, the last line that it wrote is the reason.
pub(super) fn quietly(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let telling =
        text.lines().rev().find(|line| line.starts_with("error") || line.starts_with("E:"));
    let line = telling.or_else(|| text.lines().rfind(|line| !line.trim().is_empty()));
    Err(format!("{name}: {}", line.unwrap_or("failed without a word").trim()))
}

/// All that it writes, on either side, without space at the ends.
pub(super) fn said(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name}: {}", output.status));
    }
    let text = match output.stdout.is_empty() {
        true => output.stderr,
        false => output.stdout,
    };
    Ok(String::from_utf8_lossy(&text).trim().to_owned())
}
