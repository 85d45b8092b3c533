//! Policies that take a CPU at once, and policies with a timer.

use crate::support::{Trace, alone, join_all, ms, round_robin};
use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use scheduler::{Builder, Preemption, Scheduler, checkpoint, sleep, spawn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The most important first, taken from the less important at once; with a
/// timer every 10 ms that counts its calls.
#[derive(Default)]
struct Priorities {
    /// Runnable threads.
    stored: Vec<(i32, ThreadId)>,
    /// Threads on a CPU.
    running: u32,
    /// How often the timer ran.
    timers: Arc<AtomicU32>,
}

/// How often the timer is wanted.
const PERIOD: Duration = ms(10);

impl Policy for Priorities {
    fn ready(&mut self, thread: &Attributes, _: Ready, _: Time) {
        self.stored.push((thread.priority, thread.id));
    }

    fn pick(&mut self, _: CpuId, _: Time) -> Option<Pick> {
        let highest = self.stored.iter().map(|(priority, _)| *priority).max()?;
        let index = self
            .stored
            .iter()
            .position(|(priority, _)| *priority == highest)?;
        self.running += 1;
        Some(Pick::until_it_stops(self.stored.remove(index).1))
    }

    fn stopped(&mut self, thread: &Attributes, _: Duration, why: StopReason, _: Time) {
        self.running -= 1;
        if why.still_runnable() {
            self.stored.push((thread.priority, thread.id));
        }
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, _: Time) -> bool {
        new.priority > current.priority
    }

    fn next_timer(&self, now: Time) -> Option<Time> {
        let period = u64::try_from(PERIOD.as_nanos()).unwrap();
        Some(Time::from_nanos((now.as_nanos() / period + 1) * period))
    }

    fn timer(&mut self, _: Time) {
        assert_eq!(self.running, 0, "nobody runs while the timer does");
        self.timers.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn an_important_thread_takes_the_cpu_when_it_awakes() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, Priorities::default())
        .run(|| {
            let important = Builder::new().priority(1).spawn(|| sleep(ms(2)));
            for _ in 0..4 {
                checkpoint();
            }
            important.join().unwrap();
        })
        .unwrap();
    trace.assert_is(
        r#"
        0 started clock=virtual tick=1000000 mode=checkpoint policy=Priorities cpus=1 quantum=- calls=announced
        0 spawned thread=0 name="main" priority=0 weight=1
        0 runnable thread=0 why=new
        0 dispatched thread=0 cpu=0 quantum=-
        1 spawned thread=1 name="thread 1" priority=1 weight=1 by=thread:0
        1 runnable thread=1 why=new by=thread:0
        1 preempted thread=0 cpu=0 ran=1000000             // in the middle of `spawn`
        1 runnable thread=0 why=preempted
        1 dispatched thread=1 cpu=0 quantum=-
        2 blocked thread=1 cpu=0 ran=1000000 on=sleep until=4000000
        2 dispatched thread=0 cpu=0 quantum=-
        3 checkpoint thread=0
        4 runnable thread=1 why=slept
        4 preempted thread=0 cpu=0 ran=2000000             // before its second checkpoint
        4 runnable thread=0 why=preempted
        4 dispatched thread=1 cpu=0 quantum=-
        4 finished thread=1 cpu=0 ran=0
        4 dispatched thread=0 cpu=0 quantum=-
        4 checkpoint thread=0
        5 checkpoint thread=0
        6 checkpoint thread=0
        7 joined thread=1 by=thread:0
        7 finished thread=0 cpu=0 ran=3000000
        7 ended dispatches=5 preemptions=2 left=0
        "#,
    );
}

#[test]
fn an_important_thread_takes_the_cpu_in_signal_mode() {
    static SPINS: AtomicBool = AtomicBool::new(false);
    let trace = Trace::begin();
    Scheduler::new(Preemption::Signal, Priorities::default())
        .run(|| {
            let important = Builder::new().priority(1).spawn(|| {
                while !SPINS.load(Ordering::Relaxed) {
                    sleep(ms(1));
                }
            });
            let begin = Instant::now();
            SPINS.store(true, Ordering::Relaxed); // and gives no way from here on
            while !important.is_finished() {
                assert!(
                    begin.elapsed() < Duration::from_mins(1),
                    "it never got the CPU"
                );
            }
            important.join().unwrap();
        })
        .unwrap();
    assert!(
        trace
            .events("preempted")
            .iter()
            .any(|line| line.number("thread") == 0)
    );
}

#[test]
fn the_timer_runs_while_nobody_does() {
    let _turn = alone();
    for mode in [Preemption::Checkpoint, Preemption::Signal] {
        let policy = Priorities::default();
        let timers = Arc::clone(&policy.timers);
        Scheduler::new(mode, policy)
            .cpus(2)
            .run(|| {
                let threads = [(); 3].map(|()| {
                    spawn(move || {
                        let begin = Instant::now();
                        for _ in 0..50 {
                            checkpoint();
                        }
                        while mode == Preemption::Signal && begin.elapsed() < ms(60) {}
                    })
                });
                join_all(threads);
            })
            .unwrap();
        assert!(timers.load(Ordering::Relaxed) >= 3, "{mode:?}");
    }
}

#[test]
fn the_timer_comes_between_two_threads_in_never_mode() {
    let _turn = alone();
    let policy = Priorities::default();
    let timers = Arc::clone(&policy.timers);
    Scheduler::new(Preemption::Never, policy)
        .run(|| {
            let child = spawn(move || {
                let begin = Instant::now();
                while timers.load(Ordering::Relaxed) < 2 {
                    assert!(begin.elapsed() < Duration::from_mins(1), "it never came");
                    scheduler::yield_now();
                }
            });
            child.join().unwrap();
        })
        .unwrap();
}

#[test]
fn a_quantum_of_an_hour_is_fine() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        Scheduler::new(mode, round_robin(3_600_000))
            .run(|| {
                let child = spawn(checkpoint);
                child.join().unwrap();
            })
            .unwrap();
    }
}
