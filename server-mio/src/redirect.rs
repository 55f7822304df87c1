//! Answers that lead elsewhere.

use std::borrow::Cow;

use crate::{IntoResponse, Location, Response, Status};

/// Sends the client elsewhere (RFC 9110 section 15.4). Where to is a [`Location`], which encodes what can't be in one.
///
/// ```
/// use rajada_mio::{App, Redirect, Request, Status, TestClient};
///
/// let app = App::new().post("/user", |_: &Request| Redirect::see_other("/user/Zoë"));
/// let answer = TestClient::new(app).post("/user").send();
/// assert_eq!((answer.status(), answer.header("location")), (Status::SEE_OTHER, Some("/user/Zo%C3%AB")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    status: Status,
    location: Location,
}

impl Redirect {
    /// 303: get that instead, the usual answer to a form.
    pub fn see_other(location: impl Into<Cow<'static, str>>) -> Redirect {
        Redirect { status: Status::SEE_OTHER, location: Location::new(location) }
    }

    /// 307: for now it is there; ask again with the same method and content.
    pub fn temporary(location: impl Into<Cow<'static, str>>) -> Redirect {
        Redirect { status: Status::TEMPORARY_REDIRECT, location: Location::new(location) }
    }

    /// 308: it has moved there for good; ask again with the same method and content.
    #[doc(alias = "moved permanently")]
    pub fn permanent(location: impl Into<Cow<'static, str>>) -> Redirect {
        Redirect { status: Status::PERMANENT_REDIRECT, location: Location::new(location) }
    }
}

impl IntoResponse for Redirect {
    fn into_response(self, response: &mut Response<'_>) {
        (self.status, self.location, ()).into_response(response);
    }
}
