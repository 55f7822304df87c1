//! Heads as text. Each octet becomes one character, so that counting characters counts octets.

/// The octets as characters of the same numbers.
pub fn text(octets: &[u8]) -> String {
    octets.iter().map(|&octet| char::from(octet)).collect()
}

/// How many octets the text stands for.
pub fn len(text: &str) -> usize {
    text.chars().count()
}

/// `tchar`, RFC 9110 section 5.6.2.
pub fn is_tchar(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

/// `token`, RFC 9110 section 5.6.2.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_tchar)
}

/// What a field value may hold, RFC 9110 section 5.5: all but control octets, and the tab after all.
pub fn is_field_content(character: char) -> bool {
    character == '\t' || (character >= ' ' && character != '\x7f')
}

/// Without `OWS` at both ends, RFC 9110 section 5.6.3.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// A field line of a well-formed head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The name as written.
    pub name: String,
    /// The value without white space at its ends.
    pub value: String,
    /// Offset of the name's first octet.
    pub name_at: usize,
    /// Offset of the value's first octet; of the line's end if the value is empty.
    pub value_at: usize,
}

/// A well-formed head in lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The start line, and its offset.
    pub start: (String, usize),
    /// The field lines.
    pub fields: Vec<Line>,
    /// Where the empty line at the end begins.
    pub end: usize,
}

impl Head {
    /// Takes a head apart that ends with its empty line. An empty line before the start line is skipped.
    pub fn of(octets: &[u8]) -> Head {
        let text = text(octets);
        let (mut at, mut start, mut fields) = (0, None, Vec::new());
        for line in text.strip_suffix("\r\n\r\n").expect("an empty line").split("\r\n") {
            match (&start, line.split_once(':')) {
                (None, _) if line.is_empty() && at == 0 => {}
                (None, _) => start = Some((line.to_owned(), at)),
                (Some(_), Some((name, value))) => {
                    let name_len = len(name);
                    let spaces = len(value) - len(value.trim_start_matches([' ', '\t']));
                    fields.push(Line {
                        name: name.to_owned(),
                        value: trimmed(value).to_owned(),
                        name_at: at,
                        value_at: at + name_len + 1 + spaces,
                    });
                }
                (Some(_), None) => panic!("a line without colon"),
            }
            at += len(line) + 2;
        }
        Head { start: start.expect("a start line"), fields, end: at }
    }

    /// The lines of one name.
    pub fn all(&self, name: &str) -> Vec<&Line> {
        self.fields.iter().filter(|line| line.name.eq_ignore_ascii_case(name)).collect()
    }

    /// The elements of a list over all lines of one name, empty ones included, each with its line.
    pub fn elements(&self, name: &str) -> Vec<(String, &Line)> {
        let mut elements = Vec::new();
        for line in self.all(name) {
            elements
                .extend(line.value.split(',').map(|element| (trimmed(element).to_owned(), line)));
        }
        elements
    }
}
