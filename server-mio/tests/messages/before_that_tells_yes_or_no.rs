use rajada_mio::{App, Request, Response};

fn main() {
    App::new().before(|req: &mut Request, _: &mut Response| req.header("authorization").is_some());
}
