//! What this policy promises and no fixed priorities can: up to the whole CPU,
//! no deadline is missed.
//!
//! Source: Liu and Layland, *Scheduling Algorithms for Multiprogramming in a
//! Hard-Real-Time Environment*, Journal of the ACM 20 (1973), theorem 7: periodic
//! threads meet all their deadlines if and only if C1/T1 + ... + Cm/Tm is at most 1.

use super::{every, scenario};
use exercises::check::{Check, Complaint, Part};
use exercises::scenario::NewPolicy;
use exercises::search::Dice;
use scheduler::simulation::{Job, Tie};

/// How many random sets of periodic jobs are tried.
const SETS: u64 = 500;

/// Periods to choose from, in ms: all divide [`ALL`].
const PERIODS: [u64; 8] = [4, 5, 6, 8, 10, 12, 15, 20];

/// After so many ms all begins anew.
const ALL: u64 = 120;

/// The check of the theorem.
pub(super) fn deadlines_are_met() -> Check<NewPolicy> {
    Check {
        name: "deadlines_that_can_be_met_are_met",
        rule: "periodic threads that ask for no more than the whole CPU meet all deadlines",
        part: Part::Textbook,
        run: Box::new(|subject| {
            (0..SETS).try_for_each(|set| meets(*subject, &jobs(&mut Dice(set))))
        }),
        step: None,
    }
}

/// Periodic jobs that together ask for as much of the CPU as can be asked for.
fn jobs(dice: &mut Dice) -> Vec<Job> {
    let mut left = ALL; // of the ms of the whole
    let mut jobs = Vec::new();
    loop {
        let period = PERIODS[usize::try_from(dice.up_to(7)).unwrap_or(0)];
        let times = ALL / period;
        let most = (left / times).min(period);
        if most == 0 {
            return jobs;
        }
        let burst = if jobs.len() == 3 {
            most // the last takes what is left
        } else {
            1 + dice.up_to(most - 1)
        };
        left -= burst * times;
        jobs.push(every(0, period, burst, u32::try_from(times).unwrap_or(1)));
    }
}

/// Whether these meet all their deadlines.
fn meets(new: NewPolicy, jobs: &[Job]) -> Result<(), Complaint> {
    let scenario = scenario(jobs.iter().cloned());
    let complaint = |happened: String| Complaint {
        tried: scenario.to_string(),
        expected: "every release is done by its deadline".to_owned(),
        happened,
        ..Complaint::default()
    };
    let outcome = scenario.run(new, Tie::default());
    let outcome = outcome.map_err(|(_, fault)| complaint(fault))?;
    let Some(late) = outcome.missed().next() else {
        return Ok(());
    };
    let chart = outcome.chart.to_text(60);
    let chart = chart.lines().map(|line| format!("\n {line}"));
    Err(complaint(format!(
        "release {} of thread {}, due at {}, was done at {}{}",
        late.number,
        late.thread,
        late.deadline,
        late.finish,
        chart.collect::<String>()
    )))
}
