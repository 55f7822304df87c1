//! Items made by a random generator with a fixed seed: requests that differ as those of a busy site do, in method, target, which fields
//! there are, their order and their lengths.

/// Marsaglia's xorshift generator with a multiplication behind it (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 to `bound` - 1.
    fn below(&mut self, bound: usize) -> usize {
        (((self.next() >> 32) * bound as u64) >> 32) as usize
    }

    fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

/// How a field's value is made.
enum Value {
    /// So many octets, from the least to the most.
    Text(usize, usize),
    /// A host's name of so many octets.
    Host(usize, usize),
    /// One of these.
    OneOf(&'static [&'static str]),
}

use Value::{Host, OneOf, Text};

/// Name, value, and in how many of a hundred requests the field stands.
type Shape = (&'static str, Value, usize);

const FIELDS: &[Shape] = &[
    ("User-Agent", Text(64, 136), 96),
    ("Accept", Text(3, 126), 94),
    ("Accept-Encoding", Text(4, 26), 86),
    ("Accept-Language", Text(5, 38), 80),
    ("Connection", OneOf(&["keep-alive", "keep-alive", "keep-alive", "close"]), 79),
    ("Cookie", Text(24, 690), 61),
    ("Referer", Text(18, 88), 50),
    ("sec-ch-ua", Text(40, 72), 46),
    ("sec-ch-ua-mobile", OneOf(&["?0", "?1"]), 46),
    ("sec-ch-ua-platform", OneOf(&["\"Linux\"", "\"macOS\"", "\"Windows\"", "\"Android\""]), 46),
    ("Sec-Fetch-Site", OneOf(&["none", "same-site", "cross-site", "same-origin"]), 46),
    ("Sec-Fetch-Mode", OneOf(&["cors", "no-cors", "navigate"]), 46),
    ("Sec-Fetch-Dest", OneOf(&["empty", "image", "script", "document"]), 46),
    ("Upgrade-Insecure-Requests", OneOf(&["1"]), 40),
    ("Cache-Control", OneOf(&["no-cache", "max-age=0"]), 39),
    ("X-Forwarded-For", Text(7, 40), 39),
    ("X-Request-Id", Text(16, 36), 38),
    ("Authorization", Text(30, 205), 31),
    ("Origin", Text(11, 40), 25),
    ("If-None-Match", Text(10, 36), 25),
    ("Content-Type", Text(10, 33), 24),
    ("Priority", OneOf(&["i", "u=1, i", "u=4"]), 12),
];

const METHODS: &[&str] = &["GET", "GET", "GET", "GET", "POST", "PUT", "HEAD", "DELETE"];
const WORD: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PATH: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~/%=&";
const TEXT: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ,;=/.-_";
const HOST: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz-.";

/// So many different requests, all well-formed, without content.
pub(super) fn requests(count: usize) -> Vec<Vec<u8>> {
    let mut random = Random(0x5241_4a41_4441_2029);
    (0..count).map(|_| request(&mut random)).collect()
}

fn request(random: &mut Random) -> Vec<u8> {
    let mut head = Vec::with_capacity(2048);
    head.extend_from_slice(random.pick(METHODS).as_bytes());
    head.extend_from_slice(b" /");
    for _ in 0..random.below(100) {
        head.push(PATH[random.below(PATH.len())]);
    }
    head.extend_from_slice(b" HTTP/1.1\r\n");
    field(random, &mut head, "Host", &Host(9, 28));
    for index in shuffled(random, FIELDS.len()) {
        let (name, value, percent) = &FIELDS[index];
        if random.below(100) < *percent {
            field(random, &mut head, name, value);
        }
    }
    head.extend_from_slice(b"\r\n");
    head
}

fn field(random: &mut Random, head: &mut Vec<u8>, name: &str, value: &Value) {
    head.extend_from_slice(name.as_bytes());
    head.extend_from_slice(b": ");
    match value {
        Text(least, most) => words(random, head, *least, *most, TEXT),
        Host(least, most) => words(random, head, *least, *most, HOST),
        OneOf(choices) => head.extend_from_slice(random.pick(choices).as_bytes()),
    }
    head.extend_from_slice(b"\r\n");
}

/// Octets of `alphabet`, a letter or digit at both ends.
fn words(random: &mut Random, head: &mut Vec<u8>, least: usize, most: usize, alphabet: &[u8]) {
    let length = random.between(least, most);
    for index in 0..length {
        let from = if index == 0 || index + 1 == length { WORD } else { alphabet };
        head.push(from[random.below(from.len())]);
    }
}

/// 0 to `count` - 1 in random order.
fn shuffled(random: &mut Random, count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, random.below(last + 1));
    }
    order
}

/// Item `f`: the cookie's value has 4,096 octets.
pub(super) fn long_cookie() -> Vec<u8> {
    let mut random = Random(0x6d61_6973_2075_6d61);
    let mut cookie = String::new();
    while cookie.len() < 4096 {
        let (name, value) = (random.below(100), random.next());
        cookie += &format!("p{name}={value:016x}; ");
    }
    cookie.truncate(4095);
    format!(
        "GET /profile HTTP/1.1\r\n\
         Host: www.example.org\r\n\
         User-Agent: lynx/2.9.2\r\n\
         Accept: */*\r\n\
         Cookie: {cookie}.\r\n\
         Connection: keep-alive\r\n\r\n"
    )
    .into_bytes()
}
