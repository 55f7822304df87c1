//! What the server logs, on standard error: a line each, with time and level. No worker waits for it, and none fails by it.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write};
use std::panic::PanicHookInfo;
use std::thread;
use std::time::{Duration, SystemTime};

use env_logger::{Builder, Target};
use log::{LevelFilter, Record};
use rajada_parser::date;

use crate::outlet::Outlet;
use crate::shown::shown;

/// What has begun to log, until it is dropped: what was said by then is written, if standard error takes it.
pub(crate) struct Logging(Outlet);

impl Logging {
    /// # Errors
    /// If no thread can be had.
    pub(crate) fn begin(level: LevelFilter) -> io::Result<Logging> {
        let outlet = Outlet::begin("rajada-log", io::stderr())?;
        Builder::new()
            .filter_level(level)
            .target(Target::Pipe(Box::new(outlet.clone())))
            .format(|line, record| line.write_all(text(record, SystemTime::now()).as_bytes()))
            .init();
        // Standard error may be stuck, and whoever writes there itself would be stuck with it. A panic of a handler ends
        // nothing, and one that ends the program drops this on its way.
        std::panic::set_hook(Box::new(tell));
        Ok(Logging(outlet))
    }

    /// Says why the program ends, at any level.
    pub(crate) fn complain(&self, text: &str) {
        self.0.say(text);
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        let _ = self.0.settle();
    }
}

/// A line: when, how bad, what. The time is that of the field `Date` in answers, and what would break the line is escaped.
fn text(record: &Record<'_>, time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let time = date::format(since.as_secs());
    let words = shown(&record.args().to_string());
    format!("{} {}: {words}\n", String::from_utf8_lossy(&time), record.level())
}

/// Logs where a panic was, and how the program got there if `RUST_BACKTRACE` asks for that.
fn tell(panic: &PanicHookInfo<'_>) {
    let thread = thread::current();
    let thread = thread.name().unwrap_or("without a name");
    let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
    let payload = panic.payload();
    let string = payload.downcast_ref::<String>().map(String::as_str);
    let words =
        payload.downcast_ref::<&str>().copied().or(string).unwrap_or("a panic without words");
    log::error!("thread {thread} panicked{place}: {words}");
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        trace.to_string().lines().for_each(|line| log::error!("{line}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(level: log::Level, words: &str) -> String {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        text(&Record::builder().level(level).args(format_args!("{words}")).build(), time)
    }

    #[test]
    fn a_line_has_its_time_and_its_level() {
        let expected = "Sun, 06 Nov 1994 08:49:37 GMT ERROR: it broke\n";
        assert_eq!(line(log::Level::Error, "it broke"), expected);
        let expected = "Sun, 06 Nov 1994 08:49:37 GMT DEBUG: \n";
        assert_eq!(line(log::Level::Debug, ""), expected);
    }

    #[test]
    fn a_line_is_one_line_and_does_nothing_to_a_terminal() {
        for (words, shown) in [
            ("a\nb\r\n", "a\\nb\\r\\n"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("\u{9b}2J\0\t", "\\u{9b}2J\\u{0}\\t"),
            ("café \"x\" \\", "café \"x\" \\"),
        ] {
            let expected = format!("Sun, 06 Nov 1994 08:49:37 GMT WARN: {shown}\n");
            assert_eq!(line(log::Level::Warn, words), expected);
        }
    }
}
