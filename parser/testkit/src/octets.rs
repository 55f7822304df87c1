//! Octets as text.

/// Octets as the text that [`unescape`] understands: printable ASCII as it is, all else escaped.
pub fn escape(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    for &octet in octets {
        match octet {
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            0 => text.push_str("\\0"),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(char::from(octet)),
            _ => text.push_str(&format!("\\x{octet:02X}")),
        }
    }
    text
}

/// The octets that a text stands for. Line ends stand for none.
///
/// # Errors
///
/// Tells what is no escape.
pub fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::with_capacity(text.len());
    plain(text, &mut octets, false)?;
    Ok(octets)
}

/// Reads up to the end or, in braces, to the closing one; returns what follows that.
fn plain<'t>(text: &'t str, octets: &mut Vec<u8>, braces: bool) -> Result<&'t str, String> {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '}' if braces => return Ok(rest),
            '\\' => rest = escaped(rest, octets)?,
            '\n' => {}
            ' '..='~' => octets.push(first as u8),
            _ => return Err(format!("{first:?} has to be escaped")),
        }
    }
    if braces { Err("a brace is not closed".into()) } else { Ok(rest) }
}

/// Reads what follows a backslash, and returns what follows that.
fn escaped<'t>(text: &'t str, octets: &mut Vec<u8>) -> Result<&'t str, String> {
    if let Some(rest) = text.strip_prefix("repeat(") {
        return repeated(rest, octets);
    }
    if let Some(rest) = text.strip_prefix('x') {
        let digits = rest.get(..2).ok_or("two digits follow \\x")?;
        octets
            .push(u8::from_str_radix(digits, 16).map_err(|_| format!("\\x{digits} is no octet"))?);
        return Ok(&rest[2..]);
    }
    let simple = [("r", b'\r'), ("n", b'\n'), ("t", b'\t'), ("0", 0), ("\\", b'\\'), ("s", b' ')];
    let known =
        simple.into_iter().find_map(|(name, octet)| Some((text.strip_prefix(name)?, octet)));
    let (rest, octet) =
        known.ok_or_else(|| format!("\\{} is no escape", text.chars().next().unwrap_or(' ')))?;
    octets.push(octet);
    Ok(rest)
}

/// Reads `100){ab}`.
fn repeated<'t>(text: &'t str, octets: &mut Vec<u8>) -> Result<&'t str, String> {
    const FORM: &str = "\\repeat(COUNT){OCTETS}";
    let (count, rest) = text.split_once("){").ok_or(format!("not {FORM}"))?;
    let count: usize = count.parse().map_err(|_| format!("{count} is no count in {FORM}"))?;
    let mut inner = Vec::new();
    let rest = plain(rest, &mut inner, true)?;
    octets.extend(inner.repeat(count));
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_octets_survive_the_way_there_and_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(Ok(all.clone()), unescape(&escape(&all)));
    }

    #[test]
    fn escapes_mean_what_they_say() {
        assert_eq!(Ok(b"a\r\n\t\0\\ \xFFb".to_vec()), unescape("a\\r\\n\n\\t\\0\\\\\\s\\xffb"));
        assert_eq!(Ok(b"<a\ra\ra\r>".to_vec()), unescape("<\\repeat(3){a\\r}>"));
        assert_eq!(Ok(b"abbabb}".to_vec()), unescape("\\repeat(2){a\\repeat(2){b}}}"));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(Err("\\q is no escape".into()), unescape("\\q"));
        assert_eq!(Err("\\xg0 is no octet".into()), unescape("\\xg0"));
        assert_eq!(Err("a brace is not closed".into()), unescape("\\repeat(2){a"));
        assert_eq!(Err("two digits follow \\x".into()), unescape("\\x1"));
        assert_eq!(Err("'é' has to be escaped".into()), unescape("é"));
        assert_eq!(
            Err("many is no count in \\repeat(COUNT){OCTETS}".into()),
            unescape("\\repeat(many){a}")
        );
    }
}
