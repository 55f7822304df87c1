//! What the server holds behind each flood.

use core::fmt;
use std::time::Duration;

use super::super::watch::Figures;
use super::flood::REQUESTS;
use super::{slow, steady, vanishing};

/// KiB by which memory may be more, on average, behind the floods of the last third than behind those of the first third:
/// others are there, whose answers of megabytes come and go.
const GROWTH: u64 = 16 * 1024;

/// KiB by which memory may be more behind a flood than before the first one: slow readers' answers, and what the allocator
/// can't give back, though it is free, since something that the server keeps was made for others during the flood and lies
/// behind it. (Behind a flood that nobody else is there with it is given back.)
const KEPT: u64 = 96 * 1024;

/// Descriptors that may be there besides: connections of peers that come and go, and lie in wait for being closed.
const LINGERING: u64 = 64;

/// One flood.
pub(super) struct Sample {
    /// Since the siege began.
    pub(super) at: Duration,
    /// Servers that had been ended before.
    pub(super) life: usize,
    pub(super) connections: usize,
    /// While it stood.
    pub(super) most: Figures,
    /// Some seconds behind it.
    pub(super) settled: Figures,
}

/// All floods.
pub(super) struct Samples {
    /// Before anybody came.
    begin: Figures,
    samples: Vec<Sample>,
    /// With nobody left, in the last life.
    pub(super) end: Figures,
}

impl Samples {
    pub(super) fn new(begin: Figures) -> Samples {
        Samples { begin, samples: Vec::new(), end: begin }
    }

    pub(super) fn push(&mut self, sample: Sample) {
        self.samples.push(sample);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Averages behind the floods of the first third and of the last third of the first life, the long one; none of less than three.
    fn thirds(&self, of: fn(&Figures) -> u64) -> Option<(u64, u64)> {
        let long: Vec<u64> =
            self.samples.iter().filter(|one| one.life == 0).map(|one| of(&one.settled)).collect();
        let third = long.len() / 3;
        let average = |some: &[u64]| some.iter().sum::<u64>() / some.len() as u64;
        (third > 0).then(|| (average(&long[..third]), average(&long[long.len() - third..])))
    }

    fn peers() -> u64 {
        (steady::CLIENTS + slow::CLIENTS + vanishing::CLIENTS) as u64
    }

    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (what, of, allowed) in [
            ("KiB of memory", (|f| f.resident) as fn(&Figures) -> u64, GROWTH),
            ("descriptors", |f| f.descriptors, LINGERING),
        ] {
            if let Some((first, last)) = self.thirds(of)
                && last > first + allowed
            {
                faults.push(format!(
                    "behind floods there are ever more {what}: {first} in the first third, {last} in the last, {allowed} more are allowed"
                ));
            }
        }
        let most = |of: fn(&Figures) -> u64| {
            self.samples.iter().map(|one| of(&one.settled)).max().unwrap_or_default()
        };
        for (when, resident, allowed) in [
            ("behind a flood", most(|f| f.resident), self.begin.resident + KEPT),
            ("when nobody is left", self.end.resident, self.begin.resident + KEPT),
        ] {
            if resident > allowed {
                faults.push(format!(
                    "memory {when}: {resident} KiB, where it was {} at first and {allowed} are allowed",
                    self.begin.resident
                ));
            }
        }
        let allowed = self.begin.descriptors + Self::peers() + LINGERING;
        let descriptors = most(|f| f.descriptors);
        if descriptors > allowed {
            faults.push(format!("{descriptors} descriptors behind a flood, {allowed} are allowed"));
        }
        if self.end.descriptors > self.begin.descriptors {
            let (end, begin) = (self.end.descriptors, self.begin.descriptors);
            faults.push(format!("{end} descriptors in the end, {begin} at first"));
        }
        faults
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |figures: &Figures| figures.resident as f64 / 1024.0;
        writeln!(
            f,
            "   at, s  life  flood of          MiB: at most  settled  descriptors: at most  settled  threads"
        )?;
        writeln!(
            f,
            "{:8}  {:4}  {:16}  {:12}  {:7.1}  {:20}  {:7}  {:7}",
            0,
            1,
            "-",
            "",
            mib(&self.begin),
            "",
            self.begin.descriptors,
            self.begin.threads
        )?;
        for Sample { at, life, connections, most, settled } in &self.samples {
            writeln!(
                f,
                "{:8.0}  {:4}  {:16}  {:12.1}  {:7.1}  {:20}  {:7}  {:7}",
                at.as_secs_f64(),
                life + 1,
                format!("{connections} x {REQUESTS}"),
                mib(most),
                mib(settled),
                most.descriptors,
                settled.descriptors,
                settled.threads
            )?;
        }
        writeln!(
            f,
            "     end        {:16}  {:12}  {:7.1}  {:20}  {:7}  {:7}",
            "nobody is left",
            "",
            mib(&self.end),
            "",
            self.end.descriptors,
            self.end.threads
        )?;
        match self.thirds(|f| f.resident).zip(self.thirds(|f| f.descriptors)) {
            Some((memory, descriptors)) => write!(
                f,
                "first life, averages behind floods of the first third and of the last: {:.1} and {:.1} MiB ({:.0} more are allowed), {} and {} descriptors ({LINGERING} more)",
                memory.0 as f64 / 1024.0,
                memory.1 as f64 / 1024.0,
                GROWTH as f64 / 1024.0,
                descriptors.0,
                descriptors.1
            ),
            None => {
                write!(f, "too few floods to see growth: there must be three in the first life")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(resident: u64, descriptors: u64) -> Figures {
        Figures { descriptors, threads: 1, resident }
    }

    fn samples(settled: &[(u64, u64)]) -> Samples {
        let mut samples = Samples::new(figures(3000, 10));
        for &(resident, descriptors) in settled {
            samples.push(Sample {
                at: Duration::ZERO,
                life: 0,
                connections: 9,
                most: figures(99_000, 5000),
                settled: figures(resident, descriptors),
            });
        }
        samples
    }

    #[test]
    fn what_is_flat_is_right() {
        assert_eq!(samples(&[(9000, 40), (9100, 50), (8900, 45)]).faults(), Vec::<String>::new());
        assert!(samples(&[(9000, 40)]).faults().is_empty());
    }

    #[test]
    fn what_grows_stays_or_is_left_is_found() {
        let found = |settled: &[(u64, u64)]| samples(settled).faults().join("\n");
        assert!(found(&[(9000, 40), (12_000, 40), (26_000, 40)]).contains("ever more KiB"));
        assert!(found(&[(9000, 10), (9000, 40), (9000, 90)]).contains("ever more descriptors"));
        assert!(found(&[(110_000, 40)]).contains("memory behind a flood: 110000 KiB"));
        assert!(found(&[(9000, 4000)]).contains("4000 descriptors behind a flood"));
        let mut left = samples(&[(9000, 40)]);
        left.end = figures(3000, 11);
        assert_eq!(left.faults(), ["11 descriptors in the end, 10 at first"]);
        left.end = figures(110_000, 10);
        assert!(left.faults()[0].contains("memory when nobody is left: 110000 KiB"));
    }
}
