//! The paper's bound: two threads that are always runnable never get more than
//! about a quantum apart, whoever else is there.
//!
//! Source: Waldspurger and Weihl, *Stride Scheduling*, section 4.1: the *relative
//! error* of a pair, taken as if the two were alone, is never larger than one
//! quantum. One more is allowed here, for the quantum that goes on.

use super::{job, scenario};
use exercises::check::{Check, Complaint, Part};
use exercises::scenario::{NewPolicy, ms};
use exercises::search::Dice;
use scheduler::policy::ThreadId;
use scheduler::simulation::{Chart, Tie};
use scheduler::time::Time;

/// How many random sets of tickets are tried.
const SETS: u64 = 200;

/// How long each job runs, in quanta of 1 ms.
const QUANTA: u64 = 60;

/// How far the two may be apart, in quanta.
const ALLOWED: f64 = 2.0;

/// The check of the bound.
pub(super) fn pairs_keep_step() -> Check<NewPolicy> {
    Check {
        name: "pairs_keep_step",
        rule: "two threads that compute are never more than two quanta from their shares",
        part: Part::Textbook,
        run: Box::new(|subject| {
            (0..SETS).try_for_each(|set| {
                let mut dice = Dice(set);
                let mut tickets = || 1 + u32::try_from(dice.up_to(9)).unwrap_or(0);
                let tickets = [tickets(), tickets(), tickets()];
                keep_step(*subject, tickets)
            })
        }),
        step: None,
    }
}

/// Whether all pairs do, at every end of a quantum while all still run.
fn keep_step(new: NewPolicy, tickets: [u32; 3]) -> Result<(), Complaint> {
    let jobs = tickets.map(|tickets| job(tickets, QUANTA));
    let scenario = scenario(jobs).quantum(ms(1));
    let complaint = |happened: String| Complaint {
        tried: format!("three jobs that compute, tickets {tickets:?}, a quantum of 1 ms"),
        expected: format!("no pair is more than {ALLOWED} quanta from its shares"),
        happened,
        ..Complaint::default()
    };
    let outcome = scenario.run(new, Tie::default());
    let outcome = outcome.map_err(|(_, fault)| complaint(fault))?;
    let all_run_until = outcome.jobs.iter().map(|job| job.finish).min();
    let all_run_until = all_run_until.unwrap_or(Time::ZERO);
    for stay in &outcome.chart.segments {
        if stay.end > all_run_until {
            break;
        }
        let had = [1, 2, 3].map(|thread| quanta(&outcome.chart, thread, stay.end));
        for one in 0..tickets.len() {
            for other in one + 1..tickets.len() {
                let both = f64::from(had[one] + had[other]);
                let share = f64::from(tickets[one]) / f64::from(tickets[one] + tickets[other]);
                let apart = (f64::from(had[one]) - both * share).abs();
                if apart > ALLOWED {
                    return Err(complaint(format!(
                        "at {}, threads {} and {} have had {} and {} quanta: {apart:.1} apart",
                        stay.end,
                        one + 1,
                        other + 1,
                        had[one],
                        had[other]
                    )));
                }
            }
        }
    }
    Ok(())
}

/// How many quanta a thread has had by `now`.
fn quanta(chart: &Chart, thread: u32, now: Time) -> u32 {
    let own = chart
        .segments
        .iter()
        .filter(|stay| stay.thread == ThreadId(thread));
    own.filter(|stay| stay.end <= now).map(|_| 1).sum()
}
