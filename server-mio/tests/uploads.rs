//! Content as it arrives by the traits of other crates, and forms part by part, with the memory that they take.

use std::alloc::System;
use std::io::{Read, Write};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use futures_core::Stream;
use rajada_mio::{
    App, ContentStream, Endpoint, Error, Multipart, OwnedRequest, RequestError, Status, TestClient,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::io::{AsyncBufReadExt, AsyncReadExt};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn in_use() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated.saturating_sub(stats.bytes_deallocated)
}

#[test]
fn content_is_a_stream_of_other_crates_and_what_they_read_from() {
    async fn lines(_: OwnedRequest, content: ContentStream) -> Result<String, Error> {
        let mut lines = content.lines();
        let mut told = String::new();
        while let Some(line) = lines.next_line().await? {
            told += &format!("[{line}]");
        }
        Ok(told)
    }
    async fn whole(_: OwnedRequest, mut content: ContentStream) -> Result<String, Error> {
        let mut text = String::new();
        content.read_to_string(&mut text).await?;
        Ok(text)
    }
    async fn pieces(_: OwnedRequest, content: ContentStream) -> Result<String, Error> {
        let mut content = pin!(content);
        let mut all = Vec::new();
        while let Some(piece) =
            std::future::poll_fn(|cx| -> Poll<_> { content.as_mut().poll_next(cx) }).await
        {
            all.extend_from_slice(&piece?);
        }
        Ok(String::from_utf8(all)?)
    }
    let app = || App::new().post("/lines", lines).post("/whole", whole).post("/pieces", pieces);
    let content = "one\ntwo\nthree";
    for (target, told) in
        [("/lines", "[one][two][three]"), ("/whole", content), ("/pieces", content)]
    {
        let mut client = TestClient::new(app());
        assert_eq!(client.post(target).content("text/plain", content).send().text(), told);
        // Piece by piece, and malformed in the end.
        for (end, status) in [("0\r\n\r\n", "200 OK"), ("x\r\n", "400 Bad Request")] {
            let mut received = Vec::new();
            let head =
                format!("POST {target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.exchange(head.as_bytes(), &mut received);
            for octet in content.bytes() {
                client.exchange(&[b"1\r\n", &[octet][..], b"\r\n"].concat(), &mut received);
            }
            assert!(received.is_empty());
            client.exchange(end.as_bytes(), &mut received);
            let received = String::from_utf8(received).unwrap();
            assert!(received.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{target} {received}");
            assert!(status != "200 OK" || received.ends_with(&format!("\r\n\r\n{told}")));
        }
    }
}

const FORM: &str = "multipart/form-data; boundary=b";

fn form(parts: &[(&str, &str)]) -> String {
    let mut form = String::new();
    for (name, content) in parts {
        form += &format!("--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{content}\r\n");
    }
    form + "--b--\r\n"
}

#[test]
fn a_form_is_read_part_by_part_within_its_limits() {
    async fn told(req: OwnedRequest, content: ContentStream) -> Result<String, RequestError> {
        let mut form = Multipart::new(&req, content)?.part_limit(10).limit(15).most_parts(3);
        let mut told = String::new();
        while let Some(part) = form.next_part().await {
            let mut part = part?;
            if part.name == "skip" {
                continue;
            }
            let text = part.text(8).await?;
            told += &format!("{}={text};", part.name);
        }
        Ok(told)
    }
    let mut client = TestClient::new(App::new().post("/", told));
    for (parts, status, text) in [
        (&[("a", "one"), ("skip", "1234567890"), ("c", "")][..], 200, "a=one;c=;"),
        (&[], 200, ""),
        (&[("_charset_", "utf-8"), ("a", "é")], 200, "_charset_=utf-8;a=é;"),
        (&[("_charset_", "latin1"), ("a", "x")], 415, ""),
        (&[("skip", "12345678901")], 413, ""),
        (&[("a", "123456789")], 413, ""),
        (&[("skip", "1234567890"), ("a", "123456")], 413, ""),
        (&[("a", ""), ("b", ""), ("c", ""), ("d", "")], 400, ""),
    ] {
        let answer = client.post("/").content(FORM, form(parts)).send();
        assert_eq!(answer.status().as_u16(), status, "{parts:?}: {}", answer.text());
        assert!(status != 200 || answer.text() == text, "{parts:?}: {}", answer.text());
    }
    let answer = client.post("/").content("text/plain", "x").send();
    assert_eq!(answer.status(), Status::UNSUPPORTED_MEDIA_TYPE);
    let answer = client.post("/").content("multipart/form-data", "x").send();
    assert_eq!(answer.status(), Status::BAD_REQUEST);
    let answer = client.post("/").content(FORM, &form(&[("a", "x")]).as_bytes()[..40]).send();
    assert_eq!(answer.status(), Status::BAD_REQUEST);
}

/// Octets that the process has more in memory at most, by its allocator and by the system, while a request brings `octets`
/// of content with `before` in front and `behind` after it. Over a socket, since a client in memory holds all of what it sends.
fn growth(head: &str, (before, behind): (&str, &str), octets: usize, told: &str) -> (usize, usize) {
    let most = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let look = |most: &(AtomicUsize, AtomicUsize)| {
        most.0.fetch_max(in_use(), Ordering::SeqCst);
        most.1.fetch_max(resident(), Ordering::SeqCst);
    };
    let peak = most.clone();
    let form = move |req: OwnedRequest, content: ContentStream| {
        let peak = peak.clone();
        async move {
            let mut form = Multipart::new(&req, content)?;
            let (mut parts, mut sum, mut octets) = (0, 0u64, 0);
            while let Some(part) = form.next_part().await {
                let mut part = part?;
                parts += 1;
                while let Some(piece) = part.next().await {
                    let piece = piece?;
                    octets += piece.len();
                    sum =
                        sum.wrapping_mul(31).wrapping_add(piece.len() as u64 * u64::from(piece[0]));
                    look(&peak);
                }
            }
            Ok::<_, RequestError>(format!("{parts} parts, {octets} octets, {}", sum > 0))
        }
    };
    let peak = most.clone();
    let plain = move |_: OwnedRequest, mut content: ContentStream| {
        let peak = peak.clone();
        async move {
            let mut octets = 0;
            while let Some(piece) = content.next().await {
                octets += piece?.len();
                look(&peak);
            }
            Ok::<_, RequestError>(format!("{octets} octets"))
        }
    };
    let app = App::new()
        .post("/form", Endpoint::new(form).content_limit(8 << 30))
        .post("/plain", Endpoint::new(plain).content_limit(8 << 30));
    let server = app.bind("127.0.0.1:0").unwrap();
    let (address, handle) = (server.local_address(), server.handle());
    let thread = std::thread::spawn(move || server.run().unwrap());
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let length = before.len() + octets + behind.len();
    write!(stream, "{head}Host: a\r\nContent-Length: {length}\r\n\r\n{before}").unwrap();
    // What is nearly a delimiter, again and again.
    let piece = vec![b'\r'; 64 << 10];
    let began = std::time::Instant::now();
    let first = (in_use(), resident());
    for _ in 0..octets / piece.len() {
        stream.write_all(&piece).unwrap();
    }
    stream.write_all(behind.as_bytes()).unwrap();
    let mut answer = [0; 1024];
    let count = stream.read(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer[..count]);
    assert!(answer.ends_with(told), "{answer}");
    handle.cut();
    thread.join().unwrap();
    let grown = (
        most.0.load(Ordering::SeqCst).saturating_sub(first.0),
        most.1.load(Ordering::SeqCst).saturating_sub(first.1),
    );
    println!("{told} in {:?}: {} and {} octets more", began.elapsed(), grown.0, grown.1);
    grown
}

/// Octets that the system has for this process; none where it does not tell.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}

const PART: &str = "--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n";

fn growth_of_form(octets: usize) -> (usize, usize) {
    let head = format!("POST /form HTTP/1.1\r\nContent-Type: {FORM}\r\n");
    growth(&head, (PART, "\r\n--b--\r\n"), octets, &format!("1 parts, {octets} octets, true"))
}

fn growth_of_plain(octets: usize) -> (usize, usize) {
    growth("POST /plain HTTP/1.1\r\n", ("", ""), octets, &format!("{octets} octets"))
}

#[test]
fn what_is_taken_as_it_arrives_takes_little_memory() {
    const MOST: usize = 1 << 20;
    for (what, grown) in [("form", growth_of_form(24 << 20)), ("plain", growth_of_plain(24 << 20))]
    {
        assert!(grown.0 < MOST, "{what}: {} octets more", grown.0);
    }
}

/// `cargo test --release --all-features --test uploads -- --ignored --nocapture`
#[test]
#[ignore = "4 GiB and a form of 200 MiB take a while: to be run by hand"]
fn gibibytes_take_little_memory() {
    const MOST: usize = 4 << 20;
    for (what, grown) in [("form", growth_of_form(200 << 20)), ("plain", growth_of_plain(4 << 30))]
    {
        assert!(grown.0 < MOST && grown.1 < MOST, "{what}: {grown:?} octets more");
    }
}
