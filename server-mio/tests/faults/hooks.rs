//! Hooks before a handler run when the head is there, and never see content.

use std::cell::RefCell;

use rajada_mio::{App, Content, Endpoint, OwnedRequest, Request, RequestError, Response, Status};

use crate::rig::World;

struct User(String);

/// An application whose hook lets those in who say who they are.
fn app() -> App {
    App::new()
        .post("/", |req: &Request<'_>| who(req, req.bytes()))
        .post("/async", |req: OwnedRequest| async move { who(&req.as_request(), req.bytes()) })
        .post("/slow", Endpoint::new(|req: &Request<'_>| who(req, req.bytes())).slow(true))
        .before(|req: &mut Request<'_>, res: &mut Response<'_>| {
            res.header("X-Before", "once");
            match req.header_text("x-user").map(str::to_owned) {
                Some(user) => req.extend(User(user)),
                None => res.set_status(Status::UNAUTHORIZED).text("who is it?"),
            }
        })
}

fn who(req: &Request<'_>, content: &[u8]) -> String {
    let user = req.extension::<User>().unwrap();
    format!("{} of {}", content.escape_ascii(), user.0)
}

const PATHS: [&str; 3] = ["/", "/async", "/slow"];

#[test]
fn what_a_hook_refuses_is_answered_before_content_is_asked_for_or_read() {
    for path in PATHS.into_iter().chain(["/none"]) {
        for (fields, closes) in [
            ("Content-Length: 5\r\nExpect: 100-continue\r\n", true),
            ("Content-Length: 1000000\r\n", true),
            ("Content-Length: 5\r\n", false),
            ("Transfer-Encoding: chunked\r\n", false),
        ] {
            let mut world = World::new(app());
            let peer = world.ask(format!("POST {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
            world.settle();
            let answer = world.arrived(peer);
            assert_eq!(world.statuses(peer), [401], "{path} {fields}: {answer}");
            assert_eq!(answer.contains("Connection: close"), closes, "{path} {fields}: {answer}");
        }
    }
}

#[test]
fn what_hooks_let_in_goes_on_with_what_they_have_set() {
    for path in PATHS {
        let mut world = World::new(app());
        let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nX-User: me\r\n");
        let peer = world.ask(format!("{head}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
        world.settle();
        assert_eq!(world.statuses(peer), [100], "{path}");
        for octets in ["he", "l", "lo"] {
            world.send(peer, octets);
            world.settle();
        }
        // Whole in one packet, and behind an answer that has not left.
        world.send(peer, format!("{head}Content-Length: 2\r\n\r\nhi").repeat(2));
        world.settle();
        assert_eq!(world.statuses(peer), [100, 200, 200, 200], "{path}");
        let arrived = world.arrived(peer);
        assert_eq!(arrived.matches("X-Before: once").count(), 3, "{path}: {arrived}");
        assert!(arrived.contains("\r\n\r\nhello of me"), "{path}: {arrived}");
        assert_eq!(arrived.matches("\r\n\r\nhi of me").count(), 2, "{path}: {arrived}");
    }
}

/// Lets a hook look at a request, however its content arrives. What is answered, and what the hook has seen.
fn look<T: 'static>(look: fn(&Request<'_>) -> T) -> Vec<(Vec<u16>, Vec<T>)> {
    thread_local! {
        static SEEN: RefCell<Vec<Box<dyn std::any::Any>>> = const { RefCell::new(Vec::new()) };
    }
    let head = "POST /HERE HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n";
    let mut looks = Vec::new();
    for path in ["", "async", "slow", "none"] {
        for pieces in [&["1"][..], &["", "1"]] {
            let mut world = World::new(
                App::new()
                    .post("/", |req: &Request<'_>| req.bytes().to_vec())
                    .post("/async", |req: OwnedRequest| async move { req.bytes().to_vec() })
                    .post(
                        "/slow",
                        Endpoint::new(|req: &Request<'_>| req.bytes().to_vec()).slow(true),
                    )
                    .before(move |req: &mut Request<'_>, _: &mut Response<'_>| {
                        let seen = look(req);
                        SEEN.with_borrow_mut(|all| all.push(Box::new(seen)));
                    })
                    // To a hook behind a request that was refused there is none, and no harm in asking.
                    .after(|req: &Request<'_>, res: &mut Response<'_>| {
                        res.header("X-Length", req.bytes().len().to_string());
                    }),
            );
            let peer = world.ask(head.replace("HERE", path) + pieces[0]);
            world.settle();
            pieces[1..].iter().for_each(|piece| world.send(peer, piece));
            world.settle();
            let seen = SEEN.take().into_iter().map(|seen| *seen.downcast().unwrap());
            looks.push((world.statuses(peer), seen.collect()));
            assert!(world.arrived(peer).contains("X-Length: "), "{}", world.arrived(peer));
        }
    }
    looks
}

#[test]
fn asking_for_content_in_a_hook_is_an_error_however_it_arrives() {
    let found = |status| if status < 6 { 200 } else { 404 };
    for (place, (statuses, seen)) in
        look(|req| matches!(req.content(), Content::Unread)).into_iter().enumerate()
    {
        assert_eq!((statuses, seen), (vec![found(place)], vec![true]), "{place}");
    }
    let unread = Err(RequestError::Unread);
    for (place, (statuses, seen)) in
        look(|req| req.text().map(str::to_owned)).into_iter().enumerate()
    {
        assert_eq!((statuses, seen), (vec![found(place)], vec![unread.clone()]), "{place}");
    }
    #[cfg(feature = "json")]
    for (_, seen) in look(|req| req.json::<u8>()) {
        assert_eq!(seen, [Err(RequestError::Unread)]);
    }
    // Octets are no `Result`: who asks for them is told with 500.
    for (statuses, seen) in look(|req| req.bytes().len()) {
        assert_eq!((statuses, seen), (vec![500], vec![]));
    }
}
