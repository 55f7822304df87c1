//! Server-sent events: what is given is read by an `EventSource`, by any of them, in order, and nothing else; without sockets
//! and over them.

#[path = "../socket/begin.rs"]
#[allow(dead_code)]
mod begin;
mod broadcast;
#[path = "../socket/client.rs"]
#[allow(dead_code)]
mod client;
mod event_source;
mod reads_back;
#[path = "../faults/rig.rs"]
#[allow(dead_code)]
mod rig;
#[path = "../socket/serving.rs"]
#[allow(dead_code)]
mod serving;
mod sockets;
mod streams;
