//! Searching in events, names and output.

mod common;

use common::{COUNTERS_TASKS, COUNTERS_THREADS, sound_side};
use stepper::trace::Direction::{Backwards, Forwards};

#[test]
fn an_event_is_found_by_its_name_and_its_keys() {
    let side = sound_side("scheduler", COUNTERS_THREADS);
    assert_eq!(side.search("preempted", 0, Forwards), Some(12));
    assert_eq!(side.search("STORED", 0, Forwards), Some(16));
    assert_eq!(side.search("on=thread:1", 0, Forwards), Some(9));
    assert_eq!(side.search("threads.rs:24", 10, Forwards), Some(23));
}

#[test]
fn a_unit_is_found_by_its_name_in_all_that_it_does() {
    let side = sound_side("runtime", COUNTERS_TASKS);
    assert_eq!(side.search("pong", 9, Forwards), Some(16));
    assert_eq!(side.search("pong", 16, Forwards), Some(17));
    assert_eq!(side.search("2 pong", 20, Backwards), Some(18));
}

#[test]
fn output_is_found_at_the_step_after_which_it_came() {
    let side = sound_side("runtime", COUNTERS_TASKS);
    assert_eq!(side.search("ping 1", 0, Forwards), Some(13));
    assert_eq!(side.search("total 2", 0, Forwards), Some(28));
}

#[test]
fn a_search_goes_on_from_the_other_end() {
    let side = sound_side("scheduler", COUNTERS_THREADS);
    assert_eq!(side.search("preempted thread", 20, Forwards), Some(12));
    assert_eq!(side.search("preempted thread", 5, Backwards), Some(12));
    // The step itself is looked at last.
    assert_eq!(side.search("preempted thread", 12, Forwards), Some(12));
    assert_eq!(side.search("no such text", 12, Forwards), None);
    assert_eq!(side.search("", 12, Forwards), None);
}
