//! All chapters, their rules and cases.

use std::collections::BTreeSet;
use std::path::Path;

use rajada_parser::Leniency;

use crate::read::{self, FormatError};

/// Who runs a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LayerName {
    /// `rajada-parser` alone.
    Parser,
    /// `rajada-pipeline`, without sockets.
    Pipeline,
    /// `rajada-mio`, over a socket.
    Server,
}

impl LayerName {
    /// All layers, the lowest first.
    pub const ALL: [LayerName; 3] = [LayerName::Parser, LayerName::Pipeline, LayerName::Server];

    pub(crate) fn named(name: &str) -> Option<LayerName> {
        match name {
            "parser" => Some(LayerName::Parser),
            "pipeline" => Some(LayerName::Pipeline),
            "server" => Some(LayerName::Server),
            _ => None,
        }
    }
}

/// What the octets of a case are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// What a client sends on a connection.
    Requests,
    /// What a server answers to a request of this method.
    ResponseTo(String),
}

/// A rule of the protocol.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Such as `line-1`.
    pub id: String,
    /// The heading behind the id.
    pub title: String,
    /// The text below the heading, up to the first case.
    pub text: String,
    /// `chapter.md:12`
    pub place: String,
}

/// Octets, and what must come of them.
#[derive(Clone, Debug)]
pub struct Case {
    /// The rule's id and the heading's words: `line-1/two-after-the-method`.
    pub id: String,
    /// The rule's id.
    pub rule: String,
    /// `chapter.md:12`
    pub place: String,
    /// What the octets are.
    pub message: Message,
    /// The octets.
    pub octets: Vec<u8>,
    /// Whether the peer closes its side after them.
    pub eof: bool,
    /// What is accepted beyond the strict configuration.
    pub leniency: Leniency,
    /// Who runs the case.
    pub layers: Vec<LayerName>,
    /// One line an event, as [`Event`](crate::Event) displays it.
    pub expected: Vec<String>,
    /// The server's answers, where the case tells them.
    pub answers: Vec<Answer>,
    /// How many requests are out beside each other, if all of them are answered only when no further one is
    /// handed over: of the first such group, of the second, and so on. Empty where the case does not tell.
    pub together: Vec<usize>,
}

impl Case {
    /// The methods of the requests, in order, of the lines that look like a request's first: who
    /// reads an answer has to know whether it has content. A line that begins with `HEAD ` is one
    /// however it goes on.
    pub fn methods(&self) -> Vec<&[u8]> {
        let lines = self.octets.split(|octet| *octet == b'\n').filter(|line| {
            line.starts_with(b"HEAD ") || line.windows(6).any(|octets| octets == b" HTTP/")
        });
        lines
            .filter_map(|line| line.split(|octet| *octet == b' ').next())
            // Content may stand in front, on the same line.
            .map(|word| &word[word.iter().take_while(|octet| octet.is_ascii_lowercase()).count()..])
            .collect()
    }
}

/// An answer of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Three digits, or `x` where any digit will do.
    pub status: String,
    /// Whether the connection closes behind it.
    pub close: bool,
}

/// All chapters.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// All rules, in order.
    pub rules: Vec<Rule>,
    /// All cases, in order.
    pub cases: Vec<Case>,
}

impl Book {
    /// Reads the chapters of this project.
    ///
    /// # Errors
    ///
    /// If a file can't be read, or is not in the format.
    pub fn read() -> Result<Book, FormatError> {
        Book::read_from(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases")))
    }

    /// Reads the chapters in a folder: all its Markdown files but `README.md`, by name.
    ///
    /// # Errors
    ///
    /// If a file can't be read, or is not in the format, or two rules or cases have one id.
    pub fn read_from(folder: &Path) -> Result<Book, FormatError> {
        let unreadable = |error: std::io::Error| {
            FormatError::new(folder.display().to_string(), error.to_string())
        };
        let entries = std::fs::read_dir(folder)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(unreadable)?;
        let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.retain(|path| {
            path.extension().is_some_and(|extension| extension == "md")
                && !path.ends_with("README.md")
        });
        paths.sort();
        let mut book = Book::default();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).map_err(unreadable)?;
            read::chapter(&name, &text, &mut book)?;
        }
        book.refuse_twins()?;
        Ok(book)
    }

    fn refuse_twins(&self) -> Result<(), FormatError> {
        let mut seen = BTreeSet::new();
        let rules = self.rules.iter().map(|rule| (&rule.id, &rule.place));
        let cases = self.cases.iter().map(|case| (&case.id, &case.place));
        match rules.chain(cases).find(|(id, _)| !seen.insert(*id)) {
            Some((id, place)) => {
                Err(FormatError::new(place.clone(), format!("the id {id} stands twice")))
            }
            None => Ok(()),
        }
    }

    /// The cases that a layer runs.
    pub fn cases_of(&self, layer: LayerName) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(move |case| case.layers.contains(&layer))
    }

    /// The rules that fewer cases than so many show.
    pub fn rules_with_fewer_cases_than(&self, enough: usize) -> Vec<&Rule> {
        let cases = |rule: &&Rule| self.cases.iter().filter(|case| case.rule == rule.id).count();
        self.rules.iter().filter(|rule| cases(rule) < enough).collect()
    }
}
