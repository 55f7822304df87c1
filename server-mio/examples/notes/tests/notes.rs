//! The service of notes, asked in process.

#[expect(dead_code, reason = "`main` is the program's")]
#[path = "../src/main.rs"]
mod notes;

use notes::app;
use rajada_mio::{Status, TestCall, TestClient, TestRequest, TestResponse};
use rusqlite::Connection;

/// A client of a service that knows two users.
fn client() -> TestClient {
    let database = Connection::open_in_memory().unwrap();
    // As the service makes it.
    let users = "CREATE TABLE user (id INTEGER PRIMARY KEY, token TEXT UNIQUE);
        INSERT INTO user (token) VALUES ('one'), ('two');";
    database.execute_batch(users).unwrap();
    TestClient::new(app(database).unwrap())
}

fn send(call: TestCall<'_>, token: &str) -> TestResponse {
    call.header("Authorization", &format!("Bearer {token}")).send()
}

fn add(client: &mut TestClient, token: &str, text: &str) -> TestResponse {
    let note = format!("{{\"text\":\"{text}\"}}");
    send(client.post("/notes").content("application/json", note), token)
}

fn told(response: &TestResponse) -> (u16, &str) {
    (response.status().as_u16(), response.text())
}

#[test]
fn a_note_is_made_read_changed_and_deleted() {
    let mut client = client();
    let made = add(&mut client, "one", "buy tea");
    assert_eq!(told(&made), (201, r#"{"id":1,"text":"buy tea"}"#));
    assert_eq!(made.header("location"), Some("/notes/1"));
    assert_eq!(told(&send(client.get("/notes/1"), "one")), (200, r#"{"id":1,"text":"buy tea"}"#));
    let put =
        client.request("PUT", "/notes/1").content("application/json", r#"{"text":"buy milk"}"#);
    assert_eq!(told(&send(put, "one")), (200, r#"{"id":1,"text":"buy milk"}"#));
    assert_eq!(told(&send(client.request("DELETE", "/notes/1"), "one")), (204, ""));
    assert_eq!(send(client.request("DELETE", "/notes/1"), "one").status(), Status::NOT_FOUND);
    assert_eq!(send(client.get("/notes/1"), "one").status(), Status::NOT_FOUND);
}

#[test]
fn notes_are_found_and_limited() {
    let mut client = client();
    for text in ["red tea", "green tea", "milk"] {
        add(&mut client, "one", text);
    }
    let found = send(client.get("/notes?has=tea"), "one");
    let expected = r#"[{"id":1,"text":"red tea"},{"id":2,"text":"green tea"}]"#;
    assert_eq!(told(&found), (200, expected));
    let first = send(client.get("/notes?most=1"), "one");
    assert_eq!(told(&first), (200, r#"[{"id":1,"text":"red tea"}]"#));
    let wrong = send(client.get("/notes?most=many"), "one");
    let problem = r#"{"detail":"the query is wrong: most: invalid digit found in string","status":400,"title":"Bad Request"}"#;
    assert_eq!(told(&wrong), (400, problem));
}

#[test]
fn a_burst_is_answered_as_if_its_requests_had_come_one_by_one() {
    let mut client = client();
    let request =
        |method, target| TestRequest::new(method, target).header("Authorization", "Bearer one");
    let put = |text: &str| {
        request("PUT", "/notes/1").content("application/json", format!("{{\"text\":\"{text}\"}}"))
    };
    add(&mut client, "one", "zero");
    let answers = client.send_all([
        request("GET", "/notes/1"),
        put("one"),
        request("GET", "/notes/1"),
        put("two"),
        request("GET", "/notes/1"),
        request("DELETE", "/notes/1"),
        request("GET", "/notes/1"),
    ]);
    let seen: Vec<_> = answers.iter().map(|answer| answer.status().as_u16()).collect();
    assert_eq!(seen, [200, 200, 200, 200, 200, 204, 404]);
    for (answer, text) in answers.iter().zip(["zero", "one", "one", "two", "two"]) {
        assert_eq!(answer.text(), format!("{{\"id\":1,\"text\":\"{text}\"}}"));
    }
}

#[test]
fn nobody_sees_or_changes_the_notes_of_others() {
    let mut client = client();
    add(&mut client, "one", "secret");
    assert_eq!(told(&send(client.get("/notes"), "two")), (200, "[]"));
    for method in ["GET", "DELETE"] {
        assert_eq!(send(client.request(method, "/notes/1"), "two").status(), Status::NOT_FOUND);
    }
    let put = client.request("PUT", "/notes/1").content("application/json", r#"{"text":"mine"}"#);
    assert_eq!(send(put, "two").status(), Status::NOT_FOUND);
    assert_eq!(send(client.get("/notes/1"), "one").text(), r#"{"id":1,"text":"secret"}"#);
}

#[test]
fn who_has_no_token_is_told_nothing_but_that() {
    let mut client = client();
    let problem = r#"{"detail":"who is it?","status":401,"title":"Unauthorized"}"#;
    for (method, target) in
        [("GET", "/notes"), ("POST", "/notes"), ("PATCH", "/notes"), ("GET", "/notes/1/2")]
    {
        for token in [None, Some("Bearer three"), Some("Basic b25l")] {
            let call = client.request(method, target);
            let answer = match token {
                Some(token) => call.header("Authorization", token).send(),
                None => call.send(),
            };
            assert_eq!(answer.status(), Status::UNAUTHORIZED, "{method} {target} {token:?}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            assert_eq!(answer.text(), problem);
        }
    }
}

#[test]
fn every_answer_has_a_number_and_may_be_read_by_pages() {
    let mut client = client();
    for (method, target, status) in
        [("GET", "/", 404), ("OPTIONS", "/notes", 204), ("GET", "/notes", 401)]
    {
        let answer = client.request(method, target).send();
        assert_eq!(answer.status().as_u16(), status, "{method} {target}");
        assert!(answer.header("x-request-id").is_some(), "{method} {target}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401);
    }
}

#[test]
fn what_is_no_http_has_a_number_too() {
    let mut answer = Vec::new();
    client().exchange(b"GET\r\n\r\n", &mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (_, number) = answer.split_once("X-Request-Id: ").unwrap();
    assert!(number.split("\r\n").next().unwrap().parse::<u64>().is_ok(), "{answer}");
}

#[test]
fn what_is_too_large_or_no_json_is_a_problem() {
    let mut client = client();
    let large = add(&mut client, "one", &"x".repeat(20_000));
    assert_eq!(large.status(), Status::CONTENT_TOO_LARGE);
    let wrong = send(client.post("/notes").content("application/json", "{}"), "one");
    assert_eq!(wrong.status(), Status::BAD_REQUEST);
    assert!(wrong.text().contains("missing field `text`"), "{}", wrong.text());
    for answer in [large, wrong] {
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
}
