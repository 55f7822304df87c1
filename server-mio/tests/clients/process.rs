//! Clients as processes, for a bounded time.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a client may take before its test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder of a test's own, gone with it.
pub(crate) struct Folder(PathBuf);

/// What a client left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    pub(crate) fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("clients-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, octets: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, octets).unwrap();
        path
    }

    /// Runs a client to its end, without the proxies that the environment may name.
    pub(crate) fn run(&self, command: &mut Command) -> Result<Ended, String> {
        let (stdout, stderr) = (self.path("stdout"), self.path("stderr"));
        command.stdout(File::create(&stdout).unwrap()).stderr(File::create(&stderr).unwrap());
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(name);
        }
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > PATIENCE {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it does not end; it said: {}", text(&stderr)));
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        Ok(Ended { status, stdout: text(&stdout), stderr: text(&stderr) })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Ended {
    /// What it said, if all went well.
    pub(crate) fn well(self) -> Result<String, String> {
        match self.status.success() {
            true => Ok(self.stdout),
            false => {
                let last = self.stderr.lines().last().unwrap_or_default();
                Err(format!("{}: {last}", self.status))
            }
        }
    }
}

/// Says that a client can't be had.
pub(crate) fn skip(client: &str, reason: &str) {
    println!("skipped: {client}: {reason}");
}

fn text(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}
