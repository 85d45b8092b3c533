//! The ways to search.
//!
//! Book: chapter 19. Mirror: `runtime::explore`.

/// How schedules are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Search {
    /// One execution of every kind: what only changes the places of steps that do not
    /// depend on each other is one kind.
    #[default]
    Exhaustive,
    /// Every interleaving, one after the other.
    Plain,
    /// Every interleaving in which the CPU is taken at most so often from a thread
    /// that could go on.
    Preemptions(u32),
    /// Random walks: each step is any thread's that could take it.
    Random {
        /// The same seed gives the same walks.
        seed: u64,
        /// How many.
        runs: u64,
    },
    /// Random priorities (PCT), which find what takes few ordering constraints.
    Pct {
        /// The same seed gives the same runs.
        seed: u64,
        /// How many ordering constraints a failure may take.
        depth: u32,
        /// How many runs.
        runs: u64,
    },
}
