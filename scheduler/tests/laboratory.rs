//! The laboratory: preempted after exactly k instructions, the same every time.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use scheduler::laboratory::{Unavailable, interrupt, walk};
use scheduler::policy::FirstComeFirstServed;
use scheduler::{Preemption, Scheduler};
use std::env;
use std::hint::black_box;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is added to. (An atomic that is loaded and stored is a plain variable to
/// the processor, and safe to write about.)
static COUNTER: AtomicU64 = AtomicU64::new(0);
/// Held by the test that counts.
static TURN: Mutex<()> = Mutex::new(());

/// A load, an addition, a store: three instructions at least, whatever the
/// compiler does.
#[inline(never)]
fn increment() {
    let seen = black_box(COUNTER.load(Ordering::Relaxed));
    COUNTER.store(black_box(seen) + 1, Ordering::Relaxed);
}

/// The same; a release build makes it one instruction that nothing interrupts.
#[inline(never)]
fn increment_at_once() {
    COUNTER.fetch_add(1, Ordering::Relaxed);
}

/// What `body` returns in a thread of Signal mode with one CPU.
fn in_signal_mode<T: Send>(body: impl FnOnce() -> T + Send) -> T {
    let policy = FirstComeFirstServed::new();
    let run = Scheduler::new(Preemption::Signal, policy).run(body);
    run.unwrap()
}

/// The sum of two increments, the first one interrupted after `instructions`.
fn sum(instructions: usize, increment: fn()) -> u64 {
    COUNTER.store(0, Ordering::Relaxed);
    interrupt(instructions, increment, increment).unwrap();
    COUNTER.load(Ordering::Relaxed)
}

#[test]
fn an_update_is_lost_between_the_load_and_the_store_twenty_times_of_twenty() {
    let _turn = TURN.lock();
    in_signal_mode(|| {
        let steps = walk(increment).unwrap().instructions;
        let table: Vec<u64> = (0..=steps).map(|k| sum(k, increment)).collect();
        // Kept at first, then lost, then kept: the load and the store part them.
        let mut parts = table.clone();
        parts.dedup();
        assert_eq!(parts, [2, 1, 2], "{table:?}");
        // Each side of each edge, twenty times.
        let edges = (1..=steps).filter(|&k| table[k] != table[k - 1]);
        for k in edges.flat_map(|k| [k - 1, k]) {
            let again = [(); 20].map(|()| sum(k, increment));
            assert_eq!(again, [table[k]; 20], "after {k}");
        }
    });
}

#[test]
fn one_instruction_cannot_be_interrupted() {
    let _turn = TURN.lock();
    in_signal_mode(|| {
        let steps = walk(increment_at_once).unwrap().instructions;
        assert!((0..=steps).all(|k| sum(k, increment_at_once) == 2));
    });
}

#[test]
fn who_is_interrupted_stands_at_the_instruction_of_that_number() {
    let _turn = TURN.lock();
    in_signal_mode(|| {
        let walk = walk(increment).unwrap();
        assert_eq!(walk.path.len(), walk.instructions);
        assert_eq!(walk.path.last().unwrap().code[0], 0xC3, "it ends in `ret`");
        let first = walk.path[0].at.clone().unwrap();
        assert!(first.starts_with(file!()), "{first}");
        for (k, instruction) in walk.path.iter().enumerate() {
            let interruption = interrupt(k, increment, increment).unwrap();
            assert_eq!(interruption.at.as_ref(), Some(instruction));
            assert_eq!(interruption.instructions, k);
        }
        let behind = interrupt(walk.instructions, increment, increment).unwrap();
        assert_eq!(behind.at, None, "it was over before");
    });
}

#[test]
fn a_walk_needs_no_scheduler_but_a_preemption_does() {
    assert!(walk(increment).unwrap().instructions > 3);
    let outside = interrupt(1, increment, increment);
    assert!(matches!(outside, Err(Unavailable::Mode)), "{outside:?}");
    let run = Scheduler::new(Preemption::Checkpoint, FirstComeFirstServed::new())
        .run(|| interrupt(1, increment, increment));
    let error = run.unwrap().unwrap_err();
    assert!(
        error.to_string().contains("`Preemption::Signal`"),
        "{error}"
    );
}

#[test]
fn a_walk_within_a_walk_is_refused() {
    static REFUSED: Mutex<String> = Mutex::new(String::new());
    walk(|| {
        let refused = walk(increment).map(drop);
        *REFUSED.lock().unwrap() = refused.unwrap_err().to_string();
    })
    .unwrap();
    let refused = REFUSED.lock().unwrap();
    assert!(refused.ends_with("one walk at a time"), "{refused}");
}

#[test]
fn where_signals_are_blocked_counting_ends_and_the_process_goes_on() {
    let spawned = walk(|| std::thread::spawn(|| ()).join().unwrap()).unwrap();
    assert!(spawned.fenced_at.is_some());
    let started = walk(|| assert!(Command::new("true").status().unwrap().success()));
    assert!(started.unwrap().fenced_at.is_some());
}

/// What tells a child what to do.
const DO: &str = "LABORATORY";

#[test]
#[ignore = "the program of another test, which starts it"]
fn ends_by_a_signal() {
    match env::var(DO).as_deref() {
        Ok("abort") => drop(walk(|| std::process::abort())),
        Ok("trap") => {
            walk(increment).unwrap();
            let kill = Command::new("sh").args(["-c", "kill -TRAP $PPID"]).status();
            drop(kill);
        }
        _ => {}
    }
}

/// How the program above ends.
fn end_of(what: &str) -> ExitStatus {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "ends_by_a_signal"])
        .env(DO, what)
        .output();
    output.unwrap().status
}

#[test]
fn abort_within_a_walk_is_an_abort_and_the_traps_of_others_are_theirs() {
    assert_eq!(end_of("abort").signal(), Some(6), "SIGABRT");
    assert_eq!(end_of("trap").signal(), Some(5), "SIGTRAP");
    assert!(end_of("nothing").success());
}
