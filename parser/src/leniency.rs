//! What a strict parse refuses and others accept, each rule by itself.

use crate::{Config, Limits};

/// Rules that are looser than RFC 9112 allows or than is wise, each its own
/// switch; all are off in [`Config::STRICT`].
///
/// They exist for parsers that must accept what another one accepts: the named
/// profiles, such as [`Config::HTTPARSE_REQUEST`]; and for clients, which mend some
/// of it in responses: [`Config::CLIENT_RESPONSE`]. A recipient that is looser
/// than its neighbour in the chain is how requests are smuggled, so a server
/// that faces the network wants none of them.
///
/// A leniency never changes what a strict head parses to. It is asked for only
/// where a strict parse would stop, so it does not slow one down.
///
/// ```
/// use rajada_parser::{Config, Leniency, Positions, Resume};
///
/// const LENIENT: Config =
///     Config::STRICT.with_leniency(Leniency { bare_lf: true, ..Leniency::NONE });
/// let head = b"GET / HTTP/1.1\nHost: a\n\n";
/// let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
/// assert!(LENIENT.parse_request(head, &mut at, &mut slots)?.complete().is_some());
/// # Ok::<(), rajada_parser::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by functional update from NONE")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Leniency {
    /// LF alone ends a line in a head or trailer section. RFC 9112 section 2.2
    /// permits it. Risk: a neighbour that sees one line where this parser sees
    /// two can be made to miss a field.
    pub bare_lf: bool,
    /// Any number of empty lines may stand before a start line; a strict parse
    /// accepts one before a request line, and none before a status line. RFC
    /// 9112 section 2.2 asks for "at least one". Risk: octets of nothing, up to
    /// the limit of the head.
    pub empty_lines: bool,
    /// Request targets may hold `#` and octets of 0x80 and above. Against RFC
    /// 9112 section 3.2. Risk: neighbours that cut at the `#` route the request
    /// elsewhere.
    pub target_octets: bool,
    /// Several spaces may stand between the parts of a start line. RFC 9112
    /// sections 3 and 4 permit it. Risk: a neighbour that takes the second space
    /// for the target's end.
    pub spaces: bool,
    /// Status codes may be any three digits, 000 to 999. Against RFC 9110
    /// section 15. Risk: code that expects a class of 1 to 5.
    pub any_code: bool,
    /// A field value may go on in lines that begin with a space or tab (RFC
    /// 9112 section 5.2); it is given as it stands, line ends included, and
    /// [`unfold`](crate::unfold) has spaces in their place. Framing takes a fold
    /// for white space in responses, and in `Connection`; in requests it refuses
    /// numbers, codings, hosts and expectations that a fold is in. A fold of
    /// nothing but white space at the end of any value is left out with that, and
    /// nobody sees it. Risk: a neighbour that takes the second line for a field of
    /// its own, or one of white space for the end of the head; and a line end in a
    /// value that is passed on without `unfold`.
    pub obs_fold: bool,
    /// White space may stand between field name and colon; it is no part of the
    /// name. RFC 9112 section 5.1 demands a rejection of such requests, and of
    /// proxies that they remove it from responses. Risk: a neighbour that does not
    /// know `Content-Length ` frames by something else, and a head that is passed on
    /// as octets, where the white space still is.
    pub space_before_colon: bool,
}

impl Leniency {
    /// None of them.
    pub const NONE: Leniency = Leniency {
        bare_lf: false,
        empty_lines: false,
        target_octets: false,
        spaces: false,
        any_code: false,
        obs_fold: false,
        space_before_colon: false,
    };

    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: Leniency = Leniency {
        bare_lf: true,
        empty_lines: true,
        target_octets: true,
        spaces: true,
        any_code: true,
        obs_fold: true,
        space_before_colon: true,
    };

    const HTTPARSE: Leniency =
        Leniency { bare_lf: true, empty_lines: true, any_code: true, ..Leniency::NONE };

    const PICOHTTPPARSER: Leniency =
        Leniency { bare_lf: true, spaces: true, obs_fold: true, any_code: true, ..Leniency::NONE };
}

/// What a client mends, rather than refuse it.
impl Config {
    /// For responses to a user agent or a proxy: all that [`Config::STRICT`] accepts,
    /// with its limits, and what RFC 9112 has these mend.
    ///
    /// - Folded lines ([`Leniency::obs_fold`]): section 5.2 demands of user agents
    ///   that they read a fold as spaces, and of proxies that they replace it or
    ///   answer 502. [`Response::framing`](crate::Response::framing) reads it so; who
    ///   reads other values, or passes them on, takes them from
    ///   [`unfold`](crate::unfold) or [`Field::unfolded`](crate::Field::unfolded).
    /// - White space before the colon ([`Leniency::space_before_colon`]): section 5.1
    ///   demands of proxies that they remove it. It is no part of
    ///   [`Field::name`](crate::Field::name).
    ///
    /// Risk: a cache or a proxy in between that reads such a response otherwise, say a
    /// line of white space as the end of the head, can be made to take a part of it for
    /// another response. So a client that knows its
    /// server, as a gateway does, is better off with [`Config::STRICT`]; and no
    /// request is to be parsed with this.
    ///
    /// ```
    /// use rajada_parser::{BodyLength, Config, Positions, Resume, Status};
    ///
    /// let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding :\r\n chunked\r\n\r\n";
    /// let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
    /// let Status::Complete(response, _) =
    ///     Config::CLIENT_RESPONSE.parse_response(head, &mut at, &mut slots)? else { unreachable!() };
    /// assert_eq!(response.framing(b"GET")?.body, BodyLength::Chunked);
    /// assert!(Config::STRICT.parse_response(head, &mut at, &mut slots).is_err());
    /// # Ok::<(), rajada_parser::Error>(())
    /// ```
    pub const CLIENT_RESPONSE: Config = Config::STRICT.with_leniency(Leniency {
        obs_fold: true,
        space_before_colon: true,
        ..Leniency::NONE
    });
}

/// Profiles: what other parsers accept, this one accepts too, and gives the
/// same parts. They have no limits of their own, as those parsers have none.
impl Config {
    /// Accepts all requests that httparse 1.10 accepts with its default
    /// configuration. (Versions 1.2 to 1.9 and targets that are no UTF-8, which
    /// it refuses, are accepted.)
    pub const HTTPARSE_REQUEST: Config = Config::STRICT
        .with_limits(Limits::NONE)
        .with_leniency(Leniency { target_octets: true, ..Leniency::HTTPARSE });

    /// Accepts all responses that httparse 1.10 accepts with its default
    /// configuration.
    pub const HTTPARSE_RESPONSE: Config =
        Config::STRICT.with_limits(Limits::NONE).with_leniency(Leniency::HTTPARSE);

    /// Accepts all requests that picohttpparser accepts, which has no numbered
    /// versions: that of July 2025. It refuses those without a method or a
    /// target since December 2018, and methods that are no tokens since August
    /// 2020. Where it gives a folded line as a field without a name, this gives
    /// one value.
    pub const PICOHTTPPARSER_REQUEST: Config = Config::STRICT
        .with_limits(Limits::NONE)
        .with_leniency(Leniency { target_octets: true, ..Leniency::PICOHTTPPARSER });

    /// Accepts all responses that picohttpparser accepts, with folded lines as
    /// in [`PICOHTTPPARSER_REQUEST`](Self::PICOHTTPPARSER_REQUEST).
    pub const PICOHTTPPARSER_RESPONSE: Config =
        Config::STRICT.with_limits(Limits::NONE).with_leniency(Leniency::PICOHTTPPARSER);
}
