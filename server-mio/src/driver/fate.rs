//! What becomes of a request that no handler is for.

use super::answer::Target;
use crate::app::Replies;
use crate::{Request, Response, Status};

/// Why no handler is for a request, kept with it where hooks run before it is answered.
pub(crate) enum Fate {
    Missing,
    NotAllowed(String),
    Options(String),
    UnknownMethod,
    BadPath,
    TooLarge,
}

impl Fate {
    pub(super) fn of(target: Target<'_>) -> Fate {
        match target {
            Target::Missing | Target::Entry(..) => Fate::Missing,
            Target::NotAllowed(allow) => Fate::NotAllowed(allow.to_owned()),
            Target::Options(allow) => Fate::Options(allow.to_owned()),
            Target::UnknownMethod => Fate::UnknownMethod,
            Target::BadPath => Fate::BadPath,
            Target::TooLarge => Fate::TooLarge,
        }
    }

    /// Answers it.
    pub(crate) fn write(
        &self,
        replies: &Replies,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) {
        let target = match self {
            Fate::Missing => Target::Missing,
            Fate::NotAllowed(allow) => Target::NotAllowed(allow),
            Fate::Options(allow) => Target::Options(allow),
            Fate::UnknownMethod => Target::UnknownMethod,
            Fate::BadPath => Target::BadPath,
            Fate::TooLarge => Target::TooLarge,
        };
        write_plainly(replies, target, request, response);
    }
}

/// Answers a request that no handler is for.
pub(super) fn write_plainly(
    replies: &Replies,
    target: Target<'_>,
    request: &Request<'_>,
    response: &mut Response<'_>,
) {
    let status = match target {
        Target::Missing | Target::Entry(..) => return response.not_found(),
        Target::Options(allow) => {
            return response.set_status(Status::NO_CONTENT).header("Allow", allow).empty();
        }
        Target::NotAllowed(allow) => {
            response.header("Allow", allow);
            Status::METHOD_NOT_ALLOWED
        }
        Target::UnknownMethod => Status::NOT_IMPLEMENTED,
        Target::BadPath => Status::BAD_REQUEST,
        Target::TooLarge => {
            return replies.of_protocol(Status::CONTENT_TOO_LARGE, request, response);
        }
    };
    replies.status(status, Some(request), response);
}
