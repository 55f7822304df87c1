//! Takes samples like the program `head` of `benches`, as a program that knows of no other setting than Cargo's own: without link-time
//! optimisation, with as many codegen units as there are by default. `benches/src/head/builds.rs` also builds it in other ways, for httparse.
//!
//! What it measures and with what is the code of `benches`, compiled here.
#![allow(dead_code, reason = "benches uses more of these modules")]

#[path = "../../src/contest.rs"]
mod contest;
#[cfg_attr(feature = "facade", path = "facade.rs")]
#[cfg_attr(not(feature = "facade"), path = "parsers.rs")]
mod contestants;
#[path = "../../src/corpus/mod.rs"]
mod corpus;
#[path = "../../src/machine.rs"]
mod machine;
#[path = "../../src/naive.rs"]
mod naive;
#[path = "../../src/rajada.rs"]
mod rajada;
#[path = "../../src/head/worker/mod.rs"]
mod worker;

use std::process::ExitCode;

/// Room for so many fields, for every contestant alike.
const SLOTS: usize = 64;

/// Arguments are the contestants that are wanted.
fn main() -> ExitCode {
    let mut contestants = contestants::contestants();
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    contestants.retain(|contestant| wanted.iter().any(|name| name == contestant.name()));
    match worker::serve(contestants.into_iter().map(worker::Entry::new).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            eprintln!("foreign: {complaint}");
            ExitCode::FAILURE
        }
    }
}
