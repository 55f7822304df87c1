//! Asynchronous hooks, all that is behind them, and the handler, as one future.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use crate::app::Replies;
use crate::driver::{Fate, tell};
use crate::handler::{AsyncHandler, Kind, ReusableFuture};
use crate::hook::{Layer, Local};
use crate::response::Preset;
use crate::{Error, IntoResponse, OwnedRequest, OwnedResponse, Response};

/// What runs behind hooks that run at once, from the first one that does not on.
pub(crate) struct Chain {
    pub(crate) layers: Box<[Layer]>,
    /// None: whatever no handler is for.
    pub(crate) handler: Option<Kind>,
    pub(crate) replies: Arc<Replies>,
}

/// All that is behind a hook [around](crate::App::around) handlers: further hooks, and the handler.
#[derive(Clone)]
pub struct Next {
    chain: Arc<Chain>,
    at: usize,
    /// What hooks have set of the answer.
    preset: Option<Arc<Preset>>,
    /// If there is that: whether an answer was given, which has it.
    answered: Option<Arc<AtomicBool>>,
}

impl Next {
    /// Runs it. What comes back is an answer, whatever has happened: errors were answered by the application's error
    /// handlers ([`OwnedResponse::error`] still tells which it was). Only a panic goes through the hook, which is dropped
    /// like the future of a handler that is out of time.
    ///
    /// It may be run more than once, or never: requests can be [cloned](OwnedRequest).
    pub async fn run(&self, request: OwnedRequest) -> OwnedResponse {
        let answer = self.answer(request).await;
        if let Some(answered) = &self.answered {
            answered.store(true, Ordering::SeqCst);
        }
        answer
    }

    async fn answer(&self, mut request: OwnedRequest) -> OwnedResponse {
        let chain = &*self.chain;
        request.hide_content();
        let (mut at, mut preset) = (self.at, self.preset.clone());
        while let Some(layer) = chain.layers.get(at) {
            at += 1;
            match layer {
                Layer::Sync(hook) => {
                    let (mut decided, mut behind) = (false, None);
                    let answer = OwnedResponse::record_behind(preset.as_deref(), |response| {
                        hook(&mut request.view(), response);
                        decided = response.is_decided();
                        behind = response.preset();
                    });
                    if decided {
                        return chain.shown(&request, answer);
                    }
                    preset = behind.map(Arc::from);
                }
                Layer::Ahead(hook) => {
                    let verdict = hook.call(&mut request).await;
                    request.hide_content();
                    let answer = match verdict {
                        Ok(None) => continue,
                        Ok(Some(answer)) => answer,
                        Err(error) => OwnedResponse::from(error),
                    };
                    return chain.shown(&request, with(preset.as_deref(), answer));
                }
                Layer::Around(hook) => {
                    let answered = preset.is_some().then(Arc::<AtomicBool>::default);
                    let (chain, before) = (self.chain.clone(), preset.clone());
                    let next = Next { chain, at, preset, answered: answered.clone() };
                    let kept = request.clone();
                    let answer = hook.call(request, next).await;
                    // Who has had the answer of what follows has had those headers, and leaves what it likes of them.
                    let own = answered.is_some_and(|answered| !answered.load(Ordering::SeqCst));
                    let answer = if own { with(before.as_deref(), answer) } else { answer };
                    return self.chain.shown(&kept, answer);
                }
            }
        }
        chain.handle(request, preset).await
    }
}

impl Chain {
    /// Whatever stands behind all hooks.
    async fn handle(
        &self,
        mut request: OwnedRequest,
        preset: Option<Arc<Preset>>,
    ) -> OwnedResponse {
        let fate = request.extension::<Fate>();
        let (None, Some(kind)) = (fate, &self.handler) else {
            let answer = OwnedResponse::record_behind(preset.as_deref(), |response| {
                fate.unwrap_or(&Fate::Missing).write(&self.replies, &request.view(), response);
            });
            return self.shown(&request, answer);
        };
        if !kind.streams()
            && let Err(error) = request.read_content().await
        {
            return self.shown(&request, OwnedResponse::from(Error::from(error)));
        }
        match kind {
            Kind::Sync(handler) => {
                let answer = OwnedResponse::record_behind(preset.as_deref(), |response| {
                    handler(&request.as_request(), response);
                });
                self.shown(&request, answer)
            }
            Kind::Async(handler) => {
                let kept = request.clone();
                let answer = handler.call(request, preset).await;
                self.shown(&kept, answer)
            }
        }
    }

    /// Makes an answer of what has failed or is missing.
    fn shown(&self, request: &OwnedRequest, mut answer: OwnedResponse) -> OwnedResponse {
        if answer.is_missing() {
            answer = OwnedResponse::record(|response| {
                // What was set stays, as it does without hooks.
                answer.into_response(response);
                if response.take_missing() {
                    self.replies.missing(Some(&request.as_request()), response);
                }
            });
        }
        // Twice: the handler of an error may fail itself.
        for _ in 0..2 {
            let Some(error) = answer.take_failure() else { break };
            answer = self.failed(request, error);
        }
        answer
    }

    fn failed(&self, request: &OwnedRequest, error: Box<Error>) -> OwnedResponse {
        let view = request.as_request();
        let mut answer = OwnedResponse::record(|response| {
            self.replies.error(&error, Some(&view), response);
        });
        tell(&error, Some(&view), answer.status());
        answer.set_cause(error);
        answer
    }
}

/// An answer with what hooks have set of it before.
fn with(preset: Option<&Preset>, answer: OwnedResponse) -> OwnedResponse {
    match preset {
        None => answer,
        Some(_) => OwnedResponse::record_behind(preset, |response| answer.into_response(response)),
    }
}

impl AsyncHandler for Arc<Chain> {
    fn place(&self) -> Box<dyn ReusableFuture> {
        Box::new(ChainPlace { chain: self.clone(), future: None })
    }

    fn streams(&self) -> bool {
        self.handler.as_ref().is_some_and(Kind::streams)
    }

    fn call(&self, request: OwnedRequest, preset: Option<Arc<Preset>>) -> Local<'_, OwnedResponse> {
        let next = Next { chain: self.clone(), at: 0, preset, answered: None };
        Box::pin(async move { next.run(request).await })
    }
}

/// A place for the futures of a chain. Each has layers of its own, so none is used again.
struct ChainPlace {
    chain: Arc<Chain>,
    future: Option<Local<'static, OwnedResponse>>,
}

impl ReusableFuture for ChainPlace {
    fn begin(
        &mut self,
        request: OwnedRequest,
        cx: &mut Context<'_>,
        response: &mut Response<'_>,
    ) -> Poll<()> {
        let preset = response.preset().map(Arc::from);
        let next = Next { chain: self.chain.clone(), at: 0, preset, answered: None };
        self.future = Some(Box::pin(async move { next.run(request).await }));
        self.poll(cx, response)
    }

    fn poll(&mut self, cx: &mut Context<'_>, response: &mut Response<'_>) -> Poll<()> {
        let Some(future) = &mut self.future else { return Poll::Ready(()) };
        let polled = future.as_mut().poll(cx).map(|answer| {
            // The answer has what hooks have set of it, as far as it is to have it.
            response.reset();
            answer.into_response(response);
        });
        if polled.is_ready() {
            self.future = None;
        }
        polled
    }

    fn clear(&mut self) {
        self.future = None;
    }
}

impl core::fmt::Debug for Next {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let behind = self.chain.layers.len().saturating_sub(self.at);
        f.debug_struct("Next").field("hooks", &behind).finish_non_exhaustive()
    }
}
