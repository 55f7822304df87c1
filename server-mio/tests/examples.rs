//! Each example, over a real socket.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use rajada_mio::{App, Handle};

#[path = "../examples/async.rs"]
#[allow(dead_code)]
mod asynchronous;
#[path = "../examples/errors.rs"]
#[allow(dead_code)]
mod errors;
#[cfg(feature = "events")]
#[path = "../examples/events.rs"]
#[allow(dead_code)]
mod events;
#[path = "../examples/extend.rs"]
#[allow(dead_code)]
mod extend;
#[path = "../examples/hello.rs"]
#[allow(dead_code)]
mod hello;
#[path = "../examples/request.rs"]
#[allow(dead_code)]
mod request;
#[path = "../examples/response.rs"]
#[allow(dead_code)]
mod response;
#[path = "../examples/router.rs"]
#[allow(dead_code)]
mod router;
#[path = "../examples/template.rs"]
#[allow(dead_code)]
mod template;
#[path = "../examples/todo.rs"]
#[allow(dead_code)]
mod todo;
#[cfg(feature = "tokio")]
#[path = "../examples/tokio_client.rs"]
#[allow(dead_code)]
mod tokio_client;

/// An example that runs.
struct Running {
    address: SocketAddr,
    handle: Handle,
}

fn run(app: App) -> Running {
    let server = app.bind("127.0.0.1:0").unwrap();
    let (address, handle) = (server.local_address(), server.handle());
    std::thread::spawn(move || server.run().unwrap());
    Running { address, handle }
}

impl Running {
    /// Sends a request on a connection of its own; its answer as text, head and content.
    fn ask(&self, line: &str, headers: &str, content: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let length = if content.is_empty() {
            String::new()
        } else {
            format!("Content-Length: {}\r\n", content.len())
        };
        let head = format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}{length}\r\n"
        );
        stream.write_all([head, content.to_owned()].concat().as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asserts the status, and a part, of the answer to a request.
    fn answers(&self, line: &str, status: u16, part: &str) {
        self.answers_to(line, "", "", status, part);
    }

    fn answers_to(&self, line: &str, headers: &str, content: &str, status: u16, part: &str) {
        let answer = self.ask(line, headers, content);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {answer}");
        assert!(answer.contains(part), "{line}: {answer}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.cut();
    }
}

#[test]
fn hello() {
    run(hello::app()).answers("GET /", 200, "\r\n\r\nHello world!");
}

#[test]
fn asynchronous() {
    let running = run(asynchronous::app());
    running.answers("GET /", 200, "Hello at once!");
    running.answers("GET /sleep/20", 200, "slept for 20 ms");
    running.answers("GET /sleep/long", 400, "invalid digit");
    running.answers("GET /both", 200, "tea and toast");
    running.answers("GET /bounded", 504, "too late");
    running.answers("GET /file", 200, "\n");
}

#[test]
fn router() {
    let running = run(router::app());
    running.answers("GET /", 200, "\r\n\r\nGET");
    running.answers("PATCH /", 200, "\r\n\r\nPATCH");
    running.answers("DELETE /", 405, "Allow: GET, HEAD, PUT, PATCH, OPTIONS\r\n");
    running.answers("GET /user/me", 200, "it is you");
    running.answers("GET /user/7", 200, "\r\n\r\n7");
    running.answers("GET /user/7/posts/8", 200, "8 of 7");
    running.answers("GET /files/a/b", 200, "the file a/b");
    running.answers("BREW /any", 200, "BREW to any");
    running.answers("GET /api/v1/status", 200, "X-Api: 1\r\n");
    running.answers("GET /<b>", 404, "There is no /&lt;b>");
}

#[test]
fn request() {
    let running = run(request::app());
    let dump = running.ask("GET /dump?a=1&b=x%20y", "Cookie: theme=dark\r\n", "");
    for part in [
        "query: {\"a\": \"1\", \"b\": \"x y\"}",
        "host: Some(\"localhost\")",
        "theme=dark",
        "\"Host: localhost\"",
    ] {
        assert!(dump.contains(part), "{part}: {dump}");
    }
    running.answers_to("POST /text", "", "loud", 200, "LOUD");
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    running.answers_to(
        "POST /form",
        form,
        "name=Ada&likes=tea&likes=toast",
        200,
        "Ada likes tea, toast",
    );
    running.answers_to("POST /json", "", "{\"x\": 3, \"y\": 4}", 200, "\r\n\r\n5");
    running.answers_to("POST /json", "", "{\"x\": 3}", 400, "not the JSON expected");
}

#[test]
fn response() {
    let running = run(response::app());
    running.answers("GET /text", 200, "text/plain, in UTF-8");
    running.answers("GET /html", 200, "Content-Type: text/html; charset=utf-8\r\n");
    running.answers("GET /json", 200, "{\"x\":3,\"y\":4}");
    running.answers("GET /status", 202, "we shall see");
    running.answers("GET /nothing", 204, "\r\n\r\n");
    running.answers("GET /perhaps/this", 200, "here it is");
    running.answers("GET /perhaps/that", 404, "Not Found");
    running.answers("GET /elsewhere", 303, "Location: /text\r\n");
    running.answers("GET /headers", 200, "X-Made-By: hand\r\n");
    running.answers(
        "GET /cookie",
        200,
        "Set-Cookie: theme=dark; HttpOnly; SameSite=Lax; Path=/\r\n",
    );
    running.answers("GET /told", 200, "look at");
    running.answers("GET /stream", 200, "lift-off\n");
}

#[test]
fn errors() {
    let running = run(errors::app());
    running.answers("GET /half/8", 200, "\r\n\r\n4");
    running.answers("GET /half/7", 400, "it is odd");
    running.answers("GET /half/x", 400, "/half/x: invalid digit");
    running.answers("GET /tea", 503, "no tea left");
    running.answers("GET /coffee", 418, "I'm a teapot");
    running.answers("GET /disk", 500, "\r\n\r\nInternal Server Error");
    running.answers("GET /panic", 500, "\r\n\r\nInternal Server Error");
    running.answers("GET / /", 400, "This is not HTTP");
}

#[test]
fn extend() {
    let running = run(extend::app());
    running.answers("GET /", 401, "say X-User");
    running.answers_to("GET /", "X-User: ada\r\n", "", 200, "Hello, ada!");
    running.answers_to("GET /", "X-User: ada\r\nAccept-Language: pt-BR\r\n", "", 200, "Olá, ada!");
    running.answers_to("GET /count", "X-User: ada\r\n", "", 200, "visit 1, 1 of them here");
    running.answers_to("GET /count", "X-User: ada\r\n", "", 200, "X-Took: ");
}

#[test]
fn template() {
    let running = run(template::app());
    running.answers("GET /", 200, "<h1>0 guests</h1>");
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    running.answers_to("POST /", form, "name=%3CAda%3E", 303, "Location: /\r\n");
    running.answers("GET /", 200, "<h1>1 guest</h1>\n<ul>\n  <li>&lt;Ada&gt;</li>");
}

#[test]
fn todo() {
    let running = run(todo::app());
    running.answers("GET /todos", 200, "\r\n\r\n[]");
    let tea = "{\"id\":1,\"text\":\"buy tea\",\"done\":false}";
    running.answers_to("POST /todos", "", "{\"text\": \"buy tea\"}", 201, tea);
    running.answers("GET /todos/1", 200, tea);
    running.answers_to("PATCH /todos/1", "", "{\"done\": true}", 200, "\"done\":true");
    running.answers("GET /todos?done=false", 200, "\r\n\r\n[]");
    running.answers("DELETE /todos/1", 204, "\r\n\r\n");
    running.answers("GET /todos/1", 404, "{\"error\":\"there is nothing to do with the id 1\"}");
    running.answers_to("POST /todos", "", "nonsense", 400, "expected ident at line 1 column 2");
}

#[cfg(feature = "events")]
#[test]
fn events() {
    let running = run(events::app());
    running.answers("GET /", 200, "new EventSource('/clock')");
    running.answers_to("POST /news", "", "one\ntwo", 204, "\r\n\r\n");
    running.answers_to("POST /news", "", "three", 204, "\r\n\r\n");
    // A client that has read the first one.
    let mut stream = TcpStream::connect(running.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let request = "GET /news HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 1\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let (mut answer, mut buffer) = (String::new(), [0; 4096]);
    while !answer.contains("id: 2\n\n") {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "{answer}");
        answer += std::str::from_utf8(&buffer[..count]).unwrap();
    }
    assert!(answer.contains("Content-Type: text/event-stream\r\n"), "{answer}");
    assert!(answer.contains("retry: 2000\n\n") && answer.contains("data: three\nevent: news\n"));
    assert!(!answer.contains("one"), "{answer}");
}

#[cfg(feature = "tokio")]
#[test]
fn tokio_client() {
    let other = run(hello::app());
    let runtime = tokio_client::runtime().unwrap();
    let running = run(tokio_client::app(&runtime, other.address));
    running.answers("GET /ask", 200, "it says 200 OK: Hello world!");
}
