//! A request that is lent.

use std::sync::Arc;

use super::Context;
use crate::peer::Peer;

/// A request as it arrived, for handlers that take what they need of it at once. All of it is there.
#[cfg_attr(not(feature = "tower"), expect(dead_code, reason = "services alone are lent requests"))]
pub(crate) struct Lent<'r> {
    pub(crate) head: &'r rajada_parser::Request<'r, 'r>,
    /// Empty, if there is none.
    pub(crate) content: &'r [u8],
    pub(crate) peer: &'r Peer,
    pub(crate) context: &'r Arc<Context>,
}
