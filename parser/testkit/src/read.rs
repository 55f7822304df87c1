//! From Markdown to rules and cases.

use std::fmt;

use rajada_parser::Leniency;

use crate::book::{Answer, Book, Case, LayerName, Message, Rule};
use crate::event::Event;
use crate::octets::unescape;

/// A chapter is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    place: String,
    what: String,
}

impl FormatError {
    pub(crate) fn new(place: String, what: impl Into<String>) -> FormatError {
        FormatError { place, what: what.into() }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl std::error::Error for FormatError {}

/// Adds the rules and cases of one file to the book.
pub(crate) fn chapter(file: &str, text: &str, book: &mut Book) -> Result<(), FormatError> {
    let lines = Lines { file, number: 0, rest: text.lines() };
    let mut reader = Reader { lines, book, in_rule: false, draft: None };
    while let Some(line) = reader.lines.next() {
        reader.line(line)?;
    }
    reader.complete()
}

/// The lines of a file, and which one is being read.
struct Lines<'t> {
    file: &'t str,
    number: usize,
    rest: std::str::Lines<'t>,
}

impl<'t> Lines<'t> {
    fn next(&mut self) -> Option<&'t str> {
        self.number += 1;
        self.rest.next()
    }

    fn place(&self) -> String {
        format!("{}:{}", self.file, self.number)
    }

    fn error(&self, what: impl Into<String>) -> FormatError {
        FormatError::new(self.place(), what)
    }

    /// What `each` makes of the lines up to the closing fence.
    fn block<T>(
        &mut self,
        each: impl Fn(&'t str) -> Result<T, String>,
    ) -> Result<Vec<T>, FormatError> {
        let endless = self.error("this block doesn't end");
        let mut block = Vec::new();
        loop {
            match self.next() {
                Some("```") => return Ok(block),
                Some(line) if line.ends_with([' ', '\t']) => {
                    return Err(self.error("white space at the end of a line can't be seen"));
                }
                Some(line) => block.push(each(line).map_err(|what| self.error(what))?),
                None => return Err(endless),
            }
        }
    }
}

/// A case of which the heading was read, and perhaps the octets.
struct Draft {
    id: String,
    place: String,
    input: Option<(Message, bool, Vec<u8>)>,
}

struct Reader<'t, 'k> {
    lines: Lines<'t>,
    book: &'k mut Book,
    /// Whether a rule of this file was begun.
    in_rule: bool,
    draft: Option<Draft>,
}

impl<'t> Reader<'t, '_> {
    fn line(&mut self, line: &'t str) -> Result<(), FormatError> {
        if line.starts_with('#') {
            self.complete()?;
        }
        if let Some(heading) = line.strip_prefix("## ") {
            self.rule(heading)
        } else if let Some(heading) = line.strip_prefix("### ") {
            self.case(heading)
        } else if let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) {
            self.block(info)
        } else {
            self.text(line);
            Ok(())
        }
    }

    /// A case that was begun has to be complete here.
    fn complete(&mut self) -> Result<(), FormatError> {
        match self.draft.take() {
            Some(Draft { id, place, .. }) => {
                Err(FormatError::new(place, format!("the case {id} is not complete")))
            }
            None => Ok(()),
        }
    }

    fn rule(&mut self, heading: &str) -> Result<(), FormatError> {
        let parts = heading.split_once(": ");
        let (id, title) = parts.ok_or(self.lines.error("a rule's heading is `## id: title`"))?;
        let (id, title, place) = (id.into(), title.into(), self.lines.place());
        self.book.rules.push(Rule { id, title, text: String::new(), place });
        self.in_rule = true;
        Ok(())
    }

    fn case(&mut self, heading: &str) -> Result<(), FormatError> {
        let rule = self.book.rules.last().filter(|_| self.in_rule);
        let rule = rule.ok_or(self.lines.error("a case stands below a rule"))?;
        let id = format!("{}/{}", rule.id, heading.replace(' ', "-"));
        self.draft = Some(Draft { id, place: self.lines.place(), input: None });
        Ok(())
    }

    /// Text between a rule and its first case is the rule's.
    fn text(&mut self, line: &str) {
        let rule = self.book.rules.last_mut().filter(|_| self.in_rule && self.draft.is_none());
        if let Some(rule) = rule {
            rule.text.push_str(line);
            rule.text.push('\n');
        }
    }

    /// The block of octets, then the block of what is expected.
    fn block(&mut self, info: &str) -> Result<(), FormatError> {
        let Some(draft) = &mut self.draft else {
            return Err(self.lines.error("a block stands below a case's heading"));
        };
        if draft.input.is_none() {
            let (message, eof) = message(info).map_err(|what| self.lines.error(what))?;
            draft.input = Some((message, eof, self.lines.block(unescape)?.concat()));
            return Ok(());
        }
        if info != "expect" {
            return Err(self.lines.error(format!("`expect` follows the octets, not {info}")));
        }
        let case = self.finish()?;
        self.book.cases.push(case);
        Ok(())
    }

    fn finish(&mut self) -> Result<Case, FormatError> {
        let incomplete = self.lines.error("the octets come first");
        let Some(Draft { id, place, input: Some(input) }) = self.draft.take() else {
            return Err(incomplete);
        };
        let (message, eof, octets) = input;
        let mut layers = match message {
            Message::Requests => LayerName::ALL.to_vec(),
            Message::ResponseTo(_) => vec![LayerName::Parser],
        };
        let (mut leniency, mut expected, mut answers) = (Leniency::NONE, Vec::new(), Vec::new());
        let mut together = Vec::new();
        let mut named = false;
        for (index, line) in self.lines.block(expectation)?.into_iter().enumerate() {
            match line {
                Expectation::Layers(names) if index == 0 => (layers, named) = (names, true),
                Expectation::Layers(_) => return Err(self.lines.error("the layers come first")),
                Expectation::With(switches) => {
                    leniency = switches;
                    if !named {
                        layers = vec![LayerName::Parser];
                    }
                    if layers.contains(&LayerName::Server) {
                        return Err(self.lines.error("the server is strict"));
                    }
                }
                Expectation::Answer(answer) => answers.push(answer),
                Expectation::Together(groups) => together = groups,
                Expectation::Event(event) => expected.push(event),
            }
        }
        let rule = self.book.rules.last().map(|rule| rule.id.clone()).unwrap_or_default();
        Ok(Case {
            id,
            rule,
            place,
            message,
            octets,
            eof,
            leniency,
            layers,
            expected,
            answers,
            together,
        })
    }
}

/// `request`, `request eof`, `response GET`, `response GET eof`.
fn message(info: &str) -> Result<(Message, bool), String> {
    match info.split(' ').collect::<Vec<_>>()[..] {
        ["request"] => Ok((Message::Requests, false)),
        ["request", "eof"] => Ok((Message::Requests, true)),
        ["response", method] => Ok((Message::ResponseTo(method.into()), false)),
        ["response", method, "eof"] => Ok((Message::ResponseTo(method.into()), true)),
        _ => Err(format!("{info} is neither `request [eof]` nor `response METHOD [eof]`")),
    }
}

/// A line of an `expect` block.
enum Expectation {
    Layers(Vec<LayerName>),
    With(Leniency),
    Answer(Answer),
    Together(Vec<usize>),
    Event(String),
}

fn expectation(line: &str) -> Result<Expectation, String> {
    if let Some(names) = line.strip_prefix("layers: ") {
        let layers = names.split(' ').map(LayerName::named).collect::<Option<Vec<_>>>();
        return layers.map(Expectation::Layers).ok_or(format!("{names} are not all layers"));
    }
    if let Some(names) = line.strip_prefix("with: ") {
        let mut leniency = Leniency::NONE;
        return names
            .split(' ')
            .try_for_each(|name| switch_on(&mut leniency, name))
            .map(|()| Expectation::With(leniency));
    }
    if let Some(answer) = line.strip_prefix("answer ") {
        return self::answer(answer).map(Expectation::Answer);
    }
    if let Some(groups) = line.strip_prefix("together ") {
        let groups = groups.split(' ').map(str::parse).collect::<Result<Vec<usize>, _>>();
        return groups
            .map(Expectation::Together)
            .map_err(|error| format!("{line:?} has no numbers: {error}"));
    }
    if Event::is_event(line) {
        return Ok(Expectation::Event(line.into()));
    }
    Err(format!("{line:?} is no event"))
}

/// The names are those of the fields.
fn switch_on(leniency: &mut Leniency, name: &str) -> Result<(), String> {
    let switch = match name {
        "bare_lf" => &mut leniency.bare_lf,
        "empty_lines" => &mut leniency.empty_lines,
        "target_octets" => &mut leniency.target_octets,
        "spaces" => &mut leniency.spaces,
        "any_code" => &mut leniency.any_code,
        "obs_fold" => &mut leniency.obs_fold,
        "space_before_colon" => &mut leniency.space_before_colon,
        _ => return Err(format!("{name} is no leniency")),
    };
    *switch = true;
    Ok(())
}

/// `200`, `2xx`, `400 close`.
fn answer(text: &str) -> Result<Answer, String> {
    let (status, close) =
        text.strip_suffix(" close").map_or((text, false), |status| (status, true));
    let digits = status.bytes().all(|octet| octet.is_ascii_digit() || octet == b'x');
    if digits && status.len() == 3 {
        return Ok(Answer { status: status.into(), close });
    }
    Err(format!("{status} is no status"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# Chapter\n\nWords.\n\n## a-1: title\n\nWhy.\n\n### first case\n\n```request eof\nGET /\\r\\n\n```\n\n```expect\nlayers: parser\nend\nanswer 400 close\ntogether 2 1\n```\n";

    fn read(text: &str) -> Result<Book, String> {
        let mut book = Book::default();
        chapter("c.md", text, &mut book).map(|()| book).map_err(|error| error.to_string())
    }

    #[test]
    fn a_chapter_is_rules_and_cases() {
        let book = read(GOOD).unwrap();
        let (rule, case) = (&book.rules[0], &book.cases[0]);
        assert_eq!(("a-1", "title", "\nWhy.\n\n"), (&*rule.id, &*rule.title, &*rule.text));
        assert_eq!(("a-1/first-case", "a-1", "c.md:9"), (&*case.id, &*case.rule, &*case.place));
        assert_eq!(
            (b"GET /\r\n".to_vec(), true, Message::Requests),
            (case.octets.clone(), case.eof, case.message.clone())
        );
        assert_eq!(vec!["end".to_string()], case.expected);
        assert_eq!(vec![LayerName::Parser], case.layers);
        assert_eq!(vec![Answer { status: "400".into(), close: true }], case.answers);
        assert_eq!(vec![2, 1], case.together);
    }

    #[test]
    fn a_lenient_case_is_the_parsers_unless_it_names_layers() {
        let layers = |first: &str| {
            let text = GOOD.replace("layers: parser\n", &format!("{first}with: spaces\n"));
            let case = read(&text).unwrap().cases.remove(0);
            assert!(case.leniency.spaces);
            case.layers
        };
        assert_eq!(layers(""), [LayerName::Parser]);
        assert_eq!(layers("layers: parser pipeline\n"), [LayerName::Parser, LayerName::Pipeline]);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let wrong = |from: &str, to: &str| read(&GOOD.replacen(from, to, 1)).unwrap_err();
        assert_eq!("c.md:5: a rule's heading is `## id: title`", wrong("a-1: title", "title"));
        assert_eq!("c.md:7: a case stands below a rule", wrong("## a-1: title\n\n", ""));
        assert_eq!("c.md:12: \\q is no escape", wrong("\\r\\n", "\\q"));
        assert_eq!(
            "c.md:9: the case a-1/first-case is not complete",
            wrong("```expect\nlayers: parser\nend\nanswer 400 close\ntogether 2 1\n```", "")
        );
        assert!(wrong("\nend\n", "\nfinish\n").ends_with("\"finish\" is no event"));
        assert!(wrong("parser\n", "pasrer\n").ends_with("pasrer are not all layers"));
        assert!(
            wrong("GET /\\r\\n", "GET / ")
                .ends_with("white space at the end of a line can't be seen")
        );
        assert!(wrong("request eof", "request fin").contains("neither"));
        assert!(wrong("answer 400", "together 1 x\nanswer 400").contains("has no numbers"));
        assert!(wrong("answer 400", "answer 4000").ends_with("4000 is no status"));
        let lenient =
            |layers| wrong("layers: parser\n", &format!("layers: {layers}\nwith: spaces\n"));
        assert!(lenient("parser server").ends_with("the server is strict"));
    }
}
