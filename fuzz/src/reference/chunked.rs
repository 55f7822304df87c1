//! Chunked content, RFC 9112 section 7.1, read from one whole buffer by a parser that knows nothing but the place where it is.

use rajada_parser::{ErrorKind, Limits};

use super::Offence;
use super::text::{is_field_content, is_tchar};

/// What the buffer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// All chunks and the last one: the content, and the octets before the trailer section.
    Whole(Vec<u8>, usize),
    /// The start of chunked content: the content so far.
    Part(Vec<u8>),
}

/// Why it goes no further.
enum Stop {
    NoMore,
    Offence(ErrorKind, usize),
}

/// Reads chunks until the last one, the end of the octets, or the first offence.
pub fn content(octets: &[u8], limits: &Limits) -> Result<Found, Offence> {
    let mut reader = Reader { octets, at: 0, limits: *limits, content: Vec::new(), extensions: 0 };
    match reader.chunks() {
        Ok(()) => Ok(Found::Whole(reader.content, reader.at)),
        Err(Stop::NoMore) => Ok(Found::Part(reader.content)),
        Err(Stop::Offence(kind, at)) => Err((kind, at)),
    }
}

struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
    limits: Limits,
    content: Vec<u8>,
    /// Octets of extensions in all lines so far.
    extensions: u32,
}

impl Reader<'_> {
    fn chunks(&mut self) -> Result<(), Stop> {
        loop {
            let size = self.size_line()?;
            let framing = self.at - self.content.len();
            if framing > 8 * self.content.len() + self.limits.chunk_overhead as usize {
                return Err(Stop::Offence(ErrorKind::ChunkOverhead, self.at));
            }
            if size == 0 {
                return Ok(());
            }
            for _ in 0..size {
                let octet = self.peek()?;
                self.content.push(octet);
                self.at += 1;
            }
            if self.peek()? != b'\r' {
                return Err(Stop::Offence(ErrorKind::ChunkEnd, self.at));
            }
            self.line_end()?;
        }
    }

    fn size_line(&mut self) -> Result<u64, Stop> {
        let mut digits = String::new();
        while self.peek()?.is_ascii_hexdigit() {
            if digits.len() == 16 {
                return Err(Stop::Offence(ErrorKind::ChunkSizeOverflow, self.at));
            }
            digits.push(char::from(self.peek()?));
            self.at += 1;
        }
        let next = self.peek()?;
        if digits.is_empty() || !b";\r\n \t".contains(&next) {
            return Err(Stop::Offence(ErrorKind::ChunkSize, self.at));
        }
        // A limit is offended by the first octet beyond it, unless something worse is found up to there.
        let start = self.at;
        let room =
            self.limits.chunk_extensions.min(self.limits.chunk_extensions_total - self.extensions)
                as usize;
        let result = self.extensions();
        let reached = match result {
            Ok(()) => self.at,
            Err(Stop::NoMore) => self.octets.len(),
            Err(Stop::Offence(_, at)) => at,
        };
        if reached - start > room {
            return Err(Stop::Offence(ErrorKind::ChunkExtensionTooLong, start + room));
        }
        result?;
        self.extensions += (self.at - start) as u32;
        self.line_end()?;
        Ok(u64::from_str_radix(&digits, 16).expect("up to sixteen digits"))
    }

    /// `*( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )`, up to the CR. White space needs something behind it.
    fn extensions(&mut self) -> Result<(), Stop> {
        loop {
            let spaces = self.spaces()?;
            if !spaces && self.at_line_end()? {
                return Ok(());
            }
            self.expect(b";")?;
            self.spaces()?;
            self.token()?;
            let spaces = self.spaces()?;
            if !spaces && self.at_line_end()? {
                return Ok(());
            }
            if self.peek()? == b'=' {
                self.at += 1;
                self.spaces()?;
                if self.peek()? == b'"' { self.quoted()? } else { self.token()? }
            } else {
                // The white space belonged to the next extension.
                self.expect(b";")?;
                self.at -= 1;
            }
        }
    }

    fn token(&mut self) -> Result<(), Stop> {
        let start = self.at;
        while is_tchar(char::from(self.peek()?)) {
            self.at += 1;
        }
        if self.at == start {
            Err(Stop::Offence(ErrorKind::ChunkExtension, self.at))
        } else {
            Ok(())
        }
    }

    fn quoted(&mut self) -> Result<(), Stop> {
        self.expect(b"\"")?;
        loop {
            let octet = self.peek()?;
            if !is_field_content(char::from(octet)) {
                return Err(Stop::Offence(ErrorKind::ChunkExtension, self.at));
            }
            self.at += 1;
            if octet == b'"' {
                return Ok(());
            }
            if octet == b'\\' {
                if !is_field_content(char::from(self.peek()?)) {
                    return Err(Stop::Offence(ErrorKind::ChunkExtension, self.at));
                }
                self.at += 1;
            }
        }
    }

    /// Skips white space and tells whether there was any.
    fn spaces(&mut self) -> Result<bool, Stop> {
        let start = self.at;
        while b" \t".contains(&self.peek()?) {
            self.at += 1;
        }
        Ok(self.at > start)
    }

    /// LF without CR is an offence here.
    fn at_line_end(&self) -> Result<bool, Stop> {
        match self.peek()? {
            b'\n' => Err(Stop::Offence(ErrorKind::BareLf, self.at)),
            octet => Ok(octet == b'\r'),
        }
    }

    fn line_end(&mut self) -> Result<(), Stop> {
        self.expect(b"\r")?;
        if self.peek()? != b'\n' {
            return Err(Stop::Offence(ErrorKind::BareCr, self.at - 1));
        }
        self.at += 1;
        Ok(())
    }

    fn expect(&mut self, one_of: &[u8]) -> Result<(), Stop> {
        if !one_of.contains(&self.peek()?) {
            return Err(Stop::Offence(ErrorKind::ChunkExtension, self.at));
        }
        self.at += 1;
        Ok(())
    }

    fn peek(&self) -> Result<u8, Stop> {
        self.octets.get(self.at).copied().ok_or(Stop::NoMore)
    }
}
