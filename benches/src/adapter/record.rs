//! The figures in words.

use std::fmt::Write;

use super::Contestant;
use super::options::Options;
use super::study::{Idle, SETTINGS, Shape, Turn};
use crate::report::{machine, now};

pub(super) fn line(turn: &Turn) -> String {
    let Turn { contestant, shape, setting: (connections, depth), rate, cpu } = turn;
    format!(
        "{}: {}, {connections} connections, {depth} deep: {rate:.0} a second, {cpu:.2} us",
        contestant.name(),
        shape.name(),
    )
}

pub(super) fn line_of_idle(idle: &Idle) -> String {
    format!("{}: {:.0} octets an idle connection", idle.contestant.name(), idle.octets)
}

/// The medians of a server's turns: requests a second, and microseconds a request.
fn middle(turns: &[&Turn], contestant: Contestant) -> (f64, f64) {
    let own = || turns.iter().filter(|turn| turn.contestant == contestant);
    (median(own().map(|turn| turn.rate)), median(own().map(|turn| turn.cpu)))
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// The least and the most CPU a request of a server's turns.
fn range(turns: &[&Turn], contestant: Contestant) -> (f64, f64) {
    let own = turns.iter().filter(|turn| turn.contestant == contestant).map(|turn| turn.cpu);
    own.fold((f64::INFINITY, 0.0), |(least, most), cpu| (least.min(cpu), most.max(cpu)))
}

pub(super) fn page(
    command: &str,
    options: &Options,
    turns: &[Turn],
    connections: usize,
    idle: &[Idle],
) -> String {
    let mut page = format!(
        "# One application of axum under several servers: {}\n\nWritten by `cargo run --release -p benches --features adapter --bin adapter -- {command}`.\n\n",
        now()
    );
    for (what, value) in machine() {
        let _ = writeln!(page, "- {what}: {value}");
    }
    let _ = writeln!(
        page,
        "\nThe same `Router` under `axum::serve` (axum), under hyper with `pipeline_flush(true)` (hyper), both with `TCP_NODELAY`, under Rajada's adapter (rajada), and under that without extensions of ours in requests, as hyper gives none (bare); and the same answers by native synchronous handlers (native). Each has one thread in a process of its own; requests have three header fields beside those of their content. All gave the same answers before: status, fields, content. Turns of {:.1} s alternate, {} each; medians of them. CPU is user and system time of the server's process for a request. The machine may be busy with other things, which rates suffer from first.\n\n## Requests a second and CPU a request",
        options.turn.as_secs_f64(),
        options.rounds,
    );
    for (connections, depth) in SETTINGS {
        let how = if depth == 1 { "not pipelined".into() } else { format!("{depth} deep") };
        let _ = writeln!(page, "\n### {connections} connections, {how}\n");
        page += "| request | server | requests a second | CPU a request: µs | least | most | CPU, to axum | to hyper | rate, to axum | to hyper |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n";
        for shape in Shape::ALL {
            let of = |turn: &&Turn| turn.setting == (connections, depth) && turn.shape == shape;
            let turns: Vec<&Turn> = turns.iter().filter(of).collect();
            let (axum_rate, axum_cpu) = middle(&turns, Contestant::Axum);
            let (hyper_rate, hyper_cpu) = middle(&turns, Contestant::Hyper);
            for contestant in Contestant::ALL {
                let (rate, cpu) = middle(&turns, contestant);
                let (least, most) = range(&turns, contestant);
                let _ = writeln!(
                    page,
                    "| {} | {} | {rate:.0} | {cpu:.2} | {least:.2} | {most:.2} | {:.2} | {:.2} | {:.2} | {:.2} |",
                    shape.name(),
                    contestant.name(),
                    cpu / axum_cpu,
                    cpu / hyper_cpu,
                    rate / axum_rate,
                    rate / hyper_rate,
                );
            }
        }
    }
    let _ = writeln!(
        page,
        "\n## {connections} idle connections\n\nEach has had one answer.\n\n| server | octets of resident memory a connection |\n|---|---:|"
    );
    for Idle { contestant, octets } in idle {
        let _ = writeln!(page, "| {} | {octets:.0} |", contestant.name());
    }
    page
}
