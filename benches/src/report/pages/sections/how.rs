//! How it was measured, on what, and how to do it again.

use super::super::super::record::Record;
use super::super::super::samples;
use super::super::super::summary::Figure;
use super::super::table::Table;
use super::Part::{Code, List, Words};
use super::{Part, Section, class, section, spread};

pub(super) fn how(record: &Record) -> Section {
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
        ("priority", environment.priority.clone()),
        ("load average before the rounds", figure(&environment.load_averages, 1.0, 2)),
        (
            "others' share of both cores' time in the turns",
            format!("{} %", figure(&environment.others, 100.0, 0)),
        ),
        (
            "turns taken again",
            format!(
                "{} besides the {} that count, because the kernel had dropped more than a few segments on loopback, or the generator was late",
                environment.repeated,
                record.runs.len()
            ),
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
        Words("Every contestant is started anew in every round; the order is reversed in every second one. The generator compares every octet of every answer with the first, but for its date. It waits for answers only when none has come for 50 µs, and looks for them again and again before: to be woken would cost the server time that it doesn't owe to clients on other machines.".into()),
        Words(user_part(record)),
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
            "This report is what `{}` wrote. The raw data is in {}.json.",
            environment.command, settings.name
        )));
    }
    section("How it was measured", parts)
}

/// How processor time is shared between a server and the kernel.
fn user_part(record: &Record) -> String {
    let loads = || {
        let loads = record.runs.iter().filter_map(|run| run.outcome.as_ref().ok());
        loads.filter(|load| load.rate.is_none())
    };
    let (all, sampled) = (loads().count(), loads().filter(|load| load.samples.is_some()).count());
    let total = "Processor time is what the scheduler has counted for the server, in nanoseconds.";
    let ticks = "by the kernel's ticks, which are few: a round of the not pipelined scenario has a dozen in user space";
    if all == 0 {
        return total.into();
    }
    if sampled == 0 {
        let reason = record.environment.unsampled.as_deref().unwrap_or("they were not asked for");
        return format!(
            "{total} How much of it is in user space is told {ticks}. (No samples: {reason}.)"
        );
    }
    let mut text = format!(
        "{total} How much of it is in user space is sampled: behind each turn the generator goes on for {} s (not pipelined {} s), while perf looks {} times a second of the server's running time where it is. A sample that comes due on the kernel's way out of a system call, where it can't be interrupted, is taken right behind the call: that counts as user time, for all contestants alike.",
        samples::PIPELINED,
        samples::SINGLE,
        samples::RATE
    );
    if sampled < all {
        text += &format!(
            " In {} of {all} turns there were no samples; there it is told {ticks}.",
            all - sampled
        );
    }
    text
}
