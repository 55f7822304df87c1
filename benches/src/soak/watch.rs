//! What a process holds, each second.

use core::fmt;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What a process holds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures {
    pub(super) descriptors: u64,
    pub(super) threads: u64,
    /// KiB of memory.
    pub(super) resident: u64,
}

impl Figures {
    /// What it holds now.
    pub(super) fn of(pid: u32) -> Result<Figures, String> {
        let text = |error| format!("/proc/{pid}: {error}");
        let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).map_err(text)?.count() as u64;
        let status = fs::read_to_string(format!("/proc/{pid}/status")).map_err(text)?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        let missing = || format!("/proc/{pid}/status tells too little");
        Ok(Figures {
            descriptors,
            threads: number("Threads:").ok_or_else(missing)?,
            resident: number("VmRSS:").ok_or_else(missing)?,
        })
    }

    fn most(self, other: Figures) -> Figures {
        Figures {
            descriptors: self.descriptors.max(other.descriptors),
            threads: self.threads.max(other.threads),
            resident: self.resident.max(other.resident),
        }
    }
}

/// What a process has held.
#[derive(Debug)]
pub(super) struct Watched {
    begin: Figures,
    /// The most until the warm-up ended, which is half of the time.
    warm: Figures,
    most: Figures,
    /// With no connection left.
    pub(super) end: Figures,
}

/// Looks at a process for so long: each second, and more often if there are few of them.
pub(super) fn during(pid: u32, begin: Figures, lasts: Duration) -> Result<Watched, String> {
    let (began, mut warm, mut most) = (Instant::now(), begin, begin);
    while began.elapsed() < lasts {
        let pause = Duration::from_secs(1).min(lasts / 10);
        sleep(pause.min(lasts.saturating_sub(began.elapsed())));
        let now = Figures::of(pid)?;
        if began.elapsed() <= lasts / 2 {
            warm = warm.most(now);
        }
        most = most.most(now);
    }
    Ok(Watched { begin, warm, most, end: most })
}

/// KiB by which memory may be more in the end than it was at most behind the warm-up: allocators keep some.
const SLACK: u64 = 4096;

impl Watched {
    /// Nothing has grown: descriptors and threads are as many as before, memory is not more than it was when warm.
    pub(super) fn judge(&self) -> Result<(), String> {
        let grown = [
            ("descriptors", self.begin.descriptors, self.end.descriptors),
            ("threads", self.begin.threads, self.end.threads),
            ("KiB of memory", self.warm.resident + SLACK, self.end.resident),
        ];
        match grown.iter().find(|(_, allowed, end)| end > allowed) {
            Some((what, allowed, end)) => Err(format!("{end} {what}, {allowed} may be: {self}")),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = |of: fn(&Figures) -> u64| {
            let [begin, warm, most, end] = [&self.begin, &self.warm, &self.most, &self.end].map(of);
            format!("{begin} at first, {warm} when warm, {most} at most, {end} in the end")
        };
        writeln!(f, "    descriptors: {}", each(|of| of.descriptors))?;
        writeln!(f, "        threads: {}", each(|of| of.threads))?;
        write!(f, "  memory in KiB: {}", each(|of| of.resident))
    }
}
