//! A server of this program's own, in a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use crate::resident::resident;

/// A server that listens. It ends with the value.
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// This program once more, as the server of that name (`--serve NAME`), which says where it listens.
    pub(crate) fn start(name: &str) -> Result<Process, String> {
        let text = |error: std::io::Error| format!("{name}: {error}");
        let program = std::env::current_exe().map_err(text)?;
        let mut child = Command::new(program)
            .args(["--serve", name])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(text)?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or("it is mute")?;
        let read = BufReader::new(out).read_line(&mut line).map_err(text);
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_default();
        let address = read.and_then(|_| address.parse().map_err(|_| format!("it says {line:?}")));
        match address {
            Ok(address) => Ok(Process { child, address }),
            Err(complaint) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(complaint)
            }
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Octets of resident memory.
    pub(crate) fn resident(&self) -> Result<u64, String> {
        resident(self.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
