//! Signals: several listeners, bursts, and signals that nobody can listen for.

#![cfg(unix)]

mod support;

use runtime::signal::{Kind, Signal, ctrl_c, signal};
use runtime::{Clock, EventLoop, spawn, timeout, yield_now};
use std::io::ErrorKind;
use std::time::Duration;
use support::{only, trace};

/// Runs `main` in virtual time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

/// Sends this process a signal. Its handler has run when this returns.
fn send(kind: Kind) {
    signal_hook::low_level::raise(kind.number()).expect("it is a signal");
}

/// Whether nothing has come since the last `recv`.
async fn is_silent(signal: &mut Signal) -> bool {
    timeout(Duration::ZERO, signal.recv()).await.is_err()
}

// Signals reach the whole process, and tests run beside each other: so each of
// these has a signal of its own.

#[test]
fn every_listener_hears_of_a_signal_once() {
    block_on(async {
        let kind = Kind::user_defined1();
        let (mut one, mut other) = (signal(kind).unwrap(), signal(kind).unwrap());
        assert!(is_silent(&mut one).await);
        send(kind);
        one.recv().await.unwrap();
        assert!(is_silent(&mut one).await);
        other.recv().await.unwrap();
        assert!(is_silent(&mut other).await);
        drop(one); // the other still listens
        send(kind);
        other.recv().await.unwrap();
    });
}

#[test]
fn a_burst_is_told_once_and_a_signal_after_it_again() {
    block_on(async {
        let kind = Kind::user_defined2();
        let mut listener = signal(kind).unwrap();
        for _ in 0..10_000 {
            send(kind); // more than the socket holds
        }
        listener.recv().await.unwrap();
        assert!(is_silent(&mut listener).await);
        send(kind);
        listener.recv().await.unwrap();
    });
}

#[test]
fn a_dropped_recv_loses_nothing() {
    block_on(async {
        let kind = Kind::window_change();
        let mut listener = signal(kind).unwrap();
        let mut recv = Box::pin(listener.recv());
        assert!(timeout(Duration::ZERO, &mut recv).await.is_err());
        send(kind);
        drop(recv);
        listener.recv().await.unwrap();
    });
}

#[test]
fn a_task_that_waits_for_a_signal_is_woken_by_a_source() {
    let trace = trace(|| {
        block_on(async {
            let waits = spawn(ctrl_c());
            yield_now().await;
            send(Kind::interrupt());
            waits.await.unwrap().unwrap();
        });
    });
    let names = ["registered", "would_block", "woken", "deregistered"];
    let steps = only(&trace, &names);
    let expected = [
        "registered source=1 kind=signal interest=readable",
        "would_block source=1 op=read",
        "woken task=1 by=source:1 class=normal",
        "deregistered source=1",
    ];
    let found: Vec<_> = steps
        .iter()
        .filter(|step| expected.contains(&step.as_str()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_signal_wakes_a_sleeping_loop() {
    EventLoop::new(Clock::Real).block_on(async {
        let mut listener = signal(Kind::hangup()).unwrap();
        std::thread::spawn(|| {
            std::thread::sleep(Duration::from_millis(20));
            send(Kind::hangup());
        });
        listener.recv().await.unwrap();
    });
}

#[test]
fn a_signal_that_nobody_can_have_is_an_error() {
    block_on(async {
        for number in [9, 19, 11, 0, -1, 100_000] {
            let error = signal(Kind::from_number(number)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            let message = error.to_string();
            assert!(message.contains(&format!("nobody can listen for signal {number}: ")));
        }
    });
}

#[test]
#[should_panic(expected = "signal::signal() was called outside of an event loop")]
fn a_listener_needs_a_loop() {
    drop(signal(Kind::quit()));
}
