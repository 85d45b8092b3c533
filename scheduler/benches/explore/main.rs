//! How fast a search is over, and what it finds, beside loom's and shuttle's.
//!
//! ```text
//! cargo bench -p scheduler --bench explore [-- --quick] [-- --only NAME] [-- --page]
//! ```
//!
//! [`anchors`]: programs whose numbers are known; [`lessons`]: what it takes to know
//! that a repaired lesson cannot fail; [`famous`]: programs on which searches differ;
//! [`speed`]: executions per second. All three search the text of [`ours::programs`].
//! A peer that has not come to its end within a limit is cut off, and the row says
//! after how many schedules; its time is then that limit, and too low.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and nanoseconds of a few seconds, shown with four digits"
)]
#![expect(
    clippy::duplicate_mod,
    reason = "one text of the programs, compiled with the primitives of each"
)]

mod anchors;
mod by_loom;
mod by_shuttle;
mod famous;
#[path = "../../tests/explore/known.rs"]
mod known;
mod lessons;
mod ours;
mod searched;
#[path = "../shared/mod.rs"]
mod shared;
mod speed;

use std::panic;
use std::process::ExitCode;

fn main() -> ExitCode {
    panic::set_hook(Box::new(|_| {})); // a failure that is found is told in the table
    let mut groups = anchors::groups();
    groups.extend(famous::groups());
    groups.extend(lessons::groups());
    groups.extend(speed::groups());
    shared::run("explore", groups, searched::child)
}
