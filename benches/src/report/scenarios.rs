//! What is asked of the servers.

/// One kind of load.
pub(super) struct Scenario {
    /// As the command line takes it.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// The generator's name of the request.
    pub(super) shape: &'static str,
    pub(super) connections: usize,
    pub(super) depth: usize,
    /// Requests a second on an even timetable, all connections together; none: each connection asks as soon as it is answered.
    pub(super) rate: Option<f64>,
    /// Whether every contestant can serve it, or only those of this workspace.
    pub(super) everyone: bool,
    pub(super) goal: Goal,
}

/// What Rajada is to reach, and the report to show.
#[derive(Default)]
pub(super) struct Goal {
    /// Processor time a request, at most so many times null-mio's.
    pub(super) ratio: Option<f64>,
    /// Its part in user space, in microseconds a request.
    pub(super) user: Option<f64>,
    /// The latency that 99 of 100 bursts stay below, at most so many times null-mio's.
    pub(super) p99: Option<f64>,
    /// Requests a second, at least so many times Japronto's.
    pub(super) japronto: Option<f64>,
    /// Less processor time than each peer without a fault; otherwise less in user space.
    pub(super) ahead: Option<Ahead>,
}

/// In what Rajada is to be ahead of all peers without a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    Cpu,
    User,
}

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "pipelined",
        title: "24 pipelined on 100 connections",
        shape: "root",
        connections: 100,
        depth: 24,
        rate: None,
        everyone: true,
        goal: Goal {
            ratio: Some(1.12),
            user: Some(0.055),
            p99: Some(1.2),
            japronto: Some(2.5),
            ahead: Some(Ahead::Cpu),
        },
    },
    Scenario {
        name: "plaintext",
        title: "16 pipelined on 256 connections, requests of 161 octets",
        shape: "plaintext",
        connections: 256,
        depth: 16,
        rate: None,
        everyone: true,
        goal: Goal {
            ratio: Some(1.15),
            user: Some(0.08),
            p99: None,
            japronto: Some(2.5),
            ahead: Some(Ahead::Cpu),
        },
    },
    Scenario {
        name: "single",
        title: "not pipelined, 100 connections",
        shape: "root",
        connections: 100,
        depth: 1,
        rate: None,
        everyone: true,
        goal: Goal {
            ratio: None,
            user: Some(0.25),
            p99: None,
            japronto: Some(1.25),
            ahead: Some(Ahead::User),
        },
    },
    at_rate("rate-5000", "5,000 requests a second on 100 connections", 5e3),
    at_rate("rate-20000", "20,000 requests a second on 100 connections", 2e4),
    Scenario {
        name: "parameter",
        title: "24 × 100, a route with a parameter",
        shape: "user",
        connections: 100,
        depth: 24,
        rate: None,
        everyone: false,
        goal: ratio(1.35),
    },
    Scenario {
        name: "ready",
        title: "24 × 100, an async handler that is ready at once",
        shape: "ready",
        connections: 100,
        depth: 24,
        rate: None,
        everyone: false,
        goal: ratio(1.35),
    },
    Scenario {
        name: "echo",
        title: "24 × 100, POST of 64 octets that come back",
        shape: "echo",
        connections: 100,
        depth: 24,
        rate: None,
        everyone: false,
        goal: ratio(1.3),
    },
];

/// What comes at a fixed rate, not pipelined, whether the server keeps up or not.
const fn at_rate(name: &'static str, title: &'static str, rate: f64) -> Scenario {
    let goal = Goal { ratio: None, user: None, p99: None, japronto: None, ahead: None };
    let rate = Some(rate);
    Scenario { name, title, shape: "root", connections: 100, depth: 1, rate, everyone: true, goal }
}

const fn ratio(most: f64) -> Goal {
    Goal { ratio: Some(most), user: None, p99: None, japronto: None, ahead: None }
}

/// One request of this kind, as the generator sends it, but for what is in its fields.
pub(super) fn request(shape: &str) -> &'static [u8] {
    match shape {
        "user" => b"GET /user/42 HTTP/1.1\r\nHost: a\r\n\r\n",
        "ready" => b"GET /ready HTTP/1.1\r\nHost: a\r\n\r\n",
        "echo" => ECHO,
        _ => b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    }
}

const ECHO: &[u8] = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 64\r\n\r\n\
    0123456789012345678901234567890123456789012345678901234567890123";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_is_as_long_as_its_request_says() {
        assert!(
            ECHO.ends_with(b"3")
                && ECHO.len() - ECHO.iter().rposition(|&o| o == b'\n').unwrap() == 65
        );
    }
}
