//! One workload under several policies: what each made of it.
//!
//! ```text
//!  workload ──► simulation ──► outcome ──► measures, Gantt rows
//!                   ▲ answers     │
//!               watched policy ───┴──────► decisions, with the queue at each
//! ```
//!
//! Book: chapter 15.

use super::{
    entrants::{self, Entrant, Entrants},
    fluid,
    measures::Measures,
    table,
    text::cut,
    watched::{Decision, MOST, Note, Watched},
    workload::Workload,
};
use crate::failure::{Code, Failure};
use scheduler::{
    policy::{CpuId, Queue, Settings, ThreadId, by_name},
    simulation::{Outcome, Simulation},
    time::Time,
};
use std::time::Duration;

/// A workload, and every policy's way with it.
#[derive(Debug)]
pub(crate) struct Contest {
    /// The jobs, with CPUs, quantum and the rest as they were run.
    pub(super) workload: Workload,
    /// The policies' runs, in the order in which they were asked for.
    pub(super) runs: Vec<Run>,
}

/// What one policy made of the workload.
#[derive(Debug)]
pub(super) struct Run {
    /// The policy, as people type it.
    pub(super) policy: String,
    /// The same where there is little room: a learner's is the exercise's name,
    /// with [`OWN`].
    pub(super) label: String,
    /// What the policy was made from.
    settings: Settings,
    /// What came out.
    pub(super) outcome: Outcome,
    /// The same in figures.
    pub(super) measures: Measures,
    /// What the policy was told and what it answered.
    notes: Vec<Note>,
    /// Which of the notes are answers.
    decisions: Vec<usize>,
    /// While each CPU switched to another thread, in order.
    pub(super) switching: Vec<(CpuId, Time, Time)>,
}

impl Contest {
    /// Simulates `workload` under each of `policies`.
    ///
    /// # Errors
    /// It does not end within as many decisions as are simulated, or a policy
    /// is at fault.
    pub(super) fn run(
        workload: Workload,
        policies: &[&str],
        seed: u64,
    ) -> Result<Contest, Failure> {
        let settings = Settings {
            quantum: workload.quantum,
            seed,
            queues: workload.queues,
            cpus: workload.cpus,
        };
        let mut runs = Vec::new();
        let mut entrants = Entrants::default();
        let mut ideal = None; // once it is known that the jobs come to an end
        for policy in policies {
            let entrant = entrants.find(&workload, policy, &settings)?;
            runs.push(Run::new(&workload, policy, &settings, entrant, &mut ideal)?);
        }
        Ok(Contest { workload, runs })
    }

    /// When the last of the policies was done.
    pub(super) fn end(&self) -> Time {
        let ends = self.runs.iter().map(|run| run.outcome.end());
        ends.max().unwrap_or_default()
    }
}

impl Run {
    /// Simulates `workload` under the policy of this name.
    fn new(
        workload: &Workload,
        policy: &str,
        settings: &Settings,
        entrant: Entrant,
        ideal: &mut Option<Vec<f64>>,
    ) -> Result<Run, Failure> {
        let mut watched = Watched::new(entrant.policy);
        let outcome = simulation(workload).run(&mut watched);
        if watched.is_silenced() {
            let sentence = format!(
                "{policy} has decided {MOST} times, and the jobs are not done: \
                 shorten them, or lengthen the quantum"
            );
            return Err(Failure::new(Code::NoTrace, sentence));
        }
        if entrant.out_of_step.is() {
            let sentence = format!(
                "{policy} was built of other sources than this program: build both anew, \
                 with `cargo run` in the checkout"
            );
            return Err(Failure::new(Code::System, sentence));
        }
        let outcome = outcome
            .map_err(|failure| Failure::new(Code::ProgramFailed, failure.fault.to_string()))?;
        let is_answer = |note: &Note| matches!(note, Note::Picked(_));
        let decisions = watched.notes.iter().enumerate();
        let decisions = decisions.filter(|(_, note)| is_answer(note));
        Ok(Run {
            policy: policy.to_owned(),
            label: label(policy),
            settings: *settings,
            measures: Measures::of(
                workload,
                &outcome,
                ideal.get_or_insert_with(|| fluid::turnarounds(workload)),
            ),
            decisions: decisions.map(|(index, _)| index).collect(),
            switching: switching(&outcome, workload.switch_cost),
            notes: watched.notes,
            outcome,
        })
    }

    /// How often the policy decided.
    pub(super) fn decisions(&self) -> usize {
        self.decisions.len()
    }

    /// A decision; None past the last.
    pub(super) fn decision(&self, number: usize) -> Option<&Decision> {
        match self.notes.get(*self.decisions.get(number)?)? {
            Note::Picked(decision) => Some(decision),
            Note::Stored(_) => None,
        }
    }

    /// The last decision at or before `time`; the first if there is none.
    pub(super) fn decision_at(&self, time: Time) -> usize {
        let later = |index: &usize| match self.notes[*index] {
            Note::Picked(decision) => decision.now <= time,
            Note::Stored(_) => true,
        };
        self.decisions.partition_point(later).saturating_sub(1)
    }

    /// The policy's queues after a decision, as it shows them itself; empty if it
    /// does not. Runs the jobs again up to there, so that nothing need be kept.
    pub(super) fn queues(&self, workload: &Workload, number: usize) -> Vec<Queue> {
        let Some(policy) = by_name(&self.policy, &self.settings) else {
            return Vec::new(); // a learner's: only its answers are here
        };
        let mut watched = Watched::until(policy, number);
        // It ends with a fault: the policy that is silenced idles.
        let _ = simulation(workload).without_chart().run(&mut watched);
        watched.queues
    }

    /// Whom the policy stored after a decision, in the order in which it was
    /// told of them.
    pub(super) fn queue(&self, number: usize) -> Vec<ThreadId> {
        let Some(&last) = self.decisions.get(number) else {
            return Vec::new();
        };
        let mut queue = Vec::new();
        for note in &self.notes[..=last] {
            match note {
                Note::Stored(thread) => queue.push(*thread),
                Note::Picked(decision) => queue.retain(|thread| *thread != decision.pick.thread),
            }
        }
        queue
    }
}

/// What marks a learner's policy.
pub(super) const OWN: char = '*';

/// The policy's name in as many cells as a table has for it.
fn label(policy: &str) -> String {
    match policy.strip_prefix(entrants::PREFIX) {
        Some(exercise) => format!("{}{OWN}", cut(exercise, table::NAME - 1)),
        None => cut(policy, table::NAME),
    }
}

/// The simulation of `workload`.
fn simulation(workload: &Workload) -> Simulation {
    Simulation::new(workload.jobs.iter().cloned())
        .cpus(workload.cpus)
        .tie(workload.tie)
        .switch_cost(workload.switch_cost)
}

/// While each CPU switched: before every stay of another thread than the last.
fn switching(outcome: &Outcome, cost: Duration) -> Vec<(CpuId, Time, Time)> {
    if cost.is_zero() {
        return Vec::new();
    }
    let mut switching = Vec::new();
    let mut last = std::collections::BTreeMap::new();
    for stay in &outcome.chart.segments {
        let before = last.insert(stay.cpu, (stay.thread, stay.end));
        let free = before.map_or(Time::ZERO, |(_, end)| end);
        if before.is_none_or(|(thread, _)| thread != stay.thread) {
            let begun = Time::ZERO + (stay.start - Time::ZERO).saturating_sub(cost);
            switching.push((stay.cpu, begun.max(free), stay.start));
        }
    }
    switching
}
