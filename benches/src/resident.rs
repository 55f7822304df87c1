//! Memory of a process, as the system has it.

/// Octets of resident memory.
pub(crate) fn resident(pid: u32) -> Result<u64, String> {
    read(pid, "VmRSS:")
}

/// The same at the most, since the process began.
pub(crate) fn peak(pid: u32) -> Result<u64, String> {
    read(pid, "VmHWM:")
}

fn read(pid: u32, what: &str) -> Result<u64, String> {
    let file = format!("/proc/{pid}/status");
    let status = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
    octets(&status, what).ok_or_else(|| format!("process {pid} has ended"))
}

/// The octets in a line such as `VmRSS:     1234 kB`.
fn octets(status: &str, what: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(what))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read_in_octets() {
        assert_eq!(
            octets("Name:\tx\nVmRSS:\t    2048 kB\nRssAnon: 1 kB\n", "VmRSS:"),
            Some(2_097_152)
        );
        assert_eq!(octets("Name:\tx\n", "VmRSS:"), None);
    }
}
