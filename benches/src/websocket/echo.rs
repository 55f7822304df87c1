//! What an echo costs the server's processor.

use std::time::Duration;

use super::field::{NULL, start};
use super::options::Options;
use crate::load::{self, Load, Messages, websocket};
use crate::report::{Echo, Server};

/// Octets of a message, and messages in a burst.
pub(super) const SETTINGS: [(usize, usize); 6] =
    [(40, 1), (40, 16), (512, 1), (512, 16), (16 * 1024, 1), (16 * 1024, 16)];

pub(super) const CONNECTIONS: usize = 32;

/// One turn of a server.
pub(super) struct Turn {
    pub(super) contestant: &'static str,
    pub(super) title: &'static str,
    pub(super) setting: (usize, usize),
    /// Messages a second.
    pub(super) rate: f64,
    /// Microseconds of the server's processor for a message, and those of it in the program.
    pub(super) cpu: f64,
    pub(super) user: f64,
    /// Microseconds until a burst is answered: the median, and what one of a hundred exceeds.
    pub(super) p50: f64,
    pub(super) p99: f64,
}

/// All turns of all servers.
pub(super) fn run(options: &Options, field: &[Echo]) -> Result<Vec<Turn>, String> {
    let mut servers = Vec::new();
    for echo in field {
        servers.push(start(echo, SETTINGS[0].0, SETTINGS[0].1)?);
    }
    let mut turns = Vec::new();
    for setting in SETTINGS {
        let null = field.iter().position(|echo| echo.name == NULL).unwrap_or_default();
        servers[null] = start(&field[null], setting.0, setting.1)?;
        agree(field, &servers, setting)?;
        for round in 0..options.rounds {
            for at in 0..field.len() {
                // Each is first in its turn.
                let index = (round + at) % field.len();
                let turn = turn(&field[index], &servers[index], setting, options.turn)?;
                println!("{}", turn.line());
                turns.push(turn);
            }
        }
    }
    Ok(turns)
}

fn messages(size: usize) -> Messages {
    Messages { path: "/ws".into(), size, text: false }
}

/// All answer the same octets.
fn agree(field: &[Echo], servers: &[Server], (size, depth): (usize, usize)) -> Result<(), String> {
    let messages = messages(size);
    let due = websocket::echoes(&messages, depth);
    for (echo, server) in field.iter().zip(servers) {
        let found = websocket::first_echoes(server.address(), &messages, depth)
            .map_err(|error| format!("{}: {error}", echo.title))?;
        if found != due {
            return Err(format!("{} answers in other frames than expected", echo.title));
        }
    }
    Ok(())
}

fn turn(
    echo: &Echo,
    server: &Server,
    setting: (usize, usize),
    measured: Duration,
) -> Result<Turn, String> {
    let (size, depth) = setting;
    let report = load::run(&Load {
        address: server.address(),
        shape: String::new(),
        requests: Vec::new(),
        websocket: Some(messages(size)),
        connections: CONNECTIONS,
        depth,
        measured,
        warm_up: Duration::from_millis(300),
        threads: 1,
        rate: None,
        pid: Some(server.pid()),
    })?;
    match &report.server {
        Some(server) if report.errors == load::Errors::default() => Ok(Turn {
            contestant: echo.name,
            title: echo.title,
            setting,
            rate: report.requests_per_second,
            cpu: server.cpu_us_per_request,
            user: server.user_us_per_request,
            p50: report.latency_us.p50,
            p99: report.latency_us.p99,
        }),
        _ => Err(format!("{}: {:?}", echo.title, report.errors)),
    }
}

/// The middle one of a server's turns.
pub(super) fn middle(
    turns: &[Turn],
    contestant: &str,
    setting: (usize, usize),
    of: impl Fn(&Turn) -> f64,
) -> f64 {
    let turns =
        turns.iter().filter(|turn| turn.contestant == contestant && turn.setting == setting);
    let mut figures: Vec<f64> = turns.map(of).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

impl Turn {
    fn line(&self) -> String {
        let Turn { title, setting: (size, depth), rate, cpu, user, p50, p99, .. } = self;
        format!(
            "{size} octets x {depth}: {title}: {cpu:.3} us of the processor a message, {user:.3} in the program; {:.3} M a second; bursts after {p50:.0} us, {p99:.0} at most of 99 in 100",
            rate / 1e6
        )
    }
}
