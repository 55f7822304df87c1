//! Where a route leads, and where the values of its parameters are.

use arrayvec::ArrayVec;

use super::pattern::MOST_PARAMETERS;

/// Where a value stands in the decoded path: its start and its end.
pub(crate) type Range = (u32, u32);

/// Where the values of a route's parameters stand.
pub(crate) type Ranges = ArrayVec<Range, MOST_PARAMETERS>;

/// What answers a method of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leaf<V> {
    pub(crate) value: V,
    /// The number of its route: routes are counted from 0 in the order of first mention.
    pub(crate) route: u32,
}
