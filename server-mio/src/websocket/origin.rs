//! Who may open a socket from a page of a browser.

use rajada_parser::Authority;

use crate::Request;

/// The sites whose pages may open sockets (RFC 6455 section 10.2).
#[derive(Debug, Clone)]
pub(super) enum Origins {
    /// Those of the host that is asked.
    Same,
    /// These as well.
    Of(Vec<String>),
    Any,
}

impl Origins {
    /// Whether this request may: what is no browser sends no `Origin`.
    pub(super) fn allow(&self, request: &Request<'_>) -> bool {
        if matches!(self, Origins::Any) {
            return true;
        }
        let mut origins = request.header_all("origin");
        let Some(origin) = origins.next() else { return true };
        if origins.next().is_some() {
            return false;
        }
        let listed = match self {
            Origins::Of(listed) => &listed[..],
            _ => &[],
        };
        listed.iter().any(|other| other.as_bytes().eq_ignore_ascii_case(origin))
            || is_same(origin, request)
    }
}

/// Whether an origin (RFC 6454 section 6.2) is the host that is asked. The scheme is not compared: behind a proxy that ends TLS
/// it is not known here.
fn is_same(origin: &[u8], request: &Request<'_>) -> bool {
    let (usual, authority) =
        match (origin.strip_prefix(b"http://"), origin.strip_prefix(b"https://")) {
            (Some(rest), _) => (80, rest),
            (_, Some(rest)) => (443, rest),
            _ => return false,
        };
    let (Some(authority), Some(host)) = (Authority::parse(authority), request.host()) else {
        return false;
    };
    let port = |port: Option<u16>| port.unwrap_or(usual);
    authority.host().eq_ignore_ascii_case(host.as_bytes())
        && port(authority.port()) == port(request.port())
}
