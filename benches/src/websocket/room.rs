//! How long it takes until the last of many has a message that is sent to all.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::clients::Clients;
use super::control::Control;
use super::field::start;
use crate::report::Echo;

/// Octets of a message.
pub(super) const SIZE: usize = 100;

pub(super) struct Sent {
    pub(super) title: &'static str,
    /// Milliseconds, in order of size.
    pub(super) last: Vec<f64>,
    /// Milliseconds of the server's processor for a message to all.
    pub(super) cpu: f64,
}

pub(super) fn run(field: &[Echo], sockets: usize, messages: usize) -> Result<Vec<Sent>, String> {
    let mut found = Vec::new();
    for echo in field.iter().filter(|echo| echo.has_room) {
        let sent = send(echo, sockets, messages)
            .map_err(|error| format!("{}: a message to all: {error}", echo.title))?;
        println!("{}", sent.line());
        found.push(sent);
    }
    Ok(found)
}

fn send(echo: &Echo, sockets: usize, messages: usize) -> Result<Sent, String> {
    let server = start(echo, SIZE, 1)?;
    let mut clients = Clients::open(server.address(), sockets, SIZE)?;
    let mut control = Control::open(server.address())?;
    // Handlers may join a little later than the handshake is answered.
    sleep(Duration::from_millis(500));
    control.send(clients.next())?;
    clients.read_all()?;
    let (mut last, mut cpu) = (Vec::new(), 0.0);
    for _ in 0..messages {
        let before = server.processor()?;
        let sent = Instant::now();
        control.send(clients.next())?;
        last.push(clients.read_all()?.duration_since(sent).as_secs_f64() * 1000.0);
        sleep(Duration::from_millis(20));
        cpu += (server.processor()? - before) * 1000.0;
    }
    last.sort_by(f64::total_cmp);
    Ok(Sent { title: echo.title, last, cpu: cpu / messages as f64 })
}

impl Sent {
    pub(super) fn median(&self) -> f64 {
        self.last[self.last.len() / 2]
    }

    fn line(&self) -> String {
        let Sent { title, last, cpu } = self;
        format!(
            "{title}: the last one has a message after {:.1} ms ({:.1} to {:.1}), {cpu:.1} ms of the server's processor",
            self.median(),
            last[0],
            last[last.len() - 1]
        )
    }
}
