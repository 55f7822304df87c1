//! Pages that the pipeline answers with, so that it shows whether content is left out.

use rajada_pipeline::{ErrorPage, Head, Settings};

/// The content of each page.
pub const CONTENT: &[u8] = b"refused\n";

const LINES: [&[u8]; 9] = [
    b"HTTP/1.1 400 Bad Request\r\n",
    b"HTTP/1.1 408 Request Timeout\r\n",
    b"HTTP/1.1 413 Content Too Large\r\n",
    b"HTTP/1.1 414 URI Too Long\r\n",
    b"HTTP/1.1 417 Expectation Failed\r\n",
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
    b"HTTP/1.1 501 Not Implemented\r\n",
    b"HTTP/1.1 503 Service Unavailable\r\n",
    b"HTTP/1.1 505 HTTP Version Not Supported\r\n",
];

/// The default settings, with a page for each status that the pipeline answers of itself.
pub fn settings() -> Settings {
    let pages =
        LINES.map(|line| ErrorPage { head: Head::new(line).expect("a head"), content: CONTENT });
    let pages: &'static [ErrorPage<'static>] = Box::leak(Box::new(pages));
    let mut settings = Settings::default();
    settings.pages = pages.into();
    settings
}
