//! The checks on the author's files: what `cargo run -- exercise verify` runs.
#![forbid(unsafe_code)]

mod checks;
#[path = "."]
mod mistakes {
    //! The planted mistakes, one file each.
    #[path = "mistakes/counts_in_the_order_of_coming.rs"]
    pub(crate) mod counts_in_the_order_of_coming;
    #[path = "mistakes/counts_who_runs.rs"]
    pub(crate) mod counts_who_runs;
    #[path = "mistakes/draws_the_same_again.rs"]
    pub(crate) mod draws_the_same_again;
    #[path = "mistakes/equal_chances.rs"]
    pub(crate) mod equal_chances;
    #[path = "mistakes/keeps_blocked.rs"]
    pub(crate) mod keeps_blocked;
    #[path = "mistakes/loses_expired.rs"]
    pub(crate) mod loses_expired;
    #[path = "mistakes/most_tickets_win.rs"]
    pub(crate) mod most_tickets_win;
    #[path = "mistakes/no_quantum.rs"]
    pub(crate) mod no_quantum;
    #[path = "mistakes/one_ticket_too_many.rs"]
    pub(crate) mod one_ticket_too_many;
    #[path = "mistakes/pick_leaves_it_stored.rs"]
    pub(crate) mod pick_leaves_it_stored;
    #[path = "mistakes/wastes_a_number.rs"]
    pub(crate) mod wastes_a_number;
}
mod skeleton;
mod solution;

use exercises::{policies, policy_candidates};
use std::process::ExitCode;

fn main() -> ExitCode {
    let candidates = policy_candidates!(
        Lottery,
        |given| (given.quantum, given.seed),
        [
            counts_in_the_order_of_coming,
            counts_who_runs,
            draws_the_same_again,
            equal_chances,
            keeps_blocked,
            loses_expired,
            most_tickets_win,
            no_quantum,
            one_ticket_too_many,
            pick_leaves_it_stored,
            wastes_a_number,
        ]
    );
    policies::main("lottery_author", &checks::checks(), &candidates)
}
