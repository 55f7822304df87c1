//! Dates as HTTP writes them, without a clock and without `std`: written in one
//! form, and read in three (RFC 9110 section 5.6.7).
//!
//! ```abnf
//! HTTP-date    = IMF-fixdate / rfc850-date / asctime-date
//! IMF-fixdate  = day-name "," SP day SP month SP year SP time-of-day SP "GMT"
//! rfc850-date  = day-name-l "," SP day "-" month "-" 2DIGIT SP time-of-day SP "GMT"
//! asctime-date = day-name SP month SP ( 2DIGIT / ( SP 1DIGIT ) ) SP time-of-day SP year
//! time-of-day  = hour ":" minute ":" second
//! ```
//!
//! ```
//! use rajada_parser::date;
//!
//! let text = date::format(784_111_777);
//! assert_eq!(&text, b"Sun, 06 Nov 1994 08:49:37 GMT");
//! assert_eq!(date::parse(&text), Some(784_111_777));
//!
//! let now = 1_700_000_000; // what a clock says: for years of two digits
//! assert_eq!(date::parse_any(b"Sunday, 06-Nov-94 08:49:37 GMT", now), Some(784_111_777));
//! assert_eq!(date::parse_any(b"Sun Nov  6 08:49:37 1994", now), Some(784_111_777));
//! ```

/// The octets of an IMF-fixdate.
pub const LEN: usize = 29;

/// The last second that has four digits for its year:
/// `Fri, 31 Dec 9999 23:59:59 GMT`.
pub const MAX: u64 = 253_402_300_799;

const SECONDS_A_DAY: u64 = 86_400;
const DAYS: &[u8; 21] = b"ThuFriSatSunMonTueWed";
const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
const LONG_DAYS: [&[u8]; 7] =
    [b"Sunday", b"Monday", b"Tuesday", b"Wednesday", b"Thursday", b"Friday", b"Saturday"];

/// What an IMF-fixdate looks like where nothing is filled in.
const BLANK: [u8; LEN] = *b"---, -- --- ---- --:--:-- GMT";

/// `seconds` since 1970-01-01T00:00:00Z as an IMF-fixdate (RFC 9110 section
/// 5.6.7), for `Date`, `Last-Modified` and their like. Later than [`MAX`] is
/// written as [`MAX`].
#[must_use]
pub fn format(seconds: u64) -> [u8; LEN] {
    let seconds = seconds.min(MAX);
    let (days, of_day) = (seconds / SECONDS_A_DAY, seconds % SECONDS_A_DAY);
    let (year, month, day) = civil(days);
    let mut text = BLANK;
    let weekday = (days % 7) as usize * 3;
    text[..3].copy_from_slice(&DAYS[weekday..weekday + 3]);
    put(&mut text[5..7], day);
    let month = (month as usize - 1) * 3;
    text[8..11].copy_from_slice(&MONTHS[month..month + 3]);
    put(&mut text[12..16], year);
    put(&mut text[17..19], of_day / 3600);
    put(&mut text[20..22], of_day / 60 % 60);
    put(&mut text[23..25], of_day % 60);
    text
}

/// The seconds since 1970-01-01T00:00:00Z that an IMF-fixdate names. `None` for
/// anything else, such as a day that does not exist, a wrong day of the week,
/// a year before 1970, or one of the obsolete forms of RFC 9110 section 5.6.7.
/// A leap second counts as the second before it.
///
/// A date that was received may have one of those forms: see [`parse_any`].
#[must_use]
pub fn parse(text: &[u8]) -> Option<u64> {
    let text: &[u8; LEN] = text.try_into().ok()?;
    let day = number(&text[5..7])?;
    let month = month(&text[8..11])?;
    let year = number(&text[12..16])?;
    let (hour, minute) = (number(&text[17..19])?, number(&text[20..22])?);
    let second = number(&text[23..25])?;
    if year < 1970 || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = days(year, month, day);
    let seconds = days * SECONDS_A_DAY + hour * 3600 + minute * 60 + second.min(59);
    // Everything else, from the day of the week to the punctuation, is right if
    // it is what would have been written.
    let mut canonical = format(seconds);
    canonical[23..25].copy_from_slice(&text[23..25]);
    (canonical == *text).then_some(seconds)
}

/// The seconds since 1970-01-01T00:00:00Z that a date in any of the three forms
/// names, which RFC 9110 section 5.6.7 says that a recipient MUST accept: an
/// IMF-fixdate; that of RFC 850, `Sunday, 06-Nov-94 08:49:37 GMT`; and that of C's
/// `asctime`, `Sun Nov  6 08:49:37 1994`. `None` for what is in none of them, and for
/// what [`parse`] would not take either, such as a wrong day of the week.
///
/// `now`, in the same seconds, tells the century of a year of two digits: the last
/// one in which the date is not more than 50 years later than that. No other form
/// depends on it.
///
/// ```
/// use rajada_parser::date;
///
/// let now = date::parse(b"Sun, 01 Nov 2026 00:00:00 GMT").unwrap();
/// let year = |text: &[u8]| date::format(date::parse_any(text, now).unwrap())[12..16].to_vec();
/// assert_eq!(year(b"Sunday, 01-Nov-76 00:00:00 GMT"), b"2076"); // in 50 years
/// assert_eq!(year(b"Monday, 01-Nov-76 00:00:01 GMT"), b"1976"); // in more
/// ```
#[must_use]
pub fn parse_any(text: &[u8], now: u64) -> Option<u64> {
    let fixdate = match text.len() {
        LEN => return parse(text),
        24 => from_asctime(text.try_into().ok()?)?,
        _ => from_rfc850(text, now)?,
    };
    parse(&fixdate)
}

/// The same in the usual form. What is wrong stays wrong.
fn from_asctime(text: &[u8; 24]) -> Option<[u8; LEN]> {
    if [text[3], text[7], text[10], text[19]] != [b' '; 4] {
        return None;
    }
    let mut fixdate = BLANK;
    fixdate[..3].copy_from_slice(&text[..3]);
    fixdate[5..7].copy_from_slice(&text[8..10]);
    if fixdate[5] == b' ' {
        fixdate[5] = b'0';
    }
    fixdate[8..11].copy_from_slice(&text[4..7]);
    fixdate[12..16].copy_from_slice(&text[20..]);
    fixdate[17..25].copy_from_slice(&text[11..19]);
    Some(fixdate)
}

/// The same in the usual form, with the century that `now` tells.
fn from_rfc850(text: &[u8], now: u64) -> Option<[u8; LEN]> {
    let name = LONG_DAYS.into_iter().find(|name| text.starts_with(name))?;
    let rest: &[u8; 24] = text.get(name.len()..)?.try_into().ok()?;
    if rest[..2] != *b", " || [rest[4], rest[8]] != *b"--" || rest[11] != b' ' {
        return None;
    }
    let mut fixdate = BLANK;
    fixdate[..3].copy_from_slice(&name[..3]);
    fixdate[5..7].copy_from_slice(&rest[2..4]);
    fixdate[8..11].copy_from_slice(&rest[5..8]);
    fixdate[17..].copy_from_slice(&rest[12..]);

    let today = format(now);
    let last_year = number(&today[12..16])? + 50;
    // Digits of one length compare as their numbers do.
    let within_year =
        |date: &[u8; LEN]| Some((month(&date[8..11])?, [date[5], date[6]], time(date)));
    let mut year = last_year - last_year % 100 + number(&rest[9..11])?;
    if (year, within_year(&fixdate)?) > (last_year, within_year(&today)?) {
        year -= 100;
    }
    put(&mut fixdate[12..16], year);
    Some(fixdate)
}

/// `hour ":" minute ":" second`.
fn time(fixdate: &[u8; LEN]) -> [u8; 8] {
    let mut time = [0; 8];
    time.copy_from_slice(&fixdate[17..25]);
    time
}

/// 1 to 12.
fn month(name: &[u8]) -> Option<u64> {
    (1..13)
        .zip(MONTHS.as_chunks::<3>().0)
        .find_map(|(month, known)| (known == name).then_some(month))
}

/// Days since the epoch to year, month and day in the Gregorian calendar, by
/// eras of 400 years that begin in March (Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms").
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + (month <= 2) as u64, month, day)
}

/// The way back. The year is 1970 or later.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = year - (month <= 2) as u64;
    let (era, year_of_era) = (year / 400, year % 400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day.saturating_sub(1);
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    era * 146_097 + of_era - 719_468
}

/// `number` in decimal digits that fill `place`.
fn put(place: &mut [u8], mut number: u64) {
    for octet in place.iter_mut().rev() {
        *octet = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + (digit - b'0') as u64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::String;

    #[test]
    fn known_dates() {
        for (seconds, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (MAX, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(core::str::from_utf8(&format(seconds)), Ok(text));
            assert_eq!(parse(text.as_bytes()), Some(seconds));
        }
        assert_eq!(format(u64::MAX), format(MAX));
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun,  6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Thu, 00 Jan 1970 00:00:00 GMT",
            "Thu, 31 Dec 1969 23:59:59 GMT",
            "Fri, 30 Feb 2024 00:00:00 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse(b"Sat, 31 Dec 2016 23:59:60 GMT"), Some(1_483_228_799));
    }

    /// The two obsolete forms of an IMF-fixdate.
    fn obsolete(fixdate: &[u8; LEN]) -> (String, String) {
        let text = core::str::from_utf8(fixdate).unwrap();
        let (day, month, year, time) = (&text[5..7], &text[8..11], &text[12..16], &text[17..25]);
        let name = LONG_DAYS.iter().find(|name| name.starts_with(&fixdate[..3])).unwrap();
        let name = core::str::from_utf8(name).unwrap();
        let unpadded = day.strip_prefix('0').map_or(day.into(), |day| std::format!(" {day}"));
        (
            std::format!("{name}, {day}-{month}-{} {time} GMT", &year[2..]),
            std::format!("{} {month} {unpadded} {time} {year}", &text[..3]),
        )
    }

    #[test]
    fn all_three_forms_are_read() {
        let now = 1_700_000_000;
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            // `2DIGIT / ( SP 1DIGIT )`
            "Sun Nov 06 08:49:37 1994",
        ] {
            assert_eq!(parse_any(text.as_bytes(), now), Some(784_111_777), "{text}");
        }
        let (rfc850, asctime) = obsolete(&format(784_111_777));
        assert_eq!(rfc850, "Sunday, 06-Nov-94 08:49:37 GMT");
        assert_eq!(asctime, "Sun Nov  6 08:49:37 1994");
        assert_eq!(parse_any(b"Sat Dec 31 23:59:60 2016", 0), Some(1_483_228_799));
        assert_eq!(parse_any(b"Saturday, 31-Dec-16 23:59:60 GMT", now), Some(1_483_228_799));
        assert_eq!(parse_any(b"Tue Feb 29 00:00:00 2000", now), Some(951_782_400));
    }

    #[test]
    fn what_is_no_date_in_any_form() {
        for text in [
            "",
            "Sunday, 06-Nov-94 08:49:37 UTC",
            "Sunday, 06-Nov-94 08:49:37",
            "Sunday, 06-Nov-1994 08:49:37 GMT",
            "Sunday, 6-Nov-94 08:49:37 GMT",
            "Sunday, 06 Nov 94 08:49:37 GMT",
            "Sunday 06-Nov-94 08:49:37 GMT",
            "Sunday,  6-Nov-94 08:49:37 GMT",
            "Monday, 06-Nov-94 08:49:37 GMT",
            "sunday, 06-Nov-94 08:49:37 GMT",
            "Sun, 06-Nov-94 08:49:37 GMT",
            "Sun, 06-Nov-1994 08:49:37 GMT",
            "Thursday, 00-Jan-70 00:00:00 GMT",
            "Sunday, 06-Nov-9x 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:60:37 GMT",
            "Sunday, 06-Nov-94T08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT ",
            "Monday, 29-Feb-23 00:00:00 GMT",
            "Wed Dec 31 23:59:59 1969",
            "Mon Nov  6 08:49:37 1994",
            "Sun Nov 6 08:49:37 1994",
            "Sun Nov  0 08:49:37 1994",
            "Sun Nov 6  08:49:37 1994",
            "Sun nov  6 08:49:37 1994",
            "Sun Nov  6 24:49:37 1994",
            "Sun Nov  6 08-49-37 1994",
            "Sun,Nov  6 08:49:37 1994",
            "Sun Nov  6 08:49:37 94  ",
            "Sun Nov  6 08:49:37 1994 GMT",
            "Fri Feb 30 00:00:00 2024",
            "784111777",
        ] {
            assert_eq!(parse_any(text.as_bytes(), 1_700_000_000), None, "{text}");
        }
    }

    #[test]
    fn a_year_of_two_digits_is_at_most_fifty_years_ahead() {
        let at = |text: &str| parse(text.as_bytes()).unwrap();
        let year = |text: &str, now: u64| {
            let seconds = parse_any(text.as_bytes(), now)?;
            number(&format(seconds)[12..16])
        };
        let now = at("Mon, 30 Nov 2026 12:00:00 GMT");
        assert_eq!(year("Monday, 30-Nov-76 12:00:00 GMT", now), Some(2076));
        assert_eq!(year("Tuesday, 30-Nov-76 12:00:01 GMT", now), Some(1976));
        assert_eq!(year("Wednesday, 01-Dec-76 00:00:00 GMT", now), Some(1976));
        assert_eq!(year("Sunday, 01-Nov-76 23:59:59 GMT", now), Some(2076));
        assert_eq!(year("Saturday, 01-Jan-77 00:00:00 GMT", now), Some(1977));
        assert_eq!(year("Friday, 31-Dec-99 00:00:00 GMT", now), Some(1999));
        assert_eq!(year("Saturday, 01-Jan-00 00:00:00 GMT", now), Some(2000));
        // The century of now is not always that of the date.
        let now = at("Thu, 30 Nov 2090 12:00:00 GMT");
        assert_eq!(year("Wednesday, 01-Jan-10 00:00:00 GMT", now), Some(2110));
        assert_eq!(year("Sunday, 01-Jan-90 00:00:00 GMT", now), Some(2090));
        let now = at("Sun, 29 Feb 2032 00:00:00 GMT");
        assert_eq!(year("Saturday, 28-Feb-82 00:00:00 GMT", now), Some(2082));
        assert_eq!(year("Monday, 01-Mar-82 00:00:00 GMT", now), Some(1982));
        // Before 1970 and beyond 9999 there are none.
        assert_eq!(year("Saturday, 01-Jan-55 00:00:00 GMT", 0), None);
        assert_eq!(year("Friday, 01-Jan-49 00:00:00 GMT", u64::MAX), None);
        assert_eq!(year("Friday, 31-Dec-99 23:59:59 GMT", u64::MAX), Some(9999));
    }

    /// The last second that is not more than 50 years later.
    fn fifty_years_later(now: u64) -> u64 {
        let (year, month, day) = civil(now / SECONDS_A_DAY);
        days(year + 50, month, day) * SECONDS_A_DAY + now % SECONDS_A_DAY
    }

    /// More than 50 years before [`MAX`].
    const LATE: u64 = MAX - 51 * 366 * SECONDS_A_DAY;

    proptest! {
        #[test]
        fn every_second_comes_back_from_any_form(seconds in 0..=MAX, now in 0..=MAX) {
            let (rfc850, asctime) = obsolete(&format(seconds));
            prop_assert_eq!(parse_any(&format(seconds), now), Some(seconds));
            prop_assert_eq!(parse_any(asctime.as_bytes(), now), Some(seconds));
            if let Some(read) = parse_any(rfc850.as_bytes(), now) {
                let (year, named) = (civil(read / SECONDS_A_DAY).0, civil(seconds / SECONDS_A_DAY).0);
                prop_assert_eq!((year % 100, read % SECONDS_A_DAY), (named % 100, seconds % SECONDS_A_DAY));
                prop_assert!(read <= fifty_years_later(now));
            }
        }

        #[test]
        fn a_date_within_fifty_years_comes_back_from_two_digits(
            now in 0..LATE, ahead in 0..50 * 365 * SECONDS_A_DAY, back in any::<bool>()
        ) {
            let seconds = if back { now.saturating_sub(ahead) } else { now + ahead };
            let (rfc850, _) = obsolete(&format(seconds));
            prop_assert_eq!(parse_any(rfc850.as_bytes(), now), Some(seconds));
        }

        #[test]
        fn nothing_panics_in_any_form(text in "(Sun|Mon|Wednes|x)(day)?,? ?[0-9A-Z ][0-9a-z]{0,3}[- ][A-Z0-9 ][a-z0-9]{2}[- ][0-9:]{2,4} ?[0-9:]{8} ?(GMT|[0-9]{4})?", now: u64) {
            let _ = parse_any(text.as_bytes(), now);
        }

        #[test]
        fn every_second_comes_back(seconds in 0..=MAX) {
            prop_assert_eq!(parse(&format(seconds)), Some(seconds));
        }

        #[test]
        fn nothing_panics(text in "[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT") {
            let _ = parse(text.as_bytes());
        }
    }
}
