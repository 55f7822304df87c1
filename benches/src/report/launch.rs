//! How to start a server: what building the peers leaves behind, and what starting them needs.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A program and what it is given. In arguments and configuration these are replaced: `{address}`, `{host}`, `{port}`, `{scratch}` (a folder
/// of its own), `{configuration}` (the configuration's file), `{peers}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    /// Text of a configuration file.
    pub(crate) configuration: Option<String>,
    pub(crate) version: String,
}

/// A peer that was built, or the reason why it wasn't.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Built {
    pub(super) name: String,
    pub(super) outcome: Result<Launch, String>,
}

/// The folder `benches/peers`.
pub(super) fn peers_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// Where peers are built: git ignores it.
pub(super) fn build_folder() -> PathBuf {
    peers_folder().join("build")
}

fn list() -> PathBuf {
    build_folder().join("peers.json")
}

/// What the last build left behind; nothing if there was none.
pub(super) fn built() -> Vec<Built> {
    let text = std::fs::read_to_string(list()).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Writes down what a build made.
pub(super) fn remember(built: &[Built]) -> Result<(), String> {
    let text = serde_json::to_string_pretty(built).map_err(|error| error.to_string())?;
    std::fs::write(list(), text).map_err(|error| format!("{}: {error}", list().display()))
}
