//! Fair: its rules, one by one, without a driver.

use super::super::testing::{at, picks, weighty};
use super::super::weight_of_nice;
use super::*;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn policy() -> Fair {
    Fair::new(ms(48), ms(6))
}

/// The same thread after so much CPU time.
fn after(thread: &Attributes, millis: u64) -> Attributes {
    Attributes {
        cpu_time: ms(millis),
        ..thread.clone()
    }
}

#[test]
fn the_smallest_virtual_runtime_runs_and_of_equals_the_lower_number() {
    let mut policy = policy();
    let threads = [weighty(1, 1024), weighty(2, 2048), weighty(3, 1024)];
    for thread in &threads {
        policy.ready(thread, Ready::New, at(0));
    }
    assert_eq!(picks(&mut policy), [1, 2, 3]);
    for (thread, ran) in threads.iter().zip([10, 12, 6]) {
        policy.stopped(
            &after(thread, ran),
            ms(ran),
            StopReason::QuantumExpired,
            at(0),
        );
    }
    assert_eq!(picks(&mut policy), [2, 3, 1]); // at 6, 6 and 10
}

#[test]
fn a_thread_runs_for_its_share_of_the_latency_but_not_for_less_than_the_granularity() {
    for (threads, slice) in [(1, 48), (2, 24), (4, 12), (10, 6)] {
        let mut policy = policy();
        for number in 1..=threads {
            policy.ready(&weighty(number, 1024), Ready::New, at(0));
        }
        let pick = policy.pick(CpuId(0), at(0)).unwrap();
        assert_eq!(pick.quantum, Some(ms(slice)), "{threads} threads"); // OSTEP
    }
}

#[test]
fn blocked_and_finished_threads_do_not_narrow_the_share() {
    let mut policy = policy();
    for number in 1..=3 {
        policy.ready(&weighty(number, 1024), Ready::New, at(0));
    }
    assert_eq!(picks(&mut policy), [1, 2, 3]);
    policy.stopped(&weighty(1, 1024), ms(0), StopReason::Yielded, at(0));
    policy.stopped(&weighty(2, 1024), ms(0), StopReason::Blocked, at(0));
    policy.stopped(&weighty(3, 1024), ms(0), StopReason::Finished, at(0));
    let pick = policy.pick(CpuId(0), at(0)).unwrap();
    assert_eq!(pick.quantum, Some(ms(48)));
}

#[test]
fn a_nice_threads_clock_runs_faster() {
    let mut policy = policy();
    let nice = weighty(1, weight_of_nice(19));
    policy.ready(&nice, Ready::New, at(0));
    let seconds = policy.virtual_runtime(&after(&nice, 15)).as_secs_f64();
    assert!((seconds - 1.024).abs() < 1e-9, "{seconds}"); // 15 ms * 1024 / 15
}

#[test]
fn who_was_blocked_starts_where_the_others_are_and_preempts_who_is_far_ahead() {
    let mut policy = policy();
    let (busy, sleeper) = (weighty(1, 1024), weighty(2, 1024));
    policy.stopped(&sleeper, ms(0), StopReason::Blocked, at(0));
    policy.stopped(
        &after(&busy, 40),
        ms(40),
        StopReason::QuantumExpired,
        at(40),
    );
    assert_eq!(picks(&mut policy), [1]);
    policy.ready(&sleeper, Ready::Unblocked, at(40));
    assert_eq!(policy.virtual_runtime(&sleeper), ms(40)); // rule 4
    assert!(!policy.preempts(&sleeper, &after(&busy, 46), at(46)));
    assert!(policy.preempts(&sleeper, &after(&busy, 47), at(47))); // rule 5
}
