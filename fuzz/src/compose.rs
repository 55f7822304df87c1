//! Input that a fuzzer mutates well: one octet of it may stand for a whole line.

/// Octets below 0x80 stand for themselves, each octet from 0x80 on for one of `snippets`. So plain text is its own seed, and the change of
/// one octet can exchange a whole field.
pub fn compose(input: &[u8], snippets: &[&[u8]]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(2 * input.len());
    for &octet in input {
        match usize::from(octet).checked_sub(0x80) {
            Some(index) => octets.extend_from_slice(snippets[index % snippets.len()]),
            None => octets.push(octet),
        }
    }
    octets
}

/// Ends of pieces that octets are to be cut into: each of `lengths` is the length of a piece, as far as there are octets.
pub fn ends(lengths: &[u8], octets: usize) -> Vec<usize> {
    let ends = lengths.iter().scan(0, |end, length| {
        *end += usize::from(*length);
        Some(*end)
    });
    ends.take_while(|end| *end <= octets).collect()
}
