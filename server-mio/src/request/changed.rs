//! A request in place of another one.

use std::sync::Arc;

use rajada_parser::Config;

use super::extensions::Inherited;
use super::{Extensions, Known, OwnedRequest, Whereabouts, spare};

impl OwnedRequest {
    /// This request with another head, that has so many fields, and other content. Where it leads to stays, and so does what
    /// is attached. Nothing, if it is no head of a request.
    pub(crate) fn changed(
        &self,
        head: &[u8],
        fields: usize,
        content: &[u8],
    ) -> Option<OwnedRequest> {
        let known = Known::of(&Config::STRICT, head);
        if known.target().is_empty() || known.fields() != fields {
            return None;
        }
        let view = self.view();
        let whereabouts = Whereabouts {
            path: Some(view.path_octets()),
            route: view.route,
            ranges: view.ranges,
            peer: view.peer,
        };
        let context = self.parts.as_ref()?.context();
        let mut parts = spare::known(context, &known, &whereabouts);
        if !content.is_empty() {
            spare::add_content(&mut parts, content);
        }
        let extensions = Extensions::default();
        extensions.insert(Inherited(self.clone()));
        spare::attach(&mut parts, extensions);
        Some(OwnedRequest::new(Arc::clone(&parts)))
    }
}
