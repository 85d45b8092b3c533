//! One process for one call.

use crate::support::{kill, lives, moody, square, told, wait_until};
use rustix::process::Signal;
use scheduler::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// A variable of this program.
static COUNTER: AtomicU64 = AtomicU64::new(5);

/// Changes it, and returns it.
fn change(to: u64) -> u64 {
    let before = COUNTER.swap(to, Ordering::Relaxed);
    before * 1_000 + COUNTER.load(Ordering::Relaxed)
}

#[test]
fn a_variable_changed_in_a_process_is_changed_there_only() {
    process::init!(change);
    COUNTER.store(6, Ordering::Relaxed);
    let process = process::spawn(change, 7).unwrap();
    assert_eq!(
        process.join().unwrap(),
        5_007,
        "it begins as the program does, with 5"
    );
    assert_eq!(COUNTER.load(Ordering::Relaxed), 6);
}

#[test]
fn a_process_is_over_when_it_was_joined() {
    process::init!(square, moody);
    let process = process::spawn(square, 7).unwrap();
    let id = process.id();
    assert_eq!(process.join().unwrap(), 49);
    assert!(!lives(id));
    assert_eq!(
        told(process::spawn(moody, 13).unwrap().join()),
        "it panicked: 13 is unlucky"
    );
    assert_eq!(
        told(process::spawn(moody, 14).unwrap().join()),
        "the worker ended (exit 3)"
    );
}

#[test]
fn dropping_a_process_ends_it_and_killing_it_is_told() {
    process::init!(moody);
    let hangs = process::spawn(moody, 15).unwrap();
    let id = hangs.id();
    wait_until("it lives", || lives(id));
    drop(hangs);
    assert!(!lives(id));
    let hangs = process::spawn(moody, 15).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300)); // so that it has begun
    kill(hangs.id(), Signal::TERM);
    assert_eq!(told(hangs.join()), "the worker ended (signal 15)");
}
