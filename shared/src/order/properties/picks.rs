//! Random choices that can be made smaller.

/// Numbers, taken apart choice by choice. 0 always chooses the first, so what proptest makes smaller gets simpler; after the
/// last number there are zeros.
pub(super) struct Picks<'a> {
    numbers: std::slice::Iter<'a, u64>,
    left: u64,
    room: u64,
}

impl<'a> Picks<'a> {
    pub(super) fn new(numbers: &'a [u64]) -> Self {
        Self { numbers: numbers.iter(), left: 0, room: 0 }
    }

    /// From 0 to below `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        let end = end.max(1);
        // With so much room left, the choices are as good as equally likely.
        if self.room < end << 16 {
            self.left = self.numbers.next().copied().unwrap_or_default();
            self.room = u64::MAX;
        }
        let pick = self.left % end;
        self.left /= end;
        self.room /= end;
        pick
    }

    /// An index into so many things.
    pub(super) fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).expect("an index")
    }

    /// From 0 to below `end`.
    pub(super) fn units(&mut self, end: u32) -> u32 {
        u32::try_from(self.below(u64::from(end))).expect("below an u32")
    }

    /// From 0 to `end`, in minor units.
    pub(super) fn minor(&mut self, end: i64) -> i64 {
        let end = u64::try_from(end).unwrap_or_default();
        i64::try_from(self.below(end + 1)).expect("below an i64")
    }

    pub(super) fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.index(choices.len())].clone()
    }

    /// Once in so many times.
    pub(super) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == times - 1
    }
}
