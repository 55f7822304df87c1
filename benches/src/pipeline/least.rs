//! Minima of samples that alternate, which a busy machine disturbs less than means.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use rajada_parser::{Config, Level};

use super::{Answers, Bare, REQUEST, Server};
use crate::say::exit;

const HELP: &str = "\
Times a request through the pipeline against bare loops of the parser.

  --samples N     samples of each contestant and depth (2000)
  --depth N       requests in a burst, one figure only (1, 24 and 256)
  --level LEVEL   at most these instructions: scalar, swar, simd128, neon, sse4.2, avx2, avx512
  --count NAME N  serve N bursts of one contestant and time nothing: for callgrind, as the difference of two N
  --help          this text";

struct Options {
    samples: usize,
    depths: Vec<usize>,
    level: Level,
    count: Option<(String, usize)>,
}

/// What is compared, in the order of the report.
const NAMES: [&str; 8] = [
    "parse",
    "framed",
    "in-order",
    "reversed",
    "streamed",
    "answer in-order",
    "answer reversed",
    "answer streamed",
];

/// In front of the name of what is timed without receiving.
const ANSWER: &str = "answer ";

fn answers(name: &str) -> Answers {
    match name {
        "reversed" => Answers::Reversed,
        "streamed" => Answers::Streamed,
        _ => Answers::InOrder,
    }
}

struct Contest {
    octets: Vec<u8>,
    bare: Bare,
    server: Server,
}

impl Contest {
    fn new(level: Level, depth: usize) -> Self {
        let parser = Config::STRICT.at_most(level);
        let mut contest = Self {
            octets: REQUEST.repeat(depth),
            bare: Bare::new(parser, depth),
            server: Server::new(parser, depth),
        };
        let answers = NAMES.map(|name| contest.serve(name));
        assert!(answers.iter().all(|octets| *octets == answers[0]), "as many octets from each");
        contest
    }

    fn serve(&mut self, name: &str) -> usize {
        let octets = black_box(&self.octets[..]);
        match name {
            "parse" => self.bare.parse(octets, false),
            "framed" => self.bare.parse(octets, true),
            _ => match name.strip_prefix(ANSWER) {
                Some(name) => {
                    self.server.receive(octets);
                    self.server.answer(answers(name));
                    self.server.transmit()
                }
                None => self.server.serve(octets, answers(name)),
            },
        }
    }

    /// Nanoseconds of so many rounds; of `answer`, without receiving.
    fn sample(&mut self, name: &str, rounds: usize) -> u128 {
        if let Some(name) = name.strip_prefix(ANSWER) {
            let answered = |contest: &mut Self| {
                contest.server.receive(black_box(&contest.octets));
                let start = Instant::now();
                contest.server.answer(answers(name));
                black_box(contest.server.transmit());
                start.elapsed().as_nanos()
            };
            return (0..rounds).map(|_| answered(self)).sum();
        }
        let start = Instant::now();
        for _ in 0..rounds {
            black_box(self.serve(name));
        }
        start.elapsed().as_nanos()
    }
}

/// The program `pipeline`.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let done = parse(arguments).map(|options| match options {
        Some(options) => run(&options),
        None => println!("{HELP}"),
    });
    exit("pipeline", done)
}

fn run(options: &Options) {
    if let Some((name, rounds)) = &options.count {
        let mut contest = Contest::new(options.level, options.depths[0]);
        for _ in 0..*rounds {
            black_box(contest.serve(name));
        }
        return;
    }
    println!(
        "Nanoseconds a request at {}, the minimum of {} samples; in-order / parse, in-order / framed\n",
        options.level, options.samples
    );
    println!("| depth | {} | / parse | / framed |", NAMES.join(" | "));
    println!("|---:|{}", "---:|".repeat(NAMES.len() + 2));
    for &depth in &options.depths {
        let mut contest = Contest::new(options.level, depth);
        let rounds = (1024 / depth).max(1);
        let mut least = [u128::MAX; NAMES.len()];
        for _ in 0..options.samples {
            for (least, name) in least.iter_mut().zip(NAMES) {
                *least = contest.sample(name, rounds).min(*least);
            }
        }
        let least = least.map(|nanoseconds| nanoseconds as f64 / (rounds * depth) as f64);
        let figures = least.map(|figure| format!("{figure:.1}")).join(" | ");
        println!(
            "| {depth} | {figures} | {:.2} | {:.2} |",
            least[2] / least[0],
            least[2] / least[1]
        );
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options =
        Options { samples: 2000, depths: vec![1, 24, 256], level: Level::detect(), count: None };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--samples" => options.samples = number(&value()?)?,
            "--depth" => options.depths = vec![number(&value()?)?],
            "--level" => {
                options.level = value()?.parse().map_err(|_| "that is no level".to_owned())?;
            }
            "--count" => {
                let name = value()?;
                if !NAMES.contains(&name.as_str()) {
                    return Err(format!("{name} is none of {}", NAMES.join(", ")));
                }
                options.count = Some((name, number(&value()?)?));
            }
            "--help" | "-h" => return Ok(None),
            _ => return Err(format!("{argument} is unknown; --help tells what there is")),
        }
    }
    Ok(Some(options))
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or(format!("{text} is no number"))
}
