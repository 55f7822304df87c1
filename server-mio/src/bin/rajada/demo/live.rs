//! `GET /demo/events`: an event a second. Its id is the second since 1970 that it tells, so that what came behind an id is
//! known without anything being kept.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_core::Stream;
use rajada_mio::{Error, Event, Events, Request, Sleep, Status, sleep};
use serde_json::json;

use super::octets::number;

/// What is older than so many events is not sent again.
const KEPT: u64 = 60;

/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(1);

/// Seconds, as the clock brings them.
struct Seconds {
    /// The next one to be told.
    next: u64,
    /// The one in which the client connected.
    first: u64,
    left: u64,
    pause: Option<Sleep>,
}

impl Stream for Seconds {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        // Again behind a pause: the clock may have been put back.
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(Pin::new(pause).poll(cx));
                self.pause = None;
            }
            let early = Duration::from_secs(self.next).saturating_sub(since_1970());
            if early.is_zero() {
                break;
            }
            self.pause = Some(sleep(early));
        }
        let id = self.next;
        self.next += 1;
        self.left -= 1;
        let second = json!({ "time": time(id), "missed": id < self.first });
        Poll::Ready(Some(Event::json(&second).map(|event| event.id(id))))
    }
}

/// Begins behind the event that `Last-Event-ID` names, or else `after` in the query, if that was one of the last minute; ends
/// after `count` events, if the query has that.
pub(super) fn events(req: &Request<'_>) -> Result<Events, Error> {
    let (after, count) = (in_query(req, "after")?, in_query(req, "count")?);
    let now = since_1970().as_secs();
    // Ids of others than us, and of times to come, are none.
    let next = match req.last_event_id()?.and_then(number).or(after) {
        Some(last) if last <= now => (last + 1).max(now.saturating_sub(KEPT)),
        _ => now,
    };
    let seconds = Seconds { next, first: now, left: count.unwrap_or(u64::MAX), pause: None };
    Ok(Events::new(seconds).retry(RETRY))
}

/// A number that the query may have.
fn in_query(req: &Request<'_>, name: &str) -> Result<Option<u64>, Error> {
    let Some(text) = req.query().first(name) else { return Ok(None) };
    let wrong = || Error::message(Status::BAD_REQUEST, format!("{name} is a number in digits"));
    number(&text).map(Some).ok_or_else(wrong)
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The time of day, UTC.
fn time(second: u64) -> String {
    format!("{:02}:{:02}:{:02}", second / 3600 % 24, second / 60 % 60, second % 60)
}
