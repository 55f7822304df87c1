//! What is logged of a request that has failed: one line, by the status that it was answered with.

use core::fmt;

use crate::{Error, Request, Status, gate};

/// Octets of a method and of a target that are logged, each.
const SHOWN: usize = 256;

/// Logs an error that was answered with `status`: from 500 on that is an error of ours, below it is the client's, or was
/// expected, and only of use for debugging. The text is made by code of the application, once and if somebody reads it.
#[cold]
pub(crate) fn tell(error: &Error, request: Option<&Request<'_>>, status: Status) {
    let level = if status.as_u16() >= 500 { log::Level::Error } else { log::Level::Debug };
    if !log::log_enabled!(level) {
        return;
    }
    let (of, code) = (Of(request), status.as_u16());
    match gate::enter(|| error.to_string()) {
        Ok(text) => log::log!(level, "{of}{code}: {text}"),
        Err(panic) => {
            log::log!(level, "{of}{code}: the text of an error panicked: {}", panic.message());
        }
    }
}

/// A request, if it is still there: its peer, method and target. What the peer has chosen is escaped.
struct Of<'a, 'r>(Option<&'a Request<'r>>);

impl fmt::Display for Of<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(request) = self.0 else { return Ok(()) };
        write!(f, "{}: ", request.peer())?;
        for text in [request.method(), request.target()] {
            let octets = text.as_bytes();
            let (shown, more) = match octets.get(..SHOWN) {
                Some(begin) if octets.len() > SHOWN => (begin, "..."),
                _ => (octets, ""),
            };
            write!(f, "{}{more} ", shown.escape_ascii())?;
        }
        Ok(())
    }
}
