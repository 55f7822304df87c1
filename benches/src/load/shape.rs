//! Requests that have a name.

/// The names, as `--shape` takes them.
pub const NAMES: [&str; 5] = ["root", "plaintext", "user", "ready", "echo"];

/// The octets of one request of this name.
pub fn octets(name: &str) -> Option<&'static [u8]> {
    Some(match name {
        "root" => b"GET / HTTP/1.1\r\nHost: 127.0.0.1:18080\r\n\r\n",
        "plaintext" => PLAINTEXT,
        "user" => b"GET /user/42 HTTP/1.1\r\nHost: 127.0.0.1:18080\r\n\r\n",
        "ready" => b"GET /ready HTTP/1.1\r\nHost: 127.0.0.1:18080\r\n\r\n",
        "echo" => ECHO,
        _ => return None,
    })
}

/// What a client sends that says a little about itself.
const PLAINTEXT: &[u8] = b"\
GET / HTTP/1.1\r\n\
Host: 127.0.0.1:18080\r\n\
Accept: text/plain,text/html;q=0.9,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.5\r\n\
Connection: keep-alive\r\n\
\r\n";

/// 64 octets of content.
const ECHO: &[u8] = b"\
POST /echo HTTP/1.1\r\n\
Host: 127.0.0.1:18080\r\n\
Content-Length: 64\r\n\
\r\n\
What comes in goes out again: sixty-four octets, neither changed";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_what_reports_say() {
        assert_eq!(octets("root").unwrap().len(), 41);
        assert_eq!(octets("plaintext").unwrap().len(), 161);
        let content = ECHO.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        assert_eq!(ECHO.len() - content, 64);
        assert!(NAMES.iter().all(|name| octets(name).is_some()));
        assert_eq!(octets("other"), None);
    }
}
