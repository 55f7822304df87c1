//! The pages of the program `rajada` below `/demo/`.

use std::io::Read;
use std::process::Command;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::client::{Answer, Client};
use crate::program::Program;
use crate::shortage::status_of;

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
    let command =
        page.text().split("<pre tabindex=\"0\">").find_map(|part| part.strip_prefix("printf"));
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

/// Whatever a page would have beside itself is told to the browser not to be run.
#[test]
fn the_demo_pages_are_made_of_their_own_files_alone() {
    let program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    for target in ["/demo/", "/demo/live", "/demo/chat", "/demo/upload"] {
        let page = client.get(target);
        assert_eq!((page.status, page.header("x-content-type-options")), (200, Some("nosniff")));
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; ")
                && !["-inline", "-eval"].iter().any(|lax| policy.contains(lax)),
            "{policy}"
        );
        let text = page.text();
        for inline in ["<script>", "<style", " style=", " onclick=", "javascript:", "HOST", "<!-- "]
        {
            assert!(!text.contains(inline), "{target} has {inline}");
        }
        let files = text.split([' ', '<', '>']).filter_map(|part| {
            let name = part.strip_prefix("href=\"").or_else(|| part.strip_prefix("src=\""))?;
            let name = name.trim_end_matches('"');
            name.contains('.').then_some(name)
        });
        let files: Vec<_> = files.collect();
        assert!(files.contains(&"/demo/style.css"), "{files:?}");
        for file in files {
            let answer = client.get(file);
            let media_type = match file.rsplit_once('.').unwrap().1 {
                "css" => "text/css; charset=utf-8",
                "js" => "text/javascript; charset=utf-8",
                "svg" => "image/svg+xml",
                other => panic!("{target} has a file of type {other}"),
            };
            assert_eq!((answer.status, answer.header("content-type")), (200, Some(media_type)));
        }
    }
}

#[test]
fn so_many_octets_are_streamed_as_are_asked_for() {
    let program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    for octets in [0, 1, 63, 64, 65_535, 65_536, 65_537, 1_000_000] {
        let answer = client.get(&format!("/demo/stream/{octets}"));
        assert_eq!((answer.status, answer.content.len()), (200, octets));
        assert_lines(&answer);
    }
    let most = client.ask("HEAD", "/demo/stream/8589934592");
    assert_eq!((most.status, most.header("content-length")), (200, Some("8589934592")));
    for nonsense in
        ["-1", "+1", "1.5", "1e3", "0x10", "%201", "octets", "8589934593", "99999999999999999999"]
    {
        let refused = client.get(&format!("/demo/stream/{nonsense}"));
        assert_eq!(refused.status, 400, "{nonsense}");
        assert!(refused.text().contains("from 0 to 8589934592"), "{}", refused.text());
    }
}

/// A place in a streamed answer tells its octet.
fn assert_lines(answer: &Answer) {
    for (at, octet) in answer.content.iter().enumerate() {
        let expected = if at % 64 == 63 { b'\n' } else { b'0' + (at % 64) as u8 };
        assert_eq!(*octet, expected, "octet {at}");
    }
}

#[test]
fn an_event_a_second_comes_with_a_rising_id() {
    let program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    let (began, before) = (Instant::now(), now());
    let answer = client.get("/demo/events?count=3");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream")));
    let events = events(&answer);
    assert!((before..=before + 1).contains(&events[0].id), "the first comes at once: {events:?}");
    assert_rising(&events, 3);
    assert!(events.iter().all(|event| !event.missed), "{events:?}");
    let second = events[0].id;
    let time = format!("{:02}:{:02}:{:02}", second / 3600 % 24, second / 60 % 60, second % 60);
    assert_eq!(events[0].time, time);
    // The third is two seconds after the first, which may be the end of its own.
    assert!(began.elapsed() > Duration::from_secs(1), "{:?}", began.elapsed());
}

#[test]
fn events_resume_behind_the_last_one_that_came() {
    let program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    let mut resume = |query: &str, last: &str| {
        let fields =
            if last.is_empty() { String::new() } else { format!("Last-Event-ID: {last}\r\n") };
        let target = format!("/demo/events?count=3{query}");
        client.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
        let answer = client.answer();
        assert_eq!(answer.status, 200, "{query}, {last}");
        let events = events(&answer);
        assert_rising(&events, 3);
        events
    };
    let now = now();
    // By the header, by the query where there is none, and by the header where there are both.
    for (query, last) in [
        (String::new(), (now - 10).to_string()),
        (format!("&after={}", now - 10), String::new()),
        (format!("&after={}", now - 20), (now - 10).to_string()),
    ] {
        let events = resume(&query, &last);
        assert_eq!(events[0].id, now - 9, "{query}, {last}");
        assert!(events.iter().all(|event| event.missed), "{events:?}");
    }
    // What is older than a minute is gone.
    let oldest = resume("", "1")[0].id;
    assert!((now - 60..=now - 50).contains(&oldest), "{oldest}, {now}");
    // Who has seen everything, what is not from here, and what is to come.
    for last in [now.to_string(), "no-number".to_owned(), (now + 1000).to_string(), "9".repeat(30)]
    {
        let first = &resume("", &last)[0];
        assert!((now..=now + 20).contains(&first.id) && !first.missed, "{last}: {first:?}");
    }
    for query in ["count=x", "count=-1", "count=", "after=x", "after=%2B1"] {
        assert_eq!(client.get(&format!("/demo/events?{query}")).status, 400, "{query}");
    }
}

#[derive(Debug)]
struct Told {
    id: u64,
    time: String,
    missed: bool,
}

/// The events of an answer that has ended.
fn events(answer: &Answer) -> Vec<Told> {
    let blocks = answer.text().split_terminator("\n\n").filter_map(|block| {
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
        let data: serde_json::Value = serde_json::from_str(field("data: ")?).unwrap();
        let id = field("id: ").unwrap().parse().unwrap();
        let time = data["time"].as_str().unwrap().to_owned();
        Some(Told { id, time, missed: data["missed"].as_bool().unwrap() })
    });
    blocks.collect()
}

fn assert_rising(events: &[Told], count: usize) {
    assert_eq!(events.len(), count, "{events:?}");
    assert!(events.windows(2).all(|two| two[1].id == two[0].id + 1), "{events:?}");
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

#[test]
fn an_upload_is_counted_and_summed() {
    let program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    // More than the server takes elsewhere.
    let large = vec![b'a'; 3 << 20];
    for (content, crc32) in
        [(&b""[..], "00000000"), (b"123456789", "cbf43926"), (&large, "996961ed")]
    {
        let answer = client.post("/demo/upload", "application/octet-stream", content);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_arrived(&answer, content.len(), crc32);
        let head = "POST /demo/upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        client.send(head);
        for piece in content.chunks(100_000) {
            client.send(format!("{:x}\r\n", piece.len())).send(piece).send("\r\n");
        }
        assert_arrived(&client.send("0\r\n\r\n").answer(), content.len(), crc32);
    }
    client.send("POST /demo/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(client.answer().status, 100);
    assert_arrived(&client.send("123456789").answer(), 9, "cbf43926");
    client.send("POST /demo/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 8589934593\r\n\r\n");
    assert_eq!(client.answer().status, 413);
}

fn assert_arrived(answer: &Answer, octets: usize, crc32: &str) {
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let told: serde_json::Value = serde_json::from_str(answer.text()).unwrap();
    assert_eq!(told, serde_json::json!({ "octets": octets, "crc32": crc32 }));
}

/// One write, with plain requests before, between and behind, and again on the same connection.
#[test]
fn streams_of_the_demo_keep_their_places_in_a_burst() {
    let program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    let (get, last) = ("HTTP/1.1\r\nHost: a\r\n", now() - 10);
    let burst = format!(
        "GET /user/1 {get}\r\n\
         GET /demo/stream/200000 {get}\r\n\
         GET /user/2 {get}\r\n\
         GET /demo/events?count=3 {get}Last-Event-ID: {last}\r\n\r\n\
         GET /delay/20 {get}\r\n\
         POST /demo/upload {get}Content-Length: 9\r\n\r\n123456789\
         GET /user/3 {get}\r\n\
         POST /demo/upload {get}Transfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n5\r\n56789\r\n0\r\n\r\n\
         GET /demo/stream/x {get}\r\n\
         GET /user/4 {get}\r\n"
    );
    for _ in 0..3 {
        client.send(&burst);
        let answers = client.answers(10);
        let text = |at: usize| answers[at].text();
        assert_eq!([text(0), text(2), text(4), text(6), text(9)], ["1", "2", "20", "3", "4"]);
        assert_eq!((answers[1].status, answers[1].content.len()), (200, 200_000));
        assert_lines(&answers[1]);
        let events = events(&answers[3]);
        assert_rising(&events, 3);
        assert_eq!(events[0].id, last + 1);
        for at in [5, 7] {
            assert_arrived(&answers[at], 9, "cbf43926");
        }
        assert_eq!(answers[8].status, 400);
    }
}

/// The most that the program has ever held, in KiB, behind a little of each and behind much.
#[test]
fn memory_stays_flat_whatever_is_uploaded_and_streamed() {
    const MUCH: usize = 64 << 20;
    let program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    let piece = vec![b'a'; 1 << 20];
    let mut exchange = |octets: usize| {
        client.send(format!(
            "POST /demo/upload HTTP/1.1\r\nHost: a\r\nContent-Length: {octets}\r\n\r\n"
        ));
        for _ in 0..octets / piece.len() {
            client.send(&piece);
        }
        let told: serde_json::Value = serde_json::from_str(client.answer().text()).unwrap();
        assert_eq!(told["octets"], octets);
        // Without a place for all of it here.
        client.send(format!(
            "GET /demo/stream/{octets} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        ));
        let received = std::io::copy(&mut client.stream.by_ref(), &mut std::io::sink()).unwrap();
        assert!(
            (octets..octets + 1000).contains(&usize::try_from(received).unwrap()),
            "{received}"
        );
        client = Client::connect(program.address);
        status_of(&program, "VmHWM:")
    };
    let (little, much) = (exchange(2 << 20), exchange(MUCH));
    assert!(much < little + 4096, "{MUCH} octets took {} KiB more", much - little);
}

#[test]
fn a_signal_ends_events_that_are_under_way() {
    let mut program = Program::with(&[]);
    let mut client = Client::connect(program.address);
    client.send("GET /demo/events HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut begin = [0; 8];
    client.stream.read_exact(&mut begin).unwrap();
    program.signal("-TERM");
    assert_eq!(program.exit_status(), Some(0));
    let rest = String::from_utf8(client.rest().unwrap()).unwrap();
    assert!(rest.ends_with("\r\n0\r\n\r\n"), "{rest:?}");
}
