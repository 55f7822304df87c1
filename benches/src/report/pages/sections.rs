//! What a report says, in order: words, charts and tables, before they become Markdown or HTML.

use super::super::charts::head_rows;
use super::super::goals::{Verdict, cells, losses};
use super::super::record::{Contestant, Head, Kind, Latency, Load, Record};
use super::super::scenarios::ALL;
use super::super::summary::{
    BOUNDED, Figure, LIMIT, OURS, cpu, failure, faults, figure, p99, rate, ratio, system, user,
};
use super::table::Table;

/// A part of the report under its heading.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) parts: Vec<Part>,
}

pub(super) enum Part {
    /// A paragraph; `code` in backticks is all that is marked.
    Words(String),
    List(Vec<String>),
    Table(Table),
    /// The chart of this name, if there is one.
    Chart(&'static str),
    /// Commands.
    Code(String),
    /// Markdown that somebody wrote.
    Notes(String),
}

use Part::{Chart, Code, List, Notes, Words};

/// All that there is something to say about.
pub(super) fn all(record: &Record) -> Vec<Section> {
    let mut sections = vec![summary(record), rates(record), latency(record)];
    sections.push(scenarios(record));
    sections.push(found_faults(record));
    sections.push(memory(record));
    sections.push(workers(record));
    sections.push(flush(record));
    sections.push(system_calls(record));
    sections.push(Section { title: "Where the time goes".into(), parts: profile(record) });
    sections.push(parsers(record));
    sections.push(how(record));
    sections.retain(|section| !section.parts.is_empty());
    sections
}

fn section(title: &str, parts: Vec<Part>) -> Section {
    Section { title: title.into(), parts }
}

/// Median, and the spread behind it.
fn spread(figure: Option<Figure>, digits: usize) -> String {
    figure.map_or(String::new(), |figure| figure.spread(digits))
}

fn alone(figure: Option<Figure>, digits: usize) -> String {
    figure.map_or(String::new(), |f| format!("{:.digits$}", f.median))
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Ours => "ours",
        Kind::Limit => "limit",
        Kind::Peer => "",
    }
}

/// Contestants with figures in a scenario, the least processor time first.
fn ranking<'r>(record: &'r Record, scenario: &str) -> Vec<&'r Contestant> {
    let figure_of =
        |one: &'r Contestant| Some((figure(record, scenario, &one.name, cpu)?.median, one));
    let mut ranked: Vec<_> = record.contestants.iter().filter_map(figure_of).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranked.into_iter().map(|(_, one)| one).collect()
}

fn summary(record: &Record) -> Section {
    let cells = cells(record);
    if cells.is_empty() {
        return section("What was to be reached", Vec::new());
    }
    let count = |verdict| cells.iter().filter(|cell| cell.verdict == verdict).count();
    let mut table = Table::of_prose(&["scenario", "goal", "measured", ""]);
    for cell in &cells {
        let class = match cell.verdict {
            Verdict::Met => "met",
            Verdict::Missed => "missed",
            Verdict::Unknown => "unknown",
        };
        table.row(
            class,
            vec![
                cell.scenario.clone(),
                cell.goal.clone(),
                cell.measured.clone(),
                cell.verdict.word().into(),
            ],
        );
    }
    let verdicts = format!(
        "{} goals met, {} missed, {} not measured. Figures are medians of the rounds, with the least and the most behind them.",
        count(Verdict::Met),
        count(Verdict::Missed),
        count(Verdict::Unknown)
    );
    let losses = losses(record);
    let mut parts = vec![Words(verdicts), Part::Table(table)];
    if !losses.is_empty() {
        parts.push(Words("Where a peer is ahead of Rajada, whether it has faults or not:".into()));
        parts.push(List(losses));
    }
    section("What was to be reached", parts)
}

fn rates(record: &Record) -> Section {
    if ranking(record, "pipelined").is_empty() {
        return section("Requests a second", Vec::new());
    }
    let mut parts = vec![
        Chart("rates"),
        Words(
            "Requests a second depend on what else the machine does, and on the generator being faster than the server; processor time \
             a request does not. It is compared with that of null-mio in the same round, a loop on mio that counts heads, parses nothing, \
             and sends an answer exactly as long as Rajada's: what the kernel charges for the same octets."
                .into(),
        ),
        Chart("cpu"),
    ];
    parts.push(Words("24 × 100 pipelined, and beside it not pipelined:".into()));
    parts.push(Part::Table(pipelined_and_single(record)));
    parts.push(Words("16 × 256, requests of 161 octets:".into()));
    parts.push(Part::Table(plaintext(record)));
    parts.push(Words("Octets written are most of what a burst costs, so mind the length of the answers. † has a fault: see below.".into()));
    let failures: Vec<String> = failures(record).collect();
    if !failures.is_empty() {
        parts.push(Words("Runs that failed:".into()));
        parts.push(List(failures));
    }
    section("Requests a second, and what they cost", parts)
}

/// The name, with a mark if it has a fault.
fn marked(record: &Record, one: &Contestant) -> String {
    match one.kind == Kind::Peer && !faults(record, &one.name).is_empty() {
        true => format!("{} †", one.title),
        false => one.title.clone(),
    }
}

fn pipelined_and_single(record: &Record) -> Table {
    let mut table = Table::new(&[
        "server",
        "requests/s",
        "CPU, µs",
        "of it user",
        "× null-mio",
        "single: requests/s",
        "CPU, µs",
        "of it user",
        "answer, octets",
    ]);
    for one in ranking(record, "pipelined") {
        let of = |scenario: &str, number: fn(&Load) -> f64, digits| {
            alone(figure(record, scenario, &one.name, number), digits)
        };
        table.row(
            class(one.kind),
            vec![
                marked(record, one),
                of("pipelined", rate, 0),
                of("pipelined", cpu, 3),
                of("pipelined", user, 3),
                spread(ratio(record, "pipelined", &one.name, LIMIT, cpu), 2),
                of("single", rate, 0),
                of("single", cpu, 2),
                of("single", user, 2),
                one.answer.to_string(),
            ],
        );
    }
    table
}

fn plaintext(record: &Record) -> Table {
    let mut table = Table::new(&[
        "server",
        "requests/s",
        "CPU, µs",
        "of it user",
        "× null-mio",
        "p99 latency, µs",
    ]);
    for one in ranking(record, "plaintext") {
        let of = |number: fn(&Load) -> f64, digits| {
            alone(figure(record, "plaintext", &one.name, number), digits)
        };
        table.row(
            class(one.kind),
            vec![
                marked(record, one),
                of(rate, 0),
                of(cpu, 3),
                of(user, 3),
                spread(ratio(record, "plaintext", &one.name, LIMIT, cpu), 2),
                of(p99, 0),
            ],
        );
    }
    table
}

fn failures(record: &Record) -> impl Iterator<Item = String> {
    ALL.iter().flat_map(move |scenario| {
        record.contestants.iter().filter_map(move |one| {
            let reason = failure(record, scenario.name, &one.name)?;
            Some(format!("{}, {}: {reason}", one.title, scenario.title))
        })
    })
}

fn latency(record: &Record) -> Section {
    if ranking(record, "pipelined").is_empty() {
        return section("Latency", Vec::new());
    }
    let mut table = Table::new(&[
        "server",
        "p50, µs",
        "p90",
        "p99",
        "p99.9",
        "p99 × null-mio",
        "not pipelined: p50, µs",
        "p99",
    ]);
    for one in ranking(record, "pipelined") {
        let percentile = |scenario: &str, of: fn(&Latency) -> f64| {
            alone(figure(record, scenario, &one.name, |load| of(&load.latency_us)), 0)
        };
        table.row(
            class(one.kind),
            vec![
                one.title.clone(),
                percentile("pipelined", |latency| latency.p50),
                percentile("pipelined", |latency| latency.p90),
                percentile("pipelined", |latency| latency.p99),
                percentile("pipelined", |latency| latency.p99_9),
                spread(ratio(record, "pipelined", &one.name, LIMIT, p99), 2),
                percentile("single", |latency| latency.p50),
                percentile("single", |latency| latency.p99),
            ],
        );
    }
    let words = "From a burst's write to the last octet of its answers, all connections in a closed loop: most of it is waiting for the \
        turns of the other connections.";
    section("Latency", vec![Chart("latency"), Words(words.into()), Part::Table(table)])
}

/// What only Rajada and null-mio were asked.
fn scenarios(record: &Record) -> Section {
    let mut table = Table::new(&[
        "scenario",
        "requests/s",
        "CPU, µs",
        "of it user",
        "kernel",
        "null-mio: CPU, µs",
        "× null-mio",
    ]);
    for scenario in ALL {
        let of = |number: fn(&_) -> f64, digits| {
            alone(figure(record, scenario.name, OURS, number), digits)
        };
        if figure(record, scenario.name, OURS, cpu).is_none() {
            continue;
        }
        table.row(
            "",
            vec![
                scenario.title.into(),
                of(rate, 0),
                of(cpu, 3),
                of(user, 3),
                of(system, 3),
                alone(figure(record, scenario.name, LIMIT, cpu), 3),
                spread(ratio(record, scenario.name, OURS, LIMIT, cpu), 3),
            ],
        );
    }
    match table.rows.is_empty() {
        true => section("Rajada, scenario by scenario", Vec::new()),
        false => section("Rajada, scenario by scenario", vec![Part::Table(table)]),
    }
}

fn found_faults(record: &Record) -> Section {
    if record.probes.is_empty() {
        return section("Faults", Vec::new());
    }
    let mut table = Table::of_prose(&[
        "server",
        "order",
        "fragments",
        "half-close",
        "before a malformed request",
        "unread answers",
    ]);
    for probe in &record.probes {
        let Some(one) = record.contestants.iter().find(|one| one.name == probe.contestant) else {
            continue;
        };
        let mut cells = vec![one.title.clone()];
        cells
            .extend(probe.parts().map(|(_, fault)| fault.clone().unwrap_or_else(|| "fine".into())));
        let unread = record.unread.iter().find(|unread| unread.contestant == one.name);
        cells.push(unread.map_or(String::new(), |unread| {
            let word = if unread.growth > BOUNDED { "grows" } else { "bounded" };
            format!("{word}: +{}", mebibytes(unread.growth))
        }));
        table.row(class(one.kind), cells);
    }
    let words = "Each was tried with 64 pipelined requests of which every second is for something that isn't there (order), two requests sent \
        an octet at a time (fragments), 24 requests and the end of the client's side behind them (all answers must come, then the end: \
        half-close), two good requests and a malformed one in one write, and 64 MiB of requests whose answers are never read (resident memory \
        must stay bounded). null-mio and the bare loop are marks, not servers: what they can't do is no surprise.";
    section("Faults", vec![Words(words.into()), Part::Table(table)])
}

fn mebibytes(octets: u64) -> String {
    match octets >> 20 {
        0 => format!("{} KiB", octets >> 10),
        more => format!("{more} MiB"),
    }
}

fn memory(record: &Record) -> Section {
    let mut table = Table::new(&[
        "server",
        "before, KiB",
        "opened: octets a connection",
        "after a request",
        "after a burst of 24",
        "all closed, KiB",
    ]);
    let mut failed = Vec::new();
    for memory in &record.memory {
        let Some(one) = record.contestants.iter().find(|one| one.name == memory.contestant) else {
            continue;
        };
        match &memory.outcome {
            Ok(resident) => {
                let octets = |moment| format!("{:.0}", resident.octets_a_connection(moment));
                table.row(
                    class(one.kind),
                    vec![
                        one.title.clone(),
                        (resident.before >> 10).to_string(),
                        octets(resident.opened),
                        octets(resident.after_request),
                        octets(resident.after_burst),
                        (resident.closed >> 10).to_string(),
                    ],
                );
            }
            Err(reason) => failed.push(format!("{}: {reason}", one.title)),
        }
    }
    if table.rows.is_empty() && failed.is_empty() {
        return section("Memory", Vec::new());
    }
    let mut parts = vec![Chart("memory"), Part::Table(table)];
    if !failed.is_empty() {
        parts.push(List(failed));
    }
    section("Memory", parts)
}

fn workers(record: &Record) -> Section {
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
                    name.into(),
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

fn flush(record: &Record) -> Section {
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

fn system_calls(record: &Record) -> Section {
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
        let mut cells =
            vec![calls.contestant.clone(), (calls.requests / calls.bursts.max(1)).to_string()];
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
fn profile(record: &Record) -> Vec<Part> {
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
    parts
}

/// Rows of the table of places.
const PLACES: usize = 12;

fn parsers(record: &Record) -> Section {
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

fn how(record: &Record) -> Section {
    let environment = &record.environment;
    let settings = &record.settings;
    let figure = |numbers: &[f64], times: f64, digits| {
        spread(Figure::of(numbers.iter().map(|number| number * times)), digits)
    };
    let mut machine = Table::of_prose(&["machine", ""]);
    for (name, value) in [
        ("when", format!("{} to {}", environment.begun, environment.ended)),
        (
            "processor",
            format!(
                "{}, {} cores, {} MiB of memory",
                environment.processor, environment.cores, environment.memory
            ),
        ),
        ("system", environment.system.clone()),
        ("compiler", environment.rustc.clone()),
        ("flags", environment.flags.clone()),
        ("commit", environment.commit.clone()),
        ("load average before the rounds", figure(&environment.load_averages, 1.0, 2)),
        (
            "others' share of both cores' time in the turns",
            format!("{} %", figure(&environment.others, 100.0, 0)),
        ),
        (
            "rounds",
            format!(
                "{} alternated rounds of {} s each, {} s of warm-up before; server on core 0, generator on core 1, loopback",
                settings.rounds, settings.seconds, settings.warmup
            ),
        ),
    ] {
        machine.row("", vec![name.into(), value]);
    }
    let mut servers = Table::of_prose(&["server", "version", "set up"]);
    for one in &record.contestants {
        servers
            .row(class(one.kind), vec![one.title.clone(), one.version.clone(), one.setup.clone()]);
    }
    let mut parts = vec![
        Words("Every contestant is started anew in every round; the order is reversed in every second one. The generator compares every octet of every answer with the first, but for its date.".into()),
        Part::Table(machine),
        Part::Table(servers),
    ];
    if !record.skipped.is_empty() {
        parts.push(Words("Skipped:".into()));
        parts.push(List(
            record
                .skipped
                .iter()
                .map(|skipped| format!("{}: {}", skipped.title, skipped.reason))
                .collect(),
        ));
    }
    parts.push(Words("To repeat it on another machine (Linux, two cores or more, a Rust toolchain; with Debian's packages, CPython and Node more peers take part):".into()));
    parts.push(Code("cargo run --release -p benches --bin report -- build-peers\ncargo run --release -p benches --bin report".into()));
    if !environment.command.is_empty() {
        parts.push(Words(format!(
            "This report is what `{}` wrote. The raw data is in serving.json.",
            environment.command
        )));
    }
    section("How it was measured", parts)
}
