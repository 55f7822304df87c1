//! The pages of the program `rajada` below `/demo/`.

use std::process::Command;

use crate::client::Client;
use crate::program::Program;

#[test]
fn the_demo_is_found_without_its_slash() {
    let program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "REPORT"] {
        let answer = client.ask(method, "/demo");
        assert_eq!((answer.status, answer.header("location")), (308, Some("demo/")), "{method}");
        assert!(answer.header("x-demo").is_some(), "{method}");
    }
    for (target, location) in [("/demo?", "demo/?"), ("/demo?a=b&c=%0A", "demo/?a=b&c=%0A")] {
        assert_eq!(client.get(target).header("location"), Some(location));
    }
    assert_eq!(client.get("/demo/?a=b").status, 200);
    assert_eq!(client.get("/demo-page").status, 404);
}

#[test]
fn commands_on_the_demo_page_name_the_host_that_was_asked() {
    let program = Program::with(&[]);
    for (host, curl, nc) in [
        ("127.0.0.1:8089", "http://127.0.0.1:8089/", "| nc 127.0.0.1 8089<"),
        ("example.org", "http://example.org:80/", "| nc example.org 80<"),
        ("[::1]:8080", "http://[::1]:8080/", "| nc ::1 8080<"),
        // What a shell would run.
        ("$(id).example:80", "http://127.0.0.1:8080/", "| nc 127.0.0.1 8080<"),
        ("a;id", "http://127.0.0.1:8080/", "| nc 127.0.0.1 8080<"),
    ] {
        let mut client = Client::connect(program.address);
        let page = client.send(format!("GET /demo/ HTTP/1.1\r\nHost: {host}\r\n\r\n")).answer();
        assert_eq!(page.status, 200, "{host}");
        assert!(page.text().contains(curl) && page.text().contains(nc), "{host}");
    }
}

/// Runs the burst of the demo page with each `nc` that is there, as it stands there.
#[test]
fn the_burst_on_the_demo_page_is_answered_to_nc() {
    let program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    let host = program.address;
    let page = client.send(format!("GET /demo/ HTTP/1.1\r\nHost: {host}\r\n\r\n")).answer();
    let command = page.text().split("<pre>").find_map(|part| part.strip_prefix("printf"));
    let command = format!("printf{}", command.unwrap().split("</pre>").next().unwrap());
    for nc in ["nc.openbsd", "nc.traditional"] {
        if Command::new(nc).arg("-h").output().is_err() {
            eprintln!("skipped: there is no {nc}");
            continue;
        }
        let command = command.replace("| nc ", &format!("| timeout 10 {nc} "));
        let output = Command::new("sh").args(["-c", &command]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{nc}: {text}");
        assert_eq!(text.matches("HTTP/1.1 200 OK\r\n").count(), 4, "{nc}: {text}");
        let bodies = ["\r\n\r\n300", "\r\n\r\nHello world!", "\r\n\r\n50", "\r\n\r\n7"];
        let places = bodies.map(|body| text.find(body).expect(body));
        assert!(places.is_sorted(), "{nc}: {text}");
    }
}
