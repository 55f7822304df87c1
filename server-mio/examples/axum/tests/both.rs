//! The same requests to the same applications under two servers, and the same answers.

mod servers;

use axum_application::programs::{form, hello, json, multipart, sse, todos};
use axum_application::{TIMEOUT, application};
use servers::{Answer, each, same};
use std::time::Instant;

#[test]
fn extractors_and_state() {
    each(application, |client| {
        assert_eq!(same(client.get("/")).text(), "Hello world!");
        assert_eq!(same(client.get("/greet/Ada%20L?times=2")).text(), "hello Ada L\nhello Ada L\n");
        assert_eq!(same(client.get("/greet/Ada?times=x")).status, 400);
        let added = same(client.send("POST", "/notes", "application/json", b"{\"text\":\"tea\"}"));
        assert_eq!((added.status, added.field("location")), (201, Some("/notes/1")));
        assert_eq!(same(client.get("/notes/1")).text(), "{\"text\":\"tea\"}");
        assert_eq!(same(client.get("/notes")).text(), "[{\"text\":\"tea\"}]");
        assert_eq!(same(client.get("/notes/2")).status, 404);
        let wrong = same(client.send("POST", "/notes", "application/json", b"{}"));
        assert_eq!(wrong.status, 422);
        assert_eq!(same(client.send("POST", "/notes", "text/plain", b"tea")).status, 415);
        let sent = b"name=Ada&age=36";
        let form = client.send("POST", "/form", "application/x-www-form-urlencoded", sent);
        assert_eq!(same(form).text(), "Ada is 36");
    });
}

#[test]
fn answers_to_what_no_route_is_for() {
    each(application, |client| {
        assert_eq!(same(client.get("/missing")).status, 404);
        let refused = same(client.send("DELETE", "/notes", "text/plain", b""));
        assert_eq!((refused.status, refused.field("allow")), (405, Some("GET,HEAD,POST")));
        for line in ["HEAD /", "HEAD /notes", "HEAD /page", "HEAD /missing", "BREW /", "TRACE /"] {
            let (method, path) = line.split_once(' ').unwrap();
            let answer = same(client.ask(method, path, &[], b""));
            assert!(method != "HEAD" || answer.content.is_empty(), "{line}");
        }
        assert_eq!(same(client.ask("HEAD", "/", &[], b"")).field("content-length"), Some("12"));
        let server = same(client.ask("OPTIONS", "*", &[], b""));
        assert_eq!(server.status, 200);
    });
}

#[test]
fn content_in_and_out_as_it_comes() {
    each(application, |client| {
        assert_eq!(same(client.get("/count/3")).text(), "1\n2\n3\n");
        assert_eq!(same(client.get("/count/0").whatever_the_framing()).text(), "");
        let content = vec![3u8; 5_000_000];
        let told = "5000000 octets, sum 15000000";
        assert_eq!(same(client.send("POST", "/upload", "x/y", &content)).text(), told);
        assert_eq!(same(client.send_chunked("/upload", &content)).text(), told);
        assert_eq!(same(client.send("PUT", "/upload", "x/y", b"")).text(), "0 octets, sum 0");
    });
}

#[test]
fn more_than_an_extractor_takes() {
    each(application, |client| {
        let content = vec![b' '; 3 << 20];
        assert_eq!(same(client.send("POST", "/notes", "application/json", &content)).status, 413);
    });
}

#[test]
fn tasks_and_timers_of_the_runtime() {
    each(application, |client| {
        assert_eq!(same(client.get("/elsewhere")).text(), "42");
        let began = Instant::now();
        assert_eq!(same(client.get("/slow")).status, 408);
        let took = began.elapsed();
        assert!(took >= TIMEOUT && took < 10 * TIMEOUT, "{took:?}");
    });
}

#[test]
fn layers_of_tower_http() {
    use std::io::Read;
    each(application, |client| {
        let preflight = [
            ("origin", "http://a.example"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "x-a"),
        ];
        let allowed = same(client.ask("OPTIONS", "/notes", &preflight, b""));
        assert_eq!(allowed.field("access-control-allow-origin"), Some("*"));
        let zipped = same(client.ask("GET", "/page", &[("accept-encoding", "gzip")], b""));
        assert_eq!(zipped.field("content-encoding"), Some("gzip"));
        let mut page = String::new();
        flate2::read::GzDecoder::new(&*zipped.content).read_to_string(&mut page).unwrap();
        assert_eq!(page, same(client.get("/page")).text());
        assert_eq!(page.lines().count(), 200);
    });
}

#[test]
fn the_peer_is_told() {
    each(application, |client| assert_eq!(same(client.get("/whoami")).text(), "127.0.0.1"));
}

#[test]
fn answers_of_a_burst_keep_their_order() {
    each(application, |client| {
        let lines = ["GET /greet/1", "GET /elsewhere", "GET /count/2", "GET /missing", "GET /"];
        let answers = client.burst(&lines);
        let texts: Vec<String> = answers.iter().map(Answer::text).collect();
        assert_eq!(texts, ["hello 1\n", "42", "1\n2\n", "", "Hello world!"]);
        assert_eq!(answers[3].status, 404);
    });
}

#[test]
fn small_programs() {
    each(hello::router, |client| {
        let page = same(client.get("/"));
        assert_eq!(page.field("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.text(), "<h1>Hello world!</h1>");
    });
    each(json::router, |client| {
        let sent = b"{\"width\": 1.5, \"height\": 2}";
        let area = client.send("POST", "/area", "application/json", sent);
        assert_eq!(same(area).text(), "{\"area\":3.0}");
        for wrong in [&b"{\"width\": 1.5}"[..], b"{", b"\xff"] {
            let refused = same(client.send("POST", "/area", "application/json", wrong));
            assert!(refused.status == 400 || refused.status == 422);
        }
    });
    each(form::router, |client| {
        assert!(same(client.get("/")).text().contains("<form method=post>"));
        let sent = b"from=Ada&text=a+b%26c";
        let taken = client.send("POST", "/", "application/x-www-form-urlencoded", sent);
        assert_eq!(same(taken).text(), "Ada writes: a b&c");
        let short = client.send("POST", "/", "application/x-www-form-urlencoded", b"from=Ada");
        assert_eq!(same(short).status, 422);
    });
}

#[test]
fn a_list_that_is_changed() {
    each(todos::router, |client| {
        let json = "application/json";
        for text in ["tea", "bread", "tea again"] {
            let sent = format!("{{\"text\": \"{text}\"}}");
            assert_eq!(same(client.send("POST", "/todos", json, sent.as_bytes())).status, 201);
        }
        let done = same(client.send("PATCH", "/todos/1", json, b"{\"done\": true}"));
        assert_eq!(done.text(), "{\"id\":1,\"text\":\"tea\",\"done\":true}");
        assert_eq!(same(client.send("PATCH", "/todos/9", json, b"{}")).status, 404);
        assert_eq!(same(client.ask("DELETE", "/todos/2", &[], b"")).status, 204);
        assert_eq!(same(client.ask("DELETE", "/todos/2", &[], b"")).status, 404);
        let rest = same(client.get("/todos?offset=1&limit=5"));
        assert_eq!(rest.text(), "[{\"id\":3,\"text\":\"tea again\",\"done\":false}]");
    });
}

#[test]
fn events_come_one_after_another() {
    each(sse::router, |client| {
        let events = same(client.get("/events"));
        assert_eq!(events.field("content-type"), Some("text/event-stream"));
        let expected: String =
            (0..3).map(|n| format!("event: tick\nid: {n}\ndata: number {n}\n\n")).collect();
        assert_eq!(events.text(), expected);
    });
}

#[test]
fn files_of_a_form() {
    let form = |size: usize| {
        let file = "x".repeat(size);
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ntext\r\n\
             --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.bin\"\r\n\r\n{file}\r\n--b--\r\n"
        )
    };
    each(multipart::router, |client| {
        let of_form = "multipart/form-data; boundary=b";
        let told = same(client.send("POST", "/", of_form, form(5000).as_bytes()));
        assert_eq!(told.text(), "a  4 octets\nf f.bin 5000 octets\n");
        assert_eq!(same(client.send("POST", "/", of_form, form(70_000).as_bytes())).status, 413);
        let broken = &form(100)[..200];
        assert_eq!(same(client.send("POST", "/", of_form, broken.as_bytes())).status, 400);
    });
}
