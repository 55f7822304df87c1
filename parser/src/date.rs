//! Dates as HTTP writes them, without a clock and without `std`.
//!
//! ```abnf
//! IMF-fixdate = day-name "," SP day SP month SP year SP hour ":" minute ":" second SP "GMT"
//! ```
//!
//! ```
//! use rajada_parser::date;
//!
//! let text = date::format(784_111_777);
//! assert_eq!(&text, b"Sun, 06 Nov 1994 08:49:37 GMT");
//! assert_eq!(date::parse(&text), Some(784_111_777));
//! ```

/// The octets of an IMF-fixdate.
pub const LEN: usize = 29;

/// The last second that has four digits for its year:
/// `Fri, 31 Dec 9999 23:59:59 GMT`.
pub const MAX: u64 = 253_402_300_799;

const SECONDS_A_DAY: u64 = 86_400;
const DAYS: &[u8; 21] = b"ThuFriSatSunMonTueWed";
const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// `seconds` since 1970-01-01T00:00:00Z as an IMF-fixdate (RFC 9110 section
/// 5.6.7), for `Date`, `Last-Modified` and their like. Later than [`MAX`] is
/// written as [`MAX`].
#[must_use]
pub fn format(seconds: u64) -> [u8; LEN] {
    let seconds = seconds.min(MAX);
    let (days, of_day) = (seconds / SECONDS_A_DAY, seconds % SECONDS_A_DAY);
    let (year, month, day) = civil(days);
    let mut text = *b"---, -- --- ---- --:--:-- GMT";
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
#[must_use]
pub fn parse(text: &[u8]) -> Option<u64> {
    let text: &[u8; LEN] = text.try_into().ok()?;
    let day = number(&text[5..7])?;
    let month = (0..12).find(|month| MONTHS[month * 3..month * 3 + 3] == text[8..11])? as u64 + 1;
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

    proptest! {
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
