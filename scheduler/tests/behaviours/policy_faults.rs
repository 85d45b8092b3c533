//! A policy that is wrong is named, and the run still comes to an orderly end.

use crate::support::{Trace, alone, join_all, ms};
use scheduler::policy::{
    Attributes, CpuId, FirstComeFirstServed, Pick, Policy, Ready, StopReason, ThreadId,
};
use scheduler::time::Time;
use scheduler::{PolicyError, Preemption, RunError, Scheduler, checkpoint, spawn};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// First come first served, wrong in one way from the third pick on.
#[derive(Default)]
struct Broken {
    /// The way.
    how: How,
    /// Its threads.
    queue: VecDeque<ThreadId>,
    /// How often it was asked.
    picks: u32,
}

/// How a policy is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum How {
    /// It is not.
    #[default]
    Right,
    /// It picks a thread that does not exist.
    Invents,
    /// It picks a thread and keeps it.
    Repeats,
    /// It picks nobody.
    Idles,
    /// It gives no time.
    ZeroQuantum,
    /// It wants to be called in the past.
    OldTimer,
    /// It panics.
    Panics,
    /// It panics in `ready`.
    PanicsEarly,
}

impl Policy for Broken {
    fn ready(&mut self, thread: &Attributes, _: Ready, _: Time) {
        assert!(
            self.how != How::PanicsEarly || thread.id.0 < 2,
            "a third thread"
        );
        self.queue.push_back(thread.id);
    }

    fn pick(&mut self, _: CpuId, _: Time) -> Option<Pick> {
        self.picks += 1;
        if self.picks < 3 {
            return self.queue.pop_front().map(Pick::until_it_stops);
        }
        match self.how {
            How::Invents => Some(Pick::until_it_stops(ThreadId(77))),
            How::Repeats => self.queue.front().copied().map(Pick::until_it_stops),
            How::Idles => None,
            How::ZeroQuantum => {
                let thread = self.queue.pop_front()?;
                Some(Pick::for_at_most(thread, Duration::ZERO))
            }
            How::Panics => panic!("no idea who is next"),
            _ => self.queue.pop_front().map(Pick::until_it_stops),
        }
    }

    fn stopped(&mut self, thread: &Attributes, _: Duration, why: StopReason, _: Time) {
        if why.still_runnable() {
            self.queue.push_back(thread.id);
        }
    }

    fn next_timer(&self, _: Time) -> Option<Time> {
        (self.how == How::OldTimer && self.picks >= 3).then_some(Time::ZERO)
    }
}

/// Four threads under a policy that is wrong in this way.
fn run(how: How, mode: Preemption) -> Result<(), RunError> {
    let policy = Broken {
        how,
        ..Broken::default()
    };
    Scheduler::new(mode, policy).cpus(2).run(|| {
        let threads = [(); 4].map(|()| {
            spawn(|| {
                for _ in 0..3 {
                    checkpoint();
                    scheduler::sleep(ms(1));
                }
            })
        });
        join_all(threads);
    })
}

#[test]
fn each_fault_is_named_with_the_policy_in_every_mode() {
    let _turn = alone();
    let faults = [
        (How::Invents, "pick returned thread 77 for CPU"),
        (How::Repeats, "forget them then"),
        (How::Idles, "idles although thread"),
        (How::ZeroQuantum, "a quantum of zero"),
        (How::OldTimer, "next_timer returned 0 ms"),
        (How::Panics, "no idea who is next"),
        (How::PanicsEarly, "a third thread"),
    ];
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        run(How::Right, mode).unwrap();
        for (how, words) in faults {
            let Err(RunError::Policy(error)) = run(how, mode) else {
                panic!("{how:?} was not found in {mode:?}");
            };
            let text = error.to_string();
            assert!(
                text.starts_with("policy Broken, at ") && text.contains(words),
                "{text}"
            );
        }
    }
}

#[test]
fn a_panic_of_the_policy_is_told_with_its_line() {
    let _turn = alone();
    let Err(RunError::Policy(PolicyError::Panicked { place, message, .. })) =
        run(How::Panics, Preemption::Checkpoint)
    else {
        panic!("it panics");
    };
    let (file, line) = place.unwrap();
    assert!(file == file!() && line > 1, "{file}:{line}");
    assert_eq!(message, "no idea who is next");
}

#[test]
fn the_trace_ends_where_the_fault_is_found() {
    let trace = Trace::begin();
    run(How::Idles, Preemption::Checkpoint).unwrap_err();
    let ended = trace.lines().pop().unwrap();
    assert_eq!(ended.event, "ended");
    assert_ne!(ended.number("left"), 0);
}

#[test]
fn threads_that_compute_end_by_themselves_and_the_others_are_unwound() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    let _turn = alone();
    let policy = Broken {
        how: How::Idles,
        ..Broken::default()
    };
    let run = Scheduler::new(Preemption::Signal, policy).run(|| {
        let threads = [(); 3].map(|()| {
            spawn(|| {
                let begin = std::time::Instant::now();
                while begin.elapsed() < ms(30) {}
                COMPUTED.fetch_add(1, Ordering::Relaxed);
                checkpoint(); // unwound here, if not before
            })
        });
        let _ = threads.map(|thread| thread.join());
    });
    assert!(matches!(run, Err(RunError::Policy(_))));
    assert!(COMPUTED.load(Ordering::Relaxed) <= 3);
}

/// First come, first served, until it is dropped.
struct PanicsWhenDropped(FirstComeFirstServed);

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

impl Policy for PanicsWhenDropped {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.0.ready(thread, why, now);
    }
    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        self.0.pick(cpu, now)
    }
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        self.0.stopped(thread, ran, why, now);
    }
}

#[test]
fn a_policy_whose_destructor_panics_is_named() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        let policy = PanicsWhenDropped(FirstComeFirstServed::new());
        match Scheduler::new(mode, policy).run(|| ()) {
            Err(RunError::Policy(PolicyError::Panicked { message, .. })) => {
                assert_eq!(message, "dropped");
            }
            other => panic!("no panic of the policy's: {other:?}"),
        }
    }
}
