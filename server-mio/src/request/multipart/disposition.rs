//! `Content-Disposition` of a part of a form.

use rajada_parser::list::{self, ListError, Parameter};

/// What a part is called: its field, and its file if it is one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Disposition {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
}

impl Disposition {
    /// Reads the value (RFC 7578 section 4.2), in the ways in which clients write names:
    ///
    /// - In a quoted string a backslash stands for itself, but before a quote or another backslash. Browsers write a
    ///   backslash as it is and a quote as `%22`, which stays (WHATWG HTML, section 4.10.22.8); others follow RFC 9110. A
    ///   browser's name that ends in a backslash is known as such at the end of the value alone.
    /// - `filename*` (RFC 8187) wins over `filename`. RFC 7578 forbids to send it, and some do.
    /// - Octets that are not UTF-8 become U+FFFD.
    ///
    /// `None` for anything but `form-data` with one `name` and at most one of each other: with a file name that nobody
    /// can read, a file would pass for a text.
    pub(super) fn parse(value: &[u8]) -> Option<Disposition> {
        match parse(value) {
            // A browser's name ends in a backslash, which then is not there to escape the quote.
            Err(Some(ListError::UnterminatedQuote(_))) if value.ends_with(b"\\\"") => {
                let before = value.get(..value.len() - 1)?;
                parse(&[before, b"\\\""].concat()).ok()
            }
            other => other.ok(),
        }
    }
}

/// # Errors
/// Of the list of parameters, or of what they say.
fn parse(value: &[u8]) -> Result<Disposition, Option<ListError>> {
    let (kind, parameters) = list::parameters(value);
    let (mut name, mut file_name, mut extended) = (None, None, None);
    for parameter in parameters {
        let parameter = parameter.map_err(Some)?;
        let slot = match () {
            () if parameter.is("name") => &mut name,
            () if parameter.is("filename") => &mut file_name,
            () if parameter.is("filename*") => &mut extended,
            () => continue,
        };
        if parameter.raw.is_none() || slot.replace(parameter).is_some() {
            return Err(None);
        }
    }
    if !kind.eq_ignore_ascii_case(b"form-data") {
        return Err(None);
    }
    let name = name.as_ref().map(text).ok_or(None)?;
    let plain = file_name.as_ref().map(text);
    let file_name = match extended {
        Some(extended) => Some(extended_text(&extended).or(plain).ok_or(None)?),
        None => plain,
    };
    Ok(Disposition { name, file_name })
}

/// A name as it was before it was quoted.
fn text(parameter: &Parameter<'_>) -> String {
    let raw = parameter.raw.unwrap_or_default();
    let [b'"', inner @ .., b'"'] = raw else { return String::from_utf8_lossy(raw).into_owned() };
    let mut octets = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let [octet, behind @ ..] = rest {
        let (octet, behind) = match rest {
            [b'\\', escaped @ (b'"' | b'\\'), behind @ ..] => (escaped, behind),
            _ => (octet, behind),
        };
        octets.push(*octet);
        rest = behind;
    }
    String::from_utf8_lossy(&octets).into_owned()
}

/// A value with its charset (RFC 8187 section 3.2): UTF-8, or ISO-8859-1, which its predecessor asked for. `None` if it is
/// malformed or in another one.
///
/// ```abnf
/// ext-value = charset "'" [ language ] "'" *( pct-encoded / attr-char )
/// ```
fn extended_text(parameter: &Parameter<'_>) -> Option<String> {
    let raw = parameter.raw.unwrap_or_default();
    let mut parts = raw.splitn(3, |&octet| octet == b'\'');
    let (charset, _language, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let octets = percent_decoded(encoded)?;
    if charset.eq_ignore_ascii_case(b"utf-8") {
        String::from_utf8(octets).ok()
    } else if charset.eq_ignore_ascii_case(b"iso-8859-1") {
        Some(octets.into_iter().map(char::from).collect())
    } else {
        None
    }
}

/// `None` if something is left unencoded that must not be, or encoded badly.
fn percent_decoded(encoded: &[u8]) -> Option<Vec<u8>> {
    let is_plain = |octet: &u8| octet.is_ascii_alphanumeric() || b"!#$&+-.^_`|~%".contains(octet);
    if !encoded.iter().all(is_plain) {
        return None;
    }
    let mut octets = encoded.to_vec();
    let len = rajada_parser::percent_decode_in_place(&mut octets).ok()?.len();
    octets.truncate(len);
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read: the name, and the file's behind a bar.
    fn read(value: impl AsRef<[u8]>) -> Option<String> {
        let Disposition { name, file_name } = Disposition::parse(value.as_ref())?;
        Some(match file_name {
            Some(file_name) => format!("{name}|{file_name}"),
            None => name,
        })
    }

    #[test]
    fn names_are_read_as_clients_write_them() {
        for (value, expected) in [
            ("form-data; name=a", "a"),
            ("form-data; name=\"x; filename=evil.txt\"", "x; filename=evil.txt"),
            ("Form-Data; NAME=\"x\"; FileName=\"f.txt\"", "x|f.txt"),
            ("form-data;name=\"x\";filename=\"\"", "x|"),
            ("form-data; name=\"x\" ;\tfilename=f", "x|f"),
            ("form-data; filename=f; other=\"; name=y\"; name=x", "x|f"),
            ("form-data; name=\"\"", ""),
            // Backslashes.
            ("form-data; name=x; filename=\"a\\b.txt\"", "x|a\\b.txt"),
            ("form-data; name=x; filename=\"C:\\temp\\new.txt\"", "x|C:\\temp\\new.txt"),
            ("form-data; name=x; filename=\"a\\\"b.txt\"", "x|a\"b.txt"),
            ("form-data; name=x; filename=\"a\\\\b.txt\"", "x|a\\b.txt"),
            ("form-data; name=x; filename=\"dir\\\"", "x|dir\\"),
            ("form-data; name=x; filename=\"\\\"", "x|\\"),
            ("form-data; name=x; filename=\"dir\\\\\"", "x|dir\\"),
            // Percents.
            ("form-data; name=x; filename=\"a%22b%0D%0A.txt\"", "x|a%22b%0D%0A.txt"),
            ("form-data; name=\"%5B\"; filename=\"100%\"", "%5B|100%"),
            // The extended form.
            (
                "form-data; name=x; filename*=UTF-8''na%C3%AFve.txt; filename=\"naive.txt\"",
                "x|naïve.txt",
            ),
            (
                "form-data; name=x; filename=\"naive.txt\"; filename*=utf-8'en'na%c3%afve.txt",
                "x|naïve.txt",
            ),
            ("form-data; name=x; filename*=UTF-8''%e2%82%ac%20rates", "x|€ rates"),
            ("form-data; name=x; filename*=iso-8859-1'en'%A3%20rates", "x|£ rates"),
            ("form-data; name=x; filename*=UTF-8''%E9; filename=e", "x|e"),
            ("form-data; name=x; filename*=UTF-8''%zz; filename=e", "x|e"),
            ("form-data; name=x; filename*=KOI8-R''%E9; filename=e", "x|e"),
            ("form-data; name=x; filename*=plain; filename=e", "x|e"),
            ("form-data; name=\"é☃\"; filename=\"naïve.txt\"", "é☃|naïve.txt"),
        ] {
            assert_eq!(read(value).as_deref(), Some(expected), "{value}");
        }
        let latin = b"form-data; name=\"x\"; filename=\"caf\xE9.txt\"";
        assert_eq!(read(latin).as_deref(), Some("x|caf\u{fffd}.txt"));
        assert_eq!(read(b"form-data; name=\"\xFF\"").as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn what_nobody_can_read_is_refused() {
        for value in [
            "",
            "form-data",
            "form-data; filename=f",
            "form-data; name",
            "form-data; name=x; filename",
            "form-data; name=x; filename*",
            "form-data; name=\"dir\\\"; filename=\"f\"",
            "form-data; filename=\"dir\\\"; name=x",
            "attachment; name=x",
            "file; name=x; filename=f",
            "form-data; name=x; name=y",
            "form-data; name=x; Name=x",
            "form-data; name=x; filename=a; filename=b",
            "form-data; name=x; filename*=UTF-8''a; filename*=UTF-8''b",
            "form-data; name=x; filename*=UTF-8''%E9",
            "form-data; name=x; filename*=\"UTF-8''a b\"",
            "form-data; name=x; filename=my file.txt",
            "form-data; name=x; filename=\"f",
            "form-data; name=\"x; filename=f",
            "form-data; name=\"x\"y",
            "form-data; name=x; filename=na\u{ef}ve.txt",
            "form-data\u{a0}; name=x",
            "form-data; name =x",
        ] {
            assert_eq!(read(value), None, "{value}");
        }
    }
}
