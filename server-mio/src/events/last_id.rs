//! Where a client has come to that connects again.

use crate::{ContentError, OwnedRequest, Request, RequestError};

const NAME: &str = "Last-Event-ID";

impl<'r> Request<'r> {
    /// The id of the last event that an `EventSource` has read, if it connects again (HTML, section 9.2.4); none with an empty
    /// one. It can be any text of one line: whoever sends the request chooses it.
    ///
    /// # Errors
    /// One that is not UTF-8 (400: [`RequestError::Header`]); lines with different values ([`RequestError::RepeatedHeader`]).
    pub fn last_event_id(&self) -> Result<Option<&'r str>, RequestError> {
        let Some(value) = self.single_header(NAME)? else { return Ok(None) };
        match core::str::from_utf8(value) {
            Ok(id) => Ok(Some(id).filter(|id| !id.is_empty())),
            Err(why) => Err(RequestError::Header(ContentError::new(why).at(NAME))),
        }
    }
}

impl OwnedRequest {
    /// See [`Request::last_event_id`].
    ///
    /// # Errors
    /// As [`Request::last_event_id`].
    pub fn last_event_id(&self) -> Result<Option<&str>, RequestError> {
        self.as_request().last_event_id()
    }
}
