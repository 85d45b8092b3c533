//! What a switch costs, and who pays.

use super::*;
use crate::policy::StaticPriority;

#[test]
fn a_switch_takes_time_and_staying_takes_none() {
    let jobs = [Job::new().run(ms(4)), Job::new().run(ms(2))];
    let outcome = Simulation::new(jobs)
        .switch_cost(ms(1))
        .run(&mut RoundRobin::new(ms(2)))
        .unwrap();
    assert_eq!(
        stays(&outcome.chart),
        [
            (1, 3, 1), // the first thread of all is switched to
            (4, 6, 2),
            (7, 9, 1),
        ]
    );
    let alone = [Job::new().run(ms(4))];
    let outcome = Simulation::new(alone)
        .switch_cost(ms(1))
        .run(&mut RoundRobin::new(ms(2)))
        .unwrap();
    assert_eq!(stays(&outcome.chart), [(1, 3, 1), (3, 5, 1)]);
}

#[test]
fn switching_to_a_thread_is_waiting_to_it() {
    let jobs = [Job::new().run(ms(2)), Job::new().run(ms(2))];
    let outcome = Simulation::new(jobs)
        .switch_cost(ms(1))
        .run(&mut FirstComeFirstServed::new())
        .unwrap();
    let times = |job: &JobTimes| (job.response, job.waiting, job.turnaround);
    let times: Vec<_> = outcome.jobs.iter().map(times).collect();
    assert_eq!(times, [(ms(1), ms(1), ms(3)), (ms(4), ms(4), ms(6))]);
}

#[test]
fn a_preempted_switch_is_paid_for_again() {
    let important = Job {
        priority: 1,
        ..Job::arriving(at(1)).run(ms(1))
    };
    let jobs = [Job::new().run(ms(2)), important];
    let outcome = Simulation::new(jobs)
        .switch_cost(ms(2))
        .run(&mut StaticPriority::new())
        .unwrap();
    // Thread 1 is stopped at 1 ms, half switched to: it has not run at all.
    assert_eq!(stays(&outcome.chart), [(1, 1, 1), (3, 4, 2), (6, 8, 1)]);
    assert_eq!(outcome.jobs[0].response, ms(6));
    assert_eq!(outcome.jobs[0].waiting, ms(6));
    assert_eq!(outcome.jobs[1].waiting, ms(2));
}
