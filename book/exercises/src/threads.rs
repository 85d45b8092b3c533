//! A scenario as real threads: the policy drives what it was written for.
//!
//! Each job is an OS thread under a [`Scheduler`]: a burst of CPU time is work, a
//! burst of waiting a sleep. Thread 0, `main`, starts them when they come. At
//! checkpoints time is virtual, so the order is the same always, and two policies
//! can be compared by it. By signal time is real, and [`replay`](crate::replay)
//! compares answer by answer.
//!
//! Main is more important than any job: their priorities are lowered alike until
//! they are below its 0, and [`main_first`] does the same for deadlines and weights.
//!
//! Left out: periods. A periodic job's thread does its work once; the policy sees
//! the period, and the first deadline.
//!
//! Book: "Exercises" in the introduction.

mod main_first;

use crate::check::Complaint;
use crate::replay::Replay;
use crate::scenario::{NewPolicy, Scenario, ms};
use main_first::MainFirst;
use scheduler::policy::Policy;
use scheduler::simulation::{Job, Step};
use scheduler::{Builder, Preemption, RunError, Scheduler, checkpoint, sleep, work, yield_now};
use std::fmt::Write as _;
use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Which thread ran, a number for each millisecond.
type Order = Arc<Mutex<Vec<usize>>>;

/// Runs `scenario` as threads at checkpoints, under `policy`.
///
/// # Errors
///
/// Why the run could not go on, as a sentence.
pub fn run(scenario: &Scenario, policy: Box<dyn Policy>) -> Result<Vec<usize>, String> {
    let order = Order::default();
    Scheduler::new(
        Preemption::Checkpoint,
        MainFirst::new(policy, &scenario.jobs),
    )
    .cpus(scenario.given.cpus)
    .tick(ms(1))
    .run(|| {
        start_jobs(&scenario.jobs, |number, steps| {
            let order = Arc::clone(&order);
            move || work_at_checkpoints(number, &steps, &order)
        });
    })
    .map_err(|error| error.to_string())?;
    let order = order.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(order.clone())
}

/// Starts every job when it comes, and waits for all of them. `body` makes what
/// a job's thread does of its number and steps.
fn start_jobs<B: FnOnce() + Send + 'static>(jobs: &[Job], body: impl Fn(usize, Vec<Step>) -> B) {
    let mut by_arrival: Vec<(usize, &Job)> = (1..).zip(jobs).collect();
    by_arrival.sort_by_key(|(_, job)| job.arrival);
    // Main's priority is 0. It must be above the others', or they come too late.
    let above = jobs.iter().map(|job| job.priority).max().unwrap_or(0);
    let above = above.max(-1).saturating_add(1);
    let mut now = Duration::ZERO;
    let mut handles = Vec::new();
    for (number, job) in by_arrival {
        let arrival = Duration::from_nanos(job.arrival.as_nanos());
        let wait = arrival.saturating_sub(now);
        if !wait.is_zero() {
            sleep(wait);
            now = arrival;
        }
        let thread = thread(number, job).priority(job.priority.saturating_sub(above));
        handles.push(thread.spawn(body(number, job.steps.clone())));
    }
    for handle in handles {
        handle.join().expect("a job does not panic");
    }
}

/// A thread of which the policy sees what it sees of the job, but the priority.
fn thread(number: usize, job: &Job) -> Builder {
    let mut thread = Builder::new()
        .name(format!("job {number}"))
        .weight(job.weight.unwrap_or(1));
    if let Some(period) = job.period {
        thread = thread.period(period);
    }
    if let Some(deadline) = job.deadline.or(job.period) {
        thread = thread.deadline(deadline);
    }
    if let Some(cpu) = job.affinity {
        thread = thread.affinity(cpu);
    }
    thread
}

/// What a job's thread does at checkpoints. To sleep and to yield takes a tick,
/// like every checkpoint: the last of the burst before it.
fn work_at_checkpoints(number: usize, steps: &[Step], order: &Order) {
    let note = || {
        order
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(number);
    };
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Run(burst) => {
                let ticks = burst.as_nanos() / ms(1).as_nanos();
                let last_is_next_call = at + 1 < steps.len();
                for tick in 1..=ticks {
                    note();
                    if tick < ticks || !last_is_next_call {
                        checkpoint();
                    }
                }
            }
            Step::Wait(burst) => sleep(*burst),
            Step::Yield => yield_now(),
        }
    }
}

/// Whether threads run in the same order under both policies. Only the run of
/// `subject` leaves a trace.
///
/// # Errors
///
/// A complaint with both orders, when they do not.
///
/// # Panics
///
/// If `reference` breaks a rule of policies.
pub fn compare(
    scenario: &Scenario,
    reference: NewPolicy,
    subject: NewPolicy,
) -> Result<(), Complaint> {
    let found = run(scenario, subject(&scenario.given));
    let level = log::max_level();
    log::set_max_level(log::LevelFilter::Off);
    let expected = run(scenario, reference(&scenario.given)).expect("the reference is right");
    log::set_max_level(level);
    if found.as_ref() == Ok(&expected) {
        return Ok(());
    }
    let order = |order: &[usize]| {
        let mut text = "who ran, millisecond by millisecond:".to_owned();
        for number in order {
            // A String takes all that is written to it.
            let _ = write!(text, " {number}");
        }
        text
    };
    Err(Complaint {
        tried: format!(
            "real threads, stopped at checkpoints; thread 0, main, starts them\n{scenario}"
        ),
        expected: order(&expected),
        happened: found.map_or_else(in_place_of, |found| order(&found)),
        ..Complaint::default()
    })
}

/// A fault, and why the trace goes on after it.
fn in_place_of(fault: String) -> String {
    fault + "\nwhat the trace shows after that is our doing: the threads must end"
}

/// Whether threads that are preempted by signal come to their end under
/// `subject`, and it answers every question on the way as `reference` would.
///
/// # Errors
///
/// A complaint, when the run could not go on, or with the first answer that
/// differs. A policy that starves a thread for ever makes this run for ever.
pub fn compare_by_signal(
    scenario: &Scenario,
    reference: NewPolicy,
    subject: NewPolicy,
) -> Result<(), Complaint> {
    let policies = [subject, reference].map(|new| new(&scenario.given));
    let [subject, reference] = policies;
    let (replay, found) = Replay::new(subject, reference);
    let ended = run_by_signal(scenario, Box::new(replay));
    let tried =
        format!("real threads, preempted by signal; thread 0, main, starts them\n{scenario}");
    if let Err(error) = ended {
        return Err(Complaint {
            tried,
            expected: "every thread comes to its end".to_owned(),
            happened: error.to_string(),
            ..Complaint::default()
        });
    }
    let first = found.lock().unwrap_or_else(PoisonError::into_inner).take();
    match first {
        None => Ok(()),
        Some(difference) => Err(Complaint {
            tried: format!(
                "{tried}\nthe last calls were\n{}",
                indented(&difference.calls)
            ),
            expected: difference.expected,
            happened: difference.found,
            ..Complaint::default()
        }),
    }
}

/// Whether threads that are preempted by signal come to their end.
///
/// # Errors
///
/// A complaint, when the run could not go on. A policy that starves a thread
/// for ever makes this run for ever.
pub fn finish_by_signal(scenario: &Scenario, subject: NewPolicy) -> Result<(), Complaint> {
    run_by_signal(scenario, subject(&scenario.given)).map_err(|error| Complaint {
        tried: format!("real threads, preempted by signal\n{scenario}"),
        expected: "every thread comes to its end".to_owned(),
        happened: error.to_string(),
        ..Complaint::default()
    })
}

/// Every job's thread works for its bursts; no checkpoint is on its way.
fn run_by_signal(scenario: &Scenario, policy: Box<dyn Policy>) -> Result<(), RunError> {
    let work_through = |_, steps: Vec<Step>| {
        move || {
            for step in steps {
                match step {
                    Step::Run(burst) => work(burst),
                    Step::Wait(burst) => sleep(burst),
                    Step::Yield => yield_now(),
                }
            }
        }
    };
    Scheduler::new(Preemption::Signal, MainFirst::new(policy, &scenario.jobs))
        .cpus(scenario.given.cpus)
        .run(|| start_jobs(&scenario.jobs, work_through))
}

/// Lines of a drawing, which no complaint breaks.
fn indented(lines: &str) -> String {
    let lines = lines.lines().map(|line| format!("  {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether threads that never stop by themselves are made to give way to the one
/// that they wait for, by signal: one for each of `spinners`, of which the policy
/// sees what it sees of that job; what the job does is nothing to it.
///
/// # Errors
///
/// A complaint, when the run could not go on. A policy that never gives the
/// other thread its turn makes this run for ever.
///
/// # Panics
///
/// Never: the threads that it starts do not panic.
pub fn take_turns_by_signal(policy: Box<dyn Policy>, spinners: &[Job]) -> Result<(), Complaint> {
    let turn = Arc::new(AtomicUsize::new(0));
    let scheduler = Scheduler::new(Preemption::Signal, policy);
    let count = spinners.len();
    let result = scheduler.run(|| {
        let spinner = |number: usize, _| {
            let turn = Arc::clone(&turn);
            // Round the threads ten times, each spinning until it is its turn:
            // hopeless unless the CPU is taken away.
            move || {
                for round in 0..10 {
                    while turn.load(Ordering::Acquire) != round * count + number - 1 {
                        hint::spin_loop();
                    }
                    turn.fetch_add(1, Ordering::AcqRel);
                }
            }
        };
        start_jobs(spinners, spinner);
    });
    result.map_err(|error| Complaint {
        tried: format!(
            "{count} real threads that spin until it is their turn, preempted by signal"
        ),
        expected: "every one comes to its end".into(),
        happened: error.to_string(),
        ..Complaint::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use scheduler::policy::{FirstComeFirstServed, RoundRobin, StaticPriority};

    const ROUND_ROBIN: NewPolicy = |given| Box::new(RoundRobin::new(given.quantum));
    const FIRST_COME: NewPolicy = |_| Box::new(FirstComeFirstServed::new());

    /// Long enough to be preempted for real.
    fn two() -> Scenario {
        Scenario::new([1, 2].map(|_| Job::new().run(ms(20))))
    }

    #[test]
    fn answers_are_compared_while_threads_are_preempted_by_signal() {
        assert_eq!(compare_by_signal(&two(), ROUND_ROBIN, ROUND_ROBIN), Ok(()));
        let last_come: NewPolicy = |_| Box::<LastCome>::default();
        let complaint = compare_by_signal(&two(), ROUND_ROBIN, last_come).unwrap_err();
        // Who it is depends on whether starting a thread blocked main.
        assert!(complaint.expected.starts_with("thread "), "{complaint}");
        assert_ne!(complaint.expected, complaint.happened);
        assert!(complaint.tried.contains("\n  at "), "{complaint}");
    }

    #[test]
    fn threads_that_all_end_are_enough_for_who_asks_no_more() {
        assert_eq!(finish_by_signal(&two(), FIRST_COME), Ok(()));
        let lost: NewPolicy = |_| Box::new(Lost);
        let complaint = finish_by_signal(&two(), lost).unwrap_err();
        assert!(complaint.happened.contains("idles"), "{complaint}");
    }

    #[test]
    fn an_important_job_comes_on_time_since_main_is_more_important() {
        let job = |priority, arrival, millis| Job {
            priority,
            ..Job::arriving(Time::from_millis(arrival)).run(ms(millis))
        };
        let scenario = Scenario::new([job(3, 0, 8), job(5, 2, 1)]);
        let order = run(&scenario, Box::new(StaticPriority::new())).unwrap();
        let second = order.iter().position(|number| *number == 2);
        assert!(second.is_some_and(|place| place < 4), "{order:?}");
    }

    /// A policy that picks who came last.
    #[derive(Default)]
    struct LastCome(Vec<scheduler::policy::ThreadId>);

    use scheduler::policy::{Attributes, CpuId, Pick, Ready, StopReason};
    use scheduler::time::Time;

    impl Policy for LastCome {
        fn ready(&mut self, thread: &Attributes, _: Ready, _: Time) {
            self.0.push(thread.id);
        }
        fn pick(&mut self, _: CpuId, _: Time) -> Option<Pick> {
            self.0.pop().map(Pick::until_it_stops)
        }
        fn stopped(&mut self, thread: &Attributes, _: Duration, why: StopReason, _: Time) {
            if why.still_runnable() {
                self.0.push(thread.id);
            }
        }
    }

    /// A policy that stores nobody.
    struct Lost;

    impl Policy for Lost {
        fn ready(&mut self, _: &Attributes, _: Ready, _: Time) {}
        fn pick(&mut self, _: CpuId, _: Time) -> Option<Pick> {
            None
        }
        fn stopped(&mut self, _: &Attributes, _: Duration, _: StopReason, _: Time) {}
    }
}
