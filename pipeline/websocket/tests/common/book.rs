//! Protocol cases in Markdown: see `cases/README.md`.

use std::fs;
use std::path::Path;

/// A case for one role.
#[derive(Debug)]
pub struct Case {
    pub id: String,
    pub is_server: bool,
    pub compressed: bool,
    pub octets: Vec<u8>,
    /// The lines of what is expected, offsets as octets of all.
    pub expected: Vec<String>,
}

const KEYS: [[u8; 4]; 2] = [[0; 4], [0x37, 0xFA, 0x21, 0x3D]];

/// All cases of a folder, for each role that they are for, and for several keys.
pub fn read(folder: &Path) -> Vec<Case> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with("README.md")) {
        let text = fs::read_to_string(file).unwrap();
        let name = file.file_stem().unwrap().to_str().unwrap();
        let (mut rule, mut number, mut flags, mut frames) = ("", 0, String::new(), Vec::new());
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(heading) = line.strip_prefix("## ") {
                (rule, number) = (heading, 0);
            } else if let Some(rest) = line.strip_prefix("```frames") {
                flags = rest.into();
                frames = lines.by_ref().take_while(|line| *line != "```").collect();
            } else if line == "```events" {
                number += 1;
                let events: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
                let id = format!("{name}, {rule}, {number}");
                for key in [None, Some(KEYS[0]), Some(KEYS[1])] {
                    let role = if key.is_some() { "server" } else { "client" };
                    if flags.contains("only") && !flags.contains(role) {
                        continue;
                    }
                    cases.push(case(&id, &flags, &frames, &events, key));
                }
            }
        }
    }
    cases
}

fn case(id: &str, flags: &str, frames: &[&str], events: &[&str], key: Option<[u8; 4]>) -> Case {
    let mut octets = Vec::new();
    // Of each line, the place of each octet that is written.
    let mut places: Vec<Vec<usize>> = Vec::new();
    let mut ends = Vec::new();
    for line in frames {
        let (mut written, mut masked_from) = (Vec::new(), None);
        for token in tokens(line) {
            let mut push = |octet: u8, octets: &mut Vec<u8>| {
                written.push(octets.len());
                let mask = match (masked_from, key) {
                    (Some(from), Some(key)) => key[(octets.len() - from) % 4],
                    _ => 0,
                };
                octets.push(octet ^ mask);
            };
            if let Some(length) = token.strip_prefix('#') {
                // A length, with the key behind it.
                let (short, long) = length.split_once(':').unwrap_or((length, ""));
                let short: u8 = short.parse().unwrap_or_else(|_| panic!("{id}: {token}"));
                push(short | if key.is_some() { 0x80 } else { 0 }, &mut octets);
                for at in (0..long.len()).step_by(2) {
                    push(u8::from_str_radix(&long[at..at + 2], 16).unwrap(), &mut octets);
                }
                octets.extend(key.into_iter().flatten());
                masked_from = Some(octets.len());
            } else {
                for octet in octets_of(id, &token) {
                    push(octet, &mut octets);
                }
            }
        }
        places.push(written);
        ends.push(octets.len());
    }
    let expected = events.iter().map(|line| {
        // An offset is written as LINE:OCTET, both from 0; behind the end of a line is the octet after its last.
        match line.strip_prefix("malformed ") {
            Some(rest) => {
                let mut words = rest.split(' ');
                let (offence, code, at) =
                    (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
                let (of, at) = at.split_once(':').unwrap();
                let (of, at): (usize, usize) = (of.parse().unwrap(), at.parse().unwrap());
                let at = places[of].get(at).copied().unwrap_or(ends[of]);
                format!("malformed {offence} {code} {at}")
            }
            None if line.starts_with("sent ") || line.starts_with("close") => line.to_string(),
            None => {
                // A word or two, and octets.
                let words = tokens(line);
                let count = if words[0] == "compressed" { 2 } else { 1 };
                let octets = words[count..].iter().flat_map(|token| octets_of(id, token));
                let octets = octets.collect::<Vec<_>>();
                format!("{} {}", words[..count].join(" "), octets.escape_ascii())
            }
        }
    });
    Case {
        id: format!("{id} ({})", if key.is_some() { "server" } else { "client" }),
        is_server: key.is_some(),
        compressed: flags.contains("compressed"),
        expected: expected.collect(),
        octets,
    }
}

/// Words, of which strings are one.
fn tokens(line: &str) -> Vec<String> {
    let (mut tokens, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        quoted ^= letter == '"';
        match letter {
            ' ' if !quoted => tokens.push(String::new()),
            letter => tokens.last_mut().unwrap().push(letter),
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

/// `"text"`, `81`, or either of them with `*count` behind.
fn octets_of(id: &str, token: &str) -> Vec<u8> {
    let (token, count) = match token.rsplit_once('*') {
        Some((token, count)) => (token, count.parse().unwrap_or_else(|_| panic!("{id}: {token}"))),
        None => (token, 1),
    };
    match token.strip_prefix('"') {
        Some(text) => text.trim_end_matches('"').as_bytes().repeat(count),
        None => {
            vec![u8::from_str_radix(token, 16).unwrap_or_else(|_| panic!("{id}: {token}")); count]
        }
    }
}
