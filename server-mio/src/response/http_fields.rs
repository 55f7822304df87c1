//! An answer that has the fields of one of the crate `http`.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use rajada_pipeline::COPY_BELOW;

use super::{BadHeader, Response};
use crate::interop::http::{is_servers, leaves_open};
use crate::{Body, ContentType};

/// What fields tell of the content that they stand before.
#[derive(Clone, Copy)]
pub(crate) struct Told<'h> {
    length: Option<&'h HeaderValue>,
    /// Its type, where that is the only field, and one that heads are kept ready for.
    content_type: Option<ContentType>,
}

impl Told<'_> {
    /// Its length in octets. It is asked for where content does not tell its own.
    pub(crate) fn length(self) -> Option<u64> {
        self.length?.to_str().ok()?.parse().ok()
    }
}

impl Response<'_> {
    /// Sets fields in place of those of their names, but for cookies. Those that are the server's are left out.
    ///
    /// # Errors
    /// A field that can't be sent.
    pub(crate) fn take_http_fields<'h>(
        &mut self,
        theirs: &'h HeaderMap,
    ) -> Result<Told<'h>, BadHeader> {
        let own = &mut self.desk.fields;
        if own.is_empty()
            && let Some(told) = only_type(theirs)
        {
            return Ok(told);
        }
        let length = theirs.get(CONTENT_LENGTH);
        if !own.is_empty() {
            let replaced = theirs.keys().filter(|name| !is_servers(name) && *name != SET_COOKIE);
            replaced.for_each(|name| {
                own.remove(name.as_str());
            });
        }
        for (name, value) in theirs.iter().filter(|(name, _)| !is_servers(name)) {
            own.add(name.as_str(), value)?;
        }
        if !leaves_open(theirs) {
            self.close();
        }
        Ok(Told { length, content_type: None })
    }

    /// Sends content behind fields that were taken: its type is among them, or it has none.
    pub(crate) fn send_told(&mut self, told: Told<'_>, body: Body) {
        match (told.content_type, body) {
            (None, body) => self.send_typed(body),
            (Some(content_type), Body::Owned(octets)) if octets.len() < COPY_BELOW => {
                self.send_copied(content_type, &octets);
            }
            (Some(content_type), body) => self.send(content_type, body),
        }
    }
}

/// A type that has heads kept ready, if nothing is beside it but a length.
fn only_type(theirs: &HeaderMap) -> Option<Told<'_>> {
    const READY: [ContentType; 4] =
        [ContentType::TEXT, ContentType::JSON, ContentType::HTML, ContentType::OCTETS];
    let (mut content_type, mut length) = (None, None);
    for (name, value) in theirs {
        let place = match *name {
            CONTENT_TYPE => &mut content_type,
            CONTENT_LENGTH => &mut length,
            _ => return None,
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
    let same = |ready: &&ContentType| {
        Some(ready.as_str().as_bytes()) == content_type.map(HeaderValue::as_bytes)
    };
    let content_type = Some(*READY.iter().find(same)?);
    Some(Told { length, content_type })
}
