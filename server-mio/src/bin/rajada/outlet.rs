//! Lines for a file that may be closed, full, or a pipe that nobody reads: whoever has something to say never waits.

use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Lines that wait to be written, at most; further ones are lost, and counted.
const WAITING: usize = 1024;

/// How long is waited for what was said, at most, when somebody does wait.
const PATIENCE: Duration = Duration::from_secs(1);

/// A thread that writes. Clones lead to the same one; it ends with the last of them.
#[derive(Clone)]
pub(crate) struct Outlet {
    said: SyncSender<Said>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Lines that found no place.
    lost: AtomicU64,
    /// Somebody has waited in vain, and nothing was written since.
    stuck: AtomicBool,
}

enum Said {
    Line(Vec<u8>),
    /// Tell what became of the lines before this.
    Settle(SyncSender<io::Result<()>>),
}

impl Outlet {
    /// # Errors
    /// If no thread can be had.
    pub(crate) fn begin(name: &str, file: impl Write + Send + 'static) -> io::Result<Outlet> {
        let (said, hears) = sync_channel(WAITING);
        let state = Arc::new(State::default());
        let outlet = Outlet { said, state: state.clone() };
        let thread = thread::Builder::new().name(name.into());
        // It is not waited for: it may be stuck in the file.
        thread.spawn(move || write(file, &hears, &state))?;
        Ok(outlet)
    }

    /// Has a line written, if there is a place for it.
    pub(crate) fn say(&self, line: impl Into<Vec<u8>>) {
        if self.said.try_send(Said::Line(line.into())).is_err() {
            self.state.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until what was said is written, a second at the most, and not at all for a file that was stuck the last time.
    ///
    /// # Errors
    /// The first error since the last call; [`ErrorKind::TimedOut`] for a file that is stuck.
    pub(crate) fn settle(&self) -> io::Result<()> {
        let stuck = || io::Error::new(ErrorKind::TimedOut, "nothing is taken from it");
        if self.state.stuck.load(Ordering::Relaxed) {
            return Err(stuck());
        }
        let (told, settled) = sync_channel(1);
        if self.said.try_send(Said::Settle(told)).is_ok()
            && let Ok(outcome) = settled.recv_timeout(PATIENCE)
        {
            return outcome;
        }
        self.state.stuck.store(true, Ordering::Relaxed);
        Err(stuck())
    }
}

/// For what writes a whole line in each call.
impl Write for Outlet {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.say(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the thread does. What can't be written is lost: the next line may find the file in order again.
fn write(mut file: impl Write, hears: &Receiver<Said>, state: &State) {
    let mut outcome = Ok(());
    for said in hears {
        let written = match said {
            Said::Line(line) => file.write_all(&line),
            Said::Settle(told) => {
                // Whoever waited has gone on by now, perhaps.
                let _ = told.send(std::mem::replace(&mut outcome, Ok(())));
                continue;
            }
        };
        let lost = state.lost.swap(0, Ordering::Relaxed);
        let counted = match lost {
            0 => Ok(()),
            _ => file.write_all(format!("{lost} lines were lost here\n").as_bytes()),
        };
        let written = written.and(counted).and_then(|()| file.flush());
        if written.is_ok() {
            state.stuck.store(false, Ordering::Relaxed);
        }
        outcome = outcome.and(written);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Sender, channel};
    use std::sync::{Mutex, MutexGuard};

    /// A file that takes what it is given while nobody holds it, and tells of it.
    #[derive(Clone)]
    struct Gated(Arc<Mutex<Sender<String>>>);

    impl Write for Gated {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            let tell: MutexGuard<'_, _> = self.0.lock().unwrap();
            tell.send(String::from_utf8(octets.to_vec()).unwrap()).unwrap();
            Ok(octets.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stuck_file_costs_lines_which_are_counted_and_no_time() {
        let (tell, told) = channel();
        let file = Gated(Arc::new(Mutex::new(tell)));
        let outlet = Outlet::begin("outlet", file.clone()).unwrap();
        outlet.say("first\n");
        outlet.settle().unwrap();
        assert_eq!(told.recv().unwrap(), "first\n");
        assert_eq!(outlet.state.lost.load(Ordering::Relaxed), 0);
        let held = file.0.lock().unwrap();
        outlet.say("held\n");
        // For a second, and then not at all until something is taken again.
        let began = std::time::Instant::now();
        for _ in 0..100 {
            assert_eq!(outlet.settle().unwrap_err().kind(), ErrorKind::TimedOut);
        }
        assert!((PATIENCE..PATIENCE * 5).contains(&began.elapsed()));
        // One line is being written; what waits is the call that was given up, and lines.
        for number in 0..WAITING * 2 {
            outlet.say(format!("{number}\n"));
        }
        assert_eq!(outlet.settle().unwrap_err().kind(), ErrorKind::TimedOut);
        drop(held);
        assert_eq!(told.recv().unwrap(), "held\n");
        let lost = WAITING + 1;
        assert_eq!(told.recv().unwrap(), format!("{lost} lines were lost here\n"));
        for number in 0..WAITING - 1 {
            assert_eq!(told.recv().unwrap(), format!("{number}\n"));
        }
        outlet.say("last\n");
        outlet.settle().unwrap();
        assert_eq!(told.recv().unwrap(), "last\n");
    }

    #[test]
    fn what_can_t_be_written_is_told_once_and_ends_nothing() {
        struct Full;

        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(ErrorKind::StorageFull.into())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let outlet = Outlet::begin("outlet", Full).unwrap();
        for _ in 0..3 {
            outlet.say("a\n");
            outlet.say("b\n");
            assert_eq!(outlet.settle().unwrap_err().kind(), ErrorKind::StorageFull);
            outlet.settle().unwrap();
        }
    }
}
