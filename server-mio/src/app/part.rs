//! What an application that is served has, and one that is nested in another has not.

use std::sync::Arc;
use std::time::Duration;

use rajada_parser::Level;

use super::replies::ShapeFn;
use super::{Ambient, Page, RouteSettings};
use crate::handler::Endpoint;
use crate::{BlockingOverflow, Deadlines, Limits};

/// What an [`App`](crate::App) has that is served: settings of the server, and answers to what no route is for.
#[derive(Default)]
pub struct Served {
    pub(crate) settings: AppSettings,
    pub(crate) not_found: Option<Endpoint>,
    pub(super) any_error: Option<Arc<ShapeFn>>,
    pub(super) pages: Vec<Page>,
}

/// What a [`Scope`](crate::Scope) has: settings of its routes.
#[derive(Default)]
pub struct Nested {
    pub(super) routes: RouteSettings,
}

/// Everything that is a number or a switch.
#[derive(Debug, Clone)]
pub(crate) struct AppSettings {
    pub(crate) limits: Limits,
    pub(crate) deadlines: Deadlines,
    pub(crate) workers: usize,
    pub(crate) level: Level,
    pub(crate) flush_after: Option<Duration>,
    pub(crate) unsafe_in_parallel: bool,
    pub(crate) grace: Duration,
    pub(crate) blocking_threads: usize,
    pub(crate) blocking_overflow: BlockingOverflow,
    pub(crate) debug: bool,
    /// Handlers that can do with a request that is lent are lent it.
    pub(crate) lends: bool,
    /// What workers run in.
    pub(crate) ambient: Ambient,
}

impl Default for AppSettings {
    fn default() -> AppSettings {
        AppSettings {
            limits: Limits::DEFAULT,
            deadlines: Deadlines::DEFAULT,
            workers: 1,
            level: Level::Avx512,
            flush_after: Some(Duration::from_millis(1)),
            unsafe_in_parallel: false,
            grace: Duration::from_secs(10),
            blocking_threads: 32,
            blocking_overflow: BlockingOverflow::Refuse,
            debug: false,
            lends: false,
            ambient: Ambient::default(),
        }
    }
}

impl core::fmt::Debug for Served {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Served").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl core::fmt::Debug for Nested {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Nested").field("routes", &self.routes).finish()
    }
}
