//! A policy that is wrong is named, and the run still comes to an orderly end.

use crate::support::{Trace, alone, join_all, ms};
use scheduler::policy::{
    Attributes, CpuId, FirstComeFirstServed, Pick, Policy, Ready, Rule, StopReason, ThreadId,
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
    /// What it says of its quantum.
    usual: Option<Duration>,
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

    fn quantum(&self) -> Option<Duration> {
        self.usual
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
fn a_fault_is_told_with_the_last_calls_and_their_answers() {
    let _turn = alone();
    let told = |how| {
        let error = run(how, Preemption::Checkpoint).unwrap_err().to_string();
        let mut lines = error.lines().map(str::to_owned);
        assert!(lines.next().unwrap().starts_with("policy Broken, at "));
        assert_eq!(
            lines.next().unwrap(),
            "the last calls of the policy, the latest at the end:"
        );
        lines.collect::<Vec<_>>()
    };
    assert_eq!(
        told(How::Invents),
        [
            "  t=0 ms ready(0, New)",
            "  t=0 ms pick(CPU 0) -> 0",
            "  t=1 ms ready(1, New)",
            "  t=1 ms pick(CPU 1) -> 1",
            "  t=2 ms ready(2, New)",
            "  t=3 ms ready(3, New)",
            "  t=3 ms stopped(1, ran 2 ms, Blocked)",
            "  t=3 ms pick(CPU 1) -> 77",
        ]
    );
    // What panicked has no answer.
    assert_eq!(told(How::Panics).pop().unwrap(), "  t=3 ms pick(CPU 1)");
    let early = told(How::PanicsEarly).pop().unwrap();
    assert_eq!(early, "  t=2 ms ready(2, New)");
}

#[test]
fn the_trace_tells_of_a_fault_before_anything_else_and_ends() {
    for (how, rule) in [
        (How::Idles, "CPU 1 idles although thread 2 is runnable"),
        (How::Panics, "it panicked at scheduler/tests/"),
    ] {
        let trace = Trace::begin();
        run(how, Preemption::Checkpoint).unwrap_err();
        let lines = trace.lines();
        let [.., before, faulted, ended] = &lines[..] else {
            panic!("{lines:?}");
        };
        assert_eq!(before.event, "blocked");
        assert_eq!(faulted.event, "faulted");
        assert!(faulted.get("rule").unwrap().contains(rule), "{faulted:?}");
        assert_eq!(faulted.get("then"), Some("ends"));
        assert_eq!(faulted.number("t"), 3_000_000);
        let at = faulted.get("at").map(|at| at.starts_with(file!()));
        assert_eq!(at, (how == How::Panics).then_some(true), "{faulted:?}");
        assert_eq!(ended.event, "ended");
        assert_ne!(ended.number("left"), 0);
    }
}

#[test]
fn round_robin_goes_on_after_a_fault_if_it_was_asked_to() {
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        for how in [
            How::Invents,
            How::Repeats,
            How::Idles,
            How::ZeroQuantum,
            How::OldTimer,
            How::Panics,
            How::PanicsEarly,
        ] {
            let trace = Trace::begin();
            let policy = Broken {
                how,
                ..Broken::default()
            };
            let scheduler = Scheduler::new(mode, policy).cpus(2);
            let sum = scheduler.fall_back_to_round_robin().run(|| {
                let threads = [1, 2, 3, 4].map(|number| {
                    spawn(move || {
                        scheduler::sleep(ms(1));
                        checkpoint();
                        number
                    })
                });
                join_all(threads).iter().sum::<u32>()
            });
            assert_eq!(sum.unwrap(), 10, "{how:?} in {mode:?}");
            let faulted = trace.events("faulted");
            assert_eq!(faulted.len(), 1, "{how:?} in {mode:?}: {faulted:?}");
            assert_eq!(faulted[0].get("then"), Some("round_robin"));
            assert_eq!(trace.lines().last().unwrap().number("left"), 0);
            let errors = trace.errors();
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert!(
                errors[0].starts_with("policy Broken, at ")
                    && errors[0].ends_with("round robin goes on in its place"),
                "{}",
                errors[0]
            );
        }
    }
}

#[test]
fn after_a_fallback_each_thread_has_its_turn_for_the_usual_quantum() {
    let trace = Trace::begin();
    let policy = Broken {
        how: How::Invents,
        usual: Some(ms(2)),
        ..Broken::default()
    };
    Scheduler::new(Preemption::Checkpoint, policy)
        .fall_back_to_round_robin()
        .run(|| join_all([(); 2].map(|()| spawn(|| (0..4).for_each(|_| checkpoint())))))
        .unwrap();
    let lines = trace.only(&["faulted", "dispatched", "preempted"]);
    let begin = lines.iter().position(|line| line.starts_with("faulted"));
    assert_eq!(
        lines[begin.unwrap() + 1..],
        [
            "dispatched thread=2 cpu=0 quantum=2000000",
            "preempted thread=2 cpu=0 ran=2000000",
            "dispatched thread=0 cpu=0 quantum=2000000", // joins the first
            "dispatched thread=2 cpu=0 quantum=2000000",
            "preempted thread=2 cpu=0 ran=2000000",
            "dispatched thread=2 cpu=0 quantum=2000000",
            "dispatched thread=0 cpu=0 quantum=2000000",
        ]
    );
}

#[test]
fn round_robin_is_not_blamed_for_the_policy_that_it_replaces() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, Latest::default())
        .starvation_limit(ms(3)) // too short for round robin as well
        .fall_back_to_round_robin()
        .run(|| {
            let threads = [(); 3].map(|()| spawn(|| (0..30).for_each(|_| checkpoint())));
            join_all(threads);
        })
        .unwrap();
    let faulted = trace.events("faulted");
    assert_eq!(faulted.len(), 1, "{faulted:?}");
    assert!(faulted[0].get("rule").unwrap().contains("has not run for"));
}

/// Runs the latest to come, again and again.
#[derive(Default)]
struct Latest(Vec<ThreadId>);

impl Policy for Latest {
    fn ready(&mut self, thread: &Attributes, _: Ready, _: Time) {
        self.0.push(thread.id);
    }
    fn pick(&mut self, _: CpuId, _: Time) -> Option<Pick> {
        self.0.pop().map(|thread| Pick::for_at_most(thread, ms(2)))
    }
    fn stopped(&mut self, thread: &Attributes, _: Duration, why: StopReason, _: Time) {
        if why.still_runnable() {
            self.0.push(thread.id);
        }
    }
}

#[test]
fn a_thread_that_starves_is_a_fault_where_a_limit_was_set() {
    let _turn = alone();
    let run = |mode, limit| {
        let scheduler = Scheduler::new(mode, Latest::default());
        let scheduler = match limit {
            None => scheduler,
            Some(limit) => scheduler.starvation_limit(limit),
        };
        scheduler.run(|| {
            let threads = [(); 3].map(|()| spawn(|| scheduler::work(ms(40))));
            join_all(threads);
        })
    };
    for mode in [Preemption::Checkpoint, Preemption::Signal] {
        run(mode, None).unwrap();
        run(mode, Some(Duration::from_mins(1))).unwrap();
        match run(mode, Some(ms(20))) {
            Err(RunError::Policy(PolicyError::Fault(fault))) => assert!(
                matches!(fault.rule, Rule::Starved { since, .. } if fault.now >= since + ms(20)),
                "{fault}"
            ),
            other => panic!("nobody starved in {mode:?}: {other:?}"),
        }
    }
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
