//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/counts_outside.rs"]
    pub(crate) mod counts_outside;
    #[path = "mistakes/empty_is_the_end.rs"]
    pub(crate) mod empty_is_the_end;
    #[path = "mistakes/end_loses_what_is_left.rs"]
    pub(crate) mod end_loses_what_is_left;
    #[path = "mistakes/first_receiver_ends_it.rs"]
    pub(crate) mod first_receiver_ends_it;
    #[path = "mistakes/first_sender_ends_it.rs"]
    pub(crate) mod first_sender_ends_it;
    #[path = "mistakes/has_no_bound.rs"]
    pub(crate) mod has_no_bound;
    #[path = "mistakes/last_in_first_out.rs"]
    pub(crate) mod last_in_first_out;
    #[path = "mistakes/last_receiver_wakes_one.rs"]
    pub(crate) mod last_receiver_wakes_one;
    #[path = "mistakes/last_sender_wakes_nobody.rs"]
    pub(crate) mod last_sender_wakes_nobody;
    #[path = "mistakes/last_sender_wakes_one.rs"]
    pub(crate) mod last_sender_wakes_one;
    #[path = "mistakes/looks_again_and_again.rs"]
    pub(crate) mod looks_again_and_again;
    #[path = "mistakes/notifies_before_the_change.rs"]
    pub(crate) mod notifies_before_the_change;
    #[path = "mistakes/one_condition_for_both_sides.rs"]
    pub(crate) mod one_condition_for_both_sides;
    #[path = "mistakes/receiver_looks_once.rs"]
    pub(crate) mod receiver_looks_once;
    #[path = "mistakes/room_for_one_more.rs"]
    pub(crate) mod room_for_one_more;
    #[path = "mistakes/room_wakes_nobody.rs"]
    pub(crate) mod room_wakes_nobody;
    #[path = "mistakes/sender_looks_once.rs"]
    pub(crate) mod sender_looks_once;
    #[path = "mistakes/sends_to_nobody.rs"]
    pub(crate) mod sends_to_nobody;
    #[path = "mistakes/takes_in_two_steps.rs"]
    pub(crate) mod takes_in_two_steps;
    #[path = "mistakes/value_wakes_nobody.rs"]
    pub(crate) mod value_wakes_nobody;
}
mod skeleton;
mod solution;

use exercises::judge;
use std::process::ExitCode;

/// The name and the subject of each file.
macro_rules! candidates {
    ($($file:ident),*; $($mistake:ident),*) => {
        [
            $((stringify!($file), checks::subject!($file)),)*
            $((concat!("mistakes/", stringify!($mistake)), checks::subject!(mistakes::$mistake)),)*
        ]
    };
}

fn main() -> ExitCode {
    let candidates = candidates![
        solution,
        skeleton;
        counts_outside,
        empty_is_the_end,
        end_loses_what_is_left,
        first_receiver_ends_it,
        first_sender_ends_it,
        has_no_bound,
        last_in_first_out,
        last_receiver_wakes_one,
        last_sender_wakes_nobody,
        last_sender_wakes_one,
        looks_again_and_again,
        notifies_before_the_change,
        one_condition_for_both_sides,
        receiver_looks_once,
        room_for_one_more,
        room_wakes_nobody,
        sender_looks_once,
        sends_to_nobody,
        takes_in_two_steps,
        value_wakes_nobody
    ];
    judge::main("channel_author", &checks::checks(), &candidates)
}
