//! The side that asks: starts the workers, and has all contestants take their samples in turn.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::builds::{self, Build};
use super::options::Options;
use crate::corpus;

/// All samples of one contestant on one item.
pub(super) struct Cell {
    pub(super) contestant: String,
    pub(super) level: String,
    pub(super) item: &'static str,
    /// Nanoseconds a head, of each process.
    pub(super) samples: Vec<Vec<f64>>,
}

/// A contestant in one of the workers, able to read these items.
struct Seat {
    worker: usize,
    number: usize,
    contestant: String,
    level: String,
    items: String,
}

struct Worker {
    process: Child,
    ask: ChildStdin,
    answer: BufReader<ChildStdout>,
}

/// What a run found, and in which builds.
pub(super) struct Run {
    pub(super) cells: Vec<Cell>,
    pub(super) builds: Vec<Build>,
}

/// Takes all samples.
pub(super) fn run(options: &Options) -> Result<Run, String> {
    let items = corpus::items();
    let unknown =
        options.items.iter().find(|letter| items.iter().all(|item| item.letter != letter.as_str()));
    if let Some(letter) = unknown {
        return Err(format!("no item {letter}"));
    }
    let chosen =
        |letter: &str| options.items.is_empty() || options.items.iter().any(|one| one == letter);

    let mut builds = vec![Build::this(options.builds)?];
    if options.builds {
        builds.extend(builds::others());
    }
    let mut cells: Vec<Cell> = Vec::new();
    // Each sample has a seed of its own, and so places of its own.
    let mut seed = options.seed << 32;
    for process in 0..options.processes {
        let (mut workers, seats) = start(&builds, process == 0)?;
        for round in 0..options.samples {
            progress(process * options.samples + round, options.processes * options.samples);
            for (index, item) in items.iter().enumerate().filter(|(_, item)| chosen(item.letter)) {
                for seat in seats.iter().filter(|seat| seat.items.contains(item.letter)) {
                    let nanoseconds = workers[seat.worker].sample(seat.number, index, seed)?;
                    seed += 1;
                    let samples = &mut cell(&mut cells, seat, item.letter).samples;
                    samples.resize(process + 1, Vec::new());
                    samples[process].push(nanoseconds);
                }
            }
        }
        workers.into_iter().try_for_each(Worker::end)?;
    }
    progress_done();
    Ok(Run { cells, builds })
}

/// One worker a build, and all their contestants.
fn start(builds: &[Build], first: bool) -> Result<(Vec<Worker>, Vec<Seat>), String> {
    let (mut workers, mut seats) = (Vec::new(), Vec::new());
    for build in builds {
        let mut worker = Worker::start(build, first && build.suffix.is_empty())?;
        for (number, line) in worker.introduction()?.into_iter().enumerate() {
            let parts: Vec<&str> = line.split(' ').collect();
            let [contestant, level, items] = parts[..] else {
                return Err(format!("a worker said: {line}"));
            };
            let contestant = format!("{contestant}{}", build.suffix);
            seats.push(Seat {
                worker: workers.len(),
                number,
                contestant,
                level: level.into(),
                items: items.into(),
            });
        }
        workers.push(worker);
    }
    Ok((workers, seats))
}

fn cell<'c>(cells: &'c mut Vec<Cell>, seat: &Seat, item: &'static str) -> &'c mut Cell {
    let same = |cell: &Cell| {
        cell.contestant == seat.contestant && cell.level == seat.level && cell.item == item
    };
    let index = cells.iter().position(same).unwrap_or_else(|| {
        cells.push(Cell {
            contestant: seat.contestant.clone(),
            level: seat.level.clone(),
            item,
            samples: Vec::new(),
        });
        cells.len() - 1
    });
    &mut cells[index]
}

impl Worker {
    /// What a worker says on standard error is wanted once, not from each process.
    fn start(build: &Build, heard: bool) -> Result<Worker, String> {
        let mut command = Command::new(&build.program);
        command.args(build.arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        if !heard {
            command.stderr(Stdio::null());
        }
        let mut process =
            command.spawn().map_err(|error| format!("{}: {error}", build.program.display()))?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let (ask, answer) = pipes.ok_or("a worker without pipes")?;
        Ok(Worker { process, ask, answer: BufReader::new(answer) })
    }

    fn introduction(&mut self) -> Result<Vec<String>, String> {
        let mut lines = Vec::new();
        loop {
            match self.line()? {
                line if line.is_empty() => return Ok(lines),
                line => lines.push(line),
            }
        }
    }

    fn sample(&mut self, contestant: usize, item: usize, seed: u64) -> Result<f64, String> {
        writeln!(self.ask, "{contestant} {item} {seed}").map_err(|error| error.to_string())?;
        let line = self.line()?;
        line.parse().map_err(|_| format!("a worker said: {line}"))
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        match self.answer.read_line(&mut line) {
            Ok(0) => Err("a worker ended early".into()),
            Ok(_) => Ok(line.trim_end().into()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// A worker ends when its input does.
    fn end(mut self) -> Result<(), String> {
        drop(self.ask);
        let status = self.process.wait().map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("a worker ended with {status}")) }
    }
}

fn progress(done: usize, all: usize) {
    if std::io::stderr().is_terminal() {
        eprint!("\r{:3} % ", done * 100 / all);
    }
}

fn progress_done() {
    if std::io::stderr().is_terminal() {
        eprint!("\r      \r");
    }
}
