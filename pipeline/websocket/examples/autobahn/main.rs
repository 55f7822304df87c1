//! A client to be tested by the Autobahn suite's `fuzzingserver`: it has each case run, sends every message back, and has the suite
//! write its report and end.
//!
//! `cargo run --release -p rajada-websocket --features deflate --example autobahn -- ws://127.0.0.1:9001`

mod client;

use std::error::Error;

use client::Client;
use rajada_websocket::Event;
use rajada_websocket::deflate::Terms;

fn main() -> Result<(), Box<dyn Error>> {
    let server = std::env::args().nth(1).ok_or("the server's URI is missing")?;
    // What clients of others offer: all there is.
    let mut terms = Terms::DEFAULT;
    (terms.server_context, terms.client_context) = (true, true);

    let mut cases = 0;
    Client::open(&format!("{server}/getCaseCount"), &terms)?.run(|_, message| {
        if let Event::Text(text) = message {
            cases = text.parse().unwrap_or(0);
        }
        Ok(())
    })?;
    for case in 1..=cases {
        let uri = format!("{server}/runCase?case={case}&agent=rajada-websocket");
        let ran = Client::open(&uri, &terms).and_then(|it| it.run(client::Sender::send));
        // Some cases end without a close: the report tells whether that was right.
        if let Err(error) = ran {
            eprintln!("case {case}: {error}");
        }
    }
    println!("{cases} cases");
    // It ends with that, perhaps before it answers.
    let uri = format!("{server}/updateReports?agent=rajada-websocket&shutdownOnComplete=true");
    if let Ok(client) = Client::open(&uri, &terms) {
        let _ = client.run(|_, _| Ok(()));
    }
    Ok(())
}
