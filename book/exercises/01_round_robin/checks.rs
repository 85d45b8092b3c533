//! The checks of round robin: rule by rule, textbook, random workloads, threads.
//!
//! Each of the first group isolates one rule, and presumes only the rules that
//! are checked before it. So the first that fails names the mistake.

use exercises::check::{Check, Complaint, Part, Run};
use exercises::random;
use exercises::scenario::{NewPolicy, Scenario, ms};
use exercises::threads;
use scheduler::policy::{Attributes, CpuId, Policy, Ready, RoundRobin, ThreadId};
use scheduler::simulation::{Job, Simulation};
use scheduler::time::Time;
use std::time::Duration;

/// What the learner's policy must do as well as.
const REFERENCE: NewPolicy = |quantum| Box::new(RoundRobin::new(quantum));

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewPolicy>> {
    let at = Time::from_millis;
    let job = Job::new;
    vec![
        asked(
            "ready_thread_gets_the_cpu",
            "a thread that can run gets the CPU that is free",
            Scenario::new([job().run(ms(1))]),
            |new| picks_are(new, 1, &[Some(1)]),
        ),
        asked(
            "picked_thread_is_removed",
            "a thread that was picked is no longer stored, so no other CPU gets it too",
            Scenario::new([job().run(ms(1))]),
            |new| picks_are(new, 1, &[Some(1), None]),
        ),
        asked(
            "first_come_runs_first",
            "threads run in the order in which they became runnable",
            Scenario::new([1, 2, 3].map(|millis| job().run(ms(millis)))),
            |new| picks_are(new, 3, &[Some(1), Some(2), Some(3)]),
        ),
        rule(
            "blocked_thread_is_not_stored",
            "a thread that blocked or finished is not stored until `ready` brings it back",
            Scenario::new([job().run(ms(1)).wait(ms(3)).run(ms(1)), job().run(ms(1))]),
        ),
        asked(
            "every_pick_has_a_quantum",
            "a thread may run for one quantum at most",
            Scenario::new([job().run(ms(6)), job().run(ms(1))]),
            every_pick_has_a_quantum,
        ),
        rule(
            "expired_thread_goes_to_the_tail",
            "a thread whose quantum expired goes to the tail, not the head",
            Scenario::new([job().run(ms(6)), job().run(ms(3)), job().run(ms(2))]),
        ),
        rule(
            "yielded_thread_goes_to_the_tail",
            "a thread that yields is stored again, at the tail",
            Scenario::new([
                job().run(ms(1)).yield_now().run(ms(1)),
                job().run(ms(2)),
                job().run(ms(2)),
            ]),
        ),
        Check {
            // As threads: main, who starts the newcomer, has a CPU beside.
            step: Some(as_threads(Scenario {
                cpus: 2,
                ..Scenario::new([job().run(ms(6)), Job::arriving(at(2)).run(ms(1))])
            })),
            ..rule(
                "newcomer_preempts_nobody",
                "a thread that becomes runnable waits its turn: it preempts nobody",
                Scenario::new([job().run(ms(3)), Job::arriving(at(1)).run(ms(1))]),
            )
        },
        rule(
            "woken_thread_goes_to_the_tail",
            "a woken thread goes to the tail, not the head",
            Scenario::new([
                job().run(ms(1)).wait(ms(4)).run(ms(1)),
                job().run(ms(6)),
                job().run(ms(6)),
            ]),
        ),
        rule(
            "every_stay_begins_a_whole_quantum",
            "a thread gets a whole quantum every time, whatever it left of the last",
            Scenario::new([job().run(ms(2)).wait(ms(1)).run(ms(3)), job().run(ms(6))]),
        ),
        Check {
            name: "textbook_tables",
            rule: "waiting and response times are those of the textbooks",
            part: Part::Textbook,
            run: Box::new(|subject| textbook_tables(*subject)),
            step: None,
        },
        Check {
            name: "random_workloads",
            rule: "any jobs on one or two CPUs run in round robin's order",
            part: Part::Random,
            run: Box::new(|subject| random::compare(REFERENCE, *subject)),
            step: None,
        },
        Check {
            name: "threads_at_checkpoints",
            rule: "real threads, stopped at checkpoints, run in round robin's order",
            part: Part::Threads,
            run: Box::new(|subject| threads::compare(&mixed(), REFERENCE, *subject)),
            step: Some(as_threads(mixed())),
        },
        Check {
            name: "threads_by_signal",
            rule: "real threads that never stop by themselves take turns",
            part: Part::Threads,
            run: Box::new(|subject| threads::preempted_by_signal(subject(ms(2)))),
            step: None,
        },
    ]
}

/// Threads that compute, sleep and yield.
fn mixed() -> Scenario {
    Scenario::new([
        Job::new().run(ms(7)),
        Job::new().run(ms(1)).wait(ms(4)).run(ms(4)),
        Job::new().run(ms(2)).yield_now().run(ms(2)),
    ])
}

/// The same with real threads, to be stepped.
fn as_threads(scenario: Scenario) -> Run<NewPolicy> {
    Box::new(move |subject| threads::compare(&scenario, REFERENCE, *subject))
}

/// A check that a small scenario runs as it should.
fn rule(name: &'static str, rule: &'static str, scenario: Scenario) -> Check<NewPolicy> {
    let stepped = scenario.clone();
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |subject| scenario.compare(REFERENCE, *subject)),
        step: Some(as_threads(stepped)),
    }
}

/// A check that asks the policy directly, without a driver. Stepped, threads in
/// whose run it would go wrong show the same.
fn asked(
    name: &'static str,
    rule: &'static str,
    stepped: Scenario,
    ask: fn(NewPolicy) -> Result<(), Complaint>,
) -> Check<NewPolicy> {
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |subject| ask(*subject)),
        step: Some(as_threads(stepped)),
    }
}

/// The quantum of policies that are asked directly.
const QUANTUM: Duration = ms(3);

/// A policy to which threads 1 to `threads` were made ready.
fn policy_with(new: NewPolicy, threads: u32) -> Box<dyn Policy> {
    let mut policy = new(QUANTUM);
    for thread in 1..=threads {
        let thread = Attributes::new(ThreadId(thread), Time::ZERO);
        policy.ready(&thread, Ready::New, Time::ZERO);
    }
    policy
}

/// Whether `pick` returns `expected` in turn, after `ready` with `threads`.
fn picks_are(new: NewPolicy, threads: u32, expected: &[Option<u32>]) -> Result<(), Complaint> {
    let mut policy = policy_with(new, threads);
    let picks = (0..)
        .zip(expected)
        .map(|(cpu, _)| policy.pick(CpuId(cpu), Time::ZERO));
    let found: Vec<_> = picks.map(|pick| pick.map(|pick| pick.thread.0)).collect();
    if found == expected {
        return Ok(());
    }
    let says = |picks: &[Option<u32>]| {
        let words = picks.iter().map(|pick| match pick {
            Some(thread) => format!("thread {thread}"),
            None => "None".to_owned(),
        });
        words.collect::<Vec<_>>().join(", then ")
    };
    let idle = (0_u32..).zip(&found).zip(expected);
    let idle = idle.filter(|((_, found), expected)| found.is_none() && expected.is_some());
    let remarks = idle.map(|((cpu, _), thread)| {
        let thread = thread.unwrap_or_default();
        format!("\nCPU {cpu} idles although thread {thread} is ready: `pick` must return it")
    });
    let calls = match threads {
        1 => "`ready` with thread 1".to_owned(),
        last => format!("`ready` with threads 1 to {last}"),
    };
    let times = match expected.len() {
        1 => "`pick` for CPU 0".to_owned(),
        times => format!("`pick` for CPUs 0 to {}", times - 1),
    };
    Err(Complaint {
        tried: format!("{calls}, then {times}"),
        expected: says(expected),
        happened: says(&found) + &remarks.take(1).collect::<String>(),
        ..Complaint::default()
    })
}

/// Whether `pick` says how long a thread may run.
fn every_pick_has_a_quantum(new: NewPolicy) -> Result<(), Complaint> {
    let pick = policy_with(new, 1).pick(CpuId(0), Time::ZERO);
    let found = pick.and_then(|pick| pick.quantum);
    if found == Some(QUANTUM) {
        return Ok(());
    }
    Err(Complaint {
        tried: format!("RoundRobin::new({QUANTUM:?}), `ready` with thread 1, then `pick`"),
        expected: format!("a Pick whose quantum is {QUANTUM:?}"),
        happened: match found {
            None => "a Pick without a quantum: thread 1 would run until it stops by itself".into(),
            Some(found) => format!("a Pick whose quantum is {found:?}"),
        },
        ..Complaint::default()
    })
}

/// A textbook's table: jobs that are all there from the start.
struct Table {
    /// Where it stands.
    source: &'static str,
    /// The quantum in ms.
    quantum: u64,
    /// What each job runs, in ms.
    bursts: &'static [u64],
    /// How long each waits, in ms.
    waiting: &'static [u64],
    /// When each runs for the first time, in ms.
    response: &'static [u64],
}

/// The tables.
const TABLES: [Table; 3] = [
    Table {
        source: "Silberschatz, Galvin, Gagne: Operating System Concepts, section 5.3.3",
        quantum: 4,
        bursts: &[24, 3, 3],
        waiting: &[6, 4, 7],
        response: &[0, 4, 7],
    },
    Table {
        source: "Arpaci-Dusseau: Operating Systems, Three Easy Pieces, figure 7.7",
        quantum: 1,
        bursts: &[5, 5, 5],
        waiting: &[8, 9, 10],
        response: &[0, 1, 2],
    },
    Table {
        source: "Arpaci-Dusseau: scheduler.py -p RR -q 3 -l 3,6,9",
        quantum: 3,
        bursts: &[3, 6, 9],
        waiting: &[0, 6, 9],
        response: &[0, 3, 6],
    },
];

/// Holds the policy against every table.
fn textbook_tables(new: NewPolicy) -> Result<(), Complaint> {
    for table in &TABLES {
        let jobs = table.bursts.iter().map(|burst| Job::new().run(ms(*burst)));
        let simulation = Simulation::new(jobs);
        let complaint = |happened: String| Complaint {
            tried: format!(
                "{}\na quantum of {} ms, jobs of {:?} ms, all there from the start",
                table.source, table.quantum, table.bursts
            ),
            expected: format!(
                "waiting times {:?}, response times {:?}",
                table.waiting, table.response
            ),
            happened,
            ..Complaint::default()
        };
        let outcome = simulation
            .run(&mut *new(ms(table.quantum)))
            .map_err(|failure| complaint(failure.fault.to_string()))?;
        let millis = |time: Duration| time.as_nanos() / 1_000_000;
        let waiting: Vec<_> = outcome.jobs.iter().map(|job| millis(job.waiting)).collect();
        let response: Vec<_> = outcome
            .jobs
            .iter()
            .map(|job| millis(job.response))
            .collect();
        let as_expected = |found: &[u128], table: &[u64]| {
            found
                .iter()
                .copied()
                .eq(table.iter().copied().map(u128::from))
        };
        if !as_expected(&waiting, table.waiting) || !as_expected(&response, table.response) {
            return Err(complaint(format!(
                "waiting times {waiting:?}, response times {response:?}\n{}",
                outcome.chart.to_text(60)
            )));
        }
    }
    Ok(())
}
