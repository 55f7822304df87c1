//! Where a server listens, and whom it lets listen beside it.

use std::io::{self, ErrorKind};

use rajada_mio::{App, Exit, Request};

use crate::begin::begin_on;
use crate::client::Client;
use crate::serving::serve;

fn app(workers: usize) -> App {
    App::new().workers(workers).get("/", |_: &Request<'_>| "here")
}

/// That no server begins there: why.
fn refusal(app: App, address: &str) -> io::Error {
    match begin_on(app, address) {
        Err(error) => error,
        Ok((address, handle, _)) => {
            handle.cut();
            panic!("a server listens on {address}");
        }
    }
}

#[test]
fn a_second_server_on_a_port_is_an_error_whatever_their_numbers_of_workers() {
    for (ours, theirs) in [(1, 1), (1, 2), (2, 1), (2, 2), (4, 3)] {
        let serving = serve(app(ours));
        let address = serving.address.to_string();
        let error = refusal(app(theirs), &address);
        assert_eq!(error.kind(), ErrorKind::AddrInUse, "{ours} and {theirs} workers");
        let text = error.to_string();
        assert!(text.starts_with(&format!("{address} can't be listened on: ")), "{text}");
        let error = app(theirs).run(serving.address).unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::AddrInUse, text));
        // The first one has not lost anything by that.
        for _ in 0..8 {
            assert_eq!(serving.client().get("/").text(), "here");
        }
        serving.handle.shut_down();
        assert_eq!(serving.join(), Exit::Clean);
        let (address, handle, thread) = begin_on(app(theirs), address).unwrap();
        assert_eq!(Client::connect(address).get("/").text(), "here");
        handle.shut_down();
        assert_eq!(thread.join().unwrap().unwrap(), Exit::Clean);
    }
}

#[test]
fn what_can_t_be_listened_on_is_named_with_what_the_system_said() {
    // Addresses for documentation (RFC 5737, RFC 3849): no interface has them.
    for address in ["192.0.2.1:80", "[2001:db8::1]:80", "203.0.113.7:0"] {
        for workers in [1, 2] {
            let error = refusal(app(workers), address);
            let text = error.to_string();
            assert!(text.starts_with(&format!("{address} can't be listened on: ")), "{text}");
            let source = std::error::Error::source(&error).unwrap();
            let source: &io::Error = source.downcast_ref().unwrap();
            assert!(source.raw_os_error().is_some());
            assert_eq!(error.kind(), source.kind());
            assert!(text.ends_with(&source.to_string()), "{text}");
        }
    }
    for name in ["nonsense", "no-such-host.invalid:80", "127.0.0.1:65536"] {
        let text = refusal(app(1), name).to_string();
        assert!(text.starts_with("the address to listen on can't be found: "), "{text}");
    }
}
