//! The same policies as in `policies.rs`, with real threads under them.
//!
//! In checkpoint mode a run depends on the policy alone, so it can be said
//! exactly who ran when; in signal mode only that all get through.

use scheduler::policy::{CpuId, Queues, SHIPPED, Settings, Shipped, by_name};
use scheduler::{Builder, Preemption, Scheduler, checkpoint};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Five threads of 3, 5, 2, 4 and 1 checkpoints under `shipped`, with everything
/// that a policy might look at: who came by a checkpoint, in order.
fn steps(shipped: &Shipped, preemption: Preemption, cpus: u32) -> Vec<usize> {
    steps_with(Queues::Shared, shipped, preemption, cpus)
}

/// The same with one queue, or one for each CPU.
fn steps_with(queues: Queues, shipped: &Shipped, preemption: Preemption, cpus: u32) -> Vec<usize> {
    let settings = Settings {
        quantum: ms(2),
        queues,
        cpus,
        ..Settings::default()
    };
    let steps = Arc::new(Mutex::new(Vec::new()));
    let body = |number: usize, count: u64| {
        let steps = Arc::clone(&steps);
        move || {
            for _ in 0..count {
                steps.lock().expect("nobody panicked").push(number);
                checkpoint();
            }
        }
    };
    let run = || {
        let spawn = |(number, count): (usize, u64)| {
            Builder::new()
                .burst(ms(count))
                .priority(i32::try_from(number).expect("a small number"))
                .weight(u32::try_from(number).expect("a small number") + 1)
                .period(ms(10 * count))
                .deadline(ms(8 * count))
                .spawn(body(number, count))
        };
        let counts = [3, 5, 2, 4, 1].into_iter().enumerate();
        let handles: Vec<_> = counts.map(spawn).collect();
        for handle in handles {
            handle.join().expect("nobody panicked");
        }
    };
    let policy = by_name(shipped.name, &settings).expect("it is shipped");
    let scheduler = Scheduler::new(preemption, policy).cpus(cpus);
    scheduler.run(run).expect("no rule is broken");
    let steps = steps.lock().expect("nobody panicked");
    steps.clone()
}

/// How often each of the five came by.
fn counts(steps: &[usize]) -> [usize; 5] {
    [0, 1, 2, 3, 4].map(|number| steps.iter().filter(|step| **step == number).count())
}

#[test]
fn every_policy_drives_threads_to_their_end_and_twice_in_the_same_order() {
    for shipped in &SHIPPED {
        for cpus in [1, 2] {
            let first = steps(shipped, Preemption::Checkpoint, cpus);
            assert_eq!(counts(&first), [3, 5, 2, 4, 1], "{}", shipped.name);
            if cpus == 1 {
                let again = steps(shipped, Preemption::Checkpoint, cpus);
                assert_eq!(first, again, "{}", shipped.name);
            }
        }
    }
}

#[test]
fn with_a_queue_for_each_cpu_every_policy_drives_threads_to_their_end() {
    for shipped in &SHIPPED {
        for preemption in [Preemption::Checkpoint, Preemption::Signal] {
            let steps = steps_with(Queues::PerCpu, shipped, preemption, 2);
            assert_eq!(counts(&steps), [3, 5, 2, 4, 1], "{}", shipped.name);
        }
    }
}

/// Four threads, two bound to each of two CPUs, and one that is not, take ten
/// steps each. The dispatcher ends a run in which one would run elsewhere.
#[test]
fn a_thread_that_is_bound_to_a_cpu_runs_nowhere_else_under_any_policy() {
    for shipped in &SHIPPED {
        for queues in [Queues::Shared, Queues::PerCpu] {
            let settings = Settings {
                quantum: ms(2),
                queues,
                cpus: 2,
                ..Settings::default()
            };
            let run = || {
                let steps = || (0..10).for_each(|_| checkpoint());
                let bound = [0, 1, 0, 1].map(|only| {
                    let builder = Builder::new().affinity(CpuId(only));
                    builder.spawn(steps)
                });
                let free = Builder::new().spawn(steps);
                for handle in bound {
                    handle.join().expect("nobody panicked");
                }
                free.join().expect("nobody panicked");
            };
            let policy = by_name(shipped.name, &settings).expect("it is shipped");
            Scheduler::new(Preemption::Checkpoint, policy)
                .cpus(2)
                .run(run)
                .unwrap_or_else(|error| panic!("{}, {queues:?}: {error}", shipped.name));
        }
    }
}

#[test]
fn every_policy_drives_threads_that_are_stopped_by_signals() {
    for shipped in &SHIPPED {
        let steps = steps(shipped, Preemption::Signal, 1);
        assert_eq!(counts(&steps), [3, 5, 2, 4, 1], "{}", shipped.name);
    }
}

#[test]
fn shortest_job_first_runs_threads_as_it_runs_jobs() {
    let sjf = SHIPPED
        .iter()
        .find(|shipped| shipped.name == "sjf")
        .unwrap();
    let mut order = steps(sjf, Preemption::Checkpoint, 1);
    order.dedup();
    assert_eq!(order, [4, 2, 0, 3, 1]);
}

#[test]
fn a_higher_priority_takes_the_cpu_as_soon_as_it_is_spawned() {
    let priority = SHIPPED
        .iter()
        .find(|shipped| shipped.name == "priority")
        .unwrap();
    let mut order = steps(priority, Preemption::Checkpoint, 1);
    order.retain(|number| *number > 0); // which is no higher than who spawns it
    order.dedup();
    assert_eq!(order, [1, 2, 3, 4]);
}
