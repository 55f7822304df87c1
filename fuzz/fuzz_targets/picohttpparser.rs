//! The C ABI of Rajada against picohttpparser's C: heads of requests and responses, fields, and chunked content, in pieces. All that is
//! returned and written has to be equal, also where a head is incomplete or wrong; what may differ stands in `picohttpparser.md`.
//!
//! The input's first octet tells what the octets are, the second and third what is given with them, and the fourth to seventh how they are
//! cut; the octets follow.
//!
//! picohttpparser's C is no part of this project: `PICOHTTPPARSER` names a folder that it is in when the target is built (see
//! `benches/tests/profiles`). Without it the target says so, and ends.
#![no_main]

#[cfg_attr(picohttpparser, path = "picohttpparser/compared.rs")]
#[cfg_attr(not(picohttpparser), path = "picohttpparser/alone.rs")]
mod compared;
