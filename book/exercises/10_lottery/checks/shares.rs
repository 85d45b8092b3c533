//! Shares: who wins how often in the long run, and how far chance may lead off.
//!
//! Of `n` draws of which each is won with probability `p`, `n p` are won on the
//! average, with a standard deviation of the square root of `n p (1 - p)`
//! (Waldspurger and Weihl, section 2.2). More than four of them off is one case
//! in sixteen thousand; and since seeds are fixed, luck is the same every day.

use super::{job, scenario};
use exercises::check::{Check, Complaint, Part};
use exercises::scenario::{NewPolicy, Scenario, ms};
use scheduler::simulation::Tie;
use scheduler::time::Time;
use std::ops::RangeInclusive;

/// How many standard deviations are allowed.
const DEVIATIONS: f64 = 4.0;

/// How many quanta are drawn.
const QUANTA: u64 = 3_000;

/// The seeds that are tried.
const SEEDS: RangeInclusive<u64> = 1..=5;

/// The shares of jobs that all compute for as long as is looked.
pub(super) fn of_tickets() -> Check<NewPolicy> {
    Check {
        name: "shares_are_those_of_the_tickets",
        rule: "in the long run everybody's share is that of its tickets",
        part: Part::Rules,
        run: Box::new(|subject| {
            // So many tickets that one more or less is lost in the error of chance:
            // whose they are exactly is another rule's matter.
            shares(*subject, &[75, 25])?;
            shares(*subject, &[500, 300, 200])
        }),
        step: None,
    }
}

/// Whether each has its share, with every seed.
fn shares(new: NewPolicy, tickets: &[u32]) -> Result<(), Complaint> {
    SEEDS.clone().try_for_each(|seed| share(new, tickets, seed))
}

/// Whether each wins as often as it should, within the error of chance.
fn share(new: NewPolicy, tickets: &[u32], seed: u64) -> Result<(), Complaint> {
    let jobs = tickets.iter().map(|tickets| job(*tickets, QUANTA));
    let scenario = scenario(jobs).quantum(ms(1)).seed(seed);
    let tried = format!("tickets {tickets:?}, {QUANTA} quanta, seed {seed}");
    let complaint = |expected: String, happened: String| Complaint {
        tried: tried.clone(),
        expected,
        happened,
        ..Complaint::default()
    };
    let outcome = scenario.run(new, Tie::default());
    let outcome = outcome.map_err(|(_, fault)| complaint("no fault".to_owned(), fault))?;
    let end = ms(QUANTA);
    let total: u32 = tickets.iter().sum();
    for (index, held) in tickets.iter().enumerate() {
        let own = outcome.chart.segments.iter();
        let own = own.filter(|stay| stay.thread.0 as usize == index + 1);
        let before = own.filter(|stay| (stay.end - Time::ZERO) <= end);
        let won: u32 = before.map(|_| 1).sum();
        let probability = f64::from(*held) / f64::from(total);
        let quanta = f64::from(u32::try_from(QUANTA).unwrap_or(u32::MAX));
        let mean = quanta * probability;
        let allowed = DEVIATIONS * (mean * (1.0 - probability)).sqrt();
        if (f64::from(won) - mean).abs() > allowed {
            let thread = index + 1;
            return Err(complaint(
                format!(
                    "thread {thread} wins {mean:.0} quanta, {allowed:.0} more or less \
                     ({DEVIATIONS} standard deviations)"
                ),
                format!("thread {thread} wins {won}"),
            ));
        }
    }
    Ok(())
}

/// The paper's shares of 3 : 2 : 1; and two jobs of equal length and tickets: when
/// one is done first, how much of the time until both are has passed.
pub(super) fn of_the_book() -> Check<NewPolicy> {
    Check {
        name: "textbook_tables",
        rule: "shares of 3 : 2 : 1, and equal jobs that end together, are those of the books",
        part: Part::Textbook,
        run: Box::new(|subject| {
            shares(*subject, &[3, 2, 1])?; // Waldspurger and Weihl, section 2
            // OSTEP, figure 9.2: the fairness of jobs of 1 and of 1,000 quanta.
            fairness(*subject, 1, (0.5, 0.5))?;
            fairness(*subject, 1_000, (0.93, 1.0))
        }),
        step: None,
    }
}

/// Whether the mean fairness of thirty trials is within these bounds.
fn fairness(new: NewPolicy, quanta: u64, (least, most): (f64, f64)) -> Result<(), Complaint> {
    let trials: u32 = 30;
    let mut sum = 0.0;
    for seed in 1..=trials {
        let jobs = [1, 2].map(|_| job(100, quanta));
        let scenario: Scenario = scenario(jobs).quantum(ms(1)).seed(seed.into());
        let outcome = scenario
            .run(new, Tie::default())
            .map_err(|(_, fault)| Complaint {
                tried: scenario.to_string(),
                happened: fault,
                ..Complaint::default()
            })?;
        let ends = outcome.jobs.iter().map(|job| job.turnaround.as_secs_f64());
        let (soonest, latest) = ends.fold((f64::MAX, 0.0_f64), |(soonest, latest), end| {
            (soonest.min(end), latest.max(end))
        });
        sum += soonest / latest;
    }
    let mean = sum / f64::from(trials);
    if (least..=most).contains(&mean) {
        return Ok(());
    }
    Err(Complaint {
        tried: format!(
            "Arpaci-Dusseau: Operating Systems, Three Easy Pieces, figure 9.2: \
             two jobs of {quanta} quanta and 100 tickets each, {trials} trials"
        ),
        expected: format!("on the average the first ends at {least} to {most} of the time of both"),
        happened: format!("at {mean:.3}"),
        ..Complaint::default()
    })
}
