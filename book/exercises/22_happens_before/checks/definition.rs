//! Happens-before by its definition: a path from one step to another.
//!
//! Slow, and written otherwise than with clocks: so it is somebody else's answer.
//!
//! Source: L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed
//! System", CACM 21(7), 1978.

use super::Races;
use exercises::trace::Does::{Acquire, Join, Load, Release, Spawn, Store};
use exercises::trace::Step;
use std::collections::VecDeque;

/// Whether a rule orders step `earlier` before step `later` directly.
fn is_before(earlier: Step, later: Step) -> bool {
    let by_object = match (earlier.does, later.does) {
        // A thread that takes no step has a begin and an end, too.
        (Release(one), Acquire(other)) | (Spawn(one), Join(other)) => one == other,
        _ => false,
    };
    earlier.thread == later.thread
        || earlier.does == Spawn(later.thread)
        || later.does == Join(earlier.thread)
        || by_object
}

/// The shortest path of rules from place `from` to place `to`, both included.
fn path(trace: &[Step], from: usize, to: usize) -> Option<Vec<usize>> {
    let mut came_from = vec![None; trace.len()];
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        if at == to {
            let mut path = vec![to];
            while let Some(before) = came_from[path[path.len() - 1]] {
                path.push(before);
            }
            path.reverse();
            return Some(path);
        }
        for next in at + 1..=to {
            if came_from[next].is_none() && is_before(trace[at], trace[next]) {
                came_from[next] = Some(at);
                queue.push_back(next);
            }
        }
    }
    None
}

/// Whether two steps access one variable, and one of them stores.
fn conflict(one: Step, other: Step) -> bool {
    match (one.does, other.does) {
        (Store(one), Store(other) | Load(other)) | (Load(one), Store(other)) => one == other,
        _ => false,
    }
}

/// Every pair that conflicts, and between which there is no path.
pub(super) fn races(trace: &[Step]) -> Races {
    let pairs = (0..trace.len()).flat_map(|second| (0..second).map(move |first| (first, second)));
    pairs
        .filter(|&(first, second)| conflict(trace[first], trace[second]))
        .filter(|&(first, second)| path(trace, first, second).is_none())
        .collect()
}

/// Why these two, which were told as a race, are none.
pub(super) fn why_not(trace: &[Step], first: usize, second: usize) -> String {
    let (Some(&one), Some(&other)) = (trace.get(first), trace.get(second)) else {
        return "the places of a pair are places in the trace".to_owned();
    };
    if first >= second {
        return "the earlier place of a pair comes first".to_owned();
    }
    if !conflict(one, other) {
        return "they are not two accesses of one variable, one of which stores".to_owned();
    }
    match path(trace, first, second) {
        Some(path) => {
            let path: Vec<String> = path.iter().map(usize::to_string).collect();
            format!("but they are ordered, by the steps {}", path.join(" → "))
        }
        None => "this is one".to_owned(),
    }
}
