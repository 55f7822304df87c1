//! UTF-8 that is judged as it arrives (RFC 3629 section 4, RFC 6455 section 8.1).

/// What may come next: nothing but whole code points, or the rest of one.
///
/// ```text
/// UTF8-2 = %xC2-DF UTF8-tail
/// UTF8-3 = %xE0 %xA0-BF UTF8-tail / %xE1-EC 2( UTF8-tail ) / %xED %x80-9F UTF8-tail / %xEE-EF 2( UTF8-tail )
/// UTF8-4 = %xF0 %x90-BF 2( UTF8-tail ) / %xF1-F3 3( UTF8-tail ) / %xF4 %x80-8F 2( UTF8-tail )
/// ```
#[derive(Debug, Clone, Copy)]
pub(crate) struct Utf8 {
    /// Octets that the code point still needs.
    needs: u8,
    /// The range of the next of them.
    low: u8,
    high: u8,
}

impl Utf8 {
    pub(crate) const START: Self = Self { needs: 0, low: 0x80, high: 0xBF };

    /// Whether all code points are complete.
    #[inline]
    pub(crate) const fn is_complete(self) -> bool {
        self.needs == 0
    }

    /// Judges the next octets.
    ///
    /// # Errors
    /// The index of the first one that can't be right, whatever follows.
    pub(crate) fn judge(&mut self, octets: &[u8]) -> Result<(), usize> {
        // The rest of a code point that began before.
        let mut done = 0;
        while self.needs > 0 && done < octets.len() {
            self.step(octets[done]).ok_or(done)?;
            done += 1;
        }
        let rest = &octets[done..];
        let (whole, begun) = rest.split_at(rest.len() - unfinished(rest));
        if simdutf8::basic::from_utf8(whole).is_err() {
            return Err(done + first_wrong(whole));
        }
        done += whole.len();
        for (index, octet) in begun.iter().enumerate() {
            self.step(*octet).ok_or(done + index)?;
        }
        Ok(())
    }

    /// Judges one octet.
    fn step(&mut self, octet: u8) -> Option<()> {
        *self = if self.needs > 0 {
            if !(self.low..=self.high).contains(&octet) {
                return None;
            }
            Self { needs: self.needs - 1, ..Self::START }
        } else {
            match octet {
                0x00..=0x7F => Self::START,
                0xC2..=0xDF => Self { needs: 1, ..Self::START },
                0xE0 => Self { needs: 2, low: 0xA0, ..Self::START },
                0xED => Self { needs: 2, high: 0x9F, ..Self::START },
                0xE1..=0xEF => Self { needs: 2, ..Self::START },
                0xF0 => Self { needs: 3, low: 0x90, ..Self::START },
                0xF4 => Self { needs: 3, high: 0x8F, ..Self::START },
                0xF1..=0xF3 => Self { needs: 3, ..Self::START },
                _ => return None,
            }
        };
        Some(())
    }
}

/// The index of the first octet that can't be right, in octets that are no UTF-8; their length, if only the end is
/// missing.
#[cold]
pub(crate) fn first_wrong(octets: &[u8]) -> usize {
    let start =
        simdutf8::compat::from_utf8(octets).map_or_else(|error| error.valid_up_to(), str::len);
    let mut state = Utf8::START;
    let wrong = octets[start..].iter().position(|octet| state.step(*octet).is_none());
    start + wrong.unwrap_or(octets.len() - start)
}

/// Octets at the end that begin a code point which they don't complete.
fn unfinished(octets: &[u8]) -> usize {
    for (back, octet) in octets.iter().rev().take(3).enumerate() {
        let needs = match octet {
            0x80..=0xBF => continue,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xFF => 4,
            _ => 1,
        };
        return if needs > back + 1 { back + 1 } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests;
