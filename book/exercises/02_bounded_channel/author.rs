//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/dropped_send_keeps_its_place.rs"]
    pub(crate) mod dropped_send_keeps_its_place;
    #[path = "mistakes/dropped_send_keeps_the_wake.rs"]
    pub(crate) mod dropped_send_keeps_the_wake;
    #[path = "mistakes/end_does_not_wake_the_receiver.rs"]
    pub(crate) mod end_does_not_wake_the_receiver;
    #[path = "mistakes/end_does_not_wake_the_senders.rs"]
    pub(crate) mod end_does_not_wake_the_senders;
    #[path = "mistakes/end_forgets_what_is_left.rs"]
    pub(crate) mod end_forgets_what_is_left;
    #[path = "mistakes/keeps_the_first_waker.rs"]
    pub(crate) mod keeps_the_first_waker;
    #[path = "mistakes/last_in_first_out.rs"]
    pub(crate) mod last_in_first_out;
    #[path = "mistakes/newcomer_overtakes.rs"]
    pub(crate) mod newcomer_overtakes;
    #[path = "mistakes/one_too_many.rs"]
    pub(crate) mod one_too_many;
    #[path = "mistakes/one_waker_for_all_senders.rs"]
    pub(crate) mod one_waker_for_all_senders;
    #[path = "mistakes/two_rooms_wake_one.rs"]
    pub(crate) mod two_rooms_wake_one;
    #[path = "mistakes/wakes_inside_a_borrow.rs"]
    pub(crate) mod wakes_inside_a_borrow;
    #[path = "mistakes/wakes_itself.rs"]
    pub(crate) mod wakes_itself;
}
mod skeleton;
mod solution;

use exercises::judge;
use std::process::ExitCode;

/// The name and the channel of each file.
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
        dropped_send_keeps_its_place,
        dropped_send_keeps_the_wake,
        end_does_not_wake_the_receiver,
        end_does_not_wake_the_senders,
        end_forgets_what_is_left,
        keeps_the_first_waker,
        last_in_first_out,
        newcomer_overtakes,
        one_too_many,
        one_waker_for_all_senders,
        two_rooms_wake_one,
        wakes_inside_a_borrow,
        wakes_itself
    ];
    judge::main("bounded_channel_author", &checks::checks(), &candidates)
}
