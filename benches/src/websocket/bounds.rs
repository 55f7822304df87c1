//! What Rajada's echoes and idle sockets may cost.

use super::echo::{SETTINGS, Turn, middle};
use super::field::{NULL, OURS};
use super::idle::Idle;

/// So many times the processor time of the null echo, with this many messages in flight.
const RATIO: f64 = 1.3;
const DEPTH: usize = 16;

/// Octets of an idle socket whose handler only awaits messages.
pub(super) const SOCKET: f64 = 512.0;

/// That all bounds are kept, or which are not.
pub(super) fn check(turns: &[Turn], idle: &[Idle]) -> Result<(), String> {
    let settings = SETTINGS.into_iter().filter(|(_, depth)| *depth == DEPTH);
    let echoes = settings.filter_map(|setting| {
        let of = |name| middle(turns, name, setting, |turn| turn.cpu);
        let ratio = of(OURS) / of(NULL);
        // Nor is it kept if it was not measured.
        let is_kept = ratio <= RATIO;
        let (size, depth) = setting;
        (!is_kept).then(|| {
            format!("{size} octets x {depth}: {ratio:.2} times the null echo, {RATIO} may be")
        })
    });
    let sockets = idle.iter().filter(|idle| idle.only_awaits && idle.begun > SOCKET);
    let sockets = sockets.map(|idle| format!("{}; {SOCKET:.0} may be", idle.line()));
    let exceeded: Vec<String> = echoes.chain(sockets).collect();
    if exceeded.is_empty() { Ok(()) } else { Err(exceeded.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(contestant: &'static str, setting: (usize, usize), cpu: f64) -> Turn {
        Turn {
            contestant,
            title: contestant,
            setting,
            rate: 1.0,
            cpu,
            user: cpu,
            p50: 1.0,
            p99: 1.0,
        }
    }

    fn turns(ours: f64) -> Vec<Turn> {
        let both = |setting| [turn(NULL, setting, 1.0), turn(OURS, setting, ours)];
        SETTINGS.into_iter().flat_map(both).collect()
    }

    fn idle(only_awaits: bool, begun: f64) -> Idle {
        Idle { title: "Rajada".into(), only_awaits, deflate: false, begun, used: None }
    }

    #[test]
    fn what_is_exceeded_is_told() {
        let within = [idle(true, 512.0), idle(false, 700.0)];
        assert_eq!(check(&turns(1.3), &within), Ok(()));
        let told = check(&turns(1.31), &within).unwrap_err();
        assert_eq!(told.lines().count(), 3, "{told}");
        assert!(told.starts_with("40 octets x 16: 1.31 times the null echo, 1.3 may be"), "{told}");
        let told = check(&turns(1.0), &[idle(true, 513.0)]).unwrap_err();
        assert_eq!(told, "Rajada: 513 octets a socket, without compression; 512 may be");
    }

    #[test]
    fn what_was_not_measured_is_not_kept() {
        assert_eq!(check(&[], &[]).unwrap_err().lines().count(), 3);
    }
}
