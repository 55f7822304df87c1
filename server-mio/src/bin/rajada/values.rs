//! Values of options: what a wrong one is told.

use std::fmt::Display;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use lexopt::{Error, Parser};
use log::LevelFilter;
use rajada_mio::Level;

use crate::shown::shown;

/// Workers, at most: see [`rajada_mio::App::workers`].
const MOST_WORKERS: usize = 1024;

/// The value of `option`, which `parse` understands, or what it can be.
fn value<T>(
    parser: &mut Parser,
    option: &str,
    can_be: impl Display,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Error> {
    let value = match parser.value() {
        Ok(value) => value,
        Err(Error::MissingValue { .. }) => {
            return Err(format!("{option}: its value is missing: {can_be}").into());
        }
        Err(error) => return Err(error),
    };
    value
        .to_str()
        .and_then(parse)
        .ok_or_else(|| format!("{option} {}: {can_be}", shown(&value.to_string_lossy())).into())
}

/// A number from `least` to `most`, in a unit if it has one.
fn number<N: FromStr + PartialOrd + Display>(
    parser: &mut Parser,
    option: &str,
    unit: &str,
    (least, most): (N, N),
) -> Result<N, Error> {
    let can_be = format!("{unit}from {least} to {most}");
    value(parser, option, can_be, |text| digits(text).filter(|n| (&least..=&most).contains(&n)))
}

/// A number in digits alone: the standard library takes a sign, too.
fn digits<N: FromStr>(text: &str) -> Option<N> {
    text.bytes().all(|octet| octet.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// An address, or a name, and a port. Whether there is such a name is not looked up here.
pub(crate) fn address(parser: &mut Parser, option: &str) -> Result<String, Error> {
    value(parser, option, "an address and a port, such as 127.0.0.1:8080", |text| {
        let is_named = || {
            let (name, port) = text.rsplit_once(':')?;
            let is_name = !name.is_empty() && !name.contains(['[', ']', ':', '/']);
            (is_name && digits::<u16>(port).is_some()).then_some(())
        };
        let is_one = text.parse::<SocketAddr>().is_ok() || is_named().is_some();
        is_one.then(|| text.to_owned())
    })
}

pub(crate) fn workers(parser: &mut Parser, option: &str) -> Result<usize, Error> {
    number(parser, option, "", (1, MOST_WORKERS))
}

pub(crate) fn connections(parser: &mut Parser, option: &str) -> Result<usize, Error> {
    number(parser, option, "", (1, usize::MAX))
}

pub(crate) fn octets(parser: &mut Parser, option: &str) -> Result<u64, Error> {
    number(parser, option, "octets, ", (0, u64::MAX))
}

pub(crate) fn seconds(parser: &mut Parser, option: &str) -> Result<Duration, Error> {
    number(parser, option, "seconds, ", (0, u64::MAX)).map(Duration::from_secs)
}

/// Microseconds, or `never`.
pub(crate) fn microseconds(parser: &mut Parser, option: &str) -> Result<Option<Duration>, Error> {
    let can_be = format!("microseconds, from 0 to {}, or never", u64::MAX);
    value(parser, option, can_be, |text| match text {
        "never" => Some(None),
        _ => digits(text).map(|micros| Some(Duration::from_micros(micros))),
    })
}

pub(crate) fn level(parser: &mut Parser, option: &str) -> Result<Level, Error> {
    value(parser, option, any_of(Level::ALL.map(Level::name)), |text| text.parse().ok())
}

/// Of what is logged. (The crate's own reader ignores case.)
pub(crate) fn log_level(parser: &mut Parser, option: &str) -> Result<LevelFilter, Error> {
    const LEVELS: [(&str, LevelFilter); 6] = [
        ("off", LevelFilter::Off),
        ("error", LevelFilter::Error),
        ("warn", LevelFilter::Warn),
        ("info", LevelFilter::Info),
        ("debug", LevelFilter::Debug),
        ("trace", LevelFilter::Trace),
    ];
    value(parser, option, any_of(LEVELS.map(|(name, _)| name)), |text| {
        LEVELS.into_iter().find(|(name, _)| *name == text).map(|(_, level)| level)
    })
}

/// `a, b or c`.
fn any_of<const N: usize>(words: [&str; N]) -> String {
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
