//! The line at which a thread lost its CPU: lesson 12, whose threads are always
//! stopped for real, in a debug build, and with `--release` in an optimised one.

use crate::support::{read, run_lesson};
use stepper::{Reader, trace::Target};

/// Where the lines of lesson 12 are.
const FILE: &str = "examples/12_stopped_threads.rs";

/// The numbers of the lines between the two marks of `anchor`.
fn lines_of(anchor: &str) -> std::ops::Range<usize> {
    let source = read(FILE);
    let at = |mark: String| source.lines().position(|line| line.trim() == mark).unwrap();
    let begin = at(format!("// ANCHOR: {anchor}"));
    begin + 2..at(format!("// ANCHOR_END: {anchor}")) + 1
}

/// The value of `key` in a line of the trace.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let words = line.split(' ').filter_map(|word| word.split_once('='));
    words.filter(|word| word.0 == key).map(|word| word.1).next()
}

#[test]
fn the_loop_that_calls_nothing_is_stopped_at_lines_of_its_own() {
    let run = run_lesson("12_stopped_threads", "scheduler=trace");
    assert!(run.status.success(), "{run:?}");
    let trace = String::from_utf8(run.stderr).unwrap();
    let events = |event: &str| {
        let name = format!("] {event} ");
        trace.lines().filter(move |line| line.contains(&name))
    };
    let primes = events("spawned").find(|line| value(line, "name") == Some("\"primes\""));
    let primes = value(primes.unwrap(), "thread");
    let stops: Vec<&str> = events("preempted")
        .filter(|line| value(line, "thread") == primes)
        .filter_map(|line| value(line, "pc"))
        .collect();
    let place = |pc: &str| {
        let resolved = events("resolved").find(|line| value(line, "pc") == Some(pc))?;
        let (file, line) = value(resolved, "at")?.rsplit_once(':')?;
        Some((file.to_owned(), line.parse::<usize>().unwrap()))
    };
    let places: Vec<_> = stops.iter().map(|pc| place(pc)).collect();
    // Not all: a busy machine can stop it on its way to its own code.
    let own = lines_of("primes");
    let in_loop = |(file, line): &(String, usize)| file == FILE && own.contains(line);
    assert!(places.iter().flatten().any(in_loop), "{own:?} {places:?}");
    // The stepper shows it there, too.
    let read = Reader::read(trace.as_bytes()).unwrap();
    let side = read.side(Target::Scheduler).unwrap();
    let shown = side.events(0..side.len() + 1).any(|event| {
        event.name() == "preempted"
            && event
                .at()
                .is_some_and(|at| *at.file == *FILE && own.contains(&(at.line as usize)))
    });
    assert!(shown, "the place of a step that a thread was preempted in");
}
