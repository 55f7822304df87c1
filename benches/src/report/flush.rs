//! The policy of sending answers before their burst ends: off, on, and too eager.

use std::time::{Duration, Instant};

use rajada_mio::{App, Request};

use super::client::Client;
use super::launch::Launch;
use super::server::{SERVERS, Server};

/// The policies: a name, and what the option `--flush-after` is for it.
pub(super) const POLICIES: [(&str, &str); 3] =
    [("off", "never"), ("on, the default", "1000"), ("too eager", "0")];

/// How long the slow handler works.
const WORK: Duration = Duration::from_micros(200);
const BURST: usize = 24;

/// The server that these times are taken from: `report slow-server ADDRESS FLUSH_AFTER`. Its handler at `/slow` works as long as it says,
/// without a pause in which others could be served.
pub(super) fn slow_server(address: &str, flush_after: &str) -> Result<(), String> {
    let flush_after = match flush_after {
        "never" => None,
        micros => Some(Duration::from_micros(micros.parse().map_err(|error| format!("{error}"))?)),
    };
    App::new()
        .flush_after(flush_after)
        .get("/", |_: &Request<'_>| "Hello world!")
        .get("/slow", |_: &Request<'_>| {
            let begun = Instant::now();
            while begun.elapsed() < WORK {
                std::hint::spin_loop();
            }
            "Hello world!"
        })
        .run(address)
        .map_err(|error| error.to_string())?;
    Ok(())
}

/// Medians, in microseconds, of the time to the first answer and to the last one of a burst: of quick requests, then of slow ones.
pub(super) fn times(flush_after: &str) -> Result<[f64; 4], String> {
    let launch = Launch {
        program: std::env::current_exe().map_err(|error| error.to_string())?,
        arguments: ["slow-server", "{address}", flush_after].map(String::from).into(),
        ..Launch::default()
    };
    let server = Server::start(&launch, &[], SERVERS)?;
    let (first_quick, last_quick) = bursts(&server, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 2000)?;
    let (first_slow, last_slow) = bursts(&server, b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", 100)?;
    Ok([first_quick, last_quick, first_slow, last_slow])
}

fn bursts(server: &Server, request: &[u8], times: usize) -> Result<(f64, f64), String> {
    let mut client = Client::connect(server.address())?;
    client.send(request)?;
    let answer = client.answers(1)?[0].octets;
    let burst = request.repeat(BURST);
    let (mut firsts, mut lasts) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let begun = Instant::now();
        client.send(&burst)?;
        let mut first = None;
        while client.pending() < answer * BURST {
            if client.read()? == 0 {
                return Err("the server has closed".into());
            }
            if first.is_none() && client.pending() >= answer {
                first = Some(begun.elapsed());
            }
        }
        lasts.push(begun.elapsed());
        firsts.extend(first);
        client.discard(answer * BURST);
    }
    Ok((median(firsts), median(lasts)))
}

/// In microseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}
