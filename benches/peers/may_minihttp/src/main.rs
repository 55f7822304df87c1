//! may_minihttp: its server, one worker, no work stealing to others.

use std::io;

use may_minihttp::{HttpService, HttpServiceFactory, Request, Response};

struct Hello;

impl HttpService for Hello {
    fn call(&mut self, request: Request, response: &mut Response) -> io::Result<()> {
        match request.path() {
            "/" => {
                response.header("Content-Type: text/plain");
                response.body(peer_common::GREETING);
            }
            _ => {
                response.status_code(404, "Not Found");
            }
        }
        Ok(())
    }
}

struct Hellos;

impl HttpServiceFactory for Hellos {
    type Service = Hello;

    fn new_service(&self, _: usize) -> Hello {
        Hello
    }
}

fn main() {
    may::config().set_workers(1);
    Hellos
        .start(peer_common::address())
        .expect("the address is free")
        .join()
        .expect("the server runs");
}
