//! What is wrong with a message.

use core::ffi::{CStr, c_char};

use rajada_parser::ErrorKind;

/// `rajada_error`: what is wrong, where, and which status code it deserves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Error {
    /// Where, in octets: see [`rajada_parser::Error::offset`].
    pub offset: usize,
    /// What: `RAJADA_ERROR_*`.
    pub kind: i32,
    /// The status code of the response that the message deserves.
    pub status: u16,
    /// 0.
    pub reserved: u16,
}

impl From<rajada_parser::Error> for Error {
    fn from(error: rajada_parser::Error) -> Error {
        Error {
            offset: error.offset(),
            kind: kind_number(error.kind()),
            status: error.status(),
            reserved: 0,
        }
    }
}

/// What a kind says, with NUL behind it; of a number that stands for none, that it does.
#[unsafe(no_mangle)]
pub extern "C" fn rajada_error_message(kind: i32) -> *const c_char {
    text(kind).as_ptr()
}

/// Declares the kinds with their numbers and texts, in one place.
macro_rules! kinds {
    ($($kind:ident = $number:literal, $text:literal;)*) => {
        /// The number of a kind, `RAJADA_ERROR_*`: it never changes. 0 of one that this
        /// crate does not know.
        pub const fn kind_number(kind: ErrorKind) -> i32 {
            match kind {
                $(ErrorKind::$kind => $number,)*
                _ => 0,
            }
        }

        const fn text(kind: i32) -> &'static CStr {
            match kind {
                $($number => $text,)*
                _ => c"unknown error",
            }
        }
    };
}

kinds! {
    EmptyLines = 1, c"more than one empty line before the start line";
    Method = 2, c"an octet that can't be in a method";
    MethodTooLong = 3, c"a method longer than any known one";
    TargetEmpty = 4, c"no request target";
    Target = 5, c"an octet that can't be in a request target";
    TargetTooLong = 6, c"a request line over the limit";
    TargetForm = 7, c"a request target in a form that the method does not take";
    VersionMissing = 8, c"no HTTP version in the request line";
    Version = 9, c"no HTTP version behind the target";
    VersionUnsupported = 10, c"a major version other than 1";
    StatusLine = 11, c"no status line";
    Reason = 12, c"a control octet in the reason phrase";
    BareLf = 13, c"LF without CR before it";
    BareCr = 14, c"CR without LF behind it";
    SpaceBeforeFields = 15, c"white space before the first field";
    ObsFold = 16, c"a folded field line";
    FieldNameEmpty = 17, c"a field without a name";
    FieldName = 18, c"an octet that can't be in a field name";
    SpaceBeforeColon = 19, c"white space behind a field name";
    ColonMissing = 20, c"a field line without a colon";
    FieldValue = 21, c"a control octet in a field value";
    HeadTooLarge = 22, c"a head over the limit";
    TooManyFields = 23, c"more fields than the limit";
    HostMissing = 24, c"no Host field";
    HostRepeated = 25, c"more than one Host field";
    Host = 26, c"no host and port in the Host field";
    HostMismatch = 27, c"a Host field that differs from the target's authority";
    TransferEncodingVersion = 28, c"Transfer-Encoding in HTTP/1.0";
    TransferEncodingAndContentLength = 29, c"Transfer-Encoding beside Content-Length";
    TransferEncoding = 30, c"a Transfer-Encoding that does not end in one chunked";
    TransferCodingUnknown = 31, c"an unknown transfer coding";
    ConnectContent = 32, c"a length or a coding in a request by CONNECT";
    ContentLength = 33, c"a Content-Length that is not a number";
    ContentLengthRepeated = 34, c"more than one Content-Length";
    ContentLengthOverflow = 35, c"a Content-Length over 64 bits";
    Expectation = 36, c"an unknown expectation";
    ChunkSize = 37, c"an octet that can't be in a chunk size";
    ChunkSizeOverflow = 38, c"a chunk size of more than 16 digits";
    ChunkExtension = 39, c"a malformed chunk extension";
    ChunkExtensionTooLong = 40, c"chunk extensions over the limit";
    ChunkEnd = 41, c"chunk data that is not of its size";
    ChunkOverhead = 42, c"more chunk framing than content";
    TrailersTooLarge = 43, c"a trailer section over the limit";
    TrailerForbidden = 44, c"a field that can't be a trailer";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_kind_has_a_number_of_its_own_and_its_text() {
        let mut numbers = BTreeSet::new();
        for &kind in ErrorKind::ALL {
            let number = kind_number(kind);
            assert!(number > 0 && numbers.insert(number), "{kind:?}: {number}");
            assert_eq!(text(number).to_str(), Ok(&*kind.to_string()), "{kind:?}");
        }
        assert!(!numbers.contains(&(numbers.len() as i32 + 1)), "no number is left out");
    }
}
