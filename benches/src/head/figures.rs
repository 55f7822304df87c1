//! What is made of the samples.
//!
//! The figure of a contestant on an item is the lower quartile of its samples: a quarter of them were shorter. That leaves out what the
//! machine did besides, as a minimum does, and is not the one luckiest place in memory, as a minimum is.

use super::driver::Cell;

/// Which contestants are httparse, however it is built.
fn is_httparse(cell: &Cell) -> bool {
    cell.contestant.starts_with("httparse") && cell.contestant != "httparse-again"
}

/// So much of the sorted samples lies below: 0 to 1, where 0 is the minimum.
fn quantile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    below + (above - below) * at.fract()
}

pub(crate) fn median(samples: &[f64]) -> f64 {
    quantile(samples, 0.5)
}

/// The figure of one process run, or of all together.
pub(crate) fn quartile(samples: &[f64]) -> f64 {
    quantile(samples, 0.25)
}

impl Cell {
    pub(super) fn minimum(&self) -> f64 {
        quantile(&self.samples.concat(), 0.0)
    }

    pub(super) fn figure(&self) -> f64 {
        quartile(&self.samples.concat())
    }

    pub(super) fn median(&self) -> f64 {
        median(&self.samples.concat())
    }
}

/// How many times as fast as httparse the cell is: as its build that is the fastest on this item.
pub(super) fn ratio(cells: &[Cell], cell: &Cell) -> Option<f64> {
    ratio_to(cells, cell, is_httparse)
}

/// How many times as fast the cell is as the fastest of these contestants on its item, within the same process run. The median of all runs.
pub(super) fn ratio_to(cells: &[Cell], cell: &Cell, to: impl Fn(&Cell) -> bool) -> Option<f64> {
    let builds: Vec<&Cell> =
        cells.iter().filter(|other| to(other) && other.item == cell.item).collect();
    let within = |(run, samples): (usize, &Vec<f64>)| {
        let figures = builds.iter().filter_map(|build| build.samples.get(run));
        let best = figures.map(|samples| quartile(samples)).reduce(f64::min)?;
        Some(best / quartile(samples))
    };
    let ratios: Option<Vec<f64>> = cell.samples.iter().enumerate().map(within).collect();
    ratios.filter(|ratios| !ratios.is_empty()).map(|ratios| median(&ratios))
}

/// The build of httparse that is the fastest on an item.
pub(super) fn best_build<'c>(cells: &'c [Cell], item: &str) -> Option<&'c Cell> {
    let builds = cells.iter().filter(|cell| is_httparse(cell) && cell.item == item);
    builds.min_by(|one, other| one.figure().total_cmp(&other.figure()))
}

/// A contestant that takes part twice, and by how much its second figure differs from the first: 0.01 is 1 %.
pub(super) fn copies<'c>(cells: &'c [Cell]) -> Vec<(&'c Cell, f64)> {
    let difference = |again: &'c Cell| {
        let name = again.contestant.strip_suffix("-again")?;
        let first = cells.iter().find(|cell| {
            (cell.contestant.as_str(), &cell.level, cell.item) == (name, &again.level, again.item)
        })?;
        Some((again, again.figure() / first.figure() - 1.0))
    };
    cells.iter().filter_map(difference).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(contestant: &str, item: &'static str, samples: &[&[f64]]) -> Cell {
        let samples = samples.iter().map(|run| run.to_vec()).collect();
        Cell { contestant: contestant.into(), level: "avx2".into(), item, samples }
    }

    #[test]
    fn figures_are_quantiles_of_all_runs() {
        let cell = cell("rajada", "a", &[&[5.0, 1.0], &[3.0, 2.0, 4.0]]);
        assert_eq!((cell.minimum(), cell.figure(), cell.median()), (1.0, 2.0, 3.0));
        assert_eq!(quantile(&[1.0, 2.0], 0.25), 1.25);
    }

    #[test]
    fn ratios_are_to_the_best_build_within_each_run() {
        let cells = [
            cell("httparse", "a", &[&[30.0], &[20.0], &[90.0]]),
            cell("httparse-no-simd", "a", &[&[20.0], &[40.0], &[60.0]]),
            cell("httparse-again", "a", &[&[1.0], &[1.0], &[1.0]]),
            cell("httparse", "b", &[&[1.0], &[1.0], &[1.0]]),
            cell("rajada", "a", &[&[10.0], &[5.0], &[20.0]]),
        ];
        // 2, 4 and 3.
        assert_eq!(ratio(&cells, &cells[4]), Some(3.0));
        assert_eq!(ratio(&cells[4..], &cells[4]), None);
        assert_eq!(best_build(&cells, "a").map(|cell| cell.contestant.as_str()), Some("httparse"));
    }

    #[test]
    fn copies_are_compared_with_the_first() {
        let cells = [
            cell("rajada", "a", &[&[100.0]]),
            cell("rajada-again", "a", &[&[101.0]]),
            cell("rajada", "b", &[&[1.0]]),
        ];
        let differences: Vec<f64> =
            copies(&cells).iter().map(|(_, difference)| *difference).collect();
        assert_eq!(differences.len(), 1);
        assert!((differences[0] - 0.01).abs() < 1e-9);
    }
}
