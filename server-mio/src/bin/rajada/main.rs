//! `rajada`: the reference server.

mod demo;
mod options;

use std::process::ExitCode;

use options::{Command, Options};
use rajada_mio::{Exit, Server};

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os()) {
        Ok(Command::Serve(options)) => *options,
        Ok(Command::Tell(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("rajada: {error}\nTry `rajada --help`.");
            return ExitCode::from(2);
        }
    };
    match serve(options) {
        Ok(Exit::Clean) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(3),
        Err(error) => {
            eprintln!("rajada: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(options: Options) -> std::io::Result<Exit> {
    let listen = options.listen.clone();
    let server = options.apply(demo::app()).bind(listen)?.obey_signals()?;
    println!("{}", greeting(&server));
    server.run()
}

/// The one line that says where the server listens, and how it serves.
fn greeting(server: &Server) -> String {
    let workers = match server.workers() {
        1 => "1 worker".to_owned(),
        many => format!("{many} workers"),
    };
    format!("listening on http://{} ({workers}, {})", server.local_address(), server.level())
}
