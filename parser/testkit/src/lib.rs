//! The protocol rules that Rajada keeps are Markdown files in `parser/tests/cases/`: documentation and tests in one. This crate reads them and
//! runs their cases.
//!
//! # A chapter
//!
//! A file is a chapter. A second-level heading begins a rule, with an id of its own; a third-level heading below it begins a case. All other
//! text is for people.
//!
//! ````text
//! # Request line
//!
//! ## line-1: single spaces
//!
//! RFC 9112 section 3. Exactly one space stands between method, target and version.
//!
//! ### two after the method
//!
//! ```request
//! GET  / HTTP/1.1\r\n
//! Host: a\r\n
//! \r\n
//! ```
//!
//! ```expect
//! error TargetEmpty at 4, status 400
//! ```
//! ````
//!
//! The case's id is `line-1/two-after-the-method`. The rule's text names its source: an RFC and section, or the word "Policy" where Rajada
//! is stricter or the RFC leaves room.
//!
//! # Octets
//!
//! The block holds the octets that arrive: `request` those of a client, on a fresh connection, and `response GET` those that answer a `GET`.
//! With the word `eof` behind, the peer closes its side after them. A line's end is no octet; what is not plain text is escaped:
//!
//! | escape | octets |
//! |---|---|
//! | `\r` `\n` `\t` `\0` `\\` | CR, LF, HTAB, NUL, backslash |
//! | `\s` | a space where it would stand at a line's end |
//! | `\xFF` | the octet of these two hexadecimal digits |
//! | `\repeat(100){a}` | what stands in the braces, so many times; it may hold escapes |
//!
//! # Events
//!
//! The other block says what must come of them, in order:
//!
//! | line | meaning |
//! |---|---|
//! | `request GET / HTTP/1.1` | a head, its version the one that it is handled as |
//! | `response 200 HTTP/1.1 OK` | a head, with its reason if it has one |
//! | `field Host: a` | a field of this head; a case lists all fields of its heads, or none |
//! | `content 5`, `content chunked`, `content until close` | how the content ends; without such a line there is none |
//! | `expects 100-continue` | the client waits |
//! | `upgrade`, `tunnel` | what follows may be no HTTP |
//! | `close` | the connection does not persist |
//! | `data hello` | content, escaped like above; more than 100 octets, of any part, are counted: `(101 octets)` |
//! | `trailer Name: value` | a field of a trailer section |
//! | `end` | the message is complete |
//! | `incomplete` | the octets end within a message |
//! | `error Kind at 4, status 400` | the message is refused for that octet of it; `at content 4` counts from the content's first octet, `at trailers 4` from the trailer section's |
//! | `layers: parser pipeline` | first line only: who runs the case, of `parser`, `pipeline`, `server`; without it, all |
//! | `with: bare_lf spaces` | first line, or behind the layers: these leniencies are on; the parser alone runs the case, unless layers are named, and never the server |
//! | `answer 501 close` | for the server, or below the application that the chapter tells of: the status of an answer (`2xx`: any such), and that it closes then |
//! | `together 2 1` | for the pipeline and the server: so many requests are handed over, one after the other, before any of them is answered, and so many behind those |
//!
//! # Running
//!
//! A [`Layer`] turns octets into [`Event`]s; [`check`] feeds it a case whole, split in two at each place, and octet by octet.
//! [`ParserLayer`] is the layer of `rajada-parser` alone.

mod book;
mod event;
mod octets;
mod parser;
mod read;
mod run;

pub use book::{Answer, Book, Case, LayerName, Message, Rule};
pub use event::{Event, Place};
pub use octets::{escape, unescape};
pub use parser::ParserLayer;
pub use read::FormatError;
pub use run::{Failure, Layer, check};
