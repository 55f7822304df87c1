//! The heads that parsers are measured on, items `a` to `j`.
//!
//! | item | what | octets | fields |
//! |---|---|---|---|
//! | a | the smallest sensible request | 35 | 1 |
//! | b | the request of the plaintext web benchmarks | 170 | 3 |
//! | c | a browser of some years ago, the shape that parser benchmarks have long used | 703 | 9 |
//! | d | a browser of today | 1,253 | 17 |
//! | e | many short fields | 427 | 32 |
//! | f | a cookie of 4 KiB | 4,215 | 5 |
//! | g | a response | 322 | 10 |
//! | h | 24 times `a` in one buffer, pipelined | 840 | 24 |
//! | i | 512 random requests | about 824 each | about 12 each |
//! | j | 2,048 random requests: more than a branch predictor can learn | about 824 each | about 12 each |
//!
//! A parser that meets one head again and again has the branch predictor on its side; a server meets `j`.

mod fixed;
mod random;

/// What an item's heads are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Heads of requests.
    Request,
    /// Heads of responses.
    Response,
}

/// One item of the corpus.
#[derive(Clone, Debug)]
pub struct Item {
    /// `"a"` to `"j"`.
    pub letter: &'static str,
    /// A few words on what it is.
    pub title: &'static str,
    /// Requests or responses.
    pub kind: Kind,
    /// Each buffer holds one head or, pipelined, several.
    pub buffers: Vec<Vec<u8>>,
    /// The heads in all buffers together.
    pub heads: usize,
}

impl Item {
    fn one(letter: &'static str, title: &'static str, kind: Kind, head: Vec<u8>) -> Item {
        Item { letter, title, kind, buffers: vec![head], heads: 1 }
    }

    fn many(letter: &'static str, title: &'static str, heads: Vec<Vec<u8>>) -> Item {
        Item { letter, title, kind: Kind::Request, heads: heads.len(), buffers: heads }
    }

    /// Whether a buffer holds several heads.
    pub fn is_pipelined(&self) -> bool {
        self.heads > self.buffers.len()
    }

    /// The buffers as they lie here.
    pub fn slices(&self) -> Vec<&[u8]> {
        self.buffers.iter().map(Vec::as_slice).collect()
    }

    /// Octets of all buffers.
    pub fn octets(&self) -> usize {
        self.buffers.iter().map(Vec::len).sum()
    }
}

/// All items, in order. Each call gives the same octets.
pub fn items() -> Vec<Item> {
    use Kind::{Request, Response};
    vec![
        Item::one("a", "tiny", Request, fixed::TINY.to_vec()),
        Item::one("b", "plaintext benchmark", Request, fixed::PLAINTEXT.to_vec()),
        Item::one("c", "classic browser", Request, fixed::CLASSIC.to_vec()),
        Item::one("d", "browser", Request, fixed::BROWSER.to_vec()),
        Item::one("e", "32 short fields", Request, fixed::SHORT_FIELDS.to_vec()),
        Item::one("f", "cookie of 4 KiB", Request, random::long_cookie()),
        Item::one("g", "response", Response, fixed::RESPONSE.to_vec()),
        Item {
            letter: "h",
            title: "24 x a, pipelined",
            kind: Request,
            buffers: vec![fixed::TINY.repeat(24)],
            heads: 24,
        },
        Item::many("i", "512 random", random::requests(512)),
        Item::many("j", "2,048 random", random::requests(2048)),
    ]
}

#[cfg(test)]
mod tests {
    use rajada_parser::{BodyLength, Config, Positions, Resume, Status};

    use super::*;
    use crate::naive;

    #[test]
    fn sizes_and_field_counts_are_the_stated_ones() {
        let stated = [
            ("a", 35, 1),
            ("b", 170, 3),
            ("c", 703, 9),
            ("d", 1253, 17),
            ("e", 427, 32),
            ("f", 4215, 5),
            ("g", 322, 10),
            ("h", 840, 24),
        ];
        let items = items();
        for ((letter, octets, fields), item) in stated.into_iter().zip(&items) {
            let heads = naive::heads(item);
            assert_eq!(letter, item.letter);
            assert_eq!(octets, item.octets(), "octets of {letter}");
            assert_eq!(
                fields,
                heads.iter().map(|head| head.fields.len()).sum::<usize>(),
                "fields of {letter}"
            );
            assert_eq!(item.heads, heads.len(), "heads of {letter}");
        }
    }

    #[test]
    fn random_requests_have_the_stated_shape() {
        for (index, count) in [(8, 512), (9, 2048)] {
            let item = &items()[index];
            let heads = naive::heads(item);
            assert_eq!(count, item.heads);
            assert_eq!(count, heads.len());
            let octets = item.octets() as f64 / count as f64;
            let fields =
                heads.iter().map(|head| head.fields.len()).sum::<usize>() as f64 / count as f64;
            assert!((812.0..836.0).contains(&octets), "{octets} octets a request");
            assert!((11.0..12.5).contains(&fields), "{fields} fields a request");
            let most = heads.iter().map(|head| head.fields.len()).max();
            assert!(most <= Some(32), "{most:?} fields");
            let mut distinct = item.buffers.clone();
            distinct.sort();
            distinct.dedup();
            assert_eq!(count, distinct.len(), "all requests differ");
        }
    }

    #[test]
    fn requests_frame_well() {
        for item in items().iter().filter(|item| item.kind == Kind::Request) {
            for buffer in &item.buffers {
                let mut positions = Positions::<64>::new();
                let status =
                    Config::STRICT.parse_request(buffer, &mut Resume::new(), &mut positions);
                let Ok(Status::Complete(request, _)) = status else {
                    panic!("item {}: {status:?}", item.letter)
                };
                let body = request.framing().map(|framing| framing.body);
                assert_eq!(
                    Ok(BodyLength::None),
                    body,
                    "item {}: {}",
                    item.letter,
                    buffer.escape_ascii()
                );
            }
        }
    }

    #[test]
    fn every_call_gives_the_same_octets() {
        for (one, other) in items().iter().zip(&items()) {
            assert_eq!(one.buffers, other.buffers);
        }
    }
}
