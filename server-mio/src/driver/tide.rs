//! Floods of connections, and when the memory of one is free.

/// How many connections there have been lately.
#[derive(Debug, Default)]
pub(super) struct Tide {
    /// The most since they were few.
    high: usize,
    /// Looks until what a flood has used is free, if one has ended.
    looks: u8,
    ebbed: bool,
}

/// So many connections are a flood, if they are four times as many as are left.
const FLOOD: usize = 1024;

/// What was used is given up by the second look behind it.
const LOOKS: u8 = 3;

impl Tide {
    /// There are so many connections.
    #[inline]
    pub(super) fn rise(&mut self, count: usize) {
        self.high = self.high.max(count);
    }

    /// The same at a look.
    pub(super) fn look(&mut self, count: usize) {
        if self.high >= FLOOD && count < self.high / 4 {
            self.high = count;
            self.looks = LOOKS;
        } else if self.looks > 0 {
            self.looks -= 1;
            self.ebbed |= self.looks == 0;
        }
    }

    /// Whether a flood has ended and nothing of it is left: once for each.
    pub(super) fn has_ebbed(&mut self) -> bool {
        core::mem::take(&mut self.ebbed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ebb_is_told_once_behind_each_flood_when_all_of_it_is_free() {
        let mut tide = Tide::default();
        for _ in 0..3 {
            tide.rise(5000);
            tide.look(2000);
            tide.look(1500);
            assert!(!tide.has_ebbed());
            let looks = (0..10).map(|_| {
                tide.look(10);
                tide.has_ebbed()
            });
            let ebbs: Vec<usize> = looks.enumerate().filter(|ebb| ebb.1).map(|ebb| ebb.0).collect();
            assert_eq!(ebbs, [3]);
        }
        tide.rise(1000);
        (0..10).for_each(|_| tide.look(10));
        assert!(!tide.has_ebbed(), "so few are no flood");
    }
}
