//! Each kind is run once, and all interleavings are counted, of programs whose numbers
//! are known.

use crate::known::{cases, mistake, search};

/// A program of more kinds is searched to its end in release alone: a debug build takes
/// minutes for the largest one.
const MOST_IN_DEBUG: u64 = 10_000;
/// So many executions of it are tried in debug.
const BOUND: u64 = 300;

#[test]
fn each_kind_is_run_once_and_all_interleavings_are_counted() {
    let cases = cases();
    assert_eq!(cases.len(), 12);
    for case in cases {
        let began = std::time::Instant::now();
        let traces = case.expect.mazurkiewicz_traces;
        let is_bounded =
            cfg!(debug_assertions) && traces.is_some_and(|traces| traces > MOST_IN_DEBUG);
        let found = search(&case, if is_bounded { BOUND } else { u64::MAX });
        println!(
            "{:<34} {:>6} {:?}",
            case.id,
            found.explored(),
            began.elapsed()
        );
        assert_eq!(found.redundant(), 0, "{}", case.id);
        if is_bounded {
            assert_eq!(found.explored(), BOUND, "{}", case.id);
            println!("{:<34} bounded: its whole is searched in release", "");
            continue;
        }
        if let Some(traces) = case.expect.mazurkiewicz_traces {
            assert_eq!(found.explored(), traces, "{}", case.id);
        }
        assert_eq!(mistake(&case, &found), None);
    }
}
