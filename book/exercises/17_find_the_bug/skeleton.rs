//! Find the bug: for each program the schedule under which it fails.
//!
//! The task is in `README.md` beside this file, the programs are in
//! `checks/programs.rs`. To see what works so far:
//! `cargo run -- exercise check find_the_bug`.

/// An update is lost.
pub(crate) const LOST_UPDATE: &str = "";

/// The account is overdrawn.
pub(crate) const OVERDRAWN: &str = "";

/// Two threads are inside.
pub(crate) const TWO_INSIDE: &str = "";

/// Somebody waits for ever.
pub(crate) const ASLEEP: &str = "";

/// Two threads add 1 three times each, and 2 comes of it.
pub(crate) const ONLY_TWO: &str = "";
