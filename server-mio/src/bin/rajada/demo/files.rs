//! Files in a form.

use std::fmt::Write;

use rajada_mio::{Request, RequestError, Scope};

use super::{escaped::escaped, pages};

/// What the first page shows.
pub(super) const FORM: &str = r#"<form method="post" action="/demo/files" enctype="multipart/form-data">
  <label>Files in a form <input type="file" name="file" multiple required></label>
  <button>Send files</button>
</form>"#;

/// Adds the route.
pub(super) fn add(scope: Scope) -> Scope {
    scope.post("/files", |req: &Request<'_>| {
        let mut page = String::new();
        for part in req.multipart()? {
            let (name, octets) =
                (part.file_name.as_deref().unwrap_or("a field"), part.content.len());
            // Writing to a String can't fail.
            let _ = write!(page, "<p>{}: {octets} octets.", escaped(name));
        }
        Ok::<_, RequestError>(pages::page(page))
    })
}
