//! The pipeline over blocking sockets: one thread a connection, nothing but `std::net`.
//!
//! ```text
//! cargo run -p rajada-pipeline --example blocking -- 127.0.0.1:8080
//! ```
//!
//! While it runs, in another terminal:
//!
//! ```text
//! curl -d hello http://127.0.0.1:8080/
//! ```

use std::io::{self, IoSlice, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use rajada_parser::Positions;
use rajada_pipeline::{
    Burst, Content, Event, Head, Incoming, Phase, Pipeline, Settings, Store, Ticket,
};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(address)?;
    // Whether that is heard or not, it listens: `println!` would panic without a reader.
    let _ = writeln!(io::stdout(), "listening on http://{}", listener.local_addr()?);
    for peer in listener.incoming() {
        let peer = peer?;
        thread::spawn(move || {
            if let Err(error) = serve(peer, &Settings::default()) {
                let _ = writeln!(io::stderr(), "{error}");
            }
        });
    }
    Ok(())
}

/// Answers every request with its own content.
pub(crate) fn serve(mut peer: TcpStream, settings: &Settings) -> io::Result<()> {
    let ok = Head::new(OK).expect("a head");
    let mut pipeline = Pipeline::<Vec<u8>>::new();
    pipeline.lend(Box::new(Store::new(settings)));
    let mut slots = Positions::<100>::new();
    let (mut buffer, mut filled) = (vec![0; 128 * 1024], 0);
    let mut pending: Option<(Ticket, Vec<u8>)> = None;
    peer.set_nodelay(true)?;
    peer.set_read_timeout(Some(Duration::from_secs(60)))?;
    while pipeline.phase() != Phase::Closed {
        match peer.read(&mut buffer[filled..])? {
            0 => drop(pipeline.receive_eof()),
            count => filled += count,
        }
        let mut burst = Burst::new(&buffer[..filled]);
        loop {
            match pipeline.receive(settings, &mut burst, &mut slots) {
                Event::Request { ticket, content: Incoming::Streaming(_), .. } => {
                    pipeline.send_continue(&ticket).map_err(io::Error::other)?;
                    pending = Some((ticket, Vec::new()));
                }
                Event::Request { ticket, content, .. } => {
                    let content =
                        if let Incoming::Whole(content) = content { content } else { b"" };
                    pipeline
                        .respond(ticket, &ok, Content::Copied(content))
                        .map_err(io::Error::other)?;
                }
                Event::Data(data) => {
                    pending.iter_mut().for_each(|(_, content)| content.extend(data))
                }
                Event::EndOfMessage { .. } => {
                    let (ticket, content) = pending.take().expect("content follows its request");
                    pipeline
                        .respond(ticket, &ok, Content::Owned(content))
                        .map_err(io::Error::other)?;
                }
                Event::Paused if pipeline.wants_write() => transmit(&mut pipeline, &mut peer)?,
                Event::Malformed(offence) => drop(writeln!(io::stderr(), "{offence}")),
                _ => break,
            }
        }
        let consumed = burst.consumed();
        buffer.copy_within(consumed..filled, 0);
        filled -= consumed;
        transmit(&mut pipeline, &mut peer)?;
    }
    // Let the peer read the last answer before the socket goes.
    peer.shutdown(Shutdown::Write)?;
    io::copy(&mut peer.take(64 * 1024), &mut io::sink())?;
    Ok(())
}

fn transmit(pipeline: &mut Pipeline<Vec<u8>>, peer: &mut TcpStream) -> io::Result<()> {
    while pipeline.wants_write() {
        let mut slices = [&[][..]; 64];
        let count = pipeline.poll_transmit(&mut slices);
        let written = peer.write_vectored(&slices.map(IoSlice::new)[..count])?;
        pipeline.transmitted(written);
    }
    Ok(())
}
