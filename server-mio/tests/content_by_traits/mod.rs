//! An application that takes content by the traits of other crates and part by part, and a burst for it.

use std::future::poll_fn;
use std::pin::pin;

use futures_core::Stream;
use rajada_mio::{App, ContentStream, Endpoint, Error, Multipart, OwnedRequest, Request};
use tokio::io::{AsyncBufReadExt, AsyncReadExt};

const PLAIN: &str = "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n";

/// Handlers whose content has this window.
pub(crate) fn app(window: usize) -> App {
    App::new()
        .get("/plain", |_: &Request<'_>| "plain")
        .put("/stream", Endpoint::new(by_stream).content_window(window))
        .put("/read", Endpoint::new(by_read).content_window(window))
        .put("/form", Endpoint::new(by_part).content_window(window))
}

async fn by_stream(_: OwnedRequest, content: ContentStream) -> Result<Vec<u8>, Error> {
    let (mut content, mut all) = (pin!(content), Vec::new());
    while let Some(piece) = poll_fn(|cx| Stream::poll_next(content.as_mut(), cx)).await {
        all.extend_from_slice(&piece?);
    }
    Ok(all)
}

/// A line, and then the rest of it.
async fn by_read(_: OwnedRequest, mut content: ContentStream) -> Result<Vec<u8>, Error> {
    let mut all = Vec::new();
    content.read_until(b'\n', &mut all).await?;
    content.read_to_end(&mut all).await?;
    Ok(all)
}

async fn by_part(req: OwnedRequest, content: ContentStream) -> Result<String, Error> {
    let mut form = Multipart::new(&req, content)?;
    let mut told = String::new();
    while let Some(part) = form.next_part().await {
        let mut part = part?;
        let content = part.text(usize::MAX).await?;
        told += &format!("{}={content};", part.name);
    }
    Ok(told)
}

/// Requests of all of them with plain ones between, and what the answers have. With `chunk` content is in chunks of so many
/// octets.
pub(crate) fn burst(length: usize, chunk: usize) -> (Vec<u8>, Vec<String>) {
    let text: String = (0..length).map(|at| if at % 50 == 49 { '\n' } else { 'x' }).collect();
    let form = format!(
        "--b\r\nContent-Disposition: form-data; name=\"first\"\r\n\r\n{text}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"last\"\r\n\r\n\r\n--b--\r\n"
    );
    let parts = format!("first={text};last=;");
    let mut octets = PLAIN.as_bytes().to_vec();
    let mut expected = vec!["plain".to_owned()];
    for (target, content, told) in
        [("/stream", &text, &text), ("/read", &text, &text), ("/form", &form, &parts)]
    {
        octets.extend_from_slice(&request(target, content, chunk));
        octets.extend_from_slice(PLAIN.as_bytes());
        expected.extend([told.clone(), "plain".to_owned()]);
    }
    (octets, expected)
}

fn request(target: &str, content: &str, chunk: usize) -> Vec<u8> {
    let form = "Content-Type: multipart/form-data; boundary=b\r\n";
    let mut octets = format!("PUT {target} HTTP/1.1\r\nHost: a\r\n{form}");
    if chunk == 0 {
        octets += &format!("Content-Length: {}\r\n\r\n{content}", content.len());
        return octets.into_bytes();
    }
    octets += "Transfer-Encoding: chunked\r\n\r\n";
    let mut octets = octets.into_bytes();
    for piece in content.as_bytes().chunks(chunk) {
        octets.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        octets.extend_from_slice(piece);
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(b"0\r\n\r\n");
    octets
}
