//! Futures of the worker's clock.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::wheel::TimerKey;
use super::{Runtime, after, now};

/// Waits on the worker's timer, to the millisecond, without a thread.
///
/// ```no_run
/// use rajada_mio::{App, OwnedRequest, sleep};
/// use std::time::Duration;
///
/// App::new().get("/slowly", |_: OwnedRequest| async {
///     sleep(Duration::from_millis(50)).await;
///     "at last"
/// });
/// ```
///
/// # Panics
/// When polled on a thread that is not a worker.
pub fn sleep(duration: Duration) -> Sleep {
    Sleep { deadline: after(now(), duration), timer: None }
}

/// The future of [`sleep`].
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Sleep {
    deadline: Instant,
    timer: Option<TimerKey>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if now() >= self.deadline {
            self.forget_timer();
            return Poll::Ready(());
        }
        let deadline = self.deadline;
        let timer = self.timer;
        let waker = cx.waker().clone();
        self.timer =
            Some(Runtime::with("sleep", |runtime| runtime.keep_timer(timer, deadline, waker)));
        Poll::Pending
    }
}

impl Sleep {
    fn forget_timer(&mut self) {
        if let Some(timer) = self.timer.take()
            && let Some(runtime) = Runtime::current()
        {
            let waker = runtime.wheel.borrow_mut().cancel(timer);
            drop(waker);
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.forget_timer();
    }
}

/// Ends `future` with [`Elapsed`] if it takes longer than `duration`.
///
/// ```no_run
/// use rajada_mio::{App, OwnedRequest, Status, sleep, timeout};
/// use std::time::Duration;
///
/// App::new().get("/bounded", |_: OwnedRequest| async {
///     match timeout(Duration::from_millis(20), sleep(Duration::from_secs(5))).await {
///         Ok(()) => (Status::OK, "in time"),
///         Err(_) => (Status::GATEWAY_TIMEOUT, "too late"),
///     }
/// });
/// ```
pub fn timeout<F: Future>(duration: Duration, future: F) -> Timeout<F> {
    Timeout { future: Box::pin(future), sleep: sleep(duration) }
}

/// The future of [`timeout`].
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Timeout<F> {
    future: Pin<Box<F>>,
    sleep: Sleep,
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(output) = self.future.as_mut().poll(cx) {
            return Poll::Ready(Ok(output));
        }
        pin!(&mut self.sleep).poll(cx).map(|()| Err(Elapsed))
    }
}

/// The time given to [`timeout`] is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed;

impl core::fmt::Display for Elapsed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the time is over")
    }
}

impl core::error::Error for Elapsed {}

/// Lets the loop do other work (read, write, run other tasks) before this task goes on.
///
/// ```no_run
/// use rajada_mio::{App, OwnedRequest, yield_now};
///
/// App::new().get("/sum", |_: OwnedRequest| async {
///     let mut sum = 0u64;
///     for number in 0..1_000_000 {
///         sum += number;
///         if number % 10_000 == 0 {
///             yield_now().await;
///         }
///     }
///     sum.to_string()
/// });
/// ```
pub fn yield_now() -> YieldNow {
    YieldNow { yielded: false }
}

/// The future of [`yield_now`].
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct YieldNow {
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
