//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/close_forgets_the_producers.rs"]
    pub(crate) mod close_forgets_the_producers;
    #[path = "mistakes/close_loses_what_is_left.rs"]
    pub(crate) mod close_loses_what_is_left;
    #[path = "mistakes/close_wakes_nobody.rs"]
    pub(crate) mod close_wakes_nobody;
    #[path = "mistakes/close_wakes_one.rs"]
    pub(crate) mod close_wakes_one;
    #[path = "mistakes/closed_lets_values_in.rs"]
    pub(crate) mod closed_lets_values_in;
    #[path = "mistakes/last_in_first_out.rs"]
    pub(crate) mod last_in_first_out;
    #[path = "mistakes/looks_again_and_again.rs"]
    pub(crate) mod looks_again_and_again;
    #[path = "mistakes/looks_before_it_locks.rs"]
    pub(crate) mod looks_before_it_locks;
    #[path = "mistakes/looks_once_for_a_value.rs"]
    pub(crate) mod looks_once_for_a_value;
    #[path = "mistakes/looks_once_for_room.rs"]
    pub(crate) mod looks_once_for_room;
    #[path = "mistakes/makes_under_the_lock.rs"]
    pub(crate) mod makes_under_the_lock;
    #[path = "mistakes/notifies_before_the_change.rs"]
    pub(crate) mod notifies_before_the_change;
    #[path = "mistakes/one_condition_for_both_sides.rs"]
    pub(crate) mod one_condition_for_both_sides;
    #[path = "mistakes/room_for_one_less.rs"]
    pub(crate) mod room_for_one_less;
    #[path = "mistakes/room_for_one_more.rs"]
    pub(crate) mod room_for_one_more;
    #[path = "mistakes/room_wakes_nobody.rs"]
    pub(crate) mod room_wakes_nobody;
    #[path = "mistakes/value_wakes_nobody.rs"]
    pub(crate) mod value_wakes_nobody;
}
mod skeleton;
mod solution;

use exercises::judge;
use std::process::ExitCode;

/// The name and the buffer of each file.
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
        close_forgets_the_producers,
        close_loses_what_is_left,
        close_wakes_nobody,
        close_wakes_one,
        closed_lets_values_in,
        last_in_first_out,
        looks_again_and_again,
        looks_before_it_locks,
        looks_once_for_a_value,
        looks_once_for_room,
        makes_under_the_lock,
        notifies_before_the_change,
        one_condition_for_both_sides,
        room_for_one_less,
        room_for_one_more,
        room_wakes_nobody,
        value_wakes_nobody
    ];
    judge::main("bounded_buffer_author", &checks::checks(), &candidates)
}
