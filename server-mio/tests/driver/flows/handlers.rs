//! Handlers that do what a request's plan says.

use std::task::{Context, Poll};

use rajada_mio::{
    App, Body, BodyStream, Bytes, ContentStream, Deadlines, Endpoint, Error, IntoResponse, Limits,
    OwnedRequest, Request, Response, Status, spawn,
};

use super::asked::{Does, LIMIT, Plan, Takes};
use super::away::Away;
use super::board::{Alive, Held, Over, Said, Shared, allowed, lock};

/// What a handler panics with.
pub(crate) const ON_PURPOSE: &str = "on purpose";

/// An answer.
enum Answer {
    Text(String),
    Status(u16),
    Body(Body),
}

impl IntoResponse for Answer {
    fn into_response(self, res: &mut Response<'_>) {
        match self {
            Answer::Text(text) => res.text(&text),
            Answer::Status(status) => {
                let status = Status::new(status).unwrap_or(Status::INTERNAL_SERVER_ERROR);
                res.fail(Error::message(status, ON_PURPOSE));
            }
            Answer::Body(body) => body.into_response(res),
        }
    }
}

/// The application.
pub(crate) fn app(board: &Shared, window: usize, limits: Limits, deadlines: Deadlines) -> App {
    let (plain, flow) = (board.clone(), board.clone());
    let plain = move |req: &Request<'_>| {
        let id: usize = req.param("id").parse().unwrap_or_default();
        let mut board = lock(&plain);
        board.call(id);
        let text = format!("plain {id}");
        board.requests[id].said = Some(Said::Text(text.clone()));
        text
    };
    let flow = move |req: OwnedRequest, content: ContentStream| handle(flow.clone(), req, content);
    let flow = Endpoint::new(flow).content_limit(LIMIT as u64).content_window(window);
    App::new().limits(limits).deadlines(deadlines).get("/plain/{id}", plain).any("/flow/{id}", flow)
}

/// A handler that there is.
struct AtWork(Alive);

impl Drop for AtWork {
    fn drop(&mut self) {
        let Alive(board, id) = &self.0;
        let known = &mut lock(board).requests[*id];
        known.dropped |= known.said.is_none();
        known.waits = false;
    }
}

impl AtWork {
    fn say(&self, said: Said) {
        let Alive(board, id) = &self.0;
        let known = &mut lock(board).requests[*id];
        known.invited = match said {
            Said::Stream(_) => known.holders > 0,
            Said::Content(_) => true,
            _ => false,
        };
        known.said = Some(said);
    }
}

async fn handle(board: Shared, req: OwnedRequest, content: ContentStream) -> Answer {
    let id: usize = req.param("id").parse().unwrap_or_default();
    let plan = lock(&board).call(id);
    let Some(plan) = plan else { return Answer::Status(500) };
    let at_work = AtWork(Alive::new(&board, id));
    let mut content = Held::new(&board, id, content);
    if plan.waits[0] {
        allowed(&board, id).await;
    }
    if let Err(error) = take(&board, plan, &mut content).await {
        let status = error.status().as_u16();
        at_work.say(Said::Status(status));
        return Answer::Status(status);
    }
    let mut content = Some(content);
    if plan.drops {
        content = None;
    }
    if plan.waits[2] {
        allowed(&board, id).await;
    }
    match plan.does {
        Does::Text => {
            let text = format!("{id} {}", lock(&board).requests[id].got.len());
            at_work.say(Said::Text(text.clone()));
            Answer::Text(text)
        }
        Does::Fail => {
            at_work.say(Said::Status(418));
            Answer::Status(418)
        }
        Does::Panic => {
            at_work.say(Said::Panic);
            panic!("{ON_PURPOSE}");
        }
        Does::Never => {
            lock(&board).requests[id].waits = true;
            std::future::pending().await
        }
        Does::LeaveAway => {
            let away = Away::new(id, plan, content, None);
            let mut board = lock(&board);
            board.away.insert(id, away);
            board.requests[id].said = Some(Said::Text("left".to_owned()));
            Answer::Text("left".to_owned())
        }
        Does::Echo => {
            let begun = lock(&board).requests[id].got.len();
            let Some(content) = content.and_then(Held::into_unseen) else {
                at_work.say(Said::Text(String::new()));
                return Answer::Text(String::new());
            };
            at_work.say(Said::Content(begun));
            Answer::Body(content.into())
        }
        Does::EchoWatched => {
            at_work.say(Said::Stream(None));
            let alive = Alive::new(&board, id);
            Answer::Body(Body::Stream(Box::new(Watched { alive, content, ended: false })))
        }
        Does::EchoSpawned => {
            at_work.say(Said::Stream(None));
            let (sender, body) = Body::channel(plan.capacity);
            let alive = Alive::new(&board, id);
            drop(spawn(pass_on(alive, content, sender)));
            Answer::Body(body)
        }
        Does::EchoAway | Does::Push => {
            let tells = plan.tells && plan.does == Does::Push;
            at_work.say(Said::Stream(tells.then(|| plan.pushed())));
            let (sender, body) = Body::channel(plan.capacity);
            let away = Away::new(id, plan, content, Some(sender));
            lock(&board).away.insert(id, away);
            Answer::Body(if tells { body.with_length(plan.pushed() as u64) } else { body })
        }
    }
}

async fn take(
    board: &Shared,
    plan: Plan,
    content: &mut Held,
) -> Result<(), rajada_mio::RequestError> {
    match plan.takes {
        Takes::Nothing => {}
        Takes::Piece => drop(content.next().await.transpose()?),
        Takes::Whole => drop(content.collect().await?),
        Takes::All => {
            while let Some(piece) = content.next().await {
                piece?;
                if plan.waits[1] {
                    allowed(board, content.id).await;
                }
            }
        }
    }
    Ok(())
}

/// Content that is sent on as it comes.
async fn pass_on(alive: Alive, mut content: Option<Held>, sender: rajada_mio::BodySender) {
    let Alive(board, id) = &alive;
    loop {
        let piece = match &mut content {
            Some(content) => content.next().await,
            None => None,
        };
        match piece {
            Some(Ok(piece)) => {
                lock(board).requests[*id].pushed.extend_from_slice(&piece);
                if sender.send(piece).await.is_err() {
                    lock(board).requests[*id].is_gone = true;
                    return;
                }
            }
            None => {
                lock(board).requests[*id].over = Some(Over::Whole);
                return sender.finish();
            }
            Some(Err(error)) => {
                lock(board).requests[*id].over = Some(Over::Cut);
                return sender.abort(error);
            }
        }
    }
}

/// Content that is an answer as it comes.
struct Watched {
    alive: Alive,
    content: Option<Held>,
    ended: bool,
}

impl BodyStream for Watched {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let Alive(board, id) = &self.alive;
        assert!(!self.ended, "it is asked for more behind its end");
        let polled = match &mut self.content {
            Some(content) => content.poll(cx),
            None => Poll::Ready(None),
        };
        let known = &mut lock(board).requests[*id];
        match &polled {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(piece))) => known.pushed.extend_from_slice(piece),
            Poll::Ready(Some(Err(_))) => {
                (known.over, self.ended) = (Some(Over::Cut), true);
            }
            Poll::Ready(None) => (known.over, self.ended) = (Some(Over::Whole), true),
        }
        polled.map_err(Error::from)
    }
}
