//! Points, by part.
//!
//! | part | checks | weight |
//! |---|---|---|
//! | rules | one small case for each rule, and the premises | 4 |
//! | textbook | cases from the literature | 2 |
//! | invariants | random cases | 2 |
//! | threads | real threads | 2 |
//!
//! Invariants: (1) the parts' points add up to the exercise's, in whole numbers,
//! whichever parts it has; (2) a part is earned if each of its checks passed.
//!
//! Book: "For teachers".

use super::super::catalog::Exercise;
use super::super::telling::first_complaint;
use super::Judged;
use exercises::check::Part;
use exercises::report::{CheckResult, Outcome};
use serde::Serialize;
use std::time::Duration;

/// What points are given for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Group {
    /// Rules and premises.
    Rules,
    /// Cases from the literature.
    Textbook,
    /// Random cases.
    Invariants,
    /// Real threads.
    Threads,
}

impl Group {
    /// All, in the order of the checks, with their weights.
    const ALL: [(Group, u32); 4] = [
        (Group::Rules, 4),
        (Group::Textbook, 2),
        (Group::Invariants, 2),
        (Group::Threads, 2),
    ];

    /// Where a check belongs.
    fn of(part: Part) -> Group {
        match part {
            Part::Premise | Part::Rules => Group::Rules,
            Part::Textbook => Group::Textbook,
            Part::Random => Group::Invariants,
            Part::Threads => Group::Threads,
        }
    }

    /// As it is written.
    pub(super) fn word(self) -> &'static str {
        match self {
            Group::Rules => "rules",
            Group::Textbook => "textbook",
            Group::Invariants => "invariants",
            Group::Threads => "threads",
        }
    }
}

/// An exercise with its points.
#[derive(Debug)]
pub(super) struct Graded {
    /// Its number: `01`.
    pub(super) number: String,
    /// Its name.
    pub(super) name: String,
    /// Its name for people.
    pub(super) title: String,
    /// Its chapter.
    pub(super) chapter: u32,
    /// What it is worth.
    pub(super) points: u32,
    /// Its parts; none, if it was not run.
    pub(super) parts: Vec<Earned>,
    /// Why it was not run, or not to its end, as a sentence.
    pub(super) trouble: Option<String>,
    /// What cargo said against it, or what its code printed.
    pub(super) words: String,
    /// Whether its code could write and start nothing; None if none ran.
    pub(super) confined: Option<bool>,
    /// How long the judging took.
    pub(super) took: Duration,
}

/// A part with its points.
#[derive(Debug)]
pub(super) struct Earned {
    /// Which.
    pub(super) group: Group,
    /// What it is worth.
    pub(super) points: u32,
    /// Its checks.
    pub(super) checks: Vec<CheckResult>,
}

impl Earned {
    /// Whether it is earned (2).
    pub(super) fn passed(&self) -> bool {
        let mut checks = self.checks.iter();
        checks.all(|check| check.outcome == Outcome::Passed)
    }

    /// The points that it earned.
    pub(super) fn score(&self) -> u32 {
        if self.passed() { self.points } else { 0 }
    }

    /// A line a check, and the first complaint.
    pub(super) fn told(&self) -> String {
        let mut told = String::new();
        for check in &self.checks {
            let mark = match check.outcome {
                Outcome::Passed => '✓',
                Outcome::Failed(_) => '✗',
                Outcome::NotRun => '–',
            };
            told.extend([&format!("{mark} "), &check.rule, "\n"]);
        }
        if let Some((check, complaint)) = first_complaint(&self.checks) {
            let heading = format!("\nThe first that fails, {}:\n\n", check.name);
            told.extend([heading, complaint.to_string()]);
        }
        told
    }
}

impl Graded {
    /// The points that it earned.
    pub(super) fn score(&self) -> u32 {
        self.parts.iter().map(Earned::score).sum()
    }
}

/// The points that all earned, and that there were.
pub(super) fn total(graded: &[Graded]) -> (u32, u32) {
    let score = graded.iter().map(Graded::score).sum();
    let points = graded.iter().map(|graded| graded.points).sum();
    (score, points)
}

/// An exercise's points.
pub(super) fn of(exercise: &Exercise, judged: Judged, took: Duration) -> Graded {
    let about = &exercise.about;
    let (parts, trouble, words, confined) = match judged {
        Ok(run) => (
            parts(about.points, &run.so_far),
            run.results.err(),
            run.printed,
            (!run.so_far.is_empty()).then_some(run.confined),
        ),
        Err((sentence, words)) => (Vec::new(), Some(sentence), words, None),
    };
    Graded {
        number: exercise.number.clone(),
        name: exercise.name.clone(),
        title: about.title.clone(),
        chapter: about.chapter,
        points: about.points,
        parts,
        trouble,
        words,
        confined,
        took,
    }
}

/// The points that an exercise of these checks earned.
pub(crate) fn earned(points: u32, checks: &[CheckResult]) -> u32 {
    parts(points, checks).iter().map(Earned::score).sum()
}

/// The checks by part, with what each part is worth (1).
fn parts(points: u32, checks: &[CheckResult]) -> Vec<Earned> {
    let mut parts = Vec::new();
    let mut weights = Vec::new();
    for (group, weight) in Group::ALL {
        let checks = checks.iter().filter(|check| Group::of(check.part) == group);
        let checks: Vec<CheckResult> = checks.cloned().collect();
        if !checks.is_empty() {
            weights.push(weight);
            parts.push(Earned {
                group,
                points: 0,
                checks,
            });
        }
    }
    for (part, points) in parts.iter_mut().zip(split(points, &weights)) {
        part.points = points;
    }
    parts
}

/// Splits `points` by weight into whole numbers: what is left over goes to those
/// that lost most, the first before the others.
fn split(points: u32, weights: &[u32]) -> Vec<u32> {
    let sum = weights.iter().sum::<u32>().max(1);
    let mut shares: Vec<u32> = weights.iter().map(|weight| points * weight / sum).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(points * weights[index] % sum));
    let left = points.saturating_sub(shares.iter().sum());
    for &index in order.iter().take(usize::try_from(left).unwrap_or(0)) {
        shares[index] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_and_add_up_whichever_parts_there_are() {
        assert_eq!(split(10, &[4, 2, 2, 2]), [4, 2, 2, 2]);
        assert_eq!(split(15, &[4, 2, 2, 2]), [6, 3, 3, 3]);
        assert_eq!(split(10, &[4, 2]), [7, 3]);
        assert_eq!(split(10, &[4, 2, 2]), [5, 3, 2]);
        assert_eq!(split(10, &[]), Vec::<u32>::new());
        for points in 4..=100 {
            for weights in [&[4, 2, 2, 2][..], &[4, 2, 2], &[4, 2], &[4], &[2]] {
                let shares = split(points, weights);
                assert_eq!(shares.iter().sum::<u32>(), points, "{weights:?}");
                assert!(
                    shares.iter().all(|share| *share > 0),
                    "{points} {weights:?}"
                );
            }
        }
    }

    #[test]
    fn a_part_is_earned_as_a_whole_and_each_by_itself() {
        let check = |part, outcome| CheckResult {
            name: "name".to_owned(),
            rule: "rule".to_owned(),
            part,
            outcome,
        };
        let failed = || Outcome::Failed(Box::default());
        let checks = [
            check(Part::Premise, Outcome::Passed),
            check(Part::Rules, Outcome::Passed),
            check(Part::Rules, failed()),
            check(Part::Textbook, Outcome::Passed),
            check(Part::Random, failed()),
            check(Part::Threads, Outcome::NotRun),
        ];
        let parts = parts(10, &checks);
        let scores: Vec<(u32, u32)> = parts.iter().map(|it| (it.score(), it.points)).collect();
        assert_eq!(scores, [(0, 4), (2, 2), (0, 2), (0, 2)]);
        assert_eq!(earned(10, &checks[3..4]), 10);
    }
}
