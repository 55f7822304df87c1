use rajada_mio::{App, OwnedRequest};

fn main() {
    App::new().before(async |req: &mut OwnedRequest| req.header("authorization").is_some());
}
