//! The tree of choices: what was tried at each, and what did not need to be.
//!
//! Every execution is a path from the root to a leaf; those that begin alike share a
//! stem. At a choice others could have taken the step. Some were let in, on another
//! branch; the others were left out, as their step leads to nothing that is not tried
//! elsewhere. Why is one of three, by the rules of the search (`scheduler`, `optimal`):
//!
//! 1. nothing before its step depends on it: wherever it stands, it is one kind;
//! 2. it first meets a step later: there both orders are tried;
//! 3. it *sleeps*: it was tried at an earlier choice, and nothing since depends on it.
//!
//! Invariants: (1) leaves stand in the order in which they were tried; (2) a reason is
//! given only where the search is of one execution of each kind.
//!
//! Left out: executions that were only counted, since too many were tried.
//!
//! Book: chapter 19.

use super::told::{Execution, Step};
use std::cmp::Reverse;

/// The tree.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The executions, in their order (1).
    pub(crate) executions: Vec<Execution>,
}

/// A row of the tree, as it is shown.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Row {
    /// How many branches lead here.
    pub(crate) depth: usize,
    /// The step at which it branches off, from 0; None for the first row.
    pub(crate) step: Option<usize>,
    /// The execution that it ends in, if no choice follows that was tried in several ways.
    pub(crate) leaf: Option<usize>,
    /// An execution that goes through it.
    pub(crate) through: usize,
    /// How many do.
    pub(crate) executions: usize,
}

/// Why somebody who could have taken a step did not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Why {
    /// It did, on another branch.
    Tried,
    /// Rule 3: it was tried at this step, and sleeps.
    Asleep(usize),
    /// Rule 2: both orders are tried at this step.
    Later(usize),
    /// Rule 1.
    Alike,
    /// Its step never came: the execution ended.
    Ended,
}

/// How many ways there were to go on, over all choices of the tree.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Counts {
    /// Choices at which several threads could have moved.
    pub(super) choices: usize,
    /// Branches there that were tried.
    pub(super) tried: usize,
    /// Branches that were left out: rule 1, 2, 3, and the rest.
    pub(super) left_out: [usize; 4],
}

impl Tree {
    /// Adds an execution.
    pub(super) fn add(&mut self, execution: Execution) {
        self.executions.push(execution);
    }

    /// The rows, from the root to the leaves.
    pub(super) fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let all: Vec<usize> = (0..self.executions.len()).collect();
        if !all.is_empty() {
            self.add_rows(&all, 0, None, 0, &mut rows);
        }
        rows
    }

    /// Adds the rows of `these`, which are alike before step `from`.
    fn add_rows(
        &self,
        these: &[usize],
        depth: usize,
        step: Option<usize>,
        from: usize,
        rows: &mut Vec<Row>,
    ) {
        rows.push(Row {
            depth,
            step,
            leaf: (these.len() == 1).then_some(these[0]),
            through: these[0],
            executions: these.len(),
        });
        if these.len() == 1 {
            return;
        }
        let thread = |execution: usize, step: usize| {
            self.executions[execution]
                .steps
                .get(step)
                .map(|step| step.t)
        };
        // Where they part: two executions are never the same to their end.
        let longest = these
            .iter()
            .map(|&it| self.executions[it].steps.len())
            .max();
        let parts = |&step: &usize| {
            let first = thread(these[0], step);
            these.iter().any(|&it| thread(it, step) != first)
        };
        let Some(parting) = (from..longest.unwrap_or(0)).find(parts) else {
            return;
        };
        let mut left = these.to_vec();
        while let Some(&first) = left.first() {
            let who = thread(first, parting);
            let (branch, others): (Vec<usize>, Vec<usize>) =
                left.iter().partition(|&&it| thread(it, parting) == who);
            self.add_rows(&branch, depth + 1, Some(parting), parting + 1, rows);
            left = others;
        }
    }

    /// The first execution that begins as `execution` does, with `thread` at `step`.
    fn branch(&self, execution: usize, step: usize, thread: u32) -> Option<usize> {
        let path = &self.executions[execution].steps[..step];
        let begins = |other: &Execution| {
            other.steps.get(step).is_some_and(|next| next.t == thread)
                && path
                    .iter()
                    .zip(&other.steps)
                    .all(|(one, other)| one.t == other.t)
        };
        self.executions.iter().position(begins)
    }

    /// Why the others who could have taken step `step` of `execution` did not, each with
    /// what it would have done.
    pub(super) fn others(&self, execution: usize, step: usize) -> Vec<(u32, Option<&Step>, Why)> {
        let steps = &self.executions[execution].steps;
        let Some(here) = steps.get(step) else {
            return Vec::new();
        };
        let why = |&(thread, own, meets): &(u32, Option<usize>, Option<usize>)| {
            let next = own.and_then(|own| steps.get(own));
            if self.branch(execution, step, thread).is_some() {
                return (thread, next, Why::Tried);
            }
            let mine = self.branch(execution, step, here.t).unwrap_or(execution);
            let asleep = (0..step).rev().find(|&earlier| {
                // Since its step before, or since something that depends on its next one,
                // it is awake.
                let could = steps[earlier].others.iter().find(|other| other.0 == thread);
                let same = could
                    .is_some_and(|&(_, its, met)| its == own && met.is_none_or(|met| met >= step));
                same && self
                    .branch(execution, earlier, thread)
                    .is_some_and(|tried| tried < mine)
            });
            let why = match (asleep, own, meets) {
                (Some(earlier), _, _) => Why::Asleep(earlier),
                (None, None, _) => Why::Ended,
                (None, Some(_), Some(met)) => Why::Later(met),
                (None, Some(_), None) => Why::Alike,
            };
            (thread, next, why)
        };
        here.others.iter().map(why).collect()
    }

    /// How many branches were tried and left out.
    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        let mut before: Option<&Execution> = None;
        for (index, execution) in self.executions.iter().enumerate() {
            // The choices of a stem are counted once: where its first execution goes through.
            let shared = before.map_or(0, |before| {
                let pairs = before.steps.iter().zip(&execution.steps);
                pairs.take_while(|(one, other)| one.t == other.t).count()
            });
            counts.tried += usize::from(before.is_some());
            before = Some(execution);
            let from = if index == 0 { 0 } else { shared + 1 };
            for step in from..execution.steps.len() {
                let others = self.others(index, step);
                if others.is_empty() {
                    continue;
                }
                counts.choices += 1;
                counts.tried += 1;
                for (_, _, why) in others {
                    match why {
                        Why::Tried => {}
                        Why::Alike => counts.left_out[0] += 1,
                        Why::Later(_) => counts.left_out[1] += 1,
                        Why::Asleep(_) => counts.left_out[2] += 1,
                        Why::Ended => counts.left_out[3] += 1,
                    }
                }
            }
        }
        counts
    }

    /// Of the executions that fail, or do not, the one whose schedule goes along with
    /// `schedule` for longest; of several, one whose own is short.
    pub(super) fn nearest(&self, schedule: &str, fails: bool) -> Option<&Execution> {
        let of_kind = self.executions.iter().filter(|it| it.fails == fails);
        of_kind
            .filter(|it| it.schedule != schedule)
            .max_by_key(|it| (common(&it.schedule, schedule), Reverse(it.schedule.len())))
    }
}

/// For how many steps two schedules of one program do the same: until the first step at
/// which one breaks the rule and the other does not, or in favour of another thread.
fn common(one: &str, other: &str) -> u64 {
    let (one, other) = (breaks(one), breaks(other));
    let same = one
        .iter()
        .zip(&other)
        .take_while(|(one, other)| one == other)
        .count();
    let next = [one.get(same), other.get(same)].into_iter().flatten();
    next.map(|(step, _)| *step).min().unwrap_or(u64::MAX)
}

/// Where a schedule breaks the rule, and for whom.
fn breaks(schedule: &str) -> Vec<(u64, u64)> {
    let text = schedule.split('/').next().unwrap_or_default();
    let mut next = 0;
    text.split(',')
        .skip(1)
        .filter_map(|part| {
            let (after, thread) = part.split_once(':')?;
            let step = next + after.parse::<u64>().ok()?;
            next = step + 1;
            Some((step, thread.parse().ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who else could have taken a step: see [`Step::others`].
    type Other = (u32, Option<usize>, Option<usize>);

    /// An execution: who takes each step; each could have been any of `others`.
    fn execution(fails: bool, schedule: &str, steps: &[(u32, &[Other])]) -> Execution {
        let step = |&(t, others): &(u32, &[Other])| Step {
            t,
            op: "store".to_owned(),
            at: None,
            others: others.to_vec(),
        };
        Execution {
            search: 1,
            text: String::new(),
            fails,
            schedule: schedule.to_owned(),
            steps: steps.iter().map(step).collect(),
            wanted: Vec::new(),
        }
    }

    /// Two threads, each with one store to the same variable, and a third with one to
    /// another: two kinds, of six interleavings.
    fn two_of_six() -> Tree {
        let mut tree = Tree::default();
        tree.add(execution(
            false,
            "v1/3",
            &[
                (0, &[(1, Some(1), Some(0)), (2, Some(2), None)]),
                (1, &[(2, Some(2), None)]),
                (2, &[]),
            ],
        ));
        tree.add(execution(
            true,
            "v1,0:1/3",
            &[
                (1, &[(0, Some(1), Some(0)), (2, Some(2), None)]),
                (0, &[(2, Some(2), None)]),
                (2, &[]),
            ],
        ));
        tree
    }

    #[test]
    fn executions_that_begin_alike_share_a_stem() {
        let rows = two_of_six().rows();
        let shown: Vec<_> = rows
            .iter()
            .map(|row| (row.depth, row.step, row.leaf))
            .collect();
        let expected = [
            (0, None, None),
            (1, Some(0), Some(0)),
            (1, Some(0), Some(1)),
        ];
        assert_eq!(shown, expected);
        assert_eq!(rows[0].executions, 2);
    }

    #[test]
    fn what_was_left_out_has_a_reason() {
        let tree = two_of_six();
        let why = |execution, step| -> Vec<(u32, Why)> {
            let others = tree.others(execution, step).into_iter();
            others.map(|(thread, _, why)| (thread, why)).collect()
        };
        assert_eq!(why(0, 0), [(1, Why::Tried), (2, Why::Alike)]);
        assert_eq!(why(1, 1), [(2, Why::Alike)]);
        let counts = tree.counts();
        assert_eq!((counts.choices, counts.tried), (3, 4));
        assert_eq!(counts.left_out, [3, 0, 0, 0]);
    }

    #[test]
    fn who_was_tried_before_sleeps_until_something_depends_on_it() {
        let mut tree = Tree::default();
        // Thread 0 was tried first at step 0; after thread 1, nothing depends on it yet.
        tree.add(execution(
            false,
            "v1/3",
            &[(0, &[(1, Some(1), Some(0))]), (1, &[]), (2, &[])],
        ));
        tree.add(execution(
            false,
            "v1,0:1/3",
            &[
                (1, &[(0, Some(2), None)]),
                (2, &[(0, Some(2), None)]),
                (0, &[]),
            ],
        ));
        let others = tree.others(1, 1);
        assert_eq!((others[0].0, others[0].2), (0, Why::Asleep(0)));
    }

    #[test]
    fn nearest_goes_along_for_longest() {
        assert_eq!(breaks("v1,5:2,1:0/15"), [(5, 2), (7, 0)]);
        assert_eq!(common("v1,5:2/15", "v1,5:2,1:0/15"), 7);
        assert_eq!(common("v1,5:2/15", "v1/15"), 5);
        assert_eq!(common("v1/15", "v1/15"), u64::MAX);
        let tree = two_of_six();
        assert_eq!(
            tree.nearest("v1,0:1/3", false).map(|it| &*it.schedule),
            Some("v1/3")
        );
        assert!(tree.nearest("v1,0:1/3", true).is_none());
    }
}
