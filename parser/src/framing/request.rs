//! The decision for requests.

use super::content_length;
use super::host::{self, Authority};
use super::transfer_encoding::{self, Codings};
use super::{BodyLength, Framing, Side, elements};
use crate::fields::Known;
use crate::target::{Form, Target};
use crate::{Error, ErrorKind, Request, Version};

impl<'b> Request<'b, '_> {
    /// Decides what follows this head and whether the connection persists, by
    /// RFC 9112 section 6.3, and refuses every request that leaves a doubt.
    ///
    /// ```
    /// use rajada_parser::{BodyLength, Config, Positions, Resume, Status};
    ///
    /// let head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    /// let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
    /// let Status::Complete(request, taken) =
    ///     Config::STRICT.parse_request(head, &mut at, &mut slots)? else { unreachable!() };
    /// let framing = request.framing()?;
    /// assert_eq!(framing.body, BodyLength::Exact(5));
    /// assert!(framing.persistent);
    /// assert_eq!(&head[taken..], b"hello");
    /// # Ok::<(), rajada_parser::Error>(())
    /// ```
    ///
    /// # Errors
    /// The first offence in this order: target form, `Host`, content of CONNECT,
    /// `Transfer-Encoding`, `Content-Length`, `Expect`.
    #[inline]
    pub fn framing(&self) -> Result<Framing, Error> {
        if self.is_origin_form() && self.has_usual_host() {
            let persistent = self.version() >= Version::Http11;
            return Ok(Framing { persistent, ..Framing::NONE });
        }
        self.framing_in_full()
    }

    /// Whether this is a `GET` of HTTP/1.1 with a target in origin form, of which the
    /// head is in order, nothing follows, and behind which the connection persists:
    /// what [`framing`](Self::framing) says of most requests, in one bit. If not,
    /// `framing` tells. (Whether it says `keep-alive`, which changes nothing in
    /// HTTP/1.1, only `framing` tells.)
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        // The method and the target's first octet in one look.
        const START: &[u8] = b"GET /";
        let start = self.0.record.start.start as usize;
        self.0.octets.get(start..start.wrapping_add(START.len())) == Some(START)
            && self.version() == Version::Http11
            && self.plain_host().is_some_and(host::is_usual)
    }

    /// The value of `Host`, if that is all that the fields say about framing, or all
    /// but `keep-alive`.
    #[inline(always)]
    fn plain_host(&self) -> Option<&'b [u8]> {
        let (noted, fields) = (&self.0.record.noted, self.fields());
        noted.only_host(fields).or_else(|| noted.host_and_keep_alive(fields))
    }

    /// The length of the content of a request that would be [plain](Self::is_plain)
    /// without its `Content-Length` if its method were `GET`, and whose method has
    /// three or four octets and is not `HEAD`: what [`framing`](Self::framing) says of most requests with content. If
    /// this is `None`, `framing` tells.
    #[inline]
    pub fn plain_length(&self) -> Option<u64> {
        let method = self.method();
        let usual_method = matches!(method.len(), 3 | 4) && method != b"HEAD";
        if !usual_method
            || self.version() != Version::Http11
            || self.target().first() != Some(&b'/')
        {
            return None;
        }
        let usual = self.0.record.noted.usual(self.fields())?;
        if host::is_usual(usual.host) { content_length::short_decimal(usual.length?) } else { None }
    }

    /// Whether a `Host` in order is all that the fields say about framing.
    #[inline(always)]
    fn has_usual_host(&self) -> bool {
        self.0.record.noted.only_host(self.fields()).is_some_and(host::is_usual)
    }

    /// The usual form, which needs no more judgement.
    #[inline]
    fn is_origin_form(&self) -> bool {
        self.target().first() == Some(&b'/') && self.method() != b"CONNECT"
    }

    #[inline(never)]
    fn framing_in_full(&self) -> Result<Framing, Error> {
        let http11 = self.version() >= Version::Http11;
        let tunnel = if self.is_origin_form() {
            self.judge_host(None)?;
            false
        } else {
            self.judge_target_and_host()?
        };
        let mut framing = Framing { persistent: http11, tunnel, ..Framing::NONE };
        let (fields, noted) = (self.fields(), &self.0.record.noted);
        const CONTENT: u64 =
            Known::ContentLength.mask() | Known::TransferEncoding.mask() | Known::Expect.mask();
        if noted.may_hold(CONTENT, fields) {
            if tunnel {
                self.judge_tunnel()?;
            }
            framing.body = self.body_length()?;
            let expected = self.expects_continue()?;
            framing.expect_continue = expected && http11 && !framing.body.is_empty();
        }
        let (persistent, keep_alive, wants_upgrade) =
            super::connection(super::values(noted, fields), self.version());
        (framing.persistent, framing.keep_alive) = (persistent, keep_alive);
        framing.upgrade =
            wants_upgrade && http11 && noted.find(Known::Upgrade, fields).next().is_some();
        Ok(framing)
    }

    /// Judges a target that is not in origin-form, and `Host`. Whether it asks for
    /// a tunnel.
    #[cold]
    #[inline(never)]
    fn judge_target_and_host(&self) -> Result<bool, Error> {
        let start = self.target_position().start;
        let target = Target::of(self.method(), self.target())
            .ok_or(Error::new(ErrorKind::TargetForm, start))?;
        self.judge_host(target.authority)?;
        Ok(target.form == Form::Authority)
    }

    /// CONNECT has no content, RFC 9110 section 9.3.6: what says that there is some is
    /// refused, well-formed or not, and 0 like any other length.
    #[cold]
    #[inline(never)]
    fn judge_tunnel(&self) -> Result<(), Error> {
        let first = [Known::TransferEncoding, Known::ContentLength]
            .into_iter()
            .filter_map(|known| self.0.record.noted.find(known, self.fields()).next())
            .map(|(position, _)| position.value_start)
            .min();
        first.map_or(Ok(()), |at| Err(Error::new(ErrorKind::ConnectContent, at as usize)))
    }

    /// Judges `Host`, which must name the target's authority if that has one.
    #[inline]
    fn judge_host(&self, authority: Option<(Authority<'b>, u16)>) -> Result<(), Error> {
        let mut hosts = self.0.record.noted.find(Known::Host, self.fields());
        let Some((position, value)) = hosts.next() else {
            // HTTP/1.0 had no Host. The end of the head shows that it is missing.
            return match self.version() {
                Version::Http10 => Ok(()),
                Version::Http11 => {
                    let empty_line = if self.0.octets.ends_with(b"\r\n") { 2 } else { 1 };
                    let offset = self.0.octets.len().saturating_sub(empty_line);
                    Err(Error::new(ErrorKind::HostMissing, offset))
                }
            };
        };
        let refuse = |kind, offset: u32| Err(Error::new(kind, offset as usize));
        if let Some((second, _)) = hosts.next() {
            return refuse(ErrorKind::HostRepeated, second.name_start);
        }
        if authority.is_none() && host::is_usual(value) {
            return Ok(());
        }
        let Some(host) = Authority::parse(value) else {
            return refuse(ErrorKind::Host, position.value_start);
        };
        match authority {
            Some((authority, default_port)) if !authority.same(&host, default_port) => {
                refuse(ErrorKind::HostMismatch, position.value_start)
            }
            _ => Ok(()),
        }
    }

    #[inline]
    fn body_length(&self) -> Result<BodyLength, Error> {
        let fields = self.fields();
        if let Some((codings, at)) =
            transfer_encoding::parse(fields, &self.0.record.noted, Side::Request)?
        {
            let refuse = |kind, offset| Err(Error::new(kind, offset));
            if self.version() < Version::Http11 {
                return refuse(ErrorKind::TransferEncodingVersion, at);
            }
            if let Some((position, _)) =
                self.0.record.noted.find(Known::ContentLength, fields).next()
            {
                let offset = at.max(position.value_start as usize);
                return refuse(ErrorKind::TransferEncodingAndContentLength, offset);
            }
            return match codings {
                Codings::Chunked => Ok(BodyLength::Chunked),
                Codings::OthersThenChunked(at) => refuse(ErrorKind::TransferCodingUnknown, at),
                Codings::NotChunked(at) => refuse(ErrorKind::TransferEncoding, at),
            };
        }
        let length = content_length::parse(fields, &self.0.record.noted, Side::Request)?;
        Ok(length.map_or(BodyLength::None, BodyLength::Exact))
    }

    /// Whether `100-continue` is expected, in any version.
    #[inline]
    fn expects_continue(&self) -> Result<bool, Error> {
        let mut expected = false;
        for (position, value) in self.0.record.noted.find(Known::Expect, self.fields()) {
            for expectation in elements(value).filter(|element| !element.is_empty()) {
                if !expectation.eq_ignore_ascii_case(b"100-continue") {
                    let offset = position.value_start as usize;
                    return Err(Error::new(ErrorKind::Expectation, offset));
                }
                expected = true;
            }
        }
        Ok(expected)
    }
}
