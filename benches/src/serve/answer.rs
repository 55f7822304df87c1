//! An answer of a given length.

const BEFORE: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nServer: ";
const AFTER: &str = "\r\n\r\nHello world!";

/// The shortest that there is.
pub(super) const SHORTEST: usize = BEFORE.len() + AFTER.len();

/// A whole answer of so many octets, if it can be so short: filled up in a field that nobody reads.
pub(super) fn answer(length: usize) -> Option<Vec<u8>> {
    let filling = "x".repeat(length.checked_sub(SHORTEST)?);
    Some([BEFORE, &filling, AFTER].concat().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_from_the_shortest_on_is_met() {
        assert_eq!(answer(SHORTEST - 1), None);
        for length in SHORTEST..SHORTEST + 100 {
            let answer = String::from_utf8(answer(length).unwrap()).unwrap();
            assert_eq!(answer.len(), length);
            assert!(answer.ends_with("\r\n\r\nHello world!"));
        }
    }
}
