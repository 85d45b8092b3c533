//! What the driver does at one instant.

mod faults;
mod switches;

use super::*;
use crate::policy::{
    Attributes, FirstComeFirstServed, Pick, Ready, RoundRobin, StaticPriority, StopReason, ThreadId,
};
use crate::time::Time;
use std::time::Duration;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn at(millis: u64) -> Time {
    Time::from_millis(millis)
}

/// A chart as `(start, end, thread)` in ms, one CPU, every stay on its own.
fn stays(chart: &Chart) -> Vec<(u64, u64, u32)> {
    let millis = |time: Time| time.as_nanos() / 1_000_000;
    let stay = |s: &Segment| (millis(s.start), millis(s.end), s.thread.0);
    chart.segments.iter().map(stay).collect()
}

/// Writes down every call, and otherwise does as round robin of 2 ms does.
struct Diary {
    /// What answers.
    inner: RoundRobin,
    /// The calls, one word each.
    calls: Vec<String>,
    /// Who preempts whom, by number: the larger one, if this is set.
    larger_preempts: bool,
    /// When the timer is due.
    timer: Option<Time>,
}

impl Diary {
    fn new() -> Diary {
        Diary {
            inner: RoundRobin::new(ms(2)),
            calls: Vec::new(),
            larger_preempts: false,
            timer: None,
        }
    }
}

impl Policy for Diary {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.calls
            .push(format!("{now}: ready {} {why:?}", thread.id));
        self.inner.ready(thread, why, now);
    }
    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        let pick = self.inner.pick(cpu, now)?;
        self.calls
            .push(format!("{now}: pick {} for CPU {cpu}", pick.thread));
        Some(pick)
    }
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        let (id, cpu_time) = (thread.id, thread.cpu_time);
        self.calls.push(format!(
            "{now}: stopped {id} {why:?} {ran:?} of {cpu_time:?}"
        ));
        self.inner.stopped(thread, ran, why, now);
    }
    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        self.larger_preempts && new.id > current.id
    }
    fn next_timer(&self, _now: Time) -> Option<Time> {
        self.timer
    }
    fn timer(&mut self, now: Time) {
        self.calls.push(format!("{now}: timer"));
        self.timer = None;
    }
}

#[test]
fn at_one_instant_stop_comes_before_ready_before_pick() {
    let jobs = [Job::new().run(ms(3)), Job::arriving(at(2)).run(ms(1))];
    let mut diary = Diary::new();
    Simulation::new(jobs).run(&mut diary).unwrap();
    assert_eq!(
        diary.calls,
        [
            "0 ms: ready 1 New",
            "0 ms: pick 1 for CPU 0",
            "2 ms: stopped 1 QuantumExpired 2ms of 2ms",
            "2 ms: ready 2 New",
            "2 ms: pick 1 for CPU 0", // it was in the queue before 2
            "3 ms: stopped 1 Finished 1ms of 3ms",
            "3 ms: pick 2 for CPU 0",
            "4 ms: stopped 2 Finished 1ms of 1ms",
        ]
    );
}

#[test]
fn the_tie_swaps_stop_and_ready() {
    let jobs = [Job::new().run(ms(3)), Job::arriving(at(2)).run(ms(1))];
    let simulation = Simulation::new(jobs).tie(Tie::ArrivalFirst);
    let outcome = simulation.run(&mut RoundRobin::new(ms(2))).unwrap();
    assert_eq!(stays(&outcome.chart), [(0, 2, 1), (2, 3, 2), (3, 4, 1)]);
}

#[test]
fn the_timer_runs_while_nobody_does() {
    let jobs = [Job::new().run(ms(2)), Job::arriving(at(1)).run(ms(1))];
    let mut diary = Diary {
        timer: Some(at(1)),
        ..Diary::new()
    };
    Simulation::new(jobs).run(&mut diary).unwrap();
    assert_eq!(
        diary.calls[2..6],
        [
            "1 ms: stopped 1 Preempted 1ms of 1ms",
            "1 ms: timer",
            "1 ms: ready 2 New", // after the timer
            "1 ms: pick 1 for CPU 0",
        ]
    );
}

#[test]
fn of_several_that_may_be_preempted_the_least_important_is() {
    let jobs = [
        Job::new().run(ms(9)),
        Job::new().run(ms(9)),
        Job::arriving(at(1)).run(ms(1)),
    ];
    let mut diary = Diary {
        larger_preempts: true,
        ..Diary::new()
    };
    Simulation::new(jobs).cpus(2).run(&mut diary).unwrap();
    assert_eq!(
        diary.calls[4..7],
        [
            "1 ms: ready 3 New",
            "1 ms: stopped 1 Preempted 1ms of 1ms",
            "1 ms: pick 3 for CPU 0",
        ]
    );
}

#[test]
fn nobody_is_preempted_while_a_cpu_is_free() {
    let jobs = [Job::new().run(ms(2)), Job::arriving(at(1)).run(ms(1))];
    let mut diary = Diary {
        larger_preempts: true,
        ..Diary::new()
    };
    let outcome = Simulation::new(jobs).cpus(2).run(&mut diary).unwrap();
    assert!(
        outcome
            .chart
            .segments
            .iter()
            .all(|s| s.stop == StopReason::Finished)
    );
}

#[test]
fn bursts_waits_and_yields_are_accounted_for() {
    let jobs = [
        Job::new().run(ms(1)).wait(ms(4)).run(ms(1)),
        Job::new().run(ms(1)).yield_now().run(ms(2)),
    ];
    let outcome = Simulation::new(jobs)
        .run(&mut FirstComeFirstServed::new())
        .unwrap();
    assert_eq!(
        stays(&outcome.chart),
        [(0, 1, 1), (1, 2, 2), (2, 4, 2), (5, 6, 1)]
    );
    let [first, second] = &outcome.jobs[..] else {
        panic!("two jobs");
    };
    assert_eq!(
        (first.turnaround, first.waiting, first.response),
        (ms(6), ms(0), ms(0))
    );
    assert_eq!(
        (second.turnaround, second.waiting, second.response),
        (ms(4), ms(1), ms(1))
    );
    assert_eq!(outcome.dispatches, 4);
    assert_eq!(
        outcome.chart.merged(CpuId(0)),
        [
            (at(0), at(1), ThreadId(1)),
            (at(1), at(4), ThreadId(2)),
            (at(5), at(6), ThreadId(1)),
        ]
    );
}

#[test]
fn jobs_without_work_finish_as_well() {
    let jobs = [Job::new(), Job::new().wait(ms(1)), Job::new().yield_now()];
    let outcome = Simulation::new(jobs)
        .run(&mut RoundRobin::new(ms(1)))
        .unwrap();
    let finish: Vec<_> = outcome.jobs.iter().map(|job| job.finish).collect();
    assert_eq!(finish, [at(0), at(1), at(0)]);
    let none = Simulation::new([])
        .run(&mut RoundRobin::new(ms(1)))
        .unwrap();
    assert_eq!(none.end(), Time::ZERO);
}

#[test]
fn a_declared_burst_shrinks_as_the_job_runs() {
    /// Notes the bursts that it is told.
    #[derive(Default)]
    struct Bursts(Vec<Option<Duration>>, FirstComeFirstServed);
    impl Policy for Bursts {
        fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
            self.0.push(thread.burst);
            self.1.ready(thread, why, now);
        }
        fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
            let pick = self.1.pick(cpu, now)?;
            Some(Pick::for_at_most(pick.thread, ms(2)))
        }
        fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
            self.0.push(thread.burst);
            self.1.stopped(thread, ran, why, now);
        }
    }
    let job = Job::new().run(ms(3)).wait(ms(1)).run(ms(5));
    let told = |declares_bursts| {
        let job = Job {
            declares_bursts,
            ..job.clone()
        };
        let mut policy = Bursts::default();
        Simulation::new([job]).run(&mut policy).unwrap();
        policy.0
    };
    let expected = [3, 1, 0, 5, 3, 1, 0].map(|millis| Some(ms(millis)));
    assert_eq!(told(true), expected);
    assert!(told(false).iter().all(Option::is_none));
}

#[test]
fn who_is_bound_takes_its_cpu_though_another_is_free_and_nobody_elses() {
    let job = |arrival, priority, only: Option<u32>| Job {
        priority,
        affinity: only.map(CpuId),
        ..Job::arriving(at(arrival)).run(ms(4))
    };
    // CPU 1 is free all the time. At 1 thread 2 takes CPU 0 from thread 1, which
    // goes to CPU 1; thread 3, which waits for CPU 0, is no reason to take CPU 1.
    let jobs = [
        job(0, 0, None),
        job(1, 5, Some(0)),
        job(2, 1, Some(0)),
        job(9, 2, None),
    ];
    let outcome = Simulation::new(jobs)
        .cpus(2)
        .run(&mut StaticPriority::new())
        .unwrap();
    let stays = outcome.chart.segments.iter();
    let stays = stays
        .map(|s| (s.cpu.0, s.start, s.end, s.thread.0))
        .collect::<Vec<_>>();
    let expected = [
        (0, 0, 1, 1),
        (1, 1, 4, 1),
        (0, 1, 5, 2),
        (0, 5, 9, 3),
        (0, 9, 13, 4),
    ];
    assert_eq!(
        stays,
        expected.map(|(cpu, from, to, thread)| (cpu, at(from), at(to), thread))
    );
    assert_eq!(outcome.migrations, 1);
    assert_eq!(outcome.busy, [ms(13), ms(3)]);
    assert!((outcome.speed_up() - 16.0 / 13.0).abs() < 1e-9);
}

#[test]
fn periodic_job_is_released_again_at_every_period() {
    let jobs = [Job::arriving(at(1)).run(ms(2)).periodic(ms(5), 3)];
    let outcome = Simulation::new(jobs)
        .run(&mut FirstComeFirstServed::new())
        .unwrap();
    assert_eq!(stays(&outcome.chart), [(1, 3, 1), (6, 8, 1), (11, 13, 1)]);
    let row = |r: &Release| (r.number, r.release, r.deadline, r.finish);
    assert_eq!(
        outcome.releases.iter().map(row).collect::<Vec<_>>(),
        [
            (1, at(1), at(6), at(3)),
            (2, at(6), at(11), at(8)),
            (3, at(11), at(16), at(13)),
        ]
    );
    assert_eq!(outcome.missed().count(), 0);
}

#[test]
fn late_release_delays_the_next_and_is_missed() {
    let job = Job {
        deadline: Some(ms(2)),
        ..Job::new().run(ms(3)).periodic(ms(4), 2)
    };
    let late = [Job::new().run(ms(2)), job];
    let outcome = Simulation::new(late)
        .run(&mut FirstComeFirstServed::new())
        .unwrap();
    // Released at 0 and done at 5, a millisecond after it was released again.
    assert_eq!(stays(&outcome.chart), [(0, 2, 1), (2, 5, 2), (5, 8, 2)]);
    let missed: Vec<_> = outcome
        .missed()
        .map(|r| (r.number, r.deadline, r.finish))
        .collect();
    assert_eq!(missed, [(1, at(2), at(5)), (2, at(6), at(8))]);
    assert_eq!(outcome.jobs[1].waiting, ms(2));
    let text = outcome.to_string();
    assert!(
        text.contains("thread 2 missed the deadline at 2 ms: release 1 was done at 5 ms"),
        "{text}"
    );
}
