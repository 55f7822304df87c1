//! What a request knows of the application that it came to.

use super::states::States;
use crate::routing::Pattern;

/// What a request can ask of its application: states, and how its route was written.
pub(crate) struct Context {
    pub(crate) states: States,
    pub(crate) patterns: Box<[Pattern]>,
}
