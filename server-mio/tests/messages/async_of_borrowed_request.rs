use rajada_mio::{App, Request};

async fn hello(req: &Request<'_>) -> String {
    req.path().to_owned()
}

fn main() {
    App::new().get("/", hello);
}
