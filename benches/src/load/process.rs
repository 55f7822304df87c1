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
    /// Seconds in the program.
    pub(super) user: f64,
    /// Seconds in the kernel.
    pub(super) system: f64,
    /// Octets of memory in use now.
    pub(super) resident: u64,
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
        let mut found = vec![pid];
        while let Some(pid) = found.pop() {
            let Some(stat) = stats.get(&pid) else { continue };
            usage.user += stat.user;
            usage.system += stat.system;
            usage.resident += stat.resident;
            let children = stats.iter().filter(|(_, stat)| stat.parent == pid);
            found.extend(children.map(|(&child, _)| child));
        }
        if stats.contains_key(&pid) {
            Ok(usage)
        } else {
            Err(format!("/proc has no process {pid}"))
        }
    }

    /// Seconds of CPU.
    pub(super) fn cpu(&self) -> f64 {
        self.user + self.system
    }
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
    #[cfg(target_os = "linux")]
    fn this_process_is_seen_and_its_child_counted() {
        let pid = std::process::id();
        let before = Usage::of(pid).unwrap();
        assert!(before.resident > 0);
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let with_child = Usage::of(pid).unwrap().resident;
        let alone = Usage::of(child.id()).unwrap().resident;
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(alone > 0 && with_child > alone);
        assert!(Usage::of(child.id()).is_err());
    }
}
