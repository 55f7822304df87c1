//! Files in a form.

use std::fmt::Write;

use rajada_mio::{Html, Request, RequestError, Scope};

use super::escaped::escaped;

/// Where the page shows it.
pub(super) const FORM: &str = r#"<form method="post" action="/demo/upload" enctype="multipart/form-data">
  <input type="file" name="file" required>
  <button>Send a file</button>
</form>"#;

/// Adds the route.
pub(super) fn add(scope: Scope) -> Scope {
    scope.post("/upload", |req: &Request<'_>| {
        let mut page = String::new();
        for part in req.multipart()? {
            let (name, octets) =
                (part.file_name.as_deref().unwrap_or("a field"), part.content.len());
            // Writing to a String can't fail.
            let _ = write!(page, "<p>{}: {octets} octets.", escaped(name));
        }
        Ok::<_, RequestError>(Html(page))
    })
}
