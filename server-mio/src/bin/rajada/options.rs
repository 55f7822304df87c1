//! The command line.

use std::ffi::OsString;
use std::time::Duration;

use lexopt::{Arg, Parser};
use log::LevelFilter;
use rajada_mio::{App, Deadlines, Level, Limits};

use crate::values;

/// What a command line asks for.
pub(crate) enum Command {
    Serve(Box<Options>),
    /// Print this and end.
    Tell(String),
}

/// How to serve.
pub(crate) struct Options {
    pub(crate) listen: String,
    /// What is logged.
    pub(crate) log: LevelFilter,
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
  --workers N           Threads that serve, each with its own listener, 1024 at most [default: 1]
  --max-level LEVEL     Best instruction set to parse with: scalar, swar, simd128, neon, sse4.2, avx2, avx512
                        [default: the best that the CPU has]
  --idle SECONDS        Close a connection that has sent no request for so long [default: 60]
  --grace SECONDS       Let busy connections finish for so long after SIGINT or SIGTERM; a second
                        signal cuts them [default: 10]
  --content OCTETS      Accept at most so much content with a request, 413 otherwise [default: 2097152]
  --connections N       Hold at most so many connections a worker [default: 65536]
  --flush-after MICROS  Send ready answers alone when others of their burst take longer than this;
                        `never` always waits for the end of the burst [default: 1000]
  --log LEVEL           Log to standard error what is as bad as this or worse: off, error, warn, info, debug,
                        trace; while nobody reads it lines are lost, and counted [default: warn]
  --debug               Show the details of errors and panics to clients
  -h, --help            Print this
  -V, --version         Print the version

Routes: GET / says hello; POST / and POST /echo send the content back; GET /async says hello on its second
turn, GET /ready on its first; GET /delay/{ms} and GET /user/{id} are what they say. GET /demo/ lists the
rest, and leads to pages for events (GET /demo/events, one a second) and uploads (POST /demo/upload, counted and
summed, up to 8 GiB); GET /demo/stream/{octets} sends so many.

Exit status: 0 if everything received was answered, 3 if connections had to be cut, 1 if the server could not
run, 2 if the command line is wrong.
";

impl Options {
    pub(crate) fn parse(
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Command, lexopt::Error> {
        let mut options = Options {
            listen: "127.0.0.1:8080".into(),
            log: LevelFilter::Warn,
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
            // The name borrows from the parser, which has the value.
            let name = match arg {
                Arg::Short('h') => "--help".to_owned(),
                Arg::Short('V') => "--version".to_owned(),
                Arg::Long(name) => format!("--{name}"),
                Arg::Short(_) | Arg::Value(_) => return Err(arg.unexpected()),
            };
            let (name, parser) = (&*name, &mut parser);
            match name {
                "--listen" => options.listen = values::address(parser, name)?,
                "--workers" => options.workers = values::workers(parser, name)?,
                "--max-level" => options.level = values::level(parser, name)?,
                "--idle" => options.deadlines.idle = values::seconds(parser, name)?,
                "--grace" => options.grace = values::seconds(parser, name)?,
                "--content" => options.limits.content = values::octets(parser, name)?,
                "--connections" => options.limits.connections = values::connections(parser, name)?,
                "--flush-after" => options.flush_after = values::microseconds(parser, name)?,
                "--log" => options.log = values::log_level(parser, name)?,
                "--debug" => options.debug = true,
                "--help" => return Ok(Command::Tell(HELP.into())),
                "--version" => {
                    return Ok(Command::Tell(
                        concat!("rajada ", env!("CARGO_PKG_VERSION"), "\n").into(),
                    ));
                }
                _ => return Err(lexopt::Error::UnexpectedOption(name.to_owned())),
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
