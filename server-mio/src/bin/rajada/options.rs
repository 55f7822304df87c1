//! The command line.

use std::ffi::OsString;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};
use rajada_mio::{App, Deadlines, Level, Limits};

/// What a command line asks for.
pub(crate) enum Command {
    Serve(Box<Options>),
    /// Print this and end.
    Tell(String),
}

/// How to serve.
pub(crate) struct Options {
    pub(crate) listen: String,
    workers: usize,
    level: Level,
    limits: Limits,
    deadlines: Deadlines,
    grace: Duration,
    flush_after: Option<Duration>,
    debug: bool,
}

const HELP: &str = "\
The reference server of Rajada: HTTP/1.x, pipelined requests answered in order, a burst in one write.

Usage: rajada [OPTIONS]

Options:
  --listen ADDR         Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
  --workers N           Threads that serve, each with its own listener (SO_REUSEPORT) [default: 1]
  --max-level LEVEL     Best instruction set to parse with: scalar, swar, sse4.2, avx2, avx512
                        [default: the best that the CPU has]
  --idle SECONDS        Close a connection that has sent no request for so long [default: 60]
  --grace SECONDS       Let busy connections finish for so long after SIGINT or SIGTERM; a second
                        signal cuts them [default: 10]
  --content OCTETS      Accept at most so much content with a request, 413 otherwise [default: 2097152]
  --connections N       Hold at most so many connections a worker [default: 65536]
  --flush-after MICROS  Send ready answers alone when others of their burst take longer than this;
                        `never` always waits for the end of the burst [default: 1000]
  --debug               Show the details of errors and panics to clients
  --help                Print this
  --version             Print the version

Routes: GET / says hello; POST / and POST /echo send the content back; GET /async says hello on its second
turn, GET /ready on its first; GET /delay/{ms} and GET /user/{id} are what they say; GET /demo/ lists the rest.

Exit status: 0 if everything received was answered, 3 if connections had to be cut, 1 if the server could not
run, 2 if the command line is wrong.
";

impl Options {
    pub(crate) fn parse(
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Command, lexopt::Error> {
        let mut options = Options {
            listen: "127.0.0.1:8080".into(),
            workers: 1,
            level: Level::detect(),
            limits: Limits::DEFAULT,
            deadlines: Deadlines::DEFAULT,
            grace: Duration::from_secs(10),
            flush_after: Some(Duration::from_millis(1)),
            debug: false,
        };
        let mut parser = Parser::from_iter(args);
        while let Some(arg) = parser.next()? {
            let Arg::Long(name) = arg else { return Err(arg.unexpected()) };
            match name {
                "listen" => options.listen = parser.value()?.string()?,
                "workers" => options.workers = parser.value()?.parse_with(at_least_one)?,
                "max-level" => options.level = parser.value()?.parse()?,
                "idle" => options.deadlines.idle = Duration::from_secs(parser.value()?.parse()?),
                "grace" => options.grace = Duration::from_secs(parser.value()?.parse()?),
                "content" => options.limits.content = parser.value()?.parse()?,
                "connections" => {
                    options.limits.connections = parser.value()?.parse_with(at_least_one)?
                }
                "flush-after" => options.flush_after = parser.value()?.parse_with(microseconds)?,
                "debug" => options.debug = true,
                "help" => return Ok(Command::Tell(HELP.into())),
                "version" => {
                    return Ok(Command::Tell(
                        concat!("rajada ", env!("CARGO_PKG_VERSION"), "\n").into(),
                    ));
                }
                _ => return Err(Arg::Long(name).unexpected()),
            }
        }
        Ok(Command::Serve(Box::new(options)))
    }

    /// An application with these settings.
    pub(crate) fn apply(self, app: App) -> App {
        app.workers(self.workers)
            .max_level(self.level)
            .limits(self.limits)
            .deadlines(self.deadlines)
            .grace(self.grace)
            .flush_after(self.flush_after)
            .debug(self.debug)
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("0 is too few".into()),
        Ok(number) => Ok(number),
        Err(error) => Err(error.to_string()),
    }
}

fn microseconds(text: &str) -> Result<Option<Duration>, std::num::ParseIntError> {
    if text == "never" {
        Ok(None)
    } else {
        text.parse().map(|micros| Some(Duration::from_micros(micros)))
    }
}
