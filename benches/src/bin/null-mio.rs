//! The practical limit of a server on mio: reads, counts empty lines, writes, and parses nothing. What a request costs here, it costs in the
//! kernel.

use std::process::ExitCode;

use benches::serve::{self, Protocol};

fn main() -> ExitCode {
    serve::main("null-mio", std::env::args_os().skip(1), || Null)
}

/// Counts `CR LF CR LF`.
struct Null;

impl Protocol for Null {
    /// The last three octets received.
    type Kept = [u8; 3];

    #[inline]
    fn requests(&mut self, kept: &mut [u8; 3], octets: &[u8]) -> Option<usize> {
        let mut seam = [0; 6];
        let head = octets.len().min(3);
        seam[..3].copy_from_slice(kept);
        seam[3..3 + head].copy_from_slice(&octets[..head]);
        match octets.last_chunk() {
            Some(last) => *kept = *last,
            None => kept.copy_from_slice(&seam[head..head + 3]),
        }
        Some(empty_lines(&seam[..3 + head]) + empty_lines(octets))
    }
}

/// How often `CR LF CR LF` stands there. A loop without branches, over four views of the octets, that the compiler makes vector instructions of.
#[inline]
fn empty_lines(octets: &[u8]) -> usize {
    let Some(last) = octets.len().checked_sub(3) else { return 0 };
    let views = [0, 1, 2, 3].map(|from| &octets[from..from + last]);
    // In one octet for so many places at most.
    const PLACES: usize = 128;
    let mut count = 0;
    for from in (0..last).step_by(PLACES) {
        let [a, b, c, d] = views.map(|view| &view[from..last.min(from + PLACES)]);
        let ends = a.iter().zip(b).zip(c.iter().zip(d)).map(|((a, b), (c, d))| {
            u8::from((*a == b'\r') & (*b == b'\n') & (*c == b'\r') & (*d == b'\n'))
        });
        count += usize::from(ends.fold(0, |sum: u8, end| sum.wrapping_add(end)));
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_are_counted_however_they_are_cut() {
        let octets = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(40);
        for cut in 0..octets.len() {
            let mut kept = Default::default();
            let mut count = |octets| Null.requests(&mut kept, octets).unwrap();
            assert_eq!(count(&octets[..cut]) + count(&octets[cut..]), 40, "cut at {cut}");
        }
        let mut kept = Default::default();
        let one_by_one = octets.chunks(1).map(|octet| Null.requests(&mut kept, octet).unwrap());
        assert_eq!(one_by_one.sum::<usize>(), 40);
    }
}
