//! The native C interface: `parser/capi/include/rajada.h`, which says what each function
//! does for whoever calls it from C. Here is how it is done, one file an idea.
//!
//! | file | what |
//! |---|---|
//! | `outcome.rs` | what functions return |
//! | `config.rs`, `level.rs` | what is accepted, and by which instruction set |
//! | `request.rs`, `response.rs`, `section.rs` | heads, trailers and other fields |
//! | `burst.rs` | all requests of a buffer in one call |
//! | `framing.rs` | what follows a head |
//! | `chunked.rs` | chunked content |
//! | `find.rs` | a field by its name |
//! | `error.rs` | kinds of errors with their numbers and texts |
//! | `input.rs`, `raw.rs`, `kept.rs`, `resume.rs` | what passes the boundary, and how |
//!
//! # Pointers
//!
//! What each function demands of its pointers, and says no more of:
//!
//! - One to octets or to an array is followed by a number: so many can be read, or
//!   written where it is not `const`. With the number 0 it may be NULL.
//! - One to a single object is that of a live one, or NULL. NULL means what the header
//!   says, and [`RAJADA_MISUSE`] where it says nothing.
//! - [`Config`], [`Resume`] and [`Chunked`] were begun by their functions; a [`Resume`]
//!   may be all zero instead. Nobody but this library writes what they hold. A
//!   [`Resume`] that is not fresh comes with the array of fields that it was made with.
//! - Nothing else reads or writes during the call what is written by it, and no two
//!   arguments overlap.
//!
//! What is not a promise is checked: NULL, alignment, lengths of more than half the
//! address space, numbers that stand for nothing. Memory that a function is to write
//! need not be initialised.
//!
//! No function allocates, blocks, unwinds or keeps a pointer. The parser does not panic,
//! whatever octets it is given; a panic would end the process at the boundary.

mod burst;
mod chunked;
mod config;
mod error;
mod find;
mod framing;
mod input;
mod kept;
mod level;
mod outcome;
mod raw;
mod request;
mod response;
mod resume;
mod section;
mod version;

pub use burst::{Burst, rajada_parse_requests};
pub use chunked::{
    Chunk, Chunked, Decoded, rajada_chunked_content, rajada_chunked_decode,
    rajada_chunked_decode_in_place, rajada_chunked_init, rajada_chunked_remaining,
};
pub use config::{
    Config, RAJADA_ALLOW_ANY_CODE, RAJADA_ALLOW_BARE_LF, RAJADA_ALLOW_EMPTY_LINES,
    RAJADA_ALLOW_OBS_FOLD, RAJADA_ALLOW_SPACE_BEFORE_COLON, RAJADA_ALLOW_SPACES,
    RAJADA_ALLOW_TARGET_OCTETS, RAJADA_LIMIT_CHUNK_EXTENSIONS, RAJADA_LIMIT_CHUNK_EXTENSIONS_TOTAL,
    RAJADA_LIMIT_CHUNK_OVERHEAD, RAJADA_LIMIT_FIELDS, RAJADA_LIMIT_HEAD, RAJADA_LIMIT_METHOD,
    RAJADA_LIMIT_REQUEST_LINE, RAJADA_LIMIT_TRAILERS, RAJADA_PROFILE_CLIENT_RESPONSE,
    RAJADA_PROFILE_HTTPARSE_REQUEST, RAJADA_PROFILE_HTTPARSE_RESPONSE,
    RAJADA_PROFILE_PICOHTTPPARSER_REQUEST, RAJADA_PROFILE_PICOHTTPPARSER_RESPONSE,
    RAJADA_PROFILE_STRICT, rajada_config_allow, rajada_config_allowed, rajada_config_init,
    rajada_config_limit, rajada_config_set_limit,
};
pub use error::{Error, kind_number, rajada_error_message};
pub use find::rajada_find_field;
pub use framing::{
    Framing, RAJADA_BODY_CHUNKED, RAJADA_BODY_EXACT, RAJADA_BODY_NONE, RAJADA_BODY_UNTIL_CLOSE,
};
pub use level::{
    RAJADA_LEVEL_AVX2, RAJADA_LEVEL_AVX512, RAJADA_LEVEL_NEON, RAJADA_LEVEL_SCALAR,
    RAJADA_LEVEL_SIMD128, RAJADA_LEVEL_SSE42, RAJADA_LEVEL_SWAR, rajada_config_at_most,
    rajada_level_name,
};
pub use outcome::{
    RAJADA_COMPLETE, RAJADA_DATA, RAJADA_ERROR, RAJADA_FULL, RAJADA_INCOMPLETE, RAJADA_MISUSE,
};
pub use rajada_parser::FieldPosition;
pub use request::{Request, rajada_parse_request};
pub use response::{Response, rajada_parse_response};
pub use resume::{Resume, rajada_resume_init};
pub use section::{Section, rajada_parse_fields, rajada_parse_trailers};
pub use version::{RAJADA_ABI_VERSION, rajada_abi_version, rajada_version};
