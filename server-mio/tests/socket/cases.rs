//! The protocol's cases, which the parser and the pipeline run too, over real sockets: whole, in two pieces, and octet
//! by octet.

use std::io::Write;
use std::net::Shutdown;

use rajada_mio::{App, Request};
use rajada_testkit::{Book, Case, LayerName};

use crate::client::Client;
use crate::serving::{Serving, serve};

/// What must be answered: a status with `x` for any digit, and whether the connection closes behind it.
type Due = (String, bool);

#[test]
fn the_cases_of_the_protocol_hold() {
    let app = App::new().route(["GET", "POST", "PUT"], "/", |_: &Request<'_>| "served").route(
        ["GET", "POST", "PUT", "DELETE"],
        "/{*rest}",
        |_: &Request<'_>| "served",
    );
    hold(app);
}

/// That an application that answers everything with 200 is asked what the cases say, and no more.
pub(crate) fn hold(app: App) {
    let serving = serve(app);
    let book = Book::read().unwrap();
    let mut failures = Vec::new();
    let mut count = 0;
    for case in book.cases_of(LayerName::Server) {
        count += 1;
        if let Err(failure) = check(&serving, case) {
            failures.push(format!("{} ({}): {failure}", case.id, case.place));
        }
    }
    assert!(count > 100, "only {count} cases were found");
    assert!(failures.is_empty(), "{} of {count} cases:\n{}", failures.len(), failures.join("\n"));
}

/// The answers that a case asks for.
fn due(case: &Case) -> Vec<Due> {
    if !case.answers.is_empty() {
        return case.answers.iter().map(|answer| (answer.status.clone(), answer.close)).collect();
    }
    let (mut due, mut close) = (Vec::new(), false);
    for line in &case.expected {
        match line.split(' ').next().unwrap_or_default() {
            "request" => close = false,
            "close" => close = true,
            // Which route and method it is does not matter here, so long as it is understood.
            "end" => due.push(("understood".into(), close)),
            "error" => due.push((line[line.len() - 3..].into(), true)),
            _ => {}
        }
    }
    due
}

fn check(serving: &Serving, case: &Case) -> Result<(), String> {
    let due = due(case);
    let (half, octets) = (case.octets.len() / 2, &case.octets[..]);
    let mut ways: Vec<Vec<&[u8]>> = vec![vec![octets], vec![&octets[..half], &octets[half..]]];
    if octets.len() <= 400 {
        ways.push(octets.chunks(1).collect());
    }
    for pieces in ways {
        let way = pieces.len();
        let mut client = serving.client();
        for piece in pieces {
            // The server may have closed, with an answer that is to be read.
            if client.stream.write_all(piece).is_err() {
                break;
            }
        }
        let _ = client.stream.shutdown(Shutdown::Write);
        answered(&mut client, case, &due).map_err(|error| format!("in {way} pieces: {error}"))?;
    }
    Ok(())
}

fn answered(client: &mut Client, case: &Case, due: &[Due]) -> Result<(), String> {
    let Some(octets) = client.rest() else { return Err("the connection was reset".into()) };
    let shown = octets.escape_ascii().to_string();
    let mut answers = Vec::new();
    // An answer to HEAD has no content.
    let methods: Vec<_> = case.methods().into_iter().map(String::from_utf8_lossy).collect();
    client.give_back(octets);
    while let Some(answer) =
        client.next_of(methods.get(answers.len()).map_or("GET", |method| method))
    {
        if answer.status >= 200 {
            answers.push(answer);
        }
    }
    let fits = |(answer, (status, close)): (&crate::client::Answer, &Due)| {
        let own = answer.status.to_string();
        let same = match status.as_str() {
            "understood" => ![400, 408, 413, 414, 431, 505].contains(&answer.status),
            status => status.chars().zip(own.chars()).all(|(due, own)| due == 'x' || due == own),
        };
        same && (!close || answer.header("connection") == Some("close"))
    };
    if answers.len() == due.len() && answers.iter().zip(due).all(fits) {
        Ok(())
    } else {
        Err(format!("due are {due:?}, and there came {shown}"))
    }
}
