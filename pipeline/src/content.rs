//! The content of a message that is being received, in either direction.

use rajada_parser::{BodyLength, Chunk, ChunkedDecoder, Fields, Resume, Slots, Status};

use crate::burst::Burst;
use crate::event::Offence;
use crate::settings::Settings;

/// What is still to come of a message's content.
#[derive(Debug)]
pub(crate) enum Body {
    /// So many octets.
    Exact(u64),
    /// Chunks.
    Chunked(ChunkedDecoder),
    /// The trailer section behind the last chunk.
    Trailers(Resume),
    /// All octets until the peer closes; so many were received.
    UntilClose(u64),
}

/// A part of a message's content.
pub(crate) enum Part<'b, 'h> {
    Data(&'b [u8]),
    /// The message is complete.
    End(Option<Fields<'b, 'h>>),
    NeedData,
}

impl Body {
    /// Content that has not begun.
    pub(crate) fn new(length: BodyLength, settings: &Settings) -> Self {
        match length {
            BodyLength::None => Self::Exact(0),
            BodyLength::Exact(length) => Self::Exact(length),
            BodyLength::Chunked => Self::Chunked(ChunkedDecoder::new(settings.parser.limits())),
            BodyLength::UntilClose => Self::UntilClose(0),
        }
    }

    /// Takes the next part out of a burst. More than `limit` octets of content are an offence.
    pub(crate) fn next<'b, 'h, S: Slots + ?Sized>(
        &mut self,
        settings: &Settings,
        limit: u64,
        burst: &mut Burst<'b>,
        slots: &'h mut S,
    ) -> Result<Part<'b, 'h>, Offence> {
        if let Self::Exact(0) = self {
            return Ok(Part::End(None));
        }
        if let Self::Exact(left) = self
            && *left > limit
        {
            return Err(Offence::ContentTooLarge);
        }
        let rest = burst.rest();
        if rest.is_empty() {
            return Ok(Part::NeedData);
        }
        match self {
            Self::Exact(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                *left -= here as u64;
                return Ok(Part::Data(burst.take(here)));
            }
            Self::UntilClose(received) => {
                *received = received.saturating_add(rest.len() as u64);
                if *received > limit {
                    return Err(Offence::ContentTooLarge);
                }
                return Ok(Part::Data(burst.take(rest.len())));
            }
            Self::Chunked(decoder) => {
                let (chunk, octets) = decoder.decode(rest).map_err(Offence::Content)?;
                burst.take(octets);
                // A chunk counts as a whole once its size is known.
                if decoder.content().saturating_add(decoder.remaining()) > limit {
                    return Err(Offence::ContentTooLarge);
                }
                match chunk {
                    Chunk::Data(data) => return Ok(Part::Data(data)),
                    Chunk::NeedData => return Ok(Part::NeedData),
                    Chunk::Trailers => *self = Self::Trailers(Resume::new()),
                }
            }
            Self::Trailers(_) => {}
        }
        let Self::Trailers(resume) = self else { return Ok(Part::NeedData) };
        let status = settings.parser.parse_trailers(burst.rest(), resume, slots);
        match status.map_err(Offence::Trailers)? {
            Status::Partial => Ok(Part::NeedData),
            Status::Complete(fields, octets) => {
                burst.take(octets);
                Ok(Part::End(if fields.is_empty() { None } else { Some(fields) }))
            }
        }
    }
}
