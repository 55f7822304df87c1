//! What the server saw.

use std::sync::{Arc, Mutex, PoisonError};

/// What has arrived so far, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrivals(Arc<Mutex<Vec<Arrival>>>);

/// A request that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// A form, its names and values.
    Form(Vec<(String, String)>),
    /// A multipart form.
    Upload(Vec<Part>),
    /// Cookies, sorted by their names.
    Cookies {
        path: String,
        /// What a script of the page sees, where there are such.
        script: Option<String>,
        cookies: Vec<(String, String)>,
        /// The `Cookie` lines as they came.
        lines: Vec<String>,
    },
    /// The end of a redirect: the user's name is a segment of the path.
    User { method: String, target: String, name: String, form: Vec<(String, String)> },
    /// A page, with the method that was used.
    Page(String),
    /// What the client saw in answers, in its own words.
    Seen(Vec<(String, String)>),
}

/// A field of a multipart form, or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// All of [`binary`], octet by octet.
    Binary,
    /// Something short, or the beginning of something long, and how many octets there were.
    Other(String, usize),
}

/// What a file holds: every octet, many times, and what looks like the end of a part; longer than what curl sends
/// without asking first (`Expect: 100-continue`).
pub(crate) fn binary() -> Vec<u8> {
    let every: Vec<u8> = (0..=255).chain(*b"\r\n--\r\n----\r\n").collect();
    every.repeat(5000)
}

impl Content {
    pub(crate) fn of(octets: &[u8]) -> Content {
        if octets == binary() {
            return Content::Binary;
        }
        let beginning = String::from_utf8_lossy(&octets[..octets.len().min(100)]);
        Content::Other(beginning.into_owned(), octets.len())
    }
}

impl Arrivals {
    pub(crate) fn note(&self, arrival: Arrival) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(arrival);
    }

    pub(crate) fn take(&self) -> Vec<Arrival> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
