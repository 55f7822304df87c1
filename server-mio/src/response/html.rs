//! Pages.

use std::borrow::Cow;

use super::{IntoResponse, Response};
use crate::{Body, ContentType};

/// A page: text/html; charset=utf-8.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a page is its text")]
pub struct Html<T>(pub T);

impl<T: Into<Cow<'static, str>>> IntoResponse for Html<T> {
    fn into_response(self, response: &mut Response<'_>) {
        match self.0.into() {
            Cow::Borrowed(text) => response.send_static(ContentType::HTML, text.as_bytes()),
            Cow::Owned(text) => response.send(ContentType::HTML, Body::from(text)),
        }
    }
}
