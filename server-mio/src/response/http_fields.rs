//! An answer that has the fields of one of the crate `http`.

use http::HeaderMap;
use http::header::{CONTENT_LENGTH, SET_COOKIE};

use super::{BadHeader, Response};
use crate::Body;
use crate::interop::http::{is_servers, leaves_open};

impl Response<'_> {
    /// Sets fields in place of those of their names, but for cookies. Those that are the server's are left out; the length
    /// that they tell comes back.
    ///
    /// # Errors
    /// A field that can't be sent.
    pub(crate) fn take_http_fields(
        &mut self,
        theirs: &HeaderMap,
    ) -> Result<Option<u64>, BadHeader> {
        let own = &mut self.desk.fields;
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
        let length = theirs.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        Ok(length.and_then(|length| length.parse().ok()))
    }

    /// Sends content whose type is among the fields, or that has none.
    pub(crate) fn send_untyped(&mut self, body: Body) {
        self.send_typed(body);
    }
}
