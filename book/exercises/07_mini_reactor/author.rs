//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/does_not_deregister.rs"]
    pub(crate) mod does_not_deregister;
    #[path = "mistakes/does_not_try_first.rs"]
    pub(crate) mod does_not_try_first;
    #[path = "mistakes/forgets_what_is_left.rs"]
    pub(crate) mod forgets_what_is_left;
    #[path = "mistakes/hands_would_block_on.rs"]
    pub(crate) mod hands_would_block_on;
    #[path = "mistakes/keeps_the_first_waker.rs"]
    pub(crate) mod keeps_the_first_waker;
    #[path = "mistakes/never_waits.rs"]
    pub(crate) mod never_waits;
    #[path = "mistakes/only_reading.rs"]
    pub(crate) mod only_reading;
    #[path = "mistakes/only_the_first_event.rs"]
    pub(crate) mod only_the_first_event;
    #[path = "mistakes/stale_token_wakes_another.rs"]
    pub(crate) mod stale_token_wakes_another;
    #[path = "mistakes/waker_left_only_once.rs"]
    pub(crate) mod waker_left_only_once;
    #[path = "mistakes/wakes_both_directions.rs"]
    pub(crate) mod wakes_both_directions;
    #[path = "mistakes/wakes_the_wrong_direction.rs"]
    pub(crate) mod wakes_the_wrong_direction;
    #[path = "mistakes/wakes_who_no_longer_waits.rs"]
    pub(crate) mod wakes_who_no_longer_waits;
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
        does_not_deregister,
        does_not_try_first,
        forgets_what_is_left,
        hands_would_block_on,
        keeps_the_first_waker,
        never_waits,
        only_reading,
        only_the_first_event,
        stale_token_wakes_another,
        waker_left_only_once,
        wakes_both_directions,
        wakes_the_wrong_direction,
        wakes_who_no_longer_waits
    ];
    judge::main("mini_reactor_author", &checks::checks(), &candidates)
}
