//! The `.json` form: what it looks like, and that it reads back.

mod common;

use common::{COUNTERS_TASKS, COUNTERS_THREADS, log, read, side};
use stepper::{
    Side, Trace,
    trace::{JsonError, Key},
};

/// A trace through the form and back.
fn there_and_back(trace: &Trace) -> Trace {
    let mut bytes = Vec::new();
    trace.write_json(&mut bytes).expect("a vector takes all");
    Trace::from_json(&bytes).expect("what is written reads back")
}

/// Everything that a reader sees of a side.
fn seen(side: &Side) -> Vec<String> {
    let events = side.events(0..side.len()).map(|event| {
        let (at, src) = (event.at(), event.src());
        format!(
            "{} {} {} {at:?} {src:?}",
            event.time(),
            event.driver(),
            event.summary()
        )
    });
    let output = side.output.iter().map(|piece| format!("{piece:?}"));
    events.chain(output).collect()
}

#[test]
fn the_form_is_the_one_that_the_book_reads() {
    let mut trace = read(
        log(
            "runtime",
            "│before
             woken t=5 loop=0 task=2 by=task:1 class=normal at=examples/a b.rs:7 src=w.rs:3
             marked t=6 loop=0 name=\"7\" task=2 src=w.rs:4
             │after",
        )
        .as_bytes(),
    );
    trace.sides[0].title = "01 two counters".to_owned();
    let lines = vec!["fn main() {".to_owned(), "}".to_owned()];
    trace.sides[0]
        .sources
        .insert("examples/a b.rs".to_owned(), lines);
    let mut bytes = Vec::new();
    trace.write_json(&mut bytes).expect("a vector takes all");
    let json: serde_json::Value = serde_json::from_slice(&bytes).expect("it is JSON");
    assert_eq!(
        json,
        serde_json::json!({"sidestep": 1, "sides": [{
            "target": "runtime",
            "title": "01 two counters",
            "sources": {"examples/a b.rs": ["fn main() {", "}"]},
            "events": [
                ["woken", {"t": 5, "loop": 0, "task": 2, "by": "task:1", "class": "normal",
                    "at": "examples/a b.rs:7", "src": "w.rs:3"}],
                ["marked", {"t": 6, "loop": 0, "name": "7", "task": 2, "src": "w.rs:4"}]
            ],
            "output": [[0, "before\n"], [2, "after\n"]]
        }]})
    );
    let back = Trace::from_json(&bytes).expect("it reads back");
    assert_eq!(back.sides[0].title, "01 two counters");
    assert_eq!(back.sides[0].sources, trace.sides[0].sources);
}

#[test]
fn what_is_written_reads_back_as_the_same_trace() {
    let text = log("runtime", COUNTERS_TASKS) + &log("scheduler", COUNTERS_THREADS);
    let trace = read(text.as_bytes());
    let back = there_and_back(&trace);
    assert_eq!(back.sides.len(), 2);
    for (side, other) in trace.sides.iter().zip(&back.sides) {
        assert_eq!(seen(side), seen(other));
        assert_eq!(side.last_state(), other.last_state());
    }
}

#[test]
fn a_resolved_place_is_still_one_after_reading_back() {
    let trace = Trace {
        sides: vec![side(
            "scheduler",
            "preempted t=1 sched=0 thread=1 cpu=0 ran=1 pc=0x55d0 src=p.rs:1
             resolved t=3 sched=0 pc=0x55d0 function=count at=examples/01.rs:14 src=p.rs:9",
        )],
        ..Trace::default()
    };
    let back = there_and_back(&trace);
    let event = back.sides[0].event(0).expect("two events");
    assert_eq!(event.text(Key::Pc).as_deref(), Some("0x55d0"));
    assert_eq!(event.at().map(|at| at.line), Some(14));
}

#[test]
fn what_is_no_trace_is_refused_with_a_reason() {
    let error = |text: &str| Trace::from_json(text.as_bytes()).expect_err("refused");
    let nested = r#"{"sidestep":1,"sides":[{"target":"runtime","events":[["turn",{"t":[]}]]}]}"#;
    assert!(error(nested).to_string().contains("a number or a text"));
    assert!(matches!(error("{"), JsonError::Shape(_)));
    assert!(matches!(error("[1, 2]"), JsonError::Shape(_)));
    assert_eq!(
        error(r#"{"sidestep":2,"sides":[]}"#).to_string(),
        "this trace is of version 2; this stepper reads version 1"
    );
    assert_eq!(
        error(r#"{"sidestep":1,"sides":[{"target":"fibers","events":[]}]}"#).to_string(),
        "this trace has a side `fibers`, which is neither `runtime` nor `scheduler`"
    );
}
