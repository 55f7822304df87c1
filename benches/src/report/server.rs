//! A server while it runs.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::launch::{Launch, peers_folder};
use crate::resident::{peak, resident};

/// Who must run where: `taskset` pins it there before it starts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Core {
    Only(usize),
    Any,
}

/// The core of servers.
pub(super) const SERVERS: Core = Core::Only(0);
/// The core of the generator and of clients.
pub(super) const CLIENTS: Core = Core::Only(1);

/// A server that listens. It ends with the value.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    scratch: PathBuf,
}

/// How long a server may take until it listens.
const PATIENCE: Duration = Duration::from_secs(20);

impl Server {
    /// Starts it and waits until it accepts a connection.
    pub(super) fn start(launch: &Launch, more: &[&str], core: Core) -> Result<Server, String> {
        let address = free_address()?;
        let scratch = scratch(address.port())?;
        let mut text = Placeholders { address, scratch: &scratch }
            .fill(launch.configuration.as_deref().unwrap_or(""));
        text.push('\n');
        let configuration = scratch.join("configuration");
        write(&configuration, &text)?;
        write(&scratch.join("greeting.txt"), "Hello world!")?;
        let said = scratch.join("said");
        let log = File::create(&said).map_err(|error| error.to_string())?;
        let mut command = pinned(&launch.program, core);
        let places = Placeholders { address, scratch: &scratch };
        command.args(launch.arguments.iter().map(|argument| places.fill(argument))).args(more);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).env("LC_ALL", "C");
        let child =
            command.spawn().map_err(|error| format!("{}: {error}", launch.program.display()))?;
        let mut server = Server { child, address, scratch };
        server.wait_until_it_listens(&said)?;
        Ok(server)
    }

    fn wait_until_it_listens(&mut self, said: &Path) -> Result<(), String> {
        let begun = Instant::now();
        while TcpStream::connect_timeout(&self.address, Duration::from_millis(200)).is_err() {
            let words = || {
                let text = std::fs::read_to_string(said).unwrap_or_default();
                text.lines().next_back().unwrap_or("without a word").to_owned()
            };
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("ended with {status}: {}", words()));
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("doesn't listen: {}", words()));
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Resident octets.
    pub(crate) fn resident(&self) -> Result<u64, String> {
        resident(self.pid())
    }

    /// Resident octets at the most, since it began.
    pub(crate) fn peak(&self) -> Result<u64, String> {
        peak(self.pid())
    }

    /// Seconds of the processor that it has used.
    pub(crate) fn processor(&self) -> Result<f64, String> {
        crate::load::seconds(self.pid())
    }
}

/// Has this process run where clients do.
pub(crate) fn pin_clients() {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    if let Core::Only(core) = CLIENTS
        && core < cores
    {
        let process = std::process::id().to_string();
        let mut command = Command::new("taskset");
        command.args(["-acp", &core.to_string(), &process]);
        // Elsewhere it runs as well.
        let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

/// A command for this program on this core; on a machine that has only one, on that.
pub(super) fn pinned(program: &Path, core: Core) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    match core {
        Core::Only(core) if core < cores => {
            let mut command = Command::new("taskset");
            command.args(["-c", &core.to_string()]).arg(program);
            command
        }
        _ => Command::new(program),
    }
}

/// An address on the loopback interface at which nobody listens now.
fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener.local_addr().map_err(|error| error.to_string())
}

fn scratch(port: u16) -> Result<PathBuf, String> {
    let folder = std::env::temp_dir().join(format!("rajada-report-{}-{port}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}

/// What stands in for names in braces.
struct Placeholders<'p> {
    address: SocketAddr,
    scratch: &'p Path,
}

impl Placeholders<'_> {
    fn fill(&self, text: &str) -> String {
        text.replace("{address}", &self.address.to_string())
            .replace("{host}", &self.address.ip().to_string())
            .replace("{port}", &self.address.port().to_string())
            .replace("{scratch}", &self.scratch.display().to_string())
            .replace("{configuration}", &self.scratch.join("configuration").display().to_string())
            .replace("{peers}", &peers_folder().display().to_string())
            .replace("{user}", &std::env::var("USER").unwrap_or_else(|_| "root".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled() {
        let address = "127.0.0.1:81".parse().unwrap();
        let places = Placeholders { address, scratch: Path::new("/s") };
        assert_eq!(
            places.fill("{address} {port} {scratch}/x {configuration}"),
            "127.0.0.1:81 81 /s/x /s/configuration"
        );
    }
}
