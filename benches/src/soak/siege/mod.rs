//! A siege of the program `rajada` itself: that its bounds bound, and that its ends are clean.
//!
//! ```text
//!   steady    ------------------------------------------------------------------------  each request is accounted for
//!   slow      ------------------------------------------------------------------------  an octet a second
//!   vanishing ------------------------------------------------------------------------  gone amid a head, content, an answer
//!   floods    --^v---^v---^v---^v---^v---^v---^v--|--^v------ --^v------ --^v-----------  thousands of connections, 64 requests each
//!   server    one life ---------------------------|- life ---X- life ---X- life ---------  X: SIGTERM, and another one
//! ```
//!
//! In the first half one process is flooded again and again: its memory must be as little behind the last flood as behind
//! the first, and not much more than before it. In the second half it is ended again and again under all of that, and every
//! request of the steady clients must have been answered, or refused in a way that a client can know of.

mod flood;
mod process;
mod samples;
mod slow;
mod steady;
mod vanishing;

use core::fmt;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::client::Client;
use super::options::Options;
use super::watch::Figures;
use flood::Flood;
use process::{GRACE, Process};
use samples::{Sample, Samples};

/// How long a server has to get over a flood before it is looked at.
const SETTLE: Duration = Duration::from_secs(6);

/// How long slow peers stay behind a SIGTERM, and floods.
const STAY: Duration = Duration::from_millis(500);

/// What all threads see.
#[derive(Default)]
struct Signs {
    /// Everybody is to end.
    stop: AtomicBool,
    /// Who would keep the server from ending is to go away.
    leave: AtomicBool,
    /// How many servers were told to end.
    told: AtomicUsize,
    /// One was, and no other has begun.
    ends: AtomicBool,
}

impl Signs {
    fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn life(&self) -> usize {
        self.told.load(Ordering::Relaxed)
    }

    /// Whether SIGTERM was sent, and no other server has begun.
    fn ends(&self) -> bool {
        self.ends.load(Ordering::Relaxed)
    }

    fn leaves(&self) -> bool {
        self.leave.load(Ordering::Relaxed) || self.stops()
    }
}

/// What was seen in all.
pub(super) struct Siege {
    lasted: Duration,
    steady: steady::Tally,
    slow: slow::Tally,
    vanishing: vanishing::Tally,
    samples: Samples,
    ends: Vec<End>,
    faults: Vec<String>,
}

/// How a server ended at SIGTERM.
struct End {
    took: Duration,
    status: Option<i32>,
}

/// Besieges the server for so long.
pub(super) fn run(options: &Options) -> Result<Siege, String> {
    let began = Instant::now();
    let mut server = Process::start(None)?;
    let address = server.address();
    let signs = Signs::default();
    let tallies = (steady::Tally::default(), slow::Tally::default(), vanishing::Tally::default());
    let mut siege = Siege {
        lasted: Duration::ZERO,
        steady: steady::Tally::default(),
        slow: slow::Tally::default(),
        vanishing: vanishing::Tally::default(),
        samples: Samples::new(begin(&server)?),
        ends: Vec::new(),
        faults: Vec::new(),
    };
    let besieged = thread::scope(|scope| {
        let (signs, (steady, slow, vanishing)) = (&signs, &tallies);
        for number in 0..steady::CLIENTS {
            scope.spawn(move || steady::run(address, number, signs, steady));
        }
        slow::start(scope, address, signs, slow);
        for number in 0..vanishing::CLIENTS {
            scope.spawn(move || vanishing::run(address, number as u64, signs, vanishing));
        }
        let besieged = siege.besiege(&mut server, options, began, signs);
        signs.stop.store(true, Ordering::Relaxed);
        besieged
    });
    (siege.steady, siege.slow, siege.vanishing) = tallies;
    // What was seen until something went wrong is worth to be told, too.
    if let Err(error) = besieged.and_then(|()| siege.end(&mut server)) {
        siege.faults.push(error);
    }
    siege.lasted = began.elapsed();
    Ok(siege)
}

impl Siege {
    fn besiege(
        &mut self,
        server: &mut Process,
        options: &Options,
        began: Instant,
        signs: &Signs,
    ) -> Result<(), String> {
        let half = options.lasts / 2;
        while self.samples.is_empty() || began.elapsed() < half {
            let flood = Flood::of(server.address(), options.flood)?;
            self.sample(server, began, flood)?;
        }
        while self.ends.is_empty() || began.elapsed() + options.restart_every < options.lasts {
            let life = Instant::now();
            let flood = Flood::of(server.address(), options.flood)?;
            self.sample(server, began, flood)?;
            let rest = options.restart_every.min(options.lasts.saturating_sub(began.elapsed()));
            thread::sleep(rest.saturating_sub(life.elapsed()));
            self.restart(server, options, signs)?;
        }
        // One more, so that what is left in the end is left of a flood.
        let flood = Flood::of(server.address(), options.flood)?;
        self.sample(server, began, flood)
    }

    /// Lets a flood stand for a while and go, and looks what is left of it.
    fn sample(&mut self, server: &Process, began: Instant, flood: Flood) -> Result<(), String> {
        thread::sleep(STAY);
        let most = Figures::of(server.pid())?;
        let connections = flood.connections();
        flood.reset();
        thread::sleep(SETTLE);
        let settled = Figures::of(server.pid())?;
        let life = self.ends.len();
        self.samples.push(Sample { at: began.elapsed(), life, connections, most, settled });
        Ok(())
    }

    /// SIGTERM while everybody is there, each second time a flood as well; then another server.
    fn restart(
        &mut self,
        server: &mut Process,
        options: &Options,
        signs: &Signs,
    ) -> Result<(), String> {
        let is_flooded = self.ends.len() % 2 == 1;
        let flood = is_flooded.then(|| Flood::of(server.address(), options.flood)).transpose()?;
        let began = Instant::now();
        signs.told.fetch_add(1, Ordering::Relaxed);
        signs.ends.store(true, Ordering::Relaxed);
        server.terminate()?;
        thread::sleep(STAY);
        signs.leave.store(true, Ordering::Relaxed);
        if let Some(flood) = flood {
            flood.reset();
        }
        self.ended(server, began)?;
        *server = Process::start(Some(server.address()))?;
        signs.ends.store(false, Ordering::Relaxed);
        signs.leave.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn end(&mut self, server: &mut Process) -> Result<(), String> {
        // Nobody is left: what is there then is the server's own, once it has seen that.
        thread::sleep(2 * SETTLE);
        self.samples.end = Figures::of(server.pid())?;
        let began = Instant::now();
        server.terminate()?;
        self.ended(server, began)
    }

    fn ended(&mut self, server: &mut Process, began: Instant) -> Result<(), String> {
        // Deadlines are looked at each second.
        let status = server.wait(GRACE + Duration::from_secs(2))?;
        let took = began.elapsed();
        if status != Some(0) {
            let said = server.said();
            self.faults.push(format!(
                "the server ended with {status:?} {took:.1?} behind SIGTERM: {said}"
            ));
        }
        self.ends.push(End { took, status });
        Ok(())
    }

    /// What was wrong.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = self.faults.clone();
        faults.extend(self.samples.faults());
        faults.extend(self.steady.faults());
        faults.extend(self.slow.faults());
        faults
    }
}

impl fmt::Display for Siege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "siege of the program rajada, {:.0} s", self.lasted.as_secs_f64())?;
        writeln!(f, "{}", self.samples)?;
        writeln!(f, "     slow: {}", self.slow)?;
        writeln!(f, "vanishing: {}", self.vanishing)?;
        let clean = self.ends.iter().filter(|end| end.status == Some(0)).count();
        let longest = self.ends.iter().map(|end| end.took).max().unwrap_or_default();
        writeln!(
            f,
            "     ends: {} by SIGTERM, {clean} with status 0, the longest took {:.1} s of a grace of {} s",
            self.ends.len(),
            longest.as_secs_f64(),
            GRACE.as_secs()
        )?;
        write!(f, "   steady: {}", self.steady)
    }
}

/// What a server holds that has answered somebody, and nobody is there.
fn begin(server: &Process) -> Result<Figures, String> {
    // What is there only once: a buffer, a thread.
    let mut first = Client::connect(server.address()).map_err(|error| error.to_string())?;
    let asked = first.ask_one("/delay/1").and_then(|()| first.answers());
    asked.map_err(|error| format!("the first request: {error}"))?;
    drop(first);
    thread::sleep(Duration::from_millis(300));
    Figures::of(server.pid())
}

/// A connection that gives up in time where a server gives nothing.
fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(10))?;
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    Ok(stream)
}
