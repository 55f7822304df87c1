//! What is measured.

use std::thread::sleep;
use std::time::Duration;

use super::Contestant;
use super::answer::ask;
use super::options::Options;
use super::record;
use crate::contestant::Process;
use crate::load::{self, Load};
use crate::report::most_files;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Json,
    Post,
}

impl Shape {
    pub(super) const ALL: [Shape; 3] = [Shape::Text, Shape::Json, Shape::Post];

    pub(super) fn name(self) -> &'static str {
        match self {
            Shape::Text => "`GET` of a small text",
            Shape::Json => "`GET` of JSON, with a path parameter",
            Shape::Post => "`POST` of 1 KiB of JSON",
        }
    }

    /// One request.
    fn octets(self) -> Vec<u8> {
        const FIELDS: &str = "Host: 127.0.0.1:18080\r\nUser-Agent: adapter\r\nAccept: */*\r\n";
        let (line, content) = match self {
            Shape::Text => ("GET /text", String::new()),
            Shape::Json => ("GET /users/42", String::new()),
            Shape::Post => ("POST /notes", note()),
        };
        let kind = match content.len() {
            0 => String::new(),
            octets => {
                format!("Content-Type: application/json\r\nContent-Length: {octets}\r\n")
            }
        };
        format!("{line} HTTP/1.1\r\n{FIELDS}{kind}\r\n{content}").into()
    }
}

/// 1 KiB of JSON.
fn note() -> String {
    let (begin, end) = (r#"{"title":"A note","tags":["one","two"],"text":""#, r#""}"#);
    let text = "Some words of it. ".repeat(64);
    format!("{begin}{}{end}", &text[..1024 - begin.len() - end.len()])
}

/// How many connections, and how many requests in a burst.
pub(super) const SETTINGS: [(usize, usize); 3] = [(32, 1), (100, 1), (32, 16)];

/// One turn of a server.
pub(super) struct Turn {
    pub(super) contestant: Contestant,
    pub(super) shape: Shape,
    pub(super) setting: (usize, usize),
    /// Requests a second.
    pub(super) rate: f64,
    /// Microseconds of the server's processor for a request.
    pub(super) cpu: f64,
}

/// Octets of resident memory for an idle connection.
pub(super) struct Idle {
    pub(super) contestant: Contestant,
    pub(super) octets: f64,
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    let servers = Contestant::ALL
        .into_iter()
        .map(|contestant| Process::start(contestant.name()).map(|process| (contestant, process)));
    let servers: Vec<(Contestant, Process)> = servers.collect::<Result<_, _>>()?;
    for shape in Shape::ALL {
        agree(&servers, shape)?;
    }
    let mut turns = Vec::new();
    for setting in SETTINGS {
        for shape in Shape::ALL {
            for round in 0..options.rounds {
                for at in 0..servers.len() {
                    // Each is first in its turn.
                    let (contestant, server) = &servers[(round + at) % servers.len()];
                    let turn = turn(*contestant, server, shape, setting, options.turn)?;
                    println!("{}", record::line(&turn));
                    turns.push(turn);
                }
            }
        }
    }
    drop(servers);
    let connections = options.idle.min(most_files().saturating_sub(100));
    let mut idle = Vec::new();
    for contestant in Contestant::ALL {
        let found = wait(contestant, connections)?;
        println!("{}", record::line_of_idle(&found));
        idle.push(found);
    }
    if let Some(file) = &options.record {
        let page = record::page(&options.line, options, &turns, connections, &idle);
        std::fs::write(file, page).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// All answer the same.
fn agree(servers: &[(Contestant, Process)], shape: Shape) -> Result<(), String> {
    let mut first = None;
    for (contestant, server) in servers {
        let (answer, _) = ask(server.address(), &shape.octets())?;
        let first = first.get_or_insert_with(|| format!("{answer:?}"));
        if *first != format!("{answer:?}") {
            return Err(format!(
                "{}: {} answers {answer:?}, and the first {first}",
                shape.name(),
                contestant.name()
            ));
        }
    }
    Ok(())
}

fn turn(
    contestant: Contestant,
    server: &Process,
    shape: Shape,
    setting: (usize, usize),
    measured: Duration,
) -> Result<Turn, String> {
    let (connections, depth) = setting;
    let report = load::run(&Load {
        address: server.address(),
        shape: shape.name().into(),
        requests: shape.octets(),
        websocket: None,
        connections,
        depth,
        measured,
        warm_up: Duration::from_millis(300),
        threads: 1,
        rate: None,
        pid: Some(server.id()),
    })?;
    let cpu = report.server.as_ref().map(|server| server.cpu_us_per_request);
    match (cpu, report.errors == load::Errors::default()) {
        (Some(cpu), true) => {
            Ok(Turn { contestant, shape, setting, rate: report.requests_per_second, cpu })
        }
        _ => Err(format!("{}: {:?}", contestant.name(), report.errors)),
    }
}

/// Connections that have had one answer each, and wait.
fn wait(contestant: Contestant, connections: usize) -> Result<Idle, String> {
    let server = Process::start(contestant.name())?;
    let request = Shape::Text.octets();
    let open = |_| ask(server.address(), &request).map(|(_, stream)| stream);
    drop((0..10).map(open).collect::<Result<Vec<_>, _>>()?);
    sleep(Duration::from_millis(100));
    let before = server.resident()?;
    let streams = (0..connections).map(open).collect::<Result<Vec<_>, _>>()?;
    sleep(Duration::from_millis(300));
    let after = server.resident()?;
    Ok(Idle { contestant, octets: after.saturating_sub(before) as f64 / streams.len() as f64 })
}
