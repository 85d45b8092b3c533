//! What is measured, in which order: how many units, which kinds, how many rounds.
//!
//! Invariant: counts grow, so that what a smaller number took says whether a larger
//! one fits.

use super::Cost;
use std::time::Duration;
use units::Kind;

/// The plan of a run.
#[derive(Debug)]
pub(super) struct Plan {
    /// Which kinds.
    kinds: Vec<Kind>,
    /// How many units at most.
    most: u32,
    /// How many idle connections.
    connections: u32,
    /// How many rounds.
    pub(super) rounds: u32,
    /// How long one measurement may take.
    pub(super) longest: Duration,
}

impl Plan {
    /// What was asked for, and the usual for the rest.
    pub(super) fn new(asked: &Cost) -> Plan {
        let (most, connections, rounds, longest) = if asked.quick {
            (1_000, 1_000, 3, 3)
        } else {
            (100_000, 10_000, 5, 20)
        };
        let most = asked.most.unwrap_or(most);
        let wanted = |kind: &Kind| asked.kind.is_empty() || asked.kind.contains(kind);
        Plan {
            kinds: Kind::ALL.into_iter().filter(wanted).collect(),
            most,
            connections: connections.min(most),
            rounds: asked.rounds.unwrap_or(rounds),
            longest: Duration::from_secs(asked.longest.unwrap_or(longest).into()),
        }
    }

    /// So many units of these kinds, one step after the other. Connections come in two
    /// steps: a tenth of them says whether all fit.
    pub(super) fn steps(&self) -> Vec<(u32, Vec<Kind>)> {
        let tens = (0..).map(|exponent| 10_u32.saturating_pow(exponent));
        let mut counts: Vec<u32> = tens.take_while(|count| *count < self.most).collect();
        counts.push(self.most);
        let is_due = |kind: Kind, count: u32| {
            let tenth = (self.connections / 10).max(1);
            !kind.is_connection() || [tenth, self.connections].contains(&count)
        };
        let step = |count: u32| {
            let kinds = self.kinds.iter().copied();
            (count, kinds.filter(|kind| is_due(*kind, count)).collect())
        };
        counts.into_iter().map(step).collect()
    }
}

/// The kinds in the order of a round: each round begins with another one.
pub(super) fn turns(kinds: &[Kind], round: u32) -> Vec<Kind> {
    let mut turns = kinds.to_vec();
    if let Some(by) = (round as usize).checked_rem(turns.len()) {
        turns.rotate_left(by);
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;
    use Kind::{OsThread, Process, Task, TaskConnection};

    /// A plan for these kinds.
    fn plan(kinds: &[Kind], most: u32) -> Plan {
        Plan {
            kinds: kinds.to_vec(),
            most,
            connections: most.min(10_000),
            rounds: 1,
            longest: Duration::from_secs(1),
        }
    }

    #[test]
    fn counts_grow_by_tens_and_end_with_the_most() {
        let counts = |most| -> Vec<u32> {
            let steps = plan(&[Task], most).steps();
            steps.into_iter().map(|(count, _)| count).collect()
        };
        assert_eq!(counts(1), [1]);
        assert_eq!(counts(1_000), [1, 10, 100, 1_000]);
        assert_eq!(counts(250), [1, 10, 100, 250]);
    }

    #[test]
    fn connections_are_measured_twice_and_the_others_at_each_step() {
        let steps = plan(&[Task, TaskConnection], 100_000).steps();
        let with: Vec<u32> = steps
            .iter()
            .filter(|(_, kinds)| kinds.contains(&TaskConnection))
            .map(|(count, _)| *count)
            .collect();
        assert_eq!(with, [1_000, 10_000]);
        assert!(steps.iter().all(|(_, kinds)| kinds.contains(&Task)));
    }

    #[test]
    fn each_round_begins_with_another_kind() {
        let kinds = [Task, OsThread, Process];
        assert_eq!(turns(&kinds, 0), kinds);
        assert_eq!(turns(&kinds, 1), [OsThread, Process, Task]);
        assert_eq!(turns(&kinds, 3), kinds);
        assert_eq!(turns(&[], 3), []);
    }
}
