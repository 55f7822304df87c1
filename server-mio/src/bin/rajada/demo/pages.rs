//! The pages, with what they are made of. Nothing of them is from elsewhere, and nothing is inline.

use rajada_mio::{ContentType, Html, IntoResponse, Request, Scope};

use super::files;

/// What a page may do: run and look as our own files say, and talk to us.
const POLICY: &str = "default-src 'none'; connect-src 'self'; img-src 'self'; script-src 'self'; style-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Adds the routes.
pub(super) fn add(scope: Scope) -> Scope {
    scope
        .get("/", |req: &Request<'_>| {
            page(with_host(req, &INDEX.replace("<!-- files -->", files::FORM)))
        })
        .get("/live", |req: &Request<'_>| page(with_host(req, include_str!("pages/live.html"))))
        .get("/chat", |req: &Request<'_>| page(with_host(req, include_str!("pages/chat.html"))))
        .get("/chat.js", |_: &Request<'_>| (ContentType::JAVASCRIPT, include_str!("pages/chat.js")))
        .get("/upload", |req: &Request<'_>| page(with_host(req, include_str!("pages/upload.html"))))
        .get("/style.css", |_: &Request<'_>| (ContentType::CSS, include_str!("pages/style.css")))
        .get("/icon.svg", |_: &Request<'_>| (ContentType::SVG, include_str!("pages/icon.svg")))
        .get("/live.js", |_: &Request<'_>| (ContentType::JAVASCRIPT, include_str!("pages/live.js")))
        .get("/upload.js", |_: &Request<'_>| {
            (ContentType::JAVASCRIPT, include_str!("pages/upload.js"))
        })
}

const INDEX: &str = include_str!("pages/index.html");

/// A page that does what [`POLICY`] allows.
pub(super) fn page(text: String) -> impl IntoResponse {
    let headers = [
        ("Content-Security-Policy", POLICY),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ];
    (headers, Html(text))
}

/// A page that has commands for a shell, with the host that the client has named.
fn with_host(req: &Request<'_>, page: &str) -> String {
    let (name, port) = match (req.host(), req.port()) {
        (Some(name), port) if is_plain(name) => (name, port.unwrap_or(80)),
        _ => ("127.0.0.1", 8080),
    };
    // nc takes an IPv6 address without its brackets.
    let address = format!("{} {port}", name.trim_matches(['[', ']']));
    page.replace("HOST", &format!("{name}:{port}")).replace("NAME PORT", &address)
}

/// Whether a name means nothing but itself to a shell and in a page. (A host may have `$(...)` in it, RFC 3986 section
/// 3.2.2.)
fn is_plain(name: &str) -> bool {
    name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._:[]".contains(&octet))
}
