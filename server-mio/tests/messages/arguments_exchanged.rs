use rajada_mio::{App, Request, Response};

fn hello(res: &mut Response<'_>, _: &Request<'_>) {
    res.text("hello");
}

fn main() {
    App::new().get("/", hello);
}
