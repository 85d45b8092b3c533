//! Which wrong answers of a policy the driver catches, and what it says then.

use super::*;
use crate::policy::{Instead, Rule, StaticPriority, Told};

/// Answers `pick` with a function, and stores nothing.
struct Answers<F>(F);

impl<F: FnMut(Time) -> Option<Pick> + Send> Policy for Answers<F> {
    fn ready(&mut self, _thread: &Attributes, _why: Ready, _now: Time) {}
    fn pick(&mut self, _cpu: CpuId, now: Time) -> Option<Pick> {
        (self.0)(now)
    }
    fn stopped(&mut self, _thread: &Attributes, _ran: Duration, _why: StopReason, _now: Time) {}
}

/// The rule that this answer breaks, with two jobs of 2 ms on two CPUs.
fn broken(answer: impl FnMut(Time) -> Option<Pick> + Send) -> Rule {
    let jobs = [Job::new().run(ms(2)), Job::new().run(ms(2))];
    let failure = Simulation::new(jobs)
        .cpus(2)
        .run(&mut Answers(answer))
        .unwrap_err();
    assert_eq!(failure.fault.policy, "Answers");
    failure.fault.rule
}

#[test]
fn a_pick_of_what_is_not_runnable_is_told_with_the_reason() {
    let is = |rule| match rule {
        Rule::PickedWhatIsNotRunnable { is, .. } => is,
        other => panic!("{other:?}"),
    };
    let always = |thread| move |_| Some(Pick::until_it_stops(ThreadId(thread)));
    assert_eq!(is(broken(always(1))), Instead::Running); // twice at one instant
    assert_eq!(is(broken(always(0))), Instead::Unknown);
    assert_eq!(is(broken(always(3))), Instead::Unknown);
    let mut next = 0;
    let in_turn = move |_| {
        next += 1;
        Some(Pick::until_it_stops(ThreadId(if next < 3 {
            next
        } else {
            1
        })))
    };
    let jobs = [Job::new().run(ms(1)), Job::new().run(ms(2))];
    let failure = Simulation::new(jobs)
        .cpus(2)
        .run(&mut Answers(in_turn))
        .unwrap_err();
    assert_eq!(is(failure.fault.rule), Instead::Finished);
    assert_eq!(
        failure.to_string(),
        "policy Answers, at 1 ms: pick returned thread 1 for CPU 0, but it is finished: \
         return only threads that are stored, and forget them then\n\
         the last calls of the policy, the latest at the end:\n\
         \x20 t=0 ms ready(1, New)\n\
         \x20 t=0 ms ready(2, New)\n\
         \x20 t=0 ms pick(CPU 0) -> 1\n\
         \x20 t=0 ms pick(CPU 1) -> 2\n\
         \x20 t=1 ms stopped(1, ran 1 ms, Finished)\n\
         \x20 t=1 ms pick(CPU 0) -> 1\n\
         \x20         0\nthread 1  0\nthread 2  1\none column is 1 ms"
    );
}

#[test]
fn an_idle_cpu_beside_a_runnable_thread_is_a_fault() {
    assert_eq!(
        broken(|_| None),
        Rule::IdleBesideRunnable {
            cpu: CpuId(0),
            thread: ThreadId(1),
            since: Time::ZERO,
            told: Told::Ready(Ready::New),
        }
    );
}

#[test]
fn a_lost_thread_is_found_when_the_others_are_over() {
    /// Round robin that forgets who yields.
    struct Forgetful(RoundRobin);
    impl Policy for Forgetful {
        fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
            self.0.ready(thread, why, now);
        }
        fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
            self.0.pick(cpu, now)
        }
        fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
            if why != StopReason::Yielded {
                self.0.stopped(thread, ran, why, now);
            }
        }
    }
    let jobs = [
        Job::new().run(ms(1)).yield_now().run(ms(1)),
        Job::new().run(ms(3)),
    ];
    let mut policy = Forgetful(RoundRobin::new(ms(2)));
    let failure = Simulation::new(jobs).run(&mut policy).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "policy Forgetful, at 4 ms: CPU 0 idles although thread 1 is runnable since 1 ms, \
         as stopped(.., Yielded, ..) said: store it then, and let pick return it\n\
         the last calls of the policy, the latest at the end:\n\
         \x20 t=0 ms ready(2, New)\n\
         \x20 t=0 ms pick(CPU 0) -> 1 for 2 ms\n\
         \x20 t=1 ms stopped(1, ran 1 ms, Yielded)\n\
         \x20 t=1 ms pick(CPU 0) -> 2 for 2 ms\n\
         \x20 t=3 ms stopped(2, ran 2 ms, QuantumExpired)\n\
         \x20 t=3 ms pick(CPU 0) -> 2 for 2 ms\n\
         \x20 t=4 ms stopped(2, ran 1 ms, Finished)\n\
         \x20 t=4 ms pick(CPU 0) -> None\n\
         \x20         0\nthread 1  █···\nthread 2  ·███\none column is 1 ms"
    );
}

#[test]
fn a_quantum_of_zero_and_a_timer_in_the_past_are_faults() {
    let nothing = |_| Some(Pick::for_at_most(ThreadId(1), Duration::ZERO));
    assert_eq!(
        broken(nothing),
        Rule::ZeroQuantum {
            thread: ThreadId(1)
        }
    );
    let mut diary = Diary {
        timer: Some(at(0)),
        ..Diary::new()
    };
    let failure = Simulation::new([Job::new().run(ms(1))])
        .run(&mut diary)
        .unwrap_err();
    assert_eq!(failure.fault.rule, Rule::TimerNotInFuture { timer: at(0) });
}

#[test]
fn a_cpu_may_idle_beside_a_thread_that_may_not_run_there() {
    let only = |cpu| Some(CpuId(cpu));
    let jobs = || {
        [
            Job {
                affinity: only(1),
                ..Job::new().run(ms(2))
            },
            Job {
                affinity: only(1),
                ..Job::new().run(ms(2))
            },
        ]
    };
    let mut next = 0;
    let mut pinned = Answers(move |now| {
        // Asked at 0 for CPU 0 and CPU 1, and again at 2 ms and 4 ms.
        next += 1;
        let thread = match (next, now) {
            (2, Time::ZERO) => 1,
            (4, _) => 2,
            _ => return None,
        };
        Some(Pick::until_it_stops(ThreadId(thread)))
    });
    let outcome = Simulation::new(jobs()).cpus(2).run(&mut pinned).unwrap();
    assert_eq!(stays(&outcome.chart), [(0, 2, 1), (2, 4, 2)]);

    let mut heedless = Answers(|_| Some(Pick::until_it_stops(ThreadId(1))));
    let wrong = Simulation::new(jobs())
        .cpus(2)
        .run(&mut heedless)
        .unwrap_err();
    let rule = Rule::WrongCpu {
        cpu: CpuId(0),
        thread: ThreadId(1),
        only: CpuId(1),
    };
    assert_eq!(wrong.fault.rule, rule);
}

/// Static priorities without aging, for one important job and one that is not.
fn important_and_not(limit: Option<Duration>) -> Result<Outcome, Box<Failure>> {
    let job = |priority, run| Job {
        priority,
        ..Job::new().run(ms(run))
    };
    let simulation = Simulation::new([job(1, 2), job(2, 30)]);
    let simulation = match limit {
        None => simulation,
        Some(limit) => simulation.starvation_limit(limit),
    };
    simulation.run(&mut StaticPriority::new())
}

#[test]
fn a_job_that_never_gets_its_turn_starves_at_the_limit_and_not_before() {
    assert!(important_and_not(None).is_ok());
    assert!(important_and_not(Some(ms(31))).is_ok());
    // At 30 ms it gets its turn, which is not too late.
    assert!(important_and_not(Some(ms(30))).is_ok());
    let failure = important_and_not(Some(ms(29))).unwrap_err();
    let rule = Rule::Starved {
        thread: ThreadId(1),
        since: Time::ZERO,
        limit: ms(29),
    };
    assert_eq!((failure.fault.rule, failure.fault.now), (rule, at(29)));
}

#[test]
fn a_job_starves_behind_one_that_may_run_as_long_as_it_likes() {
    let jobs = [Job::new().run(ms(50)), Job::new().run(ms(1))];
    let failure = Simulation::new(jobs)
        .starvation_limit(ms(20))
        .run(&mut FirstComeFirstServed::new())
        .unwrap_err();
    assert!(
        failure.to_string().starts_with(
            "policy FirstComeFirstServed, at 20 ms: thread 2 is runnable since 0 ms and has not \
             run for 20 ms, the starvation limit: let everybody's turn come\n"
        ),
        "{failure}"
    );
}

#[test]
fn turns_that_come_late_but_in_time_starve_nobody() {
    // Each waits 3 x 5 ms for its turn, many times; some block in between.
    let jobs = (0..4).map(|number| {
        let job = Job::new().run(ms(40));
        if number % 2 == 0 {
            job.wait(ms(number)).run(ms(7))
        } else {
            job
        }
    });
    let simulation = Simulation::new(jobs);
    let run = |limit| {
        let limited = simulation.clone().starvation_limit(ms(limit));
        limited.run(&mut RoundRobin::new(ms(5)))
    };
    assert!(run(15).is_ok());
    assert!(run(14).is_err());
}
