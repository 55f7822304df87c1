//! The binary `rajada` under a tracer, which sees its system calls and can make them fail.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use crate::program::{BINARY, Program, signal_process};

/// A running program, and whoever notes down its system calls.
pub(crate) struct Traced {
    pub(crate) program: Program,
    trace: Option<JoinHandle<String>>,
    server: u32,
}

impl Traced {
    /// Starts it with more arguments for the tracer, and for the program; `None`, with the reason told, where nothing can be
    /// traced.
    pub(crate) fn start(tracer: &[&str], program: &[&str]) -> Option<Traced> {
        let mut trial = Command::new("strace");
        trial.args(["-f", "-o", "/dev/null"]).args(tracer).arg("true");
        if !trial.output().is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: strace is not here, or may not trace");
            return None;
        }
        let mut program = Program::start(
            Command::new("strace")
                .args(["-f", "-qq", "-s", "4096", "-e", "signal=none"])
                .args(tracer)
                .args([BINARY, "--listen", "127.0.0.1:0"])
                .args(program)
                .stderr(Stdio::piped()),
        );
        let mut stderr = program.child.stderr.take().unwrap();
        let trace = std::thread::spawn(move || {
            let mut trace = String::new();
            stderr.read_to_string(&mut trace).unwrap();
            trace
        });
        // The tracer's child is the server; the tracer ends with it.
        let children = format!("/proc/{0}/task/{0}/children", program.child.id());
        let children = std::fs::read_to_string(children).unwrap();
        let server = children.split_whitespace().next().unwrap().parse().unwrap();
        Some(Traced { program, trace: Some(trace), server })
    }

    /// Ends the program and gives its system calls, a line each.
    pub(crate) fn finish(mut self) -> Vec<String> {
        signal_process(self.server, "-TERM");
        let trace = self.trace.take().unwrap().join().unwrap();
        trace.lines().map(str::to_owned).collect()
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        // A test has failed: without its tracer the server would go on.
        if self.trace.is_some() {
            signal_process(self.server, "-KILL");
        }
    }
}

/// The name of the call that a line is about.
pub(crate) fn call(line: &str) -> &str {
    line.rsplit("] ").next().unwrap().split('(').next().unwrap()
}
