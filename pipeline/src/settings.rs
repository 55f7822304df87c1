//! What all connections of a worker share.

use rajada_parser::{Config, date};

use crate::Pages;

/// Limits, and the data for answers that the pipeline makes itself. One a worker, passed by
/// reference; pipelines keep no copy.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// How heads and trailers are parsed, with their limits: octets of a head, fields, chunk
    /// overhead (see [`Limits`](rajada_parser::Limits)).
    ///
    /// [`Config::STRICT`] by default, also for the responses that a
    /// [`Client`](crate::client::Client) receives: a gateway's servers are held to the grammar. A
    /// user agent, or a proxy to servers of others, gives its clients settings of their own with
    /// [`Config::CLIENT_RESPONSE`], which mends what RFC 9112 sections 5.1 and 5.2 say. Values may be
    /// folded then (see [`unfold`](rajada_parser::unfold)).
    pub parser: Config,
    /// Requests received and not yet answered, at most. Default 64; HTTP/2 has the like in its
    /// concurrent streams, of which nginx allows 128. (Read when a [`Store`](crate::Store) is
    /// made.)
    pub requests_in_flight: usize,
    /// Whether requests with effects are handed over while others are unanswered, and others while they are. Off by
    /// default: only requests by [safe](crate::is_safe) methods may be processed in parallel (RFC 9112 section 9.3.2), so
    /// that a `GET` behind a `PUT` sees what that has changed. With it on, that order is the application's: an intermediary that
    /// sends all requests of a connection on in order, on one connection, needs no other.
    pub unsafe_in_parallel: bool,
    /// Octets of memory for answers not yet transmitted, at or above which no further request, no
    /// streamed content and no interim answer is accepted: their octets, and an entry of a table for
    /// each run of them, of some 50 octets. Default 64 KiB, as much as nginx's `output_buffers 2 32k`.
    ///
    /// An answer given whole is always taken, so what is held stays below this bound plus the
    /// answers of requests in flight; streams and interim answers are held back so that those of the
    /// oldest request, and all others together, hold this much each, or one piece. (Read when a
    /// [`Store`](crate::Store) is made.)
    pub held: usize,
    /// Octets of a message's content, at most; more of a request's is answered `413`, as soon as a
    /// length or the size of a chunk tells that more is to come. Default 2 MiB, as in axum; nginx has
    /// 1 MiB.
    pub content: u64,
    /// Octets of content that some requests may have, if that is more than [`content`](Self::content). A request with
    /// more than `content` is handed out as [`Incoming::Streaming`](crate::Incoming::Streaming), whatever has come of
    /// it, and is answered `413` unless [`Pipeline::limit_content`](crate::Pipeline::limit_content) allows it before
    /// anything more is received. Default 0: no request may have more than `content`.
    pub content_of_some: u64,
    /// Octets of unread content that are drained behind an early answer; with more the connection
    /// closes. Default 64 KiB; Go's server drains 256 KiB. (Read when a [`Store`](crate::Store) is
    /// made.)
    pub drain: usize,
    /// Whether `CONNECT` is given to the application. By default it is answered `501` here, as by
    /// an origin server without tunnels (RFC 9110 section 9.3.6).
    pub connect: bool,
    /// The answers that the pipeline makes itself, by status; none.
    pub pages: Pages,
    /// Whether answers to what is no request are the application's to give: [`Event::Refused`](crate::Event::Refused) comes
    /// with a ticket, and [`Event::Malformed`](crate::Event::Malformed) voids none. Off by default: the pipeline gives them
    /// itself.
    pub refused_by_ticket: bool,
    /// Interim responses to one request that a client accepts. Default 16; Go's client allowed 5.
    pub interim: u8,
    date: Option<[u8; 29]>,
}

impl Settings {
    /// The documented defaults.
    pub const DEFAULT: Self = Self {
        parser: Config::STRICT,
        requests_in_flight: 64,
        unsafe_in_parallel: false,
        held: 64 * 1024,
        content: 2 * 1024 * 1024,
        content_of_some: 0,
        drain: 64 * 1024,
        connect: false,
        pages: Pages::NONE,
        refused_by_ticket: false,
        interim: 16,
        date: None,
    };

    /// Sets the `Date` of answers that the pipeline makes itself. Without it, as without a clock,
    /// they carry none (RFC 9110 section 6.6.1).
    ///
    /// Says whether `date` was taken: what is no IMF-fixdate from 1970 on (RFC 9110 section 5.6.7)
    /// changes nothing. All that [`date::format`] makes is taken.
    pub fn set_date(&mut self, date: &[u8; 29]) -> bool {
        let taken = date::parse(date).is_some();
        if taken {
            self.date = Some(*date);
        }
        taken
    }

    /// Octets of content that any request may have.
    #[inline]
    pub(crate) fn most_content(&self) -> u64 {
        self.content.max(self.content_of_some)
    }

    /// What was taken last.
    pub const fn date(&self) -> Option<&[u8; 29]> {
        self.date.as_ref()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::DEFAULT
    }
}
