//! Servers of WebSockets to compare with.

use super::contestants::{Entry, Source};
use super::launch::{self, Launch};
use super::record::Kind;
use super::server::{SERVERS, Server};

/// A server that echoes, ready to be started.
pub(crate) struct Echo {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) setup: &'static str,
    /// Whether it sends what comes at `/send` to all at `/room`.
    pub(crate) has_room: bool,
    pub(crate) launch: Launch,
}

impl Echo {
    /// Starts it, with more arguments, on the servers' processor.
    pub(crate) fn start(&self, more: &[&str]) -> Result<Server, String> {
        Server::start(&self.launch, more, SERVERS)
    }
}

/// Those of these names that were built (all, if none is named), and those that were not, with the reason.
pub(crate) fn echoes(names: &[String]) -> (Vec<Echo>, Vec<(String, String)>) {
    let built = launch::built();
    let (mut ready, mut skipped) = (Vec::new(), Vec::new());
    let wanted = |entry: &&Entry| names.is_empty() || names.iter().any(|name| name == entry.name);
    for entry in ECHOES.iter().filter(wanted) {
        let outcome = match built.iter().find(|built| built.name == entry.name) {
            Some(built) => built.outcome.clone(),
            None => Err("was not built: `report build-peers` does it".into()),
        };
        match outcome {
            Ok(launch) => ready.push(Echo {
                name: entry.name,
                title: entry.title,
                setup: entry.setup,
                has_room: !WITHOUT_ROOM.contains(&entry.name),
                launch,
            }),
            Err(reason) => skipped.push((entry.title.into(), reason)),
        }
    }
    (ready, skipped)
}

/// Those that are no more than an echo.
const WITHOUT_ROOM: [&str; 2] = ["fastwebsockets", "tungstenite"];

/// All of them, in the order of tables.
pub(super) const ECHOES: &[Entry] = &[
    Entry {
        name: "uwebsockets",
        title: "uWebSockets",
        kind: Kind::Peer,
        source: Source::Cpp {
            file: "uwebsockets/server.cpp",
            repositories: &[
                ("uWebSockets", "https://github.com/uNetworking/uWebSockets"),
                ("uSockets", "https://github.com/uNetworking/uSockets"),
            ],
        },
        setup: "its loop on epoll, without TLS, one compressor for all",
    },
    Entry {
        name: "fastwebsockets",
        title: "fastwebsockets",
        kind: Kind::Peer,
        source: Source::Cargo {
            package: "peer-websocket",
            library: "fastwebsockets",
            options: &["--server", "fastwebsockets"],
        },
        setup: "hyper's upgrade on tokio's runtime of one thread, TCP_NODELAY, writev",
    },
    Entry {
        name: "tungstenite",
        title: "tokio-tungstenite",
        kind: Kind::Peer,
        source: Source::Cargo {
            package: "peer-websocket",
            library: "tokio-tungstenite",
            options: &["--server", "tungstenite"],
        },
        setup: "tokio's runtime of one thread, TCP_NODELAY, flushes when nothing more is there to be read",
    },
    Entry {
        name: "axum-websocket",
        title: "axum",
        kind: Kind::Peer,
        source: Source::Cargo {
            package: "peer-websocket",
            library: "axum",
            options: &["--server", "axum"],
        },
        setup: "axum::serve on tokio's runtime of one thread, TCP_NODELAY",
    },
    Entry {
        name: "actix-ws",
        title: "actix-ws",
        kind: Kind::Peer,
        source: Source::Cargo {
            package: "peer-websocket",
            library: "actix-ws",
            options: &["--server", "actix-ws"],
        },
        setup: "actix-web, one worker",
    },
    Entry {
        name: "ws",
        title: "Node, ws",
        kind: Kind::Peer,
        source: Source::Node { file: "node/websocket.js", packages: &["ws", "bufferutil"] },
        setup: "node:http in one process, bufferutil, perMessageDeflate",
    },
];
