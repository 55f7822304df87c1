//! How long httparse as published and this one take for the same head in several forms, as rows of a table:
//!
//! ```sh
//! cargo run --release --manifest-path parser/httparse/Cargo.toml --example forms
//! ```

use std::hint::black_box;
use std::time::Instant;

const REQUEST: &str = "GET /wp-content/uploads/2010/03/hello-kitty-darth-vader-pink.jpg HTTP/1.1\r\n\
    Host: www.kittyhell.com\r\n\
    User-Agent: Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10.6; ja-JP-mac; rv:1.9.2.3) Gecko/20100401 Firefox/3.6.3 Pathtraq/0.9\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
    Accept-Language: ja,en-us;q=0.7,en;q=0.3\r\n\
    Accept-Encoding: gzip,deflate\r\n\
    Accept-Charset: Shift_JIS,utf-8;q=0.7,*;q=0.7\r\n\
    Keep-Alive: 115\r\n\
    Connection: keep-alive\r\n\
    Cookie: wp_ozh_wsa_visits=2; wp_ozh_wsa_visit_lasttime=xxxxxxxxxx; __utma=xxxxxxxxx.xxxxxxxxxx.xxxxxxxxxx.xxxxxxxxxx.\
    xxxxxxxxxx.x; __utmz=xxxxxxxxx.xxxxxxxxxx.x.x.utmccn=(referral)|utmcsr=reader.livedoor.com|utmcct=/reader/|utmcmd=referral\r\n\
    \r\n";

const SLOTS: usize = 32;
const ROUNDS: usize = 25;
const CALLS: u32 = 20_000;

macro_rules! library {
    ($name:ident) => {
        mod $name {
            use ::$name::{EMPTY_HEADER, Request};

            /// What came of it.
            pub(super) fn outcome(octets: &[u8]) -> String {
                let mut headers = [EMPTY_HEADER; super::SLOTS];
                let mut request = Request::new(&mut headers);
                format!("{:?} {:?}", request.parse(octets), request.headers)
            }

            pub(super) fn parse(octets: &[u8]) {
                let mut headers = [EMPTY_HEADER; super::SLOTS];
                let mut request = Request::new(&mut headers);
                // (What is wrong or incomplete takes its time, too.)
                let _ = super::black_box(request.parse(super::black_box(octets)));
                super::black_box(&request);
            }
        }
    };
}

library!(httparse);
library!(released);

fn main() {
    let last = REQUEST.len() - 1;
    let forms = [
        ("as a whole", REQUEST.into()),
        ("its last octet missing", REQUEST[..last].into()),
        ("UTF-8 in a value", REQUEST.replace("115", "é")),
        ("UTF-8 in the target", REQUEST.replace("hello", "é")),
        ("an empty value", REQUEST.replace(" 115", "")),
        ("no space behind colons", REQUEST.replace(": ", ":")),
        ("LF alone ends lines", REQUEST.replace('\r', "")),
        ("a name of 40 octets", REQUEST.replace("Keep-Alive", &"K".repeat(40))),
        ("a head of 27 octets", "GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
    ];
    for (name, head) in forms {
        let octets = head.as_bytes();
        assert_eq!(httparse::outcome(octets), released::outcome(octets), "{name}");
        let (mut ours, mut theirs) = (f64::MAX, f64::MAX);
        for _ in 0..ROUNDS {
            ours = ours.min(nanoseconds(|| httparse::parse(octets)));
            theirs = theirs.min(nanoseconds(|| released::parse(octets)));
        }
        println!("| {name} | {ours:.0} | {theirs:.0} | {:.2} |", theirs / ours);
    }
}

/// How long a call takes.
fn nanoseconds(call: impl Fn()) -> f64 {
    let start = Instant::now();
    for _ in 0..CALLS {
        call();
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
}
