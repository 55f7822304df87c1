//! Error answers as problem details.

use serde_json::{Map, Value};

use super::App;
use crate::{ContentType, Failure, Request, Response};

const PROBLEM: ContentType = ContentType::new("application/problem+json");

impl App {
    /// Gives [all error answers](Self::on_any_error) of the server's own the form of problem details (RFC 9457): JSON with
    /// `status`, `title` (the reason phrase) and, if the client may be told more, `detail`. Their `type` is `about:blank`,
    /// which is not written down (section 4.2.1).
    ///
    /// ```
    /// use rajada_mio::{App, Request, TestClient};
    ///
    /// let app = App::new()
    ///     .problem_details()
    ///     .post("/shout", |req: &Request| req.text().map(str::to_uppercase));
    /// let mut client = TestClient::new(app);
    /// let problem = client.post("/shout").content("text/plain", [0xff]).send();
    /// assert_eq!(problem.header("content-type"), Some("application/problem+json"));
    /// let text = r#"{"detail":"the content is not UTF-8","status":400,"title":"Bad Request"}"#;
    /// assert_eq!(problem.text(), text);
    /// ```
    #[doc(alias("problem details", "RFC 9457", "RFC 7807"))]
    pub fn problem_details(self) -> App {
        self.on_any_error(|failure: &Failure<'_>, _: &Request<'_>, response: &mut Response<'_>| {
            let status = failure.status();
            let mut problem = Map::new();
            problem.insert("title".into(), status.reason().into());
            problem.insert("status".into(), status.as_u16().into());
            if let Some(detail) = failure.detail() {
                problem.insert("detail".into(), detail.into());
            }
            response.send_copied(PROBLEM, Value::Object(problem).to_string().as_bytes());
        })
    }
}
