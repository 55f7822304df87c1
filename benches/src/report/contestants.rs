//! Who may take part, and how each is set up.

use super::record::Kind;

/// A server that may take part.
pub(super) struct Entry {
    /// As the command line takes it.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) kind: Kind,
    pub(super) source: Source,
    /// How it is set up, for readers.
    pub(super) setup: &'static str,
}

/// Where a server comes from, and what is to be known to start it.
pub(super) enum Source {
    /// A binary of this workspace.
    Own { bin: &'static str },
    /// A package of the workspace `benches/peers`; the version is that of the crate.
    Cargo { package: &'static str, library: &'static str, options: &'static [&'static str] },
    /// A source file in `benches/peers/go`, and the Debian package of a library that it needs.
    Go { file: &'static str, library: Option<&'static str> },
    /// A program of the system with a configuration file of `benches/peers`.
    System {
        program: &'static str,
        package: &'static str,
        configuration: &'static str,
        arguments: &'static [&'static str],
        version: &'static str,
    },
    /// A script of `benches/peers` for Node, and packages that it needs: it is given the folder where they are.
    Node { file: &'static str, packages: &'static [&'static str] },
    /// A source file in `benches/peers`, and libraries to be cloned unless their folders are there: uWebSockets and uSockets.
    Cpp { file: &'static str, repositories: &'static [(&'static str, &'static str)] },
    /// Packages in an environment of a CPython whose version is one of these (any, if there are none).
    Python {
        packages: &'static [&'static str],
        pythons: &'static [&'static str],
        arguments: &'static [&'static str],
    },
}

/// All of them, in the order of tables.
pub(super) const ALL: &[Entry] = &[
    Entry {
        name: "null-mio",
        title: "null-mio",
        kind: Kind::Limit,
        source: Source::Own { bin: "null-mio" },
        setup: "mio, counts heads, parses nothing; its answer is as long as Rajada's: what the kernel charges",
    },
    Entry {
        name: "mio-httparse",
        title: "mio + httparse",
        kind: Kind::Limit,
        source: Source::Own { bin: "mio-httparse" },
        setup: "a bare loop that parses all fields and answers; no framework",
    },
    Entry {
        name: "rajada",
        title: "Rajada",
        kind: Kind::Ours,
        source: Source::Own { bin: "rajada" },
        setup: "the binary as it is: router, handlers, Date, limits, deadlines",
    },
    Entry {
        name: "may_minihttp",
        title: "may_minihttp",
        kind: Kind::Peer,
        source: Source::Cargo {
            package: "peer-may_minihttp",
            library: "may_minihttp",
            options: &[],
        },
        setup: "one worker",
    },
    Entry {
        name: "hyper-flush",
        title: "hyper, pipeline_flush",
        kind: Kind::Peer,
        source: Source::Cargo {
            package: "peer-hyper",
            library: "hyper",
            options: &["--pipeline-flush"],
        },
        setup: "tokio's runtime of one thread, TCP_NODELAY, half_close, pipeline_flush",
    },
    Entry {
        name: "hyper",
        title: "hyper",
        kind: Kind::Peer,
        source: Source::Cargo { package: "peer-hyper", library: "hyper", options: &[] },
        setup: "tokio's runtime of one thread, TCP_NODELAY, half_close",
    },
    Entry {
        name: "xitca-web",
        title: "xitca-web",
        kind: Kind::Peer,
        source: Source::Cargo { package: "peer-xitca-web", library: "xitca-web", options: &[] },
        setup: "one worker",
    },
    Entry {
        name: "ntex",
        title: "ntex",
        kind: Kind::Peer,
        source: Source::Cargo { package: "peer-ntex", library: "ntex", options: &[] },
        setup: "one worker, its tokio runtime",
    },
    Entry {
        name: "actix-web",
        title: "actix-web",
        kind: Kind::Peer,
        source: Source::Cargo { package: "peer-actix-web", library: "actix-web", options: &[] },
        setup: "one worker, features that only cost are off",
    },
    Entry {
        name: "axum",
        title: "axum",
        kind: Kind::Peer,
        source: Source::Cargo { package: "peer-axum", library: "axum", options: &[] },
        setup: "axum::serve on tokio's runtime of one thread, TCP_NODELAY",
    },
    Entry {
        name: "fasthttp",
        title: "fasthttp (Go)",
        kind: Kind::Peer,
        source: Source::Go {
            file: "fasthttp.go",
            library: Some("golang-github-valyala-fasthttp-dev"),
        },
        setup: "GOMAXPROCS 1",
    },
    Entry {
        name: "go",
        title: "Go net/http",
        kind: Kind::Peer,
        source: Source::Go { file: "net_http.go", library: None },
        setup: "GOMAXPROCS 1",
    },
    Entry {
        name: "nginx",
        title: "nginx",
        kind: Kind::Peer,
        source: Source::System {
            program: "nginx",
            package: "nginx-light",
            configuration: "nginx/nginx.conf",
            arguments: &["-c", "{configuration}", "-p", "{scratch}"],
            version: "-v",
        },
        setup: "one process, return 200, no log, multi_accept",
    },
    Entry {
        name: "h2o",
        title: "h2o",
        kind: Kind::Peer,
        source: Source::System {
            program: "h2o",
            package: "h2o",
            configuration: "h2o/h2o.conf",
            arguments: &["-c", "{configuration}"],
            version: "-v",
        },
        setup: "one thread, a file of 12 octets, no log",
    },
    Entry {
        name: "node",
        title: "Node",
        kind: Kind::Peer,
        source: Source::Node { file: "node/server.js", packages: &[] },
        setup: "node:http in one process",
    },
    Entry {
        name: "uvicorn",
        title: "uvicorn (httptools)",
        kind: Kind::Peer,
        source: Source::Python {
            packages: &["uvicorn", "httptools", "uvloop"],
            pythons: &[],
            arguments: &[
                "-m",
                "uvicorn",
                "asgi:app",
                "--app-dir",
                "{peers}/python",
                "--host",
                "{host}",
                "--port",
                "{port}",
                "--http",
                "httptools",
                "--loop",
                "uvloop",
                "--no-access-log",
                "--log-level",
                "warning",
                "--backlog",
                "4096",
                "--timeout-keep-alive",
                "3600",
            ],
        },
        setup: "one process, uvloop, httptools, no log",
    },
    Entry {
        name: "japronto",
        title: "Japronto",
        kind: Kind::Peer,
        source: Source::Python {
            packages: &["japronto"],
            pythons: &["3.7", "3.6"],
            arguments: &["{peers}/python/japronto_server.py", "--listen", "{address}"],
        },
        setup: "its released wheel, one process",
    },
];
