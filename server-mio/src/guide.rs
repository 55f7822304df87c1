//! The guide: how things are done here, for who comes from elsewhere or goes into production.
//!
//! | page | for |
//! |---|---|
//! | [`from_axum`], [`from_actix`], [`from_japronto`] | who knows one of these: the same things side by side |
//! | [`state_and_databases`] | what handlers share, and calls that wait for a database |
//! | [`errors`] | from an error to its answer |
//! | [`testing`] | applications asked in process, with a clock of their own |
//! | [`deployment`] | behind nginx or HAProxy, and on its own |
//! | [`security`] | headers, origins, cookies, secrets |
//! | [`uploads`] | forms, files, limits |
//! | [`streams`] | content piece by piece |
//! | `events`, with the feature `events` | server-sent events: one client, many, those that come again or are slow |
//! | `websocket` | messages in both directions (with the feature of that name) |
//! | [`mistakes`] | what the compiler says to usual mistakes, and what is meant |
//! | [`what_it_is_not`] | when to take something else |

/// From axum: the same things side by side.
#[doc = include_str!("../docs/guide/from_axum.md")]
pub mod from_axum {}

/// From actix-web: the same things side by side.
#[doc = include_str!("../docs/guide/from_actix.md")]
pub mod from_actix {}

/// From Japronto: the same things side by side.
#[doc = include_str!("../docs/guide/from_japronto.md")]
pub mod from_japronto {}

/// What handlers share, and calls that wait for a database.
#[doc = include_str!("../docs/guide/state_and_databases.md")]
pub mod state_and_databases {}

/// From an error to its answer.
#[doc = include_str!("../docs/guide/errors.md")]
pub mod errors {}

/// Applications asked in process, with a clock of their own.
#[doc = include_str!("../docs/guide/testing.md")]
pub mod testing {}

/// Behind nginx or HAProxy, and on its own.
#[doc(alias("TLS", "HTTPS", "reverse proxy", "X-Forwarded-For", "logger", "TraceLayer"))]
#[doc = include_str!("../docs/guide/deployment.md")]
pub mod deployment {}

/// Headers, origins, cookies, secrets.
#[doc = include_str!("../docs/guide/security.md")]
pub mod security {}

/// Forms, files, limits.
#[doc = include_str!("../docs/guide/uploads.md")]
pub mod uploads {}

/// Content piece by piece.
#[doc(alias("streaming", "chunked", "StreamBody"))]
#[doc = include_str!("../docs/guide/streams.md")]
pub mod streams {}

/// Server-sent events: one client, many, those that come again or are slow.
#[cfg(feature = "events")]
#[doc(alias("SSE", "EventSource", "text/event-stream"))]
#[doc = include_str!("../docs/guide/events.md")]
pub mod events {}

/// Messages in both directions.
#[cfg(feature = "websocket")]
#[doc(alias("chat", "ws", "broadcast"))]
#[doc = include_str!("../docs/guide/websocket.md")]
pub mod websocket {}

/// What the compiler says to usual mistakes, and what is meant.
#[doc = include_str!("../docs/guide/mistakes.md")]
pub mod mistakes {}

/// When to take something else.
#[doc = include_str!("../docs/guide/what_it_is_not.md")]
pub mod what_it_is_not {}
