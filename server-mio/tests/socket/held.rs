//! What the program takes from the system for its peers, as the system tells it.

use std::time::Duration;

use rajada_mio::{App, OwnedRequest, spawn_blocking};

use crate::client::Client;
use crate::program::Program;
use crate::serving::{serve, wait_until};
use crate::shortage::{descriptors, resident};

#[test]
fn descriptors_are_those_of_the_connections_taken_in() {
    let program = Program::with(&["--connections", "5"]);
    let before = descriptors(&program);
    let mut clients: Vec<Client> = (0..20).map(|_| Client::connect(program.address)).collect();
    for client in &mut clients {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    clients[..5].iter_mut().for_each(|client| assert_eq!(client.answer().status, 200));
    for _ in 0..20 {
        assert!(descriptors(&program) <= before + 5);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(descriptors(&program), before + 5);
    drop(clients);
    wait_until(|| descriptors(&program) == before);
}

#[test]
fn an_idle_connection_takes_little_memory() {
    const CONNECTIONS: usize = 400;
    let program = Program::with(&[]);
    Client::connect(program.address).get("/");
    let before = resident(&program);
    let mut clients: Vec<Client> =
        (0..CONNECTIONS).map(|_| Client::connect(program.address)).collect();
    clients.iter_mut().for_each(|client| assert_eq!(client.get("/").status, 200));
    let each = resident(&program).saturating_sub(before) * 1024 / CONNECTIONS;
    assert!(each <= 1024, "{each} octets");
}

#[test]
fn threads_are_as_many_as_may_be() {
    let threads = || {
        std::fs::read_dir("/proc/self/task").map_or(0, |tasks| {
            let names = tasks
                .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
            names.filter(|name| name.trim() == "rajada-held").count()
        })
    };
    let app = App::new().blocking_threads(3).get("/block", |_: OwnedRequest| async {
        spawn_blocking(|| {
            let name = std::fs::write("/proc/thread-self/comm", "rajada-held");
            std::thread::sleep(Duration::from_millis(100));
            name.map_or("", |()| "blocked")
        })
        .await
    });
    let serving = serve(app);
    let mut client = serving.client();
    client.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n".repeat(12));
    let mut most = 0;
    for _ in 0..12 {
        assert_eq!(client.answer().text(), "blocked");
        most = most.max(threads());
    }
    assert_eq!(most, 3);
}
