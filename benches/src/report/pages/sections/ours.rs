//! What only Rajada is asked, and null-mio beside it.

use super::super::super::charts::head_rows;
use super::super::super::record::{Head, Load, Record};
use super::super::super::summary::{Figure, LIMIT, OURS, cpu, figure, rate};
use super::super::table::Table;
use super::Part::{Chart, Notes, Words};
use super::{Part, Section, alone, section, spread};

pub(super) fn workers(record: &Record) -> Section {
    let mut table = Table::new(&[
        "server",
        "workers",
        "requests/s",
        "× one worker",
        "server's CPU, µs a request",
        "generator's CPU, µs a request",
    ]);
    for name in [LIMIT, OURS] {
        let of = |workers: usize, number: fn(&Load) -> f64| {
            let those = record
                .workers
                .iter()
                .filter(|run| run.contestant == name && run.workers == workers);
            Figure::of(those.filter_map(|run| Some(number(run.outcome.as_ref().ok()?))))
        };
        for workers in [1, 2] {
            let Some(rates) = of(workers, rate) else { continue };
            let one = of(1, rate).map(|one| format!("{:.2}", rates.median / one.median));
            table.row(
                if name == OURS { "ours" } else { "limit" },
                vec![
                    if name == OURS { "Rajada" } else { name }.into(),
                    workers.to_string(),
                    spread(Some(rates), 0),
                    one.unwrap_or_default(),
                    alone(of(workers, cpu), 3),
                    alone(of(workers, |load| load.generator_cpu_us_per_request), 3),
                ],
            );
        }
    }
    if table.rows.is_empty() {
        return section("Two workers", Vec::new());
    }
    let words = "24 × 100 on the same two cores as the generator, which has two threads; nothing is pinned. What the generator takes is \
        missing for the servers: two workers can't be twice as fast here.";
    section("Two workers", vec![Words(words.into()), Part::Table(table)])
}

pub(super) fn flush(record: &Record) -> Section {
    if record.flush.is_empty() {
        return section("When answers leave", Vec::new());
    }
    let mut table = Table::new(&[
        "policy",
        "--flush-after",
        "requests/s, 24 × 100",
        "CPU, µs",
        "quick handlers: first answer, µs",
        "last, µs",
        "handlers of 200 µs: first, µs",
        "last, µs",
    ]);
    for flush in &record.flush {
        table.row(
            "",
            vec![
                flush.policy.clone(),
                flush.flush_after.clone(),
                spread(Figure::of(flush.requests_per_second.iter().copied()), 0),
                alone(Figure::of(flush.cpu_us.iter().copied()), 3),
                format!("{:.0}", flush.first_quick_us),
                format!("{:.0}", flush.last_quick_us),
                format!("{:.0}", flush.first_slow_us),
                format!("{:.0}", flush.last_slow_us),
            ],
        );
    }
    let words = "Answers of a burst leave together, unless one has waited for the others for longer than the policy allows. Times are those of a \
        burst of 24 on one connection, from its write; slow handlers are busy for 200 µs each, so the last answer can't leave before 4.8 ms.";
    section("When answers leave", vec![Words(words.into()), Part::Table(table)])
}

pub(super) fn system_calls(record: &Record) -> Section {
    let mut names: Vec<&str> =
        record.calls.iter().flat_map(|calls| calls.calls.keys().map(String::as_str)).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return section("System calls", Vec::new());
    }
    let mut head = vec!["server", "depth"];
    head.extend(&names);
    let mut table = Table::new(&head);
    for calls in &record.calls {
        let mut cells = vec![
            calls.contestant.replace(OURS, "Rajada"),
            (calls.requests / calls.bursts.max(1)).to_string(),
        ];
        cells.extend(names.iter().map(|name| {
            let count = calls.calls.get(*name).copied().unwrap_or_default();
            format!("{:.3}", count as f64 / calls.bursts.max(1) as f64)
        }));
        table.row(if calls.contestant == OURS { "ours" } else { "limit" }, cells);
    }
    let words = "Calls a burst, counted by `strace -f -c` over 500 bursts on one connection, one after the other.";
    section("System calls", vec![Words(words.into()), Part::Table(table)])
}

/// The kernel's part as a whole, and the places in user space that take the most.
pub(super) fn profile(record: &Record) -> Section {
    let mut parts = Vec::new();
    if !record.profile.is_empty() {
        let cpu =
            figure(record, "pipelined", OURS, cpu).map_or(0.0, |figure| figure.median * 1000.0);
        let of = |object: &str| {
            record
                .profile
                .iter()
                .filter(|hot| hot.object == object)
                .map(|hot| hot.share)
                .sum::<f64>()
        };
        let mut table = Table::new(&["user space", "share, %", "ns a request"]);
        let places = record.profile.iter().filter(|hot| hot.object != "[kernel]").take(PLACES);
        for hot in places {
            table.row(
                "",
                vec![
                    hot.symbol.clone(),
                    format!("{:.1}", hot.share * 100.0),
                    format!("{:.1}", hot.share * cpu),
                ],
            );
        }
        parts.push(Words(format!(
            "Samples of `perf record -e cpu-clock` under the pipelined load: {:.0} % in the kernel, {:.0} % in Rajada, the rest in libraries.",
            of("[kernel]") * 100.0,
            of(OURS) * 100.0
        )));
        parts.push(Part::Table(table));
    }
    if !record.notes.trim().is_empty() {
        parts.push(Notes(record.notes.trim().into()));
    }
    section("Where the time goes", parts)
}

/// Rows of the table of places.
const PLACES: usize = 12;

pub(super) fn parsers(record: &Record) -> Section {
    if record.heads.is_empty() {
        return section("The parser", Vec::new());
    }
    let mut items: Vec<&str> = record.heads.iter().map(|head| head.item.as_str()).collect();
    items.sort_unstable();
    items.dedup();
    let mut head = vec!["parser, level"];
    head.extend(&items);
    let mut table = Table::new(&head);
    for (contestant, level) in head_rows(record) {
        let mut cells = vec![format!("{contestant}, {level}")];
        cells.extend(items.iter().map(|item| {
            let same = |head: &&Head| {
                head.contestant == contestant && head.level == level && head.item == *item
            };
            record
                .heads
                .iter()
                .find(same)
                .map_or(String::new(), |head| format!("{:.1}", head.min_ns))
        }));
        table.row(if contestant == OURS { "ours" } else { "" }, cells);
    }
    let words = "Nanoseconds a head, the minimum of many samples. a: 35 octets, b: the plaintext benchmark's request, c: a classic browser's, \
        d: a browser's of today, e: 32 short fields, f: a cookie of 4 KiB, g: a response, h: 24 of a, pipelined, i: 512 different requests, \
        j: 2,048 different ones. What the parsers accept differs: the table in `benches/src/peers/mod.rs` says how.";
    section("The parser", vec![Chart("parsers"), Words(words.into()), Part::Table(table)])
}
