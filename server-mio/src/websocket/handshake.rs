//! The opening handshake (RFC 6455 section 4.2).

use std::collections::HashSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rajada_parser::encode::is_token;
use rajada_parser::list;
use rajada_pipeline::websocket::{GUID, Handshake, Refusal};

use super::connection::{Connection, Handler};
use super::line::Line;
use super::packing::Packing;
use super::socket::WebSocket;
use super::terms::Terms;
use crate::driver::Upgrade;
use crate::{Body, Error, OwnedResponse, Request, Status};

/// Answers a request for a socket: with 101 if it is in order, and then `begin` is called with the socket.
pub(super) fn answer(
    terms: &Arc<Terms>,
    request: &Request<'_>,
    begin: impl FnOnce(WebSocket) -> Handler + 'static,
) -> OwnedResponse {
    let handshake =
        Handshake::of_parts(request.method().as_bytes(), request.version(), request.headers());
    let handshake = match handshake {
        Ok(Some(handshake)) => handshake,
        Ok(None) | Err(Refusal::Version) => return upgrade_required(),
        Err(refusal) => return refuse(Status::BAD_REQUEST, refusal.to_string()),
    };
    if !terms.origins.allow(request) {
        return refuse(Status::FORBIDDEN, "a page of another site".into());
    }
    let Some(protocol) = select(terms, request) else {
        return refuse(Status::BAD_REQUEST, "the subprotocols of WebSocket are malformed".into());
    };
    let Ok((extensions, packing)) = Packing::agree(terms, handshake.extensions()) else {
        return refuse(Status::BAD_REQUEST, "the extensions of WebSocket are malformed".into());
    };
    let spoken = terms.clone();
    let upgrade = Upgrade::new(move |bell| {
        let line = Line::new(spoken, bell, protocol, &packing);
        let handler = begin(WebSocket::new(line.clone()));
        Box::new(Connection::new(packing, line, handler))
    });
    let mut answer = OwnedResponse::new(Status::SWITCHING_PROTOCOLS)
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Accept", accept(handshake.key()));
    if let Some(protocol) = protocol.and_then(|at| terms.protocols.get(at)) {
        answer.set_header("Sec-WebSocket-Protocol", *protocol);
    }
    if let Some(extensions) = extensions {
        answer.set_header("Sec-WebSocket-Extensions", extensions);
    }
    answer.set_content(Body::Upgrade(upgrade));
    answer
}

/// The answer to a key (RFC 6455 section 4.2.2).
fn accept(key: &[u8; 24]) -> String {
    let mut hash = sha1_smol::Sha1::from(key);
    hash.update(GUID.as_bytes());
    STANDARD.encode(hash.digest().bytes())
}

/// Which of those spoken here is the first of the offered subprotocols that is, if any. `None` for an offer that is malformed,
/// empty, or has one twice.
fn select(terms: &Terms, request: &Request<'_>) -> Option<Option<usize>> {
    let spoken = |offer: &[u8]| terms.protocols.iter().position(|it| it.as_bytes() == offer);
    let (mut offered, mut selected) = (HashSet::new(), None);
    for protocol in request.header_all("sec-websocket-protocol").flat_map(list::elements) {
        let protocol = protocol.ok().filter(|protocol| is_token(protocol))?;
        if !offered.insert(protocol) {
            return None;
        }
        selected = selected.or_else(|| spoken(protocol));
    }
    if offered.is_empty() && request.header("sec-websocket-protocol").is_some() {
        return None;
    }
    Some(selected)
}

fn refuse(status: Status, why: String) -> OwnedResponse {
    Error::message(status, why).into()
}

/// The answer to what is no handshake, or one of another version (RFC 6455 section 4.4, RFC 9110 section 15.5.22).
fn upgrade_required() -> OwnedResponse {
    OwnedResponse::new(Status::UPGRADE_REQUIRED)
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .text("this is a WebSocket of version 13")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_is_accepted_as_there() {
        assert_eq!(accept(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
