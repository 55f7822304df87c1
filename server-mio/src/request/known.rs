//! What is known of a request whose head is wrong, is not taken, or has not come in full.

use rajada_parser::pull::{Part, Pull};
use rajada_parser::{Config, FieldPosition, Version};

/// The parts of a head that could be read.
pub(crate) struct Known<'b> {
    /// Up to the last part of it.
    pub(super) octets: &'b [u8],
    pub(super) method: (u32, u32),
    pub(super) target: (u32, u32),
    pub(super) version: Version,
    pub(super) positions: Vec<FieldPosition>,
}

impl<'b> Known<'b> {
    /// Reads as far as there is something to read, and nothing wrong.
    pub(crate) fn of(config: &Config, octets: &'b [u8]) -> Known<'b> {
        let mut known = Known {
            octets: &[],
            method: (0, 0),
            target: (0, 0),
            version: Version::Http11,
            positions: Vec::new(),
        };
        let place = |part: &[u8]| {
            let start = (part.as_ptr() as usize).wrapping_sub(octets.as_ptr() as usize);
            (start as u32, start.wrapping_add(part.len()) as u32)
        };
        let (mut pull, mut end) = (Pull::request(), 0);
        loop {
            match pull.next(config, octets) {
                Ok(Part::RequestLine(line)) => {
                    (known.method, known.target) = (place(line.method), place(line.target));
                    known.version = line.version;
                    end = known.target.1;
                }
                Ok(Part::Field(field)) => {
                    let ((name_start, name_end), (value_start, value_end)) =
                        (place(field.name), place(field.value));
                    let position = FieldPosition { name_start, name_end, value_start, value_end };
                    known.positions.push(position);
                    end = value_end.max(name_end);
                }
                _ => break,
            }
        }
        known.octets = octets.get(..end as usize).unwrap_or_default();
        known
    }

    pub(crate) fn method(&self) -> &'b [u8] {
        self.part(self.method)
    }

    pub(crate) fn target(&self) -> &'b [u8] {
        self.part(self.target)
    }

    /// How many fields there are.
    #[cfg(feature = "http")]
    pub(crate) fn fields(&self) -> usize {
        self.positions.len()
    }

    fn part(&self, (start, end): (u32, u32)) -> &'b [u8] {
        self.octets.get(start as usize..end as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rajada_parser::Fields;

    #[test]
    fn what_was_read_before_something_is_wrong_is_known() {
        for (octets, method, target, fields) in [
            ("", "", "", 0),
            ("GET", "", "", 0),
            ("nonsense\r\n\r\n", "", "", 0),
            ("GET /a HTTP/1.1\r\n", "GET", "/a", 0),
            ("\r\nGET /a HTTP/1.1\r\nHost: a\r\nAcc", "GET", "/a", 1),
            ("GET /a HTTP/1.1\r\nHost: a\r\nB ad: b\r\n\r\n", "GET", "/a", 1),
            ("GET /a HTTP/1.1\r\nHost: a\r\nEmpty:\r\n\r\nmore", "GET", "/a", 2),
        ] {
            let known = Known::of(&Config::STRICT, octets.as_bytes());
            let line = (known.method(), known.target());
            assert_eq!(line, (method.as_bytes(), target.as_bytes()), "{octets}");
            let found = Fields::new(known.octets, &known.positions);
            assert_eq!(found.iter().count(), fields, "{octets}");
            let host = (fields > 0).then_some(&b"a"[..]);
            assert_eq!(found.get("host"), host, "{octets}");
        }
    }
}
