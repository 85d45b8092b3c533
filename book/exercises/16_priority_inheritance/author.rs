//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/does_not_lend_on.rs"]
    pub(crate) mod does_not_lend_on;
    #[path = "mistakes/everybody_gets_it.rs"]
    pub(crate) mod everybody_gets_it;
    #[path = "mistakes/first_come_first_served.rs"]
    pub(crate) mod first_come_first_served;
    #[path = "mistakes/goes_on_lending.rs"]
    pub(crate) mod goes_on_lending;
    #[path = "mistakes/keeps_the_loan.rs"]
    pub(crate) mod keeps_the_loan;
    #[path = "mistakes/last_lender_counts.rs"]
    pub(crate) mod last_lender_counts;
    #[path = "mistakes/last_of_equals.rs"]
    pub(crate) mod last_of_equals;
    #[path = "mistakes/lends_nothing.rs"]
    pub(crate) mod lends_nothing;
    #[path = "mistakes/lends_on_once.rs"]
    pub(crate) mod lends_on_once;
    #[path = "mistakes/let_go_is_free.rs"]
    pub(crate) mod let_go_is_free;
    #[path = "mistakes/lowers_the_holder.rs"]
    pub(crate) mod lowers_the_holder;
    #[path = "mistakes/next_holder_starts_with_its_own.rs"]
    pub(crate) mod next_holder_starts_with_its_own;
    #[path = "mistakes/one_mutex_counts.rs"]
    pub(crate) mod one_mutex_counts;
    #[path = "mistakes/own_decides_who_is_next.rs"]
    pub(crate) mod own_decides_who_is_next;
    #[path = "mistakes/own_is_not_lent_before.rs"]
    pub(crate) mod own_is_not_lent_before;
    #[path = "mistakes/returns_everything.rs"]
    pub(crate) mod returns_everything;
    #[path = "mistakes/returns_to_what_it_had.rs"]
    pub(crate) mod returns_to_what_it_had;
    #[path = "mistakes/set_ends_the_loan.rs"]
    pub(crate) mod set_ends_the_loan;
    #[path = "mistakes/set_is_not_lent.rs"]
    pub(crate) mod set_is_not_lent;
    #[path = "mistakes/set_only_raises.rs"]
    pub(crate) mod set_only_raises;
}
mod skeleton;
mod solution;

use exercises::judge;
use std::process::ExitCode;

/// The name and the accounts of each file.
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
        does_not_lend_on,
        everybody_gets_it,
        first_come_first_served,
        goes_on_lending,
        keeps_the_loan,
        last_lender_counts,
        last_of_equals,
        lends_nothing,
        lends_on_once,
        let_go_is_free,
        lowers_the_holder,
        next_holder_starts_with_its_own,
        one_mutex_counts,
        own_decides_who_is_next,
        own_is_not_lent_before,
        returns_everything,
        returns_to_what_it_had,
        set_ends_the_loan,
        set_is_not_lent,
        set_only_raises
    ];
    judge::main(
        "priority_inheritance_author",
        &checks::checks(),
        &candidates,
    )
}
