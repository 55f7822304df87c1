//! What is accepted, and how much of it.

use crate::scan::Choice;
use crate::{Leniency, Level};

/// What a parse accepts: limits, leniencies (none, unless asked for), and the
/// best instruction set to use.
///
/// A `Config` is a plain value; make it once, share it, copy it.
///
/// ```
/// use rajada_parser::{Config, Level, Limits};
///
/// const CONFIG: Config = Config::STRICT.with_limits(Limits { fields: 32, ..Limits::DEFAULT });
/// assert_eq!(CONFIG.limits().fields, 32);
/// assert_eq!(CONFIG.at_most(Level::Scalar).level(), Level::Scalar);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    pub(crate) limits: Limits,
    pub(crate) leniency: Leniency,
    pub(crate) choice: Choice,
    /// Whether no limit of a head is below [`Limits::OF_BLOCK`].
    pub(crate) admits_block: bool,
}

impl Config {
    /// RFC 9110 and RFC 9112 without the leniencies that they permit, and
    /// [`Limits::DEFAULT`].
    ///
    /// What it takes that is not of their grammar, or need not be taken:
    ///
    /// - In the path and the query of a target the octets `"`, `<`, `>`, `[`,
    ///   `\`, `]`, `^`, `` ` ``, `{`, `|` and `}`, and a `%` that no two
    ///   hexadecimal digits follow, since clients send them and nothing is
    ///   decoded here. RFC 9112 section 3.2 says that such a request SHOULD be
    ///   refused or redirected.
    ///   Takes: `GET /a|b?%zz HTTP/1.1\r\nHost: a\r\n\r\n`
    /// - One empty line before a request line, as RFC 9112 section 2.2 says that
    ///   it SHOULD.
    ///   Takes: `\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n`
    /// - Minor versions 2 to 9, as 1.1 (RFC 9110 section 2.5).
    ///   Takes: `GET / HTTP/1.9\r\nHost: a\r\n\r\n`
    /// - `obs-text`, octets of 0x80 and above, in values and reason phrases,
    ///   given as it is (RFC 9110 section 5.5).
    ///   Takes: `GET / HTTP/1.1\r\nHost: a\r\nA: \xE9\r\n\r\n`
    /// - In `Connection`, empty elements (RFC 9110 section 5.6.1.2) and such that
    ///   are no tokens. Fields that framing does not read may have any value.
    ///   Takes: `GET / HTTP/1.1\r\nHost: a\r\nConnection: ,a b,\r\n\r\n`
    /// - A status line that ends behind its code, without a space (RFC 9112
    ///   section 4).
    ///   Takes: `HTTP/1.1 200\r\n\r\n`
    /// - In a response, the same length more than once (RFC 9112 section 6.3).
    ///   Takes: `HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n`
    ///
    /// What it refuses that is of their grammar, or has another remedy there (the
    /// [crate](crate#where-this-is-not-what-the-rfcs-say) says why, and which of it
    /// has a switch):
    ///
    /// - Status codes of 600 and above, which RFC 9110 section 15 says that a
    ///   client SHOULD take for a 5xx.
    ///   Refuses: `HTTP/1.1 600 A\r\n\r\n`
    /// - In responses, folded lines and white space before a colon, which RFC
    ///   9112 sections 5.1 and 5.2 have clients and proxies mend.
    ///   Refuses: `HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n`
    /// - Absolute-form whose authority is not that of `Host`, which RFC 9112 section
    ///   3.2.2 says is to be ignored.
    ///   Refuses: `GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n`
    /// - Absolute-form of schemes other than `http` and `https` (RFC 9112 section
    ///   3.2.2).
    ///   Refuses: `GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n`
    /// - An empty `Host`, which RFC 9112 section 3.2 has clients send where the
    ///   target has no authority.
    ///   Refuses: `GET / HTTP/1.1\r\nHost:\r\n\r\n`
    /// - Ports above 65535 (RFC 3986 section 3.2.3), and `userinfo` in
    ///   absolute-form, as RFC 9110 section 4.2.4 says that one SHOULD.
    ///   Refuses: `GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n`
    /// - Commas in hosts, outside of brackets (RFC 3986 section 3.2.2).
    ///   Refuses: `GET / HTTP/1.1\r\nHost: a,b\r\n\r\n`
    /// - Empty elements in `Transfer-Encoding` (RFC 9110 section 5.6.1.2).
    ///   Refuses: `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n`
    /// - In a response, `chunked` behind another transfer coding, which RFC 9112
    ///   section 6.3 has end with its chunks.
    ///   Refuses: `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n`
    /// - Whatever leaves a doubt about framing, though a way out is permitted:
    ///   the [kinds](crate::ErrorKind) of errors say so.
    ///   Refuses: `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n`
    pub const STRICT: Config = Config {
        limits: Limits::DEFAULT,
        leniency: Leniency::NONE,
        choice: Choice::BEST,
        admits_block: true,
    };

    /// The same with other limits.
    #[must_use]
    pub const fn with_limits(self, limits: Limits) -> Config {
        Config { limits, admits_block: limits.admit_block(), ..self }
    }

    /// The same with these leniencies in place of those it had. A head of the
    /// strict form is parsed as before, and as fast.
    #[must_use]
    pub const fn with_leniency(self, leniency: Leniency) -> Config {
        Config { leniency, ..self }
    }

    /// The same without instruction sets better than `level`, nor than an earlier call
    /// left. A level that the CPU lacks is never used, but the next below it: this is for
    /// comparing levels, or for leaving wide registers to others.
    #[must_use]
    pub const fn at_most(self, level: Level) -> Config {
        Config { choice: self.choice.at_most(level), ..self }
    }

    /// The same with what [`Level::detect`] finds, so that a parse need not look it up:
    /// for a server that has lost it from its caches between two small requests.
    ///
    /// ```
    /// use rajada_parser::{Config, Level};
    ///
    /// let config = Config::STRICT.detected();
    /// assert_eq!(config.level(), Level::detect());
    /// assert_eq!(config.at_most(Level::Swar).level(), Level::Swar);
    /// ```
    #[must_use]
    pub fn detected(self) -> Config {
        Config { choice: self.choice.made(), ..self }
    }

    /// The limits in force.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The leniencies in force.
    pub const fn leniency(&self) -> &Leniency {
        &self.leniency
    }

    /// The instruction set that is used on this machine.
    pub fn level(&self) -> Level {
        self.choice.level()
    }
}

impl Default for Config {
    /// [`Config::STRICT`].
    fn default() -> Config {
        Config::STRICT
    }
}

/// How much of a message is accepted. Octets beyond a limit are refused at the
/// first of them, before they need to be buffered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by functional update from DEFAULT")]
pub struct Limits {
    /// Octets in a method; 32. The longest in IANA's registry has 17
    /// (`UPDATEREDIRECTREF`). Beyond: 501, as RFC 9112 section 3 says that it
    /// SHOULD be.
    pub method: u32,
    /// Octets in a request line, its CR LF included; 16 KiB. RFC 9112 section 3
    /// asks for at least 8,000; Apache and nginx take 8 KiB, Node 16 KiB for a
    /// whole head. Beyond: 414.
    pub request_line: u32,
    /// Octets in a head, from the first of the message to its empty line; 64
    /// KiB. nginx takes 32 KiB, hyper about 400 KiB, Go 1 MiB. Beyond: 431.
    pub head: u32,
    /// Field lines in a head or a trailer section; 100, as Apache and hyper
    /// have it. Beyond: 431.
    pub fields: u32,
    /// Octets of extensions in one chunk's size line, from the first `;` or
    /// white space; 256, as Akka HTTP has it (`max-chunk-ext-length`); Node takes 16 KiB.
    /// Beyond: 400.
    pub chunk_extensions: u32,
    /// Octets of extensions in all chunks of a message; 16 KiB, as hyper has
    /// it. Beyond: 400.
    pub chunk_extensions_total: u32,
    /// Octets of chunk framing (size lines and the line ends behind data) in a
    /// message beyond eight for each octet of content; 64 KiB. Chunks of one
    /// octet stay below; padded sizes and extensions on tiny chunks do not for
    /// long. The number is our own, between the others that bound framing by content: Go
    /// takes 16 KiB beyond twice the content and 16 octets a chunk, picohttpparser 100
    /// KiB where three quarters of all are framing. Beyond: 400.
    pub chunk_overhead: u32,
    /// Octets in a trailer section, its empty line included; 8 KiB, as Tomcat has it
    /// (`maxTrailerSize`); hyper takes 16 KiB. Beyond: 431.
    pub trailers: u32,
}

impl Limits {
    /// No limits but those of the positions: 4 GiB. For callers who bound what
    /// they buffer themselves, and for compatibility with parsers that have no
    /// limits of their own.
    pub const NONE: Limits = Limits {
        method: u32::MAX,
        request_line: u32::MAX,
        head: u32::MAX,
        fields: u32::MAX,
        chunk_extensions: u32::MAX,
        chunk_extensions_total: u32::MAX,
        chunk_overhead: u32::MAX,
        trailers: u32::MAX,
    };

    /// The defaults that each field names.
    pub const DEFAULT: Limits = Limits {
        method: 32,
        request_line: 16 * 1024,
        head: 64 * 1024,
        fields: 100,
        chunk_extensions: 256,
        chunk_extensions_total: 16 * 1024,
        chunk_overhead: 64 * 1024,
        trailers: 8 * 1024,
    };

    /// What a head of the usual form has at most whose line ends are in [one block](crate::scan::block),
    /// if its method is not a long one: a first line of 14 octets and others of six, and behind the
    /// block the end of the empty one. Where no limit is below these, a head that keeps to them is
    /// held to constants.
    pub(crate) const OF_BLOCK: Limits =
        Limits { method: 32, request_line: 64, head: 66, fields: 8, ..Limits::NONE };

    const fn admit_block(&self) -> bool {
        let least = Limits::OF_BLOCK;
        self.method >= least.method
            && self.request_line >= least.request_line
            && self.head >= least.head
            && self.fields >= least.fields
    }
}

impl Default for Limits {
    /// [`Limits::DEFAULT`].
    fn default() -> Limits {
        Limits::DEFAULT
    }
}
