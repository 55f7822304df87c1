//! What a peer reads.

/// An answer in the octets of a connection.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) closes: bool,
    pub(crate) content: Vec<u8>,
    pub(crate) is_chunked: bool,
    /// The lines of the trailer section.
    pub(crate) trailers: Vec<String>,
    /// Only the end of the connection ends it.
    pub(crate) until_close: bool,
    pub(crate) complete: bool,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The answers in `octets`, the last of which may be incomplete; none of a head that is. `is_head` tells of each final
/// one whether it is to `HEAD`.
pub(crate) fn read(octets: &[u8], is_head: &dyn Fn(usize) -> bool) -> Vec<Answer> {
    let (mut answers, mut at, mut number) = (Vec::new(), 0, 0);
    while let Some(length) = octets[at..].windows(4).position(|end| end == b"\r\n\r\n") {
        let head = str::from_utf8(&octets[at..at + length]).expect("a head is ASCII");
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap_or_default();
        assert!(line.starts_with("HTTP/1.1 "), "{line}");
        let status = line[9..12].parse().expect("a status");
        let fields: Vec<(String, &str)> = lines
            .map(|line| line.split_once(": ").expect("a field"))
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        let value = |name: &str| {
            let mut values = fields.iter().filter(|(own, _)| own == name).map(|(_, value)| *value);
            let value = values.next();
            assert!(values.next().is_none(), "{name} is there twice: {head}");
            value
        };
        let (length, chunked) = (value("content-length"), value("transfer-encoding"));
        assert!(length.is_none() || chunked.is_none(), "{head}");
        let start = at;
        at += head.len() + 4;
        let interim = status < 200;
        let none = interim || status == 204 || status == 304 || is_head(number);
        let mut trailers = Vec::new();
        let (content, taken, complete) = match (length, chunked) {
            _ if none => (Vec::new(), 0, true),
            (Some(length), _) => {
                let length: usize = length.parse().expect("a length");
                let there = &octets[at..][..length.min(octets.len() - at)];
                (there.to_vec(), there.len(), there.len() == length)
            }
            (None, Some(_)) => chunks(&octets[at..], &mut trailers),
            (None, None) => (octets[at..].to_vec(), octets.len() - at, false),
        };
        at += taken;
        number += usize::from(!interim);
        let closes = value("connection") == Some("close");
        let until_close = !none && length.is_none() && chunked.is_none();
        let end = at;
        answers.push(Answer {
            status,
            closes,
            content,
            is_chunked: chunked.is_some(),
            trailers,
            until_close,
            complete,
            start,
            end,
        });
        if !complete {
            break;
        }
    }
    answers
}

/// Content in chunks, its octets, and whether it is complete; the lines behind the last chunk go to `trailers`.
fn chunks(octets: &[u8], trailers: &mut Vec<String>) -> (Vec<u8>, usize, bool) {
    let (mut content, mut at) = (Vec::new(), 0);
    while let Some(length) = octets[at..].windows(2).position(|end| end == b"\r\n") {
        let size = str::from_utf8(&octets[at..at + length]).expect("a size is ASCII");
        let size = usize::from_str_radix(size, 16).expect("a size");
        let begin = at + length + 2;
        if size == 0 {
            return match lines(&octets[begin..], trailers) {
                Some(count) => (content, begin + count, true),
                None => (content, octets.len(), false),
            };
        }
        let there = &octets[begin..][..size.min(octets.len() - begin)];
        content.extend_from_slice(there);
        if octets.len() < begin + size + 2 {
            return (content, octets.len(), false);
        }
        assert_eq!(&octets[begin + size..][..2], b"\r\n", "behind a chunk");
        at = begin + size + 2;
    }
    (content, octets.len(), false)
}

/// The lines of a trailer section, and its octets if it is complete.
fn lines(octets: &[u8], trailers: &mut Vec<String>) -> Option<usize> {
    let mut at = 0;
    loop {
        let length = octets[at..].windows(2).position(|end| end == b"\r\n")?;
        if length == 0 {
            return Some(at + 2);
        }
        trailers.push(String::from_utf8(octets[at..at + length].to_vec()).expect("it is ASCII"));
        at += length + 2;
    }
}
