//! Other builds of this program, for contestants that choose their instructions when they are built.

use crate::say::aside;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A build of this program, and which of its contestants is wanted.
pub(super) struct Build {
    pub(super) program: PathBuf,
    /// All, if `None`.
    pub(super) only: Option<&'static str>,
    /// Told behind the contestant's name.
    pub(super) suffix: &'static str,
}

impl Build {
    /// The program that runs.
    pub(super) fn this() -> Result<Build, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        Ok(Build { program, only: None, suffix: "" })
    }
}

/// httparse without SIMD, and thhp with all instructions of this machine. A build that fails is skipped with a word on standard error.
pub(super) fn others() -> Vec<Build> {
    let mut builds = Vec::new();
    builds.extend(build("httparse", "", "no-simd", ("CARGO_CFG_HTTPARSE_DISABLE_SIMD", "1")));
    if cfg!(feature = "peers") {
        builds.extend(build("thhp", "-native", "native", ("RUSTFLAGS", "-C target-cpu=native")));
    }
    builds
}

fn build(
    only: &'static str,
    suffix: &'static str,
    folder: &str,
    setting: (&str, &str),
) -> Option<Build> {
    let skipped = |why: &str| {
        aside!("skipped: {only}{suffix} in a build with {}={}: {why}", setting.0, setting.1)
    };
    // Beside the folder that this program lies in: target/head-builds/no-simd.
    let this = std::env::current_exe().ok()?;
    let target = this.parent()?.parent()?.join("head-builds").join(folder);
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.args(["build", "--quiet", "--release", "--bin", "head", "--manifest-path"]);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    command.arg("--target-dir").arg(&target).env(setting.0, setting.1);
    if cfg!(feature = "peers") {
        command.args(["--features", "peers"]);
    }
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => {
            Some(Build { program: target.join("release").join("head"), only: Some(only), suffix })
        }
        Ok(output) => {
            skipped(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("it failed"));
            None
        }
        Err(error) => {
            skipped(&error.to_string());
            None
        }
    }
}
