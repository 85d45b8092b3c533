//! Lotteries in the words of their file: a slot is a draw, and takes a whole
//! quantum even where the winner needs less. So its clock counts draws.

use crate::case::Case;
use crate::compare::count;
use crate::watched::Watched;
use scheduler::policy::ThreadId;
use serde_json::{Value, json};

/// The case's name of a thread.
fn id(case: &Case, thread: ThreadId) -> &Value {
    &case.jobs[thread.0 as usize - 1].id
}

/// The winners, draw by draw.
pub(crate) fn slots(case: &Case, watched: &Watched) -> Value {
    let winners = watched.draws.iter();
    winners
        .map(|(_, thread)| id(case, *thread).clone())
        .collect()
}

/// Every draw.
pub(crate) fn draws(case: &Case, watched: &Watched) -> Value {
    let draws = watched.draws.iter();
    draws
        .map(|(draw, thread)| {
            json!({"winning": draw.ticket, "total": draw.tickets, "run": id(case, *thread)})
        })
        .collect()
}

/// `[start, end, job]` by the slots' clock, joined.
pub(crate) fn gantt(case: &Case, watched: &Watched) -> Value {
    let quantum = count(case.quantum());
    let mut rows: Vec<(u64, u64, ThreadId)> = Vec::new();
    let mut clock = 0;
    for &(_, thread) in &watched.draws {
        match rows.last_mut() {
            Some(last) if last.2 == thread => last.1 += quantum,
            _ => rows.push((clock, clock + quantum, thread)),
        }
        clock += quantum;
    }
    let row = |(start, end, thread)| json!([start, end, id(case, thread)]);
    rows.into_iter().map(row).collect()
}

/// After which slot each job was done, in the order of their ends.
pub(crate) fn completion(case: &Case, watched: &Watched) -> Value {
    let mut last_slots: Vec<(u64, ThreadId)> = Vec::new();
    for (slot, &(_, thread)) in (1..).zip(&watched.draws) {
        last_slots.retain(|(_, earlier)| *earlier != thread);
        last_slots.push((slot, thread));
    }
    let quantum = count(case.quantum());
    let row = |(slot, thread)| json!({"id": id(case, thread), "slot_clock": slot * quantum});
    last_slots.into_iter().map(row).collect()
}
