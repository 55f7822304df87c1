//! Status line and fields of an answer, encoded and checked before the pipeline sees them.

use core::fmt;

use rajada_parser::encode::{is_field_value, is_token};

/// Status line and field lines of an answer, without the fields that the pipeline adds
/// (`Content-Length`, `Transfer-Encoding`, `Connection`) and without the empty line.
///
/// It is checked once, when it is made, and copied whole into each answer; a server keeps
/// ready-made ones ([`PreparedHead`]).
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    octets: &'a [u8],
    form: Form,
}

impl<'a> Head<'a> {
    /// Takes an encoded head: `HTTP/1.1 SP 3DIGIT SP [reason] CRLF`, then any number of `name ":"
    /// value CRLF`.
    ///
    /// # Errors
    /// What is not of this form, or names a field that the pipeline owns.
    pub fn new(octets: &'a [u8]) -> Result<Self, HeadError> {
        let (first, mut rest) = line(octets).ok_or(HeadError::Line)?;
        let status = match first.strip_prefix(b"HTTP/1.1 ").ok_or(HeadError::Line)? {
            [a @ b'1'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9', b' ', reason @ ..]
                if is_field_value(reason) =>
            {
                u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0')
            }
            _ => return Err(HeadError::Line),
        };
        let mut form = Form::of(status);
        while !rest.is_empty() {
            let (field, behind) = line(rest).ok_or(HeadError::Line)?;
            let colon = field.iter().position(|&octet| octet == b':').ok_or(HeadError::Name)?;
            form = form.with_field(&field[..colon], &field[colon + 1..])?;
            rest = behind;
        }
        Ok(Self { octets, form })
    }

    /// A head that [`new`](Self::new) would take, and whether it has a field `Upgrade`.
    pub(crate) const fn known(status: u16, upgrade: bool, octets: &'a [u8]) -> Self {
        let Form(form) = Form::of(status);
        Self { octets, form: Form(form | if upgrade { Form::UPGRADE } else { 0 }) }
    }

    /// Whether the field `name`, compared without case, is one that the pipeline adds itself, so that
    /// no head may have it.
    pub fn is_added(name: &[u8]) -> bool {
        const ADDED: [&[u8]; 4] =
            [b"content-length", b"transfer-encoding", b"connection", b"keep-alive"];
        ADDED.iter().any(|added| name.eq_ignore_ascii_case(added))
    }

    /// Whether the field `name`, compared without case, may be sent in a trailer section. Those may not
    /// that a recipient needs before the content (RFC 9110 section 6.5.1).
    pub fn is_trailer(name: &[u8]) -> bool {
        is_trailer(name, b"")
    }

    /// The status code, 100 to 599.
    #[inline]
    pub const fn status(&self) -> u16 {
        self.form.status()
    }

    /// The encoded lines.
    #[inline]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    #[inline]
    pub(crate) const fn form(&self) -> Form {
        self.form
    }
}

/// A head that owns its octets: what a server keeps ready.
#[derive(Debug, Clone)]
pub struct PreparedHead<T> {
    octets: T,
    form: Form,
}

impl<T: AsRef<[u8]>> PreparedHead<T> {
    /// Checks as [`Head::new`] does.
    ///
    /// # Errors
    /// As of [`Head::new`].
    pub fn new(octets: T) -> Result<Self, HeadError> {
        let form = Head::new(octets.as_ref())?.form;
        Ok(Self { octets, form })
    }

    /// The octets, to be changed and checked again: a worker renews the `Date` of a ready head once
    /// a second.
    pub fn into_inner(self) -> T {
        self.octets
    }

    /// The head, at no cost.
    #[inline]
    pub fn head(&self) -> Head<'_> {
        Head { octets: self.octets.as_ref(), form: self.form }
    }
}

/// Why octets are no head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeadError {
    /// The status line, or a line's end, is malformed.
    Line,
    /// A field name is not a token (RFC 9110 section 5.6.2).
    Name,
    /// A field value has control octets.
    Value,
    /// `Content-Length`, `Transfer-Encoding`, `Connection`, `Keep-Alive`: the pipeline decides on
    /// these.
    Framing,
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Line => "malformed status line or line end",
            Self::Name => "a field name is not a token",
            Self::Value => "a field value has control octets",
            Self::Framing => "a field that the pipeline adds itself",
        })
    }
}

impl core::error::Error for HeadError {}

/// The status code, and what a head means for the framing of its answer: one word, so that it moves
/// in a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form(u64);

impl Form {
    /// No content is sent (RFC 9110 sections 15.2, 15.3.5, 15.3.6, 15.4.5).
    const NO_CONTENT: u64 = 1 << 16;
    /// `Content-Length` is not sent (RFC 9110 section 8.6).
    const NO_LENGTH: u64 = 1 << 17;
    /// It has an `Upgrade` field, so `Connection` must name it (RFC 9110 section 7.8).
    const UPGRADE: u64 = 1 << 18;

    const fn of(status: u16) -> Self {
        let framing = match status {
            100..=199 | 204 => Self::NO_CONTENT | Self::NO_LENGTH,
            205 | 304 => Self::NO_CONTENT,
            _ => 0,
        };
        Self(status as u64 | framing)
    }

    #[inline]
    const fn status(self) -> u16 {
        self.0 as u16
    }

    /// Content, `Content-Length`, nothing else.
    #[inline]
    pub(crate) const fn is_usual(self) -> bool {
        self.0 >> 16 == 0
    }

    pub(crate) const fn has_no_content(self) -> bool {
        self.0 & Self::NO_CONTENT != 0
    }

    pub(crate) const fn has_no_length(self) -> bool {
        self.0 & Self::NO_LENGTH != 0
    }

    pub(crate) const fn offers_upgrade(self) -> bool {
        self.0 & Self::UPGRADE != 0
    }

    fn with_field(self, name: &[u8], value: &[u8]) -> Result<Self, HeadError> {
        if !is_token(name) {
            return Err(HeadError::Name);
        }
        if !is_field_value(value) {
            return Err(HeadError::Value);
        }
        if Head::is_added(name) {
            return Err(HeadError::Framing);
        }
        Ok(if name.eq_ignore_ascii_case(b"upgrade") { Self(self.0 | Self::UPGRADE) } else { self })
    }
}

/// Whether a field may be sent in a trailer section. Those may not that a recipient needs before the
/// content (RFC 9110 section 6.5.1).
pub(crate) fn is_trailer(name: &[u8], value: &[u8]) -> bool {
    // Beside those that the pipeline adds itself, and conditionals: framing and the connection,
    // routing, request modifiers, authentication, control of responses, how to process the content.
    const NEVER: [&[u8]; 26] = [
        b"proxy-connection",
        b"trailer",
        b"upgrade",
        b"host",
        b"cache-control",
        b"expect",
        b"max-forwards",
        b"pragma",
        b"range",
        b"te",
        b"authorization",
        b"cookie",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"set-cookie",
        b"www-authenticate",
        b"age",
        b"date",
        b"expires",
        b"location",
        b"retry-after",
        b"vary",
        b"warning",
        b"content-encoding",
        b"content-range",
        b"content-type",
    ];
    let conditional = name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(b"if-"));
    Form::of(200).with_field(name, value).is_ok()
        && !conditional
        && !NEVER.iter().any(|never| name.eq_ignore_ascii_case(never))
}

/// The first line without its CRLF, and what is behind it.
fn line(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = octets.windows(2).position(|pair| pair == b"\r\n")?;
    Some((&octets[..end], &octets[end + 2..]))
}
