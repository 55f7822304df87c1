//! TCP segments that the kernel has sent again.
//!
//! On loopback that happens where the kernel drops what it has no time to deliver, because other programs want the processors, too. The drop costs
//! a pause of 200 milliseconds or more, which says nothing about a server.

use std::fs;

/// So many since the machine began, of all its programs; none if the kernel doesn't tell.
pub(super) fn segments() -> Option<u64> {
    parse(&fs::read_to_string("/proc/net/snmp").ok()?)
}

/// Two lines a protocol: names, then values.
fn parse(text: &str) -> Option<u64> {
    let mut tcp = text.lines().filter_map(|line| line.strip_prefix("Tcp: "));
    let (names, values) = (tcp.next()?, tcp.next()?);
    let place = names.split(' ').position(|name| name == "RetransSegs")?;
    values.split(' ').nth(place)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_found_by_its_name() {
        let text =
            "Ip: Forwarding\nIp: 1\nTcp: MaxConn InSegs RetransSegs InErrs\nTcp: -1 1825 6125 0\n";
        assert_eq!(parse(text), Some(6125));
        assert_eq!(parse("Tcp: MaxConn\nTcp: -1\n"), None);
        assert_eq!(parse(""), None);
    }
}
