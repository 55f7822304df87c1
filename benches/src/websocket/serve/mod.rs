//! The servers of this program.

mod null;
mod rajada;

pub(super) use rajada::{BACKLOG, future_size};

use super::options::Serve;

/// Serves until it is killed.
pub(super) fn serve(serve: &Serve) -> Result<(), String> {
    let served = match serve.name.as_str() {
        "rajada" => rajada::serve(serve.address, false),
        "rajada-recv" => rajada::serve(serve.address, true),
        "null" => null::serve(serve.address, serve.size, serve.depth),
        name => return Err(format!("serve {name}: nobody")),
    };
    served.map_err(|error| error.to_string())
}
