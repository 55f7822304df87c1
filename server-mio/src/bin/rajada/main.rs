//! `rajada`: the reference server.

mod demo;
mod logging;
mod options;
mod outlet;
mod shown;
mod standard;
mod values;

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use logging::Logging;
use options::{Command, Options};
use rajada_mio::{Exit, Server};

fn main() -> ExitCode {
    match Options::parse(std::env::args_os()) {
        Ok(Command::Serve(options)) => serve(*options),
        Ok(Command::Tell(text)) => standard::print(&text),
        Err(error) => {
            standard::complain(&format!("rajada: {error}\nTry `rajada --help`.\n"));
            ExitCode::from(2)
        }
    }
}

fn serve(options: Options) -> ExitCode {
    let logging = match Logging::begin(options.log) {
        Ok(logging) => logging,
        Err(error) => {
            standard::complain(&format!("rajada: {error}\n"));
            return ExitCode::FAILURE;
        }
    };
    match begin(options).and_then(Server::run) {
        Ok(Exit::Clean) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(3),
        Err(error) => {
            logging.complain(&format!("rajada: {error}\n"));
            ExitCode::FAILURE
        }
    }
}

/// Listens, and says so. That nobody hears it stops no server.
fn begin(options: Options) -> io::Result<Server> {
    let listen = options.listen.clone();
    let server = options.apply(demo::app()).bind(&addresses(&listen)?[..]);
    let server = server.map_err(|error| named(&listen, error))?.obey_signals()?;
    if let Err(error) = standard::announce(&greeting(&server)) {
        log::warn!("standard output does not take where this listens: {error}");
    }
    Ok(server)
}

/// The addresses of a name.
fn addresses(listen: &str) -> io::Result<Vec<SocketAddr>> {
    let addresses = listen.to_socket_addrs().map_err(|error| {
        io::Error::new(error.kind(), format!("{listen} can't be found: {error}"))
    })?;
    Ok(addresses.collect())
}

/// The error of a server that can't listen, which names addresses, with the name that they have.
fn named(listen: &str, error: io::Error) -> io::Error {
    match listen.parse::<SocketAddr>() {
        Ok(_) => error,
        Err(_) => io::Error::new(error.kind(), format!("{listen}: {error}")),
    }
}

/// The one line that says where the server listens, and how it serves.
fn greeting(server: &Server) -> String {
    let workers = match server.workers() {
        1 => "1 worker".to_owned(),
        many => format!("{many} workers"),
    };
    format!("listening on http://{} ({workers}, {})\n", server.local_address(), server.level())
}
