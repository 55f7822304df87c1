//! Where the server's time goes: samples that `perf` takes by the clock, while the generator runs.

use super::generator::Generator;
use super::perf::sampled;
use super::record::Hot;
use super::scenarios;
use super::server::Server;

/// Samples a second.
const RATE: u32 = 1999;

/// Shares of all symbols, the largest first.
pub(super) fn profile(server: &Server, generator: &Generator) -> Result<Vec<Hot>, String> {
    let reading = ["report", "--stdio", "--sort", "dso,symbol"];
    let text = sampled(server, generator, &scenarios::ALL[0], RATE, &reading)?;
    Ok(text.lines().filter_map(hot).collect())
}

/// A line such as `  5.33%  rajada  [.] a::b  -  -`.
fn hot(line: &str) -> Option<Hot> {
    let (share, rest) = line.trim().split_once('%')?;
    let share = share.parse::<f64>().ok()? / 100.0;
    let (object, symbol) = rest.split_once("[k]").or_else(|| rest.split_once("[.]"))?;
    let object = object.trim().replace("[kernel.kallsyms]", "[kernel]");
    let symbol = symbol.trim().trim_end_matches(['-', ' ']).to_owned();
    Some(Hot { share, object, symbol })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_perf_is_read() {
        let line =
            "     5.33%  rajada             [.] a::<impl b::C<B,M>>::head           -      -    ";
        let expected = Hot {
            share: 0.0533,
            object: "rajada".into(),
            symbol: "a::<impl b::C<B,M>>::head".into(),
        };
        assert_eq!(hot(line), Some(expected));
        let kernel = hot(" 6.30%  [kernel.kallsyms]  [k] tcp_ack   -   -  ").unwrap();
        assert_eq!((kernel.object.as_str(), kernel.symbol.as_str()), ("[kernel]", "tcp_ack"));
        assert_eq!(hot("# Samples: 2K of event"), None);
    }
}
