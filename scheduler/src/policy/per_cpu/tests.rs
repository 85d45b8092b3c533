//! Queues of each CPU's own: placing, stealing and balancing, rule by rule.

use super::super::testing::{at, bound, thread};
use super::super::{FirstComeFirstServed, Level, MultiLevelFeedback, RoundRobin, StaticPriority};
use super::*;

/// Queues for two CPUs with these threads, all new.
fn two_cpus(threads: &[Attributes]) -> PerCpu<FirstComeFirstServed> {
    let mut policy = PerCpu::new(2, |_| FirstComeFirstServed::new());
    for thread in threads {
        policy.ready(thread, Ready::New, at(0));
    }
    policy
}

/// Who is picked for `cpu`.
fn pick<P: Policy>(policy: &mut PerCpu<P>, cpu: u32, now: u64) -> Option<u32> {
    policy.pick(CpuId(cpu), at(now)).map(|pick| pick.thread.0)
}

/// The threads of each queue.
fn lines<P: Policy>(policy: &PerCpu<P>) -> Vec<Vec<u32>> {
    let threads = |queue: Queue| queue.threads.iter().map(|(id, _)| id.0).collect();
    policy.queues().into_iter().map(threads).collect()
}

#[test]
fn a_new_thread_goes_to_the_shortest_queue_whoever_runs_there_counted() {
    let mut policy = two_cpus(&[thread(1), thread(2), thread(3)]);
    assert_eq!(lines(&policy), [vec![1, 3], vec![2]]); // rule 1
    assert_eq!(pick(&mut policy, 1, 0), Some(2));
    policy.ready(&thread(4), Ready::New, at(0)); // two there, one that runs here
    assert_eq!(lines(&policy), [vec![1, 3], vec![4]]);
}

#[test]
fn who_was_stopped_or_blocked_comes_back_to_its_cpu() {
    let mut policy = two_cpus(&[thread(1), thread(2)]);
    assert_eq!(pick(&mut policy, 0, 0), Some(1));
    assert_eq!(pick(&mut policy, 1, 0), Some(2));
    policy.stopped(&thread(2), Duration::ZERO, StopReason::Yielded, at(1));
    policy.stopped(&thread(1), Duration::ZERO, StopReason::Blocked, at(1));
    assert_eq!(lines(&policy), [vec![], vec![2]]); // rule 2
    policy.ready(&thread(1), Ready::Unblocked, at(1));
    assert_eq!(lines(&policy), [[1], [2]]);
}

#[test]
fn an_empty_queue_steals_from_the_longest() {
    let mut policy = PerCpu::new(3, |_| FirstComeFirstServed::new());
    let threads = [bound(1, 0), bound(2, 1), bound(3, 1), thread(4)];
    for thread in &threads {
        policy.ready(thread, Ready::New, at(0));
    }
    assert_eq!(lines(&policy), [vec![1], vec![2, 3], vec![4]]);
    assert_eq!(pick(&mut policy, 0, 0), Some(1));
    policy.stopped(&bound(1, 0), Duration::ZERO, StopReason::Finished, at(1));
    // Rule 3; and rule 5: those of CPU 1 are bound to it.
    assert_eq!(pick(&mut policy, 0, 1), Some(4));
    policy.stopped(&thread(4), Duration::ZERO, StopReason::Yielded, at(2));
    assert_eq!(lines(&policy), [vec![4], vec![2, 3], vec![]]); // and stays
}

#[test]
fn a_cpu_idles_beside_threads_that_are_bound_elsewhere() {
    let mut policy = two_cpus(&[bound(1, 1), bound(2, 1)]);
    assert_eq!(pick(&mut policy, 0, 0), None); // rule 5
    assert_eq!(pick(&mut policy, 1, 0), Some(1));
}

#[test]
fn once_an_interval_who_can_go_on_moves_to_a_shorter_queue() {
    let quantum = Duration::from_millis(1);
    let expired = StopReason::QuantumExpired;
    let mut policy =
        PerCpu::new(2, move |_| RoundRobin::new(quantum)).balance_every(Duration::from_millis(10));
    for number in 1..=6 {
        policy.ready(&thread(number), Ready::New, at(0));
    }
    for number in [2, 4] {
        assert_eq!(pick(&mut policy, 1, 0), Some(number));
        policy.stopped(&thread(number), quantum, StopReason::Finished, at(0));
    }
    assert_eq!(lines(&policy), [vec![1, 3, 5], vec![6]]);
    let mut run_on_0 = |number, until| {
        assert_eq!(pick(&mut policy, 0, until - 1), Some(number));
        policy.stopped(&thread(number), quantum, expired, at(until));
        lines(&policy)
    };
    assert_eq!(run_on_0(1, 9), [vec![3, 5, 1], vec![6]]); // rule 2
    assert_eq!(run_on_0(3, 10), [vec![5, 1], vec![6, 3]]); // rule 4
    assert_eq!(run_on_0(5, 20), [vec![1, 5], vec![6, 3]]); // they are even
    assert_eq!(pick(&mut policy, 1, 20), Some(6));
    policy.stopped(&thread(6), quantum, StopReason::Finished, at(21));
    assert_eq!(pick(&mut policy, 0, 21), Some(1));
    policy.stopped(&thread(1), quantum, expired, at(22));
    assert_eq!(lines(&policy), [vec![5], vec![3, 1]]); // due since 20
    assert_eq!(pick(&mut policy, 1, 22), Some(3));
    policy.stopped(&thread(3), quantum, expired, at(29));
    assert_eq!(lines(&policy), [vec![5], vec![1, 3]]); // not before 30
}

#[test]
fn one_too_many_keeps_moving() {
    let mut policy = PerCpu::new(2, |_| RoundRobin::new(Duration::from_millis(1)))
        .balance_every(Duration::from_millis(1));
    for number in 1..=3 {
        policy.ready(&thread(number), Ready::New, at(0));
    }
    let mut runs = [0; 3];
    for now in 1..=300 {
        let picked = [0, 1].map(|cpu| pick(&mut policy, cpu, now).unwrap());
        for number in picked {
            runs[number as usize - 1] += 1;
            let quantum = Duration::from_millis(1);
            policy.stopped(
                &thread(number),
                quantum,
                StopReason::QuantumExpired,
                at(now + 1),
            );
        }
    }
    assert_eq!(runs.iter().sum::<i32>(), 600);
    assert!(
        runs.iter().all(|runs| (150..=240).contains(runs)),
        "{runs:?}"
    );
}

#[test]
fn a_thread_preempts_in_its_own_queue_alone() {
    let important = |number, priority| Attributes {
        priority,
        ..thread(number)
    };
    let mut policy = PerCpu::new(2, |_| StaticPriority::new());
    policy.ready(&important(1, 0), Ready::New, at(0));
    policy.ready(&important(2, 0), Ready::New, at(0));
    assert_eq!(pick(&mut policy, 0, 0), Some(1));
    assert_eq!(pick(&mut policy, 1, 0), Some(2));
    policy.ready(&important(3, 9), Ready::New, at(1)); // beside thread 1
    assert!(policy.preempts(&important(3, 9), &important(1, 0), at(1)));
    assert!(!policy.preempts(&important(3, 9), &important(2, 0), at(1)));
}

#[test]
fn a_timer_is_that_of_the_queue_that_is_due_first() {
    let level = Level {
        quantum: Duration::from_millis(5),
        allotment: 1,
    };
    let mut policy = PerCpu::new(2, move |CpuId(cpu)| {
        let period = Duration::from_millis(10 * u64::from(cpu + 1));
        MultiLevelFeedback::new([level, level]).boost_every(period)
    });
    assert_eq!(policy.next_timer(at(0)), None); // nobody is there
    policy.ready(&thread(1), Ready::New, at(0));
    policy.ready(&thread(2), Ready::New, at(0));
    assert_eq!(policy.next_timer(at(0)), Some(at(10)));
    for (cpu, number) in [(0, 1), (1, 2)] {
        assert_eq!(pick(&mut policy, cpu, 0), Some(number));
        let quantum = Duration::from_millis(5);
        policy.stopped(&thread(number), quantum, StopReason::QuantumExpired, at(5));
    }
    policy.timer(at(10));
    let levels: Vec<_> = policy
        .queues()
        .into_iter()
        .map(|queue| queue.threads.len())
        .collect();
    assert_eq!(levels, [1, 0, 0, 1]); // thread 1 is boosted, thread 2 is not
    assert_eq!(policy.next_timer(at(10)), Some(at(20)));
}

#[test]
fn what_is_changed_counts_after_a_move_too() {
    let mut policy = PerCpu::new(2, |_| StaticPriority::new());
    for number in [1, 3] {
        policy.ready(&thread(number), Ready::New, at(0)); // to CPUs 0 and 1
    }
    policy.ready(&thread(2), Ready::New, at(0)); // to CPU 0
    let raised = Attributes {
        priority: 5,
        ..thread(2)
    };
    policy.changed(&raised, at(0));
    assert_eq!(pick(&mut policy, 0, 0), Some(2));
    policy.stopped(&raised, Duration::ZERO, StopReason::Yielded, at(1));
    assert_eq!(pick(&mut policy, 1, 1), Some(3));
    policy.stopped(&thread(3), Duration::ZERO, StopReason::Finished, at(1));
    assert_eq!(pick(&mut policy, 1, 1), Some(2)); // stolen
    let shown = format!("{policy:?}");
    assert!(shown.contains("priority: 5"), "{shown}");
    assert_eq!(policy.name(), "StaticPriorityPerCpu");
}

#[test]
fn who_is_finished_is_forgotten() {
    let mut policy = two_cpus(&[thread(1)]);
    assert_eq!(pick(&mut policy, 1, 0), Some(1));
    policy.stopped(&thread(1), Duration::ZERO, StopReason::Finished, at(1));
    assert_eq!(policy.homes.count(), 0);
    assert_eq!(pick(&mut policy, 0, 1), None);
}

#[test]
fn a_cpu_that_nobody_spoke_of_gets_a_queue_when_it_comes() {
    let mut policy = PerCpu::new(1, |_| FirstComeFirstServed::new());
    policy.ready(&thread(1), Ready::New, at(0));
    policy.ready(&thread(2), Ready::New, at(0));
    assert_eq!(pick(&mut policy, 3, 0), Some(1));
    policy.ready(&bound(3, 5), Ready::New, at(0));
    assert_eq!(pick(&mut policy, 5, 0), Some(3));
}
