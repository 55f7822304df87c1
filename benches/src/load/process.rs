//! What a process and its descendants have used, from `/proc`.

use std::collections::HashMap;
use std::fs;

/// Ticks a second in `/proc`, whatever the kernel's own are: 100 on every architecture that Rust runs on with Linux.
const TICKS: f64 = 100.0;

/// Octets of a page. Where pages are larger, resident sizes are too small by that factor.
const PAGE: u64 = 4096;

/// What was used so far.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Usage {
    /// Seconds in the program and in the kernel, in whole ticks.
    user: f64,
    system: f64,
    /// Seconds of the threads that are alive, in nanoseconds exact.
    running: f64,
    /// Seconds in which they were ready to run, and did not.
    waiting: f64,
    /// Octets of memory in use now.
    pub(super) resident: u64,
}

/// What was used between two moments, in seconds.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Cpu {
    /// In the program.
    pub(super) user: f64,
    /// In the kernel.
    pub(super) system: f64,
}

impl Usage {
    /// Of this process and its descendants.
    ///
    /// # Errors
    ///
    /// If there is no such process, or no `/proc`.
    pub(super) fn of(pid: u32) -> Result<Self, String> {
        let stats = stats();
        let mut usage = Self::default();
        for pid in family_among(&stats, pid) {
            let Some(stat) = stats.get(&pid) else { continue };
            usage.user += stat.user;
            usage.system += stat.system;
            usage.resident += stat.resident;
            let [running, waiting] = scheduled(pid);
            usage.running += running;
            usage.waiting += waiting;
        }
        if stats.contains_key(&pid) {
            Ok(usage)
        } else {
            Err(format!("/proc has no process {pid}"))
        }
    }

    /// What was used since then. Ticks tell how it is shared between program and kernel; how much it was, the scheduler knows better, unless
    /// threads have ended meanwhile.
    pub(super) fn since(&self, before: &Self) -> Cpu {
        let (user, system) = (self.user - before.user, self.system - before.system);
        let (ticks, running) = (user + system, self.running - before.running);
        let total = if (running - ticks).abs() <= 5.0 / TICKS { running } else { ticks };
        let user = if ticks > 0.0 { total * (user / ticks) } else { 0.0 };
        Cpu { user, system: total - user }
    }

    /// Seconds in which threads were ready to run since then, and did not.
    pub(super) fn waited(&self, before: &Self) -> f64 {
        (self.waiting - before.waiting).max(0.0)
    }
}

impl Cpu {
    /// Both.
    pub(super) fn total(&self) -> f64 {
        self.user + self.system
    }
}

/// Seconds of the processor that a process's threads have used that are alive, those of its descendants left out.
///
/// # Errors
///
/// If there is no such process, or no `/proc`.
pub(crate) fn seconds(pid: u32) -> Result<f64, String> {
    let [running, _] = scheduled(pid);
    if running > 0.0 { Ok(running) } else { Err(format!("/proc has no process {pid}")) }
}

/// A process and its descendants, itself first.
#[must_use]
pub fn family(pid: u32) -> Vec<u32> {
    family_among(&stats(), pid)
}

fn family_among(stats: &HashMap<u32, Stat>, pid: u32) -> Vec<u32> {
    let mut found = vec![pid];
    let mut at = 0;
    while let Some(&pid) = found.get(at) {
        let children = stats.iter().filter(|(_, stat)| stat.parent == pid);
        found.extend(children.map(|(&child, _)| child));
        at += 1;
    }
    found
}

/// What the scheduler has counted for the threads of a process, in seconds: running, and ready to run.
fn scheduled(pid: u32) -> [f64; 2] {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let counts = threads.filter_map(|thread| {
        let counts = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        let mut counts = counts.split(' ').map(|count| count.parse::<u64>().ok());
        Some([counts.next()??, counts.next()??])
    });
    let sum = counts.fold([0, 0], |sum, counts| [sum[0] + counts[0], sum[1] + counts[1]]);
    sum.map(|nanos| nanos as f64 / 1e9)
}

struct Stat {
    parent: u32,
    user: f64,
    system: f64,
    resident: u64,
}

/// All processes.
fn stats() -> HashMap<u32, Stat> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers
        .filter_map(|pid| {
            Some((pid, parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?))
        })
        .collect()
}

/// A line of `/proc/PID/stat`: see proc(5). The name may hold spaces and parentheses.
fn parse(line: &str) -> Option<Stat> {
    let (_, after_name) = line.rsplit_once(") ")?;
    let fields: Vec<&str> = after_name.split(' ').collect();
    // The first of these is field 3.
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(4)?).ok()?,
        user: number(14)? as f64 / TICKS,
        system: number(15)? as f64 / TICKS,
        resident: number(24)? * PAGE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read() {
        let line =
            "77 (a) b) S 5 77 77 0 -1 4194304 1 0 0 0 250 75 0 0 20 0 4 0 100 1000 321 184 1 1 0";
        let stat = parse(line).unwrap();
        assert_eq!((stat.parent, stat.user, stat.system), (5, 2.5, 0.75));
        assert_eq!(stat.resident, 321 * PAGE);
        assert!(parse("").is_none());
    }

    #[test]
    fn the_scheduler_says_how_much_and_ticks_say_where() {
        let usage =
            |user, system, running| Usage { user, system, running, waiting: 0.0, resident: 0 };
        let before = usage(1.0, 3.0, 4.0);
        let more = Cpu { user: 0.50390625, system: 1.51171875 };
        assert_eq!(usage(1.5, 4.5, 6.015625).since(&before), more);
        // Less than a tick.
        let little = Cpu { user: 0.0, system: 0.0078125 };
        assert_eq!(usage(1.0, 3.0, 4.0078125).since(&before), little);
        // A thread has taken its figures with it.
        assert_eq!(usage(1.5, 4.5, 3.0).since(&before), Cpu { user: 0.5, system: 1.5 });
        assert_eq!(before.since(&before).total(), 0.0);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_is_seen_and_its_child_counted() {
        let pid = std::process::id();
        assert!(Usage::of(pid).unwrap().resident > 0);
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        // It has no memory at first.
        let begun = std::time::Instant::now();
        let alone = loop {
            let alone = Usage::of(child.id()).unwrap().resident;
            if alone > 0 || begun.elapsed().as_secs() >= 10 {
                break alone;
            }
        };
        let with_child = Usage::of(pid).unwrap().resident;
        let with_it = family(pid);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(alone > 0 && with_child > alone);
        assert!(with_it.starts_with(&[pid]) && with_it.contains(&child.id()));
        assert!(Usage::of(child.id()).is_err());
    }
}
