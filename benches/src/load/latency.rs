//! Latencies of bursts.

use hdrhistogram::Histogram;

use super::report::Latency;

/// The longest that is told apart, in nanoseconds: an hour.
const LONGEST: u64 = 3_600_000_000_000;

/// An empty histogram of nanoseconds, three digits exact.
pub(super) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST, 3).expect("the bounds are in order")
}

/// The figures that reports show.
pub(super) fn summary(histogram: &Histogram<u64>) -> Latency {
    let micros = |nanos: u64| nanos as f64 / 1e3;
    let at = |percentile| micros(histogram.value_at_percentile(percentile));
    if histogram.is_empty() {
        return Latency::default();
    }
    Latency {
        min: micros(histogram.min()),
        p50: at(50.0),
        p75: at(75.0),
        p90: at(90.0),
        p99: at(99.0),
        p99_9: at(99.9),
        max: micros(histogram.max()),
        mean: histogram.mean() / 1e3,
    }
}
