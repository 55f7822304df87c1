use rajada_mio::App;
use std::cell::RefCell;

fn main() {
    App::new().state(RefCell::new(0));
}
