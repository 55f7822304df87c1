//! What machine this is, and how busy it is with other things.

use std::process::Command;

use super::command::said;
use super::record::Environment;

/// All of it, at the beginning of a run.
pub(super) fn environment(command: &str) -> Environment {
    let text = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let said = |program: &str, arguments: &[&str]| {
        said(Command::new(program).args(arguments)).unwrap_or_default()
    };
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let (processor, memory) = (text("/proc/cpuinfo"), text("/proc/meminfo"));
    let kib = field(&memory, "MemTotal").trim_end_matches("kB").trim().parse::<u64>();
    Environment {
        begun: now(),
        processor: format!(
            "{} (family {}, model {})",
            field(&processor, "model name"),
            field(&processor, "cpu family"),
            field(&processor, "model\t"),
        ),
        cores: std::thread::available_parallelism().map_or(0, |cores| cores.get()),
        memory: kib.unwrap_or_default() / 1024,
        system: format!(
            "{}, TCP congestion control {}",
            said("uname", &["-srm"]),
            text("/proc/sys/net/ipv4/tcp_congestion_control").trim()
        ),
        rustc: said("rustc", &["-vV"]).lines().next().unwrap_or_default().to_owned(),
        flags: flags(),
        priority: priority(&text("/proc/self/stat"), &text("/proc/self/autogroup")),
        commit: said("git", &["describe", "--always", "--dirty", "--exclude", "*"]),
        command: command.into(),
        ..Environment::default()
    }
}

/// What the record of another benchmark says of the machine, and of what was built on it.
pub(crate) type Machine = [(&'static str, String); 4];

/// That of this one. It counts the cores that this process may use: ask before it [is pinned](super::pin_clients).
pub(crate) fn machine() -> Machine {
    let all = environment("");
    let system = all.system.split(',').next().unwrap_or_default().to_owned();
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    let flags = if flags.is_empty() { flags } else { format!(", RUSTFLAGS {flags}") };
    [
        ("processor", format!("{}, {} cores", all.processor, all.cores)),
        ("system", system),
        ("compiler", format!("{}{flags}", all.rustc)),
        ("state", format!("of commit {}", all.commit)),
    ]
}

/// `2026-11-24 10:45 UTC`.
pub(crate) fn now() -> String {
    said(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"])).unwrap_or_default()
}

/// When a run began, and what the machine had done until then.
pub(crate) struct Before {
    begun: String,
    ticks: Ticks,
}

impl Before {
    pub(crate) fn now() -> Before {
        Before { begun: now(), ticks: Ticks::now() }
    }

    /// From when to when the run was, and how busy the machine was with other things.
    pub(crate) fn time(&self) -> String {
        let others = Ticks::now().others_since(self.ticks) * 100.0;
        let Before { begun, .. } = self;
        format!("{begun} to {}; other programs took {others:.0} % of all processors' time", now())
    }
}

/// The niceness of a process and of its session's group, from `/proc/PID/stat` and `/proc/PID/autogroup`.
fn priority(stat: &str, group: &str) -> String {
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let nice = behind_name.split_whitespace().nth(16).unwrap_or("unknown");
    match group.trim().split_once("nice ") {
        Some((_, of_group)) => format!("nice {nice}, the session's group nice {of_group}"),
        None => format!("nice {nice}"),
    }
}

fn flags() -> String {
    let more = std::env::var("RUSTFLAGS").unwrap_or_default();
    let profile = "opt-level 3, thin LTO (the peers: fat LTO), one codegen unit, default target";
    match more.trim() {
        "" => profile.into(),
        more => format!("{profile}, RUSTFLAGS {more}"),
    }
}

/// The load average over a minute.
pub(super) fn load_average() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or_default()
}

/// Time of all cores, in ticks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ticks {
    /// Spent on anything.
    busy: u64,
    /// Spent on anything or nothing.
    all: u64,
    /// Spent by this process and those that it has waited for.
    ours: u64,
}

impl Ticks {
    pub(super) fn now() -> Ticks {
        let text = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
        let (all, busy) = cores(&text("/proc/stat"));
        Ticks { busy, all, ours: family(&text("/proc/self/stat")) }
    }

    /// The share of all cores' time that others took since `before`: 0 to 1.
    pub(super) fn others_since(&self, before: Ticks) -> f64 {
        let all = self.all.saturating_sub(before.all);
        let busy = self.busy.saturating_sub(before.busy);
        let ours = self.ours.saturating_sub(before.ours);
        busy.saturating_sub(ours) as f64 / all.max(1) as f64
    }
}

/// All ticks and the busy ones, from the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal; what follows is
/// counted in the first two already.
fn cores(text: &str) -> (u64, u64) {
    let numbers = text.lines().next().unwrap_or_default().split_whitespace().skip(1).take(8);
    let numbers: Vec<u64> = numbers.map(|number| number.parse().unwrap_or_default()).collect();
    let all = numbers.iter().sum();
    (all, all - numbers.iter().skip(3).take(2).sum::<u64>())
}

/// Ticks of a process and its waited-for children, from `/proc/PID/stat`.
fn family(text: &str) -> u64 {
    let behind_name = text.rsplit(')').next().unwrap_or_default();
    behind_name
        .split_whitespace()
        .skip(11)
        .take(4)
        .filter_map(|number| number.parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_told_apart() {
        assert_eq!(cores("cpu  10 1 20 100 5 0 3 1 99 99\ncpu0 1"), (140, 35));
        let stat = "7 (a) b) S 1 1 1 0 -1 0 0 0 0 0 11 12 13 14 20 0 1 0 5";
        assert_eq!(family(stat), 50);
    }

    #[test]
    fn priorities_are_read() {
        let stat = "7 (a b) S 1 1 1 0 -1 0 0 0 0 0 11 12 13 14 20 -5 1 0 5";
        assert_eq!(
            priority(stat, "/autogroup-3 nice -19\n"),
            "nice -5, the session's group nice -19"
        );
        assert_eq!(priority(stat, ""), "nice -5");
    }

    #[test]
    fn the_share_of_others_is_what_is_not_ours() {
        let before = Ticks { busy: 0, all: 0, ours: 0 };
        assert_eq!(Ticks { busy: 60, all: 100, ours: 50 }.others_since(before), 0.1);
        assert_eq!(Ticks { busy: 40, all: 100, ours: 50 }.others_since(before), 0.0);
    }

    #[test]
    fn this_machine_has_a_name() {
        let environment = environment("x");
        assert!(environment.cores > 0 && environment.begun.ends_with("UTC"));
    }
}
