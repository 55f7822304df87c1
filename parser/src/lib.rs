//! An HTTP/1.x parser: strict, `no_std`, without allocation, and fast.
//!
//! Octets go in, views of the same octets come out: request and response heads,
//! chunked content, trailers; and one decision about where each message ends. It
//! does no IO and keeps no octets, so it fits below any server or client.
//!
//! **In scope:** the grammar of RFC 9112; framing, and the refusal of every
//! message that two recipients could frame differently; targets, percent-decoding
//! and queries; lists and parameters in field values; dates; encoding heads and
//! chunks.
//!
//! **Out of scope:** sockets, time, buffers, the order of responses (see
//! `rajada-pipeline`), routing and handlers (see `rajada-mio`); what most fields
//! mean; HTTP/2 and HTTP/3.
//!
//! ```text
//!  octets, as they arrive                  what you get
//!  ----------------------                  ------------
//!  GET /a HTTP/1.1 CR LF    parse_request  Request { method, target, version, fields }
//!  Host: example.org CR LF  ------------->    |  framing()
//!  CR LF                                      v
//!                                          Framing { body, persistent, upgrade, .. }
//!  5 CR LF hello CR LF      ChunkedDecoder    |  body: None | Exact(n) | Chunked | UntilClose
//!  0 CR LF                  <-----------------'  Chunked: Data, Data, .. Trailers
//!  Sum: 42 CR LF            parse_trailers
//!  CR LF                    ------------->  Fields
//!  GET /b ..                the next request begins here
//! ```
//!
//! # A pipelined buffer, from one end to the other
//!
//! ```
//! use rajada_parser::{BodyLength, Chunk, ChunkedDecoder, Config, Positions, Resume, Status};
//!
//! let mut octets: &[u8] = b"\
//!     POST /a HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\n\r\nhello\
//!     POST /b HTTP/1.1\r\nHost: example.org\r\nTransfer-Encoding: chunked\r\n\r\n\
//!     4\r\nwell\r\nA;note=yes\r\n, good bye\r\n0\r\nSum: 42\r\n\r\n\
//!     GET /c HTTP/1.1\r\nHost: exam";
//!
//! let config = Config::STRICT;
//! let mut slots = Positions::<32>::new(); // used again for each head, never cleared
//! let mut seen = Vec::new();
//! loop {
//!     let mut at = Resume::new(); // a fresh one for each head
//!     let Status::Complete(request, taken) = config.parse_request(octets, &mut at, &mut slots)?
//!     else {
//!         break; // a server would read more octets and go on with `at`
//!     };
//!     let framing = request.framing()?;
//!     let target = request.target();
//!     let mut rest = &octets[taken..];
//!
//!     let mut content = Vec::new();
//!     match framing.body {
//!         BodyLength::None => {}
//!         BodyLength::Exact(len) => {
//!             let (here, behind) = rest.split_at(len as usize); // all there, in this example
//!             content.extend_from_slice(here);
//!             rest = behind;
//!         }
//!         BodyLength::Chunked => {
//!             let mut decoder = ChunkedDecoder::new(config.limits());
//!             loop {
//!                 let (chunk, taken) = decoder.decode(rest)?;
//!                 rest = &rest[taken..];
//!                 match chunk {
//!                     Chunk::Data(data) => content.extend_from_slice(data),
//!                     Chunk::NeedData => unreachable!("all there, in this example"),
//!                     Chunk::Trailers => break,
//!                 }
//!             }
//!             let status = config.parse_trailers(rest, &mut Resume::new(), &mut slots)?;
//!             let (trailers, taken) = status.complete().expect("all there, in this example");
//!             assert_eq!(trailers.get("sum"), Some(&b"42"[..]));
//!             rest = &rest[taken..];
//!         }
//!         BodyLength::UntilClose => unreachable!("responses alone end so"),
//!     }
//!     seen.push((target, content));
//!     octets = rest;
//!     if !framing.persistent {
//!         break;
//!     }
//! }
//! let expected = [(&b"/a"[..], b"hello".to_vec()), (b"/b", b"well, good bye".to_vec())];
//! assert_eq!(seen, expected);
//! assert_eq!(octets, b"GET /c HTTP/1.1\r\nHost: exam"); // kept until more arrives
//! # Ok::<(), rajada_parser::Error>(())
//! ```
//!
//! # What is where
//!
//! | to do what | use |
//! |---|---|
//! | parse a head | [`Config::parse_request`], [`Config::parse_response`]: [`Request`], [`Response`] |
//! | parse all requests of a buffer at once | [`Config::parse_requests`]: [`ParsedRequests`] |
//! | parse a whole head whose parts are text | [`Config::parse_request_text`], [`Config::parse_response_text`]: [`RequestText`], [`ResponseText`], [`FieldText`], into [`TextSlots`] |
//! | keep fields' positions | [`Positions`], [`BorrowedPositions`], [`FieldPosition`] |
//! | parse a head without slots, part by part | [`pull`] |
//! | look at fields | [`Fields`], [`Field`]; known names: [`FieldName`]; lists, parameters: [`list`] |
//! | know what follows a head | [`Request::framing`], [`Response::framing`]: [`Framing`], [`BodyLength`] |
//! | take chunked content apart | [`ChunkedDecoder`], then [`Config::parse_trailers`] |
//! | parse fields alone, of a part of multipart content | [`Config::parse_fields`] |
//! | take a target apart | [`Target`], [`Authority`], [`Query`], [`percent_decode`] |
//! | write heads and chunks | [`encode`] |
//! | format dates, and read them in all three forms | [`date`] |
//! | bound what is accepted | [`Limits`] |
//! | accept what others accept | [`Leniency`], and the profiles such as [`Config::HTTPARSE_REQUEST`] |
//! | mend responses, as clients and proxies must | [`Config::CLIENT_RESPONSE`]; folded values: [`unfold`], [`Field::unfolded`] |
//! | know what went wrong | [`Error`], [`ErrorKind`] |
//!
//! # What is validated
//!
//! By [`Config::STRICT`]. Sections are those of RFC 9112 unless another RFC is
//! named; offences are variants of [`ErrorKind`], with the status that the message
//! deserves where it is not 400; what is refused is refused in these functions of
//! `parser/src`. A whole head of the usual form passes `head/whole.rs` without them: a
//! table there says what enforces each rule.
//!
//! | section | rule | offences | where |
//! |---|---|---|---|
//! | 2.2 | CR LF ends each line; one empty line may come before a request line | `BareLf`, `BareCr`, `EmptyLines`, `SpaceBeforeFields` | `head/request_line.rs`: `empty_lines`, `not_a_method`, `version_len`; `head/status_line.rs`: `not_a_reason`; `head/field_lines.rs`: `unusual_name`, `not_a_value` |
//! | 2.3 | `HTTP/1.0` to `HTTP/1.9` | `Version`, `VersionMissing`, `VersionUnsupported` (505) | `head/request_line.rs`: `version_len`, `unusual_target`; `resume.rs`: `judge_version` |
//! | 3 | method, target and version with one space between; the method is a token | `Method`, `MethodTooLong` (501), `TargetEmpty`, `TargetTooLong` (414) | `head/request_line.rs`: `parse`, `not_a_method`, `behind_spaces`, `unusual_target` |
//! | 3.2 | a target is of visible ASCII without `#`, in a form that goes with the method | `Target`, `TargetForm`\* | `head/request_line.rs`: `unusual_target`; `framing/request.rs`: `judge_target_and_host` |
//! | 3.2 | one well-formed `Host`, equal to the target's authority | `HostMissing`\*, `HostRepeated`\*, `Host`\*, `HostMismatch`\* | `framing/request.rs`: `judge_host`; `framing/host.rs`: `parse` |
//! | 4 | version, a code from 100 to 599, a reason without controls | `StatusLine`, `Reason` | `head/status_line.rs`: `unusual`, `not_a_reason` |
//! | 5.1 | a field name is a token, with the colon right behind it | `FieldNameEmpty`, `FieldName`, `SpaceBeforeColon`, `ColonMissing` | `head/field_lines.rs`: `unusual_name`, `behind_space` |
//! | 5.2 | no line is folded | `ObsFold` | `head/field_lines.rs`: `unusual_name` |
//! | 9110: 5.5 | values hold no controls but HTAB | `FieldValue` | `head/field_lines.rs`: `not_a_value` |
//! | 6585: 5 | the head and its number of fields are bounded | `HeadTooLarge` (431), `TooManyFields` (431) | `head/mod.rs`: `limit`, `out_of_octets`; `head/field_lines.rs`: `unusual_name` |
//! | 6.1 | requests: nothing but one `chunked`, in HTTP/1.1, without `Content-Length` | `TransferEncoding`\*, `TransferEncodingVersion`\*, `TransferEncodingAndContentLength`\*, `TransferCodingUnknown`\* (501) | `framing/request.rs`: `body_length`; `framing/transfer_encoding.rs`: `parse` |
//! | 9110: 9.3.6 | CONNECT has neither a length nor a coding | `ConnectContent`\* | `framing/request.rs`: `judge_tunnel` |
//! | 6.2, 6.3 | one length in decimal digits, of at most 64 bits | `ContentLength`\*, `ContentLengthRepeated`\*, `ContentLengthOverflow`\* | `framing/content_length.rs`: `parse`, `decimal` |
//! | 9110: 10.1.1 | no expectation but `100-continue` | `Expectation`\* (417) | `framing/request.rs`: `expects_continue` |
//! | 7.1 | sizes in up to 16 hexadecimal digits; CR LF behind lines and data; framing in proportion to content | `ChunkSize`, `ChunkSizeOverflow`, `ChunkEnd`, `ChunkOverhead` | `chunked/size_line.rs`: `after`, `digit`; `chunked/mod.rs`: `take_data_end`, `judge_overhead` |
//! | 7.1.1 | chunk extensions are well-formed and bounded | `ChunkExtension`, `ChunkExtensionTooLong` | `chunked/size_line.rs`: `after`, `count_extension_octet` |
//! | 7.1.2 | trailers obey the rules for fields, are bounded, and do not frame | `TrailerForbidden`, `TrailersTooLarge` (431) | `head/parse.rs`: `limit`, `message` |
//!
//! Those with \* are found by `framing()`, all others while parsing, at the
//! lowest offset and as soon as they are there; a foreign major version and a
//! forbidden trailer at the end of their section. `framing()` judges the target
//! first, then `Host`, the content of CONNECT, `Transfer-Encoding`,
//! `Content-Length`, `Expect`.
//!
//! ## Where this is not what the RFCs say
//!
//! What is stricter or looser than they are, or takes another way than the one that
//! they name first. A switch is a field of [`Leniency`], off unless asked for.
//!
//! | section | there | here, and why | example | switch |
//! |---|---|---|---|---|
//! | 2.2 | LF alone may end a line | refused, `BareLf`: a neighbour may see one line where this sees two | `GET / HTTP/1.1\nHost: a\n\n` | `bare_lf` |
//! | 2.2 | empty lines before a request line, one at least, are ignored | one is; more are refused, `EmptyLines`: nobody who speaks HTTP sends them | `\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n` | `empty_lines` |
//! | 3 | parts of a request line may be split at any white space | refused, `TargetEmpty` and others: a neighbour may see another target | `GET  / HTTP/1.1\r\nHost: a\r\n\r\n` | `spaces` |
//! | 3.2 | octets that are none of a URI's SHOULD be refused, or redirected | taken in path and query, and so is a `%` without digits: clients send them, and nothing is decoded here | `GET /a"b?%zz HTTP/1.1\r\nHost: a\r\n\r\n` | none: who decodes, judges, as [`percent_decode`] does |
//! | 3.2 | an empty `Host` stands for a target without an authority | refused, `Host`: `http` and `https` have no empty host (9110: 4.2.1, 4.2.2) | `GET / HTTP/1.1\r\nHost:\r\n\r\n` | none: there is no request that it is right for |
//! | 3.2.2 | `Host` is ignored beside an absolute-form | refused unless both name the same, `HostMismatch`: who looks at the other one serves another site, or stores this one in its place | `GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n` | none: whom a request is for is never guessed |
//! | 3.2.2 | an absolute-form may have any scheme | refused but for `http` and `https`, `TargetForm`: of another one host, port and path are not known | `GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n` | none: [`Target`] has no parts for it |
//! | 9110: 7.2 | a registered name may hold commas | refused, `Host`: several `Host` in one line look like that | `GET / HTTP/1.1\r\nHost: a,b\r\n\r\n` | none: no name in use has one |
//! | 9110: 7.2 | a port is any number of digits | refused above 65535, `Host`: there is no such port | `GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n` | none: it leads nowhere |
//! | 4 | a space follows the code also where no reason does | may lack: servers leave it out | `HTTP/1.1 200\r\n\r\n` | none: it is read in one way only |
//! | 9110: 15 | a code above 599 SHOULD be read as a 5xx | refused, `StatusLine`: what is no code of HTTP is mostly no HTTP | `HTTP/1.1 600 A\r\n\r\n` | `any_code` |
//! | 5.1 | proxies remove white space before the colon of a response | refused, `SpaceBeforeColon`, as in requests: neighbours differ in what such a field is | `HTTP/1.1 200 OK\r\nA : b\r\n\r\n` | `space_before_colon`, on in [`Config::CLIENT_RESPONSE`] |
//! | 5.2 | user agents read a fold of a response as spaces | refused, `ObsFold`, as in requests: neighbours differ in where such a field ends | `HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n` | `obs_fold`, on in [`Config::CLIENT_RESPONSE`] |
//! | 9110: 5.6.1.2 | empty elements of lists are ignored | refused in `Transfer-Encoding`, `TransferEncoding`: neighbours differ in whether it is chunked then | `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n` | none: what frames is never mended |
//! | 9110: 7.6.1 | `Connection` lists tokens | other elements are passed over: they name no field and no option | `GET / HTTP/1.1\r\nHost: a\r\nConnection: ,a b,\r\n\r\n` | none: nothing depends on them |
//! | 6.1 | beside `Transfer-Encoding` a server may ignore `Content-Length`, and close | refused, `TransferEncodingAndContentLength`: it is how requests are smuggled | `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n` | none: what frames is never mended |
//! | 6.3 | a response whose last coding is `chunked` ends with its chunks, whatever other coding is within them | refused, `TransferCodingUnknown`: no coding but `chunked` is taken off here, and [`BodyLength`] has no word for what would be left | `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n` | none: who asks for no other coding by `TE` (7.4) is sent none |
//! | 6.3 | the same length more than once may count once | refused in requests, `ContentLengthRepeated`: neighbours differ; in responses it counts once | `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n` | none: what frames is never mended |
//! | 9110: 9.3.6 | content of a CONNECT request has no meaning, and no way is named to tell it from the tunnel | any length and any coding is refused, `ConnectContent`, a length of 0 too: neighbours differ in where the tunnel begins | `CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\n` | none: what frames is never mended |
//! | 9110: 6.5.1 | fields that can't be trailers are kept apart from those of the head | refused where they frame or route, `TrailerForbidden`: neighbours may merge them | `Content-Length: 5\r\n\r\n` | none: what frames is never mended |
//!
//! # How dispatch works
//!
//! Scanning is written for each width of vectors, the grammar once for all.
//! The level is chosen at run time once a call, never once a token: the whole
//! parse is compiled for each level, and the scanners inline into it.
//!
//! ```text
//!  Config::parse_request
//!        |
//!        |   min(Config::at_most, Level::detect())      once a call
//!        v
//!   +---------+---------+---------+---------+---------+
//!   | Scalar  |  Swar   |  Sse42  |  Avx2   | Avx512  |  the same grammar, compiled
//!   +---------+---------+---------+---------+---------+  once for each level
//!        |         |         |         |         |
//!    octet by   8 at a    16 at a   32 at a   64 at a    where do lines and octet
//!     octet      time      time      time      time      classes end?
//! ```
//!
//! [`Level::detect`] asks the processor itself and needs no `std`. On little-endian
//! AArch64 with NEON the best level is always `Neon`, in WebAssembly `Simd128` if it is compiled with
//! `-C target-feature=+simd128`: 16 octets at a time. Elsewhere the levels are `Scalar` and
//! `Swar`. All levels give the same results, errors
//! and offsets; [`Config::at_most`] lowers the level and can't raise it, and
//! [`Config::detected`] looks it up once for all calls.
//!
//! A head that is there as a whole, the usual case, is not scanned from the left to
//! the right: where all its lines end is found first, in blocks of 64 octets, and
//! so nothing waits for what is in the line before.
//!
//! Where figures are wanted: the repository's benchmarks `head`, `resume` and
//! `chunked` (package `benches`) time this crate beside other parsers, after
//! asserting that all give the same answer.
//!
//! # Resuming
//!
//! When a head is incomplete, keep three things: its octets, the [`Resume`], and
//! the slots. Give all of them again when more octets stand behind the first
//! ones. What was scanned is not scanned again, so that a head costs about the
//! same in one piece and in a hundred (benchmark `resume`).
//!
//! ```
//! use rajada_parser::{Config, Positions, Resume, Status};
//!
//! let pieces = [&b"GET / HT"[..], b"TP/1.1\r\nHo", b"st: a\r\n", b"\r\n"];
//! let (mut octets, mut at, mut slots) = (Vec::new(), Resume::new(), Positions::<8>::new());
//! let mut length = None;
//! for piece in pieces {
//!     assert_eq!(length, None);
//!     octets.extend_from_slice(piece);
//!     if let Status::Complete(_, taken) = Config::STRICT.parse_request(&octets, &mut at, &mut slots)? {
//!         length = Some(taken);
//!     }
//! }
//! assert_eq!(length, Some(27));
//! # Ok::<(), rajada_parser::Error>(())
//! ```
//!
//! [`ChunkedDecoder`] keeps no octets: give it each octet once.
//!
//! # Embedding
//!
//! Nothing here allocates, and nothing that is kept between calls has a lifetime.
//! A view ([`Request`], [`Fields`]) borrows octets and slots while you look at
//! it; what you want to keep is positions, which are plain numbers:
//!
//! ```
//! use rajada_parser::{Config, FieldPosition, Fields, Positions, Resume};
//! use std::ops::Range;
//!
//! /// A head in its own buffer.
//! struct Owned {
//!     octets: Box<[u8]>,
//!     target: Range<usize>,
//!     fields: Box<[FieldPosition]>,
//! }
//!
//! let (mut at, mut slots) = (Resume::new(), Positions::<16>::new());
//! let octets = b"GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n";
//! let status = Config::STRICT.parse_request(octets, &mut at, &mut slots)?;
//! let (request, _) = status.complete().expect("a whole head");
//! let owned = Owned {
//!     octets: request.octets().into(),
//!     target: request.target_position(),
//!     fields: request.fields().positions().into(),
//! };
//!
//! // Later, without parsing again:
//! assert_eq!(&owned.octets[owned.target], b"/a");
//! let fields = Fields::new(&owned.octets, &owned.fields);
//! assert_eq!(fields.get("host"), Some(&b"example.org"[..]));
//! # Ok::<(), rajada_parser::Error>(())
//! ```
//!
//! Positions and [`Resume`] are hints: with octets that have changed they give
//! wrong parts, and never a panic or a read outside of the octets.
//!
//! Without an operating system nothing changes: the crate is `no_std` and has no
//! `alloc`, `Positions<N>` may be a `static` or stand on the stack (16 octets a
//! field), a parse takes some 2.5 KiB of stack (on x86-64; at [`Level::Scalar`] less
//! than 1 KiB), and limits are set to what the device has room for:
//!
//! ```
//! use rajada_parser::{Config, Limits};
//!
//! const SMALL: Config = Config::STRICT.with_limits(Limits {
//!     request_line: 256,
//!     head: 1024,
//!     fields: 16,
//!     ..Limits::DEFAULT
//! });
//! assert_eq!(SMALL.limits().head, 1024);
//! ```

#![no_std]
#![deny(unsafe_code)]

#[cfg(test)]
extern crate std;

mod chunked;
mod config;
pub mod date;
pub mod encode;
mod error;
mod field_name;
mod fields;
mod framing;
mod head;
mod leniency;
pub mod list;
mod request;
mod response;
mod resume;
#[allow(unsafe_code)]
mod scan;
mod status;
mod target;
mod unfold;

pub use chunked::{Chunk, ChunkedDecoder, Decoded};
pub use config::{Config, Limits};
pub use error::{Error, ErrorKind};
pub use field_name::FieldName;
pub use fields::{Field, FieldIter, Fields, GetAll};
pub use framing::{Authority, BodyLength, Framing};
pub use head::burst::ParsedRequests;
pub use head::pull;
pub use head::text::{FieldText, RequestText, ResponseText};
pub use leniency::Leniency;
pub use request::Request;
pub use response::Response;
pub use resume::Resume;
#[cfg(rajada_pcmpestri)]
#[doc(hidden)]
pub use scan::pcmpestri;
pub use scan::slots::{BorrowedPositions, FieldPosition, Positions, Slots};
pub use scan::text::TextSlots;
pub use scan::{Level, UnknownLevel};
pub use status::{Status, Version};
pub use target::{
    Form, InvalidPercentEncoding, Query, QueryPair, Target, percent_decode, percent_decode_in_place,
};
pub use unfold::{Unfolded, unfold};
