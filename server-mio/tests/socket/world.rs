//! What applications of these tests are made of here: handlers that the server calls itself.

pub(crate) use rajada_mio::{App, ContentStream, Endpoint, Handler, Shape};

/// Whether a service of tower is between the server and a handler.
pub(crate) const IS_MOUNTED: bool = false;
