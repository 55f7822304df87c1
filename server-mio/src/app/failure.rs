//! An answer to what went wrong, as the place that shapes all of them sees it.

use std::borrow::Cow;

use crate::{Error, Status};

/// What an error answer of the server's own is about: see [`App::on_any_error`](crate::App::on_any_error).
#[derive(Debug)]
pub struct Failure<'f> {
    pub(super) status: Status,
    pub(super) error: Option<&'f Error>,
    pub(super) detail: Option<Cow<'f, str>>,
    pub(super) is_of_protocol: bool,
}

impl<'f> Failure<'f> {
    pub(super) fn new(status: Status) -> Failure<'f> {
        Failure { status, error: None, detail: None, is_of_protocol: false }
    }

    /// The status of the answer, from 400 on.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The error that a handler or a hook has failed with, if it is one's.
    pub fn error(&self) -> Option<&'f Error> {
        self.error
    }

    /// What the client may be told beside the status: the text of an error that is the client's (below 500), and with
    /// [`App::debug`](crate::App::debug) that of every error and panic.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Whether no handler could be asked: what came is no HTTP, is too large or too late (400, 408, 413, 414, 417, 431,
    /// 501, 503, 505). The request then has what is known of it: method, target and the header fields that were read, or
    /// nothing, and its method is empty.
    pub fn is_of_protocol(&self) -> bool {
        self.is_of_protocol
    }
}
