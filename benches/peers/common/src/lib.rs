//! What the servers have in common: their command line and their answer.

/// What `GET /` is answered with.
pub const GREETING: &str = "Hello world!";

/// The value of `--listen`, or an address that is the same for all.
pub fn address() -> String {
    let mut arguments = std::env::args();
    while let Some(argument) = arguments.next() {
        if argument == "--listen" {
            return arguments.next().expect("--listen has a value");
        }
    }
    "127.0.0.1:8080".into()
}

/// Whether this option was given.
pub fn given(option: &str) -> bool {
    std::env::args().any(|argument| argument == option)
}
