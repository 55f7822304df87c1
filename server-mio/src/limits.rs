//! Bounds in octets, numbers and time.

use std::time::Duration;

/// How much a peer may send, ask for and leave unread, and how much may wait in consequence. Every number is allowed, and none is memory before a peer makes
/// use of it.
///
/// ```
/// use rajada_mio::{App, Limits};
///
/// App::new().limits(Limits { content: 64 * 1024, ..Limits::DEFAULT });
/// ```
///
#[doc = include_str!("../docs/bounds.md")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by functional update from DEFAULT")]
pub struct Limits {
    /// Octets of a request line; 16 KiB (RFC 9112 section 3 asks for 8,000 at least). Beyond: 414.
    pub request_line: u32,
    /// Octets of a request's head; 64 KiB. Beyond: 431.
    #[doc(alias = "header limit")]
    pub head: u32,
    /// Field lines of a head; 100, which is also the most. Beyond: 431.
    pub fields: u32,
    /// Octets of a request's content; 2 MiB. A route may have a limit [of its own](crate::Endpoint::content_limit). Beyond: 413.
    #[doc(alias(
        "body limit",
        "DefaultBodyLimit",
        "max_body_size",
        "upload limit",
        "payload too large"
    ))]
    pub content: u64,
    /// Requests of one connection that were received and are not answered; 64, and 1 at the least. At the
    /// bound, nothing is read.
    pub requests_in_flight: usize,
    /// Octets of answers that a peer leaves unread; 64 KiB, and 1 at the least. At the bound, nothing is read.
    pub held: usize,
    /// Octets of content that are read and thrown away behind an answer that did not wait for it; 64 KiB. Beyond,
    /// the connection closes.
    pub drain: usize,
    /// Octets of requests that one worker keeps: heads and contents that are incomplete, what stands behind a bound, the
    /// requests of asynchronous handlers that wait, with what was not taken of their content, and messages of WebSockets
    /// that wait in either direction (what broadcasts have for them has a bound of its own); 64 MiB. At the bound, who
    /// keeps something is read no further, but for the request and the incomplete message that began first; who waits like that
    /// for longer than [`Deadlines::content`] gets 503. A WebSocket is closed if its message stays incomplete for so long: with
    /// 1008 if it is read, otherwise with 1013. A quarter (and 1 MiB) beyond the bound, who begins to keep something gets 503,
    /// or 1013, at once. What is handled without being kept is not concerned.
    pub buffered: usize,
    /// Connections, of all workers together; 65,536. At the bound, new ones wait to be accepted: with 0, for ever.
    #[doc(alias = "max_connections")]
    pub connections: usize,
    /// Requests of one connection, after which it closes; `u32::MAX`, no bound, and 1 at the least.
    pub requests_per_connection: u32,
    /// What one worker has under way at once: handlers that wait, answers that are streamed, and what was spawned;
    /// 65,536, and 1 at the least. (A request whose content is taken as it arrives has two.) At the bound, a request for an asynchronous handler waits, and its connection is read no
    /// further, until there is a place; what needs none goes on. A [stream](crate::Body::Stream) is answered with 503, and
    /// [`spawn`](crate::spawn) refuses, with a [`JoinError`](crate::JoinError::is_refused).
    pub tasks: usize,
    /// Jobs of [`spawn_blocking`](crate::spawn_blocking) that wait for a thread, of all workers; 1,024. With 0, none may
    /// wait. Beyond: [`App::blocking_overflow`](crate::App::blocking_overflow), and by default 503 where a handler passes
    /// the error on.
    pub blocking_queue: usize,
}

impl Limits {
    /// The numbers that each field names.
    pub const DEFAULT: Limits = Limits {
        request_line: 16 * 1024,
        head: 64 * 1024,
        fields: 100,
        content: 2 * 1024 * 1024,
        requests_in_flight: 64,
        held: 64 * 1024,
        drain: 64 * 1024,
        buffered: 64 * 1024 * 1024,
        connections: 65_536,
        requests_per_connection: u32::MAX,
        tasks: 65_536,
        blocking_queue: 1024,
    };
}

impl Default for Limits {
    /// [`Limits::DEFAULT`].
    fn default() -> Limits {
        Limits::DEFAULT
    }
}

/// How long a peer may take. Deadlines are looked at every [`check_interval`](Self::check_interval), so they are kept
/// to that precision. None of them concerns the time that a handler takes, except [`handler`](Self::handler); and none
/// runs while it is the server that does not read, at a bound or because it is busy. One of more than 49 days is none; one
/// of zero is over when it is looked at next.
///
/// ```
/// use rajada_mio::{App, Deadlines};
/// use std::time::Duration;
///
/// App::new().deadlines(Deadlines { idle: Duration::from_secs(15), ..Deadlines::DEFAULT });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by functional update from DEFAULT")]
pub struct Deadlines {
    /// From the connection to its first octet; 10 s. Then it closes without an answer.
    pub first_octet: Duration,
    /// From the first octet of a head to its last; 10 s. Then 408.
    #[doc(alias("slowloris", "header_read_timeout"))]
    pub head: Duration,
    /// Between two arrivals of content; 30 s. Then 408.
    pub content: Duration,
    /// Between two requests; 60 s. Then the connection closes without an answer.
    #[doc(alias("keep-alive timeout", "keep_alive", "keepalive"))]
    pub idle: Duration,
    /// For a peer to take some of what is ready for it; 30 s. Then the connection closes.
    pub write: Duration,
    /// For handlers and streams behind a peer that has ended its side, to give it something; 10 s. Then the connection
    /// closes: many who end their side like that are gone altogether.
    pub half_closed: Duration,
    /// For a peer that is silent to close its side behind our last answer (RFC 9112 section 9.6); 2 s.
    pub linger: Duration,
    /// For one that still sends, at [`least_rate`](Self::least_rate) or faster; 30 s, as long as in nginx. What it sends is
    /// thrown away, so that it can read the last answer: a connection that is closed against octets is reset.
    pub linger_most: Duration,
    /// Octets a second, at the least, that a peer sends of content (wanted or not) and takes of what is ready for it; 500,
    /// and 0 for none. Beyond [`rate_after`](Self::rate_after) each second has to be earned by so many. Only time counts
    /// in which nobody but the peer is waited for. Who is slower ends as who is silent, who has deadlines of its own.
    #[doc(alias("slowloris", "minimum rate"))]
    pub least_rate: u32,
    /// How long nobody asks for the least rate; 10 s.
    pub rate_after: Duration,
    /// For a request to come on an idle connection when the server is told to end; 1 s. Its answer is the last one, and
    /// says so. Then the connection closes.
    pub idle_at_end: Duration,
    /// For an asynchronous handler; none. For one that takes its content [as it arrives](crate::ContentStream) it begins anew
    /// whenever that takes some or waits for more. Then it is dropped and its request is answered with 503. Without it, a handler
    /// that never completes keeps its request and those behind it waiting for as long as the peer stays.
    #[doc(alias("request timeout", "TimeoutLayer"))]
    pub handler: Option<Duration>,
    /// How often the other deadlines are looked at; 1 s, and 1 ms at the least.
    pub check_interval: Duration,
}

impl Deadlines {
    /// The times that each field names.
    pub const DEFAULT: Deadlines = Deadlines {
        first_octet: Duration::from_secs(10),
        head: Duration::from_secs(10),
        content: Duration::from_secs(30),
        idle: Duration::from_secs(60),
        write: Duration::from_secs(30),
        half_closed: Duration::from_secs(10),
        linger: Duration::from_secs(2),
        linger_most: Duration::from_secs(30),
        least_rate: 500,
        rate_after: Duration::from_secs(10),
        idle_at_end: Duration::from_secs(1),
        handler: None,
        check_interval: Duration::from_secs(1),
    };
}

impl Default for Deadlines {
    /// [`Deadlines::DEFAULT`].
    fn default() -> Deadlines {
        Deadlines::DEFAULT
    }
}
