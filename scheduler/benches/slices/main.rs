//! How exact slices are, what they cost, and how fairly they fall.
//!
//! ```text
//! cargo bench -p scheduler --bench slices [-- --quick] [-- --only NAME] [-- --page]
//! ```
//!
//! [`compute`] has threads that only compute, scheduled by us or by the kernel
//! alone; [`taken_away`] looks at how their CPUs are taken away, [`shares`] at
//! who gets how much.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and nanoseconds of a few seconds, shown with four digits"
)]

mod compute;
#[path = "../shared/processors.rs"]
mod processors;
#[path = "../shared/mod.rs"]
mod shared;
mod shares;
mod taken_away;

use std::process::ExitCode;

fn main() -> ExitCode {
    let groups = taken_away::groups().into_iter().chain(shares::groups());
    shared::run("slices", groups.collect(), |_| None)
}
