//! System calls of a server under load, counted by strace.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use super::client::Client;
use super::record::Calls;
use super::server::Server;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:18080\r\n\r\n";
/// Bursts that are counted.
const BURSTS: usize = 500;

/// Counts what a server does for 500 bursts of `depth` requests, one after the other on one connection that has been used before.
pub(super) fn count(
    contestant: &str,
    scenario: &str,
    server: &Server,
    depth: usize,
) -> Result<Calls, String> {
    let mut client = Client::connect(server.address())?;
    ask(&mut client, depth)?;
    let mut strace = Command::new("strace")
        .args(["-f", "-c", "-p", &server.pid().to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("strace: {error}"))?;
    let mut said = BufReader::new(strace.stderr.take().ok_or("strace is mute")?);
    let mut text = String::new();
    // "strace: Process 1 attached".
    said.read_line(&mut text).map_err(|error| error.to_string())?;
    let asked = (0..BURSTS).try_for_each(|_| ask(&mut client, depth));
    let _ = Command::new("kill").args(["-INT", &strace.id().to_string()]).status();
    said.read_to_string(&mut text).map_err(|error| error.to_string())?;
    let _ = strace.wait();
    asked?;
    let calls = table(&text);
    if calls.is_empty() {
        return Err(format!("strace says: {}", text.lines().next().unwrap_or("nothing")));
    }
    Ok(Calls {
        contestant: contestant.into(),
        scenario: scenario.into(),
        bursts: BURSTS as u64,
        requests: (BURSTS * depth) as u64,
        calls,
    })
}

fn ask(client: &mut Client, requests: usize) -> Result<(), String> {
    client.send(&REQUEST.repeat(requests))?;
    client.answers(requests).map(drop)
}

/// The calls of strace's table: share, seconds, microseconds a call, calls, errors (often empty), name.
fn table(text: &str) -> BTreeMap<String, u64> {
    let row = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let count = words.get(3)?.parse().ok()?;
        words[0].parse::<f64>().ok()?;
        Some(((*words.last()?).to_owned(), count))
    };
    text.lines().filter_map(row).filter(|(name, _)| name != "total").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straces_table_is_read() {
        let text = "strace: Process 7 attached\n% time     seconds  usecs/call     calls    errors syscall\n\
            ------ ----------- ----------- --------- --------- ----------------\n 60.00    0.001000           2       500           sendto\n\
            40.00    0.000800           1       501         1 recvfrom\n100.00    0.001800           1      1001         1 total\n";
        let calls = table(text);
        assert_eq!(
            calls.iter().map(|(name, n)| (name.as_str(), *n)).collect::<Vec<_>>(),
            [("recvfrom", 501), ("sendto", 500)]
        );
    }
}
