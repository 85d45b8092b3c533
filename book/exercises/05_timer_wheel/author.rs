//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/cancelled_fires.rs"]
    pub(crate) mod cancelled_fires;
    #[path = "mistakes/deadline_of_a_cancelled_timer.rs"]
    pub(crate) mod deadline_of_a_cancelled_timer;
    #[path = "mistakes/equal_deadlines_reversed.rs"]
    pub(crate) mod equal_deadlines_reversed;
    #[path = "mistakes/fires_a_round_early.rs"]
    pub(crate) mod fires_a_round_early;
    #[path = "mistakes/fires_a_tick_early.rs"]
    pub(crate) mod fires_a_tick_early;
    #[path = "mistakes/fires_slot_by_slot.rs"]
    pub(crate) mod fires_slot_by_slot;
    #[path = "mistakes/loses_later_rounds.rs"]
    pub(crate) mod loses_later_rounds;
    #[path = "mistakes/next_deadline_too_late.rs"]
    pub(crate) mod next_deadline_too_late;
    #[path = "mistakes/overdue_waits_a_round.rs"]
    pub(crate) mod overdue_waits_a_round;
    #[path = "mistakes/skips_slots_when_time_jumps.rs"]
    pub(crate) mod skips_slots_when_time_jumps;
    #[path = "mistakes/stale_key_cancels_another.rs"]
    pub(crate) mod stale_key_cancels_another;
    #[path = "mistakes/stays_after_firing.rs"]
    pub(crate) mod stays_after_firing;
}
mod skeleton;
mod solution;

use exercises::judge;
use std::process::ExitCode;

/// The name and what is made by each file.
macro_rules! candidates {
    ($($file:ident),*; $($mistake:ident),*) => {
        [
            $((stringify!($file), checks::candidate!($file)),)*
            $((concat!("mistakes/", stringify!($mistake)), checks::candidate!(mistakes::$mistake)),)*
        ]
    };
}

fn main() -> ExitCode {
    let candidates = candidates![
        solution,
        skeleton;
        cancelled_fires,
        deadline_of_a_cancelled_timer,
        equal_deadlines_reversed,
        fires_a_round_early,
        fires_a_tick_early,
        fires_slot_by_slot,
        loses_later_rounds,
        next_deadline_too_late,
        overdue_waits_a_round,
        skips_slots_when_time_jumps,
        stale_key_cancels_another,
        stays_after_firing
    ];
    judge::main("timer_wheel_author", &checks::checks(), &candidates)
}
