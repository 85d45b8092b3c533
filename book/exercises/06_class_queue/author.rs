//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/count_never_reset.rs"]
    pub(crate) mod count_never_reset;
    #[path = "mistakes/counts_empty_classes.rs"]
    pub(crate) mod counts_empty_classes;
    #[path = "mistakes/keeps_the_count_of_an_emptied_class.rs"]
    pub(crate) mod keeps_the_count_of_an_emptied_class;
    #[path = "mistakes/last_woken_first.rs"]
    pub(crate) mod last_woken_first;
    #[path = "mistakes/least_urgent_of_the_due.rs"]
    pub(crate) mod least_urgent_of_the_due;
    #[path = "mistakes/one_queue_for_all.rs"]
    pub(crate) mod one_queue_for_all;
    #[path = "mistakes/one_time_too_many.rs"]
    pub(crate) mod one_time_too_many;
    #[path = "mistakes/popped_stays.rs"]
    pub(crate) mod popped_stays;
    #[path = "mistakes/remove_loses_the_order.rs"]
    pub(crate) mod remove_loses_the_order;
    #[path = "mistakes/removed_is_handed_out.rs"]
    pub(crate) mod removed_is_handed_out;
    #[path = "mistakes/strict_priority.rs"]
    pub(crate) mod strict_priority;
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
        count_never_reset,
        counts_empty_classes,
        keeps_the_count_of_an_emptied_class,
        last_woken_first,
        least_urgent_of_the_due,
        one_queue_for_all,
        one_time_too_many,
        popped_stays,
        remove_loses_the_order,
        removed_is_handed_out,
        strict_priority
    ];
    judge::main("class_queue_author", &checks::checks(), &candidates)
}
