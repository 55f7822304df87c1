//! What a parser alone adds to `null-mio`: the same loop, with every head parsed by httparse, all fields included, and nothing made of them.

use std::hint::black_box;
use std::mem::MaybeUninit;
use std::process::ExitCode;

use benches::SLOTS;
use benches::serve::{self, Protocol};
use httparse::{Request, Status};

fn main() -> ExitCode {
    serve::main("mio-httparse", std::env::args_os().skip(1), || Parsing)
}

struct Parsing;

/// What a connection keeps.
#[derive(Default)]
struct Kept {
    /// The beginning of a head.
    head: Vec<u8>,
    /// Octets of content that are still to come.
    content: usize,
}

impl Protocol for Parsing {
    type Kept = Kept;

    #[inline]
    fn requests(&mut self, kept: &mut Kept, octets: &[u8]) -> Option<usize> {
        if kept.head.is_empty() {
            let (count, taken) = requests(&mut kept.content, octets)?;
            kept.head.extend_from_slice(&octets[taken..]);
            return Some(count);
        }
        kept.head.extend_from_slice(octets);
        let (count, taken) = requests(&mut kept.content, &kept.head)?;
        kept.head.drain(..taken);
        Some(count)
    }
}

/// The number of requests whose content ends in `octets`, and the octets taken; `None` if one is malformed.
#[inline]
fn requests(content: &mut usize, octets: &[u8]) -> Option<(usize, usize)> {
    let (mut count, mut at) = (0, 0);
    loop {
        let skipped = (*content).min(octets.len() - at);
        *content -= skipped;
        at += skipped;
        if skipped > 0 && *content == 0 {
            count += 1;
        }
        if at == octets.len() {
            return Some((count, at));
        }
        let mut fields = [MaybeUninit::uninit(); SLOTS];
        let mut request = Request::new(&mut []);
        match request.parse_with_uninit_headers(&octets[at..], &mut fields).ok()? {
            Status::Partial => return Some((count, at)),
            Status::Complete(len) => at += len,
        }
        *content = length(black_box(&request))?;
        if *content == 0 {
            count += 1;
        }
    }
}

/// Octets of content, for those who say it.
#[inline]
fn length(request: &Request<'_, '_>) -> Option<usize> {
    if request.method == Some("GET") {
        return Some(0);
    }
    let mut fields = request.headers.iter();
    match fields.find(|field| field.name.eq_ignore_ascii_case("content-length")) {
        Some(field) => std::str::from_utf8(field.value).ok()?.parse().ok(),
        None => Some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_however_they_are_cut() {
        let octets =
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
                .repeat(9);
        for cut in 0..octets.len() {
            let mut kept = Kept::default();
            let mut count = |octets| Parsing.requests(&mut kept, octets).unwrap();
            assert_eq!(count(&octets[..cut]) + count(&octets[cut..]), 18, "cut at {cut}");
        }
    }

    #[test]
    fn what_is_malformed_ends_the_connection() {
        assert_eq!(Parsing.requests(&mut Kept::default(), b"GET /\x00 HTTP/1.1\r\n\r\n"), None);
    }
}
