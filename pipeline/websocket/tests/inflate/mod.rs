//! DEFLATE (RFC 1951), inflated bit by bit: slow, and with nothing in common with what is tested.

/// What comes of a message by RFC 7692 section 7.2.2 if at most `limit` octets may, behind `history`, with nothing referred to that is more than `window`
/// octets before. `Err` if it is wrong or too large.
pub(crate) fn message(
    history: &[u8],
    payload: &[u8],
    window: usize,
    limit: usize,
) -> Result<Vec<u8>, Wrong> {
    let octets = [payload, &[0, 0, 0xFF, 0xFF]].concat();
    let most = history.len().saturating_add(limit);
    let mut bits = Bits { octets: &octets, at: 0 };
    let mut out = history.to_vec();
    while bits.at < octets.len() * 8 {
        let is_last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out, most)?,
            1 => {
                let lengths: Vec<u8> = (0..288)
                    .map(|symbol| match symbol {
                        0..144 => 8,
                        144..256 => 9,
                        256..280 => 7,
                        _ => 8,
                    })
                    .collect();
                compressed(&mut bits, &mut out, &lengths, &[5; 30], window, most)?;
            }
            2 => {
                let (literals, distances) = tables(&mut bits)?;
                compressed(&mut bits, &mut out, &literals, &distances, window, most)?;
            }
            _ => return Err(Wrong::Malformed),
        }
        if out.len() > most {
            return Err(Wrong::TooBig);
        }
        if is_last {
            bits.align();
            // Not a block, but an end.
            if bits.at == payload.len() * 8 {
                break;
            }
        }
    }
    out.drain(..history.len());
    Ok(out)
}

/// Why there is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    Malformed,
    TooBig,
}

struct Bits<'b> {
    octets: &'b [u8],
    at: usize,
}

impl Bits<'_> {
    /// The next bits as a number, the first of them its lowest.
    fn take(&mut self, count: usize) -> Result<usize, Wrong> {
        let mut number = 0;
        for index in 0..count {
            let octet = self.octets.get(self.at / 8).ok_or(Wrong::Malformed)?;
            number |= usize::from(octet >> (self.at % 8) & 1) << index;
            self.at += 1;
        }
        Ok(number)
    }

    fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }
}

fn stored(bits: &mut Bits<'_>, out: &mut Vec<u8>, most: usize) -> Result<(), Wrong> {
    bits.align();
    let (length, complement) = (bits.take(16)?, bits.take(16)?);
    if length != !complement & 0xFFFF {
        return Err(Wrong::Malformed);
    }
    for _ in 0..length {
        if out.len() > most {
            break;
        }
        out.push(bits.take(8)? as u8);
    }
    Ok(())
}

/// A code, by the lengths of its symbols (RFC 1951 section 3.2.2).
struct Code {
    /// How many symbols have each length.
    counts: [usize; 16],
    /// All that have one, by length and then by number.
    symbols: Vec<usize>,
}

impl Code {
    fn new(lengths: &[u8]) -> Self {
        let of = |length| {
            lengths
                .iter()
                .enumerate()
                .filter(move |(_, of)| **of == length)
                .map(|(symbol, _)| symbol)
        };
        let symbols: Vec<usize> = (1..=15).flat_map(of).collect();
        let counts =
            std::array::from_fn(|length| if length == 0 { 0 } else { of(length as u8).count() });
        Self { counts, symbols }
    }

    /// The next symbol.
    fn take(&self, bits: &mut Bits<'_>) -> Result<usize, Wrong> {
        let (mut code, mut first, mut before) = (0, 0, 0);
        for count in &self.counts[1..] {
            code |= bits.take(1)?;
            if code < first + count {
                return Ok(self.symbols[before + code - first]);
            }
            before += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err(Wrong::Malformed)
    }
}

/// Whether a code uses up all its bits, or, of one code of one bit, half of them, as zlib allows for distances.
fn judge(lengths: &[u8], may_lack: bool) -> Result<(), Wrong> {
    let used: usize = lengths.iter().filter(|of| **of > 0).map(|of| 1 << (15 - of)).sum();
    let is_one = lengths.iter().all(|of| *of <= 1);
    let lacks = used < 1 << 15 && !(may_lack && is_one);
    if used > 1 << 15 || lacks { Err(Wrong::Malformed) } else { Ok(()) }
}

/// RFC 1951 section 3.2.7.
fn tables(bits: &mut Bits<'_>) -> Result<(Vec<u8>, Vec<u8>), Wrong> {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let (literals, distances, codes) = (257 + bits.take(5)?, 1 + bits.take(5)?, 4 + bits.take(4)?);
    if literals > 286 || distances > 30 {
        return Err(Wrong::Malformed);
    }
    let mut of_codes = [0; 19];
    for place in &ORDER[..codes] {
        of_codes[*place] = bits.take(3)? as u8;
    }
    judge(&of_codes, false)?;
    let (of_codes, mut lengths) = (Code::new(&of_codes), Vec::new());
    while lengths.len() < literals + distances {
        let (length, count) = match of_codes.take(bits)? {
            16 => (*lengths.last().ok_or(Wrong::Malformed)?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (length as u8, 1),
        };
        lengths.extend(std::iter::repeat_n(length, count));
    }
    if lengths.len() > literals + distances || lengths[256] == 0 {
        return Err(Wrong::Malformed);
    }
    let distances = lengths.split_off(literals);
    judge(&lengths, true)?;
    judge(&distances, true)?;
    Ok((lengths, distances))
}

/// RFC 1951 section 3.2.5.
fn compressed(
    bits: &mut Bits<'_>,
    out: &mut Vec<u8>,
    literals: &[u8],
    distances: &[u8],
    window: usize,
    most: usize,
) -> Result<(), Wrong> {
    let (literals, distances) = (Code::new(literals), Code::new(distances));
    while out.len() <= most {
        let symbol = literals.take(bits)?;
        let length = match symbol {
            0..256 => {
                out.push(symbol as u8);
                continue;
            }
            256 => return Ok(()),
            257..265 => symbol - 254,
            265..285 => {
                let extra = (symbol - 261) / 4;
                ((4 + (symbol - 261) % 4) << extra) + 3 + bits.take(extra)?
            }
            285 => 258,
            _ => return Err(Wrong::Malformed),
        };
        let distance = match distances.take(bits)? {
            code @ 0..4 => code + 1,
            code @ 4..30 => {
                let extra = code / 2 - 1;
                ((2 + code % 2) << extra) + 1 + bits.take(extra)?
            }
            _ => return Err(Wrong::Malformed),
        };
        if distance > window {
            return Err(Wrong::Malformed);
        }
        for _ in 0..length {
            out.push(
                *out.len()
                    .checked_sub(distance)
                    .and_then(|at| out.get(at))
                    .ok_or(Wrong::Malformed)?,
            );
        }
    }
    Ok(())
}
