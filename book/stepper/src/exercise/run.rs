//! How one run of an exercise's checks went, made of what its judge told.
//!
//! Invariant: (1) a check of which no result was told has not passed.
//!
//! Book: "Exercises" in the introduction.

use super::child::Ended;
use super::output;
use exercises::check::Complaint;
use exercises::report::{CheckResult, Outcome, Told};

/// How one run of the checks went.
#[derive(Debug)]
pub(super) struct Run {
    /// Every check's result; or why the run did not come to its end, as a sentence.
    pub(super) results: Result<Vec<CheckResult>, String>,
    /// Every check's result as far as it came; the check in which it ended early has
    /// failed. Empty if it did not even begin.
    pub(super) so_far: Vec<CheckResult>,
    /// Whether the learner's code could write and start nothing.
    pub(super) confined: bool,
    /// What the learner's code printed, made harmless.
    pub(super) printed: String,
}

impl Run {
    /// What was told until the child ended.
    pub(super) fn of(ended: &Ended) -> Run {
        let mut told = Heard::default();
        ended.said().into_iter().for_each(|line| told.hear(line));
        let results = if told.over && ended.ended_well() {
            Ok(told.checks.clone())
        } else {
            Err(told.cut_short(&ended.how()))
        };
        Run {
            results,
            so_far: told.checks,
            confined: told.confined,
            printed: output::harmless(&ended.printed),
        }
    }

    /// Whether every check passed, and there was one.
    pub(super) fn passed(&self) -> bool {
        let all = |results: &Vec<CheckResult>| {
            let mut outcomes = results.iter().map(|result| &result.outcome);
            !results.is_empty() && outcomes.all(|outcome| *outcome == Outcome::Passed)
        };
        self.results.as_ref().is_ok_and(all)
    }
}

/// What has been told so far.
#[derive(Debug, Default)]
struct Heard {
    /// Every check.
    checks: Vec<CheckResult>,
    /// The check that was begun and of which no result was told.
    begun: Option<String>,
    /// Whether the child is confined.
    confined: bool,
    /// Whether all was told.
    over: bool,
}

impl Heard {
    /// Takes in one more line.
    fn hear(&mut self, line: Told) {
        match line {
            Told::Plan { confined, checks } => {
                self.confined = confined;
                self.checks = checks;
            }
            Told::Begun(check) => self.begun = Some(check),
            Told::Result(result) => {
                self.begun = None;
                if let Some(check) = self.check(&result.name) {
                    *check = result;
                }
            }
            Told::Over => self.over = true,
        }
    }

    /// The check of this name.
    fn check(&mut self, name: &str) -> Option<&mut CheckResult> {
        self.checks.iter_mut().find(|check| check.name == name)
    }

    /// What is to be said of an early end: the check that was begun has failed by it.
    fn cut_short(&mut self, how: &str) -> String {
        let Some(begun) = self.begun.take() else {
            return how.to_owned();
        };
        if let Some(check) = self.check(&begun) {
            check.outcome = Outcome::Failed(Box::new(Complaint {
                expected: check.rule.clone(),
                happened: how.to_owned(),
                ..Complaint::default()
            }));
        }
        format!("{how} That was during the check {begun}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::check::Part;

    /// A check, and how it went.
    fn check(name: &str, outcome: Outcome) -> CheckResult {
        CheckResult {
            name: name.to_owned(),
            rule: format!("{name} holds"),
            part: Part::Rules,
            outcome,
        }
    }

    #[test]
    fn a_check_without_a_result_has_not_passed_and_the_begun_one_has_failed() {
        let mut told = Heard::default();
        let plan = ["one", "two", "three"].map(|name| check(name, Outcome::NotRun));
        told.hear(Told::Plan {
            confined: true,
            checks: plan.into(),
        });
        told.hear(Told::Begun("one".to_owned()));
        told.hear(Told::Result(check("one", Outcome::Passed)));
        told.hear(Told::Begun("two".to_owned()));
        let sentence = told.cut_short("It was ended.");
        assert_eq!(sentence, "It was ended. That was during the check two.");
        let outcomes: Vec<&Outcome> = told.checks.iter().map(|check| &check.outcome).collect();
        assert_eq!(*outcomes[0], Outcome::Passed);
        assert!(
            matches!(outcomes[1], Outcome::Failed(why) if why.happened == "It was ended."),
            "{outcomes:?}"
        );
        assert_eq!(*outcomes[2], Outcome::NotRun);
        assert!(!told.over);
    }

    #[test]
    fn a_result_of_no_planned_check_counts_for_nothing() {
        let mut told = Heard::default();
        told.hear(Told::Result(check("one", Outcome::Passed)));
        told.hear(Told::Over);
        assert!(told.checks.is_empty());
    }
}
