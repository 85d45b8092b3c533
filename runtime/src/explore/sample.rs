//! A search by chance: random walks.
//!
//! For programs with too many orders. A walk gives each step to anybody who could take
//! it, with the same chance.
//!
//! Invariant: the same seed gives the same walks.
//!
//! Left out: random priorities, which `scheduler::explore` has; what tasks do wrong takes
//! fewer steps than what threads do.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::sample`.

use super::execution::{Ending, Execution};
use super::guide::{Choice, Decision, Guide};

/// See the module.
#[derive(Debug)]
pub(super) struct Walk {
    /// Where chance comes from.
    random: SplitMix64,
    /// How many walks are left.
    left: u64,
}

impl Walk {
    /// So many walks, from `seed`.
    pub(super) fn new(seed: u64, runs: u64) -> Walk {
        Walk {
            random: SplitMix64(seed),
            left: runs,
        }
    }
}

impl Guide for Walk {
    fn choose(&mut self, choice: &Choice<'_>) -> Decision {
        Decision::Take(self.random.below(choice.offers.len()))
    }

    fn learn(&mut self, execution: &Execution) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0 && !matches!(execution.ending, Ending::Differs(_))
    }
}

/// Random numbers: G. Steele, D. Lea and C. Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014.
#[derive(Clone, Debug)]
pub(super) struct SplitMix64(pub(super) u64);

impl SplitMix64 {
    /// The next number.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The next one below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let below = self.next() % (end as u64);
        usize::try_from(below).expect("it is less than a usize")
    }
}
