//! `POST /demo/upload`: what arrives is counted and summed, and thrown away.

use crc32fast::Hasher;
use rajada_mio::{ContentStream, Endpoint, Json, OwnedRequest, RequestError};
use serde_json::{Value, json};

use super::LARGEST;

/// The route has a limit of its own, above that of the server.
pub(super) fn upload() -> Endpoint {
    Endpoint::new(arrive).content_limit(LARGEST)
}

/// Tells the octets, and their CRC-32 as gzip has it (RFC 1952 section 8), in eight digits.
async fn arrive(_: OwnedRequest, mut content: ContentStream) -> Result<Json<Value>, RequestError> {
    let (mut octets, mut sum) = (0, Hasher::new());
    while let Some(piece) = content.next().await {
        let piece = piece?;
        octets += piece.len() as u64;
        sum.update(&piece);
    }
    Ok(Json(json!({ "octets": octets, "crc32": format!("{:08x}", sum.finalize()) })))
}
