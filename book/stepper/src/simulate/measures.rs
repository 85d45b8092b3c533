//! What is compared: times, throughput, fairness, deadlines.
//!
//! All are taken over *pieces of work*: a job, or one release of a periodic job.
//! Response is the time from a piece's release until it first runs, turnaround
//! until it is done, waiting what of that it was neither running nor doing I/O.
//!
//! Fairness is Jain's index (Jain, Chiu and Hawe, 1984, which takes it of what each
//! has in relation to its fair share): of how fast each job was done in relation to
//! [ideal sharing](super::fluid), weights and I/O included. 1: all were as much
//! slowed down, or sped up, as sharing would have it; 1/n: one of n had everything.
//!
//! Book: chapter 15.

use super::workload::Workload;
use scheduler::{
    policy::{StopReason, ThreadId},
    simulation::{Job, Outcome, Step},
    time::Time,
};
use std::time::Duration;

/// The mean and the largest of several times, in ms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spread {
    /// Their sum over their number.
    pub(super) mean: f64,
    /// The largest.
    pub(super) max: f64,
}

/// The figures of one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measures {
    /// From the release until it is done.
    pub(super) turnaround: Spread,
    /// From the release until it first runs.
    pub(super) response: Spread,
    /// Neither running nor doing I/O.
    pub(super) waiting: Spread,
    /// Pieces of work in a second.
    pub(super) throughput: f64,
    /// Jain's index of the jobs' speeds beside those of ideal sharing.
    pub(super) fairness: f64,
    /// How many deadlines were missed.
    pub(super) missed: usize,
    /// How many there were.
    pub(super) deadlines: usize,
    /// How often a CPU went over to another thread.
    pub(super) switches: usize,
    /// How often a thread went on on another CPU.
    pub(super) migrations: u64,
    /// How many CPUs were busy on average.
    pub(super) speed_up: f64,
}

/// A piece of work.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Whose.
    thread: ThreadId,
    /// From when on it could be done.
    release: Time,
    /// When it was done.
    finish: Time,
}

impl Measures {
    /// The figures of a run of `workload`, whose jobs would take `ideal` seconds
    /// each if CPUs could be shared perfectly.
    pub(super) fn of(workload: &Workload, outcome: &Outcome, ideal: &[f64]) -> Measures {
        let pieces = pieces(workload, outcome);
        let need = |piece: &Piece| need(&workload.jobs[index(piece.thread)]);
        let turnarounds = pieces.iter().map(|piece| piece.finish - piece.release);
        let waits = pieces
            .iter()
            .map(|piece| (piece.finish - piece.release).saturating_sub(need(piece)));
        let end = (outcome.end() - Time::ZERO).as_secs_f64();
        Measures {
            turnaround: spread(turnarounds),
            response: spread(responses(&pieces, outcome).into_iter()),
            waiting: spread(waits),
            throughput: if end > 0.0 {
                count(pieces.len()) / end
            } else {
                0.0
            },
            fairness: jain(&speeds(outcome, ideal)),
            missed: outcome.missed().count(),
            deadlines: outcome.releases.len(),
            switches: switches(outcome),
            migrations: outcome.migrations,
            speed_up: outcome.speed_up(),
        }
    }
}

/// The place of a thread's job.
pub(super) fn index(thread: ThreadId) -> usize {
    (thread.0 as usize).saturating_sub(1)
}

/// A count as a number to calculate with.
fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).expect("there are fewer than 2^32 of anything"))
}

/// What a release of a job takes if it never waits: its bursts, CPU and I/O.
pub(super) fn need(job: &Job) -> Duration {
    let step = |step: &Step| match step {
        Step::Run(burst) | Step::Wait(burst) => *burst,
        Step::Yield => Duration::ZERO,
    };
    job.steps.iter().map(step).sum()
}

/// The pieces of work: those with a deadline as the outcome lists them, and the
/// jobs without one.
fn pieces(workload: &Workload, outcome: &Outcome) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = outcome
        .releases
        .iter()
        .map(|release| Piece {
            thread: release.thread,
            release: release.release,
            finish: release.finish,
        })
        .collect();
    for (job, times) in workload.jobs.iter().zip(&outcome.jobs) {
        if job.deadline.or(job.period).is_none() {
            pieces.push(Piece {
                thread: times.thread,
                release: job.arrival,
                finish: times.finish,
            });
        }
    }
    pieces.sort_by_key(|piece| (piece.thread, piece.finish));
    pieces
}

/// How long each piece waited for its first stay on a CPU. A release that comes
/// before the last one's work is done runs only after that.
fn responses(pieces: &[Piece], outcome: &Outcome) -> Vec<Duration> {
    let mut stays: Vec<_> = outcome.chart.segments.iter().collect();
    stays.sort_by_key(|stay| (stay.thread, stay.end));
    let mut stays = stays.into_iter().peekable();
    let mut responses = Vec::new();
    for piece in pieces {
        let mut first = None;
        while let Some(stay) =
            stays.next_if(|stay| (stay.thread, stay.end) <= (piece.thread, piece.finish))
        {
            // A stay of no length that ended in preemption is a switch in vain.
            let ran = stay.start < stay.end || stay.stop != StopReason::Preempted;
            if stay.thread == piece.thread && ran {
                first.get_or_insert(stay.start);
            }
        }
        responses.push(first.unwrap_or(piece.finish) - piece.release);
    }
    responses
}

/// The mean and the largest.
fn spread(times: impl Iterator<Item = Duration>) -> Spread {
    let times: Vec<f64> = times.map(|time| time.as_secs_f64() * 1e3).collect();
    Spread {
        mean: times.iter().sum::<f64>() / count(times.len()).max(1.0),
        max: times.iter().copied().fold(0.0, f64::max),
    }
}

/// Each job's speed, beside the one that it would have by ideal sharing.
fn speeds(outcome: &Outcome, ideal: &[f64]) -> Vec<f64> {
    let speed = |(times, ideal): (&scheduler::simulation::JobTimes, &f64)| {
        let turnaround = times.turnaround.as_secs_f64();
        if turnaround > 0.0 {
            ideal / turnaround
        } else {
            1.0
        }
    };
    outcome.jobs.iter().zip(ideal).map(speed).collect()
}

/// Jain's index: the square of the sum over n times the sum of the squares.
fn jain(shares: &[f64]) -> f64 {
    let sum: f64 = shares.iter().sum();
    let squares: f64 = shares.iter().map(|share| share * share).sum();
    if squares > 0.0 {
        sum * sum / (count(shares.len()) * squares)
    } else {
        1.0
    }
}

/// How often a CPU went over from one thread to another.
fn switches(outcome: &Outcome) -> usize {
    let mut last = std::collections::BTreeMap::new();
    let other = |stay: &&scheduler::simulation::Segment| {
        last.insert(stay.cpu, stay.thread)
            .is_some_and(|before| before != stay.thread)
    };
    outcome.chart.segments.iter().filter(other).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{classic, contest::Contest};

    /// The figures of a classic workload under a policy.
    fn measures(workload: &str, policy: &str) -> Measures {
        let workload = classic::by_name(workload, 1).unwrap();
        Contest::run(workload, &[policy], 1).unwrap().runs[0].measures
    }

    #[test]
    fn figures_are_those_of_the_textbooks() {
        let close = |found: f64, expected: f64| {
            assert!((found - expected).abs() < 0.006, "{found}, not {expected}");
        };
        close(measures("silberschatz", "stcf").waiting.mean, 6.5);
        close(measures("silberschatz", "sjf").waiting.mean, 7.75);
        close(measures("silberschatz-rr", "rr").waiting.mean, 5.666);
        close(
            measures("silberschatz-priority", "priority").waiting.mean,
            8.2,
        );
        close(measures("stallings", "fcfs").turnaround.mean, 8.6);
        close(measures("stallings", "rr").turnaround.mean, 10.8);
        close(measures("stallings", "sjf").turnaround.mean, 7.6);
        close(measures("stallings", "stcf").turnaround.mean, 7.2);
        close(measures("ostep", "stcf").turnaround.mean, 50.0);
        close(measures("ostep", "stcf").response.mean, 10.0 / 3.0);
    }

    #[test]
    fn periodic_work_is_measured_release_by_release() {
        let rate_monotonic = measures("periodic", "rm");
        assert!(rate_monotonic.missed > 0);
        assert_eq!(rate_monotonic.deadlines, 13);
        let earliest = measures("periodic", "edf");
        assert_eq!(earliest.missed, 0);
        assert!(earliest.turnaround.max <= 80.0);
    }

    #[test]
    fn who_shares_by_weight_is_fairer_than_who_shares_evenly_where_weights_differ() {
        let fairness = |workload, policy| measures(workload, policy).fairness;
        assert!(fairness("shares", "stride") > 0.999);
        assert!(fairness("shares", "rr") < 0.985);
        assert!(fairness("shares", "fcfs") < fairness("shares", "rr"));
        assert!(fairness("silberschatz-rr", "rr") > 0.97);
        assert!(fairness("silberschatz-rr", "fcfs") < 0.7);
    }

    #[test]
    fn the_index_is_1_where_all_have_alike_and_one_nth_where_one_has_all() {
        let nearly = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9);
        nearly(jain(&[0.3; 4]), 1.0);
        nearly(jain(&[1.0, 0.0, 0.0, 0.0]), 0.25);
        nearly(jain(&[]), 1.0);
    }
}
