//! A line with the size of a chunk, with httparse's answers in its order.

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// So many octets, for a chunk of this size.
    Complete(usize, u64),
    /// Right as far as it is there.
    Partial,
    /// Not right.
    Invalid,
}

/// More can't be of 64 bits. httparse counts zeros in front, too.
const MOST_DIGITS: usize = 16;

/// Parses a line. If not `EXACT`, it has a digit, and no LF but at its end.
pub(crate) fn size_line<const EXACT: bool>(octets: &[u8]) -> Line {
    let is_digit = |octet: &&u8| octet.is_ascii_hexdigit();
    let digits = octets.iter().take_while(is_digit).take(MOST_DIGITS + 1).count();
    let size = octets.iter().take(digits).fold(0, |size: u64, digit| {
        size << 4 | u64::from((*digit as char).to_digit(16).unwrap_or_default())
    });
    if digits > MOST_DIGITS {
        return Line::Invalid;
    }
    let mut in_extensions = false;
    for (at, octet) in octets.iter().enumerate().skip(digits) {
        if digits == 0 && !EXACT {
            return Line::Invalid;
        }
        match octet {
            b'\r' => {
                return match octets.get(at + 1) {
                    Some(b'\n') => Line::Complete(at + 2, size),
                    Some(_) => Line::Invalid,
                    None => Line::Partial,
                };
            }
            b'\n' if !EXACT => return Line::Invalid,
            b';' => in_extensions = true,
            b'\t' | b' ' => {}
            _ if in_extensions => {}
            _ => return Line::Invalid,
        }
    }
    Line::Partial
}
