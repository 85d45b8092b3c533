//! Making the runs: one turn of the plan after the other.
//!
//! Invariants: (1) after a signal, or a word to stop, no run is begun, and what there is stays; (2) a
//! contender with trouble is not asked again.

use super::{
    bench::Bench,
    plan::{Plan, warming},
    results::Results,
};
use crate::{failure::Failure, signals::Note};
use std::sync::atomic::{AtomicBool, Ordering};

/// Makes every run of the plan, and tells before each how far it is, until `stop` is set. The signal that
/// ended it early, if one did.
pub(super) fn make(
    plan: &Plan,
    bench: &Bench,
    note: &Note,
    stop: &AtomicBool,
    results: &mut Results,
    mut tell: impl FnMut(&Results, &str),
) -> Option<Failure> {
    let all = plan.turns().count();
    for (made, turn) in plan.turns().enumerate() {
        let section = &mut results.sections[turn.section];
        let row = &section.rows[turn.row];
        if row.trouble.is_some() {
            continue; // (2)
        }
        let order = row.order.clone();
        let round = match turn.round {
            0 => "warming up".to_owned(),
            round => format!("round {round} of {}", plan.runs),
        };
        let told = format!(
            "{made} of {all} runs, {round}: {}, {}. Ctrl-C keeps what is done",
            section.workload.word(),
            order.model.title()
        );
        tell(results, &told);
        let came = match turn.round {
            0 => bench.measure(&warming(&order)),
            _ => bench.measure(&order),
        };
        if let Some(failure) = note.failure() {
            return Some(failure); // (1)
        }
        if stop.load(Ordering::Acquire) {
            return None; // (1)
        }
        let section = &mut results.sections[turn.section];
        match (turn.round, came) {
            (0, Ok(_)) => {} // it was to warm up
            (_, came) => section.keep(turn.row, came),
        }
        tell(results, &told);
    }
    None
}
