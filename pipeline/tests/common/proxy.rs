//! A proxy built on both sides of the crate, and the server behind it.

use rajada_parser::encode::HeadEncoder;
use rajada_parser::{Field, Positions};
use rajada_pipeline::client::{self, Client, RequestHead, Sending};
use rajada_pipeline::memory::UsualMemory;
use rajada_pipeline::{
    Burst, Content, Event, Head, Incoming, Length, Pipeline, Settings, Store, Ticket,
};

/// In a box of the test's own, also where the crate has no heap.
type Loan = Box<Store<Vec<u8>>>;

/// A request as one side understands it.
#[derive(Debug, PartialEq, Eq)]
struct Understood {
    method: Vec<u8>,
    target: Vec<u8>,
    content: Vec<u8>,
    complete: bool,
}

/// Receives `octets` in pieces of `size` as a strict server, forwards what is understood, and
/// returns it with the octets that went on.
fn forward(octets: &[u8], size: usize) -> (Vec<Understood>, Vec<u8>) {
    let settings = Settings::default();
    let head = Head::new(b"HTTP/1.1 200 OK\r\n").expect("a head");
    let mut pipeline = Pipeline::<Vec<u8>, _, _>::new();
    pipeline.lend(Box::new(Store::new(&settings)));
    let mut client = Client::<Vec<u8>, _, _>::new();
    client.lend(Box::new(Store::new(&settings)));
    client.pipeline_any_method();
    let mut slots = Positions::<100>::new();
    let (mut understood, mut forwarded) = (Vec::<Understood>::new(), Vec::new());
    let mut pending: Option<(Ticket, Sending)> = None;
    let mut leftover = Vec::new();
    for piece in octets.chunks(size.max(1)) {
        leftover.extend_from_slice(piece);
        loop {
            let mut burst = Burst::new(&leftover);
            let mut goes_on = true;
            match pipeline.receive(&settings, &mut burst, &mut slots) {
                Event::Request { ticket, request, content, .. } => {
                    // A space behind each colon may come to it, and a Host.
                    let room = request.octets().len() + request.fields().len() + 64;
                    let mut buffer = vec![0; room];
                    let (method, target) = (request.method(), request.target());
                    let mut lines =
                        HeadEncoder::request(&mut buffer, method, target).expect("was parsed");
                    if request.fields().get("Host").is_none() {
                        lines.field("Host", b"origin").unwrap();
                    }
                    for field in request.fields() {
                        if !is_hop_by_hop(field) {
                            let name = std::str::from_utf8(field.name).expect("a token");
                            lines.field(name, field.value).expect("was parsed");
                        }
                    }
                    let Ok(asked) = RequestHead::new(lines.finish().unwrap()) else {
                        // Too many fields, with those that the client adds.
                        return (understood, forwarded);
                    };
                    let (method, target) = (method.to_vec(), target.to_vec());
                    let (content, complete) = match content {
                        Incoming::None => (&b""[..], true),
                        Incoming::Whole(content) => (content, true),
                        Incoming::Streaming(_) => (&b""[..], false),
                    };
                    if complete {
                        let content = match content {
                            b"" => Content::None,
                            content => Content::Copied(content),
                        };
                        client.request(&asked, content).unwrap();
                        transmit(&mut client, &mut forwarded);
                        answer(&mut client, &settings);
                        pipeline.respond(ticket, &head, Content::None).unwrap();
                    } else {
                        pending = Some((ticket, client.start(&asked, Length::Unknown).unwrap()));
                    }
                    let content = content.to_vec();
                    understood.push(Understood { method, target, content, complete });
                }
                Event::Data(data) => {
                    let (_, sending) = pending.as_ref().expect("content follows its request");
                    client.send(sending, Content::Copied(data)).unwrap();
                    understood.last_mut().expect("a request").content.extend_from_slice(data);
                }
                Event::EndOfMessage { .. } => {
                    let (ticket, sending) = pending.take().expect("content follows its request");
                    client.finish(sending, &[]).unwrap();
                    answer(&mut client, &settings);
                    pipeline.respond(ticket, &head, Content::None).unwrap();
                    understood.last_mut().expect("a request").complete = true;
                }
                Event::Malformed(_) => {
                    if let Some((_, sending)) = pending.take() {
                        client.abort(sending).unwrap();
                    }
                }
                _ => goes_on = false,
            }
            let consumed = burst.consumed();
            leftover.drain(..consumed);
            pipeline.transmitted(usize::MAX);
            transmit(&mut client, &mut forwarded);
            if !goes_on {
                break;
            }
        }
    }
    (understood, forwarded)
}

/// Takes what the client sends.
fn transmit(client: &mut Client<Vec<u8>, UsualMemory<Vec<u8>>, Loan>, forwarded: &mut Vec<u8>) {
    while client.wants_write() {
        let mut out = [&[][..]; 8];
        let count = client.poll_transmit(&mut out);
        let sent = out[..count].iter().map(|slice| slice.len()).sum();
        out[..count].iter().for_each(|slice| forwarded.extend_from_slice(slice));
        client.transmitted(sent);
    }
}

/// Lets the server behind answer the oldest request.
fn answer(client: &mut Client<Vec<u8>, UsualMemory<Vec<u8>>, Loan>, settings: &Settings) {
    let octets = b"HTTP/1.1 204 No Content\r\n\r\n";
    let mut slots = Positions::<4>::new();
    let event = client.receive(settings, &mut Burst::new(octets), &mut slots);
    assert!(matches!(event, client::Event::Response { .. }));
}

fn is_hop_by_hop(field: Field<'_>) -> bool {
    ["Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "TE", "Upgrade", "Expect"]
        .iter()
        .any(|name| field.is(name))
}

/// Forwards `octets`, received in pieces of `size`, and has what went on understood by another
/// strict server, whole and octet by octet. All must see the same requests.
pub fn check(octets: &[u8], size: usize) {
    let (seen, forwarded) = forward(octets, size);
    let (again, _) = forward(&forwarded, usize::MAX);
    assert_eq!(seen, again, "{}", forwarded.escape_ascii());
    let (in_pieces, _) = forward(&forwarded, 1);
    assert_eq!(seen, in_pieces, "{}", forwarded.escape_ascii());
}
