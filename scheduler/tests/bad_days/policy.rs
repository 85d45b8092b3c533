//! Policies that do not return, that print, wait or allocate, and quanta that are
//! none. (Those that panic or answer nonsense: `behaviours::policy_faults`.)

use crate::child::{MODES, in_child, mode, ms};
use scheduler::policy::{
    Attributes, CpuId, FirstComeFirstServed, Level, Lottery, MultiLevelFeedback, PerCpu, Pick,
    Policy, Ready, RoundRobin, SHIPPED, Settings, StaticPriority, StopReason,
};
use scheduler::time::Time;
use scheduler::{Preemption, Scheduler, checkpoint, spawn};
use std::hint::black_box;
use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Round robin with something else in its third `pick`, or each `stopped`.
struct With<P, S> {
    inner: RoundRobin,
    picks: usize,
    third_pick: P,
    stopped: S,
}

impl<P: FnMut() + Send, S: FnMut() + Send> With<P, S> {
    fn new(third_pick: P, stopped: S) -> With<P, S> {
        With {
            inner: RoundRobin::new(ms(2)),
            picks: 0,
            third_pick,
            stopped,
        }
    }
}

impl<P: FnMut() + Send, S: FnMut() + Send> Policy for With<P, S> {
    fn name(&self) -> &'static str {
        "Hindered"
    }
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.inner.ready(thread, why, now);
    }
    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        self.picks += 1;
        if self.picks == 3 {
            (self.third_pick)();
        }
        self.inner.pick(cpu, now)
    }
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        (self.stopped)();
        self.inner.stopped(thread, ran, why, now);
    }
}

/// Four threads that take a few steps.
fn some_threads() {
    let threads = [(); 4].map(|()| {
        spawn(|| {
            for _ in 0..5 {
                checkpoint();
                scheduler::work(ms(1));
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_policy_that_loops_for_ever_is_named_in_every_mode() {
    for name in MODES {
        let ended = in_child(name, |name| {
            let policy = With::new(|| while black_box(true) {}, || ());
            let scheduler = Scheduler::new(mode(name), policy).cpus(2);
            let run = scheduler.watchdog(ms(300)).run(some_threads);
            unreachable!("{run:?}");
        });
        ended
            .was_ended()
            .says("scheduler: watchdog: policy Hindered has computed for ")
            .says("in `pick(CPU ")
            .says("  CPU 0: ")
            .says("  CPU 1: ")
            .says("  runnable: ")
            .says("look for a loop that does not end in `pick(CPU ");
    }
}

#[test]
fn a_policy_whose_name_never_comes_is_told_all_the_same() {
    struct Nameless;
    impl Policy for Nameless {
        fn name(&self) -> &'static str {
            while black_box(true) {}
            ""
        }
        fn ready(&mut self, _: &Attributes, _: Ready, _: Time) {}
        fn pick(&mut self, _: CpuId, _: Time) -> Option<Pick> {
            None
        }
        fn stopped(&mut self, _: &Attributes, _: Duration, _: StopReason, _: Time) {}
    }
    in_child("", |_| {
        let run = Scheduler::new(Preemption::Signal, Nameless).watchdog(ms(300));
        unreachable!("{:?}", run.run(|| ()));
    })
    .was_ended()
    .says("policy of this run has computed for")
    .says("in `name()`");
}

#[test]
fn a_policy_that_prints_waits_for_a_frozen_thread_and_is_named() {
    static PRINTS: AtomicBool = AtomicBool::new(false);
    in_child("", |_| {
        // It prints only while a thread that has no CPU holds stdout's lock.
        let policy = With::new(
            || (),
            || {
                if PRINTS.load(Ordering::Relaxed) {
                    print!("a thread stopped");
                }
            },
        );
        let scheduler = Scheduler::new(Preemption::Signal, policy);
        let run = scheduler.watchdog(ms(300)).run(|| {
            let holds = spawn(|| {
                let _stdout = std::io::stdout().lock();
                PRINTS.store(true, Ordering::Relaxed);
                while black_box(true) {}
            });
            while black_box(true) {}
            holds.join()
        });
        unreachable!("{run:?}");
    })
    .was_ended()
    .says("policy Hindered has waited for a lock for ")
    .says("in `stopped(thread ")
    .says("print nothing in a policy");
}

#[test]
fn a_policy_that_prints_where_nobody_else_does_goes_on() {
    for name in MODES {
        let ended = in_child(name, |name| {
            let policy = With::new(|| println!("the third pick"), || eprint!("."));
            let scheduler = Scheduler::new(mode(name), policy).watchdog(ms(500));
            scheduler.run(some_threads).unwrap();
        });
        let ended = ended.returned().says("....").does_not_say("watchdog");
        assert!(ended.stdout.contains("the third pick\n"), "{ended:?}");
    }
}

#[test]
fn a_policy_that_waits_for_input_is_told_of_and_not_ended() {
    static WAITED: AtomicUsize = AtomicUsize::new(0);
    for name in MODES {
        let ended = in_child(name, |name| {
            let (mut reader, mut writer) = std::io::pipe().unwrap();
            std::thread::spawn(move || {
                std::thread::sleep(ms(4_000)); // many times the limit
                writer.write_all(b"1").unwrap();
            });
            let ask = move || WAITED.store(reader.read(&mut [0]).unwrap(), Ordering::Relaxed);
            let scheduler = Scheduler::new(mode(name), With::new(ask, || ()));
            scheduler.watchdog(ms(300)).run(some_threads).unwrap();
            assert_eq!(WAITED.load(Ordering::Relaxed), 1);
        });
        let ended = ended.returned().says("policy Hindered has been in ");
        assert_eq!(ended.stderr.matches("watchdog").count(), 1, "{ended:?}");
    }
}

#[test]
fn the_watchdog_can_be_switched_off_and_waits_for_its_limit() {
    for limit in ["off", "long", "usual", "short"] {
        let ended = in_child(limit, |limit| {
            // It computes for 600 ms of processor time.
            let policy = With::new(|| scheduler::work(ms(600)), || ());
            let run = Scheduler::new(Preemption::Checkpoint, policy);
            let run = match limit {
                "off" => run.watchdog(None),
                "long" => run.watchdog(Duration::from_mins(1)),
                "short" => run.watchdog(ms(200)),
                _ => run,
            };
            run.run(some_threads).unwrap();
        });
        if limit == "short" {
            ended.was_ended();
        } else {
            ended.returned().does_not_say("watchdog");
        }
    }
}

#[test]
#[should_panic(expected = "`watchdog` was zero; `None` switches it off")]
fn a_watchdog_without_patience_is_refused() {
    let policy = FirstComeFirstServed::new();
    let _ = Scheduler::new(Preemption::Checkpoint, policy).watchdog(Duration::ZERO);
}

#[test]
fn a_policy_allocates_in_every_call_while_threads_are_frozen_in_malloc() {
    in_child("", |_| {
        let mut kept = Vec::new();
        let allocate = move || {
            kept.push(format!("{:50}", kept.len()));
            if kept.len() > 100 {
                kept.clear();
            }
        };
        let policy = With::new(|| (), allocate);
        let run = Scheduler::new(Preemption::Signal, policy).cpus(2).run(|| {
            let threads = [(); 6].map(|()| {
                spawn(|| {
                    let text = |number| black_box(format!("{number:60}")).len();
                    (0..60_000).map(text).sum::<usize>()
                })
            });
            threads.map(|thread| thread.join().unwrap())
        });
        assert_eq!(run.unwrap(), [3_600_000; 6]);
    })
    .returned();
}

#[test]
fn a_quantum_of_zero_is_refused_by_each_policy_that_takes_one() {
    /// What making `policy` panics with, if it does.
    fn refusal<P>(policy: impl FnOnce() -> P) -> Option<String> {
        let panic = catch_unwind(AssertUnwindSafe(policy)).err()?;
        let text = panic.downcast_ref::<&str>().copied();
        text.map(str::to_owned)
            .or_else(|| panic.downcast_ref::<String>().cloned())
    }
    let settings = Settings {
        quantum: Duration::ZERO,
        ..Settings::default()
    };
    for shipped in SHIPPED {
        let takes_one = !["fcfs", "sjf", "stcf", "edf", "rm"].contains(&shipped.name);
        let refusal = refusal(|| (shipped.make)(&settings));
        let says = refusal.as_ref().map(|text| {
            text.contains("longer than zero") || text.contains("every level a quantum")
        });
        assert_eq!(
            says,
            takes_one.then_some(true),
            "{}: {refusal:?}",
            shipped.name
        );
    }
    let zero = Duration::ZERO;
    let level = Level {
        quantum: ms(1),
        allotment: 1,
    };
    let refusals = [
        refusal(|| StaticPriority::new().quantum(zero)),
        refusal(|| MultiLevelFeedback::new([level]).boost_every(zero)),
        refusal(|| MultiLevelFeedback::new([])),
        refusal(|| PerCpu::new(1, |_| RoundRobin::new(ms(1))).balance_every(zero)),
        refusal(|| Lottery::with_numbers(zero, [1].into_iter())),
    ];
    assert!(refusals.iter().all(Option::is_some), "{refusals:?}");
}

#[test]
fn a_quantum_of_an_hour_runs_each_thread_to_its_end() {
    let hour = Duration::from_hours(1);
    for shipped in SHIPPED {
        let settings = Settings {
            quantum: hour,
            ..Settings::default()
        };
        for name in MODES {
            let policy = (shipped.make)(&settings);
            let scheduler = Scheduler::new(mode(name), Boxed(policy));
            scheduler.run(some_threads).unwrap();
        }
    }
    // Longer than the clock counts.
    let policy = RoundRobin::new(Duration::MAX);
    let scheduler = Scheduler::new(Preemption::Signal, policy);
    scheduler.run(some_threads).unwrap();
}

/// A policy in a box.
struct Boxed(Box<dyn Policy>);

impl Policy for Boxed {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.0.ready(thread, why, now);
    }
    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        self.0.pick(cpu, now)
    }
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        self.0.stopped(thread, ran, why, now);
    }
    fn preempts(&self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        self.0.preempts(new, current, now)
    }
    fn next_timer(&self, now: Time) -> Option<Time> {
        self.0.next_timer(now)
    }
    fn timer(&mut self, now: Time) {
        self.0.timer(now);
    }
}
