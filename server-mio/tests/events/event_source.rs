//! What an `EventSource` reads, by the words of HTML, sections 9.2.5 and 9.2.6; and the content of an answer, of which more
//! may be to come.

/// An event as a page gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) kind: String,
    pub(crate) data: String,
    pub(crate) last_id: String,
}

/// Reads an event stream.
#[derive(Debug, Default)]
pub(crate) struct EventSource {
    line: String,
    begun: bool,
    /// The last octet was CR: an LF belongs to it.
    carriage: bool,
    data: String,
    kind: String,
    id: String,
    /// The id that is sent when it connects again.
    pub(crate) last_id: String,
    pub(crate) retry: Option<String>,
    pub(crate) comments: usize,
    pub(crate) messages: Vec<Message>,
}

impl EventSource {
    pub(crate) fn of(text: &str) -> EventSource {
        let mut source = EventSource::default();
        source.read(text);
        source
    }

    pub(crate) fn data(&self) -> Vec<&str> {
        self.messages.iter().map(|message| &*message.data).collect()
    }

    /// Reads more of it, of any length.
    pub(crate) fn read(&mut self, text: &str) {
        for (at, char) in text.chars().enumerate() {
            if !self.begun {
                self.begun = true;
                if at == 0 && char == '\u{feff}' {
                    continue;
                }
            }
            let follows = std::mem::replace(&mut self.carriage, char == '\r');
            match char {
                '\n' if follows => {}
                '\r' | '\n' => {
                    let line = std::mem::take(&mut self.line);
                    self.take_line(&line);
                }
                _ => self.line.push(char),
            }
        }
    }

    fn take_line(&mut self, line: &str) {
        if line.is_empty() {
            return self.dispatch();
        }
        if line.starts_with(':') {
            self.comments += 1;
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.kind = value.to_owned(),
            "data" => {
                self.data += value;
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => self.id = value.to_owned(),
            "retry" if !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit()) => {
                self.retry = Some(value.to_owned());
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        self.last_id.clone_from(&self.id);
        let (data, kind) = (std::mem::take(&mut self.data), std::mem::take(&mut self.kind));
        let Some(data) = data.strip_suffix('\n') else { return };
        let kind = if kind.is_empty() { "message".to_owned() } else { kind };
        self.messages.push(Message { kind, data: data.to_owned(), last_id: self.last_id.clone() });
    }
}

/// The first answer of what has arrived, as far as it has come.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) content: String,
    /// What is behind it, if it has ended by its own framing.
    pub(crate) rest: Option<String>,
}

impl Answer {
    /// An answer in chunks, or in what comes until the end.
    pub(crate) fn of(arrived: &str) -> Answer {
        let (head, mut octets) = arrived.split_once("\r\n\r\n").expect("a head");
        let head = format!("{head}\r\n");
        if !head.contains("Transfer-Encoding: chunked\r\n") {
            return Answer { head, content: octets.to_owned(), rest: None };
        }
        let mut content = String::new();
        while let Some((size, behind)) = octets.split_once("\r\n") {
            let size = usize::from_str_radix(size, 16).expect("the size of a chunk");
            if size == 0 {
                // There are no trailers.
                let rest = behind.strip_prefix("\r\n").map(str::to_owned);
                return Answer { head, content, rest };
            }
            let Some(chunk) = behind.get(..size) else {
                // What has come of it can be read already.
                content += behind;
                break;
            };
            content += chunk;
            let Some(behind) = behind[size..].strip_prefix("\r\n") else { break };
            octets = behind;
        }
        Answer { head, content, rest: None }
    }

    pub(crate) fn source(&self) -> EventSource {
        EventSource::of(&self.content)
    }
}

#[test]
fn the_examples_of_the_text_are_read_as_it_says() {
    let data = |text: &str| {
        EventSource::of(text).data().iter().map(|data| (*data).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(data("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
    let source = EventSource::of(
        ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
    );
    assert_eq!(source.data(), ["first event", "second event"]);
    assert_eq!(
        (source.messages[0].last_id.as_str(), source.messages[1].last_id.as_str()),
        ("1", "")
    );
    assert_eq!(data("data\n\ndata\ndata\n\ndata:"), ["", "\n"]);
    assert_eq!(data("data:test\n\ndata: test\n\n"), ["test", "test"]);
    assert_eq!(data("\u{feff}data: a\r\rdata: b\r\n\r\ndata: c\n\r"), ["a", "b", "c"]);
    let source = EventSource::of(
        "event: add\ndata: 7\nretry: 10\nretry: x\n\nid: a\0\nevent: x\n\ndata: 8\n\n",
    );
    assert_eq!(
        (source.messages[0].kind.as_str(), source.messages[1].kind.as_str()),
        ("add", "message")
    );
    assert_eq!((source.retry.as_deref(), source.last_id.as_str()), (Some("10"), ""));
}
