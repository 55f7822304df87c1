//! A tokio runtime around everything that a worker runs.

use tokio::runtime::{EnterGuard, Handle};

use super::App;

/// The tokio runtime that workers enter, if the application has one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ambient {
    handle: Option<Handle>,
}

impl Ambient {
    /// Has workers enter the runtime that this is called in, if there is one.
    #[cfg(feature = "tower")]
    pub(crate) fn adopt(&mut self) {
        self.handle = Handle::try_current().ok();
    }

    /// Enters it on this thread until the guard goes.
    pub(crate) fn enter(&self) -> Option<EnterGuard<'_>> {
        self.handle.as_ref().map(Handle::enter)
    }
}

impl App {
    /// Lets handlers use what needs a tokio runtime: a database client, an HTTP client, `tokio::spawn`. The runtime
    /// runs on threads of its own, with its own timers and sockets; handlers stay on their workers and wait for it.
    ///
    /// ```no_run
    /// use rajada_mio::{App, OwnedRequest};
    ///
    /// let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    /// App::new()
    ///     .tokio(runtime.handle().clone())
    ///     .get("/", |_: OwnedRequest| async {
    ///         tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    ///         "slept in tokio"
    ///     })
    ///     .run("127.0.0.1:8080")?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn tokio(mut self, runtime: Handle) -> App {
        self.own.settings.ambient.handle = Some(runtime);
        self
    }
}
