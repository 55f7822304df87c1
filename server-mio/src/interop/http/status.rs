//! Statuses.

use http::StatusCode;

use crate::{BadStatus, IntoResponse, Response, ResponsePart, Status};

/// A status from 600 on has no class (RFC 9110 section 15), and is refused.
impl TryFrom<StatusCode> for Status {
    type Error = BadStatus;

    fn try_from(status: StatusCode) -> Result<Status, BadStatus> {
        Status::try_from(status.as_u16())
    }
}

impl From<Status> for StatusCode {
    fn from(status: Status) -> StatusCode {
        match StatusCode::from_u16(status.as_u16()) {
            Ok(status) => status,
            Err(_) => unreachable!("statuses are from 100 to 599"),
        }
    }
}

/// A status from 600 on fails the request with 500.
impl IntoResponse for StatusCode {
    fn into_response(self, response: &mut Response<'_>) {
        self.add_to(response);
        response.empty();
    }
}

/// A status from 600 on fails the request with 500.
impl ResponsePart for StatusCode {
    fn add_to(self, response: &mut Response<'_>) {
        match Status::try_from(self) {
            Ok(status) => {
                response.set_status(status);
            }
            Err(error) => response.fail(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_goes_there_and_back_and_those_without_a_class_stay() {
        for code in 100..=999 {
            let theirs = StatusCode::from_u16(code).unwrap();
            match Status::new(code) {
                Some(ours) => {
                    assert_eq!(
                        (Status::try_from(theirs), StatusCode::from(ours)),
                        (Ok(ours), theirs)
                    );
                }
                None => assert_eq!(Status::try_from(theirs), Err(BadStatus)),
            }
        }
    }
}
