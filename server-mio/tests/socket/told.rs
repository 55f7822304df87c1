//! Who waits for an answer to leave.

use std::sync::mpsc;

use rajada_mio::{App, Request, Response};

use crate::client::PATIENCE;
use crate::serving::serve;

#[test]
fn a_callback_tells_when_the_answer_has_been_handed_to_the_socket() {
    let (sender, receiver) = mpsc::channel();
    let app = App::new().get("/{text}", move |req: &Request<'_>, res: &mut Response<'_>| {
        let (sender, text) = (sender.clone(), req.param("text").to_owned());
        res.on_sent(move || sender.send(text).unwrap()).text(req.param("text"));
    });
    let serving = serve(app);
    let mut client = serving.client();
    client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n");
    client.answers(2);
    assert_eq!(receiver.recv_timeout(PATIENCE).unwrap(), "a");
    assert_eq!(receiver.recv_timeout(PATIENCE).unwrap(), "b");
}
