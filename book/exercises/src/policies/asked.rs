//! Direct questions to a policy: without a driver, at time 0.

use crate::check::Complaint;
use crate::scenario::{Kind, NewPolicy, Scenario};
use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready};
use scheduler::time::Time;
use std::time::Duration;

/// A policy to which every thread of the scenario was made ready.
fn policy_with(new: NewPolicy, scenario: &Scenario) -> Box<dyn Policy> {
    let mut policy = new(&scenario.given);
    for thread in scenario.threads() {
        policy.ready(&thread, Ready::New, Time::ZERO);
    }
    policy
}

/// What was called to make it.
fn calls(scenario: &Scenario) -> String {
    let threads = scenario.threads();
    let names = threads.iter().map(|thread| name(&scenario.kind, thread));
    format!("`ready` with {}", names.collect::<Vec<_>>().join(", "))
}

/// The thread, with what policies of this kind see of it.
fn name(kind: &Kind, thread: &Attributes) -> String {
    let weight = (!kind.weights.is_empty()).then(|| format!("{} {}", kind.weight, thread.weight));
    let deadline = thread.deadline.filter(|_| kind.deadlines);
    let seen = [
        (!kind.priorities.is_empty()).then(|| format!("priority {}", thread.priority)),
        weight,
        deadline.map(|deadline| format!("deadline at {deadline}")),
        thread.affinity.map(|cpu| format!("on CPU {cpu} only")),
    ];
    let seen: Vec<_> = seen.into_iter().flatten().collect();
    match seen.join(", ") {
        seen if seen.is_empty() => format!("thread {}", thread.id),
        seen => format!("thread {} ({seen})", thread.id),
    }
}

/// Whether `pick` returns `expected` in turn, for CPUs 0, 1, ...
pub(super) fn picks_are(
    new: NewPolicy,
    scenario: &Scenario,
    expected: &[Option<u32>],
) -> Result<(), Complaint> {
    let mut policy = policy_with(new, scenario);
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
    let times = match expected.len() {
        1 => "`pick` for CPU 0".to_owned(),
        times => format!("`pick` for CPUs 0 to {}", times - 1),
    };
    Err(Complaint {
        tried: format!("{}, then {times}", calls(scenario)),
        expected: says(expected),
        happened: says(&found) + &remarks.take(1).collect::<String>(),
        ..Complaint::default()
    })
}

/// Whether `pick` says how long a thread may run.
pub(super) fn quantum_is(
    new: NewPolicy,
    scenario: &Scenario,
    expected: Option<Duration>,
) -> Result<(), Complaint> {
    let says = |pick: Option<Pick>| match pick.map(|pick| (pick.thread, pick.quantum)) {
        None => "None".to_owned(),
        Some((thread, None)) => {
            format!("a Pick without a quantum: thread {thread} runs until it stops by itself")
        }
        Some((thread, Some(quantum))) => {
            format!(
                "a Pick of thread {thread} whose quantum is {}",
                Time::ZERO + quantum
            )
        }
    };
    let pick = policy_with(new, scenario).pick(CpuId(0), Time::ZERO);
    if pick.is_some_and(|pick| pick.quantum == expected) {
        return Ok(());
    }
    Err(Complaint {
        tried: format!(
            "a policy with a quantum of {}, {}, then `pick`",
            Time::ZERO + scenario.given.quantum,
            calls(scenario)
        ),
        expected: match expected {
            Some(quantum) => format!("a Pick whose quantum is {}", Time::ZERO + quantum),
            None => "a Pick without a quantum".to_owned(),
        },
        happened: says(pick),
        ..Complaint::default()
    })
}

/// Whether thread 2 takes thread 1's CPU when it becomes ready.
pub(super) fn preempts_is(
    new: NewPolicy,
    scenario: &Scenario,
    expected: bool,
) -> Result<(), Complaint> {
    let threads = scenario.threads();
    let [current, newcomer] = [&threads[0], &threads[1]];
    let mut policy = new(&scenario.given);
    policy.ready(current, Ready::New, Time::ZERO);
    let picked = policy.pick(CpuId(0), Time::ZERO);
    policy.ready(newcomer, Ready::New, Time::ZERO);
    let found = policy.preempts(newcomer, current, Time::ZERO);
    if picked.is_some_and(|pick| pick.thread == current.id) && found == expected {
        return Ok(());
    }
    let [current, newcomer] = [current, newcomer].map(|thread| name(&scenario.kind, thread));
    Err(Complaint {
        tried: format!(
            "`ready` with {current}, `pick`, `ready` with {newcomer}; \
             then `preempts` with the second as `new` and the first as `current`"
        ),
        expected: expected.to_string(),
        happened: found.to_string(),
        ..Complaint::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ms;
    use scheduler::policy::{FirstComeFirstServed, RoundRobin, StaticPriority};
    use scheduler::simulation::Job;

    #[test]
    fn picks_are_told_in_words_with_what_the_policy_saw() {
        let mut scenario = Scenario::new([Job::new(), Job::new()]);
        scenario.jobs[1].priority = 4;
        scenario.kind = Kind {
            priorities: &[0, 4],
            ..Kind::PLAIN
        };
        let expected = [Some(2), Some(1), None];
        let priority: NewPolicy = |_| Box::new(StaticPriority::new());
        assert_eq!(picks_are(priority, &scenario, &expected), Ok(()));
        let first_come: NewPolicy = |_| Box::new(FirstComeFirstServed::new());
        let complaint = picks_are(first_come, &scenario, &expected).unwrap_err();
        assert_eq!(
            complaint.tried,
            "`ready` with thread 1 (priority 0), thread 2 (priority 4), then `pick` for CPUs 0 to 2"
        );
        assert_eq!(complaint.expected, "thread 2, then thread 1, then None");
        assert_eq!(complaint.happened, "thread 1, then thread 2, then None");
    }

    #[test]
    fn a_missing_quantum_is_told() {
        let scenario = Scenario::new([Job::new()]);
        let round_robin: NewPolicy = |given| Box::new(RoundRobin::new(given.quantum));
        assert_eq!(quantum_is(round_robin, &scenario, Some(ms(3))), Ok(()));
        let first_come: NewPolicy = |_| Box::new(FirstComeFirstServed::new());
        let complaint = quantum_is(first_come, &scenario, Some(ms(3))).unwrap_err();
        assert_eq!(complaint.expected, "a Pick whose quantum is 3 ms");
        assert!(complaint.happened.starts_with("a Pick without a quantum"));
    }

    #[test]
    fn who_preempts_whom_is_asked() {
        let mut scenario = Scenario::new([Job::new(), Job::new()]);
        scenario.jobs[1].priority = 1;
        let priority: NewPolicy = |_| Box::new(StaticPriority::new());
        assert_eq!(preempts_is(priority, &scenario, true), Ok(()));
        let complaint = preempts_is(priority, &scenario, false).unwrap_err();
        assert_eq!(
            (&*complaint.expected, &*complaint.happened),
            ("false", "true")
        );
    }
}
