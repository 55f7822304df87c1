//! The three forms of dates by counting days one by one, RFC 9110 section 5.6.7.

const MONTHS: [(&str, u64); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The date of a second since 1970.
pub fn format(seconds: u64) -> String {
    let mut days = seconds / 86_400;
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7) as usize];
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let mut month = 0;
    loop {
        let length = MONTHS[month].1 + u64::from(month == 1 && is_leap(year));
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let month = MONTHS[month].0;
    format!("{weekday}, {:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT", days + 1)
}

/// The same date as RFC 850 has it.
pub fn rfc850(seconds: u64) -> String {
    let text = format(seconds);
    let rest = match &text[..3] {
        "Tue" => "s",
        "Wed" => "nes",
        "Thu" => "rs",
        "Sat" => "ur",
        _ => "",
    };
    format!(
        "{}{rest}day, {}-{}-{} {} GMT",
        &text[..3],
        &text[5..7],
        &text[8..11],
        &text[14..16],
        &text[17..25]
    )
}

/// The same date as C's `asctime` has it.
pub fn asctime(seconds: u64) -> String {
    let text = format(seconds);
    let day: u64 = text[5..7].parse().expect("a day");
    format!("{} {} {day:2} {} {}", &text[..3], &text[8..11], &text[17..25], &text[12..16])
}
